"""Writes the archive of fixes: takes them off the log, merges small files, drops old days.

What has been taken is read from the names of the files, what has not is still on the log: there is nothing to lose
between the two, and a crash at any moment costs nothing but the work of a minute. Nobody else may write the archive.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import duckdb

from dashboard import archive, clock
from dashboard.archive import Columns
from dashboard.pieces import NOTHING, SHARES, Id, Piece, id_of, live, text_of
from dashboard.record import Entry
from feeds.log import Log, LogError
from feeds.parquet import SPILL, save

logger = logging.getLogger(__name__)

ROWS = 500_000
"""Fixes in one file off the log, about."""
FEW = 8
"""Pieces a finished day may stay in: with fixes that come in late, a day is not written anew for each of them."""
SETTLE_MS = clock.HOUR_MS
"""How long a day is left alone after its end."""
_PAGE = 2000
GROUP = 100_000
"""Sorted by worker, a row group of this size holds the day of a few workers or of many: one is one or two groups."""
_SHARE = "SELECT worker, t, lat, lon FROM read_parquet(?) WHERE md5(worker)[1] = ? ORDER BY worker, t"
_PART = "SELECT worker::VARCHAR AS worker, t, lat, lon FROM part ORDER BY worker, t"


class Archivist:
    """The archive under `folder`, filled from `log`; days older than `keep_days` are dropped."""

    def __init__(self, log: Log, folder: Path, keep_days: int) -> None:
        self._log, self._folder, self._keep_ms = log, folder, keep_days * clock.DAY_MS
        self._taken: Id | None = None

    @property
    def taken(self) -> Id:
        """The newest entry that is in the archive with all before it. Raises OSError."""
        if self._taken is None:
            self._taken = archive.newest(archive.pieces(self._folder))
        return self._taken

    @property
    def taken_ms(self) -> int:
        """When the log took that entry, UTC ms; 0 as long as nobody can tell."""
        try:
            return self.taken[0]
        except OSError:
            return 0

    def tend(self, now_ms: int) -> bool:
        """Take, merge and drop what there is; whether all went well. What goes wrong is said, and tried next time."""
        try:
            self.flush(now_ms)
            self.merge(now_ms)
            self.drop(now_ms)
        except (OSError, duckdb.Error, LogError) as fault:
            logger.warning("the archive at %s does not grow, so fixes stay on the log: %s", self._folder, fault)
            return False
        return True

    def flush(self, now_ms: int) -> int:
        """Take what the log has got since; returns how many fixes. Raises OSError, duckdb.Error or LogError."""
        total = 0
        for entries in self._new():
            fixes = archive.columns(entries)
            self._write(fixes, id_of(entries[0].entry_id), id_of(entries[-1].entry_id), now_ms)
            total += len(fixes["t"])
        return total

    def merge(self, now_ms: int) -> None:
        """Make one piece of the pieces of a finished hour or day. Raises OSError or duckdb.Error."""
        for day, found in archive.everything(self._folder).items():
            pieces = live(found)
            for piece in found:
                if piece not in pieces:  # merged last time, so that by now nobody reads it; or left by a crash
                    _remove(piece)
            for group in self._groups(day, pieces, now_ms):
                self._merge(group)

    def drop(self, now_ms: int) -> None:
        """Drop the days that are too old, and what a crash has left half written. Raises OSError."""
        oldest = clock.city_day(max(0, now_ms - self._keep_ms))
        for day in archive.everything(self._folder):
            if day < oldest:
                logger.info("fixes of %s dropped", day)
                shutil.rmtree(archive.path_of(self._folder, day, NOTHING, NOTHING).parent)
        for left in archive.fixes_dir(self._folder).glob("*/*.tmp"):
            left.unlink()
        shutil.rmtree(self._folder / SPILL, ignore_errors=True)

    def _new(self) -> Iterator[list[Entry]]:
        """Entries after the newest taken, about `ROWS` fixes at a time."""
        entries: list[Entry] = []
        after, weight, full = text_of(self.taken), 0, True
        while full:
            page = self._log.between(archive.STREAM, f"({after}", "+", _PAGE)
            full = len(page) == _PAGE
            entries += page
            weight += sum(len(entry.fields.get(b"data", b"")) for entry in page)
            after = page[-1].entry_id if page else after
            if entries and (not full or weight > ROWS * 50):  # a fix in a batch is about 50 characters
                yield entries
                entries, weight = [], 0

    def _write(self, fixes: Columns, first: Id, last: Id, now_ms: int) -> None:
        """One file a day; the day of the last entry comes last, has a file in any case, and so ends the range."""
        home = clock.city_day(last[0])
        for day, part in (*_by_day(fixes, now_ms - self._keep_ms, home), (home, _of_day(fixes, home))):
            path = archive.path_of(self._folder, day, first, last)
            save(self._folder, _PART, [], path, GROUP, part)
        self._taken = last

    def _groups(self, day: str, pieces: list[Piece], now_ms: int) -> Iterable[list[Piece]]:
        if clock.city_day(now_ms - SETTLE_MS) > day and len(pieces) > FEW:
            return [pieces]
        hours = groupby(pieces, lambda piece: piece.first[0] // clock.HOUR_MS)
        done = [list(group) for hour, group in hours if hour < now_ms // clock.HOUR_MS]
        return [group for group in done if len(group) > 1]

    def _merge(self, group: list[Piece]) -> None:
        for share in SHARES:
            path = archive.path_of(self._folder, group[0].day, group[0].first, group[-1].last, share)
            sources = [str(source) for piece in group for source in piece.files(share)]
            save(self._folder, _SHARE, [sources, share], path, GROUP)
        logger.info("%d pieces of %s merged", len(group), group[0].day)


def _remove(piece: Piece) -> None:
    for path in piece.paths.values():
        path.unlink(missing_ok=True)


def _by_day(fixes: Columns, oldest_ms: int, home: str) -> Iterator[tuple[str, Columns]]:
    """The fixes of each day but the home day; those too old to be kept are left out."""
    times = fixes["t"][fixes["t"] >= oldest_ms]
    if len(times):
        days = clock.city_days(int(times.min()), int(times.max()))
        yield from ((day, part) for day in days if day != home and len((part := _of_day(fixes, day))["t"]))


def _of_day(fixes: Columns, day: str) -> Columns:
    start = clock.city_day_start(day)
    end = clock.city_midnight(start + 26 * clock.HOUR_MS)
    return archive.picked(fixes, (fixes["t"] >= start) & (fixes["t"] < end))
