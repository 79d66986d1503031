"""The doctor on a real log, in real folders and beside real ports."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import redis

from dashboard import clock
from dashboard.settings import Settings
from feeds import doctor
from feeds.doctor import examine, line, report
from feeds.doctorfeeds import Finding
from feeds.log import Log
from feeds.tally import Tally


class Healthy(BaseHTTPRequestHandler):
    """A wall, as far as the doctor asks."""

    def do_GET(self) -> None:
        """Its health."""
        body = json.dumps({"epoch": "x", "version": "7"}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: object) -> None:
        """Quietly."""


@pytest.fixture
def wall() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Healthy)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def config(folder: Path, port: int, url: str = "", **more: object) -> Settings:
    return Settings(port=port, redis_url=url, data_dir=folder / "data", feeds_file=folder / "feeds.yaml", **more)  # type: ignore[arg-type]


def of(found: list[Finding], what: str) -> tuple[str, str]:
    return next((one.level, one.said) for one in found if one.what == what)


def test_all_is_well(tmp_path: Path, free: int, log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(config(tmp_path, free, log.url), log.url, as_json=False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [one.split(":")[0].split(maxsplit=1)[1] for one in lines if not one.startswith("warning")][:4] == [
        "settings", "log", "clock", "data folder",
    ]  # fmt: skip
    assert not (tmp_path / "data").exists(), "it only looks"


def test_it_says_it_in_json_too(tmp_path: Path, free: int, log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds: [{name: a, kind: pigeon}]")
    assert report(config(tmp_path, free, log.url), log.url, as_json=True) == 1
    found = [Finding(**one) for one in json.loads(capsys.readouterr().out)]
    assert of(found, "a")[0] == "wrong"
    assert line(found[-1]).startswith("wrong   a: kind 'pigeon' is none of") and " → correct it" in line(found[-1])


def test_settings_nobody_knows(tmp_path: Path, free: int, log: Log) -> None:
    found = [
        *examine(config(tmp_path, free, tiles_url="x"), log.url, {"WALL_PROT": "1", "WALL_PORT": "2", "PATH": "x"})
    ]
    assert found[0] == Finding("warning", "settings", "WALL_PROT is none of the wall's", "did you mean WALL_PORT?")
    assert found[1].level == "wrong"
    open_to_all = [*examine(config(tmp_path, free, host="0.0.0.0", insecure=True), log.url, {})]
    assert "no accounts" in of(open_to_all, "settings")[1]


def test_a_log_that_does_not_answer(tmp_path: Path, free: int) -> None:
    private = [*examine(config(tmp_path, free), f"unix://{tmp_path}/none.sock", {})]
    assert of(private, "log") == ("warning", "the wall's private server does not run")
    other = [*examine(config(tmp_path, free, "redis://:secret@127.0.0.1:1"), "redis://:secret@127.0.0.1:1", {})]
    assert of(other, "log")[0] == "wrong" and "secret" not in of(other, "log")[1]


def test_a_log_that_may_lose_something(tmp_path: Path, free: int, log: Log, broker: redis.Redis) -> None:
    broker.config_set("appendfsync", "everysec")
    broker.config_set("maxmemory-policy", "allkeys-lru")
    try:
        found = [*examine(config(tmp_path, free), log.url, {})]
    finally:
        broker.config_set("appendfsync", "always")
        broker.config_set("maxmemory-policy", "noeviction")
    assert [one.said.split(" ", 1)[-1] for one in found if one.what == "log"] == [
        "may lose what it has accepted", "keys when its memory is full",
    ]  # fmt: skip


def test_a_clock_that_goes_wrong(tmp_path: Path, free: int, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    assert of([*examine(config(tmp_path, free), log.url, {})], "clock")[0] == "ok"
    now = clock.now_ms()
    monkeypatch.setattr(clock, "now_ms", lambda: now + 60_000)
    level, said = of([*examine(config(tmp_path, free), log.url, {})], "clock")
    assert level == "warning" and "s behind this machine's" in said


def test_folders(tmp_path: Path, free: int, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").write_text("in the way")
    assert of([*examine(config(tmp_path, free), log.url, {})], "data folder")[0] == "wrong"
    monkeypatch.setattr(doctor, "LITTLE", 1 << 60)
    level, said = of([*examine(config(tmp_path, free, archive_dir=str(tmp_path)), log.url, {})], "archive")
    assert level == "warning" and said.startswith(f"{tmp_path}, ")
    monkeypatch.setattr(doctor, "TOO_LITTLE", 1 << 60)
    assert of([*examine(config(tmp_path, free, archive_dir=str(tmp_path)), log.url, {})], "archive")[0] == "wrong"


def test_a_city_there_is_no_pack_of(tmp_path: Path, free: int, log: Log) -> None:
    assert of([*examine(config(tmp_path, free, city="atlantis"), log.url, {})], "city")[0] == "wrong"


def test_what_feeds_name_of_the_city_is_looked_up_in_its_pack(tmp_path: Path, free: int, log: Log) -> None:
    told = "{name: a, kind: redis_out, url: 'redis://127.0.0.1:1', stream: s, departments: [nobody]}"
    (tmp_path / "feeds.yaml").write_text(f"feeds: [{told}]")
    assert "nobody is no department of changzhou" in of([*examine(config(tmp_path, free), log.url, {})], "a")[1]
    lost = [*examine(config(tmp_path, free, city="atlantis"), log.url, {})]
    assert not [one for one in lost if one.said.startswith("departments:")]


def test_the_port_of_a_wall_that_runs_and_of_something_else(tmp_path: Path, wall: int, free: int, log: Log) -> None:
    assert of([*examine(config(tmp_path, wall), log.url, {})], "port") == (
        "ok",
        f"127.0.0.1:{wall} is the wall's, version 7",
    )
    with socket.create_server(("127.0.0.1", free)) as other:
        Thread(target=lambda: other.accept()[0].close(), daemon=True).start()
        assert of([*examine(config(tmp_path, free), log.url, {})], "port")[0] == "wrong"


def test_feeds_are_asked_how_they_are(tmp_path: Path, free: int, log: Log) -> None:
    (tmp_path / "roster.csv").write_text("device,worker\n1,W1\n")
    entry = f"{{name: a, kind: http, crs: wgs84, token: 'sha256:{'ab' * 32}', roster: roster.csv}}"
    (tmp_path / "feeds.yaml").write_text(f"feeds: [{entry}]")
    tally = Tally("http", clock.now_ms())
    tally.turn("running", clock.now_ms())
    tally.strange("phone-7", clock.now_ms())
    log.report("a", *tally.said(clock.now_ms()))
    found = [*examine(config(tmp_path, free), log.url, {})]
    assert "devices nobody knows: phone-7" in found[-1].said
