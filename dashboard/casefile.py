"""One event with everything known of it: for the detail view, where a person reads the whole story and acts.

Puts together what the picture, its process and the replica's advice say; the shape is `Detail` in
assets/wall/console/source.mjs. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dashboard.alarmdesk import Row
from dashboard.eventstate import NEVER, EventState, Trace
from dashboard.model import MAIN_STEPS, Step
from dashboard.picture import Picture
from dashboard.procedure import Procedure
from dashboard.process import Actor, Forbidden, Process
from dashboard.similar import Lookalike

DESK: Final = (Actor.seat, Actor.chief, Actor.leader)
"""Who sits in the hall."""
_ANY_REASON: Final = "."
"""Whether a reason is given is seen only when the command comes."""


def casefile(
    picture: Picture,
    event: EventState,
    row: dict[str, object],
    related: Sequence[Lookalike],
    now_ms: int,
    alarms: Sequence[Row] = (),
) -> dict[str, Any]:
    """Everything about one event.

    Args:
        row: the event as browsers get it (`frames.Wire.event`).
        related: its look-alikes.
        now_ms: UTC ms, for what may be taken back now.
        alarms: those it deals with.
    """
    procedure = picture.events.procedure
    process = procedure.of(event.process)
    return {
        "event": row, "open": event.open, "address": event.address, "closed": event.closed_ms,
        "rated": event.rated_ms, "score": event.score, "into": event.into,
        "steps": [{"step": step, "at": _entered(event, step)} for step in process.places],
        "trail": [_line(line) for line in sorted(event.trail, key=lambda line: line.at_ms)],
        "related": [_alike(one, picture.events[one.id]) for one in related if picture.events.warm(one.id)],
        "alarms": [_alarm(one) for one in alarms],
        "may": {str(actor): _may(process, event, actor) for actor in DESK},
        "undo": _undo(event, process, procedure, now_ms),
        "uncertain": procedure.uncertain(process, event.level, event.reported_ms, event.due_ms),
    }  # fmt: skip


def _entered(event: EventState, step: Step) -> int | None:
    at_ms = event.entered[MAIN_STEPS.index(step)]
    return None if at_ms == NEVER else at_ms


def _line(line: Trace) -> dict[str, Any]:
    return {
        "at": line.at_ms, "what": line.what, "by": line.by, "role": line.role, "source": line.source,
        "department": line.department, "worker": line.worker_id, "note": line.note, "due": line.due_ms,
        "into": line.into, "step": line.step, "score": line.score, "departments": line.departments, "to": line.to,
    }  # fmt: skip


def _alike(one: Lookalike, other: EventState) -> dict[str, Any]:
    return {
        "id": one.id, "title": other.title, "kind": "duplicate" if one.duplicate else "related",
        "score": round(one.score, 2), "metres": round(one.metres), "minutes": round(one.earlier_ms / 60_000),
        "step": other.step, "process": other.process, "open": other.open,
    }  # fmt: skip


def _alarm(one: Row) -> dict[str, Any]:
    return {
        "id": one.id, "device": one.device, "kind": one.kind, "sev": one.sev, "state": one.state, "since": one.since,
        "place": one.place,
    }  # fmt: skip


def _may(process: Process, event: EventState, actor: Actor) -> list[str]:
    """The steps and moves this actor may take, given the reason some need."""
    paused = event.paused_ms is not None

    def passes(step: Step) -> bool:
        try:
            process.judge(event.step, step, actor, reason=_ANY_REASON, times=event.times(step), paused=paused)
        except Forbidden:
            return False
        return True

    options = process.allowed(event.step, paused=paused)
    return [str(step) for step in (*process.places, *process.moves) if step in options and passes(step)]


def _undo(event: EventState, process: Process, procedure: Procedure, now_ms: int) -> dict[str, Any] | None:
    if (before := event.before) is None:
        return None
    until_ms = procedure.add(before.taken_ms, process.undo_window(before.taken))
    if until_ms is None or until_ms < now_ms:
        return None
    return {"step": before.taken, "until": until_ms, "by": before.by}
