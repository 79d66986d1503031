"""Clicks and selections in charts: what they choose, as the next address of the page.

A mark's `customdata` says what it stands for. Choosing the same again lets it go.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final, get_type_hints

import msgspec
from dash import ALL, ClientsideFunction, Dash, Input, Output
from dash import State as Kept
from dash.exceptions import PreventUpdate
from msgspec import structs

from callbacks.analyst.asking import Desk
from dashboard.clock import city_day, city_day_start
from dashboard.daycharts import pieces
from dashboard.filters import Filter
from layouts.analyst import ids
from layouts.analyst.state import KINDS, State

_MARKS: Final[dict[str, Any]] = {
    "day": tuple[date], "region": tuple[str], "hours": tuple[int, int], "pair": tuple[str, str],
    **{kind: get_type_hints(Filter)[kind] for kind in KINDS},
}  # fmt: skip
"""The values of each kind of mark."""


def register(app: Dash, desk: Desk) -> None:
    """Add the callbacks."""

    app.clientside_callback(  # type: ignore[no-untyped-call]  # Dash has not typed it
        ClientsideFunction("analyst", "mark"), Output(ids.MARKS, "data"),
        Input({"graph": ALL}, "clickData"), Input({"graph": ALL}, "selectedData"), prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("analyst", "dates"), Output(ids.GO, "data", allow_duplicate=True),
        Input(ids.DATES, "start_date"), Input(ids.DATES, "end_date"), prevent_initial_call=True,
    )  # fmt: skip

    @app.callback(Output(ids.GO, "data"), Input(ids.MARKS, "data"), Kept(ids.ASKED, "data"), prevent_initial_call=True)
    def clicked(found: Any, asked: dict[str, Any] | None) -> str:
        marks = marked(found)
        if not asked or not marks:
            raise PreventUpdate
        look, _ = desk.look(asked)
        return "?" + choose(look.state, marks, look.now_ms).query()


def marked(data: Any) -> list[list[Any]]:
    """What the marks that were clicked or selected stand for."""
    points = data.get("points", []) if isinstance(data, dict) else []
    known = [point for point in points if isinstance(point, dict)] if isinstance(points, list) else []
    found = [point.get("customdata") or _cell(point) for point in known]
    marks = [one for one in found if isinstance(one, list) and _stands(one)]
    return [one for one in marks if one[0] == marks[0][0]]


def _stands(mark: list[Any]) -> bool:
    """Whether a mark stands for something: a kind, and such values as that takes."""
    kind, *values = mark or [""]
    try:
        return isinstance(kind, str) and bool(values and msgspec.convert(values, _MARKS.get(kind)))
    except msgspec.ValidationError:
        return False


def _cell(point: dict[str, Any]) -> list[Any] | None:
    """Of a heat map's cell Dash does not tell what it stands for, but where it is."""
    return ["hours", point.get("y"), point["x"]] if "z" in point and isinstance(point.get("x"), int) else None


def choose(state: State, marks: Sequence[list[Any]], now_ms: int) -> State:
    """The state once these marks, which are of one kind, have been chosen or let go."""
    kind = marks[0][0]
    if kind == "day":
        return structs.replace(state, span=_span(state, [str(mark[1]) for mark in marks], now_ms))
    if kind == "region":
        return structs.replace(state, chosen=structs.replace(state.chosen, region=str(marks[0][1])))
    if kind == "hours":
        cell: dict[str, tuple[int, ...]] = {"weekday": (int(marks[0][1]),), "hour": (int(marks[0][2]),)}
        if (state.chosen.weekday, state.chosen.hour) == (cell["weekday"], cell["hour"]):
            cell = {"weekday": (), "hour": ()}
        return structs.replace(state, chosen=structs.replace(state.chosen, **cell))
    if kind == "pair":
        pair = {"category": (str(marks[0][1]),), "department": (str(marks[0][2]),)}
        return structs.replace(state, chosen=structs.replace(state.chosen, **pair))
    values = list(dict.fromkeys(mark[1] for mark in marks))
    return structs.replace(state, chosen=state.toggled(kind, *values))


def _span(state: State, days: list[str], now_ms: int) -> str:
    """From the first to the last of the pieces that begin on these days; nothing if that is what is chosen already."""
    ends = {city_day(one.start + 1): city_day(one.end) for one in pieces(state.outer(now_ms), state.pieces(now_ms))}
    first, last = min(days), max(days)
    span = f"{first}..{ends.get(last, last)}"
    inside = city_day_start(first) <= now_ms and date.fromisoformat(last) - date.fromisoformat(first) < timedelta(400)
    return "" if span == state.span or not inside else span
