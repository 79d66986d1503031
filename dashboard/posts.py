"""Posts (岗位): which grids lack their people, and who could stand in for them.

The rule: every grid has its head (网格长) and at least one full- or part-time worker (专职、兼职). A worker belongs to
the grid the profile names; one whose profile names a community counts for each of its grids, one of a town or more for
none. "Lacking" is said twice: on the roster, and on duty at this moment, whatever the hour. Numbers only; who shows
them is `staffing`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dashboard.fleet import NO_FIX, Fleet
from dashboard.model import Duty, Role
from dashboard.regions import Level, Regions

STAND_IN_M: Final = 5_000
"""Who is farther away than this does not stand in."""
STEP_M: Final = 100
"""Distances of people who walk about are told in steps of so many metres."""
METRES_PER_DEGREE: Final = 111_195.0

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Lack:
    """What every grid lacks, by rank: its head and its worker on the roster; any head and any worker on duty."""

    head: Flags
    hand: Flags
    head_off: Flags
    hand_off: Flags

    @property
    def gap(self) -> Flags:
        """Grids whose roster breaks the rule."""
        return self.head | self.hand

    @property
    def bare(self) -> Flags:
        """Grids for which nobody, head or worker, is on duty."""
        return self.head_off & self.hand_off


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who could come: how many, and the nearest (row of the fleet, metres); -1 and 0 when nobody could."""

    count: int
    row: int
    metres: int


class Posts:
    """Who belongs where, kept until somebody joins or becomes somebody else."""

    def __init__(self, regions: Regions) -> None:
        self.grids = regions.of_level(Level.grid)
        self.communities = regions.of_level(Level.community)
        self._grid = {region.code: k for k, region in enumerate(self.grids)}
        self._community = {region.code: k for k, region in enumerate(self.communities)}
        self.community_of: Ints = np.array([self._community.get(g.parent or "", -1) for g in self.grids], np.int64)
        """Each grid's community, by rank; -1 where the tree has none."""
        self._version = -1
        self._home = self._group = np.zeros(0, np.int64)

    def lack(self, fleet: Fleet, on: Flags) -> Lack:
        """What is lacking now; `on`, by row, says who is on duty."""
        self._place(fleet)
        role = fleet.role[: len(fleet)]
        head, hand = role == Role.grid_head, _hand(role)
        found = [self._cover(mask) == 0 for mask in (head, hand, head & on, hand & on)]
        return Lack(*found)

    def spare(self, fleet: Fleet, ready: Flags, role: Role | None) -> Ints:
        """Rows of those who may stand in: `ready` (free, located, not lost) and of the right kind.

        For a head another grid's head; for a worker (None) a full- or part-timer whose own grid has another one.
        """
        self._place(fleet)
        roles = fleet.role[: len(fleet)]
        if role is not None:
            return np.flatnonzero(ready & (roles == role))
        hands = self._cover(_hand(roles))
        left = np.where(self._home >= 0, hands[self._home] if len(hands) else 0, 0) > 1
        return np.flatnonzero(ready & _hand(roles) & left)

    def stand_in(self, fleet: Fleet, rows: Ints, community: int) -> StandIn:
        """Those of `rows` near a community, by beeline to the middle of it."""
        here = self.communities[community]
        dy = fleet.lat[rows] / 1e6 - here.lat
        dx = (fleet.lon[rows] / 1e6 - here.lon) * np.cos(np.radians(here.lat))
        metres = np.hypot(dx, dy) * METRES_PER_DEGREE
        if not len(metres) or metres.min() > STAND_IN_M:
            return StandIn(0, -1, 0)
        first, count = int(metres.argmin()), int((metres <= STAND_IN_M).sum())
        return StandIn(count, int(rows[first]), round(float(metres[first]) / STEP_M) * STEP_M)

    def _cover(self, mask: Flags) -> Ints:
        """How many of the masked workers every grid has, its community's included."""
        home, group = self._home[mask], self._group[mask & (self._home < 0)]
        own = np.bincount(home[home >= 0], minlength=len(self.grids))
        shared = np.append(np.bincount(group[group >= 0], minlength=len(self.communities)), 0)
        cover: Ints = own + shared[self.community_of]
        return cover

    def _place(self, fleet: Fleet) -> None:
        if self._version == fleet.version and len(self._home) == len(fleet):
            return
        self._version = fleet.version
        self._home = np.array([self._grid.get(code, -1) for code in fleet.regions], np.int64)
        groups = [self._community.get(code[:12], -1) for code in fleet.regions]
        self._group = np.array(groups, np.int64)


def ready(fleet: Fleet, now_ms: int, lost_ms: int) -> Flags:
    """Who could be sent at once, by row: available, and heard of within `lost_ms`."""
    n = len(fleet)
    fresh = (fleet.lon[:n] != NO_FIX) & (now_ms - fleet.fix_ms[:n] <= lost_ms)
    free: Flags = (fleet.duty[:n] == Duty.available) & fresh
    return free


def _hand(role: NDArray[np.uint8]) -> Flags:
    """Full- and part-timers: those who do the grid's work."""
    hand: Flags = (role == Role.full_time) | (role == Role.part_time)
    return hand
