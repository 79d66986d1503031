"""Scores: every point has its reason, small samples are shown but not judged, equal totals share a rank."""

from __future__ import annotations

import msgspec
import pytest

from dashboard import clock
from dashboard.assessment import Score, assess, period, periods, ranked, scored
from dashboard.clock import DAY_MS
from dashboard.indicators import one
from dashboard.kpibook import load_book
from dashboard.kpicount import Row
from dashboard.scoresheet import Sheets, read_sheets
from tests.dashboard.briefs import START, a_month, asking
from tests.dashboard.test_scoresheet import GOOD
from tests.support import DISTRICTS

BOOK = load_book()
SHEETS = read_sheets(msgspec.yaml.encode(GOOD), BOOK)
NOW = START + 2 * DAY_MS
HOUR = 3_600_000


def town(ontime: tuple[int, int], hours: float | None = 24, cases: int = 100, overdue: int = 0) -> Score:
    """The score of a town with so many of so many closed in time, in so many hours, and so many overdue."""
    rows: dict[str, Row] = {
        "ontime_rate": {"num": ontime[0], "den": ontime[1]},
        "time_to_close": {"num": 0, "den": cases if hours else 0, "p50": hours and hours * HOUR, "p90": None},
        "overdue_open": {"num": overdue},
    }
    return scored(SHEETS, SHEETS.sheets["town"], BOOK.kpis, "990101001", rows)


@pytest.mark.parametrize(
    ("score", "total", "stars", "points"),
    [
        (town((1000, 1000)), 100, 5, (60, 40)),
        (town((950, 1000)), 100, 5, (60, 40)),
        (town((850, 1000)), 70, 1, (30, 40)),
        (town((100, 1000)), 40, 0, (0, 40)),
        (town((950, 1000), hours=96), 80, 1, (60, 20)),
        (town((950, 1000), hours=500), 60, 1, (60, 0)),
    ],
)
def test_points_lie_between_full_and_none(score: Score, total: float, stars: int, points: tuple[float, ...]) -> None:
    assert (score.total, score.stars, tuple(item.points for item in score.items)) == (total, stars, points)


@pytest.mark.parametrize(("overdue", "taken", "total"), [(0, 0, 100), (10, -1, 99), (80, -5, 95)])
def test_what_is_taken_is_capped(overdue: int, taken: float, total: float) -> None:
    score = town((950, 1000), overdue=overdue)
    assert (score.extras[0].points, score.total) == (taken, total)


def test_a_small_sample_is_shown_but_not_judged() -> None:
    score = town((950, 1000), hours=500, cases=5)
    assert (score.items[1].why, score.items[1].value, score.items[1].points) == ("small", 500, None)
    assert (score.judged, score.total) == (60, 100), "the rest is brought to 100"
    assert town((950, 1000), hours=None).items[1].why == "nothing"


def test_with_too_little_judged_there_is_no_total() -> None:
    score = town((9, 10))
    assert (score.judged, score.total, score.stars, score.rank) == (40, None, None, None)


def test_equal_totals_share_a_rank_and_who_was_not_judged_comes_last() -> None:
    some = [town((850, 1000)), town((9, 10)), town((1000, 1000)), town((950, 1000)), town((100, 1000))]
    found = ranked(some)
    assert [(one.total, one.rank, one.tied) for one in found] == [
        (100, 1, True), (100, 1, True), (70, 3, False), (40, 4, False), (None, None, False),
    ]  # fmt: skip


def test_scores_are_of_the_catalogues_numbers() -> None:
    indicators = asking(a_month())
    march = period("2026-03", NOW)
    district = msgspec.structs.replace(SHEETS.sheets["town"], digits=6)
    sheets = Sheets(SHEETS.stars, {"district": district}, 10)
    scores = assess(indicators, sheets, "district", march.window)
    assert sorted(score.key for score in scores) == list(DISTRICTS)
    whole = one(indicators.over(march.window, ("ontime_rate",)), "ontime_rate")
    assert sum(score.items[0].row["num"] or 0 for score in scores) == whole["num"]
    named = assess(indicators, sheets, "district", march.window, ("990109",))
    assert [(score.key, score.total, score.items[0].why) for score in named] == [("990109", None, "nothing")]


def test_workers_are_assessed_by_their_cases() -> None:
    indicators = asking(a_month())
    item = {"kpi": "ontime_rate", "weight": 100, "full": 100, "none": 0, "min_sample": 5}
    sheet = {"name": {"zh": "网格员", "en": "Workers"}, "by": "worker", "items": [item]}
    sheets = read_sheets(msgspec.yaml.encode({"stars": {1: 60}, "sheets": {"worker": sheet}}), BOOK)
    window = period("2026", NOW).window
    scores = assess(indicators, sheets, "worker", window)
    assert sorted(score.key for score in scores) == [f"w{k}" for k in range(5)]
    due = sum(score.items[0].row["den"] or 0 for score in scores)
    assert due == one(indicators.over(window, ("ontime_rate",)), "ontime_rate")["den"]


@pytest.mark.parametrize(
    ("key", "first", "last", "over"),
    [
        ("2026-02", "2026-02-01", "2026-02-28", True), ("2026-03", "2026-03-01", "2026-03-13", False),
        ("2025-Q4", "2025-10-01", "2025-12-31", True), ("2025", "2025-01-01", "2025-12-31", True),
        ("2024-02", "2024-02-01", "2024-02-29", True), ("2025-12", "2025-12-01", "2025-12-31", True),
    ],
)  # fmt: skip
def test_periods(key: str, first: str, last: str, over: bool) -> None:
    found = period(key, NOW)
    assert (clock.city_day(found.window.start + 1), clock.city_day(found.window.end), found.over) == (first, last, over)


@pytest.mark.parametrize("key", ["2026-13", "2026-Q5", "26", "", "2026-04", "2027"])
def test_what_is_no_period_is_said(key: str) -> None:
    with pytest.raises(ValueError, match=f"^{key or ' is'}"):
        period(key, NOW)


def test_the_periods_to_choose_from() -> None:
    since = clock.city_day_start("2025-11-20")
    assert periods(NOW, since) == [
        "2026", "2025", "2026-Q1", "2025-Q4", "2026-03", "2026-02", "2026-01", "2025-12", "2025-11",
    ]  # fmt: skip
