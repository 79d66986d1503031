"""What stood out in a brief's window beside the four weeks before it, and how many cases the next days will bring.

Intake is a rate per day's worth: of a district, a category, a category in a district. The rhythm of the week is in the
worth (`forecast.worth`), and what varies more than chance makes it vary weighs less (`control`). On-time closure and
satisfaction are shares of departments and districts. All pairs are judged together (`standout`), so that the share of
chance finds holds for the whole brief. Nothing after the window is read. It makes no sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from dashboard import control, forecast, windows
from dashboard.cases import RELATION, Asked, quiet
from dashboard.clock import DAY_MS, HOUR_MS, city_day, city_midnight
from dashboard.filters import LOCAL_DAY_MS
from dashboard.indicators import EVERYTHING, Indicators
from dashboard.kpicount import Rows, Split
from dashboard.standout import Kind, Pair, standout
from dashboard.windows import Window
from dashboard.workdays import WorkClock

DISTRICT: Final = 6
"""Digits of a district's code."""
BASE_DAYS, RHYTHM_DAYS, LEAST_DAYS = 28, 56, 14
"""The days compared with; those the week's rhythm is known from; fewer of the former say nothing."""
LOCAL_MS: Final = 8 * HOUR_MS
"""As in `LOCAL_DAY_MS`: there is no summer time."""
SHARES: Final = (("ontime_rate", "department"), ("ontime_rate", "region"), ("satisfaction", "region"))
_SHARED: Final = ("ontime_rate", "satisfaction")
_DAILY: Final = (
    f"SELECT left(coalesce(region, ''), {DISTRICT}) AS region, coalesce(branch, '') AS category,"
    f" {LOCAL_DAY_MS} // {DAY_MS} AS day, count(*) AS n FROM {RELATION}"
    f" WHERE $start < reported AND reported <= $end AND {LOCAL_DAY_MS} % {DAY_MS} <= $until GROUP BY ALL"
)

F64 = NDArray[np.float64]
Daily = Mapping[tuple[str, str], F64]
"""District and category, or "" for all → cases a day."""


class Found(Struct, frozen=True):
    """One thing that stood out: an indicator (`code`) of a `group` (dimension → key), with the test that says so.

    `num` of `den` cases (or in `den` days' worth), `expected` by what was usual; `low` to `high` the 95 % interval of
    the difference of shares, or of the ratio of rates (None: without end).
    """

    code: str
    group: dict[str, str]
    kind: str
    num: int
    den: float
    expected: float
    now: float
    before: float
    low: float
    high: float | None
    method: str
    p: float
    q: float


class News(Struct, frozen=True):
    """What stood out; of how many pairs tested, how many had too few cases, beside how many days before."""

    found: list[Found]
    tested: int
    small: int
    days: int


class Day(Struct, frozen=True):
    """A day to come: `2026-11-23`, whether it is worked, the cases expected and the 80 % interval."""

    day: str
    works: bool
    mean: float
    low: int
    high: int


class _Span(NamedTuple):
    """Whole days by number (city's days since 1970): history, base and window; `until` cuts every day at a time."""

    first: int
    now: int
    after: int
    until: int

    @property
    def base(self) -> slice:
        return slice(self.now - self.first - BASE_DAYS, self.now - self.first)

    @property
    def window(self) -> slice:
        return slice(self.now - self.first, self.after - self.first)

    @property
    def start_day(self) -> date:
        return date(1970, 1, 1) + timedelta(self.first)


