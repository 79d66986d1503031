"""Where a way breaks, where somebody stayed, how far and how fast; and what is never counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.journey import GAP_MS, STOP_M, STOP_MS, distance_m, journey, legs, steps_m, thinned
from tests.support import T0

METRE = 9
"""1e-6° of latitude, about."""
Fixes = tuple[np.ndarray, np.ndarray, np.ndarray]


def way(*parts: tuple[int, int, int]) -> Fixes:
    """(how many fixes, seconds between them, metres northwards between them) one after the other."""
    every = [(s * 1000, m) for n, s, m in parts for _ in range(n)]
    t = T0 + np.cumsum([0, *(ms for ms, _ in every)])
    lat = 31_000_000 + np.cumsum([0, *(m * METRE for _, m in every)])
    return t.astype(np.int64), lat.astype(np.int32), np.full(len(t), 120_000_000, np.int32)


@st.composite
def ways(draw: st.DrawFn) -> Fixes:
    """Any way: walking, standing, jumping, silent."""
    part = st.tuples(st.integers(1, 40), st.sampled_from([1, 10, 60, 181, 900]), st.integers(-80, 80))
    return way(*draw(st.lists(part, min_size=1, max_size=8)))


def test_a_walk_with_a_stop_and_a_gap() -> None:
    t, lat, lon = way((60, 10, 10), (60, 10, 0), (1, 600, 2000), (30, 10, 10))
    found = journey(t, lat, lon)
    assert found.gaps == [120]
    [stop] = found.stops
    assert (t[stop.first] - T0) / 1000 == pytest.approx(600, abs=60)
    assert (stop.last, stop.lat, stop.lon) == (120, lat[120], lon[120])
    assert found.distance_m == pytest.approx(850, rel=0.02), "60 steps less those within reach of the stop, and 30"
    assert found.moving_ms == pytest.approx(850_000, abs=10_000)
    assert found.top_mps == pytest.approx(1.0, rel=0.01)
    assert found.jumps == 0


def test_an_impossible_jump_is_counted_as_such_and_nowhere_else() -> None:
    t, lat, lon = way((10, 10, 10), (1, 10, 5000), (1, 10, -5000), (10, 10, 10))
    found = journey(t, lat, lon)
    assert found.jumps == 2
    assert found.distance_m == pytest.approx(200, rel=0.01)
    assert found.top_mps == pytest.approx(1.0, rel=0.01)


def test_two_fixes_within_a_second_are_not_fast() -> None:
    t = np.array([T0, T0 + 10], np.int64)
    found = journey(t, np.array([31_000_000, 31_000_045], np.int32), np.array([120_000_000] * 2, np.int32))
    assert found.top_mps == pytest.approx(5.0, rel=0.01)


@pytest.mark.parametrize(("stays_s", "stops"), [(290, 0), (300, 1)])
def test_a_stop_takes_five_minutes(stays_s: int, stops: int) -> None:
    found = journey(*way((20, 10, 60), (stays_s // 10, 10, 0), (20, 10, 60)))
    assert [(stop.first, stop.last) for stop in found.stops] == [(20, 50)] * stops


@pytest.mark.parametrize("n", [0, 1, 2])
def test_hardly_anything(n: int) -> None:
    t, lat, lon = way((2, 10, 10))
    found = journey(t[:n], lat[:n], lon[:n])
    assert (found.stops, found.gaps, found.jumps) == ([], [], 0)
    assert found.distance_m == pytest.approx(10 * max(0, n - 1), rel=0.01)
    assert len(thinned(t[:n], found, 1)) <= n


def test_distances() -> None:
    one = distance_m(*(np.array([v], np.int32) for v in (31_000_000, 120_000_000, 32_000_000, 120_000_000)))
    assert one[0] == pytest.approx(111_195, rel=1e-4)
    east = distance_m(*(np.array([v], np.int32) for v in (60_000_000, 179_999_000, 60_000_000, -180_000_000)))
    assert east[0] == pytest.approx(55.6, rel=1e-2), "the short way over the date line"


@given(ways())
def test_distance_and_time_never_count_a_gap(fixes: Fixes) -> None:
    t, lat, lon = fixes
    found = journey(t, lat, lon)
    unbroken = np.diff(t) <= GAP_MS
    assert found.distance_m <= steps_m(lat, lon)[unbroken].sum() + 1e-6
    assert found.moving_ms <= np.diff(t)[unbroken].sum()
    assert found.gaps == np.flatnonzero(~unbroken).tolist()
    assert sum(journey(t[leg], lat[leg], lon[leg]).distance_m for leg in legs(t)) == pytest.approx(found.distance_m)


@given(ways())
def test_stops_and_gaps_do_not_overlap(fixes: Fixes) -> None:
    t, lat, lon = fixes
    found = journey(t, lat, lon)
    free = -1
    for stop in found.stops:
        assert free < stop.first < stop.last
        assert t[stop.last] - t[stop.first] >= STOP_MS
        assert not any(stop.first <= row < stop.last for row in found.gaps)
        stay = slice(stop.first, stop.last + 1)
        assert (distance_m(lat[stop.first], lon[stop.first], lat[stay], lon[stay]) <= STOP_M).all()
        free = stop.last


@given(ways())
def test_a_leg_in_one_place_for_five_minutes_holds_a_stop(fixes: Fixes) -> None:
    t, lat, lon = fixes
    lat[:] = lat[0]
    stops = journey(t, lat, lon).stops
    long = [leg for leg in legs(t) if t[leg][-1] - t[leg][0] >= STOP_MS]
    assert [(stop.first, stop.last + 1) for stop in stops] == [(leg.start, leg.stop) for leg in long]


@given(ways(), st.integers(2, 60))
def test_thinning_keeps_ends_gaps_and_stops(fixes: Fixes, limit: int) -> None:
    t, lat, lon = fixes
    found = journey(t, lat, lon)
    rows = thinned(t, found, limit).tolist()
    must = {0, len(t) - 1, *found.gaps, *(row + 1 for row in found.gaps)}
    must |= {row for stop in found.stops for row in (stop.first, stop.last)}
    assert rows == sorted(set(rows))
    assert len(rows) <= max(limit, len(must) + 1)
    assert must <= set(rows)
    assert len(t) > limit or len(rows) == len(t)
