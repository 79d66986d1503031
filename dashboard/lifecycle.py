"""What a record makes of an event: the steps of its process, its limits and pauses, whistles, and what is taken back.

Every function judges first and changes the state only then, so that a refused record leaves no trace in it. It knows no
time but the records' own. Which events there are is `events`' business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from dashboard.codec import Malformed, instant
from dashboard.eventstate import Before, Call, EventState, Trace
from dashboard.model import (
    MAIN_STEPS,
    EventCheckin,
    EventComment,
    EventEscalated,
    EventRated,
    EventReported,
    EventRouted,
    EventStep,
    EventUndone,
    EventWhistle,
    Severity,
    Step,
)
from dashboard.procedure import Procedure
from dashboard.process import Actor, Forbidden, Parts, Process
from dashboard.processbook import ProcessError

HOUR_MS = 3_600_000
Further = (
    EventStep | EventRated | EventUndone | EventWhistle | EventCheckin | EventComment | EventRouted | EventEscalated
)
"""What can be said of an event that has been reported."""
EventData = EventReported | Further
_KEPT_BEFORE = tuple(set(Before.__struct_fields__) - {"by", "role", "taken", "taken_ms"})
"""What a step that may be taken back can change."""


class RuleBroken(Malformed):
    """A record that is well said but may not be: `rule` is the ground's key, `parts` what a process's refusal says."""

    def __init__(self, field: str, value: str, rule: str, why: str, parts: Parts | None = None) -> None:
        super().__init__(field, value, f"{rule}: {why}")
        self.rule, self.parts = rule, parts


def reported(data: EventReported, time_ms: int, region: str, procedure: Procedure, source: str = "") -> EventState:
    """A new event. Raises Malformed when it declares a process there is not."""
    severity = Severity[data.severity]
    try:
        process = procedure.choose(data.category, severity, data.channel, data.whistle is not None, data.process)
    except ProcessError as fault:
        raise Malformed("data.process", data.process, str(fault)) from None
    state = EventState(
        id=data.event_id, title=data.title, category=data.category, severity=int(severity), lat=data.lat, lon=data.lon,
        region=region, channel=data.channel, address=data.address, reported_ms=time_ms, process=process.key,
        media=list(data.media),
    )  # fmt: skip
    if (blown := data.whistle) is not None:
        due_ms = time_ms + round(blown.report_within_h * HOUR_MS)
        state.call = Call(int(Severity[blown.level]), time_ms, due_ms, list(dict.fromkeys(blown.departments)))
    state.trail = [Trace(time_ms, Step.reported, source=source)]
    _enter(state, Step.reported, time_ms, process, procedure)
    return state


def apply(state: EventState, data: Further, time_ms: int, procedure: Procedure, source: str = "") -> None:
    """What a record makes of the event it is about. Raises Malformed (often RuleBroken); nothing has changed then."""
    if isinstance(data, EventStep):
        advance(state, data, time_ms, procedure, source)
    elif isinstance(data, EventUndone):
        undone(state, data, time_ms, procedure, source)
    elif isinstance(data, EventWhistle):
        whistled(state, data, time_ms, source)
    elif isinstance(data, EventCheckin):
        checked_in(state, data, time_ms, source)
    else:
        told(state, data, time_ms, source)


def told(
    state: EventState, data: EventComment | EventRated | EventRouted | EventEscalated, time_ms: int, source: str
) -> None:
    """What is said of an event whether it is open or not."""
    if isinstance(data, EventComment):
        state.trail.append(Trace(time_ms, "comment", data.by, source=source, note=data.text))
    elif isinstance(data, EventRouted):
        state.seat = data.seat
        line = Trace(time_ms, "routed", source=source, department=data.department, note=data.rule, to=data.seat)
        state.trail.append(line)
    elif isinstance(data, EventEscalated):
        if data.step == state.step and state.open:  # else it has gone on meanwhile, and nobody is late there any more
            state.told = data.to
        state.trail.append(Trace(time_ms, "escalated", source=source, note=data.why, step=data.step, to=data.to))
    else:
        state.score, state.rated_ms = data.score, time_ms
        state.trail.append(Trace(time_ms, "rated", data.by, source=source, note=data.comment, score=data.score))


def judge(state: EventState, data: EventStep, time_ms: int, procedure: Procedure) -> None:
    """Say nothing if the record's step may be taken now.

    A record that names no role comes from a system that has judged who may: only the graph is kept.

    Raises:
        Forbidden: by the event's process.
    """
    process = procedure.of(state.process)
    paused = state.paused_ms is not None
    if not data.role:
        process.after(state.step, data.step, paused=paused)
        return
    process.judge(
        state.step, data.step, Actor(data.role), reason=data.note, times=state.times(data.step), paused=paused,
        exceeds=_exceeds(state, data, time_ms, process, procedure),
    )  # fmt: skip


def advance(state: EventState, data: EventStep, time_ms: int, procedure: Procedure, source: str = "") -> None:
    """One step or move. Raises Malformed naming the rule that forbids it, or the field that is wrong."""
    process = procedure.of(state.process)
    try:
        judge(state, data, time_ms, procedure)
    except Forbidden as fault:
        raise RuleBroken("data.step", data.step, fault.rule, str(fault), fault.parts) from None
    due = None if data.due is None else instant("data.due", data.due)
    until = None if data.until is None else instant("data.until", data.until)
    there = process.after(state.step, data.step, paused=state.paused_ms is not None)
    state.before = _before(state, data, time_ms) if process.undo_window(data.step) else None
    said = data.by, data.role, source, data.department, data.worker_id, data.note
    state.trail.append(Trace(time_ms, data.step, *said, due_ms=due, into=data.into))
    if due is not None:
        state.due_ms = due
        state.first_due_ms = due if state.first_due_ms is None else state.first_due_ms
    state.department = data.department or state.department
    state.worker_id = data.worker_id or state.worker_id
    _MOVES.get(data.step, _progress)(state, _Taken(data, there, time_ms, until, process, procedure))


def undone(state: EventState, data: EventUndone, time_ms: int, procedure: Procedure, source: str = "") -> None:
    """The last step is taken back. Raises Malformed when it is another, another's, or too late."""
    check_undo(state, data, time_ms, procedure)
    before = state.before
    assert before is not None  # or check_undo would have raised
    for name in _KEPT_BEFORE:
        setattr(state, name, getattr(before, name))
    state.before = None
    state.trail.append(Trace(time_ms, "undone", data.by, data.role, source, step=data.step))


