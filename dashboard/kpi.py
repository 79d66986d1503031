"""The numbers the city is judged by, from the event columns, as of an instant.

Terms follow GB/T 30428.4: 应结案数 the cases due for closure, 结案数 those of them closed, 按期结案数 those
closed within their limit; closure rate (办结率) = 结案 ÷ 应结案, on-time closure rate (按期办结率) = 按期结案 ÷ 应结案.
Every rate is handed on as its two parts; only `percent` divides.

A case falls due for judgement once: when it is closed or when its limit passes, whichever comes first. So the windows
of two days never count the same case twice, and no rate can pass 100 %. A case without a limit is in no rate.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.clock import HOUR_MS, city_midnight
from dashboard.events import NEVER, Columns
from dashboard.model import MAIN_STEPS

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


def rates(columns: Columns, start_ms: int, end_ms: int, mask: Flags | None = None) -> dict[str, Rate]:
    """`closure`, `ontime`, `satisfaction` over (start, end] as {num, den}, among the rows of `mask`."""
    every = np.ones(columns.n, bool) if mask is None else mask
    closed, due = columns["closed"], columns["due"]
    cases = due_for_closure(columns, start_ms, end_ms) & every
    done = cases & (closed != NEVER) & (closed <= end_ms)
    rated = every & (columns["score"] > 0) & _within(columns["rated"], start_ms, end_ms)
    return {
        "closure": _rate(done, cases),
        "ontime": _rate(done & (closed <= due), cases),
        "satisfaction": _rate(rated & (columns["score"] >= SATISFIED), rated),
    }


def counts(columns: Columns, now_ms: int, mask: Flags | None = None) -> dict[str, int]:
    """`open`, `overdue` now; `reported`, `closed` since the city's midnight."""
    every = np.ones(columns.n, bool) if mask is None else mask
    midnight = city_midnight(now_ms) - 1
    is_open = columns["open"].astype(bool) & every
    late = is_open & (columns["due"] != NEVER) & (columns["due"] < now_ms)
    return {
        "open": int(is_open.sum()),
        "overdue": int(late.sum()),
        "reported": int((every & _within(columns["reported"], midnight, now_ms)).sum()),
        "closed": int((every & _within(columns["closed"], midnight, now_ms)).sum()),
    }


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


def summary(columns: Columns, districts: Sequence[str], now_ms: int) -> dict[str, object]:
    """Everything the KPI screen shows but the trend: city, districts (6-digit codes), steps, hours."""
    start = now_ms - WINDOW_MS
    return {
        "from": start,
        "to": now_ms,
        "city": rates(columns, start, now_ms) | counts(columns, now_ms),
        "districts": [
            {"code": code} | rates(columns, start, now_ms, mask) | counts(columns, now_ms, mask)
            for code, mask in ((code, columns["district"] == k) for k, code in enumerate(districts))
        ],
        "steps": steps(columns, now_ms),
        "hourly": hourly(columns, now_ms),
    }


def last_closed(columns: Columns) -> int | None:
    """When a case was last closed, UTC ms; None when none was."""
    newest = int(columns["closed"].max(initial=NEVER))
    return None if newest == NEVER else newest


def percent(rate: Rate) -> float | None:
    """A rate in percent; None where there is nothing to divide by."""
    return 100 * rate["num"] / rate["den"] if rate["den"] else None


def _within(values: Ints, start_ms: int, end_ms: int) -> Flags:
    return (values > start_ms) & (values <= end_ms)


def _rate(part: Flags, whole: Flags) -> Rate:
    return {"num": int(part.sum()), "den": int(whole.sum())}
