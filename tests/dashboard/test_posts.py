"""Posts: the rule, on the roster and on duty, and who could stand in."""

from __future__ import annotations

import numpy as np

from dashboard.fleet import Fleet
from dashboard.model import Duty, Role
from dashboard.posts import Posts, StandIn, ready
from dashboard.stats import on_duty
from tests.support import GRIDS, T0, small_regions

REGIONS = small_regions()
COMMUNITY = GRIDS[0][:12]


def fleet_of(*people: tuple[Role, str, Duty]) -> Fleet:
    """w0, w1, …: role, region and duty."""
    fleet, ids = Fleet(), [f"w{k}" for k in range(len(people))]
    fleet.profiles(ids, ids, [role for role, _, _ in people], [region for _, region, _ in people])
    fleet.duties(ids, [duty for _, _, duty in people])
    return fleet


def lacking(fleet: Fleet) -> dict[str, list[int]]:
    lack = Posts(REGIONS).lack(fleet, on_duty(fleet))
    names = ("head", "hand", "head_off", "hand_off", "gap", "bare")
    return {name: np.flatnonzero(getattr(lack, name)).tolist() for name in names}


def test_nobody_at_all() -> None:
    assert lacking(Fleet()) == {key: [0, 1, 2, 3] for key in ("head", "hand", "head_off", "hand_off", "gap", "bare")}


def test_a_head_of_a_community_counts_for_each_of_its_grids() -> None:
    found = lacking(fleet_of((Role.grid_head, COMMUNITY, Duty.available), (Role.grid_head, GRIDS[2], Duty.off_duty)))
    assert found["head"] == [3]
    assert found["head_off"] == [2, 3]


def test_full_and_part_timers_are_workers_others_are_not() -> None:
    people = [(role, GRIDS[k], Duty.available) for k, role in enumerate(
        (Role.full_time, Role.part_time, Role.volunteer, Role.supervisor)
    )]  # fmt: skip
    found = lacking(fleet_of(*people))
    assert (found["hand"], found["gap"], found["bare"]) == ([2, 3], [0, 1, 2, 3], [2, 3])


def test_a_profile_that_names_more_than_a_community_fills_no_post() -> None:
    found = lacking(fleet_of((Role.grid_head, GRIDS[0][:9], Duty.available), (Role.full_time, "", Duty.available)))
    assert (found["head"], found["hand"]) == ([0, 1, 2, 3], [0, 1, 2, 3])


def test_who_may_stand_in_leaves_nobody_alone_behind() -> None:
    fleet = fleet_of(
        (Role.full_time, GRIDS[0], Duty.available), (Role.part_time, GRIDS[0], Duty.available),
        (Role.full_time, GRIDS[1], Duty.available), (Role.full_time, GRIDS[0], Duty.on_scene),
        (Role.grid_head, COMMUNITY, Duty.available),
    )  # fmt: skip
    fleet.fixes(fleet.ids, [30.05] * 5, [110.05] * 5, [T0] * 5)
    posts, free = Posts(REGIONS), ready(fleet, T0, 300_000)
    assert posts.spare(fleet, free, None).tolist() == [0, 1]
    assert posts.spare(fleet, free, Role.grid_head).tolist() == [4]
    assert ready(fleet, T0 + 300_001, 300_000).tolist() == [False] * 5


def test_the_nearest_is_named_and_the_far_are_not() -> None:
    fleet = fleet_of(*[(Role.full_time, GRIDS[0], Duty.available)] * 3)
    fleet.fixes(fleet.ids, [30.05] * 3, [110.11, 110.1, 110.2], [T0] * 3)
    posts, rows = Posts(REGIONS), np.arange(3)
    assert posts.stand_in(fleet, rows, 0) == StandIn(2, 1, 0)  # the community's middle is at 110.1
    assert posts.stand_in(fleet, rows[:1], 0) == StandIn(1, 0, 1000)
    assert posts.stand_in(fleet, rows[2:], 0) == posts.stand_in(fleet, rows[:0], 0) == StandIn(0, -1, 0)


def test_a_changed_profile_is_noticed() -> None:
    fleet, posts = fleet_of((Role.full_time, GRIDS[0], Duty.available)), Posts(REGIONS)
    assert np.flatnonzero(posts.lack(fleet, on_duty(fleet)).hand).tolist() == [1, 2, 3]
    fleet.profiles(["w0"], ["w0"], [Role.full_time], [GRIDS[3]])
    assert np.flatnonzero(posts.lack(fleet, on_duty(fleet)).hand).tolist() == [0, 1, 2]
