"""The sheet of a shift handover as the picture has it: what was counted, and what the next shift must know of.

A draft for people to edit and sign, made of facts; the words are the browser's (`assets/wall/handover`). Every event
stands on it once, for the first reason that fits. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Literal, get_args

from msgspec import Struct

from dashboard import clock, lifecycle
from dashboard.alarmstates import Alarm, State
from dashboard.eventstate import EventState
from dashboard.model import MAIN_STEPS, Severity, Step
from dashboard.picture import Picture
from dashboard.shiftrecords import ItemKind

DAY_BEGINS_H, DAY_ENDS_H = 8, 20
"""The day shift, hours of the city's clock; `shiftText` in assets/wall/i18n.mjs says the same in the page's head."""
MOST: Final = 50
"""Lines of one kind on a sheet; `counts["rest.KIND"]` tells how many more there are."""
MOST_URGENT: Final = 200
"""Of 紧急 and 重大 there is no sheet without all, up to what a record holds."""
ORDER: Final[tuple[ItemKind, ...]] = get_args(ItemKind)
_LATEST: Final = 2**62
Place = Callable[[str], str]
"""A region's code → its name in words."""


class Shift(Struct, frozen=True):
    """A shift: the day it began on (`2026-11-22`), from when up to when, UTC ms."""

    name: Literal["day", "night"]
    day: str
    start_ms: int
    end_ms: int


class Line(Struct):
    """One line of the draft; `facts` is what its words are made of."""

    kind: ItemKind
    id: str
    title: str
    place: str
    facts: dict[str, Any]


class Sheet(Struct):
    """A draft: the shift, when it was drawn up (UTC ms), the numbers by name, the lines in a sheet's order."""

    shift: Shift
    at: int
    counts: dict[str, int]
    items: list[Line]


def shift_at(now_ms: int) -> Shift:
    """The shift an instant (UTC ms) belongs to."""
    midnight = clock.city_midnight(now_ms)
    begins, ends = midnight + DAY_BEGINS_H * clock.HOUR_MS, midnight + DAY_ENDS_H * clock.HOUR_MS
    if begins <= now_ms < ends:
        return Shift("day", clock.city_day(begins), begins, ends)
    start_ms = ends if now_ms >= ends else ends - clock.DAY_MS
    return Shift("night", clock.city_day(start_ms), start_ms, start_ms + clock.DAY_MS - (ends - begins))


def draft(picture: Picture, shift: Shift, now_ms: int, place: Place) -> Sheet:
    """What the picture has to hand over for a shift, as of `now_ms` (UTC)."""
    next_ms = shift_at(shift.end_ms).end_ms
    events = [picture.events[event_id] for event_id in picture.events.opened]
    found = [(kind, event) for event in events if (kind := _kind(picture, event, now_ms, next_ms))]
    found.sort(key=lambda pair: _worst(*pair))
    lines = [*(_event(picture, *pair, place) for pair in found), *_aside(picture, now_ms, place)]
    kept = [line for kind in ORDER for line in [one for one in lines if one.kind == kind][: _most(kind)]]
    counts = _counts(picture, shift, now_ms) | _standing(picture, events, now_ms)
    cut = {kind: sum(line.kind == kind for line in lines) - _most(kind) for kind in ORDER}
    return Sheet(shift, now_ms, counts | {f"rest.{kind}": n for kind, n in cut.items() if n > 0}, kept)


def _most(kind: ItemKind) -> int:
    return MOST_URGENT if kind == "urgent" else MOST


def _counts(picture: Picture, shift: Shift, now_ms: int) -> dict[str, int]:
    """What happened in the shift."""
    columns, until_ms = picture.events.columns, min(shift.end_ms, now_ms + 1)
    accepted = columns["entered"][:, MAIN_STEPS.index(Step.accepted)]
    named = {"reported": columns["reported"], "accepted": accepted, "closed": columns["closed"]}
    return {name: int(((at >= shift.start_ms) & (at < until_ms)).sum()) for name, at in named.items()}


