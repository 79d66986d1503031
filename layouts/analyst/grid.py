"""The rows behind the numbers: the grid's columns, a row as the grid shows it, and one event in full."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component
from dash_ag_grid import AgGrid

from dashboard.clock import now_ms
from layouts.analyst import ids
from layouts.analyst.names import NOTHING, Names
from layouts.panel import aria, hooks

BLOCK = 100
_WIDTHS = {
    "id": 150,
    "severity": 76,
    "title": 380,
    "region": 190,
    "channel": 96,
    "department": 120,
    "category": 96,
    "step": 88,
    "reported": 138,
    "due": 138,
    "closed": 138,
    "result": 130,
}


_LOOKS = {
    "backgroundColor": "var(--panel)",
    "foregroundColor": "var(--ink-2)",
    "headerTextColor": "var(--ink-3)",
    "headerFontWeight": 400,
    "headerBackgroundColor": "var(--panel)",
    "borderColor": "var(--line)",
    "accentColor": "var(--focus)",
    "fontFamily": "var(--font)",
    "fontSize": "calc(14*var(--u))",
    "dataFontSize": "calc(14*var(--u))",
    "headerFontSize": "calc(14*var(--u))",
    "rowHeight": "calc(33*var(--u))",
    "headerHeight": "calc(32*var(--u))",
    "cellHorizontalPadding": "calc(8*var(--u))",
    "selectedRowBackgroundColor": "var(--focus-soft)",
    "rowHoverColor": "var(--hover)",
    "wrapperBorder": False,
    "wrapperBorderRadius": 0,
    "iconSize": "calc(14*var(--u))",
    "spacing": "calc(6*var(--u))",
    "rowBorder": {"color": "var(--grid)"},
    "headerColumnResizeHandleColor": "transparent",
}
_ALARM = {"color": "var(--txt-major)", "fontWeight": 700}
_STYLES = {
    "severity": [
        {"condition": "params.data.grade == 4", "style": {"color": "var(--txt-urgent)", "fontWeight": 700}},
        {"condition": "params.data.grade == 3", "style": _ALARM},
        {"condition": "params.data.grade == 2", "style": {"color": "var(--txt-serious)", "fontWeight": 700}},
    ],
    "result": [{"condition": "params.data.late", "style": _ALARM}],
}


def rows_grid(names: Names) -> Component:
    """The grid: blocks of rows are asked for as somebody scrolls, sorted by the server."""
    columns = [
        {"field": field, "headerName": names.t(f"column.{field}"), "flex": width, "sortable": field != "result",
         "cellClass": f"c-{field}", "tooltipField": field, "sortingOrder": ["desc", "asc", None],
         **({"cellStyle": {"styleConditions": _STYLES[field]}} if field in _STYLES else {}),}
        for field, width in _WIDTHS.items()
    ]  # fmt: skip
    options: dict[str, Any] = {
        "theme": {"function": f"themeQuartz.withParams({json.dumps(_LOOKS)})"},
        "cacheBlockSize": BLOCK,
        "maxBlocksInCache": 30,
        "maxConcurrentDatasourceRequests": 1,
        "infiniteInitialRowCount": 1,
        "rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True},
        "tooltipShowDelay": 600,
        "suppressDragLeaveHidesColumns": True,
        "suppressMultiSort": True,
        "suppressNoRowsOverlay": True,
        "localeText": {"loadingOoo": names.t("waiting")},
    }
    grid: Component = AgGrid(
        id=ids.ROWS,
        rowModelType="infinite",
        columnDefs=columns,
        dashGridOptions=options,
        className="ag-theme-wall grid",
        defaultColDef={"resizable": True, "suppressMovable": True},
        getRowId="params.data.id",
        style={"height": None, "width": None},
    )
    return grid


def shown(names: Names, row: dict[str, Any]) -> dict[str, Any]:
    """A row of `questions.page` in words."""
    listed = {kind: names.of(kind, row[kind]) for kind in ("channel", "department", "category", "step")}
    when = {name: names.minute(row[name]) for name in ("reported", "due", "closed")}
    place = names.city.regions.place(row["region"]) or row["region"]
    return {
        "id": row["id"],
        "title": row["title"],
        "region": place,
        "result": result(names, row),
        "severity": names.sign(row["severity"]),
        "grade": row["severity"],
        "late": late(row),
        **listed,
        **when,
    }


def late(row: dict[str, Any]) -> bool:
    """Whether its limit has passed, or had when it was closed."""
    ends = row["closed"] if row["closed"] is not None else now_ms() if row["open"] and not row["paused"] else None
    return ends is not None and row["due"] is not None and ends > row["due"]


def result(names: Names, row: dict[str, Any]) -> str:
    """Whether it was in time, or by how much it was not."""
    due, closed = row["due"], row["closed"]
    if due is None:
        return names.t("result.none")
    if row["paused"]:
        return names.t("result.paused")
    if closed is not None:
        return names.t("result.late", names.took(closed - due)) if closed > due else names.t("result.held")
    if not row["open"]:
        return NOTHING
    left = due - now_ms()
    return names.t("result.left", names.took(left)) if left >= 0 else names.t("result.over", names.took(-left))


def detail(names: Names, case: dict[str, Any]) -> list[Component]:
    """One event (`dashboard.casefile`): what it is, and everything that was done about it."""
    event = case["event"]
    facts = [
        (names.t("column.severity"), names.of("severity", event["sev"])),
        (names.t("column.category"), names.of("category", event["cat"])),
        (names.t("column.region"), f"{event['place']} {case['address']}".strip()),
        (names.t("column.channel"), names.of("channel", event["channel"])),
        (names.t("column.department"), names.of("department", event["dept"])),
        (names.t("column.step"), names.of("step", event["step"])),
        (names.t("column.closed"), names.minute(case["closed"])),
        (names.t("column.score"), str(case["score"] or NOTHING)),
    ]
    close = html.Button(
        "×", className="btn sm", title=names.t("close"), **aria(label=names.t("close")), **hooks(close="")
    )
    listed = html.Dl([part for name, value in facts for part in (html.Dt(name), html.Dd(value))])
    record = html.Ol([_line(names, line) for line in case["trail"]], className="record")
    head = html.Div([html.H2(str(event["title"])), close], className="head")
    console = html.A(names.t("detail.console"), href=f"/console?{urlencode({'event': event['id']})}", className="go")
    known = html.P([str(event["id"]), "　", console], className="id")
    return [head, known, listed, html.H3(names.t("detail.record")), record]


def _line(names: Names, line: dict[str, Any]) -> Component:
    who = " ".join(
        part for part in (line["department"] and names.of("department", line["department"]), line["by"]) if part
    )
    what = names.deed(line["what"] if line["what"] != "undone" else line["step"])
    undone = [names.t("detail.undone")] if line["what"] == "undone" else []
    return html.Li(
        [html.Time(names.minute(line["at"])), html.B([*undone, what]), html.Span(who), html.Em(line["note"] or "")]
    )
