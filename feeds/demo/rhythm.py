"""The city's hours: how many matters are reported and how many workers are on duty, by hour and weekday.

Functions of the instant alone, so that a restart finds the same shifts. It draws nothing but the waits between
reports and knows no holidays.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dashboard.clock import CITY_ZONE, DAY_MS
from dashboard.model import Role
from feeds.demo.dice import Dice

_TEN_MINUTES_MS: Final = 600_000
_REPORT_HOURS: Final = (0, 1, 3, 5, 6, 7, 8, 9, 11.5, 12, 13.4, 14, 17, 18, 19, 21, 22, 23, 24)
_REPORTS: Final = (4, 2.5, 1.8, 2.5, 5, 10, 27, 52, 50, 28, 26, 51, 49, 26, 18, 13, 9, 6, 4)
"""Reports per ten minutes on a plain weekday, at `_REPORT_HOURS`."""
_WEEKDAY: Final = (1.04, 1.0, 0.98, 0.98, 1.01, 0.84, 0.76)
_BUSIEST: Final = max(_REPORTS) * max(_WEEKDAY)

_DUTY_HOURS: Final = (0, 6, 7.5, 8.5, 11.5, 12.2, 13, 13.6, 17.3, 18.5, 20.5, 22.5, 24)
_DAYLIGHT: Final = (0, 0, 0.55, 1, 1, 0.8, 0.82, 1, 1, 0.5, 0.32, 0.05, 0)
_WEEKEND_STRENGTH: Final = 0.8
_SHARE: Final = {
    Role.full_time: (0.20, 0.70),
    Role.grid_head: (0.03, 0.50),
    Role.part_time: (0.03, 0.16),
    Role.volunteer: (0.01, 0.08),
    Role.liaison: (0.01, 0.25),
    Role.supervisor: (0.05, 0.40),
}
"""Role → share on duty at night, share on duty in working hours."""
_TURNS_PER_DAY: Final = 1.4
_REST_SHARE: Final = 0.006


def local_hour(ms: int) -> tuple[int, float]:
    """Weekday (0 = Monday) and hour of the day (0 ≤ h < 24) in the city, for UTC milliseconds."""
    local = datetime.fromtimestamp(ms / 1000, CITY_ZONE)
    return local.weekday(), local.hour + local.minute / 60 + local.second / 3600


def reports_per_ten_minutes(ms: int) -> float:
    """How many matters are reported in ten minutes at this instant, on average."""
    weekday, hour = local_hour(ms)
    return float(np.interp(hour, _REPORT_HOURS, _REPORTS)) * _WEEKDAY[weekday]


def reports_by_minute(weekday: int) -> NDArray[np.float64]:
    """How many matters are reported in each minute of such a day (0 = Monday), on average."""
    hours = (np.arange(1440) + 0.5) / 60
    return np.interp(hours, _REPORT_HOURS, _REPORTS) / 10 * _WEEKDAY[weekday]


def next_report(ms: int, dice: Dice) -> int:
    """The instant of the next report after `ms` (a Poisson process thinned to the hour's rate)."""
    at = float(ms)
    while True:
        at += max(1.0, float(dice.rng.exponential(_TEN_MINUTES_MS / _BUSIEST)))
        if dice.chance(reports_per_ten_minutes(int(at)) / _BUSIEST):
            return int(at)


def is_night(ms: int) -> bool:
    """Between 21:00 and 06:00 in the city."""
    _, hour = local_hour(ms)
    return hour < 6 or hour >= 21


def duty_shares(ms: int) -> NDArray[np.float64]:
    """Share of each role on duty, indexed by `Role`; 0 for unknown."""
    weekday, hour = local_hour(ms)
    strength = float(np.interp(hour, _DUTY_HOURS, _DAYLIGHT)) * (1.0 if weekday < 5 else _WEEKEND_STRENGTH)
    shares = np.zeros(len(Role))
    for role, (night, day) in _SHARE.items():
        shares[role] = night + (day - night) * strength
    return shares


def on_duty(ms: int, role: NDArray[np.int8], phase: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Who is on duty: n roles and n phases in [0, 1) → n booleans.

    Everybody's place in the rota moves round steadily, so people come and go although the share stands still.
    """
    turned = (phase + ms / DAY_MS * _TURNS_PER_DAY) % 1.0
    return np.asarray(turned < duty_shares(ms)[role])


def resting(ms: int, phase: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Who is out of service for a quarter of an hour or so (meal, repair): n phases → n booleans."""
    turned = (phase * 7919.0 + ms / DAY_MS * _TURNS_PER_DAY * 0.4) % 1.0
    return np.asarray(turned < _REST_SHARE)
