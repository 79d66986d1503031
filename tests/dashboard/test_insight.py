"""Advice that follows the picture: alike events, and those that will miss their limit."""

from __future__ import annotations

from dashboard.clock import HOUR_MS
from dashboard.events import Events
from dashboard.insight import RISK_EVERY_MS, Insight
from dashboard.model import EventReported, EventStep, Step
from dashboard.procedure import Procedure
from tests.support import MAIN_ROAD, T0, reported, small_regions


def history(n: int, hours: float) -> Events:
    """`n` matters closed after so many hours each, one after the other."""
    events = Events(small_regions().locate, small_regions().node, Procedure())
    for k in range(n):
        at = T0 - (n - k) * HOUR_MS
        events.fold(EventReported(**reported(f"c{k}", title=f"第{k}起")), at - round(hours * HOUR_MS))
        for name in MAIN_ROAD:
            events.fold(EventStep(f"c{k}", Step(name)), at)
    return events


def open_one(events: Events, event_id: str, due: int, reported_ms: int = T0) -> None:
    events.fold(EventReported(**reported(event_id, title="路口井盖缺失有人跌落")), reported_ms)
    events.fold(EventStep(event_id, Step.accepted, due=due), reported_ms)


def test_what_takes_longer_than_its_limit_is_at_risk_until_it_is_late() -> None:
    events = history(60, 10)
    open_one(events, "short", T0 + 5 * HOUR_MS)
    open_one(events, "long", T0 + 20 * HOUR_MS)
    open_one(events, "late", T0 + 1)
    insight = Insight(events)
    insight.begin()
    assert insight.risk(T0 + 2) == {"short": 0.99}


def test_the_chances_are_counted_anew_every_ten_seconds() -> None:
    events = history(60, 10)
    insight = Insight(events)
    insight.begin()
    assert insight.risk(T0) == {}
    open_one(events, "short", T0 + 5 * HOUR_MS)
    insight.follow(["short"])
    assert insight.risk(T0 + RISK_EVERY_MS - 1) == {}
    assert insight.risk(T0 + RISK_EVERY_MS) == {"short": 0.99}
    assert insight.risk(T0) == {"short": 0.99}  # a clock set back


def test_nothing_is_said_of_what_is_paused() -> None:
    events = history(60, 10)
    open_one(events, "short", T0 + 5 * HOUR_MS)
    events.fold(EventStep("short", Step.assigned), T0)
    events.fold(EventStep("short", Step.paused), T0)
    insight = Insight(events)
    insight.begin()
    assert insight.risk(T0) == {}


def test_the_same_words_at_the_same_place_are_related() -> None:
    events = history(3, 1)
    for event_id, title in (("a", "路口井盖缺失有人跌落"), ("b", "路口井盖缺失，有人跌落")):
        events.fold(EventReported(**reported(event_id, title=title)), T0)
    insight = Insight(events)
    insight.begin()
    [alike] = [one for one in insight.related(events["a"], T0) if one.duplicate]
    assert alike.id == "b"
    events.fold(EventStep("b", Step.cancelled), T0)
    insight.follow(["b"])
    assert "b" not in [one.id for one in insight.related(events["a"], T0)]
