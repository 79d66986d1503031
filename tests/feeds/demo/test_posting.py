from __future__ import annotations

import numpy as np
import pytest

from dashboard.model import Role
from feeds.demo.dice import Dice
from feeds.demo.ground import Ground
from feeds.demo.names import draw_roster
from feeds.demo.posting import post, post_of


def test_posting_moves_people_and_changes_nobody(ground: Ground) -> None:
    before = draw_roster(13_080, len(ground.grids), Dice(1))
    after = post(before, ground.grids, Dice(2))
    assert (after.worker_id == before.worker_id).all()
    assert (after.role == before.role).all()
    assert (after.grid != before.grid).sum() < 1200
    heads = {post_of(Role.grid_head, ground.grids[g]) for g in after.grid[after.role == Role.grid_head]}
    assert len(heads) == len({grid.code[:12] for grid in ground.grids}) - 1


@pytest.mark.parametrize("count", [1, 60, 3000])
def test_a_small_roster_is_posted_too(ground: Ground, count: int) -> None:
    after = post(draw_roster(count, len(ground.grids), Dice(1)), ground.grids, Dice(2))
    assert len(after.grid) == count
    assert after.grid.max() < len(ground.grids)


def test_a_head_is_posted_to_a_community(ground: Ground) -> None:
    grid = ground.grids[0]
    assert (post_of(Role.grid_head, grid), post_of(Role.full_time, grid)) == (grid.parent, grid.code)
    assert np.unique([post_of(role, grid) for role in Role]).size == 2
