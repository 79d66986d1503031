"""The numbers the city is judged by, from the event columns, as of an instant.

Terms follow GB/T 30428.4: 应结案数 the cases due for closure, 结案数 those of them closed, 按期结案数 those
closed within their limit; closure rate (办结率) = 结案 ÷ 应结案, on-time closure rate (按期办结率) = 按期结案 ÷ 应结案.
Every rate is handed on as its two parts; only `percent` divides.

A case falls due for judgement once: when it is closed or when its limit passes, whichever comes first. So the windows
of two days never count the same case twice, and no rate can pass 100 %. A case without a limit is in no rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.clock import HOUR_MS, city_midnight
from dashboard.eventcolumns import Columns
from dashboard.eventstate import NEVER
from dashboard.model import MAIN_STEPS
from dashboard.regions import Scope

WINDOW_MS = 24 * HOUR_MS
SATISFIED = 4
"""The least score that counts as satisfied."""
MIN_SAMPLE = 30
"""Fewer cases than this make no point on a trend and no place in a ranking."""

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Rate = dict[str, int]
_FAR = np.iinfo(np.int64).max


def due_for_closure(columns: Columns, start_ms: int, end_ms: int) -> Flags:
    """应结案: the cases judged in (start, end]."""
    closed, due = columns["closed"], columns["due"]
    judged = np.minimum(due, np.where(closed == NEVER, _FAR, closed))
    cases: Flags = (due != NEVER) & columns["counted"].astype(bool) & _within(judged, start_ms, end_ms)
    return cases


def marks(columns: Columns, start_ms: int, end_ms: int) -> dict[str, Flags]:
    """The rows each number counts: those of the rates over (start, end], `open` and `overdue` at its end, and
    `reported` and `closed` since the city's midnight.
    """
    closed, due = columns["closed"], columns["due"]
    cases = due_for_closure(columns, start_ms, end_ms)
    done = cases & (closed != NEVER) & (closed <= end_ms)
    rated = (columns["score"] > 0) & _within(columns["rated"], start_ms, end_ms)
    midnight, is_open = city_midnight(end_ms) - 1, columns["open"].astype(bool)
    return {
        "cases": cases, "done": done, "intime": done & (closed <= due),
        "rated": rated, "pleased": rated & (columns["score"] >= SATISFIED),
        "open": is_open, "overdue": is_open & (due != NEVER) & (due < end_ms),
        "reported": _within(columns["reported"], midnight, end_ms), "closed": _within(closed, midnight, end_ms),
    }  # fmt: skip


RATES = {"closure": ("done", "cases"), "ontime": ("intime", "cases"), "satisfaction": ("pleased", "rated")}
"""The marks whose counts a rate divides."""
COUNTS = ("open", "overdue", "reported", "closed")


def rates(columns: Columns, start_ms: int, end_ms: int) -> dict[str, Rate]:
    """`closure`, `ontime`, `satisfaction` over (start, end] as {num, den}."""
    row = _row({name: int(mark.sum()) for name, mark in marks(columns, start_ms, end_ms).items()})
    return {name: row[name] for name in RATES}


def trend(columns: Columns, now_ms: int, hours: int = 24) -> dict[str, list[dict[str, int]]]:
    """Each rate over the window that ended at each of the last whole hours and now; small samples leave no point."""
    ends = [*range(now_ms - now_ms % HOUR_MS - (hours - 1) * HOUR_MS, now_ms, HOUR_MS), now_ms]
    at = [(end, rates(columns, end - WINDOW_MS, end)) for end in ends]
    return {
        name: [{"t": end, **r[name]} for end, r in at if r[name]["den"] >= MIN_SAMPLE]
        for name in ("closure", "ontime", "satisfaction")
    }


def steps(columns: Columns, now_ms: int) -> list[dict[str, int | str]]:
    """Per main step: events that entered it since the city's midnight, and open events standing in it now."""
    midnight = city_midnight(now_ms) - 1
    entered, standing = columns["entered"], columns["step"][columns["open"].astype(bool)]
    return [
        {
            "step": str(step),
            "arrived": int(_within(entered[:, k], midnight, now_ms).sum()),
            "held": int((standing == k + 1).sum()),
        }
        for k, step in enumerate(MAIN_STEPS)
    ]


def hourly(columns: Columns, now_ms: int) -> list[dict[str, int]]:
    """Per hour since the city's midnight: events reported and closed."""
    start = city_midnight(now_ms)
    edges = np.arange(start, now_ms + HOUR_MS, HOUR_MS)
    made, done = (np.histogram(columns[name], edges)[0] for name in ("reported", "closed"))
    return [{"t": int(t), "reported": int(a), "closed": int(b)} for t, a, b in zip(edges, made, done, strict=False)]


def summary(columns: Columns, scope: Scope, now_ms: int) -> dict[str, object]:
    """Everything the KPI screen shows but the trend: the scope (`city`), its children (`districts`), steps, hours.

    `columns` are those of the scope alone.
    """
    start, child = now_ms - WINDOW_MS, scope.child(columns["node"])
    found = marks(columns, start, now_ms)
    by_child = {name: _counts(child[mark], len(scope.codes)) for name, mark in found.items()}
    return {
        "from": start,
        "to": now_ms,
        "city": _row({name: int(mark.sum()) for name, mark in found.items()}),
        "districts": [
            {"code": code} | _row({name: int(n[k]) for name, n in by_child.items()})
            for k, code in enumerate(scope.codes)
        ],
        "steps": steps(columns, now_ms),
        "hourly": hourly(columns, now_ms),
    }


def last_closed(columns: Columns, before_ms: int = NEVER) -> int | None:
    """When a case was last closed, UTC ms; None when none was. `before_ms`: of those that have left the columns."""
    newest = max(int(columns["closed"].max(initial=NEVER)), before_ms)
    return None if newest == NEVER else newest


def percent(rate: Rate) -> float | None:
    """A rate in percent; None where there is nothing to divide by."""
    return 100 * rate["num"] / rate["den"] if rate["den"] else None


def _within(values: Ints, start_ms: int, end_ms: int) -> Flags:
    return (values > start_ms) & (values <= end_ms)


def _counts(group: Ints, groups: int) -> Ints:
    found: Ints = np.bincount(group[group >= 0], minlength=groups)
    return found


def _row(counted: Mapping[str, int]) -> dict[str, Any]:
    rates_ = {name: {"num": counted[part], "den": counted[whole]} for name, (part, whole) in RATES.items()}
    return rates_ | {name: counted[name] for name in COUNTS}
