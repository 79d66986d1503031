"""The demo city's surveyed indicators: what was last found in the city and in each district, at the end of a month.

Invented, near what cities publish; nothing in the demo depends on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from dashboard import clock
from dashboard.model import Reading
from feeds.demo.dice import Dice

NEAR: Final = {
    "public_safety": 98.6, "grid_standard_rate": 96.4, "home_link_rate": 99.1, "party_coverage_rate": 99.6,
    "centre_standard_rate": 94.7,
}  # fmt: skip
_APART: Final = 0.4


def surveys(codes: Sequence[str], dice: Dice, now_ms: int) -> Iterator[Reading]:
    """A reading of each indicator in each region of `codes`, as of the end of the city's last whole month."""
    today = clock.city_day(now_ms)
    as_of = clock.city_day_start(f"{today[:7]}-01") - 1
    for kpi, near in NEAR.items():
        for code in codes:
            yield Reading(kpi, code, round(min(100.0, dice.between(near - _APART, near + _APART)), 2), as_of)
