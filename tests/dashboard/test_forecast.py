"""The forecast: real calls by back-test, the calendar, gaps and nothing, and intervals that hold what they say."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dashboard.control import Rule, counts
from dashboard.forecast import LEAST_DAYS, forecast, worth
from dashboard.workdays import OfficeHours, WorkClock

F64 = NDArray[np.float64]
MONDAY = date(2025, 3, 3)
"""No holiday within the six weeks that follow but 清明 on Friday 4 April."""
CALENDAR = WorkClock()
WEEK = np.array([1.3, 1.2, 1.2, 1.1, 1.2, 0.6, 0.4])


def poisson(level: float, days: int, seed: int = 1989) -> F64:
    return np.random.default_rng(seed).poisson(level * np.resize(WEEK, days)).astype(float)


def test_a_week_ahead_follows_the_week() -> None:
    told = forecast(poisson(100, 28), MONDAY, CALENDAR)
    assert [one.day for one in told.days] == [date(2025, 3, 31) + timedelta(k) for k in range(7)]
    assert (told.counted, told.unknown) == (28, [])
    assert told.level == pytest.approx(100, rel=0.05)
    usual = [one.mean / told.level for one in told.days if one.day != date(2025, 4, 4)]
    assert usual == pytest.approx(np.delete(WEEK, 4), rel=0.12)
    assert all(one.low95 <= one.low80 <= one.mean <= one.high80 <= one.high95 for one in told.days)


def test_a_holiday_is_like_other_days_off_and_a_weekend_day_in_exchange_like_a_working_day() -> None:
    told = forecast(poisson(100, 28), MONDAY, CALENDAR).days[4]
    assert (told.day, told.works) == (date(2025, 4, 4), False)
    assert told.mean == pytest.approx(50, rel=0.2)
    # Sunday 27 April 2025 is worked for 1 May.
    exchanged = forecast(poisson(100, 49), MONDAY, CALENDAR).days[6]
    assert (exchanged.day, exchanged.works) == (date(2025, 4, 27), True)
    assert exchanged.mean == pytest.approx(120, rel=0.15)


def test_it_says_when_a_years_holidays_are_not_known() -> None:
    assert forecast(poisson(100, 28), date(2093, 12, 1), CALENDAR).unknown == [2093, 2094] or not CALENDAR.known(2093)
    city = WorkClock(OfficeHours(years=frozenset({2093})))
    assert forecast(poisson(100, 28), date(2093, 12, 7), city).unknown == [2094]
    assert forecast(poisson(100, 5), date(2093, 12, 25), city).unknown == [2094], "said even where nothing else is"


def test_less_than_three_weeks_are_too_little() -> None:
    short = forecast(poisson(100, LEAST_DAYS - 1), MONDAY, CALENDAR)
    assert (short.days, short.counted) == ([], LEAST_DAYS - 1)
    gaps = poisson(100, 30)
    gaps[3:13] = nan
    assert forecast(gaps, MONDAY, CALENDAR).days == []
    assert forecast([], MONDAY, CALENDAR).days == []
    assert len(forecast(poisson(100, LEAST_DAYS), MONDAY, CALENDAR).days) == 7


def test_days_that_nobody_counted_teach_nothing() -> None:
    whole, gaps = poisson(100, 63), poisson(100, 63)
    gaps[[0, 20, 21, 22, 23, 45, 62]] = nan
    one, other = forecast(whole, MONDAY, CALENDAR), forecast(gaps, MONDAY, CALENDAR)
    assert other.counted == 56
    assert [day.mean for day in other.days] == pytest.approx([day.mean for day in one.days], rel=0.1)
    weekdays = poisson(100, 63)
    weekdays[np.arange(63) % 7 >= 5] = nan
    assert len(forecast(weekdays, MONDAY, CALENDAR).days) == 7


def test_nothing_ever_is_not_certain_to_stay_so() -> None:
    days = forecast([0] * 40, MONDAY, CALENDAR).days
    assert all(0 < one.mean < 0.1 and (one.low95, one.high80) == (0, 0) for one in days)


def test_a_storm_does_not_teach_that_its_weekday_is_stormy() -> None:
    calm, stormy = poisson(100, 63), poisson(100, 63)
    stormy[55:57] = 900, 800
    one, other = forecast(calm, MONDAY, CALENDAR), forecast(stormy, MONDAY, CALENDAR)
    assert [day.mean for day in other.days] == pytest.approx([day.mean for day in one.days], rel=0.25)


def test_it_follows_a_city_that_grows() -> None:
    growing = np.random.default_rng(1).poisson(np.linspace(100, 300, 70) * np.resize(WEEK, 70))
    told = forecast(growing, MONDAY, CALENDAR)
    assert told.discount < 0.95
    assert told.level == pytest.approx(290, rel=0.1)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer cases than none"):
        forecast([-1.0] * 30, MONDAY, CALENDAR)
    with pytest.raises(ValueError, match="nothing was counted"):
        worth([nan], MONDAY, CALENDAR)


def test_the_worth_of_days_takes_the_week_out_of_a_control_chart() -> None:
    series = poisson(400, 49)
    series[32] = 200  # 清明
    sizes = worth(series, MONDAY, CALENDAR)
    assert sizes[28:32] == pytest.approx(WEEK[:4], rel=0.05)
    assert sizes[32] == pytest.approx(0.5, rel=0.1)
    without, chart = counts(series, window=(0, 35)), counts(series, sizes, (0, 35))
    assert sum(each.rule is Rule.beyond for each in without.signals) + 5 * (without.spread > 2) >= 5
    assert chart.spread < 1.5
    assert {each.first for each in chart.signals if each.rule is Rule.beyond} <= {32}


def held(series: Iterable[F64], origin: int, first: date, calendar: WorkClock) -> dict[str, float]:
    """Back-test: 7 days ahead from every day after `origin`; errors beside a week ago's, and what intervals held."""
    scores: dict[str, list[float]] = {"mase": [], "naive": [], "held80": [], "held95": []}
    for y in series:
        scale, rows = np.abs(y[7:] - y[:-7]).mean(), []
        for k in range(origin, len(y) - 6):
            true, days = y[k : k + 7], forecast(y[:k], first, calendar).days
            columns = np.array([one[2:] for one in days]).T
            mean, low80, high80, low95, high95 = columns
            errors = np.abs(true - mean) / scale, np.abs(true - y[k - 7 : k]) / scale
            rows.append([*errors, (low80 <= true) & (true <= high80), (low95 <= true) & (true <= high95)])
        for name, value in zip(scores, np.mean(rows, axis=(0, 2)), strict=True):
            scores[name].append(float(value))
    return {name: float(np.mean(values)) for name, values in scores.items()}


