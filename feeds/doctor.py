"""`app.py doctor`: whether this installation can work, line by line: what is wrong, and how to mend it.

Looks and asks only: nothing is started, changed or left behind, and a wall that is running does not notice. What is in
feeds.yaml is `doctorfeeds`' part.
"""

from __future__ import annotations

import difflib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

import msgspec

from dashboard import clock, settings, tiles
from dashboard.cities import CityError, load_city
from dashboard.codec import Malformed
from dashboard.settings import SettingError, Settings
from feeds import doctorfeeds, reach
from feeds.doctorfeeds import Finding, Running
from feeds.log import Log, LogError
from feeds.tally import Device, states

SKEW_MS: Final = 1_000
_GIB: Final = 1 << 30
LITTLE: Final = 10 * _GIB
TOO_LITTLE: Final = _GIB
_MOST_ANSWER: Final = 1_000_000


def report(config: Settings, url: str, as_json: bool) -> int:
    """Print what was found; the exit code, 1 when something is wrong."""
    found = []
    for finding in examine(config, url, os.environ):
        found.append(finding)
        if not as_json:
            print(line(finding), flush=True)
    if as_json:
        print(msgspec.json.format(msgspec.json.encode([one._asdict() for one in found]), indent=2).decode())
    return int(any(finding.level == "wrong" for finding in found))


def line(finding: Finding) -> str:
    """A finding in words."""
    mend = f" → {finding.mend}" if finding.mend else ""
    return f"{finding.level:8}{finding.what}: {finding.said}{mend}"


def examine(config: Settings, url: str, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Everything there is to say of an installation whose log is at `url`."""
    yield from _settings(config, environment)
    log = Log(url, retries=0)
    yield from _log(log, private=not config.redis_url)
    yield from _folders({"data folder": config.data_dir, "archive": config.archive})
    yield (city := _city(config))
    yield _port(config)
    known = config.city if city.level == "ok" else ""
    yield from doctorfeeds.examine(config.feeds_file, _running(log), {config.port: "the wall"}, known)
    log.close()


def _settings(config: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    known = [variable for variable, *_ in settings.rows()]
    for name in sorted(environment):
        if name.startswith(settings.PREFIX) and name not in known:
            close = difflib.get_close_matches(name, known, 1)
            mend = f"did you mean {close[0]}?" if close else "python app.py settings lists them"
            yield Finding("warning", "settings", f"{name} is none of the wall's", mend)
    try:
        tiles.under(config)
    except SettingError as fault:
        yield Finding("wrong", "settings", str(fault), "correct it; the wall does not start with it")
        return
    if not config.loopback:
        said = f"everyone who can reach {config.host} can use the wall, for there are no accounts yet"
        yield Finding("warning", "settings", said, "let a firewall or a proxy with accounts stand before it")
    yield Finding("ok", "settings", f"wall at {config.host}:{config.port}, data in {config.data_dir}")


def _log(log: Log, private: bool) -> Iterator[Finding]:
    try:
        log.ping()
    except LogError as fault:
        if private:
            yield Finding("warning", "log", "the wall's private server does not run", "python app.py run starts it")
        else:
            yield Finding("wrong", "log", str(fault), "start it, or correct WALL_REDIS_URL; 7 or newer is needed")
        return
    if log.durable():
        yield Finding("ok", "log", f"{log.name} answers, and writes to disk before it does")
    else:
        mend = "CONFIG SET appendonly yes, CONFIG SET appendfsync always, and CONFIG REWRITE"
        yield Finding("wrong", "log", f"{log.name} may lose what it has accepted", mend)
    if log.ask(lambda server: server.config_get("maxmemory-policy"))["maxmemory-policy"] != "noeviction":
        mend = "CONFIG SET maxmemory-policy noeviction, and CONFIG REWRITE"
        yield Finding("wrong", "log", "drops keys when its memory is full", mend)
    seconds, micros = log.ask(lambda server: server.time())
    yield _clock(seconds * 1000 + micros // 1000 - clock.now_ms())


def _clock(skew_ms: int) -> Finding:
    if abs(skew_ms) > SKEW_MS:
        which = "ahead of" if skew_ms > 0 else "behind"
        said = f"the log's clock is {abs(skew_ms) / 1000:.1f} s {which} this machine's"
        return Finding("warning", "clock", said, "set both by NTP; the log's instants are what counts")
    return Finding("ok", "clock", "the log's is this machine's")


def _folders(folders: Mapping[str, Path]) -> Iterator[Finding]:
    for what, path in folders.items():
        there = next(one for one in (path, *path.resolve().parents) if one.exists())
        try:
            with tempfile.TemporaryFile(dir=there):
                pass
        except OSError as fault:
            mend = f"make it writable for the user the wall runs as: chown {there}"
            yield Finding("wrong", what, f"{there} cannot be written to: {fault.strerror}", mend)
            continue
        yield _room(what, path, shutil.disk_usage(there).free)


def _room(what: str, path: Path, free: int) -> Finding:
    said, mend = f"{path}, {free / _GIB:.1f} GiB free", "make room: a disk that is full takes nothing more"
    if free < LITTLE:
        return Finding("wrong" if free < TOO_LITTLE else "warning", what, said, mend)
    return Finding("ok", what, said)


def _city(config: Settings) -> Finding:
    try:
        city = load_city(config.city)
    except (CityError, Malformed, OSError, ValueError) as fault:
        return Finding("wrong", "city", str(fault), "correct the pack under dashboard/cities, or choose another --city")
    return Finding("ok", "city", f"{config.city}: {len(city.regions.order):,} regions")


def _port(config: Settings) -> Finding:
    where = f"{config.host}:{config.port}"
    try:
        reach.port_free(config.host, config.port)
    except OSError as fault:
        if version := _wall_at(config):
            return Finding("ok", "port", f"{where} is the wall's, version {version}")
        return Finding("wrong", "port", f"{where}: {fault.strerror}", "choose another --port, or end who has it")
    return Finding("ok", "port", f"{where} is free")


def _wall_at(config: Settings) -> str:
    """The version of the wall that answers there; "" where something else does, or nothing."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(config.host, config.host)
    try:
        with urlopen(f"http://{host}:{config.port}/healthz", timeout=reach.WAIT_S) as answer:
            said = json.loads(answer.read(_MOST_ANSWER))
    except (URLError, OSError, ValueError):
        return ""
    return str(said.get("version", "")) if isinstance(said, dict) and "epoch" in said else ""


def _running(log: Log) -> Running | None:
    """What feeds say of themselves; None when the log cannot be asked."""
    try:
        reports = states(log.reports(), clock.now_ms())
    except LogError:
        return None

    def devices(feed: str) -> list[str]:
        said = {name: msgspec.json.decode(text, type=Device) for name, text in log.devices(feed).items()}
        unknown = [name for name, device in said.items() if device.why == "unknown"]
        return sorted(unknown, key=lambda name: -said[name].last_ms)

    return Running(reports, devices)
