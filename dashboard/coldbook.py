"""Which events the archive has, and which of their rows count: an event is there as often as it has left the picture.

Arrays alone; where the rows are is `cold`'s business.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.pieces import NOTHING, Id

U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]
_NO_KEYS, _NO_POSITIONS = np.zeros(0, np.uint64), np.zeros(0, np.int64)


class Stale(NamedTuple):
    """Rows that a newer row of the same event has replaced: key and position (`as_of`), and the position `by` which."""

    keys: U64 = _NO_KEYS
    as_of: I64 = _NO_POSITIONS
    by: I64 = _NO_POSITIONS


class Book(NamedTuple):
    """The keys there are, ascending; at which position of the log each was archived last; the rows that count no more.

    It never changes, so that any thread may read it; `seen` is how far the files have been looked at.
    """

    keys: U64 = _NO_KEYS
    positions: I64 = _NO_POSITIONS
    stale: Stale = Stale()
    seen: Id = NOTHING

    def as_of(self, key: int) -> int | None:
        """The newest position of one of them."""
        at = int(self.keys.searchsorted(np.uint64(key)))
        return int(self.positions[at]) if at < len(self.keys) and int(self.keys[at]) == key else None

    def with_more(self, keys: U64, positions: I64, seen: Id) -> Book:
        """These, and other rows."""
        rows = np.unique(self._rows(keys))
        keys, positions = np.r_[self.keys[rows], keys], np.r_[self.positions[rows], positions]
        order = np.argsort(keys)
        if (keys[order][1:] == keys[order][:-1]).any():  # else of a million, that costs ten times as much
            order = np.lexsort((positions, keys))
        keys, positions = keys[order], positions[order]
        last = np.r_[keys[1:] != keys[:-1], np.ones(min(1, len(keys)), bool)]
        old = np.flatnonzero(~last)
        old = old[positions[old] != positions[old + 1]]
        replaced = keys[old], positions[old], positions[old + 1]
        stale = Stale(*(np.r_[had, more] for had, more in zip(self.stale, replaced, strict=True)))
        kept = np.delete(self.keys, rows)
        places = kept.searchsorted(keys[last])
        held = np.insert(np.delete(self.positions, rows), places, positions[last])
        return Book(np.insert(kept, places, keys[last]), held, stale, seen)

    def _rows(self, keys: U64) -> I64:
        """Where those of the keys are that are there."""
        at = self.keys.searchsorted(keys)
        inside = at < len(self.keys)
        found: I64 = at[inside][self.keys[at[inside]] == keys[inside]]
        return found
