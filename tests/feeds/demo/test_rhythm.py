from __future__ import annotations

import numpy as np
import pytest

from dashboard.clock import DAY_MS, from_rfc3339
from dashboard.model import Role
from feeds.demo import rhythm
from feeds.demo.dice import Dice
from feeds.demo.names import draw_roster

MONDAY = from_rfc3339("2026-11-16T00:00:00+08:00")
TEN_MINUTES = 600_000


def test_a_week_has_3130_reports_a_day() -> None:
    instants = range(MONDAY, MONDAY + 7 * DAY_MS, TEN_MINUTES)
    assert sum(map(rhythm.reports_per_ten_minutes, instants)) / 7 == pytest.approx(3130, rel=0.02)


def test_office_hours_have_52_in_ten_minutes_and_nights_few() -> None:
    assert rhythm.reports_per_ten_minutes(from_rfc3339("2026-11-18T10:00:00+08:00")) == pytest.approx(52, abs=2)
    assert rhythm.reports_per_ten_minutes(from_rfc3339("2026-11-18T03:00:00+08:00")) < 3
    assert rhythm.reports_per_ten_minutes(from_rfc3339("2026-11-22T10:00:00+08:00")) < 42


def test_reports_come_at_the_hours_rate() -> None:
    at, dice, count = from_rfc3339("2026-11-18T09:00:00+08:00"), Dice(1), 0
    end = at + 12 * TEN_MINUTES
    while (at := rhythm.next_report(at, dice)) < end:
        count += 1
    assert 540 < count < 690


@pytest.mark.parametrize(
    ("when", "low", "high"),
    [("2026-11-18T10:00:00+08:00", 4000, 4450), ("2026-11-18T03:00:00+08:00", 820, 980)],
)
def test_on_duty_by_day_and_by_night(when: str, low: int, high: int) -> None:
    roster = draw_roster(13_080, 6257, Dice(1))
    phase = Dice(2).rng.random(13_080)
    assert low <= rhythm.on_duty(from_rfc3339(when), roster.role, phase).sum() <= high


def test_people_come_and_go_while_the_share_stands_still() -> None:
    phase = Dice(2).rng.random(1000)
    role = np.full(1000, Role.full_time, np.int8)
    at_nine = rhythm.on_duty(from_rfc3339("2026-11-18T09:00:00+08:00"), role, phase)
    at_eleven = rhythm.on_duty(from_rfc3339("2026-11-18T11:00:00+08:00"), role, phase)
    assert abs(int(at_nine.sum()) - int(at_eleven.sum())) < 60
    assert (at_nine != at_eleven).sum() > 100


def test_night_is_the_citys_night() -> None:
    assert rhythm.is_night(from_rfc3339("2026-11-18T23:00:00+08:00"))
    assert not rhythm.is_night(from_rfc3339("2026-11-18T23:00:00+00:00"))


def test_few_rest() -> None:
    assert 0 < rhythm.resting(MONDAY, Dice(1).rng.random(13_080)).mean() < 0.02


def test_the_minutes_of_a_day_are_what_its_instants_are() -> None:
    for day in range(7):
        instants = range(MONDAY + day * DAY_MS, MONDAY + (day + 1) * DAY_MS, TEN_MINUTES)
        total = sum(map(rhythm.reports_per_ten_minutes, instants))
        assert rhythm.reports_by_minute(day).sum() == pytest.approx(total, rel=0.005)
