"""One alarm: the states of ISA-18.2, and what a record or the passing of time makes of it.

ANSI/ISA-18.2-2016 (IEC 62682), clause 5. Pure functions from alarm to alarm: what time alone brings (a delay that has
run out, the end of a shelf, calm after chatter) is `settled`. Who keeps the alarms is `annunciator`.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dashboard.alarmrules import Rule
from dashboard.codec import instant
from dashboard.model import (
    AlarmAcked,
    AlarmCleared,
    AlarmLinked,
    AlarmRaised,
    AlarmServiced,
    AlarmShelved,
    AlarmUnshelved,
    Severity,
)

AlarmData = AlarmRaised | AlarmCleared | AlarmAcked | AlarmShelved | AlarmUnshelved | AlarmServiced | AlarmLinked


class State(StrEnum):
    """Where an alarm stands."""

    normal = "normal"
    unacknowledged = "unacknowledged"
    acknowledged = "acknowledged"
    returned_unacknowledged = "returned_unacknowledged"
    shelved = "shelved"
    suppressed = "suppressed"
    out_of_service = "out_of_service"


class Priority(IntEnum):
    """How soon somebody must answer; the most pressing first."""

    high = 1
    medium = 2
    low = 3


PRIORITY: Final = {
    Severity.urgent: Priority.high,
    Severity.major: Priority.high,
    Severity.serious: Priority.medium,
    Severity.normal: Priority.low,
}


class Shelf(Struct, frozen=True, gc=False):
    """Set aside until an instant, UTC ms: by whom, and why."""

    until_ms: int
    by: str
    reason: str


class Alarm(Struct, frozen=True, gc=False):
    """One alarm as its records left it: UTC ms, degrees WGS-84, a Severity's and a Priority's number.

    The device says `on` since `on_ms`; after the delays the alarm is `active`, in this `occurrence` since `since_ms`.
    `acked`: it waits for nobody; `ack` is who saw to that. It has called `calls` times, last at `called_ms` after the
    record numbered `call_seq`. First-out: `seq` is the number of the raise the occurrence began with; it was raised
    `repeats` times more, last at `last_ms`; `raises` are the newest, for chatter. `at_ms` is of its last record.
    """

    id: str
    device: str
    kind: str
    sev: int = 0
    priority: int = 0
    lat: float = 0.0
    lon: float = 0.0
    area: str = ""
    event: str = ""
    on: bool = False
    on_ms: int = 0
    active: bool = False
    acked: bool = True
    ack: str = ""
    since_ms: int = 0
    called_ms: int = 0
    calls: int = 0
    occurrence: int = 0
    repeats: int = 0
    last_ms: int = 0
    raises: list[int] = []
    chattering: bool = False
    shelf: Shelf | None = None
    at_ms: int = 0
    seq: int = 0
    call_seq: int = 0


Step = tuple[Alarm, Alarm, int]
"""What a record or time did to one alarm: as it was, as it is, and the instant (UTC ms)."""
Silence = tuple[int, int]
"""What a seat has silenced: every call up to this instant (UTC ms) and up to this record's number; see `heard`."""
NOTHING: Final[Silence] = (-1, -1)


def settled(alarm: Alarm, rule: Rule, out: bool, now_ms: int) -> Alarm:
    """`alarm` as time alone leaves it at `now_ms`, UTC; `out`: its device is out of service all the while."""
    if steady(alarm):
        return alarm
    if alarm.shelf is not None and alarm.shelf.until_ms <= now_ms:
        until_ms = alarm.shelf.until_ms
        alarm = resumed(replace(_signal(alarm, rule, True, until_ms), shelf=None), out, until_ms)
    return _signal(alarm, rule, out or alarm.shelf is not None, now_ms)


def raised(alarm: Alarm, data: AlarmRaised, rule: Rule, quiet: bool, at_ms: int) -> Alarm:
    """`alarm`, settled, after the device has raised it; `quiet`: it calls nobody now."""
    window = [ms for ms in alarm.raises if at_ms - ms < 1000 * rule.chatter_s]
    window = [*window, at_ms][-max(1, rule.chatter_raises) :]
    chattering = alarm.chattering or 0 < rule.chatter_raises <= len(window)
    severity = Severity[data.severity]
    worse = alarm.active and severity > alarm.sev
    if alarm.active and chattering:  # else each swing back to the higher severity would call anew
        severity = max(severity, Severity(alarm.sev))
    priority = Priority[rule.priority] if rule.priority else PRIORITY[severity]
    alarm = replace(
        alarm, device=data.device_id, kind=data.kind, sev=int(severity), priority=int(priority),
        lat=round(data.lat, 6), lon=round(data.lon, 6), area=data.area_id, event=data.event_id or alarm.event,
        on=True, on_ms=alarm.on_ms if alarm.on else at_ms, repeats=alarm.repeats + alarm.active, last_ms=at_ms,
        raises=window, chattering=chattering,
    )  # fmt: skip
    return _called(alarm, at_ms) if worse and not quiet else _signal(alarm, rule, quiet, at_ms)


