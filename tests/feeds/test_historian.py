"""Snapshots, the archive and trimming, on a real log."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread

import pytest
import redis

from dashboard import clock
from dashboard.codec import decode
from dashboard.cold import Cold
from dashboard.model import WorkerFix
from dashboard.picture import Picture
from dashboard.record import Record
from dashboard.replica import Replica
from feeds.archivist import Archivist
from feeds.coldwriter import ColdWriter
from feeds.historian import Historian
from feeds.log import Log
from tests.support import MAIN_ROAD, T0, entry, reported, small_picture, small_regions, step, until

MINUTE_MS = 60_000


@pytest.fixture
def archivist(log: Log, tmp_path: Path) -> Archivist:
    """An archive of everything, however old."""
    return Archivist(log, tmp_path, 36_500)


@pytest.fixture
def writer(tmp_path: Path) -> ColdWriter:
    """An archive of events that leave the picture after a week."""
    return ColdWriter(tmp_path, 7 * clock.DAY_MS)


def fixes(broker: redis.Redis, minutes: int) -> None:
    """A fix every 100 ms of so many minutes, appended as if then."""
    pipe = broker.pipeline()
    for k in range(minutes * 600):
        at = T0 + k * 100
        found = entry("worker.fix", {"worker_id": "w1", "lat": 30.0, "lon": 110.0, "fix_time": at}, at=at)
        pipe.xadd("wall:positions", dict(found.fields), id=found.entry_id)
    pipe.execute()


def test_a_snapshot_then_a_trim_behind_it(
    log: Log, broker: redis.Redis, archivist: Archivist, writer: ColdWriter
) -> None:
    fixes(broker, 3)
    broker.xadd("wall:events", dict(entry("event.reported", reported("e1")).fields))
    replica = Replica(log, small_picture())
    replica.catch_up()
    archivist.flush(T0)
    Historian(log, replica, 300, MINUTE_MS, archivist, writer).keep()
    newest = T0 + 3 * MINUTE_MS - 100
    oldest = int(broker.xrange("wall:positions", count=1)[0][0].split(b"-")[0])
    assert newest - MINUTE_MS - 10_000 <= oldest <= newest - MINUTE_MS
    assert broker.xlen("wall:events") == 1
    again = Replica(log, small_picture())
    assert again.restore()
    assert again.catch_up() == 0
    assert again.picture.state_hash == replica.picture.state_hash


def test_nothing_is_dropped_that_is_not_in_the_archive(
    log: Log, broker: redis.Redis, tmp_path: Path, writer: ColdWriter
) -> None:
    fixes(broker, 3)
    replica = Replica(log, small_picture())
    replica.catch_up()
    (tmp_path / "fixes").write_text("in the way of the folder")
    blocked = Archivist(log, tmp_path, 36_500)
    assert not blocked.tend(T0)
    Historian(log, replica, 300, MINUTE_MS, blocked, writer).keep()
    assert broker.xlen("wall:positions") == 1800
    (tmp_path / "fixes").unlink()
    assert blocked.tend(T0)
    Historian(log, replica, 300, MINUTE_MS, blocked, writer).keep()
    assert broker.xlen("wall:positions") < 1800


def test_only_what_it_has_folded_is_trimmed(
    log: Log, broker: redis.Redis, archivist: Archivist, writer: ColdWriter
) -> None:
    replica = Replica(log, small_picture())
    fixes(broker, 1)
    replica.catch_up()
    log.append([Record("late", "s", "worker.fix", T0, WorkerFix("w2", 30.0, 110.0, T0))])  # appended years later
    archivist.flush(T0)
    Historian(log, replica, 300, 0, archivist, writer).keep()
    assert broker.xlen("wall:positions") >= 2
    again = Replica(log, small_picture())
    again.restore()
    assert again.catch_up() == 1
    assert "w2" in again.picture.fleet.row_of


def test_without_fixes_there_is_nothing_to_trim(log: Log, archivist: Archivist, writer: ColdWriter) -> None:
    Historian(log, Replica(log, small_picture()), 300, 0, archivist, writer).keep()
    assert log.snapshot() is not None


def test_closed_events_are_in_the_archive_before_a_snapshot_leaves_them_out(
    log: Log, archivist: Archivist, writer: ColdWriter, tmp_path: Path
) -> None:
    said = [("event.reported", reported("e1")), *(("event.step", step("e1", name)) for name in MAIN_ROAD)]
    for n, (kind, data) in enumerate(said):
        log.append([decode(entry(kind, data, n=n))])
    regions = small_regions()
    replica = Replica(log, Picture(regions.locate, regions.node, cold=Cold(tmp_path)))
    replica.catch_up()
    Historian(log, replica, 300, 0, archivist, writer).keep()
    assert (len(replica.picture.events), replica.picture.events.total) == (0, 1)
    again = Replica(log, Picture(regions.locate, regions.node, cold=Cold(tmp_path)))
    assert again.restore()
    assert again.picture.state_hash == replica.picture.state_hash
    assert again.picture.events["e1"].step == "evaluated"
    log.append([decode(entry("event.rated", {"event_id": "e1", "score": 5}, n=99))])
    assert again.catch_up() == replica.catch_up() == 1
    assert again.picture.state_hash == replica.picture.state_hash
    assert [one.score for one in again.picture.events] == [5]


def test_it_saves_when_it_starts_and_ends_when_told(
    log: Log, broker: redis.Redis, archivist: Archivist, writer: ColdWriter
) -> None:
    broker.xadd("wall:events", dict(entry("event.reported", reported("e1")).fields))
    fixes(broker, 1)
    stop = Event()
    historian_replica = Replica(log, small_picture())
    historian = Historian(log, historian_replica, 300, 0, archivist, writer)
    thread = Thread(target=historian.run, args=(stop,))
    thread.start()
    saved = until(lambda: broker.exists("wall:snapshot"))
    stop.set()
    thread.join(5)
    assert saved
    assert not thread.is_alive()
    assert archivist.taken_ms == T0 + MINUTE_MS - 100, "archived before it is dropped"
    again = Replica(log, small_picture())
    again.restore()
    assert "e1" in again.picture.events
    assert not historian_replica.picture.take_changes().rows, "what nobody asks for does not pile up"
