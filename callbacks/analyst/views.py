"""Views that people keep by name: `views.json` in the data folder, and `/api/analyst/views`.

`GET` lists them, `POST` keeps one (`{"name", "query"}`; one of the same name gives way), `DELETE …/<name>` drops one.
Another site's page can send neither, as with `commands`. The file is written beside and renamed, so that it is whole.
"""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock
from typing import Any, Final

import flask
import msgspec
from dash import Dash, Input, Output, State, ctx, html, no_update

from callbacks.analyst.asking import Desk
from callbacks.commands import Answer, answered, check_sender
from dashboard.kpibook import Book
from feeds.orders import Refused
from layouts.analyst import ids
from layouts.analyst import state as states
from layouts.analyst.told import HOOK, told
from layouts.panel import aria, hooks

MOST: Final = 200
LONGEST: Final = 60
MOST_BYTES: Final = 16_384


class View(msgspec.Struct, frozen=True):
    """A kept view; `query` as `state.State.query` writes it."""

    name: str
    query: str


class Views:
    """The file; its methods may be called from any thread of one process."""

    def __init__(self, path: Path, book: Book) -> None:
        self._path, self._book, self._lock = path, book, Lock()

    def all(self) -> list[View]:
        """Every view, by name. What cannot be read is no view."""
        try:
            found = msgspec.json.decode(self._path.read_bytes(), type=list[View])
        except (OSError, msgspec.MsgspecError):
            return []
        return sorted(found, key=lambda view: view.name)

    def keep(self, name: str, query: str) -> View:
        """Keep a view. Raises Refused."""
        name = " ".join(name.split())
        if not 0 < len(name) <= LONGEST:
            raise Refused(400, "name", "malformed", f"must be 1 to {LONGEST} characters")
        kept = View(name, states.read(query[:4096], self._book).query())
        with self._lock:
            others = [view for view in self.all() if view.name != name]
            if len(others) >= MOST:
                raise Refused(409, "name", "too_many", f"there are {MOST} views; drop one first")
            self._write([*others, kept])
        return kept

    def drop(self, name: str) -> bool:
        """Drop a view; whether there was one."""
        with self._lock:
            found = self.all()
            left = [view for view in found if view.name != name]
            if len(left) < len(found):
                self._write(left)
        return len(left) < len(found)

    def _write(self, views: list[View]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".draft")
        with draft.open("wb") as file:
            file.write(msgspec.json.encode(views))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)


def register(app: Dash, desk: Desk, path: Path) -> None:
    """Add the routes and the callbacks."""
    views = Views(path, desk.found.book)
    _register_routes(app.server, views)

    @app.callback(
        Output(ids.VIEWS, HOOK), Output(ids.VIEW_SAID, "children"), Output(ids.VIEW_NAME, "value"),
        Input(ids.VIEW_SAVE, "n_clicks"), Input(ids.DROP, "data"), State(ids.VIEW_NAME, "value"),
        State(ids.ASKED, "data"), State(ids.PAGE, "data"),
    )  # fmt: skip
    def act(
        save: int | None, drop: str | None, name: str | None, asked: dict[str, Any] | None, page: dict[str, str]
    ) -> tuple[Any, ...]:
        names = desk.names["en" if page["locale"] == "en" else "zh"]
        said: str = ""
        left: Any = no_update
        if ctx.triggered_id == ids.DROP and drop:
            views.drop(drop)
        elif ctx.triggered_id == ids.VIEW_SAVE and asked:
            try:
                said, left = names.t("views.saved", views.keep(name or "", asked["search"]).name), ""
            except Refused as fault:
                said = names.t("views.many", MOST) if fault.key == "too_many" else names.t("views.unnamed")
        kept = [_line(view, names.t("views.drop", view.name)) for view in views.all()]
        return told(views=kept or html.P(names.t("views.none"))), said, left


def _line(view: View, drop: str) -> Any:
    go = html.A(view.name, href=f"/analyst?{view.query}")
    return html.Div([go, html.Button("×", title=drop, className="lnk", **aria(label=drop), **hooks(drop=view.name))])


def _register_routes(server: flask.Flask, views: Views) -> None:
    @server.get("/api/analyst/views")
    def listed() -> flask.Response:
        return flask.Response(msgspec.json.encode({"views": views.all()}), mimetype="application/json")

    @server.post("/api/analyst/views")
    def keep() -> Answer:
        def act() -> Answer:
            check_sender(flask.request, MOST_BYTES)
            try:
                given = msgspec.json.decode(flask.request.get_data(cache=False), type=View)
            except msgspec.MsgspecError as fault:
                raise Refused(400, "", "malformed", str(fault)) from None
            return flask.jsonify(msgspec.to_builtins(views.keep(given.name, given.query))), 201

        return answered(act)

    @server.delete("/api/analyst/views/<path:name>")
    def drop(name: str) -> Answer:
        def act() -> Answer:
            check_sender(flask.request, MOST_BYTES)
            if not views.drop(name):
                raise Refused(404, "name", "unknown_view", f"there is no view {name}")
            return flask.jsonify({"name": name}), 200

        return answered(act)
