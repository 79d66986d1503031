"""Who is posted where: a head for every community, and the few vacancies that a real roster always has.

It moves people of a roster between grids; who they are is drawn in `names`. A head belongs to a whole community, all
others to one grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dashboard.model import Role
from dashboard.regions import Region
from feeds.demo.dice import Dice
from feeds.demo.names import Roster

_WITHOUT_A_HEAD: Final = 700
"""One community in so many has no head just now."""
_WITHOUT_A_WORKER: Final = 900
"""One grid in so many has neither full- nor part-timer just now."""


def post(roster: Roster, grids: Sequence[Region], dice: Dice) -> Roster:
    """The roster with everybody at their post; the headcount by role stays what it was."""
    community = np.unique([grid.code[:12] for grid in grids], return_inverse=True)[1]
    posted = roster.grid.copy()
    _heads(posted, roster.role, community, dice)
    _vacate(posted, roster.role, community, dice)
    return replace(roster, grid=posted)


def post_of(role: int, grid: Region) -> str:
    """The region a profile names: a head's community, anybody else's grid."""
    return grid.code[:12] if role == Role.grid_head else grid.code


def _heads(posted: NDArray[np.int32], role: NDArray[np.int8], community: NDArray[np.int64], dice: Dice) -> None:
    """Heads go round the communities, past those that have none, and live in their first grid."""
    first = np.unique(community, return_index=True)[1]
    vacant = max(1, len(first) // _WITHOUT_A_HEAD)
    order = dice.rng.permutation(len(first))[: max(1, len(first) - vacant)]
    heads = np.flatnonzero(role == Role.grid_head)
    posted[heads] = first[np.resize(order, len(heads))]


def _vacate(posted: NDArray[np.int32], role: NDArray[np.int8], community: NDArray[np.int64], dice: Dice) -> None:
    """The workers of a few grids, neighbours now and then, have been moved to another community."""
    number = len(posted) and len(community) // _WITHOUT_A_WORKER
    chosen = dice.rng.permutation(len(community) - 1)[:number]
    empty = np.unique(np.concatenate([chosen, chosen[::2] + 1]))  # the next grid is mostly of the same community
    hands = np.isin(role, [int(Role.full_time), int(Role.part_time)]) & np.isin(posted, empty)
    elsewhere = np.setdiff1d(np.arange(len(community)), empty)
    posted[hands] = elsewhere[dice.rng.integers(0, len(elsewhere), int(hands.sum()))]
