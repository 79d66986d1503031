"""The numbers the city is judged by, against published ones."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import clock, kpi
from dashboard.clock import DAY_MS, HOUR_MS, from_rfc3339
from dashboard.eventcolumns import Columns
from dashboard.eventstate import NEVER, EventState
from dashboard.model import Step
from dashboard.picture import Picture
from dashboard.windows import Window
from tests.support import DISTRICTS, MAIN_ROAD, T0, entry, reported, small_picture, small_regions, step

REGIONS = small_regions()
CITY = REGIONS.scope("")
NODES = [REGIONS.node(code) for code in DISTRICTS]


def case(n: int, reported_ms: int, **more: Any) -> EventState:
    """A case as it stands."""
    return EventState(
        id=f"e{n}", title="t", category="c", severity=1, lat=0, lon=0, region="", channel="", address="",
        reported_ms=reported_ms, **more,
    )  # fmt: skip


def columns(cases: list[EventState], districts: list[int] | None = None) -> Columns:
    """The cases as columns, all in one district unless told."""
    table = Columns()
    for row, state in enumerate(cases):
        table.put(row, state, NODES[districts[row] if districts else 0])
    return table


DECEMBER = Window(from_rfc3339("2016-12-01T00:00:00+08:00") - 1, from_rfc3339("2017-01-01T00:00:00+08:00") - 1)


def tianmen() -> Picture:
    """December 2016 as published: 996 cases, 972 due for closure, 911 closed, 737 of them within their limit."""
    start, end = DECEMBER.start + 1, DECEMBER.end + 1
    picture, day = small_picture(), start + 5 * DAY_MS
    for n in range(996):
        at = start + n * 60_000
        # Inside the limit, too late, never, and those whose limit passes only in January.
        due = day if n < 972 else end + DAY_MS
        closed = day - HOUR_MS if n < 737 else day + HOUR_MS if n < 911 else None
        road = MAIN_ROAD if closed else MAIN_ROAD[:3]
        whole = [("event.reported", reported(f"t{n}"), at), *(("event.step", step(f"t{n}", s), at) for s in road)]
        whole[2] = ("event.step", step(f"t{n}", "assigned", due=due), at)
        for k, (kind, data, time_ms) in enumerate(whole):
            moment = closed if closed and k == len(whole) - 1 else time_ms
            picture.apply(entry(kind, data, at=T0 + n, n=k, time_ms=moment))
    return picture


def test_tianmen_december_2016() -> None:
    table = tianmen().events.columns
    found = kpi.rates(table, DECEMBER.start, DECEMBER.end)
    assert table.n == 996
    assert found["closure"] == {"num": 911, "den": 972}
    assert found["ontime"] == {"num": 737, "den": 972}
    assert [f"{kpi.percent(found[name]):.2f}" for name in ("closure", "ontime")] == ["93.72", "75.82"]


def test_huaian_from_parts() -> None:
    due, now = T0 - HOUR_MS, T0
    cases = [case(n, due - DAY_MS, due_ms=due, closed_ms=due, step=Step.evaluated) for n in range(9993)]
    cases += [case(n, due - DAY_MS, due_ms=due) for n in range(7)]
    for n, state in enumerate(cases[:2500]):
        state.score, state.rated_ms = (5 if n % 2 else 4) if n < 2219 else n % 3 + 1, now
    found = kpi.rates(columns(cases), now - DAY_MS, now)
    assert f"{kpi.percent(found['closure']):.2f}" == "99.93"
    assert f"{kpi.percent(found['satisfaction']):.2f}" == "88.76"


def test_nothing_to_divide_by_is_no_rate() -> None:
    found = kpi.rates(columns([]), T0 - DAY_MS, T0)
    assert {name: kpi.percent(rate) for name, rate in found.items()} == dict.fromkeys(found)
    assert kpi.percent({"num": 0, "den": 1}) == 0.0


CASES = st.lists(
    st.tuples(st.none() | st.integers(0, 100), st.none() | st.integers(0, 100), st.integers(0, 5), st.booleans()),
    max_size=30,
)


def drawn(cases: list[tuple[int | None, int | None, int, bool]]) -> Columns:
    """Cases (due, closed, score, merged) as columns; a score is given at the minute of its own number."""
    return columns([
        case(
            n, 0, due_ms=due, closed_ms=closed, score=score or None, rated_ms=score * 7 if score else None,
            step=Step.merged if merged else Step.evaluated if closed is not None else Step.handling,
        )
        for n, (due, closed, score, merged) in enumerate(cases)
    ])  # fmt: skip


@given(CASES, st.lists(st.integers(-1, 101), min_size=2, max_size=6, unique=True).map(sorted))
def test_a_case_is_judged_once_over_consecutive_windows(cases: list, ends: list[int]) -> None:  # type: ignore[type-arg]  # CASES says it
    table = drawn(cases)
    parts = [kpi.rates(table, a, b) for a, b in pairwise(ends)]
    whole = kpi.rates(table, ends[0], ends[-1])
    for name in ("closure", "ontime", "satisfaction"):
        assert sum(part[name]["den"] for part in parts) == whole[name]["den"]
    assert sum(part["ontime"]["num"] for part in parts) == whole["ontime"]["num"]
    assert sum(part["satisfaction"]["num"] for part in parts) == whole["satisfaction"]["num"]


@given(CASES, st.integers(-1, 101), st.integers(-1, 101))
def test_no_rate_passes_one_hundred_percent(cases: list, start: int, end: int) -> None:  # type: ignore[type-arg]  # CASES says it
    found = kpi.rates(drawn(cases), start, end)
    assert all(0 <= rate["num"] <= rate["den"] for rate in found.values())
    assert found["ontime"]["den"] == found["closure"]["den"]
    assert found["ontime"]["num"] <= found["closure"]["num"]


def test_a_case_closed_after_its_window_was_not_closed_in_it() -> None:
    table = columns([case(1, 0, due_ms=10, closed_ms=15, step=Step.evaluated)])
    assert kpi.rates(table, 0, 12)["closure"] == {"num": 0, "den": 1}
    assert kpi.rates(table, 12, 20)["closure"] == {"num": 0, "den": 0}
    assert kpi.rates(table, 0, 20)["closure"] == {"num": 1, "den": 1}


def test_closing_early_is_judged_when_it_is_closed() -> None:
    table = columns([case(1, 0, due_ms=100, closed_ms=5, step=Step.evaluated)])
    assert kpi.rates(table, 0, 10)["ontime"] == {"num": 1, "den": 1}
    assert kpi.rates(table, 10, 200)["ontime"] == {"num": 0, "den": 0}


@pytest.mark.parametrize("ended", [Step.merged, Step.cancelled])
def test_merged_and_cancelled_are_not_counted(ended: Step) -> None:
    table = columns([case(1, 0, due_ms=5, step=ended), case(2, 0, due_ms=5)])
    assert kpi.rates(table, 0, 10)["closure"] == {"num": 0, "den": 1}


def test_a_case_without_a_limit_is_in_no_rate() -> None:
    table = columns([case(1, 0, closed_ms=5, step=Step.evaluated)])
    assert kpi.rates(table, 0, 10)["closure"] == {"num": 0, "den": 0}


def test_the_limit_itself_is_on_time() -> None:
    table = columns([case(n, 0, due_ms=10, closed_ms=9 + n, step=Step.evaluated) for n in range(3)])
    assert kpi.rates(table, 0, 20)["ontime"] == {"num": 2, "den": 3}


def test_the_districts_add_up_to_the_city() -> None:
    now = T0
    cases = [
        case(
            n,
            now - (n % 30) * HOUR_MS,
            due_ms=now - (n % 7) * HOUR_MS,
            closed_ms=now - (n % 5) * HOUR_MS if n % 3 else None,
            step=Step.evaluated if n % 3 else Step.handling,
            score=n % 5 + 1,
            rated_ms=now,
        )
        for n in range(200)
    ]
    table = columns(cases, [n % 2 for n in range(200)])
    found: Any = kpi.summary(table, CITY, now)
    assert [row["code"] for row in found["districts"]] == list(DISTRICTS)
    for name in ("closure", "ontime", "satisfaction"):
        for part in ("num", "den"):
            assert sum(row[name][part] for row in found["districts"]) == found["city"][name][part] > 0
    for name in ("open", "overdue", "reported", "closed"):
        assert sum(row[name] for row in found["districts"]) == found["city"][name] > 0
    assert sum(hour["reported"] for hour in found["hourly"]) == found["city"]["reported"]
    assert found["steps"][3]["held"] == found["city"]["open"] == 67
    assert kpi.last_closed(table) == now


def test_an_empty_city_has_a_summary() -> None:
    found: Any = kpi.summary(columns([]), CITY, T0)
    assert kpi.last_closed(columns([])) is None
    assert found["city"]["open"] == 0
    assert len(found["hourly"]) == 15


def test_counts_since_the_citys_midnight() -> None:
    midnight = clock.city_midnight(T0)
    cases = [case(n, midnight + d, due_ms=T0 + d - 1) for n, d in enumerate((-1, 0, 1))]
    found = kpi.marks(columns(cases), T0 - DAY_MS, T0)
    assert {k: int(v.sum()) for k, v in found.items() if k in kpi.COUNTS} == {
        "open": 3,
        "overdue": 2,
        "reported": 2,
        "closed": 0,
    }


def test_steps_arrived_and_held() -> None:
    midnight = clock.city_midnight(T0)
    entered = [midnight - 1, midnight + 1, T0, T0 + 1, *[NEVER] * 4]
    found = kpi.steps(columns([case(1, 0, step=Step.handling, entered=entered)]), T0)
    assert [row["arrived"] for row in found] == [0, 1, 1, 0, 0, 0, 0, 0]
    assert [row["held"] for row in found] == [0, 0, 0, 1, 0, 0, 0, 0]


@pytest.mark.parametrize(("minute", "hours"), [(0, 0), (1, 1), (60, 1), (61, 2), (870, 15)])
def test_hours_since_midnight(minute: int, hours: int) -> None:
    midnight = clock.city_midnight(T0)
    now = midnight + minute * 60_000
    found = kpi.hourly(columns([case(1, now)]), now)
    assert [row["t"] for row in found] == [midnight + k * HOUR_MS for k in range(hours)]
    assert sum(row["reported"] for row in found) == (1 if hours else 0)


def test_a_small_sample_makes_no_point() -> None:
    few = columns([case(n, 0, due_ms=T0 - 2 * HOUR_MS) for n in range(kpi.MIN_SAMPLE - 1)])
    enough = columns([case(n, 0, due_ms=T0 - 2 * HOUR_MS) for n in range(kpi.MIN_SAMPLE)])
    assert kpi.trend(few, T0)["closure"] == []
    points = kpi.trend(enough, T0)["closure"]
    assert [p["t"] for p in points] == [T0 - T0 % HOUR_MS - HOUR_MS, T0 - T0 % HOUR_MS, T0]
    assert {(p["num"], p["den"]) for p in points} == {(0, kpi.MIN_SAMPLE)}


def test_a_trend_ends_now_and_never_twice() -> None:
    table = columns([case(n, 0, due_ms=T0 - 30 * HOUR_MS + n * 60_000) for n in range(4000)])
    for now in (T0, T0 - T0 % HOUR_MS):
        at = [p["t"] for p in kpi.trend(table, now)["closure"]]
        assert at[-1] == now
        assert at == sorted(set(at))
        assert bool(np.all(np.diff(at) > 0))


HOURS_AGO = st.integers(0, 240).map(lambda hours: T0 - hours * HOUR_MS)


@given(st.lists(st.tuples(HOURS_AGO, st.none() | HOURS_AGO, st.none() | HOURS_AGO, st.none() | HOURS_AGO), max_size=40))
def test_the_rows_of_two_days_give_what_all_rows_give(
    drawn: list[tuple[int, int | None, int | None, int | None]],
) -> None:
    cases = []
    for n, (at, due, closed, rated) in enumerate(drawn):
        state = case(n, at, due_ms=due, closed_ms=closed, step=Step.evaluated if closed else Step.handling)
        state.entered[0], state.entered[3], state.entered[7] = at, at, closed or NEVER
        state.score, state.rated_ms = (5, rated) if rated else (None, None)
        cases.append(state)
    whole = columns(cases)
    recent = whole.recent(T0 - 2 * kpi.WINDOW_MS)
    assert recent.n <= whole.n
    assert kpi.trend(recent, T0) == kpi.trend(whole, T0)
    assert kpi.summary(recent, CITY, T0) == kpi.summary(whole, CITY, T0)


def test_old_closed_cases_are_left_out() -> None:
    old = case(0, T0 - 9 * DAY_MS, due_ms=T0 - 8 * DAY_MS, closed_ms=T0 - 8 * DAY_MS, step=Step.evaluated)
    assert columns([old, case(1, T0 - 9 * DAY_MS)]).recent(T0 - 2 * DAY_MS).n == 1
