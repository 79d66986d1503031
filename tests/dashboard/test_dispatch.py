"""Whom to send: the score, its reasons, who is left out, and that the shortlist changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import dispatch
from dashboard.cities import DispatchRules
from dashboard.dispatch import Advice, Task, best, distance_m, loads
from dashboard.fleet import Fleet
from dashboard.model import Duty, Role, Severity
from dashboard.stats import Freshness
from tests.support import GRIDS, T0, entry, reported, small_picture, step

LIMITS, RULES = Freshness(), DispatchRules()
PLACE = Task(30.05, 110.05, GRIDS[0])
NORTH = 1 / 111_194.9
"""Degrees of latitude in a metre."""


def fleet_of(*workers: dict[str, Any]) -> Fleet:
    """A fleet of workers given by `id, metres` (north of the place), `duty, role, region, age_ms`."""
    fleet = Fleet()
    for k, one in enumerate(workers):
        name = str(one.get("id", f"w{k}"))
        role, region = one.get("role", Role.full_time), one.get("region", "")
        if role is not Role.unknown:
            fleet.profiles([name], ["张"], [role], [region])
        fleet.duties([name], [one.get("duty", Duty.available)])
        if one.get("metres") is not None:
            at = T0 - one.get("age_ms", 1000)
            fleet.fixes([name], [30.05 + one["metres"] * NORTH], [110.05], [at])
    return fleet


def advice(fleet: Fleet, task: Task = PLACE, load: dict[str, int] | None = None, **more: Any) -> Advice:
    return best(task, fleet, load or {}, T0, LIMITS, more.pop("rules", RULES), **more)


def ids(found: Advice, fleet: Fleet) -> list[str]:
    return [fleet.ids[one.row] for one in found.candidates]


def reasons(found: Advice, k: int = 0) -> dict[str, tuple[str | int, float]]:
    return {r.key: (r.value, round(r.minutes, 2)) for r in found.candidates[k].reasons}


def test_the_arrival_is_set_off_and_detour_at_the_roles_pace() -> None:
    found = advice(fleet_of({"metres": 1000}))
    [one] = found.candidates
    assert one.distance_m == pytest.approx(1000, abs=1)
    assert one.eta_s == pytest.approx(60 + 1000 * 1.33 / 4.2, abs=1)
    assert one.score_min == pytest.approx(one.eta_s / 60)
    assert (found.considered, found.on_duty, round(found.nearest_m or 0)) == (1, 1, 1000)


def test_every_reason_adds_its_minutes() -> None:
    region = GRIDS[0]
    worker = {
        "id": "w",
        "metres": 600,
        "duty": Duty.on_scene,
        "role": Role.part_time,
        "region": region,
        "age_ms": 120_000,
    }
    found = advice(fleet_of(worker), load={"w": 2})
    way = round((60 + 600 * 1.33 / 1.3) / 60, 2)
    assert reasons(found) == {
        "way": (600, way), "duty": ("on_scene", 15.0), "load": (2, 8.0), "role": ("part_time", 6.0),
        "stale": (120, 2.0), "here": ("grid", -2.0),
    }  # fmt: skip
    assert found.candidates[0].score_min == pytest.approx(way + 15 + 8 + 6 + 2 - 2, abs=0.01)


def test_the_free_one_next_door_goes_before_the_busy_one_at_the_spot() -> None:
    fleet = fleet_of({"id": "busy", "metres": 10, "duty": Duty.on_scene}, {"id": "free", "metres": 2000})
    assert ids(advice(fleet), fleet) == ["free", "busy"]


def test_who_is_on_it_already_is_not_called_away_from_anything() -> None:
    fleet = fleet_of({"id": "there", "metres": 10, "duty": Duty.on_scene})
    task = Task(30.05, 110.05, worker_id="there")
    assert reasons(advice(fleet, task))["duty"] == ("on_scene", 0.0)


def test_the_community_counts_half_of_the_grid() -> None:
    fleet = fleet_of({"metres": 100, "region": GRIDS[1]}, {"metres": 100, "region": GRIDS[2]})
    found = advice(fleet)
    assert reasons(found)["here"] == ("community", -1.0)
    assert "here" not in reasons(found, 1)


@pytest.mark.parametrize(
    "absent",
    [
        {"metres": 1, "duty": Duty.off_duty}, {"metres": 1, "duty": Duty.out_of_service},
        {"metres": 1, "duty": Duty.unknown}, {"metres": 1, "age_ms": 300_001}, {"metres": None},
        {"metres": 1, "role": Role.supervisor},
    ],
)  # fmt: skip
def test_who_cannot_go_is_not_proposed(absent: dict[str, Any]) -> None:
    fleet = fleet_of({"id": "gone", **absent}, {"id": "here", "metres": 5000})
    assert ids(advice(fleet), fleet) == ["here"]


def test_volunteers_are_not_sent_to_severe_matters() -> None:
    fleet = fleet_of({"metres": 1, "role": Role.volunteer})
    for severity, proposed in ((Severity.normal, 1), (Severity.serious, 1), (Severity.major, 0), (Severity.urgent, 0)):
        assert len(advice(fleet, Task(30.05, 110.05, severity=severity)).candidates) == proposed


def test_the_pack_says_which_roles_handle_a_category() -> None:
    rules = DispatchRules(roles={"dispute": ("grid_head",), "default": ("full_time", "grid_head")})
    fleet = fleet_of({"id": "head", "metres": 900, "role": Role.grid_head}, {"id": "full", "metres": 800})
    assert ids(advice(fleet, rules=rules), fleet) == ["full", "head"]
    for category in ("dispute", "dispute.wages"):
        assert ids(advice(fleet, Task(30.05, 110.05, category=category), rules=rules), fleet) == ["head"]


def test_a_city_without_a_roster_is_helped_too() -> None:
    found = advice(fleet_of({"metres": 100, "role": Role.unknown}))
    assert reasons(found)["role"] == ("unknown", 15.0)


def test_nobody_is_said_to_be_nobody() -> None:
    assert advice(Fleet()) == Advice()
    assert advice(fleet_of({"metres": 1, "role": Role.supervisor})) == Advice(on_duty=1)


def test_equal_scores_go_by_id() -> None:
    fleet = fleet_of(*({"id": name, "metres": 500} for name in "dbca"))
    assert ids(advice(fleet, wanted=3), fleet) == ["a", "b", "c"]


def test_matters_in_hand_are_those_assigned_and_not_fed_back() -> None:
    picture = small_picture()
    ways = {"e1": ["accepted", "assigned"], "e2": ["accepted", "assigned", "handling"], "e3": ["accepted"]}
    ways["e4"] = [*ways["e2"], "feedback"]
    at = iter(range(1000))
    for event_id, way in ways.items():
        picture.apply(entry("event.reported", reported(event_id), n=next(at)))
        for name in way:
            picture.apply(entry("event.step", step(event_id, name, worker_id="w1"), n=next(at)))
    assert loads(picture.events) == {"w1": 2}
    assert loads(picture.events, besides="e1") == {"w1": 1}


def test_metres_on_the_sphere() -> None:
    metres = distance_m(31.0, 119.0, np.array([31.01, 31.0, 31.0]), np.array([119.0, 119.01, 119.0]))
    assert metres == pytest.approx([1111.95, 953.1, 0], abs=0.1)


@given(st.integers(1, 200), st.integers(0, 2**32 - 1), st.integers(1, 8), st.sampled_from([dispatch._SHORTLIST, 3, 1]))
def test_the_shortlist_changes_nothing(n: int, seed: int, wanted: int, shortlist: int) -> None:
    """Whatever the bonuses and loads, the answer is that of finishing and sorting everybody."""
    dice = np.random.default_rng(seed)
    fleet = fleet_of(*(
        {"id": f"w{k:03d}", "metres": float(dice.integers(0, 4) * 300), "region": GRIDS[int(dice.integers(4))],
         "duty": Duty(int(dice.integers(1, 4))), "role": Role(int(dice.integers(1, 6)))}
        for k in range(n)
    ))  # fmt: skip
    load = {f"w{k:03d}": int(dice.integers(0, 3)) for k in range(n)}
    before, dispatch._SHORTLIST = dispatch._SHORTLIST, shortlist
    try:
        few = advice(fleet, load=load, wanted=wanted)
        dispatch._SHORTLIST = n
        everybody = advice(fleet, load=load, wanted=wanted)
    finally:
        dispatch._SHORTLIST = before
    assert few == everybody
