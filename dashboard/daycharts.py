"""What an analyst's charts of days are drawn of: the trend and its comparison, signal or noise, the days to come; and
which places complain again and again.

As `charts`, whose answers they share the form of. Statistics are `control`'s and `forecast`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final, Literal

from dashboard import control
from dashboard.cases import Asked, quiet
from dashboard.charts import Found, rows_of
from dashboard.clock import CITY_ZONE, DAY_MS, city_day, city_day_start, city_midnight
from dashboard.filters import LOCAL_DAY_MS, PLACE
from dashboard.forecast import forecast, worth
from dashboard.indicators import Indicators
from dashboard.kpicount import Row, figure
from dashboard.questions import Scope, cases
from dashboard.windows import Window, before, days, year_ago
from dashboard.workdays import WorkClock

Grain = Literal["day", "week", "month"]
Against = Literal["", "before", "year"]
GRAINS: Final[tuple[Grain, ...]] = ("day", "week", "month")
AGAINST: Final[tuple[Against, ...]] = ("", "before", "year")
CHART_DAYS: Final = 56
"""The least that a control chart is of: its base line, and five weeks after it."""
HISTORY_DAYS: Final = 84
AHEAD: Final = 7
LEAST: Final = 3
"""So many cases of a kind at a place are a complaint that comes back."""
MOST_PLACES: Final = 200


def grain_of(one: Window) -> Grain:
    """The grain in which a window can be read: at most some sixty points."""
    length = (one.end - one.start) / DAY_MS
    return "day" if length <= 62 else "week" if length <= 430 else "month"


def pieces(one: Window, grain: Grain) -> list[Window]:
    """The days, weeks (from Monday) or months of the city that a window touches, each as far as it lies inside."""
    found: list[Window] = []
    names: list[tuple[int, ...]] = []
    for day in days(one):
        at = date.fromisoformat(city_day(day.start + 1))
        name = {"day": (at.toordinal(),), "week": at.isocalendar()[:2], "month": (at.year, at.month)}[grain]
        if names and names[-1] == name:
            found[-1] = found[-1]._replace(end=day.end)
        else:
            found.append(day)
            names.append(name)
    return found


def trend(found: Indicators, scope: Scope, grain: Grain, against: Against = "", asked: Asked = quiet) -> Found:
    """The scope's indicator piece by piece, and in those it is compared with; `start` is a piece's first instant."""
    kpi, parts = found.book.kpis[scope.code], pieces(scope.window, grain)
    others = compared(scope.window, parts, against)
    there = [other for other in others if other.start < other.end]
    counted = [row[scope.code] for row in found.each([*parts, *there], [scope.code], scope.chosen, asked)]
    now = counted[: len(parts)]
    columns: dict[str, list[Any]] = {"start": [part.start + 1 for part in parts]} | _figures(now)
    columns["value"] = [figure(kpi, row).value for row in now]
    if others:
        then = counted[len(parts) :] + [{}] * (len(others) - len(there))
        known = [other.start < other.end and found.known(other) for other in others]
        columns["start_before"] = [other.start + 1 for other in others]
        values = [figure(kpi, row).value if known[n] else None for n, row in enumerate(then)]
        columns |= {"value_before": values} | {f"{name}_before": v for name, v in _figures(then).items()}
    return Found(columns, {"grain": grain, "goal": kpi.goal})


def compared(whole: Window, parts: Sequence[Window], against: Against) -> list[Window]:
    """The pieces that each piece is compared with: of the period before, or a year ago, from its beginning on. Of a
    shorter one, such as February beside March, the last pieces are empty."""
    if not against:
        return []
    other = before(whole) if against == "before" else year_ago(whole)
    by = whole.start - other.start
    return [Window(part.start - by, min(part.end - by, other.end)) for part in parts]


def _figures(rows: Sequence[Row]) -> dict[str, list[Any]]:
    return {"num": [row.get("num") for row in rows], "den": [row.get("den", row.get("num")) for row in rows]}


def signals(found: Indicators, scope: Scope, calendar: WorkClock, asked: Asked = quiet) -> Found:
    """The scope's indicator day by day with control limits. Of a rate, or the share within the target, percentages.

    A count's limits move with the days of the week. The unfinished day is left out, and what was before the first case:
    nobody counted then, and no base line is of it. `said` has the parameters and the
    signals (rule, first and last point, side). There is no chart of a mean.
    """
    kpi, parts = found.book.kpis[scope.code], [*filter(found.known, _whole_days(scope.window, CHART_DAYS))]
    if not parts:
        return Found({})
    counted = [row[scope.code] for row in found.each(parts, [scope.code], scope.chosen, asked)]
    num, den = [row.get("num") or 0 for row in counted], [row.get("den") or 0 for row in counted]
    first = date.fromisoformat(city_day(parts[0].start + 1))
    shares, sizes = kpi.kind != "count", worth(num, first, calendar) if kpi.kind == "count" else None
    chart = control.shares(num, den) if shares else control.counts(num, sizes)
    scale = [100.0] * len(parts) if shares else [float(size) for size in sizes]  # type: ignore[union-attr]

    def scaled(values: Sequence[float | None]) -> list[float | None]:
        return [None if v is None else v * by for v, by in zip(values, scale, strict=True)]

    columns: dict[str, list[Any]] = {
        "start": [part.start + 1 for part in parts], "num": num, "den": den if shares else [None] * len(num),
        "value": scaled(chart.values), "low": scaled(chart.low), "high": scaled(chart.high),
        "centre": scaled([chart.centre] * len(parts)), "small": chart.small,
    }  # fmt: skip
    told = [{"rule": str(s.rule), "first": s.first, "last": s.last, "side": s.side} for s in chart.signals]
    return Found(columns, {"kind": chart.kind, "spread": chart.spread, "base": len(chart.base), "signals": told})


def _whole_days(one: Window, least: int) -> list[Window]:
    """The whole days of a window, or at least so many up to its end; an unfinished day is left out."""
    end = city_midnight(one.end + 1)
    start = min(city_midnight(one.start + 1), city_day_start(_on(city_day(end), -least)))
    return days(Window(start - 1, end - 1))


def _on(day: str, by: int) -> str:
    return (date.fromisoformat(day) + timedelta(by)).isoformat()


def coming(found: Indicators, scope: Scope, calendar: WorkClock, asked: Asked = quiet) -> Found:
    """Reported cases of the last HISTORY_DAYS whole days, and what the next days are likely to bring."""
    parts = _whole_days(Window(scope.window.end - 1, scope.window.end), HISTORY_DAYS)
    whole = Window(parts[0].start, parts[-1].end)
    wide = scope._replace(window=whole)
    query = f"SELECT {LOCAL_DAY_MS} // {DAY_MS} AS day, count(*) AS n FROM {cases(found.book, wide)} GROUP BY 1"
    answer = found.cases.ask(query, wide.values, asked)
    by_day = dict(zip(answer["day"].tolist(), answer["n"].tolist(), strict=True))
    counted = [*filter(found.known, parts)]  # the city's first day is no whole one
    numbers = [int(by_day.get((part.start + 1 + 28_800_000) // DAY_MS, 0)) for part in counted]
    first = date.fromisoformat(city_day((counted or parts)[0].start + 1))
    ahead = forecast(numbers, first, calendar, AHEAD)
    told = [day._asdict() | {"start": city_day_start(day.day.isoformat())} for day in ahead.days]
    columns: dict[str, list[Any]] = {"start": [p.start + 1 for p in counted] + [day["start"] for day in told]}
    columns["n"] = [*numbers, *[None] * len(told)]
    for name in ("mean", "low80", "high80", "low95", "high95"):
        columns[name] = [None] * len(counted) + [day[name] for day in told]
    return Found(columns, {"counted": ahead.counted, "unknown": ahead.unknown, "zone": str(CITY_ZONE)})


def repeats(found: Indicators, scope: Scope, asked: Asked = quiet) -> Found:
    """Places at which at least LEAST cases of one kind were reported, the most first; the newest one as an example."""
    mine = f"FROM {cases(found.book, scope)} WHERE NOT cancelled"
    most = f"HAVING count(*) >= {LEAST} ORDER BY n DESC, last DESC, {{}} LIMIT {MOST_PLACES}"
    query = (  # words are read only of the places that are listed
        f"WITH most AS MATERIALIZED (SELECT spot, count(*) AS n, max(reported) AS last {mine} GROUP BY 1"
        f" {most.format('spot')}) SELECT {PLACE} AS place, branch AS category, count(*) AS n, min(reported) AS first,"
        " max(reported) AS last, count(*) FILTER (WHERE open) AS open, arg_max(title, reported) AS title,"
        f" arg_max(region, reported) AS region, arg_max(address, reported) AS address {mine}"
        f" AND spot IN (SELECT spot FROM most) GROUP BY 1, 2 {most.format('place')}"
    )
    listed = rows_of(found.cases.ask(query, scope.values, asked))
    names = ("place", "category", "n", "first", "last", "open", "title", "region", "address")
    return Found({name: [row[name] for row in listed] for name in names})
