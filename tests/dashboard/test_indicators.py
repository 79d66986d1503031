"""Indicators over windows and choices of cases: many windows at once, filters, and a whole quarter of a real city."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import clock, facts
from dashboard.filters import Filter
from dashboard.indicators import Counted, Indicators, one
from dashboard.kpibook import load_book
from dashboard.kpicount import Split, count, figure
from dashboard.picture import Picture
from dashboard.windows import Window
from tests.dashboard.test_cases import followed
from tests.dashboard.test_kpi import DECEMBER, tianmen
from tests.support import DISTRICTS, GRIDS, MAIN_ROAD, T0, entry, reported, small_picture, step

BOOK = load_book()
CODES = ("reported", "closure_rate", "ontime_rate", "time_to_close", "satisfaction", "satisfaction_mean", "open")


def a_city(cases: list[tuple[int, int, int]]) -> Picture:
    """A picture of cases: in which grid, reported how many minutes after T0, how many steps it has taken."""
    picture = small_picture()
    for n, (grid, minute, steps) in enumerate(cases):
        at = T0 + minute * 60_000
        place = {
            "region": GRIDS[grid],
            "category": ("c0", "c1", "c2", "c1.x")[grid],
            "channel": f"h{steps}",
            "severity": ["normal", "urgent"][n % 2],
        }
        records: list[tuple[str, Any]] = [("event.reported", reported(f"e{n}", **place))]
        due = {"due": at + 600_000}
        records += [
            ("event.step", step(f"e{n}", s, department=f"d{n % 3}", **(due if s == "assigned" else {})))
            for s in MAIN_ROAD[:steps]
        ]
        for k, (kind, data) in enumerate(records):
            picture.apply(entry(kind, data, at=T0 + n, n=k, time_ms=at + k * 150_000))
    return picture


CITY = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60), st.integers(0, 5)), max_size=12)


@settings(max_examples=10, deadline=None)
@given(CITY, st.lists(st.integers(-5, 90), min_size=2, max_size=5, unique=True).map(sorted))
def test_many_windows_at_once_are_each_as_alone(cases: list[tuple[int, int, int]], ends: list[int]) -> None:
    found = Indicators(followed(a_city(cases)), BOOK)
    windows = [Window(T0 + a * 60_000, T0 + b * 60_000) for a, b in pairwise(ends)]
    alone = [found.over(each, CODES) for each in windows]
    assert found.each(windows, CODES) == [{code: one(counted, code) for code in CODES} for counted in alone]


@settings(max_examples=10, deadline=None)
@given(CITY, st.integers(0, 9), st.integers(1, 10), st.integers(3, 7), st.booleans())
def test_days_at_once_are_each_as_alone(
    cases: list[tuple[int, int, int]], first: int, last: int, days: int, twice: bool
) -> None:
    """Ten minutes stand for a day; the first and the last may be shorter."""
    found, minute = Indicators(followed(a_city(cases)), BOOK), 60_000
    ends = [T0 + (first - 30) * minute, *(T0 + (10 * n - 20) * minute for n in range(days))]
    ends.append(ends[-1] + last * minute)
    windows = [Window(a, b) for a, b in pairwise(ends)] * (1 + twice)
    alone = [found.over(each, CODES) for each in windows]
    assert found.each(windows, CODES) == [{code: one(counted, code) for code in CODES} for counted in alone]


@pytest.mark.parametrize("chosen", [
    Filter(region=DISTRICTS[0]), Filter(region=GRIDS[2]), Filter(category=("c1", "c2")), Filter(category=("c1.x",)),
    Filter(severity=(4,)),
    Filter(department=("d1",), channel=("h5",)), Filter(hour=(14,), weekday=(3,)), Filter(hour=(15,)),
    Filter(process=("?",)),
])  # fmt: skip
def test_a_choice_of_cases_is_counted_as_if_there_were_no_others(chosen: Filter) -> None:
    picture = a_city([(n % 4, n * 3, n % 6) for n in range(40)])
    kept = [event for event in picture.events if matches(chosen, event)]
    window = Window(T0 - 1, T0 + 3_600_000)
    for split in (None, Split("region", 6)):
        counted = Indicators(followed(picture), BOOK).over(window, CODES, chosen, split)
        alone = count(
            [BOOK.measures[c] for c in CODES],
            facts.table(kept, picture.events.procedure),
            window.start,
            window.end,
            split,
        )
        assert counted.rows == alone


def matches(chosen: Filter, event: Any) -> bool:
    """The filter, said a second time."""
    local = np.datetime64(event.reported_ms + 8 * clock.HOUR_MS, "ms").item()
    wanted = {
        "category": event.category, "department": event.department, "channel": event.channel, "process": event.process,
        "severity": event.severity, "weekday": local.weekday(), "hour": local.hour,
    }  # fmt: skip
    return event.region.startswith(chosen.region) and all(
        not getattr(chosen, name) or {value, str(value).split(".")[0]} & {*getattr(chosen, name)}
        for name, value in wanted.items()
    )


def test_it_says_since_when_there_are_cases() -> None:
    window = Window(T0 - 1, T0 + 60_000)
    nothing: Counted = Indicators(followed(small_picture()), BOOK).over(window, CODES)
    assert nothing.since is None
    assert one(nothing, "closure_rate") == {"num": 0, "den": 0}
    assert Indicators(followed(a_city([(0, 5, 1), (1, 2, 1)])), BOOK).over(window, CODES).since == T0 + 120_000


def test_tianmen_december_2016_out_of_the_table() -> None:
    """As published: 996 cases, 972 due for closure, 911 closed, 737 within their limit; 93.72 % and 75.82 %."""
    picture = tianmen()
    counted = Indicators(followed(picture), BOOK).over(
        DECEMBER, ("reported", "due_to_close", "closure_rate", "ontime_rate")
    )
    assert one(counted, "reported") == {"num": 996}
    assert one(counted, "due_to_close") == {"num": 972}
    closure, ontime = one(counted, "closure_rate"), one(counted, "ontime_rate")
    assert (closure, ontime) == ({"num": 911, "den": 972}, {"num": 737, "den": 972})
    shown = [figure(BOOK.kpis[code], row).value for code, row in (("closure_rate", closure), ("ontime_rate", ontime))]
    assert [f"{value:.2f}" for value in shown] == ["93.72", "75.82"]


@settings(max_examples=10, deadline=None)
@given(CITY)
def test_by_many_dimensions_at_once_is_each_as_alone(cases: list[tuple[int, int, int]]) -> None:
    found, window = Indicators(followed(a_city(cases)), BOOK), Window(T0 - 1, T0 + 3_600_000)
    splits = (Split("region", 6), Split("category"), Split("channel"))
    alone = [found.over(window, CODES, split=split).rows for split in splits]
    assert found.by(window, CODES, Filter(), splits) == alone


@settings(max_examples=10, deadline=None)
@given(CITY, st.sampled_from(CODES))
def test_one_indicator_day_by_day_is_each_day_as_alone(cases: list[tuple[int, int, int]], code: str) -> None:
    """Of one that says by which instant a case counts, a case is looked for in the one day that this lies in."""
    found, minute = Indicators(followed(a_city(cases)), BOOK), 60_000
    windows = [Window(T0 + (n - 2) * 10 * minute, T0 + (n - 1) * 10 * minute) for n in range(12)]
    assert found.each(windows, [code]) == [{code: one(found.over(each, [code]), code)} for each in windows]
