"""Who may send, and how much; what they are answered is tested through Flask (`tests/callbacks/test_ingest.py`)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.record import Record
from dashboard.replica import LogUnavailable
from feeds import feedsfile
from feeds.intake import Answer, Bucket, Intake, Turned
from feeds.log import Log
from feeds.protocols.device import DeviceFix
from feeds.tally import states

NOW = 1_800_000_000_000
HASH = hashlib.sha256(b"t").hexdigest()


@given(
    st.floats(0.1, 1000), st.integers(1, 1000), st.lists(st.tuples(st.floats(0, 5), st.integers(1, 50)), max_size=60)
)
def test_nobody_gets_more_than_the_burst_and_the_rate(rate: float, burst: int, asks: list[tuple[float, int]]) -> None:
    bucket, now, got, most = Bucket(rate, burst), 100.0, 0, 0
    for pause, count in asks:
        now += pause
        if bucket.take(count, now) == 0:
            got, most = got + count, max(most, count)
    assert got <= burst + rate * (now - 100) + most + 1e-6


def test_who_waits_as_told_gets_it() -> None:
    bucket = Bucket(10, 20)
    assert bucket.take(20, 100.0) == 0
    wait = bucket.take(10, 100.0)
    assert wait == pytest.approx(1.0)
    assert bucket.take(10, 100.0 + wait) == 0


def test_more_than_the_burst_may_come_when_nothing_came_lately_and_is_paid_off_after() -> None:
    bucket = Bucket(10, 20)
    assert bucket.take(100, 100.0) == 0
    assert bucket.take(1, 101.0) > 6


def test_a_source_whose_roster_cannot_be_read_is_refused_and_the_others_may_send(tmp_path: Path, log: Log) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(f"""
feeds:
  - {{name: a, kind: http, crs: wgs84, token: 'sha256:{HASH}'}}
  - {{name: b, kind: http, crs: wgs84, token: 'sha256:{"0" * 64}', roster: none.csv}}
""")
    intake = Intake(feedsfile.read(path), log)
    assert intake.sender("t").entry.name == "a"
    told = states({name: tally.said(NOW)[0] for name, tally in intake.tallies.items()}, NOW)
    assert (told["a"].state, told["b"].state) == ("running", "refused") and "none.csv" in told["b"].why
    for token in ("", "u"):
        with pytest.raises(Turned) as turned:
            intake.sender(token)
        assert turned.value.answer.status == 401


def sending(folder: Path, more: str = "") -> Path:
    """A file with one sender, whose roster has one device."""
    (folder / "r.csv").write_text("device,worker\n139,W1\n")
    path = folder / "feeds.yaml"
    entry = f"{{name: a, kind: http, crs: wgs84, token: 'sha256:{HASH}', roster: r.csv}}"
    path.write_text(f"feeds:\n  - {entry}\n{more}")
    return path


class Away:
    """A log that takes nothing from the first who asks; meanwhile `then` happens."""

    def __init__(self) -> None:
        self.then: Callable[[], object] = lambda: None
        self.asked, self.took = 0, list[Record]()

    def append_once(self, records: Sequence[Record]) -> tuple[list[str], int]:
        """Take them, or not."""
        self.asked += 1
        if self.asked == 1:
            self.then()
            raise LogUnavailable("away")
        self.took += records
        return ["1-0"] * len(records), 0

    def recall(self, feed: str) -> bytes | None:
        """Nothing was kept."""

    def remember(self, feed: str, state: bytes) -> None:
        """It is not asked for."""


@pytest.mark.parametrize("sos", [False, True])
def test_what_is_sent_again_while_its_first_is_not_on_the_log_is_not_acknowledged_for_nothing(
    tmp_path: Path, sos: bool
) -> None:
    log: Any = Away()
    intake = Intake(feedsfile.read(sending(tmp_path)), log, lambda: NOW)
    sender, said = intake.sender("t"), [DeviceFix("139", NOW, 31.8, 119.97, sos=sos)]
    answers: list[Answer] = []
    log.then = lambda: answers.append(intake.sightings(sender, said))
    with pytest.raises(Turned) as turned:
        intake.sightings(sender, said)
    assert turned.value.answer.status == 503 and answers[0].status == 202
    assert [record.type for record in log.took] == ["worker.fixes", *["alarm.raised"] * sos]


def test_of_two_sources_with_one_token_the_second_is_refused(tmp_path: Path, log: Log) -> None:
    path = sending(tmp_path, f"  - {{name: b, kind: http, crs: gcj02, token: 'sha256:{HASH}'}}\n")
    intake = Intake(feedsfile.read(path), log)
    assert intake.sender("t").entry.name == "a"
    told = states({name: tally.said(NOW)[0] for name, tally in intake.tallies.items()}, NOW)
    assert (told["a"].state, told["b"].state) == ("running", "refused") and "token is that of a" in told["b"].why
