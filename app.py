"""FourScreens (四屏): the command line, and where the parts are put together. It decides nothing else.

python app.py run        everything on this machine: the log, the demo city, the historian, the wall
python app.py serve      one web replica on an existing log
python app.py --help     all roles
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from dashboard import __version__, clock, past, settings, tiles
from dashboard.cases import Cases
from dashboard.cities import CityError, load_city
from dashboard.indicators import Indicators
from dashboard.kpibook import load_book
from dashboard.pipeline import Pipeline
from dashboard.push import Push
from dashboard.scan import TookTooLong, Unreadable
from dashboard.settings import SettingError, Settings
from dashboard.stats import Freshness
from dashboard.tracks import Tracks
from feeds import commandline
from feeds.base import supervise
from feeds.kinds import FEEDS, replica_of
from feeds.log import Log, LogError
from feeds.processes import Job, keep_running
from feeds.replay.tape import TapeError

if TYPE_CHECKING:  # what one role alone needs is imported by that role: five processes start on a machine at once
    from flask import Flask

logger = logging.getLogger("fourscreens")
HERE = Path(__file__).resolve().parent
MINUTE_MS = 60_000


def run(config: Settings, args: argparse.Namespace) -> None:
    """Everything on this machine, each part in its own process."""
    from feeds.embedded import EmbeddedServer

    stop = _stop_on_signal()
    load_city(config.city)
    tiles.under(config)
    _checked_port(config)
    with EmbeddedServer(config.data_dir) if not config.redis_url else nullcontext() as server:
        url = server.url if server else config.redis_url
        _checked_log(url)
        environment = settings.as_environment(config) | {"WALL_REDIS_URL": url}
        jobs = _jobs(config, args)
        logger.info("starting; the wall will be at http://%s:%d/ (Ctrl-C stops it)", config.host, config.port)
        for job in jobs:
            job.environment = environment
        keep_running(jobs, stop)


def _jobs(config: Settings, args: argparse.Namespace) -> list[Job]:
    me = [sys.executable, str(HERE / "app.py")]
    jobs = [Job("web", [*me, "serve"], endless=True), Job("historian", [*me, "historian"], endless=True)]
    jobs += [Job(name, [*me, "feed", name], endless=True) for name in ("fences", "alarms", "routing")]
    if config.feeds_file.exists():
        jobs.append(Job("feeds", [*me, "feeds"], endless=True))
    if config.simulator:
        jobs.append(Job("simulator", [*me, "feed", "simulator"], endless=True))
        jobs += [Job("past", [*me, "feed", "past"])] if config.demo_months else []
    together = str(clock.now_ms() + 3000)
    for item in args.replay or []:
        file, _, mapping = item.rpartition("=")
        if not file:
            raise SettingError(f"--replay {item}: write FILE=MAPPING, for instance events.csv.gz=boston311")
        timing = ["--speed", str(args.speed), "--at", together]
        jobs.append(Job(f"replay {file}", [*me, "replay", file, "--mapping", mapping, *timing]))
    return jobs


def serve(config: Settings, args: argparse.Namespace) -> None:
    """One web replica."""
    from callbacks.serve import Served

    _checked_log(_url(config))
    _checked_port(config)
    Served(config.host, config.port, lambda stop: _web(config, stop)).run()


def _web(config: Settings, stop: Event) -> tuple[Flask, list[Callable[[], None]]]:
    from callbacks import live, web
    from callbacks.briefdesk import keep_issuing
    from feeds import feedsfile, reports
    from feeds.intake import Intake

    city, log = load_city(config.city), Log(_url(config))
    replica = replica_of(log, config, city)
    keep_ms = config.track_minutes * MINUTE_MS
    restored = replica.restore()
    tracks = Tracks(replica.picture.fleet, keep_ms)
    replica.picture.on_fixes = tracks.add
    push = Push()
    freshness = Freshness(config.fix_stale_s * 1000, config.fix_lost_s * 1000)
    pipeline = Pipeline(replica, push, city.regions, tracks, freshness)
    cases = Cases(pipeline)
    replica.picture.events.on_change = cases.note
    indicators = Indicators(cases, load_book())
    intake = Intake(feedsfile.read(config.feeds_file), Log(_url(config), retries=1))
    parts = web.create(config, city, pipeline, Log(_url(config), retries=1), indicators, intake)
    push.broadcast, pipeline.whisper = live.broadcast(parts.socketio), live.whisper(parts.socketio)
    end_ms = clock.now_ms()
    beside: list[Callable[[], None]] = [lambda: pipeline.run(stop), lambda: _filled(cases, stop)]
    beside.append(lambda: reports.watch(config.feeds_file, intake, Log(_url(config), retries=1), stop))
    if desk := parts.desk:
        beside.append(lambda: keep_issuing(desk, config.brief_at, stop))

    def remember() -> None:
        """What only the log's past can tell: tracks, and who has been where today."""
        if restored:
            past.fill(tracks, replica.picture.fleet, log, end_ms, end_ms - keep_ms, stop)
        if not stop.is_set():
            pipeline.sections.staff.recall(pipeline.look, tracks)

    return parts.server, [*beside, remember]


def _filled(cases: Cases, stop: Event) -> None:
    """Read the history in, and keep it; again while it cannot be read or has no room, for the wall lives without."""
    filled = False
    while not stop.is_set():
        try:
            if not filled:
                cases.fill(stop)
            filled = True
            cases.keep(stop)
        except (Unreadable, TookTooLong) as fault:
            logger.warning("the history cannot be read: %s; trying again in a minute", repr(fault))
            stop.wait(60)


