"""Which question each chart of the workbench asks, and how the answer is drawn.

A chart leaves out of the choice what a click on itself chooses, so that what is not chosen stays to be seen, pale.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final, NamedTuple

from dash import html
from dash.development.base_component import Component
from msgspec import structs

from dashboard import charts, daycharts
from dashboard.cases import Asked
from dashboard.charts import Found
from dashboard.indicators import Indicators
from dashboard.kpibook import Kpi
from dashboard.kpicount import Split
from dashboard.questions import Scope
from dashboard.regions import Regions
from dashboard.taxonomy import branch
from dashboard.workdays import WorkClock
from layouts.analyst import figures, figuresdays, figuresflow, figuresmap, figuresrank
from layouts.analyst.figures import Figure
from layouts.analyst.names import Names
from layouts.analyst.state import State

CLOSING: Final = "time_to_close"
LISTED: Final = 25
"""So many places are listed: a new component costs Dash the more the more there are. The file has them all."""


class Looking(NamedTuple):
    """What somebody looks at, as of when, and what answers are made from."""

    state: State
    now_ms: int
    found: Indicators
    regions: Regions
    calendar: WorkClock
    items: Collection[str] = ()

    def scope(self, code: str = "", *without: str) -> Scope:
        """The cases of an indicator, whatever is chosen of some kinds."""
        scope = self.state.scope(self.now_ms, code)
        return scope._replace(chosen=scope.chosen.without(*without))

    def days(self) -> Scope:
        """The chosen indicator's cases in the whole window."""
        return self.scope()._replace(window=self.state.outer(self.now_ms))

    @property
    def opened(self) -> tuple[str, ...]:
        """The categories whose items are looked at: those chosen, or of which an item is, if they have any."""
        chosen = {branch(category) for category in self.state.chosen.category}
        return tuple(sorted(chosen & {branch(item) for item in self.items}))

    @property
    def length(self) -> int:
        """How many characters the codes of the regions have that are looked at side by side."""
        return self.state.split(self.regions, "region").length or 0

    def ranked(self, code: str, by: str = "") -> tuple[Scope, Split]:
        """What is ranked, and by what; what a click there chooses is left out, but for the way down a tree."""
        by, scope = by or self.state.by, self.scope(code)
        if by == "region":
            return scope, self.state.split(self.regions, by)
        if by == "category":
            return self.in_categories(scope), Split(self.level)
        return scope._replace(chosen=scope.chosen.without(by)), Split(by)

    @property
    def level(self) -> str:
        """The column by which cases are told apart by what they are about."""
        return "category" if self.opened else "branch"

    def in_categories(self, scope: Scope) -> Scope:
        """The scope with all of the categories that are opened; with every one where none is."""
        return scope._replace(chosen=structs.replace(scope.chosen, category=self.opened))


class Panel(NamedTuple):
    """A chart: `code` is the indicator whose cases it is of, "" the chosen one."""

    code: str
    ask: Callable[[Looking, Asked], Found]
    draw: Callable[[Found, Looking, Names, float], Figure | list[Component]]


def _ranking(look: Looking, asked: Asked, code: str = "", by: str = "") -> Found:
    return charts.ranking(look.found, *look.ranked(code, by), asked)


def _scores(look: Looking, asked: Asked) -> Found:
    return charts.scores(look.found, *look.ranked("satisfaction"), asked)


def _coming(look: Looking, asked: Asked) -> Found:
    return daycharts.coming(
        look.found, look.scope("reported")._replace(window=look.state.outer(look.now_ms)), look.calendar, asked
    )


def _signals(look: Looking, asked: Asked) -> Found:
    if _kpi(look).kind == "mean":
        return Found({})
    return daycharts.signals(look.found, look.days(), look.calendar, asked)


def empty(key: str, look: Looking) -> str:
    """The key of the sentence that stands where there is nothing to draw."""
    return "signals.mean" if key == "signals" and _kpi(look).kind == "mean" else "empty"


