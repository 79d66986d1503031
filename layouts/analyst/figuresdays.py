"""The workbench's charts as Plotly figures: signal or noise day by day, and the days to come.

In the manner of `figures`.
"""

from __future__ import annotations

from typing import Any, Final

from dashboard.charts import Found
from dashboard.kpibook import Kpi
from layouts.analyst.figures import Figure, base, hover, ticked
from layouts.analyst.names import NOTHING, Names
from layouts.analyst.palette import (
    FOCUS,
    INK,
    INK_3,
    SEV_MAJOR,
    D,
    faded,
)
from layouts.words import cut

_BEHIND: Final = 42
"""So many days before today are drawn."""


def signals(found: Found, names: Names, kpi: Kpi, u: float) -> Figure:
    """Day by day with centre and limits; what is a signal is marked, what is noise is not."""
    x = [names.day(at) for at in found.columns["start"]]
    at, rules = list(range(len(x))), _rules(found, names)
    unit = "%" if kpi.kind != "count" else ""

    def line(name: str, dash: str, colour: str, **more: Any) -> Figure:
        return {"type": "scatter", "mode": "lines", "x": at, "y": found.columns[name], "hoverinfo": "skip",
                "line": {"color": colour, "width": 1.5 * u, "dash": dash, "shape": "hvh"}, **more}  # fmt: skip

    edge, inside = faded(D[1], 0.4), faded(D[1], 0.12)
    shapes = [
        "diamond" if k in rules else "circle-open" if small else "circle"
        for k, small in enumerate(found.columns["small"])
    ]
    points = {
        "type": "scatter", "mode": "lines+markers", "x": at, "y": found.columns["value"],
        "line": {"color": D[0], "width": 1.5 * u}, "marker": {
            "size": [10 * u if k in rules else 5 * u for k in at], "symbol": shapes,
            "color": [SEV_MAJOR if k in rules else D[0] for k in at],
        },
        "customdata": [["day", names.date(start)] for start in found.columns["start"]],
        **hover([_point(x[k], row, rules.get(k, []), unit, names) for k, row in enumerate(found.rows())]),
    }  # fmt: skip
    band = line("low", "solid", edge), line("high", "solid", edge, fill="tonexty", fillcolor=inside)
    return {"data": [*band, line("centre", "dash", INK_3), points], "layout": base(
        u, xaxis=ticked(x, at, 10), yaxis={"nticks": 5, "ticksuffix": unit}, dragmode="select", selectdirection="h",
    )}  # fmt: skip


def _rules(found: Found, names: Names) -> dict[int, list[str]]:
    """Of each point that belongs to a signal: by which rules."""
    rules: dict[int, list[str]] = {}
    for one in found.said["signals"]:
        for k in range(one["first"], one["last"] + 1):
            rules.setdefault(k, []).append(names.t(f"signal.{one['rule']}"))
    return rules


def _point(day: str, row: dict[str, Any], rules: list[str], unit: str, names: Names) -> str:
    counted = names.t("cases", f"{row['num']:,}")
    parts = counted if row["den"] is None else f"{row['num']:,} / {row['den']:,}"
    value = NOTHING if row["value"] is None else f"{cut(row['value'])}%" if unit else f"{row['value']:.2f}"
    small = [names.t("signal.small")] if row["small"] else []
    return "<br>".join([f"<b>{day}</b>", f"{value}　{parts}", *dict.fromkeys(rules), *small])


def coming(found: Found, names: Names, u: float) -> Figure:
    """The days behind as bars, those to come as means with their 80 and 95 % intervals."""
    rows, x = found.rows(), [names.day(at) for at in found.columns["start"]]
    past = [k for k, row in enumerate(rows) if row["n"] is not None][-_BEHIND:]
    ahead = [k for k, row in enumerate(rows) if row["n"] is None]
    bars = {
        "type": "bar", "x": past, "y": [rows[k]["n"] for k in past], "marker": {"color": D[1]},
        "customdata": [["day", names.date(rows[k]["start"])] for k in past],
        **hover([f"{x[k]}<br>{names.t('cases', format(rows[k]['n'], ','))}" for k in past]),
    }  # fmt: skip
    spans = [
        {"type": "bar", "x": ahead, "base": [rows[k][low] for k in ahead], "width": 0.75, "hoverinfo": "skip",
         "y": [rows[k][high] - rows[k][low] for k in ahead], "marker": {"color": faded(FOCUS, share)}}
        for low, high, share in (("low95", "high95", 0.15), ("low80", "high80", 0.25))
    ]  # fmt: skip
    said = [[rows[k][name] for name in ("low80", "high80", "low95", "high95")] for k in ahead]
    means = {
        "type": "scatter", "mode": "markers", "x": ahead, "y": [rows[k]["mean"] for k in ahead],
        "marker": {"symbol": "line-ew", "size": 14 * u, "line": {"color": INK, "width": 2.5 * u}},
        **hover([names.t("coming.say", x[k], round(rows[k]["mean"]), *ends)
                 for k, ends in zip(ahead, said, strict=True)]),
    }  # fmt: skip
    return {"data": [bars, *spans, means], "layout": base(
        u, xaxis=ticked(x, [*past, *ahead]), yaxis={"rangemode": "tozero", "nticks": 5}, barmode="overlay", bargap=0.25,
    )}  # fmt: skip
