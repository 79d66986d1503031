"""The demo city's past as a feed: months of closed events straight into the archive, and one record that makes them
count.

It waits until the live city's last 24 hours are on the log, and ends when the record is. Killed before, it begins anew;
the events come out the same (`feeds.demo.pastevents`), and a log that has the record, or a city that is older than a
few days, is left alone.
"""

from __future__ import annotations

import gc
import logging
import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import date, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from typing import Final

from dashboard import clock
from dashboard.cities import City, load_city
from dashboard.record import Record
from dashboard.replica import Replica
from feeds.base import Sink
from feeds.coldimport import ColdImport, Part
from feeds.demo.pastevents import Past
from feeds.processes import die_with_parent
from feeds.simulator import Progress, show_progress

logger = logging.getLogger(__name__)
NAME: Final = "demo"
EVENTS: Final = ("wall:events",)
_FIXES: Final = "wall:positions"
"""The first of them end the back-fill."""
_LIVE: Final = re.compile(r"E\d{8}-\d{5}")
_POLL_MS: Final = 1000
_SPAN: Final = 14
"""Days in a part: as many as 100 MB hold."""
_AT_ONCE: Final = 2
_makers: list[tuple[ColdImport, Past]] = []
_DAY: Final = timedelta(days=1)


class PastFeed:
    """The feed of the past of a city of so many `workers`, so many `months` long.

    `replica` makes an empty replica of the events, `oldest` tells the first entry of a stream; `archive`: its folder.
    """

    name = "past"

    def __init__(
        self, city: City, archive: Path, replica: Callable[[], Replica], oldest: Callable[[str], str], *,
        seed: int, workers: int, months: int, progress: Progress | None = None,
    ) -> None:  # fmt: skip
        self._city, self._archive, self._make, self._oldest = city, archive, replica, oldest
        self._seed, self._workers, self._months = seed, workers, months
        self._progress = progress or partial(show_progress, what=f"{months} months of city", unit="events")

    def run(self, sink: Sink, stop: Event) -> None:
        """Write the past, unless there is one. Raises LogUnavailable, OSError or duckdb.Error: then begin anew."""
        cut_ms = self._cut_ms(stop)
        if cut_ms is None:
            return
        os.nice(10)  # the wall comes first
        written = ColdImport(self._archive, NAME, self._city.procedure)
        written.begin()
        if parts := self._parts(cut_ms, stop):
            sink.append([Record(NAME, self.name, "events.imported", clock.now_ms(), written.finish(parts))])
            self._progress(1.0, sum(part.events for part in parts))

    def _parts(self, cut_ms: int, stop: Event) -> list[Part]:
        """All parts, in whatever order they were done; none when told to stop."""
        last, parts = _date(cut_ms), list[Part]()
        days = list(_days(last, self._months))
        spans = [days[k : k + _SPAN] for k in range(0, len(days), _SPAN)]
        self._progress(0.0, 0)
        who = os.getpid(), self._archive, self._city.key, self._seed, self._workers, last
        with ProcessPoolExecutor(_AT_ONCE, get_context("spawn"), _begin, who) as hands:
            waiting = [hands.submit(_write, k, span, cut_ms) for k, span in enumerate(spans)]
            for done in as_completed(waiting):
                parts.append(done.result())
                self._progress(min(0.999, len(parts) / len(spans)), sum(part.events for part in parts))
                if stop.is_set():
                    hands.shutdown(wait=False, cancel_futures=True)
                    return []
        return parts

    def _cut_ms(self, stop: Event) -> int | None:
        """When the live city's first event was reported, UTC ms; None when there is a past, or it is too late for one.

        Waits until all of the back-fill is on the log.
        """
        replica = self._make()
        replica.restore()
        while not stop.is_set():
            replica.catch_up()
            replica.picture.take_changes()
            events = replica.picture.events
            if events.imports or events.left.count:
                return None
            first = min((event.reported_ms for event in events if _LIVE.fullmatch(event.id)), default=None)
            if first is not None and self._oldest(_FIXES) != "0-0":
                return first
            stop.wait(_POLL_MS / 1000)
        return None


def _begin(parent: int, archive: Path, city: str, seed: int, workers: int, last: date) -> None:
    """In each of the processes that write: what all its parts are made with."""
    die_with_parent()
    if os.getppid() != parent:  # it died before we could ask to die with it; who begins anew writes the same files
        os._exit(1)
    gc.disable()  # a million events with all they hold, and no cycle among them
    here = load_city(city)
    _makers.append((ColdImport(archive, NAME, here.procedure), Past(here, seed=seed, workers=workers, last=last)))


def _write(number: int, days: Sequence[date], cut_ms: int) -> Part:
    [(written, past)] = _makers
    return written.write(number, (past.day(day, cut_ms, cut_ms + clock.DAY_MS) for day in days))


def _date(ms: int) -> date:
    return datetime.fromtimestamp(ms / 1000, clock.CITY_ZONE).date()


def _days(last: date, months: int) -> Iterator[date]:
    """The days of so many months up to the last."""
    month = last.year * 12 + last.month - 1 - months
    day = date(month // 12, month % 12 + 1, min(last.day, 28))
    while day <= last:
        yield day
        day += _DAY
