"""The watcher on a real log: an event for each alarm that calls for one, once, whatever happens in between."""

from __future__ import annotations

from threading import Event, Thread

import redis

from dashboard.alarmrules import EventRule, Rule, Rules
from dashboard.model import AlarmCleared, AlarmRaised, Data, EventReported, EventStep, SeverityName, Step
from dashboard.picture import Picture
from dashboard.record import Record
from dashboard.replica import Replica
from feeds.alarmwatch import GRACE_MS, AlarmWatch, Watch
from feeds.log import Log
from tests.support import GRIDS, small_regions, until

RULES = Rules(
    {"lift": Rule(off_delay_s=3600)},
    events={"smoke": EventRule("fire", "烟感报警", "serious"), "lift": EventRule("safety", "电梯困人")},
)


class Scene:
    """A log, a clock of its own that follows the broker's, and a watcher."""

    def __init__(self, log: Log) -> None:
        self.log, self.regions, self.n = log, small_regions(), 0
        self.now_ms = int(self.say("alarm.cleared", AlarmCleared("none")).split("-")[0])
        self.watch = self.started()

    def say(self, kind: str, data: Data, at_ms: int = 0) -> str:
        self.n += 1
        return self.log.append([Record(f"r{self.n}", "test", kind, at_ms, data)])[0]

    def raised(self, name: str, kind: str = "smoke", severity: SeverityName = "serious", event: str = "") -> None:
        self.say("alarm.raised", AlarmRaised(name, f"d-{name}", kind, severity, 30.05, 110.05, event))

    def now(self) -> int:
        return self.now_ms

    def replica(self) -> Replica:
        return Replica(self.log, Picture(self.regions.locate, self.regions.node, rules=RULES))

    def started(self) -> Watch:
        return Watch(self.replica(), self.regions, self.now)

    def look(self, later_ms: int = 60_000) -> list[Record]:
        """Look so much later, and append what is found."""
        self.now_ms += later_ms
        records = self.watch.look(None)
        if records:
            self.log.append(records)
        return records

    def picture(self) -> Picture:
        replica = self.replica()
        replica.catch_up()
        return replica.picture


def test_an_alarm_becomes_an_event_linked_both_ways(log: Log) -> None:
    scene = Scene(log)
    scene.raised("a")
    [report, link] = scene.look()
    assert report.data == EventReported(
        report.id, "东区 河街道 桥头社区 烟感报警", "fire", "serious", 30.05, 110.05, region=GRIDS[0], channel="iot",
        address="东区 河街道 桥头社区",
    )  # fmt: skip
    picture = scene.picture()
    assert (link.type, picture.alarms["a"].event, picture.events[report.id].severity) == ("alarm.linked", report.id, 2)
    assert scene.look() == []


def test_only_what_the_rule_names_and_what_has_no_event_yet(log: Log) -> None:
    scene = Scene(log)
    scene.raised("mild", severity="normal")
    scene.raised("other", kind="noise", severity="urgent")
    scene.raised("linked", event="E7")
    for name, kind in (("over", "smoke"), ("passing", "lift")):  # the second stands a while longer
        scene.raised(name, kind)
        scene.say("alarm.cleared", AlarmCleared(name))
    assert scene.look() == []
    scene.raised("soon")
    scene.now_ms = int(log.read({"wall:alarms": "0-0"}, None, 100)[-1].entry_id.split("-")[0])
    assert scene.look(GRACE_MS - 1) == []
    assert [record.type for record in scene.look(1)] == ["event.reported", "alarm.linked"]


def test_two_watchers_and_one_that_starts_again_say_the_same(log: Log) -> None:
    scene = Scene(log)
    other = scene.started()
    scene.raised("a")
    told = scene.look()
    assert [record.id for record in other.look(None)] == []  # it has read what the first one said
    third = Watch(
        Replica(log, Picture(scene.regions.locate, scene.regions.node, rules=RULES)), scene.regions, scene.now
    )
    assert third.look(None) == []
    log.append(told)
    picture = scene.picture()
    assert (len(picture.events), picture.feeds["alarms"].duplicates, picture.feeds["alarms"].rejected) == (1, 2, 0)


def test_an_alarm_that_comes_back_after_its_event_was_closed_gets_another(log: Log) -> None:
    scene = Scene(log)
    scene.raised("a")
    [report, _] = scene.look()
    cleared = scene.say("alarm.cleared", AlarmCleared("a"))
    scene.raised("a")
    assert scene.look() == []  # the event is under way
    scene.say("alarm.cleared", AlarmCleared("a"))
    scene.say("event.step", EventStep(report.id, Step.cancelled, note="误报"), int(cleared.split("-")[0]) - 1)
    assert scene.look() == []  # nothing stands
    scene.raised("a")
    [again, _] = scene.look()
    picture = scene.picture()
    assert (again.id != report.id, picture.alarms["a"].event) == (True, again.id)
    assert picture.events.opened == {again.id}


def test_a_flood_loses_nothing(log: Log) -> None:
    scene = Scene(log)
    for n in range(500):
        scene.raised(f"a{n}")
    records = scene.look()
    assert len(records) == 510  # ten events, and a link of each alarm
    picture = scene.picture()
    assert len(picture.events) == 10
    assert {alarm.event for alarm in picture.alarms.standing()} == set(picture.events.opened)


def test_the_feed_runs_until_it_is_told(log: Log, broker: redis.Redis) -> None:
    stop, scene = Event(), Scene(log)
    scene.raised("a")
    scene.now_ms += 60_000
    thread = Thread(target=AlarmWatch(scene.replica, scene.regions, scene.now).run, args=(log, stop))
    thread.start()
    told = until(lambda: broker.xlen("wall:events") == 1, 20)
    stop.set()
    thread.join(10)
    assert told
    assert not thread.is_alive()


def test_in_a_flood_one_cause_becomes_one_event(log: Log) -> None:
    scene = Scene(log)
    for k in range(40):
        scene.raised(f"a{k}")
    records = scene.look()
    assert [record.type for record in records].count("event.reported") == 10
    picture = scene.picture()
    assert len({picture.alarms[f"a{k}"].event for k in range(40)}) == 10
    assert all(picture.alarms[f"a{k}"].event in picture.events for k in range(40))
    scene.raised("later")
    assert [record.type for record in scene.look(11 * 60_000)] == ["event.reported", "alarm.linked"]
