"""Patrol coverage (巡查走访率): which grids somebody on duty has visited today, from fixes and grid polygons.

A visit is a stay: a worker on duty, of whatever role, whose fixes lie in the same grid for at least `DWELL_MS`, so
that a ride through counts for nothing. A grid's last visit is all that is kept; a visit is today's if it is not older
than the city's midnight. This is a replica's memory, not the picture: after a start it is counted anew over the fixes
in `tracks`, and `since` says how far back that reaches.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from dashboard.clock import city_midnight
from dashboard.fleet import Fleet, Rows
from dashboard.regions import Level, Nodes, Regions
from dashboard.tracks import Fixes

DWELL_MS: Final = 60_000
"""The shortest stay that is a visit."""
STEP_MS: Final = 15_000
"""A worker is looked at this often: fixes in between cannot end a stay that the fixes around them continue."""
SILENCE_MS: Final = 600_000
"""After a silence this long nobody knows where the worker was: a stay begins anew."""
NEVER: Final = -1

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Patrol:
    """The last visit to every grid of `regions`, by the grid's rank among them; UTC milliseconds, `NEVER` for none."""

    def __init__(self, regions: Regions) -> None:
        self._regions = regions
        self._polygons = _by_rank(regions)
        self._nodes = regions.grid_nodes[:-1]
        self.last: Ints = np.full(len(self._nodes), NEVER, np.int64)
        self.from_ms: int | None = None
        """From when on every visit is counted; None before the first `follow`."""
        self._told = np.zeros(0, np.int64)
        self._grid = np.zeros(0, np.int64)
        self._looked = np.zeros(0, np.int64)
        self._entered = np.zeros(0, np.int64)

    def since(self, now_ms: int) -> int:
        """From when on today's visits are counted: the city's midnight, or later when this began later."""
        return max(city_midnight(now_ms), now_ms if self.from_ms is None else self.from_ms)

    def visited(self, now_ms: int) -> Flags:
        """Which grids have been visited today, by rank."""
        today: Flags = self.last >= city_midnight(now_ms)
        return today

    def by_node(self, now_ms: int) -> tuple[Nodes, Nodes]:
        """Grids visited today, and grids, in every region, by node."""
        return self._regions.totals(self._nodes[self.visited(now_ms)]), self._regions.totals(self._nodes)

    def follow(self, fleet: Fleet, on: Flags, now_ms: int) -> None:
        """Take the fixes that have come since the last call; `on`, by row, says who is on duty."""
        n = len(fleet)
        self._reach(n)
        self.from_ms = now_ms if self.from_ms is None else self.from_ms
        rows = np.flatnonzero((fleet.fix_ms[:n] > self._told[:n]) & on)
        self._told[:n] = fleet.fix_ms[:n]
        self.see(rows, fleet.lat[rows], fleet.lon[rows], fleet.fix_ms[rows])

    def see(self, rows: Rows, lat: NDArray[np.int32], lon: NDArray[np.int32], at_ms: Ints) -> None:
        """One fix of each of `rows`, all on duty: places in 1e-6 degrees, instants in UTC milliseconds.

        Fixes older than what has been seen of a worker, or hardly newer, are passed over.
        """
        if len(rows) == 0 or not len(self._polygons):
            return
        self._reach(int(rows.max()) + 1)
        due = at_ms - self._looked[rows] >= STEP_MS
        rows, at_ms, x, y = rows[due], at_ms[due], lon[due] / 1e6, lat[due] / 1e6
        grid = self._locate(self._grid[rows], x, y)
        stays = (grid == self._grid[rows]) & (at_ms - self._looked[rows] < SILENCE_MS)
        self._entered[rows] = np.where(stays, self._entered[rows], at_ms)
        self._grid[rows], self._looked[rows] = grid, at_ms
        visit = (grid >= 0) & (at_ms - self._entered[rows] >= DWELL_MS)
        np.maximum.at(self.last, grid[visit], at_ms[visit])

    def merge(self, older: Patrol) -> None:
        """Add what `older` has counted, which reaches further back than this."""
        np.maximum(self.last, older.last, out=self.last)
        if older.from_ms is not None and self.from_ms is not None:
            self.from_ms = min(self.from_ms, older.from_ms)

    def _locate(self, before: Ints, x: NDArray[np.float64], y: NDArray[np.float64]) -> Ints:
        """Ranks of the grids: most people are still where they were, and to ask that is six times as fast."""
        grid = before.copy()
        known = np.flatnonzero(before >= 0)
        here = shapely.intersects_xy(self._polygons[before[known]], x[known], y[known])
        grid[known[~here]] = NEVER
        lost = np.flatnonzero(grid < 0)
        grid[lost] = self._regions.locate_many(y[lost], x[lost])
        return grid

    def _reach(self, rows: int) -> None:
        missing = rows - len(self._grid)
        if missing <= 0:
            return
        for name in ("_told", "_grid", "_looked", "_entered"):
            column = getattr(self, name)
            setattr(self, name, np.concatenate([column, np.full(max(missing, len(column)), NEVER, np.int64)]))


def recount(regions: Regions, parts: Iterable[Fixes], since_ms: int, on: Flags) -> Patrol:
    """A patrol counted over fixes in order of arrival, complete since `since_ms`.

    `on`, by row, says who is on duty now: who was then is not known, so that visits of those who have gone home since
    are not counted.
    """
    patrol = Patrol(regions)
    patrol.from_ms = since_ms
    for part in parts:
        known = part[part["row"] < len(on)]
        for turn in _turns(known[on[known["row"]]]):
            patrol.see(turn["row"].astype(np.int64), turn["lat"], turn["lon"], turn["fix_ms"])
    return patrol


def _turns(part: Fixes) -> list[Fixes]:
    """Fixes in as few pieces as there can be with each worker at most once in each, everybody's in order."""
    if len(part) == 0:
        return []
    order = np.argsort(part["row"], kind="stable")
    rows = part["row"][order]
    starts = np.flatnonzero(np.concatenate([[True], rows[1:] != rows[:-1]]))
    turn = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))
    by_turn = part[order[np.argsort(turn, kind="stable")]]
    return np.split(by_turn, np.cumsum(np.bincount(turn))[:-1])


def _by_rank(regions: Regions) -> NDArray[np.object_]:
    """The polygons in the order of the grids; empty when the city has none."""
    if regions.grids is None:
        return np.zeros(0, object)
    rank = {region.code: k for k, region in enumerate(regions.of_level(Level.grid))}
    polygons = np.full(len(rank), None, object)
    polygons[[rank[code] for code in regions.grids.codes]] = regions.grids.polygons
    return polygons
