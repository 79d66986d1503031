from __future__ import annotations

import pytest

from dashboard.clock import HOUR_MS
from feeds.demo.dice import Dice
from feeds.demo.matter import Matter, due_hours, lateness, to_accept_ms, to_close_ms


def matter(due_h: float, minutes: float = 60, source: str = "grid-app") -> Matter:
    return Matter("E1", "normal", source, "urban_mgmt", due_h=due_h, minutes=minutes)


def test_hours_allowed_by_severity() -> None:
    assert [due_hours(s, 12) for s in ("urgent", "major", "serious", "normal")] == [2, 8, 24, 12]


@pytest.mark.parametrize("due_h", [4, 12, 48])
def test_few_miss_their_deadline(due_h: float) -> None:
    dice, case = Dice(1), matter(due_h)
    late = sum(to_close_ms(case, 1.0, dice) > due_h * HOUR_MS for _ in range(2000)) / 2000
    assert 0.005 < late < 0.13


def test_a_slower_district_misses_more() -> None:
    def late(lateness: float) -> int:
        dice, case = Dice(1), matter(4)
        return sum(to_close_ms(case, lateness, dice) > 4 * HOUR_MS for _ in range(2000))

    assert late(1.5) > 1.3 * late(0.7)


def test_devices_are_accepted_at_once() -> None:
    dice = Dice(1)
    assert max(to_accept_ms(matter(12, source="iot"), dice) for _ in range(200)) < 120_000
    assert to_accept_ms(matter(12, source="hotline-12345"), dice) > 10_000


def test_how_late_a_district_is_does_not_depend_on_the_run() -> None:
    codes = ["320402", "320404", "320411", "320412", "320413", "320481"]
    assert lateness(codes) == lateness(codes)
    assert sorted(lateness(codes).values()) == [0.7, 0.8, 0.9, 1.0, 1.1, 1.5]
    assert lateness([]) == {}
