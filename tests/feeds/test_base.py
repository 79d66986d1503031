"""The loop that keeps a feed running."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import clock
from dashboard.record import Record
from feeds.base import STEADY_S, Backoff, DeadLetter, Sink, supervise

QUICK = Backoff(first=0.001, cap=0.002)


class Nowhere:
    """A sink that takes everything."""

    def append(self, records: Sequence[Record]) -> list[str]:
        """Take them."""
        return ["" for _ in records]

    def append_once(self, records: Sequence[Record]) -> tuple[list[str], int]:
        """Take them."""
        return self.append(records), 0

    def reject(self, letters: Sequence[DeadLetter]) -> None:
        """Take them."""

    def recall(self, feed: str) -> bytes | None:
        """Nothing."""
        return None

    def remember(self, feed: str, state: bytes) -> None:
        """Forget it."""


class Flaky:
    """A feed that crashes so often, then ends (or, told to, sets `stop`)."""

    name = "flaky"

    def __init__(self, crashes: int, stops: bool = False) -> None:
        self.crashes, self.stops, self.runs = crashes, stops, 0

    def run(self, sink: Sink, stop: Event) -> None:
        """Crash or end."""
        self.runs += 1
        if self.runs > self.crashes:
            return
        if self.stops:
            stop.set()
        raise ConnectionError("unplugged")


def test_a_feed_that_ends_is_not_run_again() -> None:
    feed = Flaky(0)
    supervise(feed, Nowhere(), Event(), QUICK)
    assert feed.runs == 1


def test_a_crash_is_logged_and_the_feed_run_again(caplog: pytest.LogCaptureFixture) -> None:
    feed = Flaky(3)
    with caplog.at_level(logging.WARNING):
        supervise(feed, Nowhere(), Event(), QUICK)
    assert feed.runs == 4
    assert ["unplugged" in message and "flaky" in message for message in caplog.messages] == [True] * 3


def test_stop_ends_the_waiting() -> None:
    feed, stop = Flaky(9, stops=True), Event()
    supervise(feed, Nowhere(), stop, Backoff(first=60, cap=60))
    assert feed.runs == 1


def test_nothing_runs_after_stop() -> None:
    feed, stop = Flaky(0), Event()
    stop.set()
    supervise(feed, Nowhere(), stop)
    assert feed.runs == 0


@given(st.integers(0, 10_000))
def test_waits_double_up_to_a_cap_and_are_spread(attempt: int) -> None:
    wait = Backoff(first=0.5, cap=30).seconds(attempt)
    assert 0.5 * min(30, 0.5 * 2 ** min(attempt, 9)) <= wait <= 30
    assert attempt or wait <= 0.5


def test_feeds_do_not_come_back_in_step() -> None:
    assert len({Backoff().seconds(3) for _ in range(20)}) > 10


def test_after_a_long_good_run_the_waits_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class Noted(Backoff):
        def seconds(self, attempt: int) -> float:
            asked.append(attempt)
            return 0.0

    ticks = iter([0, 1, 2, 3, 4, 4 + STEADY_S + 1, 100, 101, 102])
    monkeypatch.setattr(clock, "monotonic", lambda: float(next(ticks)))
    supervise(Flaky(4), Nowhere(), Event(), Noted())
    assert asked == [0, 1, 0, 1]
