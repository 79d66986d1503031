"""The watcher on a real log: tells each crossing once, whatever happens to it in between."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

import redis

from dashboard.arearecords import AreaPut, AreaRemoved, Circle, FenceRules
from dashboard.model import WorkerFix
from dashboard.record import Record
from dashboard.replica import Replica
from feeds.fencewatch import FenceWatch, Watch
from feeds.log import Log
from tests.support import small_picture, until

IN, OUT = (30.05, 110.05), (30.2, 110.05)
FENCE = FenceRules(on=["enter"])


class Scene:
    """A log with one fence round `IN`, a clock of its own that follows the broker's, and a watcher."""

    def __init__(self, log: Log) -> None:
        self.log, self.n = log, 0
        self.start_ms = int(log.append([self.record("area.put", self.fence())])[0].split("-")[0])
        self.watch = self.started()

    def record(self, kind: str, data: object, at: int = 0) -> Record:
        self.n += 1
        return Record(f"r{self.n}", "test", kind, at, data)  # type: ignore[arg-type]

    def fence(self, rules: FenceRules = FENCE) -> AreaPut:
        return AreaPut("f1", "fence", "值守区", Circle(IN[0], IN[1], 500), "seat", rules=rules)

    def now(self) -> int:
        return self.start_ms + 60_000

    def started(self) -> Watch:
        watch = Watch(Replica(self.log, small_picture()), self.now)
        self.tell(watch.start(self.log, Event()))
        return watch

    def tell(self, records: list[Record]) -> None:
        if records:
            self.log.append(records)

    def fixes(self, *places: tuple[float, float]) -> None:
        for lat, lon in places:
            data = WorkerFix("w1", lat, lon, self.start_ms + self.n * 1000)
            self.log.append([self.record("worker.fix", data)])

    def look(self) -> None:
        self.tell(self.watch.look(None))

    def alarms(self) -> list[tuple[str, str]]:
        """(type, id) of everything on the stream, as somebody reading it would fold it: each (source, id) once."""
        entries = self.log.read({"wall:alarms": "0-0"}, None, 1000)
        told = {e.fields[b"id"]: (e.fields[b"type"].decode(), e.fields[b"id"].decode()) for e in entries}
        return list(told.values())


def test_a_crossing_is_told_and_is_over(log: Log) -> None:
    scene = Scene(log)
    scene.fixes(OUT, IN, IN)
    scene.look()
    [(kind, name)] = scene.alarms()
    assert kind == "alarm.raised"
    picture = small_picture()
    Replica(log, picture).catch_up()
    assert [(a.device, a.area, a.kind) for a in picture.alarms.standing()] == [("w1", "f1", "fence.enter")]
    scene.fixes(OUT, OUT)
    scene.look()
    assert scene.alarms()[1:] == [("alarm.cleared", f"{name}-over")]


def test_who_enters_a_fence_right_after_it_was_drawn_is_told_though_both_are_read_at_once(log: Log) -> None:
    scene = Scene(log)
    scene.fixes((31.0, 111.0))
    scene.look()
    place = AreaPut("f2", "fence", "站前广场", Circle(OUT[0], OUT[1], 500), "seat", rules=FENCE)
    log.append([scene.record("area.put", place)])
    scene.fixes(OUT, OUT)
    scene.look()
    assert [kind for kind, _ in scene.alarms()] == ["alarm.raised"]


def test_after_a_crash_nothing_is_told_twice_and_nothing_is_lost(log: Log) -> None:
    scene = Scene(log)
    scene.fixes(OUT, IN)
    scene.look()
    scene.watch = scene.started()  # between the two fixes of a crossing
    scene.fixes(IN)
    scene.look()
    assert [kind for kind, _ in scene.alarms()] == ["alarm.raised"]
    scene.watch = scene.started()
    scene.look()
    assert len(log.read({"wall:alarms": "0-0"}, None, 10)) == 1
    scene.fixes(OUT, OUT, IN, IN)  # while nobody watches
    scene.watch = scene.started()
    assert [kind for kind, _ in scene.alarms()] == ["alarm.raised", "alarm.cleared", "alarm.raised"]


def test_two_watchers_say_the_same(log: Log) -> None:
    scene = Scene(log)
    other = Watch(Replica(log, small_picture()), scene.now)
    other.start(log, Event())
    scene.fixes(OUT, IN, IN, OUT, OUT)
    scene.look()
    scene.tell(other.look(None))
    assert [kind for kind, _ in scene.alarms()] == ["alarm.raised", "alarm.cleared"]
    picture = small_picture()
    Replica(log, picture).catch_up()
    assert picture.alarms.standing() == []


def test_it_starts_from_a_snapshot_without_false_alarms(log: Log) -> None:
    scene = Scene(log)
    scene.fixes(OUT, IN, IN)
    scene.look()
    replica = Replica(log, small_picture())
    replica.catch_up()
    log.save_snapshot(replica.save())
    scene.watch = scene.started()
    scene.fixes(IN)
    scene.look()
    assert [kind for kind, _ in scene.alarms()] == ["alarm.raised"]
    scene.fixes(OUT, OUT)
    scene.look()
    assert [kind for kind, _ in scene.alarms()] == ["alarm.raised", "alarm.cleared"]


def test_a_fence_taken_away_ends_its_alarms(log: Log) -> None:
    scene = Scene(log)
    scene.fixes(OUT, IN, IN)
    scene.look()
    log.append([scene.record("area.removed", AreaRemoved("f1", "seat"))])
    scene.look()
    assert [kind for kind, _ in scene.alarms()] == ["alarm.raised", "alarm.cleared"]


def test_the_feed_runs_until_it_is_told(log: Log, broker: redis.Redis) -> None:
    stop, scene = Event(), Scene(log)
    make: Callable[[], Replica] = lambda: Replica(log, small_picture())  # noqa: E731
    thread = Thread(target=FenceWatch(log, make, scene.now).run, args=(log, stop))
    thread.start()
    scene.fixes(OUT, IN, IN)
    told = until(lambda: broker.xlen("wall:alarms") == 1, 20)
    stop.set()
    thread.join(10)
    assert told
    assert not thread.is_alive()
