"""The windows that indicators are counted over, and the two that each is compared with (环比, 同比). Pure.

A window begins after its start and includes its end. `today`, `month` and `year` begin at the city's midnight; the
others reach back so long. The period before has the same length, or for a month or a year is the same part of the one
before; a year ago is the same part of the calendar, as far as its month has days.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from dashboard.clock import CITY_ZONE, DAY_MS, HOUR_MS, city_midnight

SPANS: Final = {"24h": 24 * HOUR_MS, "7d": 7 * DAY_MS, "30d": 30 * DAY_MS}
CALENDAR: Final = ("today", "month", "year")
KEYS: Final = ("today", "24h", "7d", "30d", "month", "year")


class Window(NamedTuple):
    """(start, end], UTC ms; `key` is one of `KEYS`, or empty for one that somebody has chosen."""

    start: int
    end: int
    key: str = ""


def window(key: str, now_ms: int) -> Window:
    """The window of this name that ends now. Raises KeyError."""
    if key in SPANS:
        return Window(now_ms - SPANS[key], now_ms, key)
    if key not in CALENDAR:
        raise KeyError(key)
    day = _local(city_midnight(now_ms))
    first = {"today": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[key]
    return Window(_ms(first) - 1, now_ms, key)


def before(one: Window) -> Window:
    """The period before it."""
    if one.key == "month":
        return Window(_shifted(one.start + 1, -1) - 1, _shifted(one.end, -1), one.key)
    if one.key == "year":
        return year_ago(one)
    length = DAY_MS if one.key == "today" else one.end - one.start
    return Window(one.start - length, one.end - length, one.key)


def year_ago(one: Window) -> Window:
    """The same period of the year before."""
    end = _shifted(one.end, -12)
    start = _shifted(one.start + 1, -12) - 1 if one.key in CALENDAR else end - (one.end - one.start)
    return Window(start, end, one.key)


def days(one: Window) -> list[Window]:
    """The city's days that it touches, each as far as it lies inside."""
    found, at = [], city_midnight(one.start + 1)
    while at <= one.end:
        following = city_midnight(at + 26 * HOUR_MS)
        found.append(Window(max(one.start, at - 1), min(one.end, following - 1)))
        at = following
    return found


def _local(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, CITY_ZONE)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _shifted(ms: int, months: int) -> int:
    """The same time of day on the same day so many months on, or on that month's last day."""
    at = _local(ms)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    day = min(at.day, monthrange(year, month + 1)[1])
    whole = at.replace(year=year, month=month + 1, day=1) + timedelta(days=day - 1)
    return _ms(whole) // 1000 * 1000 + ms % 1000
