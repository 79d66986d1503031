"""The workbench's charts as Plotly figures: the funnel, times to close, scores, what the cases are about.

In the manner of `figures`.
"""

from __future__ import annotations

from math import log2
from typing import Final, NamedTuple

from dashboard.charts import Found
from layouts.analyst.figures import Figure, aside, base, dims, hover, legend, listed, step_name
from layouts.analyst.names import Names
from layouts.analyst.palette import (
    INK,
    INK_3,
    PANEL,
    RAMP,
    TARGET,
    D,
    shade,
)
from layouts.analyst.state import State
from layouts.words import cut

_STANDS: Final = {"closed": "evaluated", "rated": "evaluated"}
"""The step a case stands at when it has reached these facts."""
_ROWS: Final = 11
_DAY_MS: Final = 86_400_000
_TICKS_MS: Final = (60_000, 900_000, 3_600_000, 14_400_000, *(n * _DAY_MS for n in (1, 4, 16, 64)))
_SCORES: Final = (RAMP[5], RAMP[4], RAMP[3], RAMP[2], RAMP[1])
"""From one star, which one looks for, to five."""


def funnel(found: Found, names: Names, u: float) -> Figure:
    """How many have come how far, and how long each step took."""
    rows = found.rows()
    whole, labels = max((row["n"] for row in rows), default=0), [step_name(names, row["step"]) for row in rows]
    took = ["", *(names.t("funnel.times", names.took(row["p50"]), names.took(row["p90"])) for row in rows[1:])]
    bar = {
        "type": "bar", "orientation": "h", "y": list(range(len(rows))), "x": [row["n"] for row in rows],
        "text": [f"{row['n']:,}　{cut(100 * row['n'] / whole if whole else 0)}%" for row in rows],
        "textposition": "auto",
        "insidetextanchor": "start", "textfont": {"size": 14 * u, "color": INK}, "marker": {"color": D[1]},
        "customdata": [["step", _STANDS.get(row["step"], row["step"])] for row in rows],
        **hover([f"<b>{name}</b><br>{names.t('cases', format(row['n'], ','))}<br>{said}"
                 for name, row, said in zip(labels, rows, took, strict=True)]),
    }  # fmt: skip
    return {"data": [bar], "layout": base(
        u, xaxis={"visible": False}, yaxis=listed(labels, u),
        annotations=[aside(k, text, u) for k, text in enumerate(took)],
        margin={"l": 8 * u, "r": 250 * u, "t": 4 * u, "b": 4 * u}, bargap=0.3,
    )}  # fmt: skip


def times(found: Found, names: Names, state: State, u: float) -> Figure:
    """How many took how long, each bar √2 times as long as the one before; median and 90th percentile as lines."""
    bins, n = found.columns["took"], found.columns["n"]
    say = [f"{names.stretch(k)}<br>{names.t('cases', format(v, ','))}" for k, v in zip(bins, n, strict=True)]
    bar = {
        "type": "bar", "x": [k + 0.5 for k in bins], "y": n, "customdata": [["took", k] for k in bins],
        "marker": {"color": D[1], "opacity": dims(bins, state.chosen.took)}, **hover(say),
    }  # fmt: skip
    marks = [(name, found.said[name]) for name in ("p50", "p90") if found.said[name] is not None]
    axis = {
        "tickvals": [_position(ms) for ms in _TICKS_MS], "ticktext": [names.took(ms) for ms in _TICKS_MS],
        "showgrid": False, "range": [min(bins, default=0), max(bins, default=0) + 1],
    }  # fmt: skip
    return {"data": [bar], "layout": base(
        u, xaxis=axis, yaxis={"nticks": 5}, shapes=[_mark(ms, u) for _, ms in marks], bargap=0.08, dragmode="select",
        annotations=[_said(name, ms, names, u) for name, ms in marks], selectdirection="h",
        margin={"l": 8 * u, "r": 12 * u, "t": 26 * u, "b": 8 * u},
    )}  # fmt: skip


