"""The past as events: each as the fold would have left it, the same every time, and like the live city."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec
import numpy as np
import pytest

from dashboard import clock, facts
from dashboard.cities import City, load_city
from dashboard.codec import decode, encode
from dashboard.events import Events
from dashboard.eventstate import EventState, Trace
from dashboard.model import (
    Data,
    EventCheckin,
    EventRated,
    EventReported,
    EventRouted,
    EventStep,
    EventUndone,
    Severity,
    Step,
    Whistle,
)
from dashboard.procedure import Procedure
from dashboard.processbook import Choice, Choices, Condition
from dashboard.record import Entry, Record
from feeds.demo.pastevents import Past
from feeds.demo.world import World

LAST = date(2026, 11, 20)
LATER = 2**53


@pytest.fixture(scope="module")
def city() -> City:
    return load_city("changzhou")


@pytest.fixture(scope="module")
def past(city: City) -> Past:
    return Past(city, seed=7, workers=13_080, last=LAST)


def told(event: EventState, line: Trace) -> Data:
    """The record of a line."""
    if line.what == "reported":
        call = event.call
        whistle = call and Whistle(
            Severity(call.level).name, call.departments, (call.due_ms - call.at_ms) / clock.HOUR_MS
        )  # fmt: skip
        return EventReported(
            event.id, event.title, event.category, Severity(event.severity).name, event.lat, event.lon,
            region=event.region, channel=event.channel, address=event.address, whistle=whistle,
        )  # fmt: skip
    if line.what == "routed":
        return EventRouted(event.id, line.to, line.department, line.note)
    if line.what == "checkin":
        return EventCheckin(event.id, line.department, line.note, line.by)
    if line.what == "rated":
        return EventRated(event.id, line.score or 0, line.note, line.by)
    if line.what == "undone":
        return EventUndone(event.id, Step(line.step), None, line.by, line.role)  # type: ignore[arg-type]  # as it was said
    due = None if line.due_ms is None else clock.to_rfc3339(line.due_ms)
    said = line.department, line.worker_id, line.note, due, line.by, line.role
    return EventStep(event.id, Step(line.what), *said)  # type: ignore[arg-type]  # as it was said


def folded(city: City, event: EventState) -> EventState:
    """The event as its records make it, each written as JSON and read again."""
    events = Events(city.regions.locate, city.regions.node, city.procedure)
    for n, line in enumerate(event.trail):
        fields = encode(Record(str(n), line.source, KINDS.get(line.what, "event.step"), line.at_ms, told(event, line)))
        record = decode(Entry("wall:events", "1-0", {key.encode(): value for key, value in fields.items()}))
        events.fold(record.data, line.at_ms, line.source)  # type: ignore[arg-type]  # of events
    return events[event.id]


KINDS = {
    "reported": "event.reported", "routed": "event.routed", "checkin": "event.checkin", "rated": "event.rated",
    "undone": "event.undone",
}  # fmt: skip


def test_every_event_is_what_the_fold_makes_of_its_records(city: City, past: Past) -> None:
    events = [event for ago in (400, 200, 140, 3) for event in past.day(LAST - timedelta(days=ago), LATER, LATER)[0]]
    rare = [
        [event for event in events if seen(event)][:25]
        for seen in (
            lambda e: e.call, lambda e: e.returned, lambda e: e.extended, lambda e: e.urged, lambda e: e.score,
            lambda e: any(line.what == "undone" for line in e.trail), lambda e: e.severity == Severity.urgent,
            lambda e: not e.worker_id,
        )
    ]  # fmt: skip
    assert all(rare)
    for event in (*events[::40], *(event for some in rare for event in some)):
        assert folded(city, event) == event


def test_a_rule_for_an_item_is_kept_in_the_past_too(city: City) -> None:
    old = city.procedure
    quiet = {"quiet": msgspec.structs.replace(old.processes["suzhou"], key="quiet")}
    choices = Choices("suzhou", (Choice(Condition(categories=("environment.noise",)), "quiet"),))
    ruled = replace(city, procedure=Procedure(old.processes | quiet, choices, old.clock))
    events, _ = Past(ruled, seed=7, workers=13_080, last=LAST).day(LAST - timedelta(days=3), LATER, LATER)
    assert {e.category for e in events if e.process == "quiet"} == {"environment.noise"}
    for event in [e for e in events if e.category.startswith("environment.")][:40]:
        assert folded(ruled, event) == event


def test_its_facts_are_those_of_its_events(city: City, past: Past) -> None:
    states, known = past.day(LAST - timedelta(days=200), LATER, LATER)
    expected = facts.table(states, city.procedure)
    assert known.keys() == expected.keys()
    for name, column in expected.items():
        np.testing.assert_array_equal(known[name], column, name)
        assert known[name].dtype == column.dtype


def test_the_same_seed_and_day_give_the_same_events(city: City, past: Past) -> None:
    day = LAST - timedelta(days=77)
    again = Past(city, seed=7, workers=13_080, last=LAST)
    first, _ = past.day(day, LATER, LATER)
    again.day(day - timedelta(days=1), LATER, LATER)
    assert again.day(day, LATER, LATER)[0] == first
    assert Past(city, seed=8, workers=13_080, last=LAST).day(day, LATER, LATER)[0] != first


def test_nothing_is_reported_too_late_nothing_is_open_and_no_id_is_there_twice(past: Past) -> None:
    day = LAST - timedelta(days=1)
    every, _ = past.day(day, LATER, LATER)
    cut = every[len(every) // 2].reported_ms
    events, _ = past.day(day, cut, cut + clock.HOUR_MS)
    assert 0 < len(events) < len(every) / 2
    assert all(e.reported_ms < cut and e.told_ms < cut + clock.HOUR_MS and not e.open for e in events)
    assert len({event.id for event in every}) == len(every)
    assert [event.reported_ms for event in every] == sorted(event.reported_ms for event in every)


def shares(values: Iterable[Any]) -> dict[Any, float]:
    counted = Counter(values)
    return {key: n / counted.total() for key, n in counted.items()}


def test_the_last_month_is_like_the_live_city(city: City, past: Past) -> None:
    now = clock.city_day_start("2026-11-20") + 12 * clock.HOUR_MS
    world = World(city, seed=7, workers=13_080, fixes_per_s=1.0, start_ms=now)
    live = Events(city.regions.locate, city.regions.node, city.procedure)
    for _, records in world.past(now):
        for record in records:
            if isinstance(record.data, EventReported | EventStep | EventRated):
                data = record.data
                live.fold(data, record.time_ms, record.source)
    ago = [event for k in (1, 2, 3, 8, 9, 10) for event in past.day(LAST - timedelta(days=k), LATER, LATER)[0]]
    over = [event for event in live if event.reported_ms < now - 12 * clock.HOUR_MS and not event.open]
    assert len(ago) / 6 == pytest.approx(len(live), rel=0.08)
    for what, at_most in (
        (lambda e: e.category.partition(".")[0], 0.03), (lambda e: e.category, 0.015), (lambda e: e.severity, 0.02),
        (lambda e: e.channel, 0.03), (lambda e: e.department, 0.03),
    ):  # fmt: skip
        here, there = (shares(what(event) for event in events) for events in (live, ago))
        assert max(abs(here.get(key, 0) - there.get(key, 0)) for key in here.keys() | there.keys() - {""}) < at_most
    for measured, at_most in (
        (lambda e: e.closed_ms <= e.due_ms, 0.03), (lambda e: bool(e.worker_id), 0.03), (lambda e: bool(e.score), 0.04),
        (lambda e: bool(e.urged), 0.02), (lambda e: bool(e.returned), 0.02), (lambda e: e.call is not None, 0.02),
    ):  # fmt: skip
        assert abs(np.mean([measured(e) for e in over]) - np.mean([measured(e) for e in ago])) < at_most
    hours = [np.median([(e.closed_ms or 0) - e.reported_ms for e in events]) for events in (over, ago)]
    assert hours[0] == pytest.approx(hours[1], rel=0.08)
