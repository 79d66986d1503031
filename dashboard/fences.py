"""Who is inside which fence: memberships from fixes, by array, with what keeps a jittering fix from going in and out.

Somebody is in once a fix lies inside the outline, out once it lies `TOLERANCE_M` beyond it, and either counts only when
the next fix says the same and the fence's dwell has passed. The first fix of a worker, and of everybody for a fence
newly drawn, settles where they are without a crossing. What a crossing gives rise to is `fencerules`' business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from dashboard.areas import grown

TOLERANCE_M: Final = 20.0
"""Beyond the outline by so much is still in: about the error of a phone's fix between houses."""
SLOTS: Final = 4096
"""Fences at a time; a membership is the number row · SLOTS + slot."""
NEVER: Final = -1
_PLACE: Final = 1e-6

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Crossing:
    """A worker's row has entered (or left) the fence in a slot by the fix of `at_ms`; that of `sure_ms` settled it."""

    row: int
    slot: int
    entered: bool
    at_ms: int
    sure_ms: int


@dataclass(slots=True)
class Fixes:
    """Position reports as columns of equal length: row, longitude and latitude (1e-6°), UTC ms."""

    row: I64
    lon: NDArray[np.int32]
    lat: NDArray[np.int32]
    fix_ms: I64

    def pick(self, which: NDArray[Any]) -> Fixes:
        """Those at the places, or where the mask is set."""
        return Fixes(self.row[which], self.lon[which], self.lat[which], self.fix_ms[which])


class Outlines:
    """The outlines of the fences by slot, prepared for asking which of them a place lies in."""

    def __init__(self, shapes: Mapping[int, Any]) -> None:
        self._slots = np.array(sorted(shapes), np.int64)
        self._inner = np.array([shapes[slot] for slot in self._slots.tolist()], object)
        self._outer = np.array([grown(shape, TOLERANCE_M) for shape in self._inner], object)
        shapely.prepare(self._inner)
        shapely.prepare(self._outer)
        self._tree = shapely.STRtree(self._outer)

    def around(self, fixes: Fixes) -> tuple[I64, NDArray[np.bool_]]:
        """The memberships of every fix in an outline or its margin, and which of them lie inside."""
        lon, lat = fixes.lon * _PLACE, fixes.lat * _PLACE
        point, shape = self._tree.query(shapely.points(lon, lat))
        near = shapely.intersects_xy(self._outer[shape], lon[point], lat[point])
        point, shape = point[near], shape[near]
        inside = shapely.intersects_xy(self._inner[shape], lon[point], lat[point])
        return fixes.row[point] * SLOTS + self._slots[shape], inside


class Presence:
    """Who is in which fence, kept up with fixes."""

    def __init__(self) -> None:
        self.inside: I64 = np.zeros(0, np.int64)
        """Memberships, ascending."""
        self._last_ms: I64 = np.full(1024, NEVER, np.int64)
        self._pending: dict[int, int] = {}
        self._outlines = Outlines({})
        self._dwell_ms: Mapping[int, int] = {}

    def fence(self, shapes: Mapping[int, Any], dwell_ms: Mapping[int, int], new: Sequence[int], where: Fixes) -> I64:
        """Watch these outlines from now on; into the `new` slots come those of `where` (rows once each) who are inside.

        Returns the memberships that begin so.
        """
        self._outlines, self._dwell_ms = Outlines(shapes), dwell_ms
        stale = set(new) | (set((self.inside % SLOTS).tolist()) - shapes.keys())
        self._pending = {k: at for k, at in self._pending.items() if k % SLOTS in shapes and k % SLOTS not in stale}
        kept = self.inside[~np.isin(self.inside % SLOTS, list(stale))]
        keys, inside = Outlines({slot: shapes[slot] for slot in new}).around(self._known(where))
        self.inside = np.sort(np.concatenate([kept, keys[inside]]))
        return keys[inside]

    def see(self, fixes: Fixes) -> tuple[list[Crossing], I64, Fixes]:
        """Take fixes, one a row: which crossings they settle, the memberships seen, and those of them that were new."""
        self._make_room(fixes.row)
        fixes = fixes.pick(fixes.fix_ms > self._last_ms[fixes.row])
        first = self._last_ms[fixes.row] == NEVER
        self._last_ms[fixes.row] = fixes.fix_ms
        around, inner = self._outlines.around(fixes)
        seen = around[inner]
        moved = np.zeros(len(self._last_ms), bool)
        moved[fixes.row] = True
        before = self.inside[moved[self.inside // SLOTS]]
        entering = np.setdiff1d(seen, before, assume_unique=True)
        fresh = np.isin(entering // SLOTS, fixes.row[first])
        self._insert(np.sort(entering[fresh]))
        leaving = np.setdiff1d(before, around, assume_unique=True)
        return self._settle(entering[~fresh], leaving, fixes, moved), seen, fixes

    def rounds(self, fixes: Fixes) -> list[Fixes]:
        """Fixes of any length as several in which every row stands once, each row's in the order given."""
        order = np.argsort(fixes.row, kind="stable")
        rows = fixes.row[order]
        starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]]) if len(rows) else np.zeros(0, np.int64)
        turn = np.arange(len(rows)) - np.repeat(starts, np.diff(np.r_[starts, len(rows)]))
        return [fixes.pick(order[turn == k]) for k in range(int(turn.max(initial=-1)) + 1)]

    def _settle(self, entering: I64, leaving: I64, fixes: Fixes, moved: NDArray[np.bool_]) -> list[Crossing]:
        """The changes that are sure by now; the others wait for the next fix, or are off."""
        at = dict(zip(fixes.row.tolist(), fixes.fix_ms.tolist(), strict=True)) if len(entering) + len(leaving) else {}
        changing = dict.fromkeys(entering.tolist(), True) | dict.fromkeys(leaving.tolist(), False)
        for key in [k for k in self._pending if k not in changing and moved[k // SLOTS]]:
            del self._pending[key]
        crossings = []
        for key, entered in changing.items():
            row, slot = divmod(key, SLOTS)
            if key not in self._pending:
                self._pending[key] = at[row]
            elif at[row] - self._pending[key] >= self._dwell_ms.get(slot, 0):
                crossings.append(Crossing(row, slot, entered, self._pending.pop(key), at[row]))
        self._carry_out(crossings)
        return crossings

    def _carry_out(self, crossings: Sequence[Crossing]) -> None:
        keys = [(c.row * SLOTS + c.slot, c.entered) for c in crossings]
        gone = np.array(sorted(key for key, entered in keys if not entered), np.int64)
        if len(gone):
            self.inside = np.delete(self.inside, np.searchsorted(self.inside, gone))
        self._insert(np.array(sorted(key for key, entered in keys if entered), np.int64))

    def _insert(self, keys: I64) -> None:
        if len(keys):
            self.inside = np.insert(self.inside, np.searchsorted(self.inside, keys), keys)

    def _known(self, where: Fixes) -> Fixes:
        """Those whose first fix has been taken: for the others it is yet to come."""
        self._make_room(where.row)
        return where.pick(self._last_ms[where.row] != NEVER)

    def _make_room(self, rows: I64) -> None:
        while len(rows) and int(rows.max()) >= len(self._last_ms):
            self._last_ms = np.concatenate([self._last_ms, np.full(len(self._last_ms), NEVER, np.int64)])
