"""Charts of days: pieces of windows, what they are compared with, signals, days to come, places that come back."""

from __future__ import annotations

from itertools import pairwise

import pytest

from dashboard import control
from dashboard.clock import DAY_MS, HOUR_MS, city_day, city_day_start, city_midnight
from dashboard.daycharts import coming, compared, grain_of, pieces, repeats, signals, trend
from dashboard.indicators import Indicators, one
from dashboard.kpicount import figure
from dashboard.picture import Picture
from dashboard.questions import Scope
from dashboard.windows import Window, before, window
from dashboard.workdays import WorkClock
from tests.dashboard.test_cases import followed
from tests.dashboard.test_indicators import BOOK
from tests.support import GRIDS, MAIN_ROAD, T0, entry, reported, small_picture, step

NOON = city_midnight(T0) + 12 * HOUR_MS


def daily(counts: list[int]) -> Picture:
    """So many cases at noon of each day up to today; every third one has its limit broken."""
    picture = small_picture()
    for back, count in enumerate(reversed(counts)):
        for n in range(count):
            at, name = NOON - back * DAY_MS + n * 1000, f"e{back}-{n}"
            place = {"region": GRIDS[n % 2], "address": f"路{n % 3}号", "category": "road"}
            records = [("event.reported", reported(name, **place))]
            records += [("event.step", step(name, s, **({"due": at + 3_000 * (n % 3)} if s == "assigned" else {})))
                        for s in MAIN_ROAD]  # fmt: skip
            for k, (kind, data) in enumerate(records):
                picture.apply(entry(kind, data, at=at + n, n=k, time_ms=at + k * 1000))
    return picture


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_pieces_cover_a_window_without_gap_or_overlap(grain: str) -> None:
    whole = window("year", NOON)
    found = pieces(whole, grain)  # type: ignore[arg-type]
    assert (found[0].start, found[-1].end) == (whole.start, whole.end)
    assert all(a.end == b.start for a, b in pairwise(found))
    firsts = {city_day(piece.start + 1)[8:] for piece in found[1:]}
    assert grain != "month" or firsts <= {"01"}


def test_the_grain_follows_the_length() -> None:
    assert [grain_of(Window(0, n * DAY_MS)) for n in (1, 62, 63, 430, 431)] == ["day", "day", "week", "week", "month"]


def test_a_trend_is_its_pieces_one_by_one_and_the_period_before_beside_them() -> None:
    found = Indicators(followed(daily([4, 3, 6, 2, 5, 7, 1, 3])), BOOK)
    whole = Window(NOON - 3 * DAY_MS, NOON + HOUR_MS)
    told = trend(found, Scope(whole, "ontime_rate"), "day", "before")
    parts = pieces(whole, "day")
    alone = [one(found.over(part, ["ontime_rate"]), "ontime_rate") for part in parts]
    assert told.columns["num"] == [row["num"] for row in alone]
    assert told.columns["value"] == [figure(BOOK.kpis["ontime_rate"], row).value for row in alone]
    others = compared(whole, parts, "before")
    assert [part.end - other.end for part, other in zip(parts, others, strict=True)] == [whole.end - whole.start] * len(
        parts
    )
    then = [one(found.over(other, ["ontime_rate"]), "ontime_rate") for other in others]
    assert told.columns["den_before"] == [row["den"] for row in then]


def test_the_days_of_a_month_are_compared_with_those_of_the_month_before_and_no_others() -> None:
    """31 March beside February: the trend's pieces come to what the card compares with."""
    picture = small_picture()
    for n, day in enumerate(("01-29", "01-31", "02-01", "02-14", "02-28", "03-30")):
        at = city_day_start(f"2026-{day}") + HOUR_MS
        picture.apply(entry("event.reported", reported(f"e{n}"), at=at, time_ms=at))
    found, whole = Indicators(followed(picture), BOOK), window("month", city_day_start("2026-03-31") + 10 * HOUR_MS)
    told = trend(found, Scope(whole, "reported"), "day", "before")
    card = one(found.over(before(whole), ["reported"]), "reported")
    assert sum(n or 0 for n in told.columns["num_before"]) == card["num"] == 3
    assert (told.columns["value_before"][0], told.columns["value_before"][27:]) == (1, [1, None, None, None])


