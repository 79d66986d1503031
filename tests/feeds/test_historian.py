"""Snapshots and trimming, on a real log."""

from __future__ import annotations

from threading import Event, Thread

import redis

from dashboard.model import WorkerFix
from dashboard.record import Record
from dashboard.replica import Replica
from feeds.historian import Historian
from feeds.log import Log
from tests.support import T0, entry, reported, small_picture, until

MINUTE_MS = 60_000


def fixes(broker: redis.Redis, minutes: int) -> None:
    """A fix every 100 ms of so many minutes, appended as if then."""
    pipe = broker.pipeline()
    for k in range(minutes * 600):
        at = T0 + k * 100
        found = entry("worker.fix", {"worker_id": "w1", "lat": 30.0, "lon": 110.0, "fix_time": at}, at=at)
        pipe.xadd("wall:positions", dict(found.fields), id=found.entry_id)
    pipe.execute()


def test_a_snapshot_then_a_trim_behind_it(log: Log, broker: redis.Redis) -> None:
    fixes(broker, 3)
    broker.xadd("wall:events", dict(entry("event.reported", reported("e1")).fields))
    replica = Replica(log, small_picture())
    replica.catch_up()
    Historian(log, replica, 300, MINUTE_MS).keep()
    newest = T0 + 3 * MINUTE_MS - 100
    oldest = int(broker.xrange("wall:positions", count=1)[0][0].split(b"-")[0])
    assert newest - MINUTE_MS - 10_000 <= oldest <= newest - MINUTE_MS
    assert broker.xlen("wall:events") == 1
    again = Replica(log, small_picture())
    assert again.restore()
    assert again.catch_up() == 0
    assert again.picture.state_hash == replica.picture.state_hash


def test_only_what_it_has_folded_is_trimmed(log: Log, broker: redis.Redis) -> None:
    replica = Replica(log, small_picture())
    fixes(broker, 1)
    replica.catch_up()
    log.append([Record("late", "s", "worker.fix", T0, WorkerFix("w2", 30.0, 110.0, T0))])  # appended years later
    Historian(log, replica, 300, 0).keep()
    assert broker.xlen("wall:positions") >= 2
    again = Replica(log, small_picture())
    again.restore()
    assert again.catch_up() == 1
    assert "w2" in again.picture.fleet.row_of


def test_without_fixes_there_is_nothing_to_trim(log: Log) -> None:
    Historian(log, Replica(log, small_picture()), 300, 0).keep()
    assert log.snapshot() is not None


def test_it_saves_when_it_starts_and_ends_when_told(log: Log, broker: redis.Redis) -> None:
    broker.xadd("wall:events", dict(entry("event.reported", reported("e1")).fields))
    stop = Event()
    historian = Thread(target=Historian(log, Replica(log, small_picture()), 300, 0).run, args=(stop,))
    historian.start()
    saved = until(lambda: broker.exists("wall:snapshot"))
    stop.set()
    historian.join(5)
    assert saved
    assert not historian.is_alive()
    again = Replica(log, small_picture())
    again.restore()
    assert "e1" in again.picture.events
