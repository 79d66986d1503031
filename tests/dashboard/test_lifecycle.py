"""What records make of an event: limits, pauses, extensions, whistles, merging, and taking back."""

from __future__ import annotations

import pytest

from dashboard.clock import DAY_MS, HOUR_MS, from_rfc3339
from dashboard.codec import Malformed
from dashboard.events import Events
from dashboard.eventstate import EventState
from dashboard.lifecycle import EventData, RuleBroken, held
from dashboard.model import (
    EventCheckin,
    EventComment,
    EventEscalated,
    EventRated,
    EventReported,
    EventStep,
    EventUndone,
    EventWhistle,
    Step,
    Whistle,
)
from dashboard.procedure import Procedure
from tests.support import MAIN_ROAD, reported, small_regions

THURSDAY = from_rfc3339("2026-03-12T10:00:00+08:00")
MONDAY = from_rfc3339("2026-03-16T10:00:00+08:00")


def book(**more: object) -> Events:
    """One matter, 较大 unless told, reported on a Thursday at ten."""
    events = Events(small_regions().locate, small_regions().node, Procedure())
    events.fold(EventReported(**reported("e1", **{"severity": "serious"} | more)), THURSDAY)
    return events


def take(events: Events, *steps: str, at: int = THURSDAY, **more: object) -> EventState:
    """Steps at one instant, what `more` says going with the last."""
    for name in steps:
        said = more if name == steps[-1] else {}
        events.fold(EventStep("e1", Step(name), **said), at)  # type: ignore[arg-type]  # fields by name
    return events["e1"]


def refusal(events: Events, data: EventData, at: int = THURSDAY) -> RuleBroken:
    """Why a record may not be; the event is as before."""
    before = events.total_digest
    with pytest.raises(RuleBroken) as caught:
        events.fold(data, at)
    assert events.total_digest == before
    return caught.value


def test_acceptance_begins_the_limit_and_every_step_has_its_own() -> None:
    events = book()
    assert events["e1"].step_due_ms == THURSDAY + HOUR_MS // 2
    state = take(events, "accepted")
    assert state.due_ms == state.first_due_ms == from_rfc3339("2026-03-17T17:30:00+08:00")
    assert state.step_due_ms == THURSDAY + HOUR_MS
    assert take(events, "assigned", "handling").due_ms == state.due_ms


def test_a_limit_that_comes_with_the_record_goes_before_the_process() -> None:
    state = take(book(), "accepted", due=THURSDAY + 7)
    assert (state.due_ms, state.first_due_ms) == (THURSDAY + 7, THURSDAY + 7)


def test_a_report_may_declare_its_process() -> None:
    assert take(book(process="external"), "accepted").due_ms is None
    assert book(process="tianning")["e1"].process == "tianning"
    with pytest.raises(Malformed, match="there is no process 'nowhere'"):
        book(process="nowhere")


def test_a_pause_holds_the_limit_and_the_kpi_know() -> None:
    events = book()
    take(events, "accepted", "assigned", "handling")
    state = take(events, "paused", until=MONDAY)
    assert (state.step, state.paused_ms, state.until_ms) == (Step.handling, THURSDAY, MONDAY)
    assert held(state, events.procedure)
    assert events.columns["due"].tolist() == [-1]
    state = take(events, "resumed", at=MONDAY)
    assert (state.paused_ms, state.until_ms, state.held_ms) == (None, None, MONDAY - THURSDAY)
    assert state.due_ms == from_rfc3339("2026-03-19T17:30:00+08:00")
    assert state.step_due_ms == from_rfc3339("2026-03-18T17:30:00+08:00")
    assert events.columns["due"].tolist() == [state.due_ms]


def test_what_is_paused_takes_no_step() -> None:
    events = book()
    take(events, "accepted", "assigned", "paused")
    assert refusal(events, EventStep("e1", Step.handling)).rule == "paused"
    assert not take(events, "cancelled").open


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (EventStep("e1", Step.evaluated, role="seat"), "edge"),
        (EventStep("e1", Step.paused, note="等批复", role="seat"), "actor"),
        (EventStep("e1", Step.extended, role="seat", due=THURSDAY + 9 * DAY_MS), "reason"),
        (EventStep("e1", Step.extended, role="seat", note="材料不全", due=THURSDAY + 90 * DAY_MS), "span"),
        (EventStep("e1", Step.paused, role="chief", note="等批复", until=THURSDAY + 31 * DAY_MS), "span"),
        (EventCheckin("e1", "fire"), "uncalled"),
        (EventUndone("e1", Step.accepted), "undo"),
    ],
)
def test_every_refusal_names_its_rule(data: EventData, rule: str) -> None:
    events = book()
    take(events, "accepted", "assigned", "handling")
    fault = refusal(events, data)
    assert fault.rule == rule
    assert fault.reason.startswith(f"{rule}: ")


def test_an_extension_may_be_made_twice_and_within_its_length() -> None:
    events = book()
    take(events, "accepted", "assigned")
    for days in (7, 9):
        take(events, "extended", role="seat", note="材料不全", by="03席", due=THURSDAY + days * DAY_MS)
    third = EventStep("e1", Step.extended, role="seat", note="再延", due=THURSDAY + 10 * DAY_MS)
    assert refusal(events, third).rule == "times"
    assert (events["e1"].extended, events["e1"].due_ms) == (2, THURSDAY + 9 * DAY_MS)


