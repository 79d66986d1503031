"""The last hour of those who are at an event now, so that their tracks are not empty on a first start.

Works backwards: at the event or on the way there by the leg they are on, before that a walk in their own grid that ends
where they were called away. It changes nobody's state.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from feeds.demo.dice import Dice
from feeds.demo.ground import F64, METRES_PER_DEGREE, Ground
from feeds.demo.walkers import Crew, Fixes

_SPAN_MS: Final = 3_600_000
_STEP_MS: Final = 30_000
_WALK_MPS: Final = (0.6, 1.4)


def last_hour(crew: Crew, ground: Ground, dice: Dice, now_ms: int) -> Iterator[Fixes]:
    """One batch for every half-minute of the hour before `now_ms`, oldest first; none when nobody is sent."""
    who = crew.sent()
    lat, lon, left = crew.called_from(who)
    instants = np.arange(now_ms - _STEP_MS, now_ms - _SPAN_MS, -_STEP_MS)
    batches: list[Fixes] = []
    walk = _Backwards(crew.roster.grid[who], np.stack([lat, lon]), ground, dice)
    for at in instants if len(who) else ():
        before = left > at
        walk.step(before)
        here = np.where(before, walk.here, np.stack(crew.position(who, float(at))))
        batches.append(Fixes(who, here[0], here[1], np.full(len(who), at)))
    return reversed(batches)


class _Backwards:
    """A walk seen from its end: everybody strolls between points of their grid, half a minute a step."""

    def __init__(self, grid: np.ndarray[tuple[int], np.dtype[np.int32]], end: F64, ground: Ground, dice: Dice) -> None:
        self.here = end
        self._grid, self._ground, self._dice = grid, ground, dice
        self._goal = np.stack(ground.points(grid, dice))
        self._metres = dice.rng.uniform(*_WALK_MPS, len(grid)) * _STEP_MS / 1000

    def step(self, moving: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
        """Move the `moving` ones half a minute back; those at their goal choose another for the next step."""
        way = self._goal - self.here
        metres = np.hypot(way[0], way[1] * np.cos(np.radians(self.here[0]))) * METRES_PER_DEGREE
        share = np.where(moving, np.minimum(1.0, self._metres / np.maximum(metres, 1e-6)), 0.0)
        self.here = self.here + way * share
        there = np.flatnonzero(share >= 1.0)
        if len(there):
            self._goal[:, there] = np.stack(self._ground.points(self._grid[there], self._dice))
