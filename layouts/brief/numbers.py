"""Numbers of a brief as people read them: figures of the catalogue, changes, spans, days. Knows units, no sentences."""

from __future__ import annotations

from datetime import date, datetime

from dashboard.clock import CITY_ZONE, DAY_MS, HOUR_MS
from dashboard.kpibook import Kpi
from dashboard.kpicount import Row, figure
from layouts.words import Words, cut

DASH = "—"
MINUTE_MS = 60_000
SMALL = "*"
"""After a figure of fewer cases than its least sample."""


def count(value: float | None) -> str:
    """`1,234`."""
    return DASH if value is None else f"{value:,.0f}"


def value(kpi: Kpi, row: Row) -> str:
    """What a row comes to: `99.12%` (cut, as everywhere), `1,234`, `5.2`; marked where the sample is small."""
    found = figure(kpi, row)
    if found.value is None:
        return DASH
    plain = {"rate": f"{cut(found.value)}%", "count": f"{found.value:,.0f}"}.get(kpi.kind, f"{found.value:,.1f}")
    return plain + SMALL * found.small


def parts(kpi: Kpi, row: Row) -> str:
    """What it is made of: `1,160/1,170`; of a duration the number of cases."""
    if kpi.kind == "count":
        return ""
    cases = count(row["den"])
    return cases if kpi.kind == "duration" else f"{count(row['num'])}/{cases}"


def target(kpi: Kpi) -> str:
    """`98.00%`, or a dash."""
    if kpi.goal is None:
        return DASH
    if kpi.kind == "rate":
        return f"{kpi.goal:.2f}%"
    return f"{kpi.goal / HOUR_MS:,.0f}" if kpi.kind == "duration" else f"{kpi.goal:,.0f}"


def change(kpi: Kpi, now: Row, other: Row | None, words: Words) -> str:
    """By how much: a share of a count, points of a rate, hours of a duration; a dash where nothing is beside it."""
    mine, theirs = figure(kpi, now).value, figure(kpi, other).value if other else None
    if mine is None or theirs is None:
        return DASH
    if kpi.kind == "rate":
        return words["brief.points"].format(signed(mine - theirs, 2))
    if kpi.kind == "count":
        return f"{signed(100 * (mine - theirs) / theirs, 1)}%" if theirs else DASH
    return signed(mine - theirs, 1)


def signed(number: float, places: int) -> str:
    """`+1.2`, `−0.4`, `0.0`."""
    text = f"{abs(number):,.{places}f}"
    return text if not float(text.replace(",", "")) else ("+" if number > 0 else "−") + text


def late(due: int | None, end: int, words: Words) -> str:
    """How long ago a limit passed at the end of the window."""
    if due is None or due >= end:
        return DASH
    if end - due < HOUR_MS:
        return words["brief.minutes"].format((end - due) // MINUTE_MS)
    days, hours = divmod((end - due) // HOUR_MS, DAY_MS // HOUR_MS)
    return words["brief.days.hours"].format(days, hours) if days else words["brief.hours"].format(hours)


def p_value(p: float) -> str:
    """`q<0.001`, `q=0.012`."""
    return "q<0.001" if p < 0.001 else f"q={p:.3f}"


def day(iso: str, words: Words, short: bool = False) -> str:
    """`2026年11月21日`; short: `11月21日`."""
    on = date.fromisoformat(iso)
    key = "brief.date.short" if short else "brief.date"
    return words[key].format(on.year, words[f"brief.month.{on.month}"], on.day)


def moment(ms: int, words: Words) -> str:
    """`2026年11月22日7时30分`, by the city's clock."""
    at = datetime.fromtimestamp(ms / 1000, CITY_ZONE)
    return words["brief.moment"].format(day(at.date().isoformat(), words), at.hour, f"{at.minute:02d}")


def weekday(iso: str) -> int:
    """0 for a Sunday, as the catalogue of words counts."""
    return date.fromisoformat(iso).isoweekday() % 7
