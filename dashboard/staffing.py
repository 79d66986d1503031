"""What the workers screen counts, for any region: posts and gaps, who does what by role, patrol coverage, utilisation.

`Staff.follow` once a second for the whole fleet, `Staff.section` for each region somebody looks at. It keeps what the
picture cannot know (visits, time at work) and says since when; it changes nothing in the picture.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from dashboard.fleet import NO_BATTERY, Fleet
from dashboard.model import Duty, Role
from dashboard.patrol import DWELL_MS, Patrol, recount
from dashboard.picture import Picture
from dashboard.posts import STAND_IN_M, Lack, Posts, ready
from dashboard.regions import Nodes, Regions, Scope, short_name
from dashboard.stats import Freshness, on_duty
from dashboard.tracks import Fixes, Tracks
from dashboard.workload import Workload

LOW_PERCENT: Final = 20
"""A phone with less charge will not last the shift."""
LISTED: Final = 40
"""So many communities, and so many low phones, are named; all are counted."""
SLOW_MS: Final = 10_000
"""Lists and times move slowly: they are counted anew this often."""
STATES: Final = 6
"""Of a worker: off duty, then on duty as available, dispatched, en route, on scene, lost."""
MINUTE_MS: Final = 60_000
OUTSIDE: Final = -2
"""Among children: who does not belong to the region at all (-1: to none of its children)."""

Section = dict[str, object]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Found = TypeVar("Found")


class Look(Protocol):
    """A short, exclusive look at the picture."""

    def __call__(self, read: Callable[[Picture], Found]) -> Found:
        """What `read` finds in it."""


class Staff:
    """The books of one replica over its fleet."""

    def __init__(self, regions: Regions, limits: Freshness) -> None:
        self._regions, self._limits = regions, limits
        self._grid_nodes = regions.grid_nodes[:-1]
        self.posts, self.patrol, self.workload = Posts(regions), Patrol(regions), Workload()
        self._fleet = Fleet()
        self._homes: Nodes = np.zeros(0, np.int64)
        self._lack = self.posts.lack(self._fleet, np.zeros(0, bool))
        self._kind = np.zeros(0, np.int64)
        self._slow: dict[str, tuple[int, Section]] = {}

    def follow(self, fleet: Fleet, homes: Nodes, now_ms: int) -> None:
        """Take what has happened since the last call; `homes` is each worker's region (see `stats.Homes`)."""
        on = on_duty(fleet)
        self._fleet, self._homes = fleet, homes
        self.patrol.follow(fleet, on, now_ms)
        self.workload.follow(fleet, now_ms)
        self._lack = self.posts.lack(fleet, on)
        self._kind = _kind(fleet, on, now_ms, self._limits.lost_ms)

    def section(self, scope: Scope, now_ms: int) -> Section:
        """`staff` and `posts` of one region, in total and by its children; the shapes are in assets/wall/types.mjs.

        `staff` is of this second; `posts` (the lists, and time at work) is counted anew every `SLOW_MS`.
        """
        grids, workers = scope.child(self._grid_nodes), scope.child(self._homes)
        mine = scope.inside(self._grid_nodes), scope.inside(self._homes)
        size = len(scope.codes)
        counts = {name: _by_child(grids, mine[0] & mask, size) for name, mask in self._marks(now_ms).items()}
        roles = self._roles(np.where(mine[1], workers, OUTSIDE), size)
        rows = [
            {
                "code": code,
                "name": self._name(code),
                **{name: int(count[k]) for name, count in counts.items()},
                "roles": roles[k],
            }
            for k, code in enumerate((*scope.codes, ""))
        ]
        staff = {"rows": rows[:-1], "total": rows[-1], "since": self.patrol.since(now_ms)}
        return {"staff": staff, "posts": self._slowly(scope, mine, now_ms)}

    def recall(self, look: Look, tracks: Tracks) -> None:
        """Count today's visits over the fixes that `tracks` holds as well; slow, for a thread of its own."""

        def held(picture: Picture) -> tuple[list[Fixes], int | None, Flags]:
            return tracks.parts(), tracks.since_ms, on_duty(picture.fleet)

        parts, since_ms, on = look(held)
        if since_ms is not None:
            older = recount(self._regions, parts, since_ms, on)
            look(lambda picture: self.patrol.merge(older))

    def _name(self, code: str) -> str:
        return short_name(self._regions[code].name) if code else ""

    def _marks(self, now_ms: int) -> dict[str, Flags]:
        lack = self._lack
        return {
            "grids": np.ones(len(self._grid_nodes), bool), "visited": self.patrol.visited(now_ms), "gap": lack.gap,
            "no_head": lack.head, "no_hand": lack.hand, "head_off": lack.head_off, "hand_off": lack.hand_off,
            "bare": lack.bare,
        }  # fmt: skip

    def _roles(self, child: Nodes, size: int) -> list[list[list[int]]]:
        """Per child, and at the end in total: per role how many are in each state."""
        mine = child > OUTSIDE
        role, kind = self._fleet.role[: len(child)][mine].astype(np.int64), self._kind[mine]
        cell = ((child[mine] + 1) * len(Role) + role) * STATES + kind
        table = np.bincount(cell, minlength=(size + 1) * len(Role) * STATES).reshape(size + 1, len(Role), STATES)
        return [*table[1:].tolist(), table.sum(0).tolist()]

    def _slowly(self, scope: Scope, mine: tuple[Flags, Flags], now_ms: int) -> Section:
        at, found = self._slow.get(scope.code, (0, {}))
        if found and at <= now_ms < at + SLOW_MS:
            return found
        use = self._use(np.where(mine[1], scope.child(self._homes), OUTSIDE), scope)
        found = self._lists(mine, now_ms) | {"use": use, "since": self.workload.since_ms}
        self._slow = {code: kept for code, kept in self._slow.items() if now_ms - kept[0] < SLOW_MS}
        self._slow[scope.code] = (now_ms, found)
        return found

    def _use(self, child: Nodes, scope: Scope) -> list[list[list[int]]]:
        """Per child, and at the end in total: per role the minutes at work, and on duty."""
        mine = child > OUTSIDE
        n, size = len(child), len(scope.codes)
        cell = (child[mine] + 1) * len(Role) + self._fleet.role[:n][mine]
        least = (size + 1) * len(Role)
        parts = [np.bincount(cell, spent[:n][mine], least) for spent in (self.workload.busy, self.workload.on)]
        table = np.stack(parts, -1).reshape(size + 1, len(Role), 2)
        minutes = (np.concatenate([table[1:], table.sum(0, keepdims=True)]) / MINUTE_MS).astype(np.int64)
        listed: list[list[list[int]]] = minutes.tolist()
        return listed

    def _lists(self, mine: tuple[Flags, Flags], now_ms: int) -> Section:
        lack, fleet = self._lack, self._fleet
        free = ready(fleet, now_ms, self._limits.lost_ms)
        gaps = self._communities(lack.gap & mine[0], lack, free)
        bare = self._communities(lack.bare & mine[0], lack, free)
        n = len(fleet)
        low = (fleet.battery[:n] > NO_BATTERY) & (fleet.battery[:n] <= LOW_PERCENT) & (self._kind > 0) & mine[1]
        rows = np.flatnonzero(low)
        rows = rows[np.argsort(fleet.battery[rows], kind="stable")][:LISTED]
        return {
            "gaps": gaps, "bare": bare, "low": int(low.sum()),
            "low_list": [[fleet.ids[row], int(fleet.battery[row])] for row in rows.tolist()],
            "rule": {"dwell_s": DWELL_MS // 1000, "low": LOW_PERCENT, "stand_in_m": STAND_IN_M},
        }  # fmt: skip

    def _communities(self, grids: Flags, lack: Lack, free: Flags) -> list[Section]:
        """Communities with any of the marked `grids`, most of them first, and who could stand in."""
        posts, fleet = self.posts, self._fleet
        spare = {role: posts.spare(fleet, free, role) for role in (None, Role.grid_head)}
        per = {name: _by_child(posts.community_of, grids & mask, len(posts.communities))[:-1] for name, mask in
               {"n": grids, "head": lack.head, "hand": lack.hand}.items()}  # fmt: skip
        order = np.argsort(-per["n"], kind="stable")[:LISTED]
        found: list[Section] = []
        for k in order[per["n"][order] > 0].tolist():
            only_head = per["head"][k] > 0 and per["hand"][k] == 0
            near = posts.stand_in(fleet, spare[Role.grid_head if only_head else None], k)
            code = posts.communities[k].code
            found.append({
                "code": code, "place": self._regions.place(code), "spare": near.count, "near": near.metres,
                "who": fleet.ids[near.row] if near.row >= 0 else "", **{name: int(c[k]) for name, c in per.items()},
            })  # fmt: skip
        return found


def _kind(fleet: Fleet, on: Flags, now_ms: int, lost_ms: int) -> Ints:
    """Each worker's state, 0 to `STATES` - 1, by row."""
    n = len(fleet)
    lost = on & (now_ms - fleet.fix_ms[:n] > lost_ms)
    kind: Ints = np.where(lost, STATES - 1, np.where(on, fleet.duty[:n].astype(np.int64) - Duty.available + 1, 0))
    return kind


def _by_child(child: Nodes, mask: Flags, size: int) -> Ints:
    """How many of the masked are in each child, and at the end in all, those in none of them included."""
    found = np.bincount(child[mask] + 1, minlength=size + 1)
    return np.append(found[1:], found.sum())
