"""The outlook: against Kaplan and Meier by hand, levels, what is forgotten, and a city in which it comes true."""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.clock import DAY_MS, HOUR_MS
from dashboard.eventstate import EventState
from dashboard.model import Step
from dashboard.outlook import AT_RISK, KEPT, PREDICTED, Chance, Level, Outlook, SavedKind, Standing
from tests.support import T0

SECOND, MINUTE = 1000, 60_000


def event(age_ms: int, left_ms: int | None, **more: Any) -> EventState:
    """An open event reported so long before T0, due so long after it."""
    place: dict[str, Any] = {"title": "积水", "lat": 31.8, "lon": 119.9, "region": "", "channel": "", "address": ""}
    about = {"id": "e", "category": "road", "department": "roads", "severity": 1, "reported_ms": T0 - age_ms}
    return EventState(**(place | about | {"due_ms": None if left_ms is None else T0 + left_ms} | more))


def after(durations_ms: Sequence[int], *, at_ms: int = T0, **more: Any) -> Outlook:
    """What closures with these durations, all at one instant, leave."""
    told: dict[str, Any] = {"category": "road", "department": "roads", "severity": 1} | more
    outlook = Outlook()
    for duration in durations_ms:
        outlook.closed(**told, duration_ms=duration, at_ms=at_ms)
    return outlook


def about(value: Any, level: Level, n: int) -> Chance:
    """A chance to compare with, whose value may be an `approx`."""
    return Chance(value, level, n)


MINUTES = [k * MINUTE for k in range(1, 101)]


def value(chance: Chance | None) -> float:
    assert chance is not None
    return chance.value


def test_without_open_events_it_is_the_share_that_took_longer() -> None:
    outlook = after(MINUTES)
    assert outlook.breach(event(0, 60 * MINUTE), T0) == about(pytest.approx(0.4), Level.department, 100)
    assert outlook.breach(event(50 * MINUTE, 25 * MINUTE), T0) == about(pytest.approx(0.5), Level.department, 50)
    assert value(outlook.breach(event(50 * MINUTE, 50 * MINUTE), T0)) == 0


def test_closed_at_the_very_limit_is_in_time() -> None:
    outlook = after(MINUTES)
    assert value(outlook.breach(event(0, 60 * MINUTE - SECOND), T0)) == pytest.approx(0.41)
    assert value(outlook.breach(event(0, 60 * MINUTE), T0)) == pytest.approx(0.40)


def test_a_prediction_is_made_from_one_half_on() -> None:
    for minutes, predicted in ((49, True), (50, True), (51, False)):
        chance = after(MINUTES).breach(event(0, minutes * MINUTE), T0)
        assert chance is not None and chance.predicted is predicted


def test_what_has_no_limit_or_is_closed_has_no_chance_and_what_is_late_has_breached() -> None:
    outlook = after(MINUTES)
    assert outlook.breach(event(MINUTE, None), T0) is None
    assert outlook.breach(event(MINUTE, HOUR_MS, step=Step.evaluated), T0) is None
    assert outlook.breach(event(DAY_MS, -1), T0) == Chance(1.0, Level.passed, 0)
    assert Outlook().breach(event(DAY_MS, 0), T0) == Chance(1.0, Level.passed, 0)
    assert Outlook().breach(event(MINUTE, HOUR_MS), T0) is None


def test_open_events_count_for_as_long_as_they_have_lasted() -> None:
    """100 open for 30 minutes: until then they were at risk as well, afterwards nothing is known of them."""
    outlook, others = after(MINUTES), [event(30 * MINUTE, HOUR_MS)] * 100
    until_30 = math.prod((199 - k) / (200 - k) for k in range(30))
    assert value(outlook.breach(event(0, 60 * MINUTE), T0, others)) == pytest.approx(until_30 * 40 / 70)
    assert outlook.breach(event(30 * MINUTE, 30 * MINUTE), T0, others) == about(
        pytest.approx(40 / 70), Level.department, 70
    )


