"""How feeds are, told and heard."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from threading import Event, Thread

import pytest

from feeds import feedsfile, reports
from feeds.intake import Intake
from feeds.log import Log
from feeds.reports import report, watch
from feeds.tally import Tally, states

NOW = 1_800_000_000_000
TOKEN = hashlib.sha256(b"t").hexdigest()


def entry(name: str) -> str:
    return f"feeds: [{{name: {name}, kind: http, crs: wgs84, token: 'sha256:{TOKEN}'}}]"


def test_what_a_feed_says_is_heard(log: Log) -> None:
    report(log, {"phones": Tally("http", NOW)})
    assert states(log.reports(), NOW)["phones"].kind == "http"


def test_a_log_that_is_away_is_told_later(caplog: pytest.LogCaptureFixture) -> None:
    report(Log("redis://127.0.0.1:1/0", retries=0), {"phones": Tally("http", NOW)})
    assert "nobody can be told" in caplog.text


def test_a_device_that_the_log_could_not_be_told_of_is_told_later(log: Log) -> None:
    tally = Tally("http", NOW)
    tally.strange("139", NOW)
    report(Log("redis://127.0.0.1:1/0", retries=0), {"phones": tally})
    report(log, {"phones": tally})
    assert set(log.devices("phones")) == {"139"}


def test_a_changed_file_changes_who_may_send(tmp_path: Path, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "EVERY_S", 0.02)
    path, stop = tmp_path / "feeds.yaml", Event()
    path.write_text(entry("old"))
    intake = Intake(feedsfile.read(path), log)
    thread = Thread(target=watch, args=(path, intake, log, stop))
    thread.start()
    path.write_text(entry("new"))
    os.utime(path, (1, 1))
    for _ in range(1500):
        if "new" in intake.reports:
            break
        stop.wait(0.02)
    path.write_text("feeds: [")  # a slip: who may send may go on
    for _ in range(1500):
        if intake.file.faults:
            break
        stop.wait(0.02)
    stop.set()
    thread.join(20)
    assert intake.file.faults and intake.sender("t").entry.name == "new" and "new" in intake.reports
