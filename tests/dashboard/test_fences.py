"""Who is inside which fence: settled by two fixes, unmoved by jitter, the same as asking one by one."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from dashboard.fences import SLOTS, Fixes, Presence

BOX = shapely.box(110.0, 30.0, 110.01, 30.01)
INSIDE, EDGE, OUTSIDE = (110.005, 30.005), (110.01005, 30.005), (110.02, 30.005)
"""`EDGE` lies five metres beyond the border."""


def fixes(*places: tuple[int, tuple[float, float], int]) -> Fixes:
    """(row, (lon, lat), ms) each."""
    return Fixes(
        np.array([row for row, _, _ in places], np.int64),
        np.array([round(at[0] * 1e6) for _, at, _ in places], np.int32),
        np.array([round(at[1] * 1e6) for _, at, _ in places], np.int32),
        np.array([ms for _, _, ms in places], np.int64),
    )


def watching(dwell_ms: int = 0) -> Presence:
    presence = Presence()
    presence.fence({3: BOX}, {3: dwell_ms}, [3], fixes())
    return presence


def walk(presence: Presence, *steps: tuple[tuple[float, float], int]) -> list[tuple[bool, int]]:
    """One worker's fixes, one by one: (entered, since when) of every crossing."""
    found = []
    for at, ms in steps:
        crossings, _, _ = presence.see(fixes((0, at, ms)))
        found += [(c.entered, c.at_ms) for c in crossings]
    return found


def test_a_crossing_counts_with_the_second_fix() -> None:
    presence = watching()
    assert walk(presence, (OUTSIDE, 1), (INSIDE, 2)) == []
    assert walk(presence, (INSIDE, 3)) == [(True, 2)]
    assert presence.inside.tolist() == [3]
    assert walk(presence, (INSIDE, 4), (OUTSIDE, 5), (OUTSIDE, 6)) == [(False, 5)]
    assert presence.inside.tolist() == []


def test_the_first_fix_of_a_worker_crosses_nothing() -> None:
    presence = watching()
    assert walk(presence, (INSIDE, 1), (INSIDE, 2)) == []
    assert presence.inside.tolist() == [3]


def test_jitter_on_the_border_does_not_flap() -> None:
    presence = watching()
    assert walk(presence, (OUTSIDE, 0), *[((INSIDE, EDGE)[n % 2], n + 1) for n in range(40)]) == []
    inside = watching()
    assert walk(inside, (INSIDE, 0), *[((EDGE, INSIDE)[n % 2], n + 1) for n in range(40)]) == []
    assert inside.inside.tolist() == [3]
    one_wild_fix = [(OUTSIDE, 50), (INSIDE, 51), (OUTSIDE, 52), (INSIDE, 53)]
    assert walk(inside, *one_wild_fix) == []


def test_a_dwell_must_pass() -> None:
    presence = watching(dwell_ms=1000)
    assert walk(presence, (OUTSIDE, 0), (INSIDE, 10), (INSIDE, 500), (INSIDE, 1009)) == []
    assert walk(presence, (INSIDE, 1010)) == [(True, 10)]


def test_an_old_fix_says_nothing() -> None:
    presence = watching()
    assert walk(presence, (OUTSIDE, 10), (INSIDE, 20), (INSIDE, 5), (OUTSIDE, 30), (OUTSIDE, 40)) == []


def test_a_new_fence_begins_with_those_inside() -> None:
    presence = watching()
    presence.see(fixes((0, INSIDE, 1), (1, OUTSIDE, 1)))
    other = shapely.box(110.0, 30.0, 110.03, 30.01)
    where = fixes((0, INSIDE, 1), (1, OUTSIDE, 1), (2, INSIDE, 1))  # the third has not been looked at yet
    begun = presence.fence({3: BOX, 4: other}, {}, [4], where)
    assert sorted(begun.tolist()) == [4, SLOTS + 4]
    assert presence.inside.tolist() == [3, 4, SLOTS + 4]
    presence.fence({4: other}, {}, [], where)
    assert presence.inside.tolist() == [4, SLOTS + 4]


PLACES = st.tuples(st.integers(0, 5), st.integers(0, 30), st.integers(0, 30))


@given(st.lists(PLACES, max_size=120), st.integers(0, 3))
def test_the_arrays_say_what_one_by_one_would(steps: list[tuple[int, int, int]], dwell: int) -> None:
    shapes = {0: shapely.box(110.0, 30.0, 110.01, 30.01), 7: shapely.box(110.005, 30.005, 110.02, 30.02)}
    together, alone = Presence(), {row: Presence() for row in range(6)}
    for presence in (together, *alone.values()):
        presence.fence(shapes, dict.fromkeys(shapes, dwell), list(shapes), fixes())
    stream = [(row, (110 + x / 1000, 30 + y / 1000), ms) for ms, (row, x, y) in enumerate(steps)]
    found = [c for batch in together.rounds(fixes(*stream)) for c in together.see(batch)[0]]
    single = [c for one in stream for c in alone[one[0]].see(fixes(one))[0]]
    assert sorted(map(repr, found)) == sorted(map(repr, single))
    members = sorted(key for presence in alone.values() for key in presence.inside.tolist())
    assert together.inside.tolist() == members


def test_rounds_keep_each_workers_order() -> None:
    rounds = Presence().rounds(fixes((1, INSIDE, 1), (0, INSIDE, 2), (1, INSIDE, 3), (1, INSIDE, 4)))
    assert [list(zip(part.row.tolist(), part.fix_ms.tolist(), strict=True)) for part in rounds] == [
        [(0, 2), (1, 1)], [(1, 3)], [(1, 4)],
    ]  # fmt: skip
