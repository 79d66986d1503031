"""The clerk: what is due when, what was missed, and that a day is issued once."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread

import pytest

from callbacks import briefdesk
from callbacks.briefdesk import Desk, NoCases, due, issue_due, keep_issuing, live
from dashboard import clock
from dashboard.briefshelf import Shelf, Taken
from dashboard.cases import Cases
from dashboard.cities import load_city
from dashboard.clock import DAY_MS, HOUR_MS
from dashboard.indicators import Indicators
from dashboard.scan import Scan
from tests.dashboard.briefs import BOOK, DAY, START, a_month, asking, tell
from tests.dashboard.test_cases import Held
from tests.layouts.test_brief import typeface  # noqa: F401 - a fixture
from tests.support import small_picture, until

MORNING = START + DAY_MS + 7 * HOUR_MS + 30 * 60_000


def desk_at(now_ms: int, folder: Path, fonts: Path) -> Desk:
    """A desk over a small city, at a moment."""
    return Desk(asking(a_month()), load_city("changzhou"), Shelf(folder), fonts, "zh", now=lambda: now_ms)


@pytest.mark.parametrize(
    ("now_ms", "last_day", "days"),
    [
        (MORNING - 1, "", []), (MORNING, "", [DAY]), (MORNING + 2 * HOUR_MS, "", []), (MORNING, DAY, []),
        (MORNING - 1, "2026-03-10", []), (MORNING + 5 * HOUR_MS, "2026-03-10", [DAY]),
        (MORNING + DAY_MS, "2026-03-10", [DAY, "2026-03-12"]),
        (MORNING + DAY_MS - 1, "2026-03-09", ["2026-03-10", DAY]),
    ],
)  # fmt: skip
def test_what_is_due(now_ms: int, last_day: str, days: list[str]) -> None:
    assert due(now_ms, "07:30", last_day) == days


def test_of_a_long_absence_not_everything_is_made_up() -> None:
    assert len(due(MORNING, "07:30", "2025-01-01")) == briefdesk.MOST_MISSED


def test_a_day_is_issued_in_the_morning_and_once(tmp_path: Path, typeface: Path) -> None:  # noqa: F811
    desk = desk_at(MORNING, tmp_path, typeface)
    issued = issue_due(desk, "07:30")
    assert [(one.id, one.first, one.daily, one.missed) for one in issued] == [("2026-1", DAY, True, False)]
    assert issue_due(desk, "07:30") == issue_due(desk_at(MORNING + HOUR_MS, tmp_path, typeface), "07:30") == []
    text = desk.shelf.document("2026-1", "html").decode()
    assert "2026年第1期" in text
    assert all(
        desk.shelf.document("2026-1", form)[:4] == start for form, start in (("pdf", b"%PDF"), ("docx", b"PK\3\4"))
    )


def test_missed_days_are_issued_at_the_next_start_and_say_so(tmp_path: Path, typeface: Path) -> None:  # noqa: F811
    issue_due(desk_at(MORNING - 2 * DAY_MS, tmp_path, typeface), "07:30")
    late = desk_at(MORNING + 3 * HOUR_MS, tmp_path, typeface)
    issued = issue_due(late, "07:30")
    assert [(one.number, one.first, one.missed) for one in issued] == [(2, "2026-03-10", True), (3, DAY, True)]
    assert "未能按时编发" in late.shelf.document("2026-3", "html").decode()


def test_on_demand_any_days_but_not_twice(tmp_path: Path, typeface: Path) -> None:  # noqa: F811
    desk = desk_at(MORNING, tmp_path, typeface)
    assert desk.issue("2026-03-01", DAY, by="01席").by == "01席"
    with pytest.raises(Taken):
        desk.issue("2026-03-01", DAY)
    assert desk.issue("2026-03-01", DAY, correct=True).corrects == 1
    partial = desk_at(START + 10 * HOUR_MS, tmp_path, typeface).issue(DAY, DAY)
    assert (partial.brief.partial, desk.issue(DAY, DAY, daily=True).number) == (True, 4)


def test_days_without_any_case_are_no_brief(tmp_path: Path) -> None:
    with pytest.raises(NoCases):
        desk_at(MORNING, tmp_path, tmp_path).issue("2026-01-01", "2026-01-01")


def test_the_walls_first_case_is_in_a_brief_of_the_same_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now_ms", lambda: MORNING)
    monkeypatch.setattr(clock, "monotonic", lambda: 100.0)
    picture = small_picture()
    cases = Cases(Held(picture), Scan())
    picture.events.on_change = cases.note
    cases.fill()
    desk = Desk(Indicators(cases, BOOK), load_city("changzhou"), Shelf(tmp_path), tmp_path, "zh", now=lambda: MORNING)
    assert desk.draw(DAY, DAY).since is None
    tell(picture, "e1", START + HOUR_MS, 1, 0)
    brief = desk.draw(DAY, DAY)
    assert (brief.since, brief.headline["reported"].now["num"]) == (START + HOUR_MS, 1)


def test_the_clerk_ends_when_told_and_never_begins_without_a_time(tmp_path: Path) -> None:
    stop = Event()
    desk = desk_at(MORNING, tmp_path, tmp_path)
    keep_issuing(desk, "", stop)
    clerk = Thread(target=keep_issuing, args=(desk, "07:30", stop))
    clerk.start()
    stop.set()
    assert until(lambda: not clerk.is_alive())


def test_live_figures_come_from_what_was_counted_last() -> None:
    sections = {
        "board": {"total": {"on": 3, "total": 5}}, "staff": {"total": {"visited": 2, "grids": 4}},
        "desk": {"load": {"average": None, "peak": 7, "standing": 0, "top": []}},
    }  # fmt: skip
    found = live(sections, 9)
    assert found is not None
    assert (found.at, found.workers["on_duty"], found.alarms) == (9, 3, {"average": None, "peak": 7, "standing": 0})
    assert live({}, 9) is None
    assert clock.city_day(MORNING) == "2026-03-12"