@pytest.mark.parametrize("level", [0.5, 6.0, 200.0])
@pytest.mark.parametrize("clustered", [False, True])
def test_intervals_hold_what_they_say(level: float, clustered: bool) -> None:
    """By simulation; of small whole numbers an interval must hold more than it says."""
    random = np.random.default_rng(7)
    means = level * np.resize(WEEK, (24, 56))
    drawn = random.poisson(means * random.gamma(8, 1 / 8, means.shape) if clustered else means)
    found = held(drawn.astype(float), 42, MONDAY, CALENDAR)
    assert 0.76 <= found["held80"] <= (0.91 if level > 1 else 1.0)
    assert 0.9 <= found["held95"] <= (0.98 if level > 1 else 1.0)
    assert found["mase"] < found["naive"]


Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def calls(real_data: Path) -> Rows:
    with gzip.open(real_data / "events" / "boston311_2011Q3.csv.gz", "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def daily(rows: Iterable[dict[str, str]], column: str, first: date, days: int) -> F64:
    """Rows by day of a column that begins with a date, written YYYY-MM-DD or YYYY/M/D."""
    found = Counter(date(*map(int, row[column].split()[0].replace("/", "-").split("-"))) for row in rows)
    return np.array([found[first + timedelta(k)] for k in range(days)], np.float64)


SUMMER = date(2011, 7, 1)
BOSTON = WorkClock(
    OfficeHours(
        closed=frozenset({date(2011, 7, 4), date(2011, 9, 5)}),
        worked=frozenset({date(2011, 9, 12), *(date(2011, 10, k) for k in range(3, 8))}),
    )
)


def largest(rows: Rows, column: str, most: int) -> list[F64]:
    """The daily counts of the largest groups of a column."""
    names = [name for name, _ in Counter(row[column] for row in rows).most_common(most)]
    return [daily((row for row in rows if row[column] == name), "open_dt", SUMMER, 92) for name in names]


def test_real_calls_of_a_summer_with_a_hurricane(calls: Rows) -> None:
    """The docstring's figures, for the whole city and its departments."""
    whole = daily(calls, "open_dt", SUMMER, 92)
    found = held([whole, *largest(calls, "department", 6)], 28, SUMMER, BOSTON)
    assert found["mase"] < 0.75
    assert found["naive"] > 1.0
    assert 0.78 <= found["held80"] <= 0.86
    assert 0.92 <= found["held95"] <= 0.97


def test_real_calls_of_neighbourhoods(calls: Rows) -> None:
    found = held(largest(calls, "neighborhood", 17), 28, SUMMER, BOSTON)
    assert found["mase"] < 0.75 < 1.0 < found["naive"]
    assert 0.8 <= found["held80"] <= 0.87
    assert 0.91 <= found["held95"] <= 0.96


def test_real_messages_that_no_constant_was_chosen_on(real_data: Path) -> None:
    with gzip.open(real_data / "events" / "wenzheng_replies.csv.gz", "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["留言时间"].strip()]
    first = date(2018, 7, 1)
    found = held([daily(rows, "留言时间", first, 420)], 28, first, CALENDAR)
    assert found["mase"] < 0.8 < 1.0 < found["naive"]
    assert 0.8 <= found["held80"] <= 0.92, "2.6 a day: whole numbers hold more than they say"
    assert found["held95"] >= 0.95


@given(
    st.lists(st.one_of(st.just(nan), st.integers(0, 5000).map(float)), min_size=LEAST_DAYS, max_size=60),
    st.dates(date(2011, 1, 1), date(2030, 1, 1)),
)
def test_every_number_is_sound(series: list[float], first: date) -> None:
    told: Any = forecast(series, first, CALENDAR)
    for one in told.days:
        assert 0 <= one.low95 <= one.low80 <= one.high80 <= one.high95
        assert 0 < one.mean < 50_000
    assert all(a.day + timedelta(1) == b.day for a, b in pairwise(told.days))
