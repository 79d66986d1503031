from __future__ import annotations

import numpy as np
import pytest

from dashboard.model import Role
from feeds.demo.dice import Dice
from feeds.demo.names import draw_roster


def test_changzhous_headcount_by_role() -> None:
    roster = draw_roster(13_080, 6257, Dice(1))
    counts = np.bincount(roster.role, minlength=len(Role))
    assert counts[Role.unknown] == 0
    assert counts[Role.full_time] == 3420
    assert counts[Role.grid_head] == 1049
    assert counts.sum() == len(set(roster.worker_id)) == len(roster.name) == 13_080


def test_every_grid_has_a_full_or_part_timer() -> None:
    roster = draw_roster(13_080, 6257, Dice(1))
    walks = np.isin(roster.role, [Role.full_time, Role.part_time])
    assert len(set(roster.grid[walks].tolist())) == 6257


def test_names_are_chinese_and_varied() -> None:
    names = draw_roster(13_080, 6257, Dice(1)).name
    assert all(2 <= len(name) <= 3 and all("一" <= c <= "鿿" for c in name) for name in names)
    assert len(set(names)) > 8000


@pytest.mark.parametrize("count", [1, 50, 20_001])
def test_any_size_adds_up(count: int) -> None:
    roster = draw_roster(count, 6257, Dice(1))
    assert len(set(roster.worker_id)) == len(roster.role) == len(roster.grid) == count


def test_a_roster_of_nobody_is_an_error() -> None:
    with pytest.raises(ValueError, match="needs workers"):
        draw_roster(0, 6257, Dice(1))
