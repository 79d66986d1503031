"""The workbench's charts as Plotly figures: rankings, hours of the week, times between steps.

In the manner of `figures`.
"""

from __future__ import annotations

from typing import Any, Final

from dashboard.charts import Found
from dashboard.formula import SPANS
from dashboard.kpibook import Kpi
from layouts.analyst.figures import Figure, base, dims, hover, listed, step_name
from layouts.analyst.names import Names
from layouts.analyst.palette import (
    FOCUS,
    INK,
    INK_3,
    SEV_MAJOR,
    TARGET,
    TRACK,
    D,
    faded,
    scale,
)
from layouts.analyst.state import State

_DAY_MS: Final = 86_400_000
_TICKS_MS: Final = (60_000, 600_000, 3_600_000, 8 * 3_600_000, _DAY_MS, 7 * _DAY_MS, 30 * _DAY_MS)
SHORT, LONG = 9, 36
"""So many rows have room in a small panel, and in a tall one."""


def ranking(found: Found, names: Names, state: State, kpi: Kpi, by: str, u: float, most: int = SHORT) -> Figure:
    """Bars with their interval and the target's tick; what is too small to rank pale, what is chosen always there."""
    chosen = getattr(state.chosen, by, ()) if by != "region" else ()
    rows = _shown([row for row in found.rows() if row["value"] is not None], chosen, most)
    labels = [names.of(by, row["group"]) for row in rows]
    colour = [TRACK if row["small"] else D[1] for row in rows]
    values = [row["value"] for row in rows]
    low, high = _axis(rows, kpi)
    error = {
        "type": "data", "symmetric": False, "color": INK_3, "thickness": 1.2 * u, "width": 3 * u,
        "array": [(row["high"] or row["value"]) - row["value"] for row in rows],
        "arrayminus": [row["value"] - (row["value"] if row["low"] is None else row["low"]) for row in rows],
    }  # fmt: skip
    bar = {
        "type": "bar", "orientation": "h", "y": list(range(len(rows))), "base": low,
        "x": [max(v - low, 0) for v in values],
        "marker": {"color": colour, "opacity": dims([row["group"] for row in rows], chosen)}, "error_x": error,
        "customdata": [[by, row["group"]] for row in rows], "hovertext": [_why(row, names, kpi, by) for row in rows],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }  # fmt: skip
    said = [_aside(n, row, names, kpi, u) for n, row in enumerate(rows)]
    return {"data": [bar], "layout": base(
        u, xaxis={"range": [low, high], "showgrid": False, "nticks": 4},
        yaxis=listed(labels, u, (most + 1) // 2), shapes=_tick(_goal(kpi), low, high, u), annotations=said, bargap=0.4,
        margin={"l": 8 * u, "r": 118 * u, "t": 4 * u, "b": 8 * u},
    )}  # fmt: skip


def _shown(rows: list[dict[str, Any]], chosen: tuple[str, ...], most: int) -> list[dict[str, Any]]:
    """The first rows, and whatever is chosen of the others in place of the last of them."""
    others = [row for row in rows[most:] if row["group"] in chosen][:most]
    return [*rows[: most - len(others)], *others]


def _tick(goal: float | None, low: float, high: float, u: float) -> list[Figure]:
    """The target, if it lies on the axis."""
    line = {"color": TARGET, "width": 2 * u}
    shape = {"type": "line", "x0": goal, "x1": goal, "y0": 0, "y1": 1, "yref": "paper", "line": line}
    return [] if goal is None or not low <= goal <= high else [shape]


def _goal(kpi: Kpi) -> float | None:
    return kpi.goal if kpi.goal is None or kpi.kind != "duration" else kpi.goal / SPANS[kpi.unit]


def _axis(rows: list[dict[str, Any]], kpi: Kpi) -> tuple[float, float]:
    """From where to where the axis goes: of rates from a round number below the least of those that are ranked."""
    ranked = [row for row in rows if not row["small"]] or rows
    ends = [v for row in ranked for v in (row["value"], row["low"], row["high"]) if v is not None]
    if not ends:
        return 0.0, 1.0
    if kpi.kind != "rate":
        return 0.0, max(ends) * 1.02 or 1.0
    low = min(*ends, _goal(kpi) or 100.0)
    return max(0.0, float(int(low / 10) * 10)), 100.0


def _aside(n: int, row: dict[str, Any], names: Names, kpi: Kpi, u: float) -> Figure:
    """The value, and of how many, at the right of a bar."""
    missed = kpi.goal is not None and row["met"] is False and not row["small"] and _far(row, kpi)
    value = names.value(kpi, row["value"])
    text = f"<b>{value}</b>" if missed else value
    parts = names.t("small") if row["small"] else ""
    return {
        "x": 1, "xref": "paper", "xanchor": "left", "xshift": 6 * u, "y": n, "yanchor": "middle", "showarrow": False,
        "align": "left", "font": {"size": 14 * u, "color": SEV_MAJOR if missed else INK},
        "text": f"{text} <span style='color:{INK_3};font-size:{12 * u}px'>{row['den']:,}{parts}</span>",
    }  # fmt: skip


def _far(row: dict[str, Any], kpi: Kpi) -> bool:
    """Only what is five points below its target is coloured; of what is no rate, whatever misses it."""
    return kpi.kind != "rate" or bool(kpi.goal is not None and row["value"] < kpi.goal - 5)


def _why(row: dict[str, Any], names: Names, kpi: Kpi, by: str) -> str:
    said = [
        f"<b>{names.of(by, row['group'])}</b>",
        f"{names.kpi(kpi.code)} {names.value(kpi, row['value'])}{names.unit(kpi)}",
    ]
    if kpi.kind == "rate":
        said.append(f"{row['num']:,} / {row['den']:,}")
        said.append(names.t("interval", f"{row['low']:.2f}", f"{row['high']:.2f}"))
    elif kpi.kind != "count":
        said.append(names.t("cases", f"{row['den']:,}"))
    if row["small"]:
        said.append(names.t("small.why", kpi.min_sample))
    return "<br>".join(said)


def hours(found: Found, names: Names, state: State, u: float) -> Figure:
    """Weekday × hour."""
    grid = [[0] * 24 for _ in range(7)]
    for row in found.rows():
        grid[row["weekday"]][row["hour"]] = row["n"]
    days = [names.of("weekday", day) for day in range(7)]
    text = [
        [f"{days[d]} {h:02d}:00—{h + 1:02d}:00<br>{names.t('cases', format(grid[d][h], ','))}" for h in range(24)]
        for d in range(7)
    ]
    heat = {
        "type": "heatmap", "z": grid, "x": list(range(24)), "y": list(range(7)), "text": text, "colorscale": scale(),
        "showscale": False, "xgap": 1.5 * u, "ygap": 1.5 * u, "hovertemplate": "%{text}<extra></extra>", "zmin": 0,
    }  # fmt: skip
    named = list(range(0, 24, 4))
    return {"data": [heat], "layout": base(
        u, xaxis={"tickvals": named, "ticktext": [f"{h:02d}" for h in named], "showgrid": False},
        shapes=_cells(state, u),
        yaxis={"tickvals": list(range(7)), "ticktext": days, "autorange": "reversed", "showgrid": False},
    )}  # fmt: skip


def _cells(state: State, u: float) -> list[Figure]:
    """A frame round each hour that is chosen."""
    line = {"color": FOCUS, "width": 2 * u}
    return [
        {"type": "rect", "x0": hour - 0.5, "x1": hour + 0.5, "y0": day - 0.5, "y1": day + 0.5, "line": line}
        for day in (state.chosen.weekday or (range(7) if state.chosen.hour else ()))
        for hour in (state.chosen.hour or range(24))
    ]


def step_times(found: Found, names: Names, u: float) -> Figure:
    """A bar from the 10th to the 90th percentile on a logarithmic axis, the median as a line across it."""
    rows = [row for row in found.rows() if row["n"]]
    at, labels = list(range(len(rows))), [step_name(names, row["step"]) for row in rows]
    low, middle, high = ([max(row[p] or 0, 1000) for row in rows] for p in ("p10", "p50", "p90"))
    say = [
        f"<b>{label}</b><br>{names.t('steps.median', names.took(row['p50']))}<br>"
        f"{names.t('steps.range', names.took(row['p10']), names.took(row['p90']))}<br>"
        f"{names.t('cases', format(row['n'], ','))}"
        for label, row in zip(labels, rows, strict=True)
    ]
    bars = {
        "type": "bar", "orientation": "h", "y": at, "base": low, "x": [b - a for a, b in zip(low, high, strict=True)],
        "marker": {"color": faded(D[1], 0.5)}, "customdata": [["step", _stands(row["step"])] for row in rows],
        **hover(say),
    }  # fmt: skip
    medians = {
        "type": "scatter", "mode": "markers", "x": middle, "y": at, "hoverinfo": "skip",
        "marker": {"symbol": "line-ns", "size": 18 * u, "line": {"color": INK, "width": 2.5 * u}},
    }  # fmt: skip
    axis = {"type": "log", "tickvals": list(_TICKS_MS), "ticktext": [names.took(ms) for ms in _TICKS_MS]}
    return {"data": [bars, medians], "layout": base(u, xaxis=axis, yaxis=listed(labels, u), bargap=0.5)}


def _stands(step: str) -> str:
    """The step a case stands at when it has reached this fact."""
    return "evaluated" if step in ("closed", "rated") else step
