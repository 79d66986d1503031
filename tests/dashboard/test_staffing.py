"""The sections of the workers screen: parts add up for any region, and nothing is counted from nowhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import stats
from dashboard.fleet import Fleet
from dashboard.model import Duty, Role
from dashboard.picture import Picture
from dashboard.regions import Level
from dashboard.staffing import LOW_PERCENT, SLOW_MS, Staff
from dashboard.stats import Freshness, Homes
from dashboard.tracks import Tracks
from tests.support import DISTRICTS, GRIDS, T0, small_picture, small_regions

REGIONS = small_regions()
ON = ("available", "dispatched", "en_route", "on_scene", "lost")
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(list(Role)), st.sampled_from(list(Duty)), st.sampled_from([*GRIDS, DISTRICTS[1], "", "88"]),
        st.integers(-1, 600),
    ),
    max_size=30,
)  # fmt: skip


def fleet_of(people: list[tuple[Role, Duty, str, int]]) -> Fleet:
    """Role, duty, region, age of the fix in seconds (−1: none)."""
    fleet, ids = Fleet(), [f"w{k}" for k in range(len(people))]
    fleet.profiles(ids, ids, [p[0] for p in people], [p[2] for p in people])
    fleet.duties(ids, [p[1] for p in people])
    fixed = [(i, p[3]) for i, p in zip(ids, people, strict=True) if p[3] >= 0]
    fleet.fixes([i for i, _ in fixed], [30.05] * len(fixed), [110.05] * len(fixed), [T0 - a * 1000 for _, a in fixed])
    return fleet


def counted(fleet: Fleet, code: str = "", now_ms: int = T0, staff: Staff | None = None) -> Any:
    staff = staff or Staff(REGIONS, Freshness())
    staff.follow(fleet, Homes(REGIONS).of(fleet), now_ms)
    return staff.section(REGIONS.scope(code), now_ms)


@given(PEOPLE, st.sampled_from(["", DISTRICTS[0], DISTRICTS[1], GRIDS[0][:12], GRIDS[0]]))
def test_roles_add_up_to_the_duty_board(people: list[tuple[Role, Duty, str, int]], code: str) -> None:
    fleet = fleet_of(people)
    found = counted(fleet, code)["staff"]
    board: Any = stats.board(fleet, Homes(REGIONS).of(fleet), REGIONS.scope(code), T0, Freshness())
    for mine, row in zip([*found["rows"], found["total"]], [*board["districts"], board["total"]], strict=True):
        states = np.sum(mine["roles"], 0).tolist()
        assert states == [row["off"], *(row[key] for key in ON)]
        assert sum(states[1:]) == row["on"]


@given(PEOPLE)
def test_the_districts_make_the_city(people: list[tuple[Role, Duty, str, int]]) -> None:
    found = counted(fleet_of(people))["staff"]
    for key in ("grids", "visited", "gap", "no_head", "no_hand", "head_off", "hand_off", "bare"):
        assert sum(row[key] for row in found["rows"]) == found["total"][key]
    total = found["total"]
    assert max(total["no_head"], total["no_hand"]) <= total["gap"] <= total["no_head"] + total["no_hand"]
    assert total["no_head"] <= total["head_off"] <= total["grids"] == len(GRIDS)


def test_vacancies_name_the_community_and_who_is_near() -> None:
    people = [
        (Role.full_time, Duty.available, GRIDS[0], 0), (Role.full_time, Duty.available, GRIDS[0], 0),
        (Role.grid_head, Duty.available, GRIDS[0][:12], 0),
    ]  # fmt: skip
    found = counted(fleet_of(people))["posts"]
    mine = next(gap for gap in found["gaps"] if gap["code"] == GRIDS[1][:12])
    assert (mine["n"], mine["head"], mine["hand"], mine["place"]) == (1, 0, 1, REGIONS.place(GRIDS[1][:12]))
    assert (mine["spare"], mine["who"], mine["near"]) == (2, "w0", 4800)
    theirs = next(gap for gap in found["gaps"] if gap["code"] == GRIDS[2][:12])
    assert (theirs["n"], theirs["spare"], theirs["who"]) == (2, 0, "")
    assert [gap["code"] for gap in found["gaps"]] == [GRIDS[2][:12], GRIDS[0][:12]]
    assert counted(fleet_of(people), DISTRICTS[0])["posts"]["gaps"] == [mine]


def test_low_phones_of_those_on_duty_the_lowest_first() -> None:
    fleet = fleet_of([(Role.full_time, duty, GRIDS[0], -1) for duty in (Duty.available, Duty.on_scene, Duty.off_duty)])
    fleet.fixes(fleet.ids, [30.05] * 3, [110.05] * 3, [T0] * 3, [LOW_PERCENT, 7, 1])
    found = counted(fleet)["posts"]
    assert (found["low"], found["low_list"]) == (2, [["w1", 7], ["w0", LOW_PERCENT]])


def test_time_at_work_is_told_in_minutes_every_ten_seconds() -> None:
    fleet, staff = fleet_of([(Role.full_time, Duty.on_scene, GRIDS[2], 0)]), Staff(REGIONS, Freshness())
    first = counted(fleet, "", T0, staff)["posts"]
    for second in range(1, 121):
        found = counted(fleet, "", T0 + second * 1000, staff)["posts"]
        assert (found is first) == (second * 1000 < SLOW_MS)
    assert found["use"][1][Role.full_time] == found["use"][-1][Role.full_time] == [2, 2]
    assert (found["use"][0][Role.full_time], found["since"]) == ([0, 0], T0)


def test_visits_are_counted_and_a_later_start_reaches_back_through_the_tracks() -> None:
    picture = small_picture()
    fleet = picture.fleet
    tracks = Tracks(fleet, 3_600_000)
    fleet.profiles(["w"], ["w"], [Role.volunteer], [GRIDS[1]])
    fleet.duties(["w"], [Duty.available])
    for second in range(0, 121, 20):
        tracks.add(fleet.fixes(["w"], [30.05], [110.15], [T0 + second * 1000]))
    staff, now = Staff(REGIONS, Freshness()), T0 + 130_000
    assert counted(fleet, "", now, staff)["staff"]["since"] == now

    def look(read: Any) -> Any:
        assert isinstance(picture, Picture)
        return read(picture)

    staff.recall(look, tracks)
    found = counted(fleet, "", now, staff)["staff"]
    assert (found["since"], found["total"]["visited"]) == (T0, 1)
    assert [row["visited"] for row in found["rows"]] == [1, 0]


@pytest.mark.parametrize("level", list(Level))
def test_every_level_can_be_asked_for(level: Level) -> None:
    found = counted(Fleet(), REGIONS.of_level(level)[0].code)["staff"]
    assert len(found["rows"]) == len(REGIONS.children(REGIONS.of_level(level)[0].code))
    assert found["total"]["gap"] == found["total"]["grids"] > 0
