"""Writes the archive of events: those of the picture about which nothing is said any more; and merges its small files.

An event's time has come when it is off the queue and nothing has been said of it for some days. What has been taken is
told by the files alone, so that a crash at any moment costs nothing but the work of some minutes. Nobody else may write
the archive; how its files look is told by `dashboard.cold`.
"""

from __future__ import annotations

import logging
from itertools import groupby
from pathlib import Path

import duckdb

from dashboard import clock, cold
from dashboard.events import Events
from dashboard.pieces import NOTHING, Piece, listed, live, name_of
from feeds.parquet import save

logger = logging.getLogger(__name__)
MOST = 50_000
"""Events in one file off the picture; more wait for the next time."""
GROUP = 2048
"""Rows read to find one event: the whole of them is some megabytes."""
SETTLE_MS = clock.HOUR_MS
_MERGED = "SELECT * FROM read_parquet(?) ORDER BY key"


class ColdWriter:
    """The archive of events under `folder`; an event of which nothing was said for `hot_ms` leaves the picture."""

    def __init__(self, folder: Path, hot_ms: int) -> None:
        self._root, self._folder, self._hot_ms = folder, cold.folder_of(folder), hot_ms

    def tend(self, events: Events, now_ms: int) -> bool:
        """Archive and merge what there is; whether all went well. What goes wrong is said, and tried next time."""
        try:
            self.put(events, now_ms)
            self.merge(now_ms)
        except (OSError, duckdb.Error) as fault:
            logger.warning("the archive at %s does not grow, so closed events stay in memory: %s", self._root, fault)
            return False
        return True

    def put(self, events: Events, now_ms: int) -> int:
        """Archive the events whose time has come; returns how many. Raises OSError or duckdb.Error."""
        taken = max((piece.last for piece in listed(self._folder)), default=NOTHING)
        quiet = events.quiet(now_ms - self._hot_ms)[:MOST]
        if not quiet or events.read_to <= taken:  # a file is named by how far the log was read: one at a time
            return 0
        digests = [events.digest_of(one.id) for one in quiet]
        rows = cold.table(quiet, digests, events.read_to, events.procedure)
        path = self._folder / name_of(events.read_to, events.read_to)
        save(self._root, f"{cold.row_query()} ORDER BY key", [], path, GROUP, rows)
        logger.info("%d closed events archived", len(quiet))
        return len(quiet)

    def merge(self, now_ms: int) -> None:
        """Make one file of those of a finished hour, day or month. Raises OSError or duckdb.Error."""
        found = listed(self._folder)
        pieces = live(found)
        for piece in found:
            if piece not in pieces:  # merged last time, so that by now nobody reads it
                piece.paths[""].unlink(missing_ok=True)
        for _, group in groupby(pieces, lambda piece: _span(piece, now_ms - SETTLE_MS)):
            several = list(group)
            if len(several) > 1 and several[-1].last[0] < _hour(now_ms):
                path = self._folder / name_of(several[0].first, several[-1].last)
                save(self._root, _MERGED, [[str(one.paths[""]) for one in several]], path, GROUP)
                logger.info("%d files of closed events merged", len(several))


def _hour(at_ms: int) -> int:
    return at_ms - at_ms % clock.HOUR_MS


def _span(piece: Piece, now_ms: int) -> str:
    """What a piece is merged with: its month if that is over, else its day if that is, else its hour."""
    day, today = clock.city_day(piece.last[0]), clock.city_day(now_ms)
    if day[:7] < today[:7]:
        return day[:7]
    return day if day < today else str(_hour(piece.last[0]))