def _standing(picture: Picture, events: list[EventState], now_ms: int) -> dict[str, int]:
    """What is open now, in all and by severity."""
    late = sum(_overdue(picture, event, now_ms) for event in events)
    levels = {level.name: sum(event.severity == level for event in events) for level in reversed(Severity)}
    return {"open": len(events), "overdue": late} | levels


def _held(picture: Picture, event: EventState) -> bool:
    return lifecycle.held(event, picture.events.procedure)


def _overdue(picture: Picture, event: EventState, now_ms: int) -> bool:
    return event.due_ms is not None and event.due_ms < now_ms and not _held(picture, event)


def _missing(event: EventState) -> list[str]:
    """Departments that were whistled for and have not reported in."""
    call = event.call
    return [key for key in call.departments if key not in call.checked] if call else []


def _kind(picture: Picture, event: EventState, now_ms: int, next_ms: int) -> ItemKind | None:
    """What an open event is handed over for; None if the next shift finds it in the queue early enough."""
    promised = event.extended > 0 or (event.due_ms is not None and event.due_ms <= next_ms)
    reasons: list[tuple[ItemKind, bool]] = [
        ("urgent", event.severity >= Severity.major), ("overdue", _overdue(picture, event, now_ms)),
        ("late", event.told in ("chief", "leader")), ("whistle", bool(_missing(event))),
        ("paused", event.paused_ms is not None), ("urged", event.urged > 0), ("promised", promised),
    ]  # fmt: skip
    return next((kind for kind, fits in reasons if fits), None)


def _worst(kind: ItemKind, event: EventState) -> tuple[int, int, str]:
    """Within a kind: the graver first where it is about that, then who runs out first."""
    ends_ms = event.until_ms if kind == "paused" else event.due_ms
    return (-event.severity if kind == "urgent" else 0, _LATEST if ends_ms is None else ends_ms, event.id)


def _event(picture: Picture, kind: ItemKind, event: EventState, place: Place) -> Line:
    facts = {
        "sev": event.severity, "process": event.process, "step": event.step, "department": event.department,
        "worker": _name(picture, event.worker_id), "due": None if _held(picture, event) else event.due_ms,
        "paused": event.paused_ms, "until": event.until_ms, "urged": event.urged, "extended": event.extended,
        "told": event.told, "missing": _missing(event),
    }  # fmt: skip
    return Line(kind, event.id, event.title, place(event.region), facts)


def _name(picture: Picture, worker_id: str) -> str:
    """A worker's name, the id of one nobody has introduced."""
    row = picture.fleet.row_of.get(worker_id)
    return worker_id if row is None else picture.fleet.names[row] or worker_id


def _aside(picture: Picture, now_ms: int, place: Place) -> Iterator[Line]:
    """Alarms that are shelved, by when they come back, and devices out of service."""
    alarms = picture.alarms
    shelved = [alarm for alarm, state in alarms.listed(now_ms) if state is State.shelved and alarm.shelf]
    for alarm in sorted(shelved, key=lambda one: (one.shelf.until_ms if one.shelf else 0, one.id)):
        yield Line("shelved", alarm.id, alarm.kind, place(alarms.place_of(alarm)), _shelf(alarm))
    where = {alarm.device: alarm for alarm in alarms if alarm.device in alarms.services}
    for device, said in sorted(alarms.services.items()):
        known = where.get(device)
        facts = {"sev": 0, "out": True, "until": None, "by": said.by, "reason": said.reason}
        yield Line("shelved", device, known.kind if known else device, _at(alarms.place_of, known, place), facts)


def _at(place_of: Callable[[Alarm], str], alarm: Alarm | None, place: Place) -> str:
    return place(place_of(alarm)) if alarm else ""


def _shelf(alarm: Alarm) -> dict[str, Any]:
    shelf = alarm.shelf
    until, by, reason = (shelf.until_ms, shelf.by, shelf.reason) if shelf else (None, "", "")
    return {"sev": alarm.sev, "out": False, "until": until, "by": by, "reason": reason}
