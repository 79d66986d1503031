"""Everything feeds.yaml declares is run, and says how it is; a changed file begins anew."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from threading import Event, Thread

import pytest

from dashboard import clock
from feeds import gateway
from feeds.gateway import Gateway
from feeds.log import Log
from feeds.tally import Report, states

TERMINALS = "- {{name: terminals, kind: gps103, crs: wgs84, listen: '127.0.0.1:{port}', roster: roster.csv}}"


class Running:
    """A gateway in a thread."""

    def __init__(self, folder: Path, log: Log, url: str) -> None:
        self.path, self.log, self.stop = folder / "feeds.yaml", log, Event()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.write(TERMINALS)
        self.thread = Thread(target=Gateway(self.path, lambda: Log(url)).run, args=(self.stop,))

    def write(self, *entries: str) -> None:
        before = self.path.stat().st_mtime if self.path.exists() else 0
        self.path.write_text("feeds:\n" + "\n".join(f"  {entry.format(port=self.port)}" for entry in entries))
        os.utime(self.path, (before + 5, before + 5))

    def until(self, name: str, state: str) -> Report:
        for _ in range(1500):
            found = states(self.log.reports(), clock.now_ms()).get(name)
            if found is not None and found.state == state:
                return found
            self.stop.wait(0.02)
        raise AssertionError(f"{name} is {found}, not {state}")

    def end(self) -> None:
        self.stop.set()
        self.thread.join(20)
        assert not self.thread.is_alive()


@pytest.fixture
def running(tmp_path: Path, log: Log, log_url: str, monkeypatch: pytest.MonkeyPatch) -> Running:
    monkeypatch.setattr(gateway, "EVERY_S", 0.05)
    return Running(tmp_path, log, log_url)


def test_a_feed_whose_roster_is_missing_waits_for_it(running: Running, tmp_path: Path) -> None:
    running.thread.start()
    assert "roster.csv" in running.until("terminals", "waiting").why
    (tmp_path / "roster.csv").write_text("device,worker\n1,W1\n")
    running.until("terminals", "running")
    running.end()
    assert running.until("terminals", "stopped")


def test_a_feed_that_hangs_does_not_hold_up_the_others(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung, over = Event(), Event()

    class Hanging:
        name = "terminals"

        def run(self, sink: object, stop: Event) -> None:
            hung.set()
            over.wait()

    monkeypatch.setattr(gateway, "ENDS_S", 0.1)
    real = gateway.make
    monkeypatch.setattr(gateway, "make", lambda entry, *more: real(entry, *more) if hung.is_set() else Hanging())
    (tmp_path / "roster.csv").write_text("device,worker\n1,W1\n")
    running.thread.start()
    assert hung.wait(20)
    running.write(TERMINALS, "- {{name: odd, kind: pigeon}}")
    running.until("odd", "refused")
    running.until("terminals", "running")
    running.end()
    over.set()


def test_a_bad_entry_is_refused_and_the_others_run(running: Running, tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("device,worker\n1,W1\n")
    running.write(TERMINALS, "- {{name: odd, kind: pigeon}}", "- {{name: off, kind: http, enabled: false}}")
    running.thread.start()
    running.until("terminals", "running")
    assert "pigeon" in running.until("odd", "refused").why
    running.write(TERMINALS)
    for _ in range(500):
        if "odd" not in running.log.reports():
            break
        running.stop.wait(0.02)
    assert "odd" not in running.log.reports()
    running.until("terminals", "running")
    running.end()