def historian(config: Settings, args: argparse.Namespace) -> None:
    """Snapshots, the archive, and trimming."""
    from feeds.coldwriter import ColdWriter
    from feeds.historian import Historian, kept_of

    stop, log = _stop_on_signal(), Log(_url(config))
    os.nice(10)  # merging files must not slow the wall down, and nobody waits for this process
    cold = ColdWriter(config.archive, config.hot_days * clock.DAY_MS)
    replica = replica_of(log, config, load_city(config.city))
    Historian(log, replica, config.snapshot_s, kept_of(log, config), cold, config.archive).run(stop)


def feed(config: Settings, args: argparse.Namespace) -> None:
    """One feed, supervised."""
    stop, log = _stop_on_signal(), Log(_url(config))
    supervise(FEEDS[args.kind](config, log), log, stop)


def feeds(config: Settings, args: argparse.Namespace) -> None:
    """Every feed of feeds.yaml but those over HTTP, which are the web replica's."""
    from feeds.gateway import Gateway

    stop = _stop_on_signal()
    _checked_log(_url(config))
    Gateway(config.feeds_file, lambda: Log(_url(config)), config.archive, config.city).run(stop)


def replay(config: Settings, args: argparse.Namespace) -> None:
    """A recorded file, once."""
    from feeds.replay.mapping import load_mapping
    from feeds.replay.player import Replay

    stop, log = _stop_on_signal(), Log(_url(config))
    _checked_log(log.url)
    tape = Replay(
        args.file, load_mapping(args.mapping), speed=args.speed, start=args.start, until=args.until,
        wall_start_ms=args.at,
    )  # fmt: skip
    tape.run(log, stop)


def show_settings(config: Settings, args: argparse.Namespace) -> None:
    """Every setting with its default and meaning."""
    print(settings.table())


def deadletters(config: Settings, args: argparse.Namespace) -> int:
    """Records nobody could accept: listed, shown, retried, discarded."""
    from feeds import lettertool

    return lettertool.run(Log(_url(config), retries=1), config.feeds_file, args)


def doctor(config: Settings, args: argparse.Namespace) -> int:
    """What is wrong with this installation, and how to mend it."""
    from feeds.doctor import report

    return report(config, _url(config), args.json)


def _url(config: Settings) -> str:
    return config.redis_url or f"unix://{(config.data_dir / 'valkey.sock').resolve()}"


def _checked_port(config: Settings) -> None:
    with socket.socket(socket.AF_INET6 if ":" in config.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            reason = error.strerror or error
            raise SettingError(f"cannot listen on {config.host}:{config.port} ({reason}); try another --port") from None


def _checked_log(url: str) -> None:
    log = Log(url, retries=1)
    log.ping()
    if not log.durable():
        logger.warning("the log at %s may lose what it accepted: set appendonly yes and appendfsync always", url)
    log.close()


def _stop_on_signal() -> Event:
    stop = Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    return stop


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="app.py", description="FourScreens (四屏): the live wall of a command hall.")
    top.add_argument("--version", action="version", version=__version__)
    roles = top.add_subparsers(dest="role", metavar="ROLE")
    for name, role, sentence in ROLES:
        sub = roles.add_parser(name, help=sentence, description=sentence)
        sub.set_defaults(do=role)
        _add_arguments(name, sub)
        for one in commandline.arguments(name, sub):
            settings.add_flags(one)
    return top


def _add_arguments(name: str, sub: argparse.ArgumentParser) -> None:
    if name in ("run", "replay"):
        sub.add_argument("--speed", type=float, default=1.0, help="tape seconds per second [1]")
    if name == "run":
        sub.add_argument("--replay", action="append", metavar="FILE=MAPPING", help="play this file too (repeatable)")
    if name == "feed":
        sub.add_argument("kind", choices=[*FEEDS], help="which feed")
    if name == "replay":
        sub.add_argument("file", type=Path, help="CSV or NDJSON, .gz or not")
        sub.add_argument("--mapping", required=True, help="YAML naming the columns, or boston311, geolife")
        sub.add_argument("--start", help="begin at the first row at or after this instant of the tape")
        sub.add_argument("--until", type=float, help="end after this many seconds of tape")
        sub.add_argument("--at", type=int, help="when the first row is played, UTC ms [now]")


ROLES: list[tuple[str, Callable[[Settings, argparse.Namespace], int | None], str]] = [
    ("run", run, "everything on this machine (the default)"),
    ("serve", serve, "one web replica on an existing log"),
    ("feed", feed, "one feed into an existing log"),
    ("feeds", feeds, "every feed that feeds.yaml declares, into an existing log"),
    ("historian", historian, "snapshots of the picture, the archive, and trimming of the log behind them"),
    ("replay", replay, "play a recorded CSV or NDJSON file into an existing log"),
    ("settings", show_settings, "list every setting"),
    ("deadletters", deadletters, "list, show, retry and discard what could not be accepted"),
    ("token", lambda _, args: commandline.token(args), "make a token for a system that sends over HTTP"),
    ("doctor", doctor, "check this installation and feeds.yaml, and try each connection"),
]


def main(argv: list[str]) -> int:
    """Run one role; returns the exit code."""
    args = parser().parse_args(argv if argv and not argv[0].startswith("--no") else ["run", *argv])
    try:
        config = settings.load(os.environ, args)
        form = "%(asctime)s %(name)s %(message)s"
        logging.basicConfig(level=config.log_level.upper(), format=form, datefmt="%H:%M:%S")
        code: int | None = args.do(config, args)
    except (SettingError, LogError, CityError, TapeError) as error:
        print(f"app.py: {error}", file=sys.stderr)
        return 2
    return code or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
