"""What a feed counts of itself."""

from __future__ import annotations

import msgspec
import pytest

from feeds import tally
from feeds.tally import Report, Tally, clock_of

NOW = 1_800_000_000_000


def said(counted: Tally, now: int = NOW) -> Report:
    return msgspec.json.decode(counted.said(now)[0], type=Report)


def test_counts_lag_and_rate() -> None:
    counted = Tally("http", NOW)
    counted.took([NOW - 400, NOW - 100], NOW)
    counted.took([], NOW, repeated=3)
    counted.refused(2)
    report = said(counted, NOW + 1000)
    assert (report.records, report.repeated, report.rejected, report.lag_ms, report.rate) == (2, 3, 2, 100, 2.0)
    assert said(counted, NOW + 2000).rate == 0.0


def test_a_clock_that_is_ahead_shows_as_skew_for_ten_minutes() -> None:
    counted = Tally("http", NOW)
    assert said(counted).skew_ms is None
    counted.took([NOW + 5000], NOW)
    assert said(counted).skew_ms == -5000
    for minute in range(1, 12):
        counted.took([NOW + minute * 60_000 - 40], NOW + minute * 60_000)
    assert said(counted).skew_ms == 40


def test_a_remark_stands_where_the_state_says_nothing_itself() -> None:
    counted = Tally("mqtt", NOW)
    counted.turn("running", NOW)
    counted.remark("roster.csv, line 2: worker is empty")
    assert (said(counted).state, said(counted).why) == ("running", "roster.csv, line 2: worker is empty")
    counted.turn("waiting", NOW, "the broker is away")
    assert said(counted).why == "the broker is away"
    counted.turn("running", NOW)
    counted.remark("")
    assert said(counted).why == ""


def test_a_state_keeps_since_when_it_is() -> None:
    counted = Tally("mqtt", NOW)
    counted.turn("running", NOW + 1)
    counted.turn("running", NOW + 9)
    assert (said(counted).state, said(counted).since_ms) == ("running", NOW + 1)
    counted.turn("waiting", NOW + 10, "refused")
    assert (said(counted).state, said(counted).why, said(counted).since_ms) == ("waiting", "refused", NOW + 10)


def test_devices_are_told_once_they_spoke_and_never_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "MOST_DEVICES", 2)
    counted = Tally("jt808", NOW)
    for device in ("a", "b", "c", "a"):
        counted.strange(device, NOW)
    report, devices = counted.said(NOW)
    assert set(devices) == {"a", "b"} and msgspec.json.decode(devices["a"])["count"] == 2
    assert msgspec.json.decode(report)["unknown"] == 4
    assert counted.said(NOW)[1] == {}


@pytest.mark.parametrize(("offset", "why"), [(0, ""), (300_000, ""), (300_001, "ahead"), (-86_400_001, "late")])
def test_which_instants_can_be_believed(offset: int, why: str) -> None:
    assert clock_of(NOW + offset, NOW) == why


def test_a_feed_that_says_nothing_any_more_is_silent() -> None:
    counted = Tally("mqtt", NOW)
    counted.turn("running", NOW)
    text = {"a": counted.said(NOW)[0], "b": b"{"}
    assert tally.states(text, NOW + 15_000)["a"].state == "running"
    late = tally.states(text, NOW + 15_001)
    assert (late["a"].state, late["a"].since_ms, late["b"].state) == ("silent", NOW, "silent")
    counted.turn("stopped", NOW)
    assert tally.states({"a": counted.said(NOW)[0]}, NOW + 10**9)["a"].state == "stopped"
