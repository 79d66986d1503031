"""What was put into the past, day by day."""

from __future__ import annotations

from datetime import date, timedelta

from feeds.demo.pastdays import BAD, SURGE, Days

LAST = date(2026, 11, 20)
DAYS = Days(7, LAST, lambda day: day.weekday() < 5 and day != date(2026, 10, 1))


def ago(days: int) -> date:
    return LAST - timedelta(days=days)


def test_the_last_weeks_are_as_the_live_city_is() -> None:
    for days in range(24):
        day = DAYS.day(ago(days))
        assert set(day.weights.values()) == {1.0}
        assert (day.volume, day.words, day.late, day.worse, day.surge) == (1.0, {}, 1.0, {}, 1.0)
        assert day.weekday == ago(days).weekday()


def test_holidays_are_quiet_and_spring_festival_quietest() -> None:
    assert DAYS.day(date(2026, 10, 1)).weekday == 6
    assert 0.5 < DAYS.day(date(2026, 2, 18)).volume < DAYS.day(date(2026, 2, 12)).volume < 1
    assert DAYS.day(date(2026, 3, 4)).volume == 1


def test_seasons_move_what_is_reported_and_some_days_of_july_are_wet() -> None:
    july, january = DAYS.day(date(2026, 7, 15)), DAYS.day(date(2026, 1, 14))
    assert july.weights["city_appearance"] > 1.3 > 1 > january.weights["city_appearance"]
    assert january.weights["safety_hazard"] > 1.3 > 1 > july.weights["safety_hazard"]
    wet = [k for k in range(1, 32) if "public_facility" in DAYS.day(date(2026, 7, k)).words]
    assert len(wet) == 4
    assert wet != [k for k in range(1, 32) if "public_facility" in Days(9, LAST, bool).day(date(2026, 7, k)).words]


def test_limits_are_kept_better_and_better_but_for_one_department_in_one_month() -> None:
    late = [DAYS.day(ago(days)).late for days in (395, 300, 200, 100, 30)]
    assert late == sorted(late, reverse=True)
    assert len(set(late)) == 5
    assert [days for days in range(395) if DAYS.day(ago(days)).worse] == list(range(BAD[1], BAD[2]))
    assert [days for days in range(395) if DAYS.day(ago(days)).surge > 1] == list(range(SURGE[1], SURGE[2]))


def test_sore_spots_stay_for_a_while() -> None:
    seen = [{spot.seed for spot in DAYS.spots(ago(days))} for days in (100, 99, 40)]
    assert len(seen[0]) > 30
    assert len(seen[0] & seen[1]) > 0.8 * len(seen[0])
    assert not seen[0] & seen[2]
