"""The watcher on a real log: each thing is said once, whoever watches and however often it starts."""

from __future__ import annotations

import json
from threading import Event, Thread

import pytest
import redis

from dashboard.clock import to_rfc3339
from dashboard.eventstate import EventState
from dashboard.record import Entry
from dashboard.replica import Replica
from dashboard.routing import Ladder, Route, Routing
from feeds.log import Log
from feeds.routewatch import STREAMS, RouteWatch, due, of_the_past
from tests.support import T0, entry, reported, small_picture, step, until

ROUTING = Routing((Route("全部", "03席", "water"),), {"major": Ladder(chief="0m", leader="30m")})
MINUTE = 60_000


class Hall:
    """A log and a replica of it that reads what the watcher reads."""

    def __init__(self, log: Log, broker: redis.Redis) -> None:
        self.log, self.broker = log, broker
        self.replica = Replica(log, small_picture(), STREAMS)

    def tell(self, kind: str, data: dict[str, object], stream: str = "wall:events") -> None:
        fields = {"id": str(self.broker.xlen(stream)), "source": "test", "type": kind, "time": to_rfc3339(T0)}
        self.broker.xadd(stream, {**fields, "data": json.dumps(data)})

    def look(self, minutes: int = 0) -> list[str]:
        """What is said now, in short; it goes onto the log."""
        self.replica.catch_up()
        records = due(self.replica, ROUTING, T0 + minutes * MINUTE)
        if records:
            self.log.append(records)
        self.replica.catch_up()
        return [
            f"{record.type} {getattr(record.data, 'to', '') or getattr(record.data, 'step', '')}" for record in records
        ]

    @property
    def event(self) -> EventState:
        return self.replica.picture.events["e1"]


@pytest.fixture
def hall(log: Log, broker: redis.Redis) -> Hall:
    hall = Hall(log, broker)
    hall.tell("event.reported", reported("e1"))
    return hall


def test_a_new_event_is_given_to_its_seat_once(hall: Hall) -> None:
    assert hall.look() == ["event.routed "]
    assert hall.event.seat == "03席"
    assert hall.look() == []
    assert (hall.event.trail[-1].to, hall.event.trail[-1].department) == ("03席", "water")


def test_lateness_climbs_and_begins_anew_at_the_next_step(hall: Hall) -> None:
    hall.look()
    assert hall.look(9) == []
    assert hall.look(11) == ["event.escalated chief"]
    assert hall.look(12) == []
    assert hall.look(41) == ["event.escalated leader"]
    assert hall.event.told == "leader"
    hall.tell("event.step", step("e1", "accepted"))
    assert hall.look(10) == []
    assert hall.event.told == ""
    assert hall.look(16) == ["event.escalated chief"]


def test_a_pause_ends_when_it_is_to(hall: Hall) -> None:
    hall.look()
    for name in ("accepted", "assigned"):
        hall.tell("event.step", step("e1", name))
    hall.tell("event.step", step("e1", "paused", until=T0 + 90 * MINUTE))
    assert hall.look(89) == []
    assert hall.look(90) == ["event.step resumed"]
    assert hall.event.paused_ms is None
    assert hall.look(90) == []


def test_nothing_is_said_of_a_recording(hall: Hall) -> None:
    tape = {"tape": "may", "tape_start": T0, "wall_start": T0, "state": "playing"}
    hall.tell("wall.tape", tape, "wall:control")
    assert hall.look(60) == []


def test_two_watchers_count_as_one(hall: Hall) -> None:
    other = Hall(hall.log, hall.broker)
    hall.replica.catch_up()
    other.replica.catch_up()
    for one in (hall, other):
        hall.log.append(due(one.replica, ROUTING, T0 + 60 * MINUTE))
    hall.replica.catch_up()
    assert [line.what for line in hall.event.trail] == ["reported", "routed", "escalated"]


def test_the_feed_follows_the_log_until_told_to_stop(hall: Hall) -> None:
    stop = Event()
    feed = RouteWatch(lambda: Replica(hall.log, small_picture(), STREAMS), ROUTING, lambda: T0)
    thread = Thread(target=feed.run, args=(hall.log, stop))
    thread.start()
    try:
        assert until(lambda: hall.broker.xlen("wall:events") == 2)
    finally:
        stop.set()
        thread.join(5)
    assert not thread.is_alive()


@pytest.mark.parametrize(("late_s", "past"), [(0, False), (60, False), (61, True), (86_400, True)])
def test_what_comes_a_minute_late_is_of_the_past(late_s: int, past: bool) -> None:
    assert of_the_past(entry("event.comment", {}, at=T0 + late_s * 1000, time_ms=T0)) is past


def test_what_tells_no_time_is_not_waited_for() -> None:
    assert not of_the_past(Entry("wall:events", "1-0", {}))
    assert not of_the_past(Entry("wall:events", "1-0", {b"time": b"soon"}))