def check_undo(state: EventState, data: EventUndone, time_ms: int, procedure: Procedure) -> None:
    """Whether the last step may be taken back now. Raises Malformed with the reason."""
    before = state.before
    if before is None or before.taken != data.step:
        last = before.taken if before else "none that can be taken back"
        raise RuleBroken("data.step", data.step, "undo", f"the last step was {last}")
    if before.by != data.by:
        raise RuleBroken("data.by", data.by, "actor", f"only {before.by or 'who took it'} may take {data.step} back")
    if data.to is not None and data.to != before.step:
        raise Malformed("data.to", data.to, f"it goes back to {before.step}")
    window = procedure.of(state.process).undo_window(data.step)
    until = procedure.add(before.taken_ms, window)
    if until is None or time_ms > until:
        raise RuleBroken("data.step", data.step, "undo", f"may be taken back within {window} only")


def whistled(state: EventState, data: EventWhistle, time_ms: int, source: str = "") -> None:
    """Departments are called; a later whistle adds those not called yet and sets a new limit for them all."""
    _must_be_open(state)
    level, due_ms = Severity[data.level], time_ms + round(data.report_within_h * HOUR_MS)
    called = list(dict.fromkeys([*(state.call.departments if state.call else []), *data.departments]))
    state.call = Call(int(level), time_ms, due_ms, called, dict(state.call.checked) if state.call else {})
    line = Trace(time_ms, "whistle", data.by, data.role, source, note=data.note, due_ms=due_ms)
    line.departments = list(data.departments)
    state.trail.append(line)