def test_a_record_without_a_role_is_held_to_the_graph_alone() -> None:
    events = book()
    take(events, "accepted", "assigned", "handling", "extended", due=THURSDAY + 90 * DAY_MS)
    assert events["e1"].due_ms == THURSDAY + 90 * DAY_MS
    assert refusal(events, EventStep("e1", Step.evaluated)).rule == "edge"


def test_a_step_is_taken_back_by_who_took_it_within_two_minutes() -> None:
    events = book()
    take(events, "accepted", by="03席", role="seat")
    assert refusal(events, EventUndone("e1", Step.accepted, by="04席")).rule == "actor"
    assert refusal(events, EventUndone("e1", Step.accepted, by="03席"), THURSDAY + 120_001).rule == "undo"
    [state] = events.fold(EventUndone("e1", Step.accepted, Step.reported, by="03席"), THURSDAY + 120_000)
    assert (state.step, state.due_ms, state.entered[1], state.version) == (Step.reported, None, -1, 3)
    assert [line.what for line in state.trail] == ["reported", "accepted", "undone"]
    assert take(events, "accepted").step is Step.accepted


def test_who_has_been_told_is_known_again_once_a_step_is_taken_back() -> None:
    events = book()
    events.fold(EventEscalated("e1", "chief", "step", Step.reported), THURSDAY)
    assert take(events, "accepted", by="03席").told == ""
    events.fold(EventUndone("e1", Step.accepted, by="03席"), THURSDAY)
    assert events["e1"].told == "chief"


def test_closing_is_taken_back_and_the_event_is_on_the_queue_again() -> None:
    events = book()
    take(events, *MAIN_ROAD, by="03席")
    assert (events["e1"].open, events.columns["closed"].tolist()) == (False, [THURSDAY])
    events.fold(EventUndone("e1", Step.evaluated, by="03席"), THURSDAY + 1)
    assert (events["e1"].step, events["e1"].closed_ms, events.opened) == (Step.feedback, None, {"e1"})
    assert events.columns["closed"].tolist() == [-1]


def test_a_whistle_with_the_report_and_one_later_add_up() -> None:
    events = book(whistle=Whistle("serious", ["water", "fire"], 2))
    call = events["e1"].call
    assert call is not None and call.due_ms == THURSDAY + 2 * HOUR_MS
    assert events["e1"].process == "suzhou"
    events.fold(EventCheckin("e1", "fire", by="支队"), THURSDAY + 5)
    events.fold(EventWhistle("e1", "major", ["gas", "fire"], 1.0), THURSDAY + 9)
    events.fold(EventCheckin("e1", "fire"), THURSDAY + 99)
    call = events["e1"].call
    assert call is not None
    assert (call.level, call.departments, call.checked) == (3, ["water", "fire", "gas"], {"fire": THURSDAY + 5})
    assert [line.what for line in events["e1"].trail] == ["reported", "checkin", "whistle", "checkin"]


def test_nobody_is_whistled_for_once_it_is_closed_but_it_may_be_spoken_of() -> None:
    events = book()
    take(events, *MAIN_ROAD)
    assert refusal(events, EventWhistle("e1", "major", ["gas"], 1.0)).rule == "closed"
    events.fold(EventComment("e1", "群众来电致谢"), THURSDAY)
    events.fold(EventRated("e1", 5, "好"), THURSDAY)
    assert [(line.what, line.note, line.score) for line in events["e1"].trail[-2:]] == [
        ("comment", "群众来电致谢", None), ("rated", "好", 5),
    ]  # fmt: skip


def test_a_merged_event_goes_on_in_another() -> None:
    events = book()
    events.fold(EventReported(**reported("e2")), THURSDAY)
    changed = events.fold(EventStep("e1", Step.merged, note="同一处", into="e2"), THURSDAY + 1)
    assert [one.id for one in changed] == ["e1", "e2"]
    assert (events["e1"].into, events["e1"].open, events["e2"].merged) == ("e2", False, ["e1"])
    assert events["e2"].trail[-1].into == "e1"
    assert (events["e2"].version, events.opened) == (2, {"e2"})


@pytest.mark.parametrize("into", ["e1", "e9"])
def test_an_event_is_merged_into_another_that_there_is(into: str) -> None:
    events = book()
    with pytest.raises(Malformed, match="no other event"):
        events.fold(EventStep("e1", Step.merged, into=into), THURSDAY)
    assert events["e1"].open


def test_who_did_what_is_on_the_record() -> None:
    events = book()
    take(events, "accepted", by="03席", role="seat")
    state = take(events, "assigned", by="03席", role="seat", department="water", worker_id="w1", note="尽快")
    line = state.trail[-1]
    assert (line.by, line.role, line.department, line.worker_id, line.note) == ("03席", "seat", "water", "w1", "尽快")
    assert take(events, "supervised", role="chief").urged == 1
    assert take(events, "returned", role="department", note="非本单位").returned == 1
