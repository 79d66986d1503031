"""A replica reads the archive, then the log, and nothing is lost or doubled where the two meet."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard import logfiles
from dashboard.codec import Malformed
from dashboard.model import STREAMS
from dashboard.record import Entry
from dashboard.replica import LeftBehind, LogUnavailable, Replica
from feeds import wholelog
from feeds.log import Log
from feeds.logwriter import LogWriter
from feeds.wholelog import WholeLog
from tests.support import T0, entry, fix, profile, reported, small_picture, step

EVENTS, WORKERS, POSITIONS = "wall:events", "wall:workers", "wall:positions"
DAY = 86_400_000


class Hall:
    """A log, its archive, and what has been put on it."""

    def __init__(self, log: Log, broker: redis.Redis, folder: Path) -> None:
        self.log, self.broker, self.folder = log, broker, folder
        self.writers = {stream: LogWriter(log, stream, folder) for stream in (EVENTS, WORKERS)}
        self.told: dict[str, list[Entry]] = {stream: [] for stream in STREAMS}

    def tell(self, kind: str, data: object, at: int) -> Entry:
        """One more record, `at` ms after T0."""
        found = entry(kind, data, at=T0 + at, n=len(self.told[EVENTS]) + len(self.told[WORKERS]))
        self.broker.xadd(found.stream, dict(found.fields), id=found.entry_id)
        self.told[found.stream].append(found)
        return found

    def archive(self, now: int = 0) -> None:
        """Take all there is, and merge what is over `now` ms after T0."""
        assert all(writer.tend(T0 + now) for writer in self.writers.values())

    def trim(self, stream: str, at: int) -> None:
        """Drop what the log took before `at` ms after T0."""
        self.log.trim(stream, f"{T0 + at}-0")

    def reader(self) -> WholeLog:
        """One that has read nothing yet."""
        return WholeLog(self.log, self.folder)

    def read(self, reader: WholeLog, position: dict[str, str], count: int = 3) -> dict[str, list[Entry]]:
        """Everything after a position, which moves along, by stream."""
        found: dict[str, list[Entry]] = {stream: [] for stream in position}
        while entries := reader.read(position, None, count):
            for one in entries:
                assert one.entry_id != position[one.stream]
                position[one.stream] = one.entry_id
                found[one.stream].append(one)
            assert all(sum(one.stream == stream for one in entries) <= count for stream in position)
        return found


@pytest.fixture
def hall(log: Log, broker: redis.Redis, tmp_path: Path) -> Hall:
    """An empty one."""
    return Hall(log, broker, tmp_path)


def days(hall: Hall, count: int = 4) -> None:
    """An event and a worker each day, all archived."""
    for day in range(count):
        hall.tell("event.reported", reported(f"e{day}"), day * DAY)
        hall.tell("worker.profile", profile(f"w{day}"), day * DAY + 1)
    hall.archive(count * DAY)


def start(*streams: str) -> dict[str, str]:
    """The position of who has read nothing."""
    return dict.fromkeys(streams, "0-0")


def test_first_the_archive_then_the_log(hall: Hall) -> None:
    days(hall)
    hall.trim(EVENTS, 2 * DAY)
    hall.trim(WORKERS, 3 * DAY)
    last = hall.tell("event.step", step("e0", "accepted"), 5 * DAY)
    reader, position = hall.reader(), start(EVENTS, WORKERS)
    found = hall.read(reader, position, 2)
    assert found == {EVENTS: hall.told[EVENTS], WORKERS: hall.told[WORKERS]}
    assert found[EVENTS][-1] == last
    new = hall.tell("event.step", step("e0", "assigned"), 6 * DAY)
    assert reader.read(position, None, 9) == [new]


def test_a_position_in_the_middle_of_what_was_archived(hall: Hall) -> None:
    days(hall, 5)
    hall.trim(EVENTS, 4 * DAY)
    position = {EVENTS: hall.told[EVENTS][1].entry_id}
    assert hall.read(hall.reader(), position) == {EVENTS: hall.told[EVENTS][2:]}


def test_once_on_the_log_no_file_is_looked_at(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    days(hall)
    hall.trim(EVENTS, 3 * DAY)
    reader, position = hall.reader(), start(EVENTS)
    hall.read(reader, position)

    def looked_at(*asked: object) -> None:
        raise AssertionError(asked)

    monkeypatch.setattr(wholelog, "by_day", looked_at)
    new = hall.tell("event.step", step("e0", "accepted"), 5 * DAY)
    assert hall.read(reader, position) == {EVENTS: [new]}
    assert hall.read(hall.reader(), {EVENTS: new.entry_id}) == {EVENTS: []}


def test_a_young_log_opens_no_database(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    hall.tell("event.reported", reported(), 0)
    monkeypatch.setattr(wholelog, "Scan", None)
    assert hall.read(hall.reader(), start(*STREAMS)) == hall.told


def test_what_is_trimmed_before_a_slow_reader_has_read_it_is_read_from_the_archive(hall: Hall) -> None:
    days(hall, 6)
    reader, position = hall.reader(), {EVENTS: hall.told[EVENTS][0].entry_id, WORKERS: "0-0"}
    [one, other] = sorted(reader.read(position, None, 1), key=lambda found: found.stream)
    position |= {EVENTS: one.entry_id, WORKERS: other.entry_id}
    hall.trim(EVENTS, 5 * DAY)
    hall.trim(WORKERS, 5 * DAY)
    found = hall.read(reader, position, 1)
    assert found == {EVENTS: hall.told[EVENTS][2:], WORKERS: hall.told[WORKERS][1:]}


def test_a_stream_trimmed_to_its_end_is_no_gap(hall: Hall) -> None:
    days(hall)
    position = {EVENTS: hall.told[EVENTS][-1].entry_id}
    hall.trim(EVENTS, 9 * DAY)
    assert hall.broker.xlen(EVENTS) == 0
    reader = hall.reader()
    assert reader.read(position, 1, 9) == []
    new = hall.tell("event.step", step("e0", "accepted"), 20 * DAY)
    hall.archive(20 * DAY)
    assert hall.read(reader, position) == {EVENTS: [new]}


def test_neither_has_it(hall: Hall) -> None:
    days(hall)
    hall.trim(EVENTS, 2 * DAY)
    files = sorted((hall.folder / "log" / "events").iterdir())
    shutil.rmtree(files[1])
    position = start(EVENTS)
    reader = hall.reader()
    assert reader.read(position, None, 9) == hall.told[EVENTS][:1]
    with pytest.raises(LeftBehind, match="has nothing between"):
        reader.read({EVENTS: hall.told[EVENTS][0].entry_id}, None, 9)
    shutil.rmtree(hall.folder)
    with pytest.raises(LeftBehind, match="wall:events after 0-0"):
        hall.reader().read(start(EVENTS), None, 9)
    assert hall.read(hall.reader(), {EVENTS: hall.told[EVENTS][2].entry_id}) == {EVENTS: hall.told[EVENTS][3:]}


def test_the_archive_alone_brings_a_lost_log_back(hall: Hall) -> None:
    days(hall)
    hall.broker.flushall()
    assert hall.read(hall.reader(), start(EVENTS))[EVENTS] == hall.told[EVENTS]


def test_an_archive_that_cannot_be_read_is_asked_again(hall: Hall) -> None:
    days(hall)
    hall.trim(EVENTS, 9 * DAY)
    [path] = (hall.folder / "log" / "events" / "day=2026-03-12").iterdir()
    whole = path.read_bytes()
    path.write_bytes(b"PAR1 no more")
    reader = hall.reader()
    with pytest.raises(LogUnavailable, match="cannot be read"):
        reader.read(start(EVENTS), None, 9)
    path.write_bytes(whole)
    assert hall.read(reader, start(EVENTS))[EVENTS] == hall.told[EVENTS]


def test_files_merged_between_two_reads(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wholelog, "PAGE", 1)
    for minute in range(5):
        hall.tell("event.reported", reported(f"e{minute}"), minute * 60_000)
        hall.archive()
    hall.trim(EVENTS, DAY)
    reader, position = hall.reader(), start(EVENTS)
    [first] = reader.read(position, None, 1)
    for _ in range(2):
        hall.archive(DAY)
    assert len(list((hall.folder / "log" / "events").rglob("*.parquet"))) == 1
    assert hall.read(reader, {EVENTS: first.entry_id})[EVENTS] == hall.told[EVENTS][1:]


def test_the_rest_is_the_logs_business(hall: Hall) -> None:
    hall.log.save_snapshot(b"one")
    reader = hall.reader()
    assert reader.snapshot() == b"one"
    refused = hall.tell("event.step", "{}", 0)
    reader.refuse(refused, Malformed("data", "", "because"))
    assert hall.broker.xlen("wall:deadletter") == 1
    hall.tell("worker.fix", fix(), 5)
    assert (reader.oldest(EVENTS), reader.oldest(POSITIONS)) == ("0-0", hall.told[POSITIONS][0].entry_id)
    hall.trim(POSITIONS, DAY)
    hall.tell("worker.fix", fix("w2"), DAY)
    assert hall.read(reader, start(POSITIONS)) == {POSITIONS: hall.told[POSITIONS][1:]}, "the past of fixes is not read"


def test_a_replica_without_a_snapshot_folds_everything(hall: Hall) -> None:
    days(hall)
    whole = Replica(hall.log, small_picture())
    whole.catch_up()
    hall.trim(EVENTS, 3 * DAY)
    hall.trim(WORKERS, 9 * DAY)
    hall.log.save_snapshot(b"of a version that nobody knows")
    late = Replica(hall.reader(), small_picture())
    assert not late.restore()
    assert late.catch_up() == 8
    assert late.picture.state_hash == whole.picture.state_hash
    hall.tell("event.step", step("e0", "accepted"), 5 * DAY)
    assert late.catch_up() == whole.catch_up() == 1
    assert late.picture.state_hash == whole.picture.state_hash


DOINGS = st.lists(st.sampled_from(["tell", "tell", "tell", "day", "archive", "trim", "read"]), max_size=25)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(doings=DOINGS, leave=st.integers(0, 3))
def test_whatever_is_archived_and_trimmed_when(log: Log, broker: redis.Redis, doings: list[str], leave: int) -> None:
    broker.flushall()
    with tempfile.TemporaryDirectory() as name:
        hall, now = Hall(log, broker, Path(name)), 0
        follower, position, seen = hall.reader(), start(EVENTS, WORKERS), list[Entry]()

        def trim() -> None:
            for stream, writer in hall.writers.items():
                log.trim(stream, f"{max(1, writer.taken[0] - leave * DAY)}-0")

        acts: dict[str, Callable[[], object]] = {
            "tell": lambda: [
                hall.tell("event.reported", reported(f"e{now}"), now), hall.tell("worker.profile", profile(), now),
            ],
            "day": lambda: None, "archive": lambda: hall.archive(now), "trim": trim,
            "read": lambda: seen.extend(hall.read(follower, position, 2)[EVENTS]),
        }  # fmt: skip
        for doing in doings:
            now += DAY if doing == "day" else 7
            acts[doing]()
        assert hall.read(hall.reader(), start(EVENTS, WORKERS)) == {s: hall.told[s] for s in (EVENTS, WORKERS)}
        assert seen + hall.read(follower, position)[EVENTS] == hall.told[EVENTS]
        assert all(LogWriter(log, stream, hall.folder).tend(T0 + now) for stream in logfiles.LOGGED)
