"""Utilisation: time on duty and at work adds up, from one call to the next."""

from __future__ import annotations

from dashboard.clock import DAY_MS, city_midnight
from dashboard.fleet import Fleet
from dashboard.model import Duty
from dashboard.workload import LONGEST_MS, Workload
from tests.support import T0


def fleet_of(*duties: Duty) -> Fleet:
    fleet = Fleet()
    fleet.duties([f"w{k}" for k in range(len(duties))], duties)
    return fleet


def test_time_is_added_up_by_what_everybody_is_doing() -> None:
    fleet, load = fleet_of(Duty.available, Duty.on_scene, Duty.off_duty), Workload()
    for second in range(11):
        load.follow(fleet, T0 + second * 1000)
    assert load.on[:3].tolist() == [10_000, 10_000, 0]
    assert load.busy[:3].tolist() == [0, 10_000, 0]
    assert load.since_ms == T0


def test_what_happened_in_a_long_pause_is_not_known() -> None:
    fleet, load = fleet_of(Duty.en_route), Workload()
    for at in (0, 1000, 1000 + LONGEST_MS + 1, 3000 + LONGEST_MS):
        load.follow(fleet, T0 + at)
    assert load.busy[:1].tolist() == [1000 + 1999]


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    fleet, load = fleet_of(Duty.available), Workload()
    for at in (0, 1000, 500):
        load.follow(fleet, T0 + at)
    assert load.on[:1].tolist() == [1000]


def test_midnight_begins_another_day() -> None:
    fleet, load = fleet_of(Duty.available), Workload()
    midnight = city_midnight(T0) + DAY_MS
    for at in (midnight - 2000, midnight - 1000, midnight + 500):
        load.follow(fleet, at)
    assert (load.on[:1].tolist(), load.since_ms) == ([1500], midnight)


def test_who_comes_later_is_counted_from_then() -> None:
    fleet, load = fleet_of(Duty.available), Workload()
    load.follow(fleet, T0)
    fleet.duties([f"x{k}" for k in range(40)], [Duty.dispatched] * 40)
    load.follow(fleet, T0 + 1000)
    assert (load.on[:41] == 1000).all()
    assert (load.busy[1:41] == 1000).all()
