"""The commands of a seat on events: what records each comes to, and by which rule it is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashboard.cities import DispatchRules
from dashboard.clock import DAY_MS, HOUR_MS, from_rfc3339
from dashboard.model import Step
from dashboard.picture import Picture
from dashboard.stats import Freshness
from feeds.eventorders import COMMANDS, OnEvent, plan
from feeds.operator import parse
from feeds.orders import Judge, Planned, Refused
from tests.support import T0, entry, fix, profile, reported, small_picture, step

JUDGE = Judge(Freshness(), DispatchRules())
NOW = T0 + 60_000


def told(*steps: str, **more: Any) -> Picture:
    """A picture of e1, 较大, after these steps, of e2, and of a free worker."""
    picture = small_picture()
    said = [("event.reported", reported("e1", severity="serious", **more)), ("event.reported", reported("e2"))]
    said += [("event.step", step("e1", name)) for name in steps]
    said += [("worker.profile", profile("w1")), ("worker.duty", {"worker_id": "w1", "status": "available"})]
    said += [("worker.fix", fix("w1"))]
    for n, (kind, data) in enumerate(said):
        picture.apply(entry(kind, data, n=n))
    return picture


def planned(picture: Picture, command: str, **said: Any) -> Planned:
    """What a seat's command comes to."""
    order = parse(json.dumps({"command": command, "event_id": "e1", **said}).encode())
    assert isinstance(order, OnEvent)
    return plan(order, picture, NOW, JUDGE)


def taken(records: Planned) -> list[str]:
    """Its records in short: the steps, or else the types."""
    return [str(getattr(data, "step", kind)) for kind, data in records]


@pytest.mark.parametrize(
    ("before", "command", "said", "steps"),
    [
        ("", "accept", {}, ["accepted"]),
        ("", "assign", {"department": "water"}, ["accepted", "assigned"]),
        ("accepted assigned", "assign", {"worker_id": "w1"}, ["assigned"]),
        ("", "dispatch", {"worker_id": "w1"}, ["accepted", "assigned", "handling", "worker.duty"]),
        ("accepted assigned handling", "dispatch", {"worker_id": "w1"}, ["assigned", "handling", "worker.duty"]),
        ("accepted", "urge", {"note": "尽快"}, ["supervised"]),
        ("accepted", "extend", {"span": "3wd", "reason": "雨"}, ["extended"]),
        ("accepted assigned", "return", {"reason": "非本单位"}, ["returned"]),
        ("accepted assigned", "advance", {"step": "handling"}, ["handling"]),
        ("accepted assigned handling", "close", {}, ["feedback", "evaluated"]),
        ("accepted assigned handling feedback", "close", {"note": "已核实"}, ["evaluated"]),
        ("", "cancel", {"reason": "误报"}, ["cancelled"]),
        ("", "merge", {"into": "e2", "reason": "同一处"}, ["merged"]),
        ("", "whistle", {"level": "major", "departments": ["fire"], "report_within_h": 1}, ["event.whistle"]),
        ("", "comment", {"text": "已致电"}, ["event.comment"]),
        ("accepted assigned handling feedback evaluated", "rate", {"score": 5}, ["event.rated"]),
    ],
)
def test_what_a_command_comes_to(before: str, command: str, said: dict[str, Any], steps: list[str]) -> None:
    picture = told(*before.split())
    before_hash = picture.state_hash
    assert taken(planned(picture, command, **said)) == steps
    assert picture.state_hash == before_hash


def test_every_command_is_tried_here() -> None:
    tried = "accept assign dispatch urge extend return advance close cancel merge whistle comment rate"
    assert COMMANDS.keys() == {*tried.split(), "pause", "resume", "checkin", "undo"}


