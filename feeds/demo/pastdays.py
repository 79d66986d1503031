"""What each day of the demo city's past was like: how much was reported, of what, and how well it was worked.

The past has what the live city has, and this besides, for people to find:

* weekends are quieter (as they are live), public holidays more so, and the week of Spring Festival most of all;
* seasons: street trade and market order in summer, fire and gas in winter, public services in the cold, wages before
  Spring Festival, some days of July on which the drains cannot take the rain; they fade out over the last weeks, so
  that the past runs into the present without a step;
* limits are kept a little better every month; the housing bureau had one bad month and recovered (`BAD`);
* complaints about the environment surged in one district for three weeks (`SURGE`);
* sore spots: the same complaint from the same address, several times a week, until somebody mends it.

Functions of the seed and the date; draws no event (`pastreports`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final, NamedTuple

from feeds.demo.dice import Dice

BAD: Final = ("housing", 130, 160, 3.5)
"""A department, from how many days before the present to how many, and how much oftener it was late."""
SURGE: Final = ("environment", 95, 116, 3.0)
"""A category, from and to how many days before the present, and how many times as much of it."""
_IMPROVED: Final = 0.6
_YEAR: Final = 395
_FADE: Final = (24, 60)
_FESTIVAL: Final = {
    2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2028: (1, 26), 2029: (2, 13), 2030: (2, 3),
    2031: (1, 23), 2032: (2, 11),
}  # fmt: skip
_MONTHS: Final[dict[str, tuple[float, ...]]] = {
    "city_appearance": (0.85, 0.9, 1.0, 1.05, 1.15, 1.25, 1.35, 1.3, 1.15, 1.0, 0.9, 0.85),
    "public_facility": (1.05, 0.95, 0.95, 1.0, 1.0, 1.15, 1.3, 1.15, 1.0, 0.95, 0.95, 1.05),
    "safety_hazard": (1.35, 1.25, 1.05, 0.95, 0.9, 0.9, 0.95, 0.95, 0.9, 1.0, 1.15, 1.35),
    "environment": (0.8, 0.8, 0.95, 1.05, 1.15, 1.2, 1.2, 1.2, 1.1, 1.0, 0.9, 0.8),
    "market_order": (1.1, 0.85, 0.95, 1.0, 1.05, 1.1, 1.15, 1.1, 1.05, 1.0, 0.95, 1.1),
    "livelihood": (1.3, 1.15, 1.0, 0.95, 0.9, 0.95, 1.05, 1.05, 0.9, 0.95, 1.1, 1.25),
    "labour": (2.2, 1.3, 0.9, 0.85, 0.85, 0.85, 0.9, 0.9, 0.9, 0.95, 1.1, 1.6),
}
"""By category how often it is reported in each month, beside the year's mean."""
_WORDS: Final = (
    ((6, 7, 8), "city_appearance", "占用|占道|出店|摊"),
    ((12, 1, 2), "safety_hazard", "消防|燃气|煤气|液化气|烟感|火灾|飞线"),
)  # fmt: skip
_RAIN_DAYS: Final = 4
_RAIN: Final = 2.0
_RAIN_WORDS: Final = "积水|水位|供水管|井盖|雨水|污水|河"
_SPOTS_A_MONTH: Final = 70
_SPOT_DAYS: Final = (12, 55)
_SPOT_A_DAY: Final = 0.35


class Day(NamedTuple):
    """One day: how much is reported beside a plain day of its weekday, how often each category beside its share, what
    people speak of rather (category → pattern), how often limits are missed, by which department how much oftener, and
    how many times as much is reported where it surges.
    """

    date: date
    weekday: int
    volume: float
    weights: dict[str, float]
    words: dict[str, str]
    late: float
    worse: dict[str, float]
    surge: float


class Spot(NamedTuple):
    """A place from which the same complaint comes, so many times a day; `seed` names the place and the complaint."""

    seed: tuple[int, ...]
    a_day: float


class Days:
    """The days before `last`; `working` says of a date whether offices open."""

    def __init__(self, seed: int, last: date, working: Callable[[date], bool]) -> None:
        self._seed, self._last, self._working = seed, last, working

    def day(self, at: date) -> Day:
        """What a day was like."""
        ago = (self._last - at).days
        season = min(1.0, max(0.0, (ago - _FADE[0]) / (_FADE[1] - _FADE[0])))
        weights = {key: 1 + (months[at.month - 1] - 1) * season for key, months in _MONTHS.items()}
        words = {category: words for months, category, words in _WORDS if at.month in months and season == 1}
        if self._rains(at) and season:
            weights["public_facility"] *= _RAIN
            words["public_facility"] = _RAIN_WORDS
        department, first, last, worse = BAD
        bad = {department: worse} if first <= ago < last else {}
        surge = SURGE[3] if SURGE[1] <= ago < SURGE[2] else 1.0
        late = 1 + _IMPROVED * min(1.0, max(0, ago - 30) / (_YEAR - 30))
        weekday, volume = self._rhythm(at)
        return Day(at, weekday, volume, weights, words, late, bad, surge)

    def spots(self, at: date) -> list[Spot]:
        """The sore spots of a day."""
        found = []
        for back in range(3):
            month = at.year * 12 + at.month - 1 - back
            begins = date(month // 12, month % 12 + 1, 1)
            for k in range(_SPOTS_A_MONTH):
                dice = Dice(self._seed, 9, month, k)
                start = begins + timedelta(days=dice.whole(0, 27))
                if start <= at < start + timedelta(days=dice.whole(*_SPOT_DAYS)):
                    found.append(Spot((self._seed, 10, month, k), _SPOT_A_DAY * dice.around(1.0, 0.5)))
        return found

    def _rains(self, at: date) -> bool:
        chosen = Dice(self._seed, 11, at.year).rng.permutation(31)[:_RAIN_DAYS] + 1
        return at.month == 7 and at.day in chosen

    def _rhythm(self, at: date) -> tuple[int, float]:
        """As which weekday a day counts, and how much is reported beside it."""
        month, day = _FESTIVAL.get(at.year, (2, 5))
        away = (at - date(at.year, month, day)).days
        if -1 <= away <= 6:
            return 6, 0.55
        if -7 <= away < -1 or 6 < away <= 10:
            return at.weekday(), 0.85
        working = self._working(at)
        if at.weekday() < 5 and not working:
            return 6, 0.9
        return (0 if working and at.weekday() >= 5 else at.weekday()), 1.0
