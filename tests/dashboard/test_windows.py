"""Windows and what they are compared with, by the city's calendar."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.clock import CITY_ZONE, DAY_MS
from dashboard.windows import KEYS, Window, before, days, window, year_ago


def at(text: str) -> int:
    """UTC ms of a city time."""
    return round(datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE).timestamp() * 1000)


def said(one: Window) -> tuple[str, str]:
    """Its ends in the city, the first instant of it first."""
    first, last = (datetime.fromtimestamp(ms / 1000, CITY_ZONE) for ms in (one.start + 1, one.end))
    return f"{first:%Y-%m-%d %H:%M}", f"{last:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(("key", "now", "here", "previous", "last_year"), [
    ("today", "2026-03-12 14:30", ("2026-03-12 00:00", "2026-03-12 14:30"), ("2026-03-11 00:00", "2026-03-11 14:30"),
     ("2025-03-12 00:00", "2025-03-12 14:30")),
    ("24h", "2026-03-12 14:30", ("2026-03-11 14:30", "2026-03-12 14:30"), ("2026-03-10 14:30", "2026-03-11 14:30"),
     ("2025-03-11 14:30", "2025-03-12 14:30")),
    ("7d", "2026-03-12 14:30", ("2026-03-05 14:30", "2026-03-12 14:30"), ("2026-02-26 14:30", "2026-03-05 14:30"),
     ("2025-03-05 14:30", "2025-03-12 14:30")),
    ("month", "2026-03-31 14:30", ("2026-03-01 00:00", "2026-03-31 14:30"), ("2026-02-01 00:00", "2026-02-28 14:30"),
     ("2025-03-01 00:00", "2025-03-31 14:30")),
    ("year", "2024-02-29 14:30", ("2024-01-01 00:00", "2024-02-29 14:30"), ("2023-01-01 00:00", "2023-02-28 14:30"),
     ("2023-01-01 00:00", "2023-02-28 14:30")),
])  # fmt: skip
def test_each_begins_and_is_compared_where_people_expect(
    key: str, now: str, here: tuple[str, str], previous: tuple[str, str], last_year: tuple[str, str]
) -> None:
    one = window(key, at(now))
    assert (said(one), said(before(one)), said(year_ago(one))) == (here, previous, last_year)


def test_one_that_somebody_chose_is_compared_with_as_much_before() -> None:
    one = Window(at("2026-03-06 00:00") - 1, at("2026-03-12 23:59"))
    assert before(one).end - before(one).start == one.end - one.start
    assert before(one).end == one.start


def test_a_key_that_is_none() -> None:
    with pytest.raises(KeyError):
        window("fortnight", 0)


@given(st.integers(at("2000-01-01 00:00"), at("2040-01-01 00:00")), st.sampled_from(KEYS))
def test_days_cover_a_window_once_and_comparisons_lie_before_it(now: int, key: str) -> None:
    one = window(key, now)
    found = days(one)
    assert found[0].start == one.start
    assert found[-1].end == one.end
    assert all(a.end == b.start for a, b in pairwise(found))
    assert all(0 < day.end - day.start <= DAY_MS for day in found)
    assert before(one).end < one.end
    assert year_ago(one).end <= before(one).end