def test_levels_from_the_most_telling_to_everything() -> None:
    outlook = after(MINUTES)
    ask = event(0, 10 * MINUTE)
    levels = [
        (ask, Level.department),
        (event(0, 10 * MINUTE, department="water"), Level.category),
        (event(0, 10 * MINUTE, category="noise"), Level.severity),
        (event(0, 10 * MINUTE, category="noise", severity=4), Level.everything),
        (event((100 - AT_RISK) * MINUTE, 10 * MINUTE), Level.department),
    ]
    for one, level in levels:
        found = outlook.breach(one, T0)
        assert found is not None and (found.level, found.n) == (level, AT_RISK if one is levels[-1][0] else 100)
    assert outlook.breach(event((101 - AT_RISK) * MINUTE, 10 * MINUTE), T0) is None, "too few have become so old"


def test_too_few_of_a_department_are_told_of_by_the_category() -> None:
    outlook = after([HOUR_MS] * (AT_RISK - 1))
    assert outlook.breach(event(0, 2 * HOUR_MS), T0, [event(0, 2 * HOUR_MS)] * 50) is None, "open ones say too little"
    outlook.closed("road", "water", 1, 3 * HOUR_MS, T0)
    found = outlook.breach(event(0, 2 * HOUR_MS), T0)
    assert found == about(pytest.approx(1 / AT_RISK), Level.category, AT_RISK)


def test_on_the_first_day_no_breach_is_predicted_from_limits_nobody_has_come_near() -> None:
    outlook = after([k * MINUTE for k in range(1, 61)])
    others = [event(k * 2 * MINUTE, 5 * DAY_MS) for k in range(200)]
    assert outlook.breach(event(0, 5 * DAY_MS), T0, others) is None
    found = outlook.breach(event(0, HOUR_MS), T0, others)
    assert found is not None and found.predicted, "limits within what was seen are spoken of"


def test_the_newest_durations_count() -> None:
    outlook = after([10 * HOUR_MS] * KEPT, at_ms=T0 - DAY_MS)
    assert value(outlook.breach(event(0, 2 * HOUR_MS), T0)) == 1
    for _ in range(KEPT):
        outlook.closed("road", "roads", 1, HOUR_MS, T0)
    assert value(outlook.breach(event(0, 2 * HOUR_MS), T0)) == 0


def test_impossible_durations_count_as_none() -> None:
    assert value(after([-5 * SECOND] * 20 + [HOUR_MS] * 40).breach(event(0, MINUTE), T0)) == pytest.approx(1)


@dataclass(frozen=True)
class Case:
    """Seconds: reported at, then open or closed after so long."""

    reported: int
    took: int | None


CASES = st.lists(st.builds(Case, st.integers(0, 40), st.none() | st.integers(0, 30)), min_size=1, max_size=60)
NOW = 45


def product_limit(cases: list[Case], since: int, age: int, limit: int) -> tuple[Fraction, int, int]:
    """Kaplan and Meier with left truncation, second by second in exact fractions: chance, at risk at age and limit."""
    spans = [
        (max(0, since - one.reported), NOW - one.reported if one.took is None else one.took, one.took is not None)
        for one in cases
    ]
    chance = Fraction(1)
    for t in range(age + 1, limit + 1):
        there = [(end, closed) for enter, end, closed in spans if enter < t <= end]
        left = sum(closed and end == t for end, closed in there)
        chance *= Fraction(len(there) - left, len(there)) if there else 1
    at, last = (sum(enter <= t < end for enter, end, _ in spans) for t in (age, limit))
    return chance, at, last


