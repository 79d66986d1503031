"""The whole story of one event."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.alarmdesk import AlarmDesk
from dashboard.casefile import casefile
from dashboard.clock import from_rfc3339
from dashboard.frames import Wire
from dashboard.picture import Picture
from dashboard.similar import Lookalike
from tests.support import T0, entry, reported, small_picture, small_regions, step


def story(*steps: dict[str, Any], **more: Any) -> Picture:
    """e1 after these steps, and e2."""
    picture = small_picture()
    said = [("event.reported", reported("e1", **more)), ("event.reported", reported("e2", title="井盖没了"))]
    for n, (kind, data) in enumerate([*said, *(("event.step", one) for one in steps)]):
        picture.apply(entry(kind, data, n=n, source="hotline"))
    return picture


def case(picture: Picture, *related: Lookalike, now_ms: int = T0) -> dict[str, Any]:
    wire = Wire(picture.fleet, small_regions(), picture.events.procedure)
    event = picture.events["e1"]
    alarms = AlarmDesk(picture.alarms, small_regions()).of_event("e1", now_ms)
    return casefile(picture, event, wire.event(event), related, now_ms, alarms)


def test_the_record_tells_who_did_what() -> None:
    picture = story(
        step("e1", "accepted", by="03席", role="seat", due=T0 + 9), step("e1", "assigned", department="water")
    )
    found = case(picture)
    assert [line["what"] for line in found["trail"]] == ["reported", "accepted", "assigned"]
    line = found["trail"][1]
    assert (line["by"], line["role"], line["source"], line["due"]) == ("03席", "seat", "hotline", T0 + 9)
    assert found["event"]["dept"] == "water"
    assert (found["open"], found["closed"]) == (True, None)


def test_the_steps_are_those_of_its_process() -> None:
    found = case(story(step("e1", "assigned"), process="tianning"))
    assert [(one["step"], one["at"]) for one in found["steps"]] == [
        ("reported", T0), ("assigned", T0), ("handling", None), ("feedback", None), ("evaluated", None),
    ]  # fmt: skip
    assert (found["event"]["n"], found["event"]["process"]) == (2, "tianning")
    assert found["event"]["due"] == from_rfc3339("2026-03-23T17:30:00+08:00")


def test_who_may_do_what() -> None:
    found = case(story(step("e1", "accepted"), step("e1", "assigned")))["may"]
    assert "paused" in found["chief"]
    assert "paused" not in found["seat"]
    assert "handling" not in found["leader"]
    assert case(story(step("e1", "cancelled")))["may"] == {"seat": [], "chief": [], "leader": []}


def test_moves_made_as_often_as_they_may_be_are_gone() -> None:
    twice = [step("e1", "extended", due=T0 + k) for k in (7, 9)]
    assert "extended" in case(story(step("e1", "accepted"), twice[0]))["may"]["seat"]
    assert "extended" not in case(story(step("e1", "accepted"), *twice))["may"]["seat"]


def test_what_can_be_taken_back_and_until_when() -> None:
    picture = story(step("e1", "accepted", by="03席", role="seat"))
    assert case(picture)["undo"] == {"step": "accepted", "until": T0 + 120_000, "by": "03席"}
    assert case(picture, now_ms=T0 + 120_001)["undo"] is None
    assert case(story())["undo"] is None


def test_a_paused_event_has_no_limit_that_runs() -> None:
    picture = story(step("e1", "accepted", due=T0 + 9000), step("e1", "assigned"), step("e1", "paused", until=T0 + 5))
    row = case(picture, now_ms=T0 + 4)["event"]
    assert (row["due"], row["paused"], row["until"], row["left"]) == (None, T0, T0 + 5, 9000)


def test_alike_events_are_named_in_words_a_person_reads() -> None:
    alike = Lookalike("e2", 0.8123, 31.6, 125_000, 1, 1, 1, True)
    [found] = case(story(), alike)["related"]
    assert found == {
        "id": "e2", "title": "井盖没了", "kind": "duplicate", "score": 0.81, "metres": 32, "minutes": 2,
        "step": "reported", "process": "suzhou", "open": True,
    }  # fmt: skip


def test_it_names_the_alarms_it_deals_with() -> None:
    picture = story()
    said = {"alarm_id": "a1", "device_id": "d1", "kind": "smoke", "severity": "major", "lat": 30.05, "lon": 110.05}
    picture.apply(entry("alarm.raised", said, n=8))
    assert case(picture)["alarms"] == []
    picture.apply(entry("alarm.linked", {"alarm_id": "a1", "event_id": "e1", "by": "02席"}, n=9))
    assert case(picture)["alarms"] == [
        {"id": "a1", "device": "d1", "kind": "smoke", "sev": 3, "state": "unacknowledged", "since": T0,
         "place": "东区 河街道 桥头社区"},
    ]  # fmt: skip


@pytest.mark.parametrize(("severity", "at", "years"), [
    ("normal", "2026-12-24T10:00:00+08:00", [2027]), ("normal", "2026-12-14T10:00:00+08:00", []),
    ("urgent", "2026-12-31T23:00:00+08:00", []),
])  # fmt: skip
def test_years_without_known_holidays_are_said_where_they_count(severity: str, at: str, years: list[int]) -> None:
    picture, at_ms = small_picture(), from_rfc3339(at)
    picture.apply(entry("event.reported", reported("e1", severity=severity), at=at_ms))
    picture.apply(entry("event.step", step("e1", "accepted"), at=at_ms, n=1))
    assert case(picture, now_ms=at_ms)["uncertain"] == years
