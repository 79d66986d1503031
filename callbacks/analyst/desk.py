"""The workbench's page: an application of Dash under `/analyst`, and the callbacks that answer what its address asks.

The address is the only state. `asked` follows it, with one instant for all questions, so that the numbers of a page
agree; every part of the page asks for itself (`Desk.answer`), and says in words why there is no answer.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import flask
from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, ctx, html, no_update
from dash.exceptions import PreventUpdate

from callbacks.analyst import clicks, downloads, rows, views
from callbacks.analyst.asking import Case, Desk
from callbacks.analyst.panels import LISTED, PANELS, Looking
from callbacks.analyst.running import Key
from dashboard import clock
from dashboard.cases import Asked
from dashboard.cities import City
from dashboard.indicators import Indicators
from dashboard.questions import facets
from dashboard.settings import Settings
from dashboard.windows import before, year_ago
from layouts.analyst import head, ids, page
from layouts.analyst.figures import nothing
from layouts.analyst.names import Names
from layouts.words import Locale

ROOT: Final = Path(__file__).resolve().parents[2]
PREFIX: Final = "/analyst/"
SAME_MS: Final = 60_000
"""For so long what is asked next is as of the same instant: going to and fro on a page changes no number."""


class WorkbenchApp(Dash):
    """Dash with a document in the language of the request."""

    locale: Callable[[], Locale]

    def interpolate_index(self, *args: Any, **parts: Any) -> str:
        """The HTML document of the page."""
        text = page.DOCUMENT.replace("__LANG__", "en" if self.locale() == "en" else "zh-CN")
        for name, part in parts.items():
            text = text.replace(f"{{%{name}%}}", part)
        return text


def register(
    server: flask.Flask,
    city: City,
    indicators: Indicators | None,
    settings: Settings,
    case: Case,
    locale: Callable[[], Locale],
) -> list[str]:
    """Add the page, its routes and callbacks; returns what its inline script is called in the security policy.

    Without `indicators` there is no such page.
    """
    if indicators is None:
        return []
    app = WorkbenchApp(
        __name__, server=server,  # type: ignore[arg-type]  # Dash takes one, whatever its types say
        url_base_pathname=PREFIX, assets_folder=str(ROOT / "assets"), update_title="",
        assets_ignore=r"^(?!1-tokens|2-components|3-wall|analyst).*", assets_path_ignore=["wall", "vendor"],
        suppress_callback_exceptions=True,
    )  # fmt: skip
    app.locale, desk = locale, Desk(city, indicators)
    app.title = escape(desk.names["zh"].t("title"))
    app.layout = lambda: page.layout(desk.names[locale()], uuid4().hex)
    server.add_url_rule("/analyst", "analyst", app.index)
    _register_asking(app)
    _register_surroundings(app, desk)
    _register_column(app, desk)
    _register_cards(app, desk)
    _register_charts(app, desk)
    clicks.register(app, desk)
    rows.register(app, desk, case)
    downloads.register(server, desk)
    views.register(app, desk, settings.data_dir / "views.json")
    return list(app.csp_hashes())


def _register_asking(app: Dash) -> None:
    app.clientside_callback(  # type: ignore[no-untyped-call]  # Dash has not typed it
        ClientsideFunction("analyst", "begin"), Output(ids.UNIT, "data"), Output(ids.URL, "data"),
        Input(ids.PAGE, "data"),
    )  # fmt: skip
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("analyst", "go"), Output(ids.URL, "data", allow_duplicate=True), Input(ids.GO, "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("analyst", "copy"), Output({"copy": MATCH}, "title"), Input({"copy": MATCH}, "n_clicks"),
        prevent_initial_call=True,
    )  # fmt: skip

    @app.callback(
        Output(ids.ASKED, "data"),
        Input(ids.URL, "data"),
        Input(ids.REFRESH, "n_clicks"),
        Input(ids.RETRY, "n_intervals"),
        Input(ids.UNIT, "data"),
        State(ids.PAGE, "data"),
        State(ids.ASKED, "data"),
    )
    def ask(
        search: str, clicks: int, tries: int, unit: float | None, page_: dict[str, str], asked: dict[str, Any] | None
    ) -> Any:
        now_ms, why = clock.now_ms(), ctx.triggered_id
        if unit is None:
            raise PreventUpdate
        if asked and why == ids.URL and asked["search"] == (search or ""):
            raise PreventUpdate
        same = asked is not None and why == ids.URL and now_ms - asked["at"] < SAME_MS
        at = asked["at"] if asked and same else now_ms
        return {"search": search or "", "at": at, "unit": unit, "again": tries or 0, **page_}


def _register_surroundings(app: Dash, desk: Desk) -> None:
    @app.callback(
        Output(ids.CRUMBS, "children"),
        Output(ids.AS_OF, "children"),
        Output(ids.WHEN, "children"),
        Output(ids.CHIPS, "children"),
        Output(ids.AGAINST, "children"),
        Output(ids.TABS, "children"),
        Output(ids.CHARTS, "className"),
        Output(ids.DATES, "start_date"),
        Output(ids.DATES, "end_date"),
        Input(ids.ASKED, "data"),
        prevent_initial_call=True,
    )
    def around(asked: dict[str, Any]) -> tuple[Any, ...]:
        look, names = desk.look(asked)
        state = look.state
        as_of = names.t("as_of", names.clock(look.now_ms))
        return (
            head.crumbs(names, state),
            as_of,
            head.when(names, state),
            head.chips(names, state),
            head.against(names, state),
            head.tabs(names, state),
            f"charts show-{state.tab}",
            *head.dates(state),
        )


def _register_column(app: Dash, desk: Desk) -> None:
    @app.callback(
        Output(ids.FACETS, "children"),
        Output(ids.HITS, "children"),
        Output(ids.RETRY, "disabled"),
        Input(ids.ASKED, "data"),
        prevent_initial_call=True,
    )
    def column(asked: dict[str, Any]) -> tuple[Any, ...]:
        look, names = desk.look(asked)
        scope = look.scope()
        length = (
            0
            if look.split("region")[0].length == len(look.state.chosen.region)
            else look.split("region")[0].length or 0
        )
        found, why, again = desk.answer(asked, ids.FACETS, lambda put: facets(desk.found, scope, length, put))
        if found is None:
            return html.P(why, className="why"), "", not again
        return head.facets(names, look.state, found.counts), names.t("hits", f"{found.n:,}", f"{found.hit:,}"), True


def _register_cards(app: Dash, desk: Desk) -> None:
    @app.callback(Output(ids.CARDS, "children"), Input(ids.ASKED, "data"), prevent_initial_call=True)
    def cards(asked: dict[str, Any]) -> Any:
        look, names = desk.look(asked)
        state, scope, codes = look.state, look.scope(), head.shown_codes(look.state)
        other = {"before": before, "year": year_ago}.get(state.against)

        def ask(put: Asked) -> tuple[dict[str, Any], dict[str, Any] | None]:
            now = desk.found.over(scope.window, codes, scope.chosen, asked=put)
            then = other and other(scope.window)
            known = then and now.since is not None and then.start >= now.since - clock.DAY_MS
            was = desk.found.over(then, codes, scope.chosen, asked=put) if then and known else None
            return {code: now.rows[code][""] for code in codes}, {
                code: was.rows[code][""] for code in codes
            } if was else None

        found, why, _ = desk.answer(asked, ids.CARDS, ask)
        return html.P(why, className="why") if found is None else head.cards(names, state, *found)


def _register_charts(app: Dash, desk: Desk) -> None:
    for key in PANELS:
        place = "children" if key in page.TABLES else "figure"
        drawn: Output = Output({"table" if key in page.TABLES else "graph": key}, place)
        app.callback(
            drawn, Output({"head": key}, "children"), Output({"note": key}, "children"), Output({"head": key}, "title"),
            Input(ids.ASKED, "data"), State({"head": key}, "title"), prevent_initial_call=True,
        )(_chart(desk, key))  # fmt: skip

    @app.callback(Input({"cancel": ALL}, "n_clicks"), State(ids.PAGE, "data"), prevent_initial_call=True)
    def cancel(clicks: list[int | None], page_: dict[str, str]) -> None:
        if ctx.triggered_id and any(clicks):
            desk.running.call_off(Key(page_["page"], ctx.triggered_id["cancel"]))


def _chart(desk: Desk, key: str) -> Callable[..., tuple[Any, ...]]:
    """The callback of one chart; it is not drawn anew while nothing of it has changed, nor while its tab is hidden."""
    panel, tab = PANELS[key], next(tab for tab, keys in page.PANELS.items() if key in keys)

    def draw(asked: dict[str, Any], drawn: str | None) -> tuple[Any, ...]:
        look, names = desk.look(asked)
        state = look.state
        code = panel.code or state.kpi
        about = f"{asked['at']} {state.href(tab='overview', rows='', sort='')}"
        if tab != state.tab or about == drawn:
            raise PreventUpdate
        title, note = titled(names, key, look)
        top = head.head(names, state, key, title, note, code, look.now_ms)
        found, why, _ = desk.answer(asked, key, lambda put: panel.ask(look, put))
        if found is None:
            return no_update, top, why, ""
        if not len(found):
            why = names.t("empty")
            return ([] if key in page.TABLES else nothing("", asked["unit"])), top, why, about
        return panel.draw(found, look, names, asked["unit"]), top, said(names, key, found), about

    return draw


def titled(names: Names, key: str, look: Looking) -> tuple[str, str]:
    """A chart's title and the note beside it."""
    kpi = look.found.book.kpis[look.state.kpi]
    by = names.t(f"kind.{look.state.by}")
    title = names.t(f"panel.{key}", names.kpi(kpi.code), by, names.t(f"grain.{look.state.pieces(look.now_ms)}"))
    goal = names.goal(look.found.book.kpis["ontime_rate"] if key == "ontime" else kpi)
    return title, names.t(f"note.{key}", goal)


def said(names: Names, key: str, found: Any) -> str:
    """What is said below a chart of its numbers."""
    told = found.said
    if key == "times":
        return names.t("times.said", f"{told['n']:,}", names.took(told["p50"]), names.took(told["p90"]))
    if key == "signals":
        if not told["base"]:
            return names.t("signals.none")
        return names.t(
            f"signals.{'wide' if told['spread'] > 1 else 'plain'}",
            told["base"],
            len(told["signals"]),
            f"{told['spread']:.1f}",
        )
    if key == "coming":
        years = names.t("coming.years", ", ".join(map(str, told["unknown"]))) if told["unknown"] else ""
        return names.t("coming.said", told["counted"]) + years
    if key == "repeats" and len(found) > LISTED:
        return names.t("repeats.more", LISTED, len(found))
    if key in ("ranking", "ontime"):
        small = sum(found.columns["small"])
        return names.t("ranking.small", small) if small else ""
    return ""
