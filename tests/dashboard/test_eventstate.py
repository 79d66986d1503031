"""What is known of an event, as plain values."""

from __future__ import annotations

import msgspec
import pytest

from dashboard.eventstate import EventState, Trace
from dashboard.model import Severity, Step


def state(**more: object) -> EventState:
    """A matter just reported."""
    place = {"lat": 0.0, "lon": 0.0, "region": "", "channel": "", "address": ""}
    return EventState(id="e", title="t", category="c", severity=3, reported_ms=0, **place | more)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize("step", Step)
def test_three_steps_leave_the_queue(step: Step) -> None:
    assert state(step=step).open is (step not in (Step.evaluated, Step.merged, Step.cancelled))


def test_moves_are_counted() -> None:
    made = state(extended=2, returned=1, urged=3)
    assert [made.times(step) for step in (Step.extended, Step.returned, Step.supervised, Step.merged)] == [2, 1, 3, 0]
    assert made.level is Severity.major


def test_a_line_of_the_record_holds_only_what_was_said() -> None:
    line = Trace(7, "accepted", by="03席")
    assert msgspec.json.encode(line) == '{"at_ms":7,"what":"accepted","by":"03席"}'.encode()
    assert msgspec.json.decode(msgspec.json.encode(line), type=Trace) == line


def test_a_state_comes_back_whole() -> None:
    whole = state(trail=[Trace(1, "reported")], merged=["f"], due_ms=9)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(whole), type=EventState) == whole
