"""Onto the log, however long that takes: what feeds share that may acknowledge only what is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event
from typing import Final

from dashboard import clock
from dashboard.record import Record
from dashboard.replica import LogUnavailable
from feeds.base import DeadLetter, OnceSink
from feeds.tally import Tally

AGAIN_S: Final = 1.0


def append(sink: OnceSink, records: Sequence[Record], letters: Sequence[DeadLetter], tally: Tally) -> None:
    """Put both on the log and count them. Raises LogUnavailable, and may then be called again."""
    again = sink.append_once(records)[1] if records else 0
    if letters:
        sink.reject(letters)
    tally.turn("running", clock.now_ms())
    tally.refused(len(letters))
    tally.took([record.time_ms for record in records], clock.now_ms(), again)


def deliver(
    sink: OnceSink, records: Sequence[Record], letters: Sequence[DeadLetter], tally: Tally, stop: Event
) -> bool:
    """The same, again and again until it is there; False when `stop` came first."""
    return insist(lambda: append(sink, records, letters, tally), tally, stop)


def insist(act: Callable[[], object], tally: Tally, stop: Event) -> bool:
    """Do what needs the log, again and again until it is done; False when `stop` came first."""
    while not stop.is_set():
        try:
            act()
        except LogUnavailable as fault:
            tally.turn("waiting", clock.now_ms(), str(fault))
            stop.wait(AGAIN_S)
        else:
            tally.turn("running", clock.now_ms())
            return True
    return False
