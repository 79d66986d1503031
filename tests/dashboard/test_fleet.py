"""Workers as columns: the newest fix wins, and the digest says where everybody is."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard.fleet import NO_BATTERY, NO_FIX, Fleet, percent
from dashboard.model import Duty, Role
from tests.support import T0

REPORTS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(-900, 900), st.integers(0, 20)),
    max_size=20,
    unique_by=lambda r: (r[0], r[2]),
)


def put(fleet: Fleet, reports: list[tuple[str, int, int]]) -> list[int]:
    """Reports (worker, tenths of a degree, seconds) as one batch; the rows that changed."""
    ids, places, seconds = (list(column) for column in zip(*reports, strict=True)) if reports else ([], [], [])
    return fleet.fixes(
        ids, [p / 10 for p in places], [p / 10 for p in places], [T0 + s * 1000 for s in seconds]
    ).tolist()


@given(REPORTS, st.randoms(use_true_random=False), st.integers(1, 5))
def test_the_newest_fix_wins_in_any_order_and_any_batches(reports: list, random, size: int) -> None:  # type: ignore[no-untyped-def, type-arg]  # hypothesis' Random
    shuffled = list(reports)
    random.shuffle(shuffled)
    one, many = Fleet(), Fleet()
    for fleet in (one, many):
        fleet.rows(list("abcd"))
    put(one, sorted(reports, key=lambda r: r[2]))
    for k in range(0, len(shuffled), size):
        put(many, shuffled[k : k + size])
    newest = {worker: max((s, p) for w, p, s in reports if w == worker) for worker in {r[0] for r in reports}}
    for worker, (seconds, place) in newest.items():
        row = many.row_of[worker]
        assert (many.fix_ms[row], many.lat[row], many.lon[row]) == (
            T0 + seconds * 1000,
            place * 100_000,
            place * 100_000,
        )
    assert one.total_digest == many.total_digest


def test_a_fix_not_newer_is_passed_over() -> None:
    fleet = Fleet()
    assert put(fleet, [("a", 1, 5)]) == [0]
    before = fleet.total_digest
    assert put(fleet, [("a", 2, 5), ("a", 3, 4)]) == []
    assert (fleet.lat[0], fleet.total_digest) == (100_000, before)


def test_the_first_of_equally_new_reports_stays() -> None:
    together, apart = Fleet(), Fleet()
    put(together, [("a", 1, 5), ("a", 2, 5)])
    put(apart, [("a", 1, 5)])
    put(apart, [("a", 2, 5)])
    assert together.total_digest == apart.total_digest


def test_a_worker_without_a_fix() -> None:
    fleet = Fleet()
    fleet.duties(["a"], [Duty.available])
    assert (fleet.lon[0], fleet.lat[0], fleet.fix_ms[0]) == (NO_FIX, NO_FIX, -1)


def test_the_last_duty_of_a_batch_wins_and_only_changes_are_told() -> None:
    fleet = Fleet()
    rows = fleet.duties(["a", "b", "a"], [Duty.available, Duty.available, Duty.on_scene])
    assert (rows.tolist(), fleet.duty[:2].tolist()) == ([0, 1], [Duty.on_scene, Duty.available])
    assert fleet.duties(["a", "b"], [Duty.on_scene, Duty.off_duty]).tolist() == [1]


def test_profiles_say_who() -> None:
    fleet = Fleet()
    before = fleet.total_digest
    assert fleet.profiles(["a", "b"], ["甲", "乙"], [Role.volunteer, Role.liaison], ["9901", ""]).tolist() == [0, 1]
    assert (fleet.names, fleet.regions, fleet.role[:2].tolist()) == (["甲", "乙"], ["9901", ""], [4, 5])
    named = fleet.total_digest
    fleet.profiles(["a"], ["丙"], [Role.volunteer], ["9901"])
    assert len({before, named, fleet.total_digest}) == 3


def test_digests_tell_workers_apart() -> None:
    digests = set()
    for worker, place, seconds in [("a", 1, 1), ("b", 1, 1), ("a", 2, 1), ("a", 1, 2)]:
        fleet = Fleet()
        put(fleet, [(worker, place, seconds)])
        digests.add(fleet.total_digest)
    assert len(digests) == 4


@given(REPORTS)
def test_exported_and_restored(reports: list[tuple[str, int, int]]) -> None:
    fleet = Fleet()
    fleet.profiles(["a", "x"], ["甲", "丁"], [1, 2], ["990101", ""])
    put(fleet, reports)
    again = Fleet.restore(fleet.export())
    assert again.total_digest == fleet.total_digest
    assert (again.ids, again.names, again.regions, again.row_of) == (
        fleet.ids,
        fleet.names,
        fleet.regions,
        fleet.row_of,
    )
    put(fleet, [("a", 7, 30), ("new", 8, 30)])
    put(again, [("a", 7, 30), ("new", 8, 30)])
    assert again.total_digest == fleet.total_digest


def test_columns_grow_and_keep_what_they_held() -> None:
    fleet = Fleet()
    ids = [f"w{k}" for k in range(3000)]
    fleet.fixes(ids, [1.0] * 3000, list(np.arange(3000) / 100), [T0] * 3000)
    assert len(fleet) == 3000
    assert fleet.lon[2999] == 29_990_000
    assert fleet.lon[3000] == NO_FIX
    assert Fleet.restore(fleet.export()).total_digest == fleet.total_digest


def test_a_charge_is_kept_until_another_is_told_and_is_in_no_digest() -> None:
    told, silent = Fleet(), Fleet()
    for fleet, charges in ((told, [[80, None], [0.25, None]]), (silent, [None, None])):
        for second, battery in enumerate(charges):
            fleet.fixes(["a", "b"], [1, 1], [1, 1], [T0 + second] * 2, battery)
        fleet.fixes(["a"], [1], [1], [T0 + 9], [None])
    assert told.battery[:2].tolist() == [25, NO_BATTERY]
    assert told.total_digest == silent.total_digest
    assert Fleet.restore(told.export()).battery[:2].tolist() == [25, NO_BATTERY]


def test_a_charge_that_is_none_is_no_charge() -> None:
    said = percent([0, 0.01, 1, 1.4, 99.6, 100, 100.4, -3, None, float("nan")])
    assert said.tolist() == [0, 1, 100, 1, 100, 100, *[NO_BATTERY] * 4]


def test_a_snapshot_of_before_there_were_charges_restores() -> None:
    fleet = Fleet()
    fleet.fixes(["a"], [1], [1], [T0], [50])
    old = fleet.export()
    del old.columns["battery"]
    again = Fleet.restore(old)
    assert (again.total_digest, again.battery[0]) == (fleet.total_digest, NO_BATTERY)
    assert again.export().columns.keys() == fleet.export().columns.keys()


def test_the_version_counts_who_people_are() -> None:
    fleet = Fleet()
    seen = [fleet.version]
    fleet.fixes(["a"], [1], [1], [T0])
    seen.append(fleet.version)
    fleet.profiles(["a"], ["甲"], [1], ["99"])
    seen.append(fleet.version)
    fleet.fixes(["a"], [1], [1], [T0 + 1])
    assert (sorted(set(seen)), fleet.version) == (seen, seen[-1])
