"""The only place that reads a clock, and the conversions between instants and their written forms.

Instants are integer milliseconds since the Unix epoch (UTC); `city_midnight` and friends know the city's zone. Nothing
here keeps state.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def now_ms() -> int:
    """The wall clock, UTC milliseconds."""
    return time.time_ns() // 1_000_000


def monotonic() -> float:
    """Seconds on a clock that never goes back; for intervals and pacing only."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Let the others work for so long."""
    time.sleep(seconds)


def to_rfc3339(ms: int) -> str:
    """`2026-03-12T06:32:08.123Z` for UTC milliseconds."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_rfc3339(text: str) -> int:
    """UTC milliseconds of an RFC 3339 instant.

    Raises:
        ValueError: not a date-time, or one without an offset (whose instant would be a guess).
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("has no UTC offset")
    return round(moment.timestamp() * 1000)


def city_midnight(ms: int) -> int:
    """UTC milliseconds of the city's midnight at or before `ms`."""
    local = datetime.fromtimestamp(ms / 1000, CITY_ZONE)
    return int(local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)


def city_day(ms: int) -> str:
    """The city's date at `ms` (UTC milliseconds), as `2026-03-12`."""
    return datetime.fromtimestamp(ms / 1000, CITY_ZONE).date().isoformat()


def city_day_start(day: str) -> int:
    """UTC milliseconds of the city's midnight that begins `2026-03-12`. Raises ValueError for what is no date."""
    return int(datetime.fromisoformat(day).replace(tzinfo=CITY_ZONE).timestamp() * 1000)


def city_days(from_ms: int, to_ms: int) -> list[str]:
    """The city's dates touched by [from, to] (UTC milliseconds), in order."""
    days, midnight = [], city_midnight(from_ms)
    while midnight <= to_ms:
        days.append(city_day(midnight))
        midnight = city_midnight(midnight + 26 * HOUR_MS)  # no day has fewer than 23 hours or more than 25
    return days
