"""The board: what the live picture shows, and beside it what was before."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard import kpi
from dashboard.clock import DAY_MS, HOUR_MS
from dashboard.indicators import Indicators
from dashboard.kpiboard import board, points, readings
from dashboard.picture import Picture
from dashboard.windows import Window, days, window
from tests.dashboard.test_cases import followed
from tests.dashboard.test_indicators import BOOK
from tests.support import DISTRICTS, GRIDS, MAIN_ROAD, T0, entry, reported, small_picture, small_regions, step

REGIONS = small_regions()


def city(days: int) -> Picture:
    """Cases of so many days: 6 a day, of which two come too late or not at all."""
    picture = small_picture()
    for n in range(days * 6):
        at = T0 - (n // 6) * DAY_MS - (n % 6 + 3) * HOUR_MS - 1
        road = MAIN_ROAD if n % 6 else MAIN_ROAD[:2]
        records: list[tuple[str, dict[str, Any]]] = [("event.reported", reported(f"e{n}", region=GRIDS[n % 4]))]
        records += [
            ("event.step", step(f"e{n}", s, **({"due": at + HOUR_MS} if s == "assigned" else {}))) for s in road
        ]
        late = 2 * HOUR_MS if n % 6 == 1 else 0
        for k, (kind, data) in enumerate(records):
            picture.apply(entry(kind, data, at=T0 + n, n=k, time_ms=at + k * 60_000 + (late if k == 5 else 0)))
    return picture


def test_a_board_says_what_the_live_picture_says() -> None:
    picture, now = city(2), T0 + 30 * 60_000
    live = kpi.summary(picture.events.columns, REGIONS.scope(""), now)
    found = board(Indicators(followed(picture), BOOK), window("24h", now), REGIONS.scope(""))
    for name in ("closure", "ontime", "satisfaction", "open", "overdue"):
        assert found["city"][name] == live["city"][name]  # type: ignore[index]  # the live summary's type is loose
        for here, there in zip(found["districts"], live["districts"], strict=True):  # type: ignore[call-overload]
            assert (here["code"], here[name]) == (there["code"], there[name])
    assert [row["code"] for row in found["districts"]] == list(DISTRICTS)


def test_nothing_is_compared_with_a_time_of_which_nothing_is_known() -> None:
    indicators = Indicators(followed(city(3)), BOOK)
    found = board(indicators, window("24h", T0 + HOUR_MS), REGIONS.scope(""))["compared"]["ontime_rate"]
    assert found["before"] == pytest.approx(100 * 4 / 6, abs=20)
    assert found["year_ago"] is None
    long = board(indicators, window("7d", T0 + HOUR_MS), REGIONS.scope(""))["compared"]["ontime_rate"]
    assert long["before"] is None


def test_a_scope_and_its_mix() -> None:
    found = board(Indicators(followed(city(2)), BOOK), window("7d", T0 + HOUR_MS), REGIONS.scope(DISTRICTS[1]))
    assert found["city"]["reported"] == 6
    assert found["mix"]["category"] == [{"key": "road", "reported": 6}]
    assert sum(point["reported"] for point in found["series"]) == 6
    assert [row["code"] for row in found["districts"]] == [DISTRICTS[1] + "001"]


@pytest.mark.parametrize(("key", "pieces", "length"), [
    ("24h", 24, HOUR_MS), ("7d", 7, DAY_MS), ("30d", 30, DAY_MS),
])  # fmt: skip
def test_pieces_of_a_window(key: str, pieces: int, length: int) -> None:
    one = window(key, T0)
    found = points(one)
    assert len(found) == pieces
    assert (found[0].start, found[-1].end) == (one.start, one.end)
    assert all(piece.end - piece.start == length for piece in found[1:])
    assert points(Window(0, 1)) == [Window(0, 1)]


def test_a_month_is_read_in_its_days_and_a_year_in_whole_weeks() -> None:
    month, year = window("month", T0), window("year", T0 + 240 * DAY_MS)
    assert points(month) == days(month)
    weeks = points(year)
    assert {week.end - week.start for week in weeks} == {7 * DAY_MS}
    assert (weeks[-1].end, len(weeks)) == (year.end, 44)


def test_readings_of_a_region_and_of_those_below_it() -> None:
    held = {"public_safety@": (98.5, 5), f"public_safety@{DISTRICTS[0]}": (97.0, 6), "public_safety@9": (1.0, 7)}
    found = readings(BOOK, held, ["", *DISTRICTS])
    assert found["public_safety"] == [
        {"region": "", "value": 98.5, "as_of": 5, "met": None},
        {"region": DISTRICTS[0], "value": 97.0, "as_of": 6, "met": None},
    ]
    assert set(found) == {kpi.code for kpi in BOOK.kpis.values() if kpi.origin == "readings"}
