"""What is to be handed on: the wanted and accepted changes, in order, from where a feed had come."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

import msgspec
import pytest
import redis

from dashboard import clock
from dashboard.codec import Malformed
from dashboard.logfiles import DEAD_LETTERS
from dashboard.replica import LeftBehind
from feeds import outbound
from feeds.feedsfile import RedisOut
from feeds.log import Log
from feeds.logwriter import LogWriter
from feeds.outbound import Change, Follower
from feeds.protocols import cloudevents
from tests.support import T0, entry, fix, reported, step

DAY = 86_400_000
EVENTS, POSITIONS = "wall:events", "wall:positions"
RAISED = {"alarm_id": "a1", "device_id": "d", "kind": "smoke", "severity": "major", "lat": 30.0, "lon": 110.0}


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody folds the log here, so nobody has to be waited for."""
    monkeypatch.setattr(outbound, "SETTLE_MS", 0)
    monkeypatch.setattr(outbound, "_BLOCK_MS", 1)


class Desk:
    """A log that is written to, and a feed's follower of it."""

    def __init__(self, log: Log, broker: redis.Redis, archive: Path) -> None:
        self.log, self.broker, self.archive, self.stop = log, broker, archive, Event()

    def tell(self, kind: str, data: object, **more: Any) -> str:
        said = entry(kind, data, **more)
        return self.broker.xadd(said.stream, dict(said.fields)).decode()  # type: ignore[union-attr]  # not a pipeline

    def follow(self, types: Sequence[str] = ("event.",), departments: Sequence[str] = ()) -> Follower:
        said = RedisOut(name="a", url="redis://x", stream="s", types=tuple(types), departments=tuple(departments))
        return Follower(said, self.log, self.archive)

    def all(self, follower: Follower) -> list[Change]:
        """Everything there is now."""
        found: list[Change] = []
        while changes := [change for _ in range(3) for change in follower.next(self.stop)]:
            found += changes
        return found

    def letters(self) -> list[dict[bytes, bytes]]:
        return [letter.fields for letter in self.log.between(DEAD_LETTERS, "-", "+", 10)]


@pytest.fixture
def desk(log: Log, broker: redis.Redis, tmp_path: Path) -> Desk:
    return Desk(log, broker, tmp_path)


def told(changes: Sequence[Change]) -> list[str]:
    return [f"{change.record.type} {getattr(change.record.data, 'event_id', '')}".strip() for change in changes]


def test_it_begins_now_and_goes_on_where_it_was(desk: Desk) -> None:
    desk.tell("event.reported", reported("old"))
    follower = desk.follow()
    desk.tell("event.reported", reported("e1"))
    assert told(desk.all(follower)) == ["event.reported e1"]
    follower.save(at_once=True)
    desk.tell("event.reported", reported("e2"))
    desk.tell("event.reported", reported("e3"))
    again = desk.follow()
    assert told(again.left) == []
    found = desk.all(again)
    assert told(found) == ["event.reported e2", "event.reported e3"]
    again.save(found[1:], at_once=True)
    last = desk.follow()
    assert told(last.left) == ["event.reported e3"] and desk.all(last) == []


def test_where_nothing_was_said_yet_the_first_word_is_handed_on(desk: Desk) -> None:
    desk.follow()
    desk.tell("event.reported", reported("e1"))
    assert told(desk.all(desk.follow())) == ["event.reported e1"]


def test_only_what_is_wanted(desk: Desk) -> None:
    follower = desk.follow(["event.rated", "alarm."])
    desk.tell("event.reported", reported("e1"))
    desk.tell("event.rated", {"event_id": "e1", "score": 5})
    desk.tell("alarm.raised", RAISED)
    assert sorted(told(desk.all(follower))) == ["alarm.raised", "event.rated e1"]


def test_what_is_not_accepted_is_not_handed_on(desk: Desk) -> None:
    follower = desk.follow()
    desk.tell("event.rated", {"event_id": "e1", "score": 9})
    refused = desk.tell("event.reported", reported("e1"))
    desk.tell("event.reported", reported("e2"))
    [entry_again] = desk.log.between(EVENTS, refused, refused, 1)
    desk.log.refuse(entry_again, Malformed("data.event_id", "e1", "is already reported"))
    assert told(desk.all(follower)) == ["event.reported e2"]


def test_a_moment_is_waited_for_a_refusal(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "SETTLE_MS", 1000)
    waited = []

    class Stop(Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout)
            return False

    follower = desk.follow()
    desk.tell("event.reported", reported("e1"))
    assert told(follower.next(Stop())) == ["event.reported e1"]
    assert len(waited) == 1 and 0 < waited[0] <= 1  # type: ignore[operator]  # then there is one


def test_what_is_given_no_log_says_so(desk: Desk) -> None:
    sink: Any = object()
    with pytest.raises(TypeError, match="the log"):
        Follower(RedisOut(name="a", url="redis://x", stream="s"), sink, desk.archive)


def test_types_that_there_are_none_of(desk: Desk) -> None:
    with pytest.raises(ValueError, match="pigeon"):
        desk.follow(["pigeon."])