def changed(alarm: Alarm, data: AlarmData, rule: Rule, out: bool, at_ms: int) -> Alarm | None:
    """`alarm`, settled, after a record other than a raise; None if that makes no sense. Raises Malformed as `fold`."""
    quiet = out or alarm.shelf is not None
    if isinstance(data, AlarmCleared) and alarm.on:
        return _signal(replace(alarm, on=False, on_ms=at_ms), rule, quiet, at_ms)
    if isinstance(data, AlarmAcked) and not alarm.acked and not quiet:
        return replace(alarm, acked=True, ack=data.by)
    if isinstance(data, AlarmShelved) and (until_ms := instant("data.until", data.until)) > at_ms:
        return replace(alarm, shelf=Shelf(until_ms, data.by, data.reason))
    if isinstance(data, AlarmUnshelved) and alarm.shelf is not None:
        return resumed(replace(alarm, shelf=None), out, at_ms)
    return replace(alarm, event=data.event_id) if isinstance(data, AlarmLinked) else None


def _signal(alarm: Alarm, rule: Rule, quiet: bool, now_ms: int) -> Alarm:
    """The delays, and the hold of chatter: between two records the device's own signal does not change."""
    calm_ms = alarm.last_ms + 1000 * rule.chatter_s
    if alarm.on and not alarm.active and now_ms >= (begun_ms := alarm.on_ms + 1000 * rule.on_delay_s):
        alarm = _begun(alarm, begun_ms, quiet)
    elif alarm.active and not alarm.on:
        ended_ms = max(alarm.on_ms + 1000 * rule.off_delay_s, calm_ms if alarm.chattering else 0)
        if now_ms >= ended_ms:
            alarm = replace(alarm, active=False, acked=alarm.acked or quiet)
    return replace(alarm, chattering=False) if alarm.chattering and now_ms >= calm_ms else alarm


def _begun(alarm: Alarm, at_ms: int, quiet: bool) -> Alarm:
    before = len(alarm.raises) - 1 if alarm.chattering else 0
    alarm = replace(
        alarm, active=True, acked=False, ack="", since_ms=at_ms, occurrence=alarm.occurrence + 1, repeats=before
    )
    return alarm if quiet else _called(alarm, at_ms)


def _called(alarm: Alarm, at_ms: int) -> Alarm:
    return replace(alarm, acked=False, ack="", called_ms=at_ms, calls=alarm.calls + 1)


def resumed(alarm: Alarm, quiet: bool, at_ms: int) -> Alarm:
    """Back from a shelf or from service: as ISA-18.2 has it, what stands calls anew, and the rest is normal."""
    if quiet:
        return alarm
    return _called(alarm, at_ms) if alarm.active else replace(alarm, acked=True)


def steady(alarm: Alarm) -> bool:
    """Time alone will not change it."""
    return alarm.on is alarm.active and alarm.shelf is None and not alarm.chattering


def rests(alarm: Alarm) -> bool:
    """Normal, and time alone will not change that."""
    return alarm.acked and not alarm.on and not alarm.active and alarm.shelf is None


def sounding(calling: Iterable[Alarm], silenced: Silence = NOTHING) -> list[Priority]:
    """The one sound per priority that should be on: what calls and was not silenced. To silence is not to acknowledge.

    A call is new if it is later in time (a delay has run out) or later in the log (a device's clock may be slow).
    """
    ms, seq = silenced
    return sorted({Priority(alarm.priority) for alarm in calling if alarm.called_ms > ms or alarm.call_seq > seq})


def heard(calling: Iterable[Alarm]) -> Silence:
    """What a seat silences that silences all it hears."""
    alarms = list(calling)
    return max((a.called_ms for a in alarms), default=-1), max((a.call_seq for a in alarms), default=-1)