def news(asking: Indicators, window: Window, calendar: WorkClock, asked: Asked = quiet) -> News:
    """What stood out in `window`, which begins with a day of the city."""
    span = _span(window)
    base = Window(window.start - BASE_DAYS * DAY_MS, window.start)
    since = asking.over(base, ("reported",), asked=asked).since
    days = 0 if since is None else min(BASE_DAYS, max(0, (window.start + 1 - city_midnight(since)) // DAY_MS))
    if days < LEAST_DAYS or span.after <= span.now:
        return News([], 0, 0, days)
    daily = _daily(asking, span, asked)
    pairs = [*_intake(daily, span, days, calendar), *_shares(asking, window, base, asked)]
    result = standout(pairs)
    return News([_found(one) for one in result.findings], result.tested, result.small, days)


def outlook(asking: Indicators, window: Window, calendar: WorkClock, asked: Asked = quiet) -> list[Day]:
    """The seven days after the last one that was over at the window's end; none where too few are known."""
    midnight = city_midnight(window.end + 1)
    days = windows.days(Window(midnight - RHYTHM_DAYS * DAY_MS - 1, midnight - 1))
    counted = asking.over(days[0], ("reported",), asked=asked)
    rows = asking.each(days, ("reported",), asked=asked)
    since = counted.since if counted.since is not None else midnight
    known = [
        row["reported"]["num"] if day.start + 1 >= city_midnight(since) else None
        for day, row in zip(days, rows, strict=True)
    ]
    first = date.fromisoformat(city_day(days[0].start + 1))
    found = forecast.forecast(np.array(known, float), first, calendar).days
    return [Day(one.day.isoformat(), one.works, round(one.mean, 1), one.low80, one.high80) for one in found]


def _span(window: Window) -> _Span:
    """A day that is not over is compared with the same hours of others; of several days only those that are over."""
    first, last = _day(window.start + 1), _day(window.end)
    whole = city_midnight(window.end + 1) == window.end + 1
    until = DAY_MS if whole or last > first else _local(window.end) % DAY_MS
    after = last + 1 if whole or last == first else last
    return _Span(first - RHYTHM_DAYS, first, after, until)


def _local(ms: int) -> int:
    """By the city's clock, as if it were UTC."""
    return ms + LOCAL_MS


def _day(ms: int) -> int:
    return _local(ms) // DAY_MS


def _daily(asking: Indicators, span: _Span, asked: Asked) -> Daily:
    ends = {"start": span.first * DAY_MS - LOCAL_MS - 1, "end": span.after * DAY_MS - LOCAL_MS - 1}
    found = asking.cases.ask(_DAILY, ends | {"until": span.until}, asked)
    days: dict[tuple[str, str], F64] = {}
    columns = (found[name].tolist() for name in ("region", "category", "day", "n"))
    for region, category, day, n in zip(*columns, strict=True):
        for key in {(region, category), (region, ""), ("", category), ("", "")}:
            days.setdefault(key, np.zeros(span.after - span.first))[int(day) - span.first] += n
    return days


def _intake(daily: Daily, span: _Span, days: int, calendar: WorkClock) -> Iterator[Pair]:
    """Cases reported, of each district and category and both; days before the first case are in no base."""
    if ("", "") not in daily:
        return
    city = daily["", ""].copy()
    known = np.arange(len(city)) >= span.base.stop - days if days < BASE_DAYS else city >= 0
    city[~known] = np.nan
    city[span.window] = np.nan  # what is judged does not say what is usual
    worth = forecast.worth(city, span.start_day, calendar)
    base = np.flatnonzero(known[: span.base.stop])[-days:]
    for (region, category), counts in sorted(daily.items()):
        if region or category:
            chart = control.counts(counts[base], worth[base], (0, len(base)))
            now, before = counts[span.window], counts[base]
            yield Pair(
                f"{region}/{category}", "reported", Kind.rate, int(now.sum()), float(worth[span.window].sum()),
                int(before.sum()), float(worth[base].sum()), chart.spread**2,
            )  # fmt: skip


def _shares(asking: Indicators, window: Window, base: Window, asked: Asked) -> Iterator[Pair]:
    """Shares of departments and districts; their cases are taken to come in batches as those of the city do."""
    days = asking.each(windows.days(base), _SHARED, asked=asked)
    spread = {code: _spread(days, code) for code in _SHARED}
    for code, dimension in SHARES:
        split = Split(dimension, DISTRICT if dimension == "region" else None)
        now, before = (asking.over(one, (code,), EVERYTHING, split, asked).rows for one in (window, base))
        yield from _pairs(code, dimension, now, before, spread[code])


def _spread(days: list[dict[str, Any]], code: str) -> float:
    num, den = ([float(day[code][part] or 0) for day in days] for part in ("num", "den"))
    return control.shares(num, den, (0, len(num))).spread ** 2


def _pairs(code: str, dimension: str, now: Rows, before: Rows, spread: float) -> Iterator[Pair]:
    for key in sorted(now[code].keys() & before[code].keys() - {""}):
        new, old = now[code][key], before[code][key]
        numbers = int(new["num"] or 0), float(new["den"] or 0), int(old["num"] or 0), float(old["den"] or 0)
        yield Pair(f"{dimension}={key}", code, Kind.share, *numbers, spread)


def _found(one: Any) -> Found:
    pair = one.pair
    if pair.kind is Kind.rate:
        named = dict(zip(("region", "category"), pair.group.split("/", 1), strict=True))
    else:
        named = dict([pair.group.split("=", 1)])
    return Found(
        pair.indicator, {name: key for name, key in named.items() if key}, pair.kind.value, pair.num, pair.den,
        one.before * pair.den, one.now, one.before, one.low, one.high if one.high < float("inf") else None,
        one.method.value, one.p, one.q,
    )  # fmt: skip
