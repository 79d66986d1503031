"""Writes the archive of fixes: takes them off the log, a file for every day they were taken on, and merges by worker.

How the folder looks is told by `dashboard.archive`; how files are merged and dropped, by `dayfiles`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dashboard import archive, clock
from dashboard.archive import Columns
from dashboard.pieces import SHARES, Id, Piece, id_of, text_of
from feeds.dayfiles import DayFiles
from feeds.log import Log
from feeds.parquet import save

RUN = 25_000_000
"""Bytes of entries in one file off the log, about: half a million fixes, which take 50 in a batch."""
GROUP = 100_000
"""Sorted by worker, a row group of this size holds the day of a few workers or of many: one is one or two groups."""
_SHARE = "SELECT worker, t, lat, lon FROM read_parquet(?) WHERE md5(worker)[1] = ? ORDER BY worker, t"
_PART = "SELECT worker::VARCHAR AS worker, t, lat, lon FROM part ORDER BY worker, t"


class Archivist(DayFiles):
    """The archive under `folder`, filled from `log`; days older than `keep_days` are dropped."""

    few = 8
    """With fixes that come in late, a day is not written anew for each of them."""

    def __init__(self, log: Log, folder: Path, keep_days: int) -> None:
        super().__init__(log, archive.STREAM, folder, archive.fixes_dir(folder), keep_days)
        self._late_ms = keep_days * clock.DAY_MS
        self._taken: Id | None = None

    @property
    def taken(self) -> Id:
        """The newest entry that is in the archive with all before it. Raises OSError."""
        if self._taken is None:
            self._taken = archive.newest(archive.pieces(self._folder))
        return self._taken

    def flush(self, now_ms: int) -> int:
        """Take what the log has got since; returns how many fixes. Raises OSError, duckdb.Error or LogError."""
        total = 0
        for entries in self._log.runs(self.stream, text_of(self.taken), RUN):
            fixes = archive.columns(entries)
            self._write(fixes, id_of(entries[0].entry_id), id_of(entries[-1].entry_id), now_ms)
            total += len(fixes["t"])
        return total

    def _write(self, fixes: Columns, first: Id, last: Id, now_ms: int) -> None:
        """One file a day; the day of the last entry comes last, has a file in any case, and so ends the range."""
        home = clock.city_day(last[0])
        for day, part in (*_by_day(fixes, now_ms - self._late_ms, home), (home, _of_day(fixes, home))):
            path = archive.path_of(self._folder, day, first, last)
            save(self._folder, _PART, [], path, GROUP, part)
        self._taken = last

    def _join(self, group: list[Piece]) -> None:
        for share in SHARES:
            path = archive.path_of(self._folder, group[0].day, group[0].first, group[-1].last, share)
            sources = [str(source) for piece in group for source in piece.files(share)]
            save(self._folder, _SHARE, [sources, share], path, GROUP)


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