@given(CASES, st.integers(1, 8), st.integers(0, 40), st.integers(1, 40), st.integers(0, 200))
def test_it_is_what_kaplan_and_meier_say(cases: list[Case], many: int, age: int, left: int, older: int) -> None:
    """Each case `many` times; `older` closures before them fill what is kept, so that some are forgotten."""
    cases = sorted((c for c in cases for _ in range(many)), key=lambda c: c.reported + (c.took or 0))
    closed = [c for c in cases if c.took is not None and c.reported + c.took <= NOW]
    still = [Case(c.reported, None) for c in cases if c.took is None or c.reported + c.took > NOW]
    early = [Case(-20, 5 + k % 10) for k in range(KEPT - older if len(closed) > older else 0)]
    early.sort(key=lambda c: c.took or 0)
    told = early + closed
    outlook = Outlook()
    for one in told:
        outlook.closed("road", "roads", 1, (one.took or 0) * SECOND, T0 + (one.reported + (one.took or 0)) * SECOND)
    gone, kept = told[:-KEPT], told[-KEPT:]
    since = max((c.reported + (c.took or 0) for c in gone), default=-(10**9))
    now_ms = T0 + NOW * SECOND
    others = [event(0, HOUR_MS, reported_ms=T0 + c.reported * SECOND) for c in still]
    ask = event(0, None, reported_ms=now_ms - age * SECOND, due_ms=now_ms + left * SECOND)
    found = outlook.breach(ask, now_ms, others)
    chance, at, last = product_limit(kept + still, since, age, age + left)
    if len(kept) < AT_RISK or at < AT_RISK or (chance >= PREDICTED and last < AT_RISK * PREDICTED):
        assert found is None
    elif abs(float(chance) - PREDICTED) > 1e-9:
        assert found == about(pytest.approx(float(chance), abs=1e-9), Level.department, at)


@given(CASES, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=9))
def test_a_chance_is_one_and_grows_as_time_runs_out(cases: list[Case], asked: list[tuple[int, int, int]]) -> None:
    outlook = after([(one.took or 0) * SECOND for one in cases * 20])
    others = [event(one.reported * SECOND, HOUR_MS) for one in cases if one.took is None]
    for age, left, more in asked:
        sooner, later, older = (
            outlook.breach(event(a * SECOND, b * SECOND), T0, others)
            for a, b in ((age, left), (age, left + more), (age + min(more, left), left - min(more, left)))
        )
        for chance in (sooner, later, older):
            assert chance is None or 0 <= chance.value <= 1
        if sooner is not None and later is not None:
            assert later.value <= sooner.value
        if sooner is not None and older is not None and sooner.level == older.level:
            assert older.value >= sooner.value


def of_a_city(seed: int, n: int) -> tuple[Outlook, list[EventState]]:
    """100 kinds with their own pace, and n open events."""
    rng = random.Random(seed)
    outlook = Outlook()
    kinds = [(f"c{k % 20}", f"d{k // 20}") for k in range(100)]
    for k in range(40_000):
        category, department = rng.choice(kinds)
        took = rng.lognormvariate(8 + int(department[1:]) % 3, 1.0)
        outlook.closed(category, department, rng.randint(1, 4), round(took * SECOND), T0 - DAY_MS + 2000 * k)
    events = []
    for k in range(n):
        category, department = rng.choice(kinds)
        age, left = round(rng.expovariate(1 / HOUR_MS)), round(rng.uniform(-1, 20) * HOUR_MS)
        about = {"category": category, "department": department, "severity": rng.randint(1, 4)}
        events.append(event(age, left if k % 10 else None, id=f"e{k}", **about))
    return outlook, events


def test_all_at_once_is_one_by_one() -> None:
    outlook, events = of_a_city(1, 300)
    found = outlook.breaches(Standing.of(events), T0)
    assert [found[k] for k in range(len(events))] == [outlook.breach(one, T0, events) for one in events]
    assert {one.level for k in range(len(events)) if (one := found[k])} >= {Level.department, Level.passed}
    assert found.predicted.tolist() == [(c := found[k]) is not None and c.predicted for k in range(len(events))]
    assert len(outlook.breaches(Standing.of([]), T0).value) == 0


