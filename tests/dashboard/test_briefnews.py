"""What stood out, over daily counts of known shape."""

from __future__ import annotations

import pytest

from dashboard import briefnews
from dashboard.briefnews import news, outlook
from dashboard.clock import DAY_MS, HOUR_MS
from dashboard.windows import Window
from dashboard.workdays import WorkClock
from tests.dashboard.briefs import PER_DAY, START, STORM, a_month, asking
from tests.support import DISTRICTS, small_picture

DAY = Window(START - 1, START + DAY_MS - 1)


def test_several_days_are_compared_with_so_many_days_worth() -> None:
    found = news(asking(a_month()), Window(START - DAY_MS - 1, START + DAY_MS - 1), WorkClock())
    storm = next(one for one in found.found if one.group == {"region": DISTRICTS[0], "category": "c0"})
    assert storm.den == pytest.approx(2, abs=0.2)
    assert storm.num - STORM == pytest.approx(storm.expected, abs=2)


def test_a_worse_share_of_a_department_stands_out_with_its_interval() -> None:
    found = news(asking(a_month()), DAY, WorkClock())
    shares = [one for one in found.found if one.kind == "share"]
    assert [one.code for one in shares] == ["satisfaction"]
    one = shares[0]
    assert one.now < one.before
    assert one.low < one.now - one.before < (one.high or 0) < 0
    assert one.expected == pytest.approx(one.before * one.den)


def test_days_before_the_first_case_are_in_no_base() -> None:
    found = news(asking(a_month()), Window(START - 16 * DAY_MS - 1, START - 15 * DAY_MS - 1), WorkClock())
    assert (found.days, found.found, found.tested > 0) == (21, [], True)


@pytest.mark.parametrize("hours", [9, 12])
def test_a_day_that_goes_on_is_cut_at_the_same_time_as_those_before(hours: int) -> None:
    found = news(asking(a_month(storm=0)), Window(START - 1, START + hours * HOUR_MS + 1), WorkClock())
    assert found.found == []


def test_the_outlook_begins_after_the_last_whole_day() -> None:
    indicators = asking(a_month(storm=0))
    days = outlook(indicators, DAY, WorkClock())
    assert (days[0].day, len(days)) == ("2026-03-12", 7)
    assert all(day.mean == pytest.approx(PER_DAY, abs=1) for day in days)
    assert outlook(indicators, Window(START - 1, START + 9 * HOUR_MS), WorkClock())[0].day == "2026-03-11"


def test_nothing_is_known_of_a_city_without_cases() -> None:
    nothing = asking(small_picture())
    assert news(nothing, DAY, WorkClock()) == briefnews.News([], 0, 0, 0)
    assert outlook(nothing, DAY, WorkClock()) == []
