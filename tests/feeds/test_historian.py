"""Snapshots, the archive and trimming, on a real log."""

from __future__ import annotations

import shutil
from pathlib import Path
from threading import Event, Thread

import pytest
import redis

from dashboard import clock, logfiles
from dashboard.codec import decode
from dashboard.cold import Cold
from dashboard.model import WorkerFix
from dashboard.picture import Picture
from dashboard.record import Record
from dashboard.replica import Replica
from dashboard.settings import Settings
from feeds.archivist import Archivist
from feeds.coldwriter import ColdWriter
from feeds.historian import Historian, kept_of
from feeds.log import Log
from feeds.wholelog import WholeLog
from tests.support import MAIN_ROAD, T0, entry, profile, reported, small_picture, small_regions, step, until

MINUTE_MS = 60_000


@pytest.fixture
def archivist(log: Log, tmp_path: Path) -> Archivist:
    """An archive of everything, however old."""
    return Archivist(log, tmp_path, 36_500)


@pytest.fixture
def writer(tmp_path: Path) -> ColdWriter:
    """An archive of events that leave the picture after a week."""
    return ColdWriter(tmp_path, 7 * clock.DAY_MS)


def historian_of(log: Log, replica: Replica, leave_ms: int, archivist: Archivist, writer: ColdWriter) -> Historian:
    """One that keeps fixes alone."""
    return Historian(log, replica, 300, [(archivist, leave_ms)], writer, Path("nowhere"))


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
    historian_of(log, replica, MINUTE_MS, archivist, writer).keep()
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
    historian_of(log, replica, MINUTE_MS, blocked, writer).keep()
    assert broker.xlen("wall:positions") == 1800
    (tmp_path / "fixes").unlink()
    assert blocked.tend(T0)
    historian_of(log, replica, MINUTE_MS, blocked, writer).keep()
    assert broker.xlen("wall:positions") < 1800


def test_only_what_it_has_folded_is_trimmed(
    log: Log, broker: redis.Redis, archivist: Archivist, writer: ColdWriter
) -> None:
    replica = Replica(log, small_picture())
    fixes(broker, 1)
    replica.catch_up()
    log.append([Record("late", "s", "worker.fix", T0, WorkerFix("w2", 30.0, 110.0, T0))])  # appended years later
    archivist.flush(T0)
    historian_of(log, replica, 0, archivist, writer).keep()
    assert broker.xlen("wall:positions") >= 2
    again = Replica(log, small_picture())
    again.restore()
    assert again.catch_up() == 1
    assert "w2" in again.picture.fleet.row_of


def test_without_fixes_there_is_nothing_to_trim(log: Log, archivist: Archivist, writer: ColdWriter) -> None:
    historian_of(log, Replica(log, small_picture()), 0, archivist, writer).keep()
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
    historian_of(log, replica, 0, archivist, writer).keep()
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
    historian = historian_of(log, historian_replica, 0, archivist, writer)
    thread = Thread(target=historian.run, args=(stop,))
    thread.start()
    saved = until(lambda: broker.exists("wall:snapshot"))
    stop.set()
    thread.join(5)
    assert saved
    assert not thread.is_alive()
    assert archivist.taken == (T0 + MINUTE_MS - 100, 0), "archived before it is dropped"
    again = Replica(log, small_picture())
    again.restore()
    assert "e1" in again.picture.events
    assert not historian_replica.picture.take_changes().rows, "what nobody asks for does not pile up"


def talk(broker: redis.Redis, days: range) -> None:
    """A line of the audit, a dead letter, an event and a worker a day."""
    for day in days:
        at = T0 + day * clock.DAY_MS
        broker.xadd("wall:audit", {"by": "03席", "command": "accept"}, id=f"{at}-0")
        broker.xadd("wall:deadletter", {"source": "s", "raw": b"\xff"}, id=f"{at}-0")
        for kind, data in (("event.reported", reported(f"e{day}")), ("worker.profile", profile(f"w{day}"))):
            found = entry(kind, data, at=at)
            broker.xadd(found.stream, dict(found.fields), id=found.entry_id)


