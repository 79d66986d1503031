"""The operator's commands on a real log: what they append, when they are refused, and that they happen once."""

from __future__ import annotations

import json
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any, TypeVar

import pytest
import redis

from dashboard import clock
from dashboard.cities import DispatchRules
from dashboard.model import STREAMS, Step
from dashboard.picture import Picture
from dashboard.replica import LogUnavailable, Replica
from dashboard.stats import Freshness
from feeds.log import Log
from feeds.operator import Operator, others_steps, parse
from feeds.orders import Judge, Refused
from tests.support import MAIN_ROAD, T0, fix, profile, reported, small_picture, step

T = TypeVar("T")
JUDGE = Judge(Freshness(), DispatchRules())


class Hall:
    """A replica that follows a log, and an operator judged by it."""

    def __init__(self, log: Log, now: Callable[[], int] = lambda: T0) -> None:
        self.log, self.replica = log, Replica(log, small_picture())
        self.operator = Operator(log, self, JUDGE, now)
        self.follow = True

    def look(self, read: Callable[[Picture], T]) -> T:
        """As the pipeline: everything up to now has been read, unless told not to."""
        if self.follow:
            self.replica.catch_up()
        return read(self.replica.picture)

    def tell(self, broker: redis.Redis, kind: str, data: dict[str, Any], stream: str = "wall:events") -> None:
        """A record of somebody else's."""
        n = str(broker.xlen(stream))
        fields = {"id": n, "source": "test", "type": kind, "time": clock.to_rfc3339(T0), "data": json.dumps(data)}
        broker.xadd(stream, fields)

    def command(self, event_id: str = "e1", worker_id: str = "w1", **more: Any) -> bytes:
        return json.dumps({"command": "dispatch", "event_id": event_id, "worker_id": worker_id, **more}).encode()


@pytest.fixture
def hall(log: Log, broker: redis.Redis) -> Hall:
    """An event 重大 in 东区, two free workers and one off duty."""
    hall = Hall(log)
    hall.tell(broker, "event.reported", reported("e1"))
    for worker, duty in (("w1", "available"), ("w2", "available"), ("w3", "off_duty")):
        hall.tell(broker, "worker.profile", profile(worker), "wall:workers")
        hall.tell(broker, "worker.duty", {"worker_id": worker, "status": duty}, "wall:workers")
        hall.tell(broker, "worker.fix", fix(worker), "wall:positions")
    return hall


def refusal(hall: Hall, body: bytes) -> tuple[int, str, str]:
    with pytest.raises(Refused) as caught:
        hall.operator.act(body)
    return caught.value.status, caught.value.field, caught.value.key


def test_a_dispatch_takes_the_event_to_handling_and_sends_the_worker(hall: Hall, broker: redis.Redis) -> None:
    receipt = hall.operator.act(hall.command(by="seat 3", id="c1"))
    picture = hall.look(lambda picture: picture)
    event = picture.events["e1"]
    assert (event.step, event.worker_id, event.due_ms) == (Step.handling, "w1", T0 + clock.DAY_MS)
    assert picture.fleet.duty[picture.fleet.row_of["w1"]] == 2
    assert (receipt.id, len(receipt.entries)) == ("c1", 4)
    assert hall.replica.picture.feeds["operator"].rejected == 0
    [(_, line)] = broker.xrange("wall:audit")
    assert {k.decode(): v.decode() for k, v in line.items()} == {
        "command": "dispatch", "event_id": "e1", "worker_id": "w1", "by": "seat 3", "role": "seat", "id": "c1",
        "time": clock.to_rfc3339(T0),
    }  # fmt: skip


def test_the_audit_says_nothing_that_was_not_said(hall: Hall, broker: redis.Redis) -> None:
    said = {"command": "handover", "by": "王敏", "id": "h1", "shift": "白班", "start": T0 - 1000, "end": T0}
    hall.operator.act(json.dumps(said).encode())
    [(_, line)] = broker.xrange("wall:audit")
    assert {k.decode() for k in line} == {*said, "role", "time"}


def test_the_same_command_twice_is_carried_out_once_and_answered_alike(hall: Hall, broker: redis.Redis) -> None:
    first, second = (hall.operator.act(hall.command(id="c1")) for _ in range(2))
    assert first == second
    assert (broker.xlen("wall:events"), broker.xlen("wall:audit")) == (4, 1)


