"""What a feed is, and the loop that keeps one running.

A feed turns something outside into records and hands them to a `Sink`. It does not know how the log works, and it does
not handle its own crashes: `supervise` restarts it with capped, jittered back-off.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Literal, Protocol

from dashboard import clock
from dashboard.record import Record

logger = logging.getLogger(__name__)
Tell = Callable[[Literal["running", "waiting", "stopped"], str], None]
"""How a feed is, and why."""
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


class OnceSink(Sink, Protocol):
    """A sink that knows what it has by `(source, id)`, and keeps what a feed must know again after a restart."""

    def append_once(self, records: Sequence[Record]) -> tuple[list[str], int]:
        """Append what is not there yet; the log's entry ids of all, and how many were there."""

    def recall(self, feed: str) -> bytes | None:
        """What the feed of this name had kept last."""

    def remember(self, feed: str, state: bytes) -> None:
        """Keep it."""


class Feed(Protocol):
    """A source of records."""

    name: str

    def run(self, sink: OnceSink, stop: Event) -> None:
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


def supervise(
    feed: Feed, sink: OnceSink, stop: Event, backoff: Backoff = Backoff(), tell: Tell = lambda state, why: None
) -> None:
    """Run `feed` until it ends by itself or `stop` is set; after a crash wait and run it again; `tell` how it is."""
    attempt = 0
    while not stop.is_set():
        started = clock.monotonic()
        tell("running", "")
        try:
            feed.run(sink, stop)
            tell("stopped", "")
            return
        except Exception as error:
            attempt = 0 if clock.monotonic() - started > STEADY_S else attempt
            wait = backoff.seconds(attempt)
            attempt += 1
            tell("waiting", str(error))
            logger.warning("feed %s stopped: %s; trying again in %.1f s (try %d)", feed.name, error, wait, attempt)
            stop.wait(wait)
