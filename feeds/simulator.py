"""The demo city as a feed: Changzhou's size, its people and its matters, written to the log like any other feed.

All of it is invented, by chance from a fixed seed. This module paces and writes; what happens in the city is in
`feeds.demo`. It reads nothing back from the log: what a restart must know comes through the constructor.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from threading import Event
from typing import Final

from dashboard import clock as wall_clock
from dashboard.cities import City
from dashboard.record import Record
from feeds.base import Sink
from feeds.demo.matter import Move, OpenEvent
from feeds.demo.world import World

__all__ = ["Move", "OpenEvent", "Simulator", "show_progress"]

TICK_MS: Final = 40
CHUNK: Final = 1000
WORKERS: Final = 13_080
SECONDS_BETWEEN_FIXES: Final = 8.72
_ASK_MS: Final = 1000
_BAR: Final = 30

Progress = Callable[[float, int], None]
"""(share done, records so far)."""


def show_progress(share: float, records: int, what: str = "24 h of city", unit: str = "records") -> None:
    """One line on stderr: a bar, per cent, records; rewritten in place on a terminal, else at start and end only."""
    if not sys.stderr.isatty() and 0.0 < share < 1.0:
        return
    bar = "█" * int(share * _BAR)
    end = "\n" if share >= 1.0 or not sys.stderr.isatty() else ""
    print(f"\r{what}: {bar:·<{_BAR}} {share:4.0%} {records:,} {unit}", end=end, file=sys.stderr, flush=True)


class Simulator:
    """The demo city's feed.

    Args:
        city: the pack.
        seed: the same seed and the same clock readings give the same records.
        workers: how many report their position.
        fixes_per_s: position reports a second; by default everybody reports every 8.7 s.
        clock: UTC milliseconds.
        backfill: the log holds no city yet: send the roster and the last 24 hours first.
        send_roster: without `backfill`, send the roster all the same.
        open_events: events an earlier run left open, to carry on.
        calls: ids of calls for help that an earlier run left standing, to be cleared.
        moves: what others have done with events since the last call; asked once a second.
        progress: told how far the back-fill is.
    """

    name = "simulator"

    def __init__(
        self,
        city: City,
        *,
        backfill: bool,
        seed: int = 7,
        workers: int = WORKERS,
        fixes_per_s: float | None = None,
        clock: Callable[[], int] = wall_clock.now_ms,
        send_roster: bool = False,
        open_events: Sequence[OpenEvent] = (),
        calls: Sequence[str] = (),
        moves: Callable[[], Iterable[Move]] = tuple,
        progress: Progress = show_progress,
    ) -> None:
        self._city, self._seed, self._workers = city, seed, workers
        self._fixes_per_s = workers / SECONDS_BETWEEN_FIXES if fixes_per_s is None else fixes_per_s
        self._clock, self._progress = clock, progress
        self._backfill, self._send_roster, self._open_events, self._calls = backfill, send_roster, open_events, calls
        self._moves, self._asked_ms = moves, 0
        self._world: World | None = None
        self._beginning: Iterator[list[Record]] = iter(())
        self._unsent: list[Record] = []

    def run(self, sink: Sink, stop: Event) -> None:
        """Write until `stop` is set. Run again after a failure it carries on; nothing is lost or doubled."""
        world = self._begin()
        self._send(sink)
        for records in self._beginning:
            self._unsent.extend(records)
            self._send(sink)
            if stop.is_set():
                return
        while not stop.is_set():
            now = self._clock()
            if now - self._asked_ms >= _ASK_MS:
                world.moved(self._moves(), now)
                self._asked_ms = now
            self._unsent.extend(world.advance(now))
            self._send(sink)
            stop.wait(max(1, now + TICK_MS - self._clock()) / 1000)

    def _begin(self) -> World:
        """The world of this run, made on the first call."""
        if self._world is None:
            now = self._clock()
            self._world = World(
                self._city, seed=self._seed, workers=self._workers, fixes_per_s=self._fixes_per_s, start_ms=now
            )
            self._beginning = self._past(self._world, now) if self._backfill else self._resumed(self._world, now)
        return self._world

    def _past(self, world: World, now: int) -> Iterator[list[Record]]:
        """The back-fill in chunks of a useful size."""
        waiting: list[Record] = []
        sent = 0
        for share, records in world.past(now):
            waiting.extend(records)
            if len(waiting) >= CHUNK or share >= 1.0:
                yield waiting
                sent += len(waiting)
                waiting = []
                self._progress(min(share, 0.999), sent)
        yield waiting
        self._progress(1.0, sent)

    def _resumed(self, world: World, now: int) -> Iterator[list[Record]]:
        if self._send_roster:
            yield world.roster(now)
        yield world.resume(now, self._open_events, self._calls)

    def _send(self, sink: Sink) -> None:
        """Append what waits, oldest first; what the log has not taken stays waiting."""
        while self._unsent:
            sink.append(self._unsent[:CHUNK])
            del self._unsent[:CHUNK]
