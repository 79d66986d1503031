"""Onto the log, however long that takes."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

import msgspec
import pytest

from dashboard.model import EventRated
from dashboard.record import Record
from dashboard.replica import LogUnavailable
from feeds import delivery
from feeds.base import DeadLetter
from feeds.tally import Report, Tally

RECORD = Record("1", "s", "event.rated", 0, EventRated("e", 5))
LETTER = DeadLetter("s", "p", "f", "v", "r", b"")


class Flaky:
    """A sink that is away so many times first."""

    def __init__(self, away: int) -> None:
        self.away, self.took, self.letters = away, 0, 0

    def append(self, records: Sequence[Record]) -> list[str]:
        """Not asked here."""
        raise AssertionError

    def append_once(self, records: Sequence[Record]) -> tuple[list[str], int]:
        """Take them, or be away."""
        self.away -= 1
        if self.away >= 0:
            raise LogUnavailable("away")
        self.took += len(records)
        return ["1-0"] * len(records), 1

    def reject(self, letters: Sequence[DeadLetter]) -> None:
        """Take them."""
        self.letters += len(letters)

    def recall(self, feed: str) -> bytes | None:
        """Nothing."""
        return None

    def remember(self, feed: str, state: bytes) -> None:
        """Forget it."""


def test_it_is_tried_until_it_is_there_and_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "AGAIN_S", 0.001)
    sink, tally = Flaky(3), Tally("x", 0)
    assert delivery.deliver(sink, [RECORD, RECORD], [LETTER], tally, Event())
    report = msgspec.json.decode(tally.said(1)[0], type=Report)
    assert (sink.took, sink.letters) == (2, 1)
    assert (report.records, report.repeated, report.rejected, report.state) == (2, 1, 1, "running")


def test_what_needs_the_log_is_done_once_the_log_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "AGAIN_S", 0.001)
    sink, tally = Flaky(2), Tally("x", 0)
    assert delivery.insist(lambda: sink.append_once([RECORD]), tally, Event())
    assert sink.took == 1 and msgspec.json.decode(tally.said(1)[0], type=Report).state == "running"


def test_nothing_is_delivered_once_it_is_to_stop() -> None:
    stop, sink = Event(), Flaky(0)
    stop.set()
    assert not delivery.deliver(sink, [RECORD], [], Tally("x", 0), stop)
    assert sink.took == 0


def test_a_log_that_is_away_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LogUnavailable):
        delivery.append(Flaky(1), [RECORD], [], Tally("x", 0))
