"""Commands on alarms: what each comes to, that the fold takes it, and every refusal."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from dashboard.alarmstates import State
from dashboard.clock import DAY_MS, HOUR_MS
from dashboard.picture import Picture
from feeds.alarmorders import ALARM_COMMANDS
from feeds.orders import Order, Planned, Refused
from tests.support import T0, entry, profile, reported, small_picture

NOW = T0 + 60_000


def scene() -> Picture:
    """Alarms: a and b stand, acked by somebody, shelved, out of service; an event e1; a worker w1."""
    picture = small_picture()
    for n, name in enumerate(("a", "b", "acked", "shelved", "out")):
        data = {"alarm_id": name, "device_id": f"d-{name}", "kind": "smoke", "severity": "major"}
        picture.apply(entry("alarm.raised", data | {"lat": 30.05, "lon": 110.05}, n=n))
    for n, (kind, data) in enumerate([
        ("alarm.acked", {"alarm_id": "acked", "by": "李四"}),
        ("alarm.shelved", {"alarm_id": "shelved", "by": "李四", "until": T0 + DAY_MS, "reason": "施工"}),
        ("alarm.serviced", {"device_id": "d-out", "by": "李四", "state": "out", "reason": "检修"}),
        ("event.reported", reported("e1")), ("worker.profile", profile("w1")),
    ]):  # fmt: skip
        picture.apply(entry(kind, data, at=T0 + 1, n=n))
    return picture


def planned(picture: Picture, command: str, **said: Any) -> Planned:
    kind, plan = ALARM_COMMANDS[command]
    order: Order = msgspec.convert({"command": command, "by": "02席", **said}, kind)
    return plan(order, picture, NOW, None)  # type: ignore[arg-type]  # no command on alarms asks the judge


def done(picture: Picture, command: str, **said: Any) -> list[str]:
    """Carry a command out; the record types."""
    records = planned(picture, command, **said)
    for kind, data in records:
        picture.apply(entry(kind, msgspec.to_builtins(data), at=NOW, n=picture.applied))
    return [kind for kind, _ in records]


def state(picture: Picture, name: str) -> State:
    return picture.alarms.state(picture.alarms[name], NOW)


def test_acknowledging_several_passes_over_what_is_acknowledged() -> None:
    picture = scene()
    assert done(picture, "alarm.ack", alarm_ids=["a", "acked", "b", "a", "shelved"]) == ["alarm.acked"] * 2
    assert [state(picture, name) for name in "ab"] == [State.acknowledged] * 2
    assert (picture.alarms["a"].ack, picture.alarms["acked"].ack) == ("02席", "李四")
    assert picture.alarms.ignored == {}


def test_shelving_and_back() -> None:
    picture = scene()
    assert done(picture, "alarm.shelve", alarm_id="a", until=NOW + DAY_MS, reason="施工") == ["alarm.shelved"]
    assert (state(picture, "a"), picture.alarms["a"].shelf.reason) == (State.shelved, "施工")  # type: ignore[union-attr]
    assert done(picture, "alarm.unshelve", alarm_id="a") == ["alarm.unshelved"]
    assert state(picture, "a") is State.unacknowledged


def test_out_of_service_and_back() -> None:
    picture = scene()
    assert done(picture, "alarm.service", device_id="d-a", state="out", reason="检修") == ["alarm.serviced"]
    assert state(picture, "a") is State.out_of_service
    assert done(picture, "alarm.service", device_id="d-a", state="in") == ["alarm.serviced"]
    assert state(picture, "a") is State.unacknowledged


def test_linking() -> None:
    picture = scene()
    assert done(picture, "alarm.link", alarm_id="a", event_id="e1") == ["alarm.linked"]
    assert picture.alarms["a"].event == "e1"
    with pytest.raises(Refused, match="linked to e1 already"):
        planned(picture, "alarm.link", alarm_id="a", event_id="e1")


REFUSED = [
    ("alarm.ack", {"alarm_ids": ["a", "x"]}, 404, "alarm_ids", "unknown_alarm"),
    ("alarm.ack", {"alarm_ids": ["acked"]}, 409, "alarm_ids", "acknowledged"),
    ("alarm.ack", {"alarm_ids": ["shelved"]}, 409, "alarm_ids", "set_aside"),
    ("alarm.ack", {"alarm_ids": ["acked", "out"]}, 409, "alarm_ids", "set_aside"),
    ("alarm.shelve", {"alarm_id": "x", "until": NOW + 1, "reason": "施工"}, 404, "alarm_id", "unknown_alarm"),
    ("alarm.shelve", {"alarm_id": "a", "until": NOW, "reason": "施工"}, 400, "until", "past"),
    ("alarm.shelve", {"alarm_id": "a", "until": NOW + DAY_MS + 1, "reason": "施工"}, 400, "until", "too_long"),
    ("alarm.shelve", {"alarm_id": "a", "until": NOW + HOUR_MS, "reason": " "}, 400, "reason", "reason"),
    ("alarm.unshelve", {"alarm_id": "a"}, 409, "alarm_id", "not_shelved"),
    ("alarm.service", {"device_id": "d-a", "state": "out"}, 400, "reason", "reason"),
    ("alarm.service", {"device_id": "d-out", "state": "out", "reason": "检修"}, 409, "device_id", "already_out"),
    ("alarm.service", {"device_id": "d-a", "state": "in"}, 409, "device_id", "not_out"),
    ("alarm.service", {"device_id": "w1", "state": "out", "reason": "误按"}, 409, "device_id", "person"),
    ("alarm.link", {"alarm_id": "x", "event_id": "e1"}, 404, "alarm_id", "unknown_alarm"),
    ("alarm.link", {"alarm_id": "a", "event_id": "e9"}, 404, "event_id", "unknown_event"),
]


@pytest.mark.parametrize(("command", "said", "status", "field", "key"), REFUSED)
def test_refusals(command: str, said: dict[str, Any], status: int, field: str, key: str) -> None:
    with pytest.raises(Refused) as caught:
        planned(scene(), command, **said)
    assert (caught.value.status, caught.value.field, caught.value.key) == (status, field, key)
    assert caught.value.reason


def test_a_shelf_that_has_run_out_is_none() -> None:
    picture = scene()
    picture.apply(entry("alarm.shelved", {"alarm_id": "a", "by": "李四", "until": NOW - 1, "reason": "短"}, at=T0 + 2))
    with pytest.raises(Refused, match="not shelved"):
        planned(picture, "alarm.unshelve", alarm_id="a")


@pytest.mark.parametrize(
    ("command", "said", "subject"),
    [
        ("alarm.ack", {"alarm_ids": ["a", "b"]}, "alarm:a"), ("alarm.unshelve", {"alarm_id": "a"}, "alarm:a"),
        ("alarm.service", {"device_id": "d", "state": "in"}, "device:d"),
    ],
)  # fmt: skip
def test_what_two_seats_may_not_both_change(command: str, said: dict[str, Any], subject: str) -> None:
    order = msgspec.convert({"command": command, **said}, ALARM_COMMANDS[command][0])
    assert (order.subject, order.STREAM, order.FIELD in said) == (subject, "wall:alarms", True)


def test_a_command_that_names_no_alarm_is_none() -> None:
    with pytest.raises(msgspec.ValidationError, match="length >= 1"):
        msgspec.convert({"command": "alarm.ack", "alarm_ids": []}, ALARM_COMMANDS["alarm.ack"][0])