def test_what_was_exported_says_the_same_ever_after() -> None:
    outlook, events = of_a_city(2, 200)
    saved = msgspec.msgpack.encode(outlook.export())
    again = Outlook.restore(msgspec.msgpack.decode(saved, type=list[SavedKind]))
    standing = Standing.of(events)
    for _ in range(2):
        for one, other in zip(*(vars_of(o.breaches(standing, T0)) for o in (outlook, again)), strict=True):
            np.testing.assert_array_equal(one, other)
        assert msgspec.msgpack.encode(again.export()) == msgspec.msgpack.encode(outlook.export())
        for o in (outlook, again):
            for k in range(700):
                o.closed("c1", "d1", 1, k * MINUTE, T0 + k * MINUTE)


def vars_of(found: Any) -> tuple[Any, ...]:
    return found.value, found.level, found.n


PACE = {"street": 6.0, "water": 20.0, "noise": 60.0, "rare": 30.0}
LIMIT_H = {1: 72, 2: 48, 3: 24, 4: 8}


def a_year(seed: int) -> list[EventState]:
    """120 days of a city: closed after log-normal hours by category, department and severity."""
    rng, events = random.Random(seed), []
    for k in range(120 * 120):
        category = rng.choices(list(PACE), (60, 25, 14, 1))[0]
        department, severity = f"d{rng.randint(0, 3)}", rng.choices((1, 2, 3, 4), (70, 20, 8, 2))[0]
        hours = PACE[category] * (0.5 + int(department[1:]) / 2) * rng.lognormvariate(0, 0.9)
        reported = T0 + k * 12 * MINUTE
        about = {"category": category, "department": department, "severity": severity}
        due = reported + LIMIT_H[severity] * HOUR_MS
        events.append(event(0, 0, id=f"e{k}", reported_ms=reported, due_ms=due, **about))
        events[-1].closed_ms = reported + round(hours * HOUR_MS)
    return events


def test_in_a_simulated_city_it_comes_true() -> None:
    """Every two days, of all that are open and not late: the mean chance and the share that breach in the end."""
    pending, opened = sorted(a_year(5), key=lambda e: e.reported_ms, reverse=True), dict[str, EventState]()
    leaving: list[tuple[int, str]] = []
    outlook, said, came, predicted, unknown = Outlook(), list[float](), list[bool](), list[bool](), 0
    for now_ms in range(T0 + 20 * DAY_MS, T0 + 110 * DAY_MS, 2 * DAY_MS):
        while pending and pending[-1].reported_ms <= now_ms:
            one = pending.pop()
            opened[one.id] = one
            heapq.heappush(leaving, (one.closed_ms or 0, one.id))
        while leaving and leaving[0][0] <= now_ms:
            at_ms, event_id = heapq.heappop(leaving)
            one = opened.pop(event_id)
            outlook.closed(one.category, one.department, one.severity, at_ms - one.reported_ms, at_ms)
        found = outlook.breaches(Standing.of(opened.values()), now_ms)
        for k, one in enumerate(opened.values()):
            chance = found[k]
            unknown += chance is None
            if chance is not None and chance.level is not Level.passed:
                said.append(chance.value)
                came.append((one.closed_ms or 0) > (one.due_ms or 0))
                predicted.append(chance.predicted)
    chances, breached, flags = np.array(said), np.array(came), np.array(predicted)
    assert len(chances) > 3000 and unknown < 0.05 * len(chances)
    assert abs(chances.mean() - breached.mean()) < 0.05
    for low, high in ((0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.8), (0.8, 1.01)):
        band = (chances >= low) & (chances < high)
        assert band.sum() > 150
        assert abs(chances[band].mean() - breached[band].mean()) < 0.05, (low, high)
    for group in (flags, ~flags):
        assert abs(chances[group].mean() - breached[group].mean()) < 0.05
    assert breached[flags].mean() > 0.65 > 0.35 > breached[~flags].mean()