def _mark(ms: float, u: float) -> Figure:
    line = {"color": TARGET, "width": 1.5 * u}
    return {"type": "line", "x0": _position(ms), "x1": _position(ms), "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _said(name: str, ms: float, names: Names, u: float) -> Figure:
    return {
        "x": _position(ms), "y": 1, "yref": "paper", "yanchor": "bottom",
        "xanchor": "right" if name == "p50" else "left",
        "showarrow": False, "text": names.t(f"times.{name}", names.took(ms)), "font": {"size": 13 * u, "color": INK},
    }  # fmt: skip


def _position(ms: float) -> float:
    return 2 * log2(max(ms, 60_000) / 60_000)


def scores(found: Found, names: Names, state: State, by: str, u: float) -> Figure:
    """The scores as shares of a bar, the satisfied share and of how many at its right."""
    rows = found.rows()[:_ROWS]
    labels = [names.of(by, row["group"]) for row in rows]
    strong = dims([row["group"] for row in rows], getattr(state.chosen, by, ()) if by != "region" else ())
    bars = [
        {"type": "bar", "orientation": "h", "name": names.of("score", n), "y": list(range(len(rows))),
         "x": [100 * row[f"s{n}"] / row["n"] for row in rows], "marker": {"color": _SCORES[n - 1], "opacity": strong},
         "customdata": [[by, row["group"]] for row in rows],
         **hover([f"<b>{label}</b><br>{names.of('score', n)} {row[f's{n}']:,} / {row['n']:,}"
                  for label, row in zip(labels, rows, strict=True)])}
        for n in range(1, 6)
    ]  # fmt: skip
    said = [
        f"{cut(row['share'])}% <span style='color:{INK_3};font-size:{12 * u}px'>{row['low']:.1f}—{row['high']:.1f}"
        f" · {row['n']:,}{names.t('small') if row['small'] else ''}</span>"
        for row in rows
    ]
    return {"data": bars, "layout": base(
        u, barmode="stack", xaxis={"range": [0, 100], "ticksuffix": "%", "showgrid": False, "nticks": 5},
        yaxis=listed(labels, u), annotations=[aside(k, text, u) for k, text in enumerate(said)], bargap=0.35,
        showlegend=True, legend=legend(u), margin={"l": 8 * u, "r": 200 * u, "t": 30 * u, "b": 8 * u},
    )}  # fmt: skip


def makeup(found: Found, names: Names, u: float) -> Figure:
    """Categories, in them departments: how many cases, coloured by the share in time, the lower the darker."""
    boxes = _boxes(found)
    labels = [_name(names, box) for box in boxes]
    shares = [100 * box.num / box.den for box in boxes]
    low, high = min(shares), max(shares)
    dark = [0.0 if high == low else (high - share) / (high - low) for share in shares]
    tree = {
        "type": "treemap", "ids": [box.id for box in boxes], "labels": labels, "parents": [box.within for box in boxes],
        "values": [box.den for box in boxes], "branchvalues": "total", "customdata": [box.choice for box in boxes],
        "text": [f"{box.den:,} · {cut(share)}%" for share, box in zip(shares, boxes, strict=True)],
        **hover([f"<b>{label}</b><br>{cut(share)}%<br>{box.num:,} / {box.den:,}"
                 for label, share, box in zip(labels, shares, boxes, strict=True)]),
        # Each its own colour: beside a scale Plotly draws the outermost box in one of its own.
        "marker": {"colors": [PANEL, *map(shade, dark[1:])], "line": {"color": PANEL, "width": u},
                   "pad": {"t": 24 * u, "l": 3 * u, "r": 3 * u, "b": 3 * u}},
        "textinfo": "label+text", "tiling": {"pad": 2 * u}, "textfont": {"size": 14 * u}, "pathbar": {"visible": False},
        "root": {"color": PANEL},
    }  # fmt: skip
    small = {"minsize": 11 * u, "mode": "hide"}
    return {"data": [tree], "layout": base(u, margin=dict.fromkeys("lrtb", 0), uniformtext=small)}


class _Box(NamedTuple):
    """A box of the treemap: what it is of, within which, and a rate's two parts."""

    category: str | None
    department: str | None
    num: int
    den: int

    @property
    def id(self) -> str:
        """Its name in the figure."""
        return "/".join(("c", *(part for part in (self.category, self.department) if part is not None)))

    @property
    def within(self) -> str:
        """The box around it."""
        return self.id.rpartition("/")[0]

    @property
    def choice(self) -> list[str] | None:
        """What a click on it chooses."""
        if self.category is None:
            return None
        return ["category", self.category] if self.department is None else ["pair", self.category, self.department]


def _boxes(found: Found) -> list[_Box]:
    """All cases, the categories, then the departments in them."""
    whole: dict[str, list[int]] = {}
    for row in found.rows():
        total = whole.setdefault(row["category"], [0, 0])
        total[0], total[1] = total[0] + row["num"], total[1] + row["den"]
    parts = [_Box(row["category"], row["department"], row["num"], row["den"]) for row in found.rows()]
    all_ = _Box(None, None, *(sum(n) for n in zip(*whole.values(), strict=True)))
    return [all_, *(_Box(key, None, num, den) for key, (num, den) in whole.items()), *parts]


def _name(names: Names, box: _Box) -> str:
    if box.category is None:
        return names.t("makeup.all")
    return names.of("category", box.category) if box.department is None else names.of("department", box.department)
