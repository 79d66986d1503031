"""What a seat can do with an event: the commands, and the records each comes to.

A command says what the officer wants; the steps on the way there are the process's. Whether they may be taken now is
found by the rehearsal in `orders`, by the fold's own rules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final

import msgspec

from dashboard.codec import Malformed, instant
from dashboard.eventstate import EventState
from dashboard.lifecycle import Further
from dashboard.model import (
    Duty,
    EventCheckin,
    EventComment,
    EventRated,
    EventStep,
    EventUndone,
    EventWhistle,
    Step,
    When,
    WorkerDuty,
)
from dashboard.picture import Picture
from dashboard.terms import Id, SeverityName, Text
from dashboard.workdays import Span
from feeds.orders import Case, Judge, OnEvent, Planned, Refused, Word, rehearse, sendable, way

SAID: Final = frozenset({"comment", "rated", "checkin", "whistle", "absorbed", "routed", "escalated"})
"""Lines of an event's record after which it stands where it stood."""


class Move(OnEvent, kw_only=True):
    """`accept` 受理, `urge` 督办, `resume` 恢复: one step or move, with a note."""

    note: Text = ""


class Reasoned(OnEvent, kw_only=True):
    """`return` 退回, `cancel` 作废: a move that is not progress."""

    reason: Text = ""


class Assign(OnEvent, kw_only=True):
    """`assign`: to a department, a worker, or both (分流); accepts on the way what nobody has accepted."""

    department: str = ""
    worker_id: str = ""
    note: Text = ""


class Dispatch(OnEvent, kw_only=True):
    """`dispatch`: send a worker to an event, by way of acceptance and assignment."""

    worker_id: Word


class Extend(OnEvent, kw_only=True):
    """`extend`: a later limit, as an instant, or as a span from the present one (from now, if that has passed)."""

    reason: Text = ""
    due: When | None = None
    span: str | None = None


class Pause(OnEvent, kw_only=True):
    """`pause`: put it on hold (挂账), perhaps until an instant."""

    reason: Text = ""
    until: When | None = None


class Advance(OnEvent, kw_only=True):
    """`advance`: the next step, named."""

    step: Step
    note: Text = ""
    department: str = ""


class Close(OnEvent, kw_only=True):
    """`close`: verified and done (核查结案), by way of the steps that may not be left out."""

    note: Text = ""


class Merge(OnEvent, kw_only=True):
    """`merge`: it goes on in another event (并案)."""

    into: Word
    reason: Text = ""


class Blow(OnEvent, kw_only=True):
    """`whistle`: call departments in (吹哨)."""

    level: SeverityName
    departments: Annotated[list[Id], msgspec.Meta(min_length=1)]
    report_within_h: Annotated[float, msgspec.Meta(gt=0, le=240)]
    note: Text = ""


class CheckIn(OnEvent, kw_only=True):
    """`checkin`: a department has reported in (部门报到)."""

    department: Word
    note: Text = ""


class Comment(OnEvent, kw_only=True):
    """`comment`: put something on its record."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]

    @property
    def subject(self) -> str:
        """The comment itself: it stands beside whatever others do."""
        return f"{self.event_id}#{self.id}"


class Rate(OnEvent, kw_only=True):
    """`rate`: the reporter's score, asked for after it was closed (回访)."""

    score: Annotated[int, msgspec.Meta(ge=1, le=5)]
    comment: Text = ""


class Undo(OnEvent, kw_only=True):
    """`undo`: take the last step back."""

    step: Step


def plan(order: OnEvent, picture: Picture, now_ms: int, judge: Judge) -> Planned:
    """The records a command on an event comes to, rehearsed.

    Raises:
        Refused: 404 for what nobody knows, 400 for what makes no sense, 409 for what may not be done as things stand.
    """
    if order.event_id not in picture.events:
        raise Refused(404, "event_id", "unknown_event", f"nobody has reported {order.event_id}")
    event = picture.events[order.event_id]
    _as_seen(order, event)
    process = picture.events.procedure.of(event.process)
    planned = [
        (_KIND[type(data)], data)
        for data in COMMANDS[order.command][1](order, Case(event, process, picture, now_ms, judge))
    ]
    rehearse(event, planned, picture, now_ms)
    return planned


def _as_seen(order: OnEvent, event: EventState) -> None:
    """Refused if the event has gone on to another step since the officer looked at it."""
    since = 0 if order.seen is None else event.version - order.seen
    if since > 0 and any(line.what not in SAID for line in event.trail[-since:]):
        raise Refused(409, "event_id", "changed", f"{event.id} has gone on to {event.step} since; look again")


def _move(step: Step) -> Callable[[Any, Case], Sequence[Further]]:
    """A command that is one step or move."""

    def planned(order: Any, case: Case) -> Sequence[Further]:
        return _step(order, step, note=order.reason if isinstance(order, Reasoned) else order.note)

    return planned


def _step(order: OnEvent, step: Step, **more: Any) -> list[EventStep]:
    return [EventStep(order.event_id, step, by=order.by, role=order.role, **more)]


def _on_to(order: OnEvent, case: Case, target: Step, **last: Any) -> list[EventStep]:
    """The way to `target`; what is said of the last step is in `last`."""
    barred = case.event.paused_ms is not None or not case.event.open  # for the rehearsal to say why
    steps = [target] if barred else way(case.process, case.event.step, target)
    return [*(one for step in steps[:-1] for one in _step(order, step)), *_step(order, target, **last)]


