"""The rows behind the numbers: blocks of them for the grid, sorted, and the event that somebody opens."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from callbacks.analyst.asking import Case, Desk
from dashboard.cases import Asked
from dashboard.questions import SORTABLE, page, size
from dashboard.scan import Unreadable
from layouts.analyst import grid, head, ids
from layouts.analyst.told import HOOK, told


def register(app: Dash, desk: Desk, case: Case) -> None:
    """Add the callbacks."""
    _register_detail(app, desk, case)
    app.clientside_callback(  # type: ignore[no-untyped-call]  # Dash has not typed it
        ClientsideFunction("analyst", "renew"),
        Output(ids.SAID, "data"),
        Input(ids.ASKED, "data"),
        prevent_initial_call=True,
    )

    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("analyst", "sorted"), Output(ids.GO, "data", allow_duplicate=True),
        Input(ids.ROWS, "getRowsRequest"), prevent_initial_call=True,
    )  # fmt: skip

    @app.callback(
        Output(ids.ROWS, "getRowsResponse"), Output(ids.ROWS_HEAD, HOOK), Output({"note": "rows"}, "children"),
        Input(ids.ROWS, "getRowsRequest"), State(ids.ASKED, "data"), prevent_initial_call=True,
    )  # fmt: skip
    def block(request: dict[str, Any] | None, asked: dict[str, Any] | None) -> tuple[Any, ...]:
        if not request:
            raise PreventUpdate
        if not asked:
            return {"rowData": [], "rowCount": 0}, no_update, no_update
        return _block(desk, request, asked)


def _register_detail(app: Dash, desk: Desk, case: Case) -> None:
    @app.callback(
        Output(ids.DETAIL, HOOK),
        Output(ids.DETAIL, "hidden"),
        Input(ids.ROWS, "selectedRows"),
        State(ids.PAGE, "data"),
        prevent_initial_call=True,
    )
    def opened(chosen: list[dict[str, Any]] | None, page_: dict[str, str]) -> tuple[Any, bool]:
        names = desk.names["en" if page_["locale"] == "en" else "zh"]
        if not chosen:
            return told(detail=[]), True
        try:
            return told(detail=grid.detail(names, case(chosen[0]["id"]))), False
        except KeyError:
            return told(detail=names.t("detail.gone")), False
        except Unreadable:
            return told(detail=names.t("why.unreadable")), False


def ordered(model: list[dict[str, Any]]) -> tuple[tuple[str, bool], ...]:
    """The grid's order as `questions.page` has it."""
    return tuple((one["colId"], one.get("sort") == "desc") for one in model if one.get("colId") in SORTABLE)[:1]


def _block(desk: Desk, request: dict[str, Any], asked: dict[str, Any]) -> tuple[Any, ...]:
    look, names = desk.look(asked)
    state = look.state
    code = state.rows or state.kpi
    scope = look.scope(code)
    first = max(0, int(request.get("startRow") or 0))
    order = ordered(request.get("sortModel") or [])

    def ask(put: Asked) -> tuple[list[dict[str, Any]], int]:
        return page(desk.found, scope, first, grid.BLOCK, order, put), 0 if first else size(desk.found, scope, put)

    answered, why = desk.answer(asked, "rows", ask)
    if answered is None:  # an answer is owed to the grid, which else would wait for ever
        return {"rowData": [], "rowCount": 0}, no_update, why
    found, n = answered
    answer = {"rowData": [grid.shown(names, row) for row in found]}
    if first:  # how many there are was said with the first block
        return answer, no_update, no_update
    top = told(head_rows=head.rows_head(names, state, code, n, look.now_ms))
    return answer | {"rowCount": n}, top, "" if n else names.t("empty")