def checked_in(state: EventState, data: EventCheckin, time_ms: int, source: str = "") -> None:
    """A department reports in. Raises Malformed when nobody whistled for it."""
    _must_be_open(state)
    if state.call is None or data.department not in state.call.departments:
        raise RuleBroken("data.department", data.department, "uncalled", "nobody has whistled for it here")
    first = state.call.checked.get(data.department, time_ms)
    state.call = msgspec.structs.replace(state.call, checked=state.call.checked | {data.department: first})
    state.trail.append(Trace(time_ms, "checkin", data.by, "department", source, data.department, note=data.note))


def absorbed(state: EventState, other: EventState, time_ms: int) -> None:
    """Another event has been merged into this one."""
    state.merged = [*state.merged, other.id]
    state.trail.append(Trace(time_ms, "absorbed", into=other.id))


def held(state: EventState, procedure: Procedure) -> bool:
    """Whether its limits stand still at present."""
    return state.paused_ms is not None and state.open and procedure.of(state.process).hold


def _must_be_open(state: EventState) -> None:
    if not state.open:
        raise RuleBroken("data.event_id", state.id, "closed", f"it is {state.step}, it has left the queue")


def _exceeds(state: EventState, data: EventStep, at_ms: int, process: Process, procedure: Procedure) -> bool:
    """Whether an extension or a pause would come to more in all than the process lets it."""
    most = process.at_most(data.step)
    if most is None:
        return False
    if data.step is Step.extended:
        end = None if data.due is None else instant("data.due", data.due)
        start: int | None = state.first_due_ms if state.first_due_ms is not None else state.due_ms
    else:
        end = at_ms if data.until is None else instant("data.until", data.until)
        start = at_ms - state.held_ms
    latest = None if start is None else procedure.add(start, most)
    return end is not None and latest is not None and end > latest


def _before(state: EventState, data: EventStep, time_ms: int) -> Before:
    kept = {name: getattr(state, name) for name in _KEPT_BEFORE} | {"entered": list(state.entered)}
    return Before(**kept, taken=data.step, taken_ms=time_ms, by=data.by, role=data.role)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A step that is being taken: the record, where it leads, when, when a pause is to end, and by which rules."""

    data: EventStep
    there: Step
    at_ms: int
    until_ms: int | None
    process: Process
    procedure: Procedure


def _progress(state: EventState, taken: _Taken) -> None:
    state.urged += taken.data.step is Step.supervised
    state.returned += taken.data.step is Step.returned
    state.into = taken.data.into or state.into
    if state.paused_ms is not None:  # it leaves while paused
        _resume(state, taken)
    _enter(state, taken.there, taken.at_ms, taken.process, taken.procedure)


def _extend(state: EventState, taken: _Taken) -> None:
    state.extended += 1


def _pause(state: EventState, taken: _Taken) -> None:
    state.paused_ms, state.until_ms = taken.at_ms, taken.until_ms


def _resume(state: EventState, taken: _Taken) -> None:
    paused_ms = taken.at_ms if state.paused_ms is None else state.paused_ms
    if taken.process.hold:
        within = taken.process.within(state.step, state.level) if state.step in taken.process.places else None
        moved = taken.procedure.moved
        state.due_ms = moved(state.due_ms, taken.process.limit(state.level), paused_ms, taken.at_ms)
        state.step_due_ms = moved(state.step_due_ms, within, paused_ms, taken.at_ms)
    state.held_ms += max(0, taken.at_ms - paused_ms)
    state.paused_ms = state.until_ms = None


_MOVES: dict[Step, Callable[[EventState, _Taken], None]] = {
    Step.extended: _extend, Step.paused: _pause, Step.resumed: _resume,
}  # fmt: skip


def _enter(state: EventState, step: Step, time_ms: int, process: Process, procedure: Procedure) -> None:
    """The event stands at `step` from now on; the limit of the case begins here if the process says so."""
    state.step, state.step_ms, state.told = step, time_ms, ""
    state.step_due_ms = procedure.step_due(process, state.level, step, time_ms)
    if state.due_ms is None and (due := procedure.limit(process, state.level, step, time_ms)) is not None:
        state.due_ms = state.first_due_ms = due
    if step in MAIN_STEPS:
        state.entered[MAIN_STEPS.index(step)] = time_ms
    if step is process.closed_at:
        state.closed_ms = time_ms
