"""What a feed is, and the loop that keeps one running.

A feed turns something outside into records and hands them to a `Sink`. It does not know how the log works, and it does
not handle its own crashes: `supervise` restarts it with capped, jittered back-off.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event
from typing import Protocol

from dashboard import clock
from dashboard.record import Record

logger = logging.getLogger(__name__)
STEADY_S = 60.0
"""A feed that ran for so long before it crashed starts again as quickly as the first time."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record nobody could accept: where it came from, which field, what it held, why not, and the raw bytes."""

    source: str
    place: str
    field: str
    value: str
    reason: str
    raw: bytes


class Sink(Protocol):
    """Where a feed puts what it has. Both calls return only after the log is durable, and raise if it is not."""

    def append(self, records: Sequence[Record]) -> list[str]:
        """Append in order; returns the log's entry ids."""

    def reject(self, letters: Sequence[DeadLetter]) -> None:
        """Put into the dead letters."""


class Feed(Protocol):
    """A source of records."""

    name: str

    def run(self, sink: Sink, stop: Event) -> None:
        """Append until the source ends or `stop` is set; raise on trouble."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits that double from `first` to `cap` seconds, spread over 50–100 % so that feeds do not return in step."""

    first: float = 0.5
    cap: float = 30.0

    def seconds(self, attempt: int) -> float:
        """Seconds to wait before try `attempt` (0 = the first retry)."""
        doubled: float = self.first * 2 ** min(attempt, 16)
        return min(self.cap, doubled) * random.uniform(0.5, 1.0)


def supervise(feed: Feed, sink: Sink, stop: Event, backoff: Backoff = Backoff()) -> None:
    """Run `feed` until it ends by itself or `stop` is set; after a crash wait and run it again."""
    attempt = 0
    while not stop.is_set():
        started = clock.monotonic()
        try:
            feed.run(sink, stop)
            return
        except Exception as error:
            attempt = 0 if clock.monotonic() - started > STEADY_S else attempt
            wait = backoff.seconds(attempt)
            attempt += 1
            logger.warning("feed %s stopped: %s; trying again in %.1f s (try %d)", feed.name, error, wait, attempt)
            stop.wait(wait)
