"""The fixes of the last hour (or as long as set), for drawing where a worker has been.

Chunks of columns in order of arrival; one worker's track is one comparison over them. It is filled by the live fold
and, after a start, by `prepend` from the log's recent past; it says since when it is complete. Older history is not
its business.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from dashboard.fleet import Fleet, Rows

CHUNK = 32_768
MOST = 12_000_000
"""So many fixes are kept at most, whatever their age: 20 bytes each."""
KIND = np.dtype([("row", "i4"), ("lon", "i4"), ("lat", "i4"), ("fix_ms", "i8")])
Fixes = NDArray[np.void]


class Tracks:
    """Fixes newer than `keep_ms` before the newest, by row of `fleet`, as long as they are not over `most`."""

    def __init__(self, fleet: Fleet, keep_ms: int, most: int = MOST) -> None:
        self._fleet, self._keep_ms, self._most = fleet, keep_ms, most
        self._old: deque[Fixes] = deque()
        self._new = np.zeros(CHUNK, KIND)
        self._n = 0
        self.since_ms: int | None = None
        """From when on nothing is missing, UTC ms; None before the first fix."""

    def add(self, rows: Rows) -> None:
        """Take the present fix of each of `rows`."""
        if len(rows) == 0:
            return
        fixes = np.empty(len(rows), KIND)
        fixes["row"] = rows
        for name in ("lon", "lat", "fix_ms"):
            fixes[name] = getattr(self._fleet, name)[rows]
        if self.since_ms is None:
            self.since_ms = int(fixes["fix_ms"].min())
        if self._n + len(rows) > CHUNK:
            self._seal(int(fixes["fix_ms"].max()))
        if len(rows) > CHUNK:
            self._old.append(fixes)
            return
        self._new[self._n : self._n + len(rows)] = fixes
        self._n += len(rows)

    def prepend(self, fixes: Fixes, since_ms: int) -> None:
        """Put older fixes before all others; `since_ms` is from when on they are complete."""
        if len(fixes):
            self._old.appendleft(fixes)
        self.since_ms = since_ms if self.since_ms is None else min(self.since_ms, since_ms)

    def parts(self) -> list[Fixes]:
        """Everything held, as arrays in order of arrival that nobody changes any more."""
        return [*self._old, self._new[: self._n].copy()]

    def of(self, row: int, since_ms: int) -> Fixes:
        """One worker's fixes after `since_ms`, in time order: fields row, lon, lat (1e-6°), fix_ms."""
        parts = [*self._old, self._new[: self._n]]
        mine = np.concatenate([part[part["row"] == row] for part in parts])
        mine = mine[mine["fix_ms"] > since_ms]
        mine = mine[np.argsort(mine["fix_ms"], kind="stable")]
        fresh = np.ones(len(mine), bool)
        fresh[1:] = np.diff(mine["fix_ms"]) > 0  # a fix read twice (live and from the past) counts once
        return mine[fresh]

    def _seal(self, newest_ms: int) -> None:
        if self._n:
            self._old.append(self._new[: self._n].copy())
        self._n = 0
        oldest_ms, held = newest_ms - self._keep_ms, sum(map(len, self._old))
        while self._old and ((last := int(self._old[0]["fix_ms"].max())) < oldest_ms or held > self._most):
            held -= len(self._old.popleft())
            oldest_ms = max(oldest_ms, last + 1)
        if self.since_ms is not None:
            self.since_ms = max(self.since_ms, oldest_ms)
