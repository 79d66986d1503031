"""The workbench's charts as Plotly figures: what they share, and the trend. Pure: columns of numbers in, a figure out.

What a click on a mark means is in its `customdata`: `[kind, value, …]`, a choice to toggle. `u` is the page's unit.
"""

from __future__ import annotations

from typing import Any, Final

from dashboard.charts import Found
from dashboard.kpibook import Kpi
from dashboard.taxonomy import branch
from layouts.analyst.names import Names
from layouts.analyst.palette import (
    FOCUS,
    FONT,
    GRID,
    INK,
    INK_2,
    INK_3,
    LINE,
    PANEL,
    D,
)
from layouts.analyst.state import State

Figure = dict[str, Any]
FADED: Final = 0.35
"""How much is left of a mark that is not chosen while another is."""


def base(u: float, **more: Any) -> Figure:
    """A layout in the design's manner."""
    axis = {
        "gridcolor": GRID, "zeroline": False, "linecolor": LINE, "tickfont": {"size": 13 * u, "color": INK_3},
        "automargin": True, "fixedrange": True, "ticks": "",
    }  # fmt: skip
    layout: Figure = {
        "font": {"family": FONT, "size": 13 * u, "color": INK_2},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8 * u, "r": 12 * u, "t": 8 * u, "b": 8 * u, "pad": 4 * u},
        "showlegend": False,
        "hoverlabel": {"font": {"family": FONT, "size": 14 * u}, "bgcolor": PANEL, "align": "left"},
        "dragmode": False,
        "barcornerradius": 2 * u,
        "separators": ".,",
        "autosize": True,
        "newselection": {"line": {"color": FOCUS, "width": 2 * u}},
    }
    for name in ("xaxis", "yaxis"):
        layout[name] = axis | more.pop(name, {})
    return layout | more


def hover(said: list[str]) -> Figure:
    """What is said of each mark under the pointer."""
    return {"hovertext": said, "hovertemplate": "%{hovertext}<extra></extra>"}


def listed(labels: list[str], u: float, least: int = 5) -> Figure:
    """The axis of a list, the first on top; with room for so many at `least`, or a bar by itself would fill a page."""
    return {
        "tickvals": list(range(len(labels))), "ticktext": labels, "showgrid": False,
        "range": [max(len(labels), least) - 0.5, -0.5],
        "tickfont": {"size": 14 * u, "color": INK},
    }  # fmt: skip