def _trend(look: Looking, asked: Asked) -> Found:
    state = look.state
    return daycharts.trend(look.found, look.days(), state.pieces(look.now_ms), state.against, asked)


PANELS: Final = {
    "trend": Panel("", _trend, lambda f, k, n, u: figures.trend(f, n, k.state, _kpi(k), u, k.now_ms)),
    "regions": Panel(
        "",
        lambda k, asked: _ranking(k, asked, by="region"),
        lambda f, k, n, u: figuresmap.regions(f, n, k.state, _kpi(k), k.regions, k.length, u),
    ),
    "ranking": Panel("", _ranking, lambda f, k, n, u: figuresrank.ranking(f, n, k.state, _kpi(k), k.state.by, u)),
    "hours": Panel(
        "reported",
        lambda k, asked: charts.hours(k.found, k.scope("reported", "weekday", "hour"), asked),
        lambda f, k, n, u: figuresrank.hours(f, n, k.state, u),
    ),
    "steps": Panel(
        "reported",
        lambda k, asked: charts.step_times(k.found, k.scope("reported", "step"), asked),
        lambda f, k, n, u: figuresrank.step_times(f, n, u),
    ),
    "funnel": Panel(
        "reported",
        lambda k, asked: charts.funnel(k.found, k.scope("reported", "step"), asked),
        lambda f, k, n, u: figuresflow.funnel(f, n, u),
    ),
    "times": Panel(
        CLOSING,
        lambda k, asked: charts.times(k.found, k.scope(CLOSING, "took"), asked),
        lambda f, k, n, u: figuresflow.times(f, n, k.state, u),
    ),
    "scores": Panel(
        "satisfaction",
        _scores,
        lambda f, k, n, u: figuresflow.scores(f, n, k.state, k.state.by, u),
    ),
    "makeup": Panel(
        "ontime_rate",
        lambda k, asked: charts.makeup(k.found, k.in_categories(k.scope("ontime_rate", "department")), k.level, asked),
        lambda f, k, n, u: figuresflow.makeup(f, n, u),
    ),
    "ontime": Panel(
        "ontime_rate",
        lambda k, asked: _ranking(k, asked, "ontime_rate", "department"),
        lambda f, k, n, u: figuresrank.ranking(
            f, n, k.state, k.found.book.kpis["ontime_rate"], "department", u, figuresrank.LONG
        ),
    ),
    "signals": Panel("", _signals, lambda f, k, n, u: figuresdays.signals(f, n, _kpi(k), u)),
    "coming": Panel("reported", _coming, lambda f, k, n, u: figuresdays.coming(f, n, u)),
    "repeats": Panel(
        "reported",
        lambda k, asked: daycharts.repeats(k.found, k.scope("reported", "place"), asked),
        lambda f, k, n, u: repeats(f, k, n),
    ),
}


def _kpi(look: Looking) -> Kpi:
    return look.found.book.kpis[look.state.kpi]


def repeats(found: Found, look: Looking, names: Names) -> list[Component]:
    """The places that complain again and again, as a table; a place is a link that chooses its cases."""
    columns = ("place", "category", "n", "open", "first", "last", "title")
    head = html.Tr([html.Th(names.t(f"repeats.{name}"), className=f"c-{name}") for name in columns])

    def line(row: dict[str, Any]) -> Component:
        place = str(row["place"])
        on = place in look.state.chosen.place
        where = html.A(
            [html.B(names.place(place)), html.Span(names.region(str(row["region"])[:9]))],
            href=look.state.href(chosen=look.state.toggled("place", place)),
        )
        cells = [
            where,
            names.of("category", row["category"]),
            f"{row['n']:,}",
            f"{row['open']:,}",
            names.minute(row["first"]),
            names.minute(row["last"]),
            row["title"],
        ]
        return html.Tr(
            [html.Td(c, className=f"c-{name}") for name, c in zip(columns, cells, strict=True)],
            className="on" if on else "",
        )

    return [html.Table([html.Thead(head), html.Tbody([line(row) for row in found.rows()[:LISTED]])])]
