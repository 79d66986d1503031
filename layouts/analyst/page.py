"""The workbench's page: its document and its frame. What depends on what is looked at is put in by callbacks.

`PANELS` says which charts there are, under which tab; `head` has the parts above them, `grid` the rows below.
"""

from __future__ import annotations

from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from layouts.analyst import ids
from layouts.analyst.grid import rows_grid
from layouts.analyst.names import Names
from layouts.analyst.told import HOOK, told
from layouts.panel import aria, hooks

PANELS: Final = {
    "overview": ("trend", "regions", "ranking", "hours", "steps"),
    "flow": ("funnel", "times", "scores", "makeup", "ontime"),
    "signals": ("signals", "coming", "repeats"),
}
TABLES: Final = ("repeats",)
"""Panels that hold a table instead of a chart."""
RETRY_MS: Final = 2000
DOCUMENT: Final = """<!doctype html>
<html lang="__LANG__" data-theme="day">
<head>
{%metas%}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{%title%}</title>
{%favicon%}
{%css%}
</head>
<body data-page="analyst">
{%app_entry%}
<footer hidden>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>
"""


def layout(names: Names, page: str) -> Component:
    """The component tree; `page` tells this page from others that ask at the same time."""
    stores = [
        dcc.Store(id=ids.URL),
        dcc.Store(id=ids.GO),
        dcc.Store(id=ids.PAGE, data={"page": page, "locale": names.locale}),
        *(dcc.Store(id=name) for name in (ids.UNIT, ids.THEME, ids.ASKED, ids.SAID, ids.MARKS, ids.CANCEL, ids.DROP)),
        *(dcc.Store(id=name) for name in ids.SHOWN.values()),
        dcc.Interval(id=ids.RETRY, interval=RETRY_MS, disabled=True),
    ]
    main = html.Main(
        [
            html.Aside(_slot(ids.FACETS, names, "facets"), className="panel", **aria(label=names.t("filters"))),
            html.Section(
                [
                    _slot(ids.CARDS, names, "panel cards"),
                    html.Nav(id=ids.TABS, className="tbs"),
                    html.Div(
                        [_panel(names, key) for keys in PANELS.values() for key in keys],
                        id=ids.CHARTS,
                        className="charts",
                    ),
                    _rows(names),
                ],
                className="work",
            ),
        ]
    )
    detail = html.Aside(
        id=ids.DETAIL, className="panel detail", hidden=True, **aria(live="polite", label=names.t("detail"))
    )
    around = html.I(id=ids.AROUND, hidden=True)
    return html.Div([*stores, around, _top(names), _bar(names), main, detail], className="analyst", lang=names.locale)


def _top(names: Names) -> Component:
    views = html.Details([
        html.Summary(names.t("views"), className="btn sm"),
        html.Div([
            html.Div(id=ids.VIEWS, className="list"),
            html.Div([
                dcc.Input(id=ids.VIEW_NAME, placeholder=names.t("views.name"), maxLength=60, debounce=False),
                html.Button(names.t("views.save"), id=ids.VIEW_SAVE, className="btn sm pri"),
            ], className="save"),
            html.P(id=ids.VIEW_SAID, className="said", role="status"),
        ], className="pop"),
    ], className="menu")  # fmt: skip
    parts = [
        html.H1(names.t("title")), html.Nav(id=ids.CRUMBS, className="crumbs", **aria(label=names.t("crumbs"))),
        html.Span(className="sp"), html.Span(id=ids.AS_OF, className="fc"),
        html.Button(names.t("refresh"), id=ids.REFRESH, className="btn sm"), html.Span(id=ids.AGAINST, className="seg"),
        views, html.Button(html.I(className="icon i-theme"), id="dark", className="io theme", title=names.t("theme")),
    ]  # fmt: skip
    return html.Header(parts)


def _bar(names: Names) -> Component:
    """What is chosen, and how many that leaves."""
    own = dcc.DatePickerRange(
        id=ids.DATES, display_format="YYYY-MM-DD", first_day_of_week=1, minimum_nights=0, clearable=False,
        start_date_placeholder_text=names.t("when.from"), end_date_placeholder_text=names.t("when.to"),
    )  # fmt: skip
    when = html.Span([html.Span(id=ids.WHEN, className="seg"), own], className="when")
    return html.Div([when, html.Span(id=ids.CHIPS, className="chips"),
                     html.Span(className="sp"), html.Span(id=ids.HITS, className="hits")], className="fb")  # fmt: skip


def _slot(name: str, names: Names, kind: str) -> Component:
    """A place that a question fills, with its sign of waiting."""
    return html.Div([html.Div(id=name, className="slot"), _wait(names, name)], className=kind)


def _wait(names: Names, key: str) -> Component:
    cancel = html.Button(names.t("cancel"), className="btn sm", **hooks(cancel=key))
    said = [html.Span(names.t("waiting")), cancel]
    hook: dict[str, Any] = {HOOK: told(**{f"wait_{key}": said})}
    return html.Div(id=f"wait-{key}", className="wait", role="status", **hook)


def _panel(names: Names, key: str) -> Component:
    """One chart: a head with its tools, the chart, what is said instead of it, its sign of waiting."""
    chart = (
        html.Div(id=f"table-{key}", className="table") if key in TABLES else
        dcc.Graph(id={"graph": key}, figure=_EMPTY, config=_CONFIG, responsive=True, className="graph")
    )  # fmt: skip
    parts = [
        html.Div(id=f"head-{key}", className="head"),
        chart,
        html.P(id={"note": key}, className="note"),
        _wait(names, key),
    ]
    return html.Section(parts, id=f"panel-{key}", className=f"panel chart in-{tab_of(key)} p-{key}")


def tab_of(key: str) -> str:
    """The tab a panel is under."""
    return next(tab for tab, keys in PANELS.items() if key in keys)


def _rows(names: Names) -> Component:
    return html.Section(
        [
            html.Div(id=ids.ROWS_HEAD, className="head"),
            rows_grid(names),
            html.P(id={"note": "rows"}, className="note"),
            _wait(names, "rows"),
        ],
        id="rows-panel",
        className="panel rows",
        tabIndex="-1",
    )


_CONFIG: Final[Any] = {"displayModeBar": False, "doubleClick": False, "scrollZoom": False}
_EMPTY: Final[dict[str, Any]] = {
    "data": [],
    "layout": {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
    },
}
