"""The log on a real server."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Event, Thread

import msgspec
import pytest
import redis

from dashboard import clock
from dashboard.codec import Malformed, decode
from dashboard.model import STREAMS, EventComment, EventRated, EventStep, Step, WorkerDuty
from dashboard.record import Record
from dashboard.replica import Replica
from feeds import log as log_module
from feeds.base import DeadLetter
from feeds.embedded import EmbeddedServer
from feeds.log import DEAD_LETTERS, Log, LogError, Overtaken
from tests.support import T0, entry, reported, small_picture, step

START = dict.fromkeys(STREAMS, "0-0")


def rating(n: int) -> Record:
    """One record of many."""
    return Record(f"r{n}", "survey", "event.rated", T0 + n, EventRated(f"e{n}", 5))


def test_appended_in_order_and_read_as_written(log: Log) -> None:
    records = [rating(n) for n in range(50)]
    ids = log.append(records)
    found = log.read(START, None, 100)
    assert [e.entry_id for e in found] == ids
    assert [decode(e) for e in found] == records


def test_each_type_goes_to_its_stream(log: Log) -> None:
    log.append([rating(1), Record("d", "duty", "worker.duty", T0, WorkerDuty("w", "available"))])
    assert {e.stream for e in log.read(START, None, 10)} == {"wall:events", "wall:workers"}
    assert log.lengths() == {**dict.fromkeys(STREAMS, 0), DEAD_LETTERS: 0, "wall:events": 1, "wall:workers": 1}


def test_nothing_to_append(log: Log) -> None:
    assert log.append([]) == []


def test_all_or_none(log: Log, broker: redis.Redis) -> None:
    broker.config_set("maxmemory", "1")
    try:
        with pytest.raises(LogError, match=r"the log at unix://.* did not take the records: .*memory"):
            log.append([rating(n) for n in range(3)])
    finally:
        broker.config_set("maxmemory", "0")
    assert log.read(START, None, 10) == []
    log.append([rating(0)])
    assert len(log.read(START, None, 10)) == 1


def test_nobody_sees_half_of_an_append(log: Log, broker: redis.Redis) -> None:
    batch, seen, done = [rating(n) for n in range(4000)], set(), Event()

    def look() -> None:
        while not done.is_set():
            seen.add(broker.xlen("wall:events"))

    looking = Thread(target=look)
    looking.start()
    for _ in range(3):
        log.append(batch)
    done.set()
    looking.join()
    assert seen - {0, 4000, 8000, 12000} == set()
    assert len(seen) > 1


def test_reading_goes_on_after_a_position(log: Log) -> None:
    ids = log.append([rating(n) for n in range(5)])
    found = log.read(START | {"wall:events": ids[1]}, None, 2)
    assert [e.entry_id for e in found] == ids[2:4]
    assert log.read(START | {"wall:events": ids[-1]}, None, 10) == []


def test_reading_waits_for_the_first(log: Log, log_url: str) -> None:
    found: list[str] = []
    reader = Thread(target=lambda: found.extend(e.entry_id for e in Log(log_url).read(START, 5000, 10)))
    reader.start()
    ids = log.append([rating(1)])
    reader.join(5)
    assert found == ids
    before = clock.monotonic()
    assert log.read(START | {"wall:events": ids[0]}, 30, 10) == []
    assert clock.monotonic() - before >= 0.025


def test_anyone_who_can_xadd_feeds_the_wall(log: Log, broker: redis.Redis) -> None:
    data, at = json.dumps(reported("e1"), ensure_ascii=False), "2026-03-12T14:32:08+08:00"
    attributes = {"id": "1", "source": "script", "type": "event.reported", "time": at, "data": data}
    entry_id = broker.xadd("wall:events", attributes)
    replica = Replica(log, small_picture())
    assert replica.catch_up() == 1
    assert replica.picture.events["e1"].reported_ms == T0
    assert replica.picture.position["wall:events"] == entry_id.decode()
    assert abs(log.read(START, None, 1)[0].appended_ms - clock.now_ms()) < 5000


def test_between_ids(log: Log, broker: redis.Redis) -> None:
    for ms in (10, 20, 30):
        broker.xadd("wall:positions", {"n": ms}, id=f"{ms}-0")
    assert [e.appended_ms for e in log.between("wall:positions", "10", "29", 9)] == [10, 20]
    assert [e.appended_ms for e in log.between("wall:positions", "(10-0", "+", 1)] == [20]


def test_two_replicas_refuse_into_one_dead_letter(log: Log, broker: redis.Redis) -> None:
    broker.xadd("wall:events", dict(entry("event.step", step("e9", "accepted")).fields))
    replicas = [Replica(log, small_picture()) for _ in range(2)]
    for replica in replicas:
        replica.catch_up()
    assert replicas[0].picture.state_hash == replicas[1].picture.state_hash
    letters = broker.xrange(DEAD_LETTERS)
    assert len(letters) == 1
    fields = {k.decode(): v.decode() for k, v in letters[0][1].items()}
    assert (fields["source"], fields["field"], fields["value"]) == ("test", "data.event_id", "e9")
    assert fields["reason"] == "was never reported"
    assert fields["place"] == f"wall:events {replicas[0].picture.position['wall:events']}"
    assert "accepted" in fields["raw"]
    assert clock.from_rfc3339(fields["time"]) > T0


def test_every_refused_entry_has_its_own_letter(log: Log, broker: redis.Redis) -> None:
    for _ in range(2):
        broker.xadd("wall:events", {b"source": b"\xff"})
    Replica(log, small_picture()).catch_up()
    assert broker.xlen(DEAD_LETTERS) == 2


def test_rejected_before_the_log(log: Log, broker: redis.Redis) -> None:
    log.reject([DeadLetter("tape", "line 7", "lat", "x", "is no number", b"\xff" * 100_000)])
    [(_, fields)] = broker.xrange(DEAD_LETTERS)
    assert (fields[b"place"], fields[b"value"], len(fields[b"raw"])) == (b"line 7", b"x", 65_536)


def test_a_refusal_is_remembered_for_a_week(log: Log, broker: redis.Redis) -> None:
    log.refuse(entry("event.step", {}), Malformed("data", "", "because"))
    [key] = broker.keys("wall:refused:*")
    assert 6 * 86_400 < broker.ttl(key) <= 7 * 86_400


def test_snapshots(log: Log) -> None:
    assert log.snapshot() is None
    log.save_snapshot(b"\x00one")
    log.save_snapshot(b"\x00two")
    assert log.snapshot() == b"\x00two"


def test_trimming_keeps_what_is_newer(log: Log, broker: redis.Redis) -> None:
    for ms in range(1, 1001):
        broker.xadd("wall:positions", {"n": ms}, id=f"{ms}-0")
    dropped = log.trim("wall:positions", "501-0")
    left = [e.appended_ms for e in log.between("wall:positions", "-", "+", 2000)]
    assert dropped == 500
    assert left == list(range(501, 1001))
    assert (log.trimmed("wall:positions"), log.trimmed("wall:events")) == ("500-0", "0-0")
    assert log.trim("wall:positions", "300-0") == 0
    assert log.trimmed("wall:positions") == "500-0", "what has been dropped stays dropped"


def test_runs_of_about_so_many_bytes(log: Log, broker: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "_PAGE", 2)
    for ms in range(1, 10):
        broker.xadd("wall:audit", {"by": "x" * 10}, id=f"{ms}-0")
    found = [[entry.appended_ms for entry in run] for run in log.runs("wall:audit", "2-0", 30)]
    assert found == [[3, 4, 5, 6], [7, 8, 9]]
    assert list(log.runs("wall:audit", "9-0", 30)) == []


def test_the_private_server_is_durable(log: Log, broker: redis.Redis) -> None:
    log.ping()
    assert log.durable()
    broker.config_set("appendfsync", "everysec")
    try:
        assert not log.durable()
    finally:
        broker.config_set("appendfsync", "always")


def test_a_server_that_is_gone_is_said_in_a_sentence(short_dir: Path) -> None:
    with EmbeddedServer(short_dir) as server:
        log = Log(server.url, retries=0)
        log.append([rating(1)])
    for attempt in (lambda: log.append([rating(2)]), lambda: log.reject([DeadLetter("s", "p", "f", "v", "r", b"")])):
        with pytest.raises(LogError, match=f"the log at unix://{short_dir}/valkey.sock did not take the records: .+"):
            attempt()
    with pytest.raises(LogError, match=f"the log at unix://{short_dir}/valkey.sock does not answer: .+"):
        log.ping()
    assert not log.durable()


START_READ = ("wall:events", "0-0")
READS = {
    "command": lambda log: log.command("c", "e", START_READ, [], {"by": "seat"}),
    "receipt": lambda log: log.receipt("c"),
    "read": lambda log: log.read(START, None, 1),
    "between": lambda log: log.between("wall:events", "-", "+", 1),
    "refuse": lambda log: log.refuse(entry("event.step", {}), Malformed("data", "", "because")),
    "lengths": lambda log: log.lengths(),
    "snapshot": lambda log: log.snapshot(),
    "save_snapshot": lambda log: log.save_snapshot(b""),
    "trim": lambda log: log.trim("wall:positions", "1"),
}


@pytest.mark.parametrize("name", READS)
def test_reading_from_a_server_that_is_gone_is_a_log_error_too(name: str, short_dir: Path) -> None:
    with pytest.raises(LogError, match=r"the log at unix://\S+ "):
        READS[name](Log(f"unix://{short_dir}/valkey.sock", retries=0))


def test_a_password_in_the_url_is_not_said() -> None:
    with pytest.raises(LogError) as caught:
        Log("redis://wall:secret@127.0.0.1:1/0", retries=0).ping()
    assert "secret" not in str(caught.value)
    assert "127.0.0.1:1" in str(caught.value)


def test_the_oldest_entry_still_held_is_known(log: Log, broker: redis.Redis) -> None:
    assert log.oldest("wall:positions") == "0-0"
    first, second = (broker.xadd("wall:positions", {"n": n}).decode() for n in range(2))
    assert log.oldest("wall:positions") == first
    broker.xtrim("wall:positions", minid=second, approximate=False)
    assert log.oldest("wall:positions") == second


def test_a_command_is_once_on_the_log_with_its_audit_and_its_receipt(log: Log, broker: redis.Redis) -> None:
    record = Record("c-0", "operator", "worker.duty", T0, WorkerDuty("w1", "dispatched"))
    assert log.receipt("c") is None
    ids = log.command("c", "e1", START_READ, [record, record], {"by": "seat"})
    assert log.command("c", "e1", START_READ, [], {"by": "another"}) == log.receipt("c") == ids
    assert [i.decode() for i, _ in broker.xrange("wall:workers")] == ids
    assert [fields for _, fields in broker.xrange("wall:audit")] == [{b"by": b"seat"}]


def test_a_command_decided_on_an_older_picture_is_overtaken(log: Log, broker: redis.Redis) -> None:
    record = Record("c-0", "operator", "event.step", T0, EventStep("e1", Step.accepted))
    [first] = log.command("c1", "e1", START_READ, [record], {"by": "seat"})
    with pytest.raises(Overtaken):
        log.command("c2", "e1", START_READ, [record], {"by": "seat"})
    assert broker.xlen("wall:events") == broker.xlen("wall:audit") == 1
    assert log.receipt("c2") is None
    other = msgspec.structs.replace(record, data=EventStep("e2", Step.accepted))
    [newest] = log.command("c3", "e2", START_READ, [other], {"by": "seat"})
    assert newest > first
    log.command("c4", "e1", ("wall:events", newest), [record], {"by": "seat"})
    assert broker.xlen("wall:events") == 3


def test_a_command_decided_before_what_has_been_dropped_is_overtaken(log: Log, broker: redis.Redis) -> None:
    record = Record("c-0", "operator", "event.comment", T0, EventComment("e1", "x"))
    first, second, third = log.append([record] * 3)
    log.trim("wall:events", third)
    with pytest.raises(Overtaken):
        log.command("c1", "e2", ("wall:events", first), [record], {"by": "seat"})
    log.command("c2", "e2", ("wall:events", second), [record], {"by": "seat"})


def test_a_feeds_record_in_between_overtakes_too_unless_it_only_says_something(log: Log, broker: redis.Redis) -> None:
    record = Record("c-0", "operator", "event.step", T0, EventStep("e1", Step.accepted))
    fields = {"id": "1", "source": "hotline", "time": "2026-03-12T06:32:08Z"}
    said = broker.xadd("wall:events", {**fields, "type": "event.comment", "data": '{"event_id": "e1", "text": "x"}'})
    log.command("c1", "e1", START_READ, [record], {"by": "seat"})
    read = ("wall:events", log.receipt("c1")[0])  # type: ignore[index]  # it has just been carried out
    broker.xadd("wall:events", {**fields, "type": "event.step", "data": '{"event_id": "e1", "step": "assigned"}'})
    with pytest.raises(Overtaken):
        log.command("c2", "e1", read, [record], {"by": "seat"})
    log.command("c3", "e12", (read[0], said.decode()), [record], {"by": "seat"})
    log.command("c4", "e1", ("wall:control", ""), [record], {"by": "seat"})


def test_a_record_sent_again_is_on_the_log_once(log: Log) -> None:
    ids, again = log.append_once([rating(1), rating(2)])
    assert again == 0
    assert log.append_once([rating(2), rating(3), rating(3)])[1] == 2
    found = log.read(START, None, 10)
    assert [decode(entry).id for entry in found] == ["r1", "r2", "r3"]
    assert [entry.entry_id for entry in found[:2]] == ids


def test_what_feeds_say_of_themselves_is_kept_beside_the_log(log: Log) -> None:
    log.report("phones", b"one", {"139": b"x"})
    log.report("phones", b"two", {"140": b"y"})
    assert log.reports()["phones"] == b"two"
    assert log.devices("phones") == {"139": b"x", "140": b"y"}
    log.forget_feed("phones")
    assert log.devices("phones") == {} and "phones" not in log.reports()
