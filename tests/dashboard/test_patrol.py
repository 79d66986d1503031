"""Patrol coverage: what a visit is, today and yesterday, and that a recount finds what was counted live."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard.clock import DAY_MS, city_midnight
from dashboard.fleet import Fleet
from dashboard.patrol import DWELL_MS, SILENCE_MS, STEP_MS, Patrol, recount
from dashboard.regions import Level, Region, Regions
from dashboard.tracks import Tracks
from tests.support import T0, small_regions

REGIONS = small_regions()
WALKS = st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 4), st.integers(5, 200)), max_size=40)


def walk(patrol: Patrol, steps: list[tuple[float, int]], fleet: Fleet, on: bool = True) -> None:
    """One worker's fixes: (grid as a number of squares eastwards, seconds after T0)."""
    for grid, seconds in steps:
        at = T0 + seconds * 1000
        fleet.fixes(["a"], [30.05], [110.05 + grid / 10], [at])
        patrol.follow(fleet, np.full(len(fleet), on), at)


def visited(patrol: Patrol, now_ms: int = T0 + 60_000) -> list[int]:
    return np.flatnonzero(patrol.visited(now_ms)).tolist()


def test_a_stay_is_a_visit_and_a_ride_through_is_none() -> None:
    patrol, fleet = Patrol(REGIONS), Fleet()
    walk(patrol, [(0, 0), (1, 20), (1, 40), (2, 60), (2, 90), (2, 120), (9, 150)], fleet)
    assert visited(patrol) == [2]
    assert patrol.last[2] == T0 + 120_000


def test_who_is_off_duty_visits_nothing() -> None:
    patrol, fleet = Patrol(REGIONS), Fleet()
    walk(patrol, [(0, 0), (0, 30), (0, 70)], fleet, on=False)
    assert visited(patrol) == []


def test_a_stay_begins_anew_after_a_silence() -> None:
    patrol, fleet = Patrol(REGIONS), Fleet()
    silence = SILENCE_MS // 1000
    walk(patrol, [(0, 0), (0, silence), (0, silence + 30)], fleet)
    assert visited(patrol) == []
    walk(patrol, [(0, silence + DWELL_MS // 1000)], fleet)
    assert visited(patrol, T0 + 700_000) == [0]


def test_midnight_begins_another_day() -> None:
    patrol, fleet = Patrol(REGIONS), Fleet()
    walk(patrol, [(0, 0), (0, 70)], fleet)
    before, after = city_midnight(T0) + DAY_MS - 1, city_midnight(T0) + DAY_MS
    assert (visited(patrol, before), visited(patrol, after)) == ([0], [])
    assert (patrol.since(before), patrol.since(after)) == (T0, after)


def test_regions_above_count_their_grids() -> None:
    patrol, fleet = Patrol(REGIONS), Fleet()
    walk(patrol, [(1, 0), (1, 70)], fleet)
    done, all_ = patrol.by_node(T0 + 70_000)
    by_code = {region.code: (int(done[k]), int(all_[k])) for k, region in enumerate(REGIONS.order)}
    assert (by_code["9901"], by_code["990101"], by_code["990102"]) == ((1, 4), (1, 2), (0, 2))


def test_a_city_without_polygons_has_no_visits() -> None:
    bare = Regions([Region("9901", "甲市", Level.city, None, 30, 110)])
    patrol, fleet = Patrol(bare), Fleet()
    walk(patrol, [(0, 0), (0, 70)], fleet)
    assert visited(patrol) == []


@given(WALKS)
def test_a_recount_over_the_tracks_finds_what_was_counted_live(steps: list[tuple[int, int, int]]) -> None:
    """With everybody on duty and looks no closer than `STEP_MS`, both see the same fixes."""
    live, fleet = Patrol(REGIONS), Fleet()
    fleet.rows(["a", "b", "c"])
    tracks, on, at = Tracks(fleet, 86_400_000), np.ones(3, bool), T0
    for worker, grid, seconds in steps:
        at += max(STEP_MS, seconds * 1000)
        rows = fleet.fixes(["abc"[worker]], [30.05], [110.05 + grid / 10], [at])
        tracks.add(rows)
        live.follow(fleet, on, at)
    again = recount(REGIONS, tracks.parts(), T0, on)
    assert again.last.tolist() == live.last.tolist()


def test_merging_an_older_count_reaches_back() -> None:
    live, older, fleet = Patrol(REGIONS), Patrol(REGIONS), Fleet()
    walk(live, [(0, 3600), (0, 3670)], fleet)
    older.from_ms = T0
    older.last[3] = T0 + 5000
    live.merge(older)
    assert visited(live) == [0, 3]
    assert live.since(T0 + 3_700_000) == T0
