"""What the KPI screen says of a window: the indicators beside their comparisons, by region, by category and channel,
and over time. It is composed of answers of `Indicators`; nothing is counted here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from dashboard.clock import DAY_MS, HOUR_MS
from dashboard.filters import Filter
from dashboard.indicators import Indicators
from dashboard.kpibook import Book
from dashboard.kpicount import Row, Rows, Split, figure, met
from dashboard.regions import Scope
from dashboard.windows import Window, before, days, year_ago

HEAD: Final = ("closure_rate", "ontime_rate", "satisfaction")
PARTS: Final = (*HEAD, "reported", "closed", "open", "overdue_open")
CODES: Final = (*PARTS, "rated_share", "return_rate", "reopened", "time_to_accept", "time_to_assign", "time_to_close")
NAMES: Final = {"closure_rate": "closure", "ontime_rate": "ontime", "overdue_open": "overdue"}
"""What the live picture calls them."""
MIXED: Final = {"category": Split("branch"), "channel": Split("channel")}
MOST_POINTS: Final = 60


def board(indicators: Indicators, window: Window, scope: Scope) -> dict[str, Any]:
    """The whole screen of one part of the city (`scope.code`), in the live picture's words where it has them.

    `compared`: by indicator its figure now, before and a year ago (None where there is no case so early).

    Raises:
        Filling, Busy, TookTooLong, Unreadable: as `Indicators`.
    """
    chosen = Filter(region=scope.code)
    others = {"before": before(window), "year_ago": year_ago(window)}
    city, *counted = indicators.each([window, *others.values()], CODES, chosen)
    as_of, since = indicators.cases.as_of, indicators.cases.since
    then = {
        name: rows for (name, at), rows in zip(others.items(), counted, strict=True)
        if indicators.known(at)
    }  # fmt: skip
    length = max((len(code) for code in scope.codes), default=0)
    children, *mix = indicators.by(window, PARTS, chosen, (Split("region", length), *MIXED.values()))
    return {
        "from": window.start, "to": window.end, "as_of": as_of, "since": since, "window": window.key,
        "city": _named(city), "districts": [_child(indicators, children, code) for code in scope.codes],
        "compared": {code: _compared(indicators, code, city[code], then) for code in CODES},
        "mix": {by: _mix(rows) for by, rows in zip(MIXED, mix, strict=True)},
        "series": _series(indicators, window, chosen),
    }  # fmt: skip


def readings(book: Book, held: Mapping[str, tuple[float, int]], codes: Sequence[str]) -> dict[str, Any]:
    """The surveyed indicators (公众安全感 …) as last measured in these regions: by indicator a row a region that has
    one, with its value, as of when that is, and whether it reaches the target. `held`: the picture's readings."""
    return {
        kpi.code: [
            {"region": code, "value": value, "as_of": as_of, "met": met(kpi, value)}
            for code in codes if (found := held.get(f"{kpi.code}@{code}")) for value, as_of in [found]
        ]
        for kpi in book.kpis.values() if kpi.origin == "readings"
    }  # fmt: skip


def points(window: Window) -> list[Window]:
    """The window in pieces for a line over time: hours up to two days; up to `MOST_POINTS` days, of a month the city's,
    else 24 hours each; else whole weeks, up to its end."""
    length = window.end - window.start
    if window.key == "month":
        return days(window)
    step = HOUR_MS if length <= 2 * DAY_MS else DAY_MS if length <= MOST_POINTS * DAY_MS else 7 * DAY_MS
    ends = [*range(window.end, window.start, -step)][::-1]
    first = window.start if step < 7 * DAY_MS or len(ends) < 2 else ends.pop(0)
    return [Window(a, b) for a, b in pairwise([first, *ends])]


def _named(rows: dict[str, Row]) -> dict[str, Any]:
    """Rates as their parts, counts as numbers."""
    named = {NAMES.get(code, code): row for code, row in rows.items() if code in PARTS}
    return {name: row if "den" in row else row.get("num", 0) for name, row in named.items()}


def _child(indicators: Indicators, rows: Rows, code: str) -> dict[str, Any]:
    """One of the regions right below the scope."""
    return {"code": code} | _named({kpi: rows[kpi].get(code, indicators.nothing(kpi)) for kpi in PARTS})


def _compared(indicators: Indicators, code: str, row: Row, then: dict[str, dict[str, Row]]) -> dict[str, Any]:
    kpi = indicators.book.kpis[code]
    figures = {name: figure(kpi, rows[code]).value for name, rows in then.items()}
    now = figure(kpi, row)
    return {"row": row, "value": now.value, "low": now.low, "high": now.high, "small": now.small, "met": now.met,
            "before": figures.get("before"), "year_ago": figures.get("year_ago")}  # fmt: skip


def _mix(counted: Rows) -> list[dict[str, Any]]:
    """How many were reported, by what; most first."""
    found = [(int(row["num"] or 0), key) for key, row in counted["reported"].items()]
    return [{"key": key, "reported": n} for n, key in sorted(found, key=lambda item: (-item[0], item[1])) if n]


def _series(indicators: Indicators, window: Window, chosen: Filter) -> list[dict[str, Any]]:
    pieces: Sequence[Window] = points(window)
    rows = indicators.each(pieces, (*HEAD, "reported", "closed"), chosen)
    return [{"t": piece.end, "start": piece.start} | _named(row) for piece, row in zip(pieces, rows, strict=True)]