def test_a_department_is_told_of_its_own_events_from_the_report_on(desk: Desk) -> None:
    follower = desk.follow(departments=["urban"])
    for event_id in ("e1", "e2", 'e"3', "e4"):
        desk.tell("event.reported", reported(event_id))
    desk.tell("event.comment", {"event_id": "e1", "text": "soon"})
    desk.tell("event.routed", {"event_id": "e1", "seat": "s", "department": "urban"})
    desk.tell("event.routed", {"event_id": "e2", "seat": "s", "department": "water"})
    desk.tell("event.step", step("e1", "accepted", department="water"))
    whistle = {"event_id": 'e"3', "level": "major", "departments": ["water", "urban"], "report_within_h": 2}
    desk.tell("event.whistle", whistle)
    whistled = {"level": "major", "departments": ["urban"], "report_within_h": 2}
    desk.tell("event.reported", reported("e5", whistle=whistled))
    assert told(desk.all(follower)) == [
        "event.reported e1", "event.comment e1", "event.routed e1", "event.step e1",
        "event.reported e\"3", "event.whistle e\"3", "event.reported e5",
    ]  # fmt: skip
    follower.save(at_once=True)
    desk.tell("event.rated", {"event_id": "e1", "score": 5})
    desk.tell("event.rated", {"event_id": "e2", "score": 5})
    desk.tell("alarm.raised", RAISED)
    assert told(desk.all(desk.follow(departments=["urban"]))) == ["event.rated e1"]


def test_whose_an_event_is_may_be_said_by_what_is_not_wanted(desk: Desk) -> None:
    follower = desk.follow(["event.reported", "alarm."], ["urban"])
    desk.tell("event.reported", reported("e1"))
    desk.tell("event.routed", {"event_id": "e1", "seat": "s", "department": "urban"})
    assert told(desk.all(follower)) == ["event.reported e1"]
    desk.tell("alarm.raised", RAISED | {"event_id": "e1"})
    desk.tell("alarm.raised", RAISED | {"event_id": "e2"})
    assert told(desk.all(follower)) == ["alarm.raised e1"]


def test_the_report_is_found_pages_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "_PAGE", 5)
    follower = desk.follow(departments=["urban"])
    desk.tell("event.comment", {"event_id": "e1", "text": "before it was reported"})
    desk.tell("event.reported", reported("e1"))
    for k in range(23):
        desk.tell("event.reported", reported(f"x{k}"))
    desk.tell("event.step", step("e1", "accepted", department="urban"))
    assert told(desk.all(follower)) == ["event.reported e1", "event.step e1"]


def test_what_the_log_has_dropped_is_read_from_the_archive(desk: Desk) -> None:
    desk.follow()
    position = "0-0"
    for k in range(5):
        position = desk.tell("event.reported", reported(f"e{k}"))
    assert LogWriter(desk.log, EVENTS, desk.archive).tend(clock.now_ms())
    desk.log.trim(EVENTS, position)
    assert told(desk.all(desk.follow())) == [f"event.reported e{k}" for k in range(5)]


def test_what_is_nowhere_is_not_passed_over(desk: Desk) -> None:
    desk.follow()
    desk.tell("event.reported", reported("e1"))
    desk.log.trim(EVENTS, desk.tell("event.reported", reported("e2")))
    with pytest.raises(LeftBehind, match="another name"):
        desk.follow().next(desk.stop)


def test_fixes_that_were_dropped_unread_are_owned_up_to(desk: Desk) -> None:
    desk.follow(["worker.fix"])
    at = clock.now_ms()
    desk.tell("worker.fix", fix("w1", at))
    desk.log.trim(POSITIONS, desk.tell("worker.fix", fix("w2", at)))
    found = desk.all(desk.follow(["worker.fix"]))
    assert [change.subject for change in found] == ["w2"]
    [letter] = desk.letters()
    assert (letter[b"source"], letter[b"place"], letter[b"value"]) == (b"a", POSITIONS.encode(), b"0-0")


def change(kind: str, data: object, **more: Any) -> Change:
    found = outbound._decoded(entry(kind, data, **more))
    assert found is not None
    return found


def test_it_is_a_cloud_event_with_the_source_and_id_of_the_record() -> None:
    body = change("event.reported", reported("e1", crs="gcj02"), id="r1", source="热线 12345").structured()
    draft = cloudevents.structured(body)
    assert (draft.id, draft.source, draft.type) == ("r1", "热线 12345", "event.reported")
    assert clock.from_rfc3339(draft.time) == T0
    said = msgspec.json.decode(body, type=dict[str, Any])
    assert (said["specversion"], said["subject"], said["data"]["crs"]) == ("1.0", "e1", "wgs84")
    assert said["data"]["lat"] != 30.05, "places are handed on in one datum"


@pytest.mark.parametrize(("kind", "data", "subject"), [
    ("event.step", step("e1", "accepted"), "e1"), ("alarm.raised", RAISED | {"event_id": "e1"}, "a1"),
    ("alarm.serviced", {"device_id": "d", "by": "s", "state": "in"}, "d"), ("worker.fix", fix("w1"), "w1"),
    ("worker.duties", {"worker_id": ["w1"], "status": ["available"]}, "worker"),
    ("wall.scene", {"wall": "hall", "scene": "night"}, "hall"),
])  # fmt: skip
def test_what_a_change_is_about(kind: str, data: dict[str, Any], subject: str) -> None:
    assert change(kind, data).subject == subject