def test_what_is_only_partly_known_is_compared_with_nothing() -> None:
    found = Indicators(followed(daily([3, 3])), BOOK)
    whole = Window(NOON - 8 * HOUR_MS, NOON + 12 * HOUR_MS)
    assert not found.known(before(whole)), "the first case came 4 hours after its beginning"
    assert set(trend(found, Scope(whole, "reported"), "month", "before").columns["value_before"]) == {None}


def test_before_the_first_case_there_is_nothing_to_compare_with() -> None:
    found = Indicators(followed(daily([3, 3])), BOOK)
    told = trend(found, Scope(Window(NOON - DAY_MS, NOON + HOUR_MS), "reported"), "day", "year")
    assert set(told.columns["value_before"]) == {None}


def test_signals_are_those_of_the_control_chart_over_whole_days() -> None:
    counts = [30] * 55 + [31, 90, 30, 5]
    found = Indicators(followed(daily(counts)), BOOK)
    told = signals(found, Scope(Window(NOON - 20 * DAY_MS, NOON + HOUR_MS), "ontime_rate"), WorkClock())
    chart = control.shares(told.columns["num"], told.columns["den"])
    assert told.columns["value"] == [None if v is None else 100 * v for v in chart.values]
    assert told.columns["den"][-1] == 30, "today is not over"
    assert len(told.said["signals"]) == len(chart.signals)
    counted = signals(found, Scope(Window(NOON - 20 * DAY_MS, NOON + HOUR_MS), "reported"), WorkClock())
    assert counted.columns["num"][-2:] == [90, 30]
    assert any(signal["rule"] == "beyond" and signal["first"] == 54 for signal in counted.said["signals"])


def test_no_base_line_is_of_days_before_the_first_case() -> None:
    found = Indicators(followed(daily([30] * 25)), BOOK)
    told = signals(found, Scope(Window(NOON - 20 * DAY_MS, NOON + HOUR_MS), "reported"), WorkClock())
    assert set(told.columns["num"]) == {30}
    assert (len(told), told.said["base"], told.said["signals"]) == (23, 20, [])
    assert not len(signals(Indicators(followed(small_picture()), BOOK), Scope(Window(0, NOON), "open"), WorkClock()))


def test_the_days_to_come_follow_the_last_whole_one() -> None:
    found = Indicators(followed(daily([10] * 40 + [1])), BOOK)
    told = coming(found, Scope(Window(NOON - DAY_MS, NOON + HOUR_MS), "reported"), WorkClock())
    behind = [n for n in told.columns["n"] if n is not None]
    assert behind[-5:] == [10] * 5
    assert told.said["counted"] == len(behind) == 39, "neither today nor the first day is a whole one"
    ahead = [row for row in told.rows() if row["n"] is None]
    assert len(ahead) == 7
    assert city_day(ahead[0]["start"]) == city_day(NOON)
    assert all(row["low95"] <= row["low80"] <= row["mean"] <= row["high80"] <= row["high95"] for row in ahead)


def test_a_place_comes_back_with_the_third_case_of_a_kind() -> None:
    found = Indicators(followed(daily([3, 5, 1])), BOOK)
    told = repeats(found, Scope(Window(NOON - 5 * DAY_MS, NOON + HOUR_MS), "reported"))
    # By address within the town: 路0号 has one case on each day and one more on the second.
    assert [(row["place"].split()[1], row["n"], row["open"]) for row in told.rows()] == [
        ("路0号", 4, 0),
        ("路1号", 3, 0),
    ]
    assert all(row["first"] < row["last"] for row in told.rows())
