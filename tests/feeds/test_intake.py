"""Who may send, and how much; what they are answered is tested through Flask (`tests/callbacks/test_ingest.py`)."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import feedsfile
from feeds.intake import Bucket, Intake, Turned
from feeds.log import Log
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