@pytest.mark.parametrize(
    ("before", "command", "said", "expected"),
    [
        ("", "accept", {"event_id": "e9"}, (404, "event_id", "unknown_event")),
        ("accepted", "accept", {}, (409, "step", "edge")),
        ("accepted", "extend", {"span": "3wd", "reason": ""}, (409, "step", "reason")),
        ("", "extend", {"span": "3wd", "reason": "雨"}, (409, "event_id", "no_limit")),
        ("accepted", "extend", {"span": "90wd", "reason": "雨"}, (409, "step", "span")),
        ("accepted", "extend", {"span": "0wd", "reason": "雨"}, (400, "span", "malformed")),
        ("accepted", "extend", {"due": T0, "reason": "雨"}, (409, "due", "due")),
        ("accepted", "extend", {"due": "soon", "reason": "雨"}, (400, "due", "malformed")),
        ("accepted", "extend", {"reason": "雨"}, (400, "due", "malformed")),
        ("accepted assigned", "pause", {"reason": "等"}, (409, "step", "actor")),
        ("accepted assigned", "pause", {"reason": "等", "role": "chief", "until": T0}, (409, "until", "until")),
        ("accepted assigned", "resume", {}, (409, "step", "paused")),
        ("accepted assigned paused", "close", {}, (409, "step", "paused")),
        ("", "return", {"reason": "x"}, (409, "step", "edge")),
        ("accepted assigned", "return", {}, (409, "step", "reason")),
        ("", "assign", {}, (400, "department", "malformed")),
        ("", "assign", {"worker_id": "w9"}, (404, "worker_id", "unknown_worker")),
        ("", "merge", {"into": "e1", "reason": "x"}, (404, "into", "unknown_event")),
        ("", "merge", {"into": "e9", "reason": "x"}, (404, "into", "unknown_event")),
        ("", "checkin", {"department": "fire"}, (409, "department", "uncalled")),
        ("accepted", "rate", {"score": 5}, (409, "event_id", "open")),
        ("accepted", "undo", {"step": "accepted"}, (409, "by", "actor")),
        ("", "undo", {"step": "accepted"}, (409, "step", "undo")),
        ("cancelled", "urge", {}, (409, "step", "closed")),
        ("cancelled", "assign", {"department": "water"}, (409, "step", "closed")),
        ("cancelled", "whistle", {"level": "major", "departments": ["a"], "report_within_h": 1},
         (409, "event_id", "closed")),
        ("", "accept", {"seen": 0}, (409, "event_id", "changed")),
    ],
)  # fmt: skip
def test_every_refusal_names_the_rule(
    before: str, command: str, said: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    with pytest.raises(Refused) as caught:
        planned(told(*before.split()), command, **said)
    assert (caught.value.status, caught.value.field, caught.value.key) == expected


def test_a_process_says_what_may_be_done_instead() -> None:
    with pytest.raises(Refused) as caught:
        planned(told("accepted"), "advance", step="feedback")
    parts = caught.value.parts
    assert parts is not None
    assert (parts.current.zh, parts.step.zh) == ("受理", "反馈")
    assert "分流" in [option.zh for option in parts.options]


def test_an_extension_counts_from_the_limit_there_is() -> None:
    picture = told("accepted")
    due = picture.events["e1"].due_ms
    assert due == from_rfc3339("2026-03-17T17:30:00+08:00")
    [(_, data)] = planned(picture, "extend", span="1wd", reason="雨")
    assert data.due == from_rfc3339("2026-03-18T17:30:00+08:00")  # type: ignore[union-attr]  # a step has one


def test_a_chief_pauses_and_anybody_at_the_desk_goes_on() -> None:
    picture = told("accepted", "assigned")
    records = planned(picture, "pause", reason="等批复", role="chief", until=NOW + DAY_MS)
    assert taken(records) == ["paused"]
    assert taken(planned(told("accepted", "assigned", "paused"), "resume")) == ["resumed"]


def test_who_was_whistled_for_reports_in() -> None:
    picture = told(whistle={"level": "major", "departments": ["fire"], "report_within_h": 1})
    assert taken(planned(picture, "checkin", department="fire", role="department")) == ["event.checkin"]


def test_one_takes_back_what_one_has_done() -> None:
    picture = told()
    picture.apply(entry("event.step", step("e1", "accepted", by="03席", role="seat"), n=99))
    [(_, data)] = planned(picture, "undo", step="accepted", by="03席")
    assert data.to is Step.reported  # type: ignore[union-attr]  # an undone has one


def test_what_was_only_said_since_changes_nothing() -> None:
    picture = told()
    picture.apply(entry("event.comment", {"event_id": "e1", "text": "x"}, n=98))
    assert taken(planned(picture, "accept", seen=1)) == ["accepted"]
    picture.apply(entry("event.step", step("e1", "accepted"), n=99))
    with pytest.raises(Refused) as caught:
        planned(picture, "urge", seen=1)
    assert caught.value.key == "changed"


def test_hours_of_a_whistle_are_hours() -> None:
    [(_, data)] = planned(told(), "whistle", level="major", departments=["fire"], report_within_h=0.5)
    picture = told()
    picture.events.fold(data, NOW)  # type: ignore[arg-type]  # a whistle is an event's record
    call = picture.events["e1"].call
    assert call is not None
    assert call.due_ms == NOW + HOUR_MS // 2
