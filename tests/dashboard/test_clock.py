"""Instants and their written forms."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import clock

INSTANTS = st.integers(0, 7_258_118_399_999)


@given(INSTANTS)
def test_written_and_read_again(ms: int) -> None:
    assert clock.from_rfc3339(clock.to_rfc3339(ms)) == ms


def test_the_written_form() -> None:
    assert clock.to_rfc3339(1_773_297_128_123) == "2026-03-12T06:32:08.123Z"


@pytest.mark.parametrize(
    "text",
    ["2026-03-12T14:32:08.123+08:00", "2026-03-12T06:32:08.123Z", "2026-03-12T06:32:08.123456789Z"],
)
def test_an_offset_says_which_instant(text: str) -> None:
    assert clock.from_rfc3339(text) == 1_773_297_128_123


@pytest.mark.parametrize("text", ["2026-03-12T14:32:08", "2026-03-12"])
def test_no_offset_is_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match="no UTC offset"):
        clock.from_rfc3339(text)


@pytest.mark.parametrize("text", ["", "today", "2026-02-30T00:00:00Z", "2026-03-12T25:00:00Z", "1773297128123"])
def test_not_a_date_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        clock.from_rfc3339(text)


@given(INSTANTS)
def test_midnight_is_the_citys(ms: int) -> None:
    midnight = clock.city_midnight(ms)
    assert midnight <= ms < midnight + clock.DAY_MS + clock.HOUR_MS  # Shanghai had days of 25 hours until 1991
    assert clock.city_midnight(midnight) == midnight


def test_midnight_in_march() -> None:
    midnight = clock.from_rfc3339("2026-03-12T00:00:00+08:00")
    assert clock.city_midnight(midnight) == midnight
    assert clock.city_midnight(midnight - 1) == midnight - clock.DAY_MS
    assert clock.city_midnight(midnight + clock.DAY_MS - 1) == midnight


def test_dates_are_the_citys() -> None:
    midnight = clock.from_rfc3339("2026-03-12T00:00:00+08:00")
    assert [clock.city_day(midnight - 1), clock.city_day(midnight)] == ["2026-03-11", "2026-03-12"]
    assert clock.city_day_start("2026-03-12") == midnight
    assert clock.city_days(midnight - 1, midnight + clock.DAY_MS) == ["2026-03-11", "2026-03-12", "2026-03-13"]
    assert clock.city_days(midnight, midnight - 1) == []


@given(INSTANTS, st.integers(0, 40 * clock.DAY_MS))
def test_the_dates_between_two_instants(from_ms: int, span_ms: int) -> None:
    days = clock.city_days(from_ms, from_ms + span_ms)
    assert (days[0], days[-1]) == (clock.city_day(from_ms), clock.city_day(from_ms + span_ms))
    starts = [clock.city_day_start(day) for day in days]
    assert [clock.city_day(start) for start in starts] == days
    assert all(abs(b - a - clock.DAY_MS) <= clock.HOUR_MS for a, b in pairwise(starts))


def test_the_wall_clock_and_the_steady_one() -> None:
    assert abs(clock.now_ms() - time.time() * 1000) < 1000
    assert clock.monotonic() <= clock.monotonic()
