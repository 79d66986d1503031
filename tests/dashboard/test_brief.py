"""The content of a brief: complete, as of its end, and the same whenever it is drawn up."""

from __future__ import annotations

import msgspec
import pytest

from dashboard import brief, clock
from dashboard.brief import Brief, Live, draw_up, window_of
from dashboard.clock import DAY_MS, HOUR_MS
from dashboard.indicators import one
from dashboard.picture import Picture
from dashboard.workdays import WorkClock
from tests.dashboard.briefs import DAY, FIRST, PER_DAY, START, STORM, a_month, asking, tell
from tests.support import DISTRICTS, entry, step

NOW = START + 2 * DAY_MS
WINDOW = window_of(DAY, DAY, NOW)


def drawn(picture: Picture, first: str = DAY, last: str = DAY, now: int = NOW) -> Brief:
    return draw_up(asking(picture), window_of(first, last, now), WorkClock(), now, (*DISTRICTS, "990103"))


@pytest.fixture(scope="module")
def month() -> Picture:
    return a_month()


def test_its_numbers_are_those_of_the_catalogue(month: Picture) -> None:
    found, counted = drawn(month), asking(month).over(WINDOW)
    assert {code: each.now for code, each in found.headline.items()} == {
        code: one(counted, code) for code in brief.HEADLINE
    }
    assert found.headline["reported"].now == {"num": PER_DAY + STORM}
    assert found.headline["reported"].before == {"num": PER_DAY}
    assert found.headline["reported"].year is None, "there was no case a year ago"
    assert found.days == (DAY, DAY)


def test_tables_add_up_and_every_district_has_a_line(month: Picture) -> None:
    found = drawn(month)
    assert [group.key for group in found.districts] == [*DISTRICTS, "990103"]
    for table in (found.districts, found.departments, found.categories):
        for code in ("reported", "closed", "ontime_rate", "overdue_open"):
            assert sum(group.rows[code]["num"] or 0 for group in table) == found.headline[code].now["num"]
    assert found.districts[2].rows["ontime_rate"]["den"] == 0


def test_the_storm_stands_out_with_its_test(month: Picture) -> None:
    news = drawn(month).news
    first = news.found[0]
    assert (first.code, first.group, first.kind) == ("reported", {"region": DISTRICTS[0], "category": "c0"}, "rate")
    assert first.num - STORM in (1, 2)
    assert first.expected == pytest.approx(PER_DAY / 4, abs=1)
    assert (first.q < 0.001, news.days) == (True, 28)


def test_a_calm_day_has_no_news() -> None:
    news = drawn(a_month(storm=0)).news
    assert (news.found, news.tested > 0) == ([], True)


def test_too_short_a_past_says_nothing(month: Picture) -> None:
    found = drawn(month, "2026-02-10", "2026-02-10")
    assert (found.news.days, found.news.tested, found.outlook) == (8, 0, [])
    assert drawn(month, FIRST, FIRST).headline["reported"].before is None


def test_what_happens_later_does_not_leak_in() -> None:
    picture = a_month(storm=3)
    tell(picture, "late", START - 36 * DAY_MS, 3, 7)  # its limit passed before the end
    before = drawn(picture)
    assert [case.id for case in before.overdue.worst].count("late") == 1
    picture.apply(entry("event.step", step("late", "feedback"), at=START + DAY_MS + 1, n=1, id="l1"))
    picture.apply(entry("event.step", step("late", "evaluated"), at=START + DAY_MS + HOUR_MS, n=2, id="l2"))
    tell(picture, "new", START + DAY_MS, 5, 8)
    picture.apply(entry("event.rated", {"event_id": "late", "score": 1}, at=START + DAY_MS + HOUR_MS, n=3, id="l3"))
    assert picture.events["late"].closed_ms
    assert drawn(picture) == before


def test_the_same_cases_give_the_same_brief_and_it_comes_back_from_json(month: Picture) -> None:
    found = drawn(month)
    assert drawn(month) == found
    assert msgspec.json.decode(msgspec.json.encode(found), type=Brief) == found


def test_overdue_cases_are_the_worst_first_and_all_are_counted(month: Picture) -> None:
    found = drawn(month)
    limits = [case.due for case in found.overdue.worst]
    assert limits == sorted(limits)
    assert found.overdue.total == found.headline["overdue_open"].now["num"] > 0
    assert found.supervised.total == 0


def test_the_week_to_come(month: Picture) -> None:
    days = drawn(month).outlook
    assert [day.day for day in days] == [f"2026-03-{12 + k}" for k in range(7)]
    assert all(day.low <= day.mean <= day.high for day in days)


def test_a_day_that_is_not_over_is_compared_with_the_same_hours(month: Picture) -> None:
    found = drawn(month, now=START + 9 * HOUR_MS + 1)
    assert (found.partial, found.headline["reported"].now["num"], found.news.found) == (True, 2, [])
    assert found.outlook[0].day == DAY


def test_live_figures_stand_only_in_a_brief_of_now(month: Picture) -> None:
    live = Live(START + DAY_MS + HOUR_MS, {"on_duty": 3})
    assert draw_up(asking(month), WINDOW, WorkClock(), live.at, live=live).live == live
    late = msgspec.structs.replace(live, at=live.at + DAY_MS)
    assert draw_up(asking(month), WINDOW, WorkClock(), late.at, live=late).live is None


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("2026-03-11", "2026-03-10", "is before"), ("2025-01-01", "2026-03-11", "more than 366"),
        ("2026-04-01", "2026-04-01", "not begun"), ("heute", "2026-03-11", "heute"),
    ],
)  # fmt: skip
def test_days_that_make_no_window(first: str, last: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        window_of(first, last, NOW)


def test_yesterday() -> None:
    assert brief.yesterday(START + 7 * HOUR_MS) == "2026-03-10"
    assert clock.city_day(WINDOW.end) == DAY
