"""A part of the archive that is kept by day: taken off a stream of the log, merged into few files, dropped when old.

What has been taken is read from the names of the files, what has not is still on the log: there is nothing to lose
between the two, and a crash at any moment costs nothing but the work of a minute. What a file holds is told by who
writes it. Nobody else may write there.
"""

from __future__ import annotations

import logging
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import duckdb

from dashboard import clock
from dashboard.pieces import Id, Piece, by_day, days, live
from feeds.log import Log

logger = logging.getLogger(__name__)

SETTLE_MS = clock.HOUR_MS
"""How long a day is left alone after its end."""


class DayFiles(ABC):
    """The days under `root` in the archive `folder`, filled from `stream`; those older than `keep_days` are dropped."""

    few = 1
    """Pieces a finished day may stay in."""

    def __init__(self, log: Log, stream: str, folder: Path, root: Path, keep_days: int | None) -> None:
        self.stream = stream
        self._log, self._folder, self._root = log, folder, root
        self._keep_ms = None if keep_days is None else keep_days * clock.DAY_MS
        self._troubled = False
        self._settled = ""
        """Before this day there is nothing to merge any more."""

    @property
    @abstractmethod
    def taken(self) -> Id:
        """The newest entry that is in the archive with all before it. Raises OSError."""

    @abstractmethod
    def flush(self, now_ms: int) -> int:
        """Take what the log has got since; returns how many rows. Raises OSError, duckdb.Error or LogError."""

    @abstractmethod
    def _join(self, group: list[Piece]) -> None:
        """Make one piece of several. Raises OSError or duckdb.Error."""

    def tend(self, now_ms: int) -> bool:
        """Take, merge and drop what there is; whether all went well. What goes wrong is said once, and tried again.

        Raises:
            LogError: the log does not answer; then there is nothing to do for any other part either.
        """
        try:
            self.flush(now_ms)
            self.merge(now_ms)
            self.drop(now_ms)
        except (OSError, duckdb.Error, ValueError, OverflowError) as fault:  # the last two: an id of no time
            if not self._troubled:
                what = "the archive at %s does not grow, so %s stays as it is on the log: %s"
                logger.warning(what, self._folder, self.stream, fault)
            self._troubled = True
            return False
        if self._troubled:
            logger.warning("the archive at %s has all of %s again", self._folder, self.stream)
        self._troubled = False
        return True

    def merge(self, now_ms: int) -> None:
        """Make one piece of the pieces of a finished hour or day. Raises OSError or duckdb.Error."""
        for day, found in by_day(self._root, self._settled).items():
            pieces = live(found)
            for piece in found:
                if piece not in pieces:  # merged last time, so that by now nobody reads it; or left by a crash
                    _remove(piece)
            for group in self._groups(day, pieces, now_ms):
                self._join(group)
                logger.info("%d pieces of %s, %s, merged", len(group), self._root.name, day)

    def drop(self, now_ms: int) -> None:
        """Drop the days that are too old. Raises OSError."""
        for day, path in days(self._root).items():
            if day < self._oldest(now_ms):
                logger.info("%s of %s dropped", self._root.name, day)
                shutil.rmtree(path)

    def _oldest(self, now_ms: int) -> str:
        """The first day that is kept."""
        return "" if self._keep_ms is None else clock.city_day(max(0, now_ms - self._keep_ms))

    def _groups(self, day: str, pieces: list[Piece], now_ms: int) -> Iterable[list[Piece]]:
        if clock.city_day(now_ms - SETTLE_MS) > day and len(pieces) > self.few:
            return [pieces]
        hours = groupby(pieces, lambda piece: piece.last[0] // clock.HOUR_MS)
        done = [list(group) for hour, group in hours if hour < now_ms // clock.HOUR_MS]
        return [group for group in done if len(group) > 1]


def _remove(piece: Piece) -> None:
    for path in piece.paths.values():
        path.unlink(missing_ok=True)
