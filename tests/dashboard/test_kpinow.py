"""Workers and alarms as the catalogue has them: every one of its indicators, and none of nothing."""

from __future__ import annotations

from typing import Any

from dashboard.kpibook import load_book
from dashboard.kpinow import now
from tests.support import Stage

BOOK = load_book()
CODES = [kpi.code for kpi in BOOK.kpis.values() if kpi.origin in ("workers", "alarms")]
SECTIONS: dict[str, Any] = {
    "board": {"total": {"on": 30, "located": 40}},
    "staff": {"total": {"visited": 3, "grids": 8, "bare": 2}},
    "posts": {"use": [[[9, 9]], [[10, 40], [5, 20]]]},
    "desk": {"load": {"average": 3.0, "flood_share": 0.25, "standing": 6, "seats": {"02": {}, "05": {}}}},
}


def test_every_indicator_of_workers_and_alarms_has_its_value() -> None:
    assert list(now(BOOK, SECTIONS)) == CODES
    assert now(BOOK, SECTIONS) == {
        "on_duty": 30, "online": 40, "patrol_coverage": 37.5, "utilisation": 25.0, "vacant_grids": 2,
        "alarm_rate": 1.5, "alarm_flood_share": 25.0, "alarms_standing": 6,
    }  # fmt: skip


def test_what_divides_by_nothing_has_none_and_before_the_first_count_there_is_none() -> None:
    nothing = SECTIONS | {
        "staff": {"total": {"visited": 0, "grids": 0, "bare": 0}}, "posts": {"use": [[[0, 0]]]},
        "desk": {"load": {"average": None, "flood_share": None, "standing": 0, "seats": {}}},
    }  # fmt: skip
    found = now(BOOK, nothing)
    assert [code for code in CODES if found[code] is None] == [
        "patrol_coverage", "utilisation", "alarm_rate", "alarm_flood_share"
    ]  # fmt: skip
    assert now(BOOK, {}) == {}


def test_the_sections_of_a_running_wall_have_all_that_is_needed(stage: Stage) -> None:
    stage.play(3)
    assert list(now(BOOK, stage.pipeline.counted)) == CODES