def _assign(order: Assign, case: Case) -> Sequence[Further]:
    if not (order.department or order.worker_id):
        raise Refused(400, "department", "malformed", "names neither a department nor a worker")
    if order.worker_id and order.worker_id not in case.picture.fleet.row_of:
        raise Refused(404, "worker_id", "unknown_worker", f"nobody knows {order.worker_id}")
    named = {"department": order.department, "worker_id": order.worker_id, "note": order.note}
    return _on_to(order, case, Step.assigned, **named)


def _dispatch(order: Dispatch, case: Case) -> Sequence[Further | WorkerDuty]:
    if not case.event.open:
        raise Refused(409, "event_id", "closed", f"{order.event_id} is {case.event.step}: it has left the queue")
    duty = sendable(case.picture, order.worker_id, case.now_ms, case.judge.freshness)
    there = case.event.worker_id == order.worker_id and case.event.step is Step.handling
    if there and duty is not Duty.available:
        raise Refused(409, "worker_id", "already", f"{order.worker_id} has been sent to {order.event_id} already")
    steps = _on_to(order, case, Step.handling, worker_id=order.worker_id)
    for step in steps:
        step.worker_id = "" if step.step is Step.accepted else order.worker_id
    return [*steps, WorkerDuty(order.worker_id, "dispatched")]


def _extend(order: Extend, case: Case) -> Sequence[Further]:
    if (order.due is None) == (order.span is None):
        raise Refused(400, "due", "malformed", "give either due or span")
    if case.event.open and case.event.due_ms is None:
        raise Refused(
            409, "event_id", "no_limit", f"no_limit: {order.event_id} has no limit yet that could be extended"
        )
    present_ms = max(case.now_ms, case.event.due_ms or 0)
    due_ms = _instant("due", order.due) if order.due is not None else _added(case, present_ms, order.span or "")
    if due_ms <= present_ms:
        raise Refused(409, "due", "due", "the new limit must be later than now and than the present one")
    return _step(order, Step.extended, note=order.reason, due=due_ms)


def _added(case: Case, start_ms: int, span: str) -> int:
    try:
        return case.picture.events.procedure.clock.add(start_ms, Span.parse(span))
    except ValueError as fault:
        raise Refused(400, "span", "malformed", str(fault)) from None


def _pause(order: Pause, case: Case) -> Sequence[Further]:
    until_ms = None if order.until is None else _instant("until", order.until)
    if until_ms is not None and until_ms <= case.now_ms:
        raise Refused(409, "until", "until", "a pause must end later than now")
    return _step(order, Step.paused, note=order.reason, until=until_ms)


def _advance(order: Advance, case: Case) -> Sequence[Further]:
    return _step(order, order.step, note=order.note, department=order.department)


def _close(order: Close, case: Case) -> Sequence[Further]:
    return _on_to(order, case, case.process.closed_at, note=order.note)


def _merge(order: Merge, case: Case) -> Sequence[Further]:
    events = case.picture.events
    if order.into == order.event_id or order.into not in events:
        raise Refused(404, "into", "unknown_event", f"{order.into} is no other event that was reported")
    if not events[order.into].open:
        raise Refused(409, "into", "closed", f"{order.into} has left the queue")
    return _step(order, Step.merged, note=order.reason, into=order.into)


def _whistle(order: Blow, case: Case) -> Sequence[Further]:
    hours = order.report_within_h
    return [EventWhistle(order.event_id, order.level, order.departments, hours, order.note, order.by, order.role)]


def _check_in(order: CheckIn, case: Case) -> Sequence[Further]:
    return [EventCheckin(order.event_id, order.department, order.note, order.by)]


def _comment(order: Comment, case: Case) -> Sequence[Further]:
    return [EventComment(order.event_id, order.text, order.by)]


def _rate(order: Rate, case: Case) -> Sequence[Further]:
    if case.event.open:
        raise Refused(409, "event_id", "open", f"{order.event_id} is not closed yet; it is rated after that")
    return [EventRated(order.event_id, order.score, order.comment, order.by)]


def _undo(order: Undo, case: Case) -> Sequence[Further]:
    to = case.event.before.step if case.event.before else None
    return [EventUndone(order.event_id, order.step, to, order.by, order.role)]


def _instant(field: str, value: When) -> int:
    try:
        return instant(field, value)
    except Malformed as fault:
        raise Refused(400, field, "malformed", fault.reason) from None


_KIND: Final[dict[type[Any], str]] = {
    EventStep: "event.step", EventUndone: "event.undone", EventWhistle: "event.whistle", WorkerDuty: "worker.duty",
    EventCheckin: "event.checkin", EventComment: "event.comment", EventRated: "event.rated",
}  # fmt: skip

COMMANDS: Final[dict[str, tuple[type[OnEvent], Callable[[Any, Case], Sequence[Further | WorkerDuty]]]]] = {
    "accept": (Move, _move(Step.accepted)), "urge": (Move, _move(Step.supervised)),
    "resume": (Move, _move(Step.resumed)), "return": (Reasoned, _move(Step.returned)),
    "cancel": (Reasoned, _move(Step.cancelled)), "assign": (Assign, _assign), "dispatch": (Dispatch, _dispatch),
    "extend": (Extend, _extend), "pause": (Pause, _pause), "advance": (Advance, _advance), "close": (Close, _close),
    "merge": (Merge, _merge), "whistle": (Blow, _whistle), "checkin": (CheckIn, _check_in),
    "comment": (Comment, _comment), "rate": (Rate, _rate), "undo": (Undo, _undo),
}  # fmt: skip
"""Every command on an event: what it says, and what it comes to."""
