"""Writes the archive of the log: the entries of one stream as they are, a file for every range that was taken.

How the files look is told by `dashboard.logfiles`; how they are merged and dropped, by `dayfiles`.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from dashboard import clock, logfiles
from dashboard.pieces import NOTHING, Id, Piece, days, following, id_of, listed, live, text_of
from feeds.dayfiles import DayFiles
from feeds.log import Log
from feeds.parquet import save

RUN = 32_000_000
"""Bytes of entries held in memory at once, about."""
GROUP = 10_000
"""Rows a reader that begins within a file reads in vain, at most."""
_MERGED = "SELECT * FROM read_parquet(?, hive_partitioning = false)"
"""In the order of the list, which is the log's."""
_UNSETTLED_MS = 2 * clock.DAY_MS


class LogWriter(DayFiles):
    """The archive of `stream` under `folder`; days older than `keep_days` are dropped, or none when that is None."""

    def __init__(self, log: Log, stream: str, folder: Path, keep_days: int | None = None) -> None:
        super().__init__(log, stream, folder, logfiles.root_of(folder, stream), keep_days)

    @property
    def taken(self) -> Id:
        """The newest entry in the archive. Looked up each time, for a folder may go and come. Raises OSError."""
        for path in reversed(days(self._root).values()):
            if pieces := live(listed(path)):
                return pieces[-1].last
        return NOTHING

    def flush(self, now_ms: int) -> int:
        """Take what the log has got since; returns how many entries. Raises OSError, duckdb.Error or LogError."""
        taken, trimmed = self.taken, id_of(self._log.trimmed(self.stream))
        if taken < trimmed and clock.city_day(trimmed[0]) >= self._oldest(now_ms):
            raise OSError(
                f"it ends at {text_of(taken)}, and the log has been trimmed up to {text_of(trimmed)} behind another;"
                " bring that back, or delete the log's key wall:trimmed to begin anew without what it has"
            )
        first, total = following(max(taken, trimmed)), 0
        for entries in self._log.runs(self.stream, text_of(taken), RUN):
            for day, found in groupby(entries, lambda entry: clock.city_day(entry.appended_ms)):
                part = list(found)
                last = id_of(part[-1].entry_id)
                path = logfiles.path_of(self._folder, self.stream, day, first, last)
                save(self._folder, logfiles.ROWS_QUERY, [], path, GROUP, logfiles.table(part))
                first = following(last)
            total += len(entries)
        return total

    def merge(self, now_ms: int) -> None:
        """As of any part of the archive; a day that is over gets nothing late, so it is not looked at again."""
        super().merge(now_ms)
        self._settled = clock.city_day(now_ms - _UNSETTLED_MS)

    def _join(self, group: list[Piece]) -> None:
        path = logfiles.path_of(self._folder, self.stream, group[0].day, group[0].first, group[-1].last)
        save(self._folder, _MERGED, [[str(piece.paths[""]) for piece in group]], path, GROUP)