def whole(log: Log, writer: ColdWriter, folder: Path) -> tuple[Historian, Replica]:
    """One that keeps everything, a day of it on the log as well; and its replica, caught up."""
    config = Settings(archive_dir=str(folder), keep_log_days=1.0)
    replica = Replica(WholeLog(log, folder), small_picture())
    replica.catch_up()
    return Historian(log, replica, 300, kept_of(log, config), writer, folder), replica


def test_every_stream_is_trimmed_behind_snapshot_archive_and_margin(
    log: Log, broker: redis.Redis, writer: ColdWriter, tmp_path: Path
) -> None:
    talk(broker, range(4))
    streams = ("wall:events", "wall:workers", "wall:audit", "wall:deadletter")
    historian, replica = whole(log, writer, tmp_path)
    historian.keep()
    assert [broker.xlen(stream) for stream in streams] == [4, 4, 4, 4], "nothing is in the archive"
    historian.archive(T0)
    talk(broker, range(4, 7))
    historian.keep()
    assert [broker.xlen(stream) for stream in streams] == [5, 5, 5, 5], "days 2 to 6: what was taken ends at 3"
    historian.archive(T0)
    historian.keep()
    assert [broker.xlen(stream) for stream in streams] == [5, 5, 2, 2], "what has not been folded stays"
    replica.catch_up()
    historian.keep()
    assert [broker.xlen(stream) for stream in streams] == [2, 2, 2, 2]
    broker.delete("wall:snapshot")
    again = Replica(WholeLog(log, tmp_path), small_picture())
    assert again.catch_up() == 14
    assert again.picture.state_hash == replica.picture.state_hash


def test_an_archive_that_disappears_stops_the_trimming_and_loses_nothing(
    log: Log, broker: redis.Redis, writer: ColdWriter, tmp_path: Path
) -> None:
    talk(broker, range(4))
    folder = tmp_path / "share"
    historian, replica = whole(log, writer, folder)
    historian.archive(T0)
    historian.keep()
    folder.rename(tmp_path / "gone")
    talk(broker, range(4, 8))
    replica.catch_up()
    historian.archive(T0)
    historian.keep()
    assert broker.xlen("wall:events") == broker.xlen("wall:audit") == 6
    shutil.rmtree(folder, ignore_errors=True)  # where the share is mounted
    (tmp_path / "gone").rename(folder)
    historian.archive(T0)
    historian.keep()
    assert broker.xlen("wall:events") == broker.xlen("wall:audit") == 2
    again = Replica(WholeLog(log, folder), small_picture())
    again.catch_up()
    assert again.picture.state_hash == replica.picture.state_hash


def test_what_a_crash_has_left_is_cleared_when_it_starts(log: Log, writer: ColdWriter, tmp_path: Path) -> None:
    historian, _ = whole(log, writer, tmp_path)
    places = ("events", "fixes/day=2026-03-12", "log/audit/day=2026-03-12", "spill", "events/imports")
    for place in places:
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "0-1-9-0.tmp").touch()
    stop = Event()
    stop.set()
    historian.run(stop)
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.tmp")] == ["events/imports/0-1-9-0.tmp"]


def test_everything_is_kept_as_the_settings_say(log: Log, tmp_path: Path) -> None:
    config = Settings(archive_dir=str(tmp_path), track_minutes=60, keep_log_days=0.5)
    kept = {files.stream: leave_ms for files, leave_ms in kept_of(log, config)}
    assert kept == {"wall:positions": 65 * MINUTE_MS, **dict.fromkeys(logfiles.LOGGED, 12 * 60 * MINUTE_MS)}
    least = kept_of(log, Settings(keep_log_days=1e-9))
    assert {leave_ms for files, leave_ms in least if files.stream in logfiles.LOGGED} == {5 * MINUTE_MS}
