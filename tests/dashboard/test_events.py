"""Events folded from their records, and the columns behind the KPI."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.codec import Malformed
from dashboard.events import Events
from dashboard.eventstate import NEVER
from dashboard.model import EventRated, EventReported, EventStep, Step
from tests.support import GRIDS, MAIN_ROAD, T0, reported, small_regions


def book() -> Events:
    """No events yet."""
    return Events(small_regions().locate, small_regions().node)


def report(events: Events, event_id: str = "e1", at: int = T0, **more: object) -> None:
    """A matter in 东区 unless told otherwise."""
    events.fold(EventReported(**(reported(event_id) | more)), at)


def walk(events: Events, *steps: str, event_id: str = "e1", start: int = T0) -> None:
    """One step a second."""
    for k, name in enumerate(steps):
        events.fold(EventStep(event_id, Step(name)), start + (k + 1) * 1000)


def test_a_report_opens_an_event_and_finds_its_grid() -> None:
    events = book()
    report(events)
    state = events["e1"]
    assert (state.step, state.region, state.severity, state.open) == (Step.reported, GRIDS[0], 3, True)
    assert events.opened == {"e1"}
    assert state.entered[0] == state.reported_ms == T0


def test_a_declared_region_is_kept() -> None:
    events = book()
    report(events, region="990102001")
    assert events["e1"].region == "990102001"
    assert events.columns["node"].tolist() == [small_regions().node("990102001")]


def test_outside_the_city_there_is_no_region() -> None:
    events = book()
    report(events, lat=0.0, lon=0.0)
    assert events["e1"].region == ""
    assert events.columns["node"].tolist() == [-1]


def test_closure_is_the_evaluation() -> None:
    events = book()
    report(events)
    walk(events, *MAIN_ROAD)
    state = events["e1"]
    assert (state.closed_ms, state.open, events.opened) == (T0 + 5000, False, set())
    assert state.entered == [T0, T0 + 1000, T0 + 2000, T0 + 3000, NEVER, NEVER, T0 + 4000, T0 + 5000]


@pytest.mark.parametrize("end", ["merged", "cancelled"])
def test_an_end_that_is_no_closure(end: str) -> None:
    events = book()
    report(events)
    walk(events, end)
    assert (events["e1"].closed_ms, events["e1"].open) == (None, False)
    assert events.columns["counted"].tolist() == [False]


def test_a_step_names_who_and_until_when() -> None:
    events = book()
    report(events)
    walk(events, "accepted")
    due = "2026-03-13T00:00:00Z"
    [state] = events.fold(EventStep("e1", Step.assigned, department="water", worker_id="w7", due=due), T0 + 2)
    assert (state.department, state.worker_id, state.due_ms) == ("water", "w7", 1_773_360_000_000)
    walk(events, "handling")
    assert (state.department, state.due_ms) == ("water", 1_773_360_000_000)


def test_an_extension_moves_only_the_deadline() -> None:
    events = book()
    report(events)
    walk(events, "accepted")
    before = (events["e1"].step, events["e1"].step_ms, list(events["e1"].entered))
    [state] = events.fold(EventStep("e1", Step.extended, due=T0 + 99), T0 + 5000)
    assert (state.step, state.step_ms, state.entered) == before
    assert (state.due_ms, state.version) == (T0 + 99, 3)


def test_a_rating_may_be_replaced() -> None:
    events = book()
    report(events)
    events.fold(EventRated("e1", 2), T0 + 1)
    [state] = events.fold(EventRated("e1", 5), T0 + 2)
    assert (state.score, state.rated_ms, state.version) == (5, T0 + 2, 3)


@pytest.mark.parametrize(
    ("data", "field", "value"),
    [
        (EventStep("e9", Step.accepted), "data.event_id", "e9"),
        (EventStep("e1", Step.evaluated), "data.step", "evaluated"),
        (EventStep("e1", Step.accepted, due="soon"), "data.due", "soon"),
        (EventRated("e9", 3), "data.event_id", "e9"),
    ],
)
def test_a_refused_record_changes_nothing(data: EventStep | EventRated, field: str, value: str) -> None:
    events = book()
    report(events)
    before = events.total_digest
    with pytest.raises(Malformed) as caught:
        events.fold(data, T0 + 1)
    assert (caught.value.field, caught.value.value) == (field, value)
    assert events.total_digest == before
    assert events["e1"].version == 1


def test_an_id_is_reported_once() -> None:
    events = book()
    report(events)
    with pytest.raises(Malformed, match="already reported"):
        report(events, at=T0 + 1)
    assert len(events) == 1


@given(st.lists(st.integers(0, 5), max_size=30))
def test_the_digest_is_the_sum_whatever_the_order(picks: list[int]) -> None:
    """Six events, advanced in the order drawn: the digest depends on where each stands, not on the order."""
    drawn, sorted_ = book(), book()
    road = ["accepted", "assigned", "assigned", "handling", "tracked", "handling", *["extended"] * 30]
    for events, order in ((drawn, picks), (sorted_, sorted(picks))):
        for k in range(6):
            report(events, f"e{k}")
        taken = [0] * 6
        for k in order:
            events.fold(EventStep(f"e{k}", Step(road[taken[k]])), T0 + taken[k])
            taken[k] += 1
    assert drawn.total_digest == sorted_.total_digest


def test_columns_grow() -> None:
    events = book()
    for k in range(1100):
        report(events, f"e{k}", at=T0 + k)
    assert events.columns["reported"].tolist() == [T0 + k for k in range(1100)]
    assert events.columns["entered"].shape == (1100, 8)
    assert [state.id for state in events] == [f"e{k}" for k in range(1100)]
    assert "e1099" in events
    assert "e1100" not in events
