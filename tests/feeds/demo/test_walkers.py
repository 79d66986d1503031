from __future__ import annotations

import numpy as np
import pytest

from dashboard.clock import from_rfc3339
from dashboard.model import Duty
from feeds.demo.dice import Dice
from feeds.demo.ground import Ground, distance_m
from feeds.demo.names import draw_roster
from feeds.demo.walkers import Crew

TEN = from_rfc3339("2026-11-18T10:00:00+08:00")


@pytest.fixture
def crew(ground: Ground) -> Crew:
    crew = Crew(draw_roster(3000, len(ground.grids), Dice(1)), ground, Dice(2))
    crew.rota(TEN, 0)
    return crew


def test_everybody_reports_once_a_round_except_the_silent(crew: Crew) -> None:
    heard = [i for k in range(10) for i in crew.fixes(300, TEN + k * 1000).who.tolist()]
    assert len(heard) == len(set(heard)) == 3000


def test_those_on_duty_walk_at_human_speed_and_the_others_stay(crew: Crew) -> None:
    everybody = np.arange(3000)
    for second in range(0, 60, 10):
        crew.fixes(3000, TEN + second * 1000)
    before = crew.position(everybody, TEN + 60_000.0)
    after = crew.position(everybody, TEN + 61_000.0)
    metres = distance_m(*before, *after)
    on = crew.duty == Duty.available
    assert metres.max() <= 1.61
    assert metres[~on].max() == 0
    assert (metres[on] > 0.59).mean() > 0.4


def test_a_sent_worker_rides_there_and_back(crew: Crew, ground: Ground) -> None:
    grid = int(crew.roster.grid[np.flatnonzero(crew.duty == Duty.available)[0]])
    lat, lon = (float(x[0]) for x in ground.points(np.array([grid], np.int32), Dice(9)))
    worker, metres = crew.nearest(grid, lat, lon, TEN)[0]
    home = crew.where(worker, TEN)
    arrive = crew.send(worker, lat, lon, TEN, TEN + 60_000)
    assert crew.duty[worker] == Duty.dispatched
    assert crew.where(worker, TEN + 60_000) == home
    assert 3 <= metres / ((arrive - TEN - 61_000) / 1000) <= 6
    assert crew.where(worker, arrive) == pytest.approx((lat, lon))
    crew.release(worker, arrive + 1000)
    assert crew.where(worker, arrive + 3_600_000) == pytest.approx(home)
    assert crew.take_changes().count(worker) == 1


def test_a_busy_worker_is_not_sent_again(crew: Crew, ground: Ground) -> None:
    grid = int(crew.roster.grid[np.flatnonzero(crew.duty == Duty.available)[0]])
    worker, _ = crew.nearest(grid, 31.8, 119.9, TEN)[0]
    assert crew.free(str(crew.roster.worker_id[worker])) == worker
    crew.send(worker, 31.8, 119.9, TEN, TEN)
    assert worker not in [w for w, _ in crew.nearest(grid, 31.8, 119.9, TEN)]
    assert crew.free(str(crew.roster.worker_id[worker])) == -1
    assert crew.free("nobody") == -1


def test_about_three_in_a_thousand_are_silent_for_a_while(crew: Crew) -> None:
    for minute in range(60):
        crew.rota(TEN + minute * 60_000, 60_000)
    now = TEN + 3_600_000
    heard = len(crew.fixes(3000, now).who)
    assert 2980 <= heard < 3000
    assert len(crew.fixes(3000, now + 21 * 60_000).who) == 3000


def test_last_fixes_are_oldest_first_and_recent(crew: Crew) -> None:
    fixes = crew.last_fixes(TEN, 8720)
    assert len(fixes.who) == 3000
    assert (np.diff(fixes.at_ms) >= 0).all()
    assert (TEN - fixes.at_ms <= 8720).mean() > 0.99