def ticked(labels: list[str], at: list[int], most: int = 12) -> Figure:
    """An axis of days, of which only so many are named."""
    ticks = at[:: max(1, -(-len(at) // most))]
    return {"tickvals": ticks, "ticktext": [labels[k] for k in ticks], "showgrid": False}


def aside(n: int, text: str, u: float) -> Figure:
    """A text at the right of the n-th of a list."""
    return {
        "x": 1, "xref": "paper", "xanchor": "left", "xshift": 8 * u, "y": n, "yanchor": "middle", "showarrow": False,
        "align": "left", "text": text, "font": {"size": 13 * u, "color": INK},
    }  # fmt: skip


def legend(u: float) -> Figure:
    """A legend above the plot."""
    return {
        "orientation": "h",
        "x": 1,
        "xanchor": "right",
        "y": 1.02,
        "yanchor": "bottom",
        "font": {"size": 13 * u},
        "traceorder": "normal",
    }


def dims(values: list[Any], chosen: tuple[Any, ...]) -> list[float]:
    """How strong each mark is; an item of a chosen category is chosen."""
    return [1.0 if not chosen or value in chosen or branch(str(value)) in chosen else FADED for value in values]


def nothing(text: str, u: float) -> Figure:
    """Instead of a chart: a sentence."""
    hidden = {"visible": False}
    said = {"text": text, "showarrow": False, "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5,
            "font": {"size": 16 * u, "color": INK_2}}  # fmt: skip
    return {"data": [], "layout": base(u, xaxis=hidden, yaxis=hidden, annotations=[said])}


def step_name(names: Names, step: str) -> str:
    """What a fact of `charts.STEPS` is called."""
    return names.t(f"fact.{step}")


def trend(found: Found, names: Names, state: State, kpi: Kpi, u: float, now_ms: int) -> Figure:
    """Bars: what holds on what does not, of a rate; else the value. The comparison is a line."""
    columns = found.columns
    x, span = [names.day(at) for at in columns["start"]], state.inner(now_ms)
    inside = [1.0 if not state.span or span.start < at <= span.end else FADED for at in columns["start"]]
    data = columns | {"say": [names.value(kpi, v) + names.unit(kpi) * (v is not None) for v in columns["value"]]}
    keys = [["day", names.date(at)] for at in columns["start"]]
    bars = _stacked(data, names, kpi, keys) if kpi.kind == "rate" else _plain(data, keys)
    for bar in bars:
        bar["x"] = list(range(len(x)))
        bar["marker"]["opacity"] = inside
        bar["hovertext"] = [
            f"{when}<br>{names.kpi(kpi.code)} {said}" for when, said in zip(x, data["say"], strict=True)
        ]
    if "value_before" in columns:
        bars.append(_compared(found, names, kpi, u))
    return {
        "data": bars,
        "layout": base(
            u,
            xaxis=ticked(x, list(range(len(x)))),
            yaxis={"rangemode": "tozero", "nticks": 5, "ticksuffix": _axis_unit(names, kpi)},
            barmode="stack",
            bargap=0.25,
            dragmode="select",
            selectdirection="h",
            showlegend=len(bars) > 1,
            legend=legend(u),
            margin={"l": 8 * u, "r": 12 * u, "t": 26 * u, "b": 8 * u},
        ),
    }


def _stacked(columns: dict[str, list[Any]], names: Names, kpi: Kpi, keys: list[list[str]]) -> list[Figure]:
    num = columns["num"]
    rest = [den - hit for den, hit in zip(columns["den"], num, strict=True)]
    held = names.held(kpi)
    looks = ((held, num, D[0]), (names.t("trend.rest", names.about(kpi.code)), rest, D[4]))
    return [
        {"type": "bar", "name": name, "y": y, "marker": {"color": colour}, "customdata": keys,
         "hovertemplate": f"%{{hovertext}}<br>{name} %{{y:,}}<extra></extra>"}
        for name, y, colour in looks
    ]  # fmt: skip


def _plain(columns: dict[str, list[Any]], keys: list[list[str]]) -> list[Figure]:
    return [{"type": "bar", "y": columns["value"], "marker": {"color": D[0]}, "customdata": keys, "showlegend": False,
             "hovertemplate": "%{hovertext}<extra></extra>"}]  # fmt: skip


def _axis_unit(names: Names, kpi: Kpi) -> str:
    return " " + str(getattr(names.book.units[kpi.unit], names.locale)) if kpi.kind == "duration" else ""


def _compared(found: Found, names: Names, kpi: Kpi, u: float) -> Figure:
    """What it is compared with, as a line: of a rate the denominator, as the bars are high; else the value."""
    columns = found.columns
    say = [
        f"{names.date(at)}<br>{names.value(kpi, v)}{names.unit(kpi) if v is not None else ''}"
        for at, v in zip(columns["start_before"], columns["value_before"], strict=True)
    ]
    y = columns["den_before"] if kpi.kind == "rate" else columns["value_before"]
    known = [value if then is not None else None for value, then in zip(y, columns["value_before"], strict=True)]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": names.t("trend.before"),
        "x": list(range(len(y))),
        "y": known,
        "line": {"color": D[2], "width": 1.5 * u, "dash": "dot"},
        "marker": {"size": 4 * u},
        "hovertext": say,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "connectgaps": False,
    }