def test_the_same_command_from_two_replicas_at_once_is_carried_out_once(hall: Hall, broker: redis.Redis) -> None:
    other, receipts, start = Hall(Log(hall.log.url)), [], Barrier(2)

    def act(operator: Operator) -> None:
        start.wait()
        receipts.append(operator.act(hall.command(id="c1")))

    threads = [Thread(target=act, args=(one.operator,)) for one in (hall, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert receipts[0] == receipts[1]
    assert broker.xlen("wall:audit") == 1


def test_a_command_another_replica_carries_out_meanwhile_is_answered_alike(hall: Hall) -> None:
    """Its receipt comes after this one has looked for it, and before the picture is judged."""
    other, receipts = Hall(Log(hall.log.url)), []
    look = hall.look

    def overtaken(read: Callable[[Picture], T]) -> T:
        receipts.append(other.operator.act(hall.command(id="c1")))
        return look(read)

    hall.look = overtaken  # type: ignore[method-assign]
    assert hall.operator.act(hall.command(id="c1")) == receipts[0]


def test_of_two_seats_on_one_event_the_second_is_told(hall: Hall, broker: redis.Redis) -> None:
    late = Hall(Log(hall.log.url))
    late.replica.catch_up()
    hall.operator.act(hall.command())
    late.follow = False
    assert refusal(late, hall.command(worker_id="w2")) == (409, "event_id", "changed")
    late.follow = True
    late.operator.act(hall.command(worker_id="w2"))
    assert hall.look(lambda picture: picture.events["e1"].worker_id) == "w2"
    assert broker.xlen("wall:audit") == 2


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"event_id": "e9"}, (404, "event_id", "unknown_event")),
        ({"worker_id": "w9"}, (404, "worker_id", "unknown_worker")),
        ({"worker_id": "w3"}, (409, "worker_id", "off_duty")),
        ({"event_id": ""}, (400, "event_id", "malformed")),
        ({"worker_id": 7}, (400, "worker_id", "malformed")),
        ({"command": "explode"}, (400, "command", "malformed")),
        ({"id": ""}, (400, "id", "malformed")),
        ({"by": "x" * 129}, (400, "by", "malformed")),
        ({"more": 1}, (400, "", "malformed")),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(
    hall: Hall, broker: redis.Redis, changes: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    assert refusal(hall, hall.command(**changes)) == expected
    assert (broker.xlen("wall:events"), broker.xlen("wall:audit")) == (1, 0)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 20_000, b'{"command": {}}'])
def test_what_is_no_command_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as caught:
        parse(body)
    assert caught.value.status == 400


def test_a_missing_field_is_named() -> None:
    with pytest.raises(Refused) as caught:
        parse(b'{"command": "dispatch", "event_id": "e1"}')
    assert caught.value.field == "worker_id"


def test_a_closed_event_is_refused(hall: Hall, broker: redis.Redis) -> None:
    for name in MAIN_ROAD:
        hall.tell(broker, "event.step", step("e1", name))
    assert refusal(hall, hall.command()) == (409, "event_id", "closed")


def test_who_is_on_it_is_not_sent_again_until_free_again(hall: Hall, broker: redis.Redis) -> None:
    hall.operator.act(hall.command())
    assert refusal(hall, hall.command()) == (409, "worker_id", "already")
    hall.tell(broker, "worker.duty", {"worker_id": "w1", "status": "available"}, "wall:workers")
    assert len(hall.operator.act(hall.command()).entries) == 3


def test_a_lost_worker_is_refused(log: Log, hall: Hall) -> None:
    later = Hall(log, lambda: T0 + 300_001)
    assert refusal(later, later.command()) == (409, "worker_id", "lost")


def test_nobody_is_sent_to_a_recorded_matter(hall: Hall, broker: redis.Redis) -> None:
    tape = {"tape": "may", "tape_start": T0, "wall_start": T0}
    hall.tell(broker, "wall.tape", {**tape, "state": "playing"}, "wall:control")
    assert refusal(hall, hall.command()) == (409, "command", "tape")
    hall.tell(broker, "wall.tape", {**tape, "state": "ended"}, "wall:control")
    hall.operator.act(hall.command())


def test_a_limit_that_is_set_stays(hall: Hall, broker: redis.Redis) -> None:
    hall.tell(broker, "event.step", step("e1", "accepted", due=T0 + 5))
    hall.operator.act(hall.command())
    assert hall.look(lambda picture: picture.events["e1"].due_ms) == T0 + 5


def test_a_log_that_is_gone_is_said_to_be() -> None:
    gone = Log("redis://127.0.0.1:1/0", retries=0)
    with pytest.raises(LogUnavailable):
        Operator(gone, Hall(gone), JUDGE).act(b'{"command": "dispatch", "event_id": "e", "worker_id": "w", "id": "c"}')


def test_others_hear_of_each_events_last_step_once(hall: Hall) -> None:
    news = others_steps(lambda at: hall.log.read(at, None, 100), "0-0")
    assert news() == []
    hall.operator.act(hall.command())
    assert [(s.event_id, s.step, s.worker_id) for s in news()] == [("e1", Step.handling, "w1")]
    assert news() == []


def test_records_of_a_command_fold_like_any_other(hall: Hall) -> None:
    """A second replica that reads the same log holds the same picture."""
    hall.operator.act(hall.command())
    other = Hall(hall.log)
    assert hall.look(lambda p: p.state_hash) == other.look(lambda p: p.state_hash)
    assert set(hall.replica.picture.position) <= set(STREAMS)
