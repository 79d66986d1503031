"""What a seat can do with alarms: the commands, and the records each comes to.

Judged by the annunciator's own states, so that what is refused here is what the fold would pass over. Nobody may take
an alarm out of sight for more than a day at once (ISA-18.2, clause 11: shelving ends by itself); appends nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Final, Literal

from msgspec import Meta

from dashboard import clock
from dashboard.alarmstates import Alarm, State
from dashboard.model import AlarmAcked, AlarmLinked, AlarmServiced, AlarmShelved, AlarmUnshelved
from dashboard.picture import Picture
from dashboard.terms import Text
from feeds.orders import Judge, Order, Planned, Refused, Word

SHELF_MOST_MS: Final = clock.DAY_MS
ASIDE: Final = (State.shelved, State.out_of_service)


class OnAlarm(Order, kw_only=True):
    """A command about one alarm."""

    STREAM: ClassVar[str] = "wall:alarms"
    FIELD: ClassVar[str] = "alarm_id"
    alarm_id: Word

    @property
    def subject(self) -> str:
        """The alarm."""
        return f"alarm:{self.alarm_id}"


class Acknowledge(Order, kw_only=True):
    """`alarm.ack` 确认: somebody has taken note of these; those acknowledged already are passed over."""

    STREAM: ClassVar[str] = "wall:alarms"
    FIELD: ClassVar[str] = "alarm_ids"
    alarm_ids: Annotated[list[Word], Meta(min_length=1, max_length=500)]

    @property
    def subject(self) -> str:
        """The first of them: two seats that acknowledge the same do no harm to each other."""
        return f"alarm:{self.alarm_ids[0]}"


class Shelve(OnAlarm, kw_only=True):
    """`alarm.shelve` 搁置: out of sight until an instant (UTC ms), for a reason."""

    until: int
    reason: Text = ""


class Unshelve(OnAlarm, kw_only=True):
    """`alarm.unshelve` 取消搁置: back before its time."""


class Service(Order, kw_only=True):
    """`alarm.service`: a device goes out of service (检修) or comes back; nothing it says calls anybody meanwhile."""

    STREAM: ClassVar[str] = "wall:alarms"
    FIELD: ClassVar[str] = "device_id"
    device_id: Word
    state: Literal["out", "in"]
    reason: Text = ""

    @property
    def subject(self) -> str:
        """The device."""
        return f"device:{self.device_id}"


class Link(OnAlarm, kw_only=True):
    """`alarm.link` 关联: an event deals with the alarm."""

    event_id: Word


def plan(order: Order, picture: Picture, now_ms: int, judge: Judge | None = None) -> Planned:
    """The records a command on alarms comes to; `judge` is not needed for any.

    Raises:
        Refused: 404 for what nobody knows, 400 for what makes no sense, 409 for what may not be done as things stand.
    """
    return ALARM_PLANS[type(order)](order, picture, now_ms)


def _acknowledge(order: Acknowledge, picture: Picture, now_ms: int) -> Planned:
    alarms = [_known(picture, alarm_id, now_ms, "alarm_ids") for alarm_id in dict.fromkeys(order.alarm_ids)]
    waiting = [(alarm, picture.alarms.state(alarm, now_ms)) for alarm in alarms if not alarm.acked]
    if not waiting:
        by = ", ".join(dict.fromkeys(alarm.ack for alarm in alarms if alarm.ack))
        raise Refused(409, "alarm_ids", "acknowledged", f"acknowledged already{by and f', by {by}'}")
    planned = [("alarm.acked", AlarmAcked(alarm.id, order.by)) for alarm, state in waiting if state not in ASIDE]
    if not planned:
        raise Refused(409, "alarm_ids", "set_aside", f"{waiting[0][0].id} is {waiting[0][1]}: it calls nobody")
    return planned


def _shelve(order: Shelve, picture: Picture, now_ms: int) -> Planned:
    _known(picture, order.alarm_id, now_ms)
    _reasoned(order.reason)
    if order.until <= now_ms:
        raise Refused(400, "until", "past", "has passed already")
    if order.until > now_ms + SHELF_MOST_MS:
        raise Refused(400, "until", "too_long", "is more than 24 hours ahead")
    return [("alarm.shelved", AlarmShelved(order.alarm_id, order.by, order.until, order.reason))]


def _unshelve(order: Unshelve, picture: Picture, now_ms: int) -> Planned:
    if _known(picture, order.alarm_id, now_ms).shelf is None:
        raise Refused(409, "alarm_id", "not_shelved", f"{order.alarm_id} is not shelved")
    return [("alarm.unshelved", AlarmUnshelved(order.alarm_id, order.by))]


def _service(order: Service, picture: Picture, now_ms: int) -> Planned:
    out = order.device_id in picture.alarms.services
    if order.state == "out":
        _reasoned(order.reason)
        if order.device_id in picture.fleet.row_of:  # the device of a call for help is who calls
            raise Refused(409, "device_id", "person", f"{order.device_id} is a worker, whose calls must be heard")
    if out == (order.state == "out"):
        key, word = ("already_out", "already") if out else ("not_out", "not")
        raise Refused(409, "device_id", key, f"{order.device_id} is {word} out of service")
    return [("alarm.serviced", AlarmServiced(order.device_id, order.by, order.state, order.reason))]


def _link(order: Link, picture: Picture, now_ms: int) -> Planned:
    alarm = _known(picture, order.alarm_id, now_ms)
    if order.event_id not in picture.events:
        raise Refused(404, "event_id", "unknown_event", f"nobody has reported {order.event_id}")
    if alarm.event == order.event_id:
        raise Refused(409, "event_id", "linked", f"{alarm.id} is linked to {order.event_id} already")
    return [("alarm.linked", AlarmLinked(alarm.id, order.event_id, order.by))]


def _known(picture: Picture, alarm_id: str, now_ms: int, field: str = "alarm_id") -> Alarm:
    """The alarm as it stands now."""
    if alarm_id not in picture.alarms:
        raise Refused(404, field, "unknown_alarm", f"no device has raised {alarm_id}")
    return picture.alarms.at(picture.alarms[alarm_id], now_ms)


def _reasoned(reason: str) -> None:
    if not reason.strip():
        raise Refused(400, "reason", "reason", "it needs a reason")


ALARM_PLANS: Final[dict[type[Order], Callable[[Any, Picture, int], Planned]]] = {
    Acknowledge: _acknowledge, Shelve: _shelve, Unshelve: _unshelve, Service: _service, Link: _link,
}  # fmt: skip
"""What each comes to."""
ALARM_COMMANDS: Final[dict[str, tuple[type[Order], Callable[[Any, Picture, int, Judge], Planned]]]] = {
    "alarm.ack": (Acknowledge, plan),
    "alarm.shelve": (Shelve, plan),
    "alarm.unshelve": (Unshelve, plan),
    "alarm.service": (Service, plan),
    "alarm.link": (Link, plan),
}
"""Every command on alarms: what it says, and what it comes to."""
