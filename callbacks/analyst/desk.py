"""The workbench's page: an application of Dash under `/analyst`, and the callbacks that answer what its address asks.

The address is the only state. `asked` follows it, with one instant for all questions, so that the numbers of a page
agree; every part of the page asks for itself (`Desk.answer`), and says in words why there is no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b
from html import escape
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import flask
import msgspec
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, html, no_update
from dash.exceptions import PreventUpdate

from callbacks import wellformed
from callbacks.analyst import clicks, downloads, held, pinned, rows, views
from callbacks.analyst.asking import Case, Desk
from callbacks.analyst.panels import LISTED, PANELS, Looking, empty
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
from layouts.analyst.palette import by_night
from layouts.analyst.told import HOOK, told
from layouts.words import Locale

ROOT: Final = Path(__file__).resolve().parents[2]
PREFIX: Final = "/analyst/"
SAME_MS: Final = 60_000
"""For so long what is asked next is as of the same instant: going to and fro on a page changes no number."""
DRAWN: Final = "data-drawn"
"""The property of a chart's note that holds how the chart looks, and what was asked for it."""


class WorkbenchApp(Dash):
    """Dash with a document in the language of the request."""

    locale: Callable[[], Locale]

    titles: Mapping[str, str]

    def interpolate_index(self, *args: Any, **parts: Any) -> str:
        """The HTML document of the page."""
        parts["title"] = escape(self.titles[self.locale()])
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
    app.titles = {name: names.t("title") for name, names in desk.names.items()}
    app.layout = lambda: page.layout(desk.names[locale()], uuid4().hex)
    server.add_url_rule("/analyst", "analyst", app.index)
    server.view_functions[f"{PREFIX}<path:path>"] = _nowhere  # Dash would answer any address below with the page
    _register_address(app)
    _register_asking(app, desk)
    _register_column(app, desk)
    _register_cards(app, desk)
    _register_charts(app, desk)
    clicks.register(app, desk)
    rows.register(app, desk, case)
    downloads.register(server, desk)
    pinned.register(server, desk)
    views.register(app, desk, settings.data_dir / "views.json")
    wellformed.register(app, held.INPUTS, held.STATE)
    return list(app.csp_hashes())


def _nowhere(path: str) -> flask.Response:
    flask.abort(404)


def _register_address(app: Dash) -> None:
    app.clientside_callback(  # type: ignore[no-untyped-call]  # Dash has not typed it
        ClientsideFunction("analyst", "begin"), Output(ids.UNIT, "data"), Output(ids.THEME, "data"),
        Output(ids.URL, "data"), Input(ids.PAGE, "data"),
    )  # fmt: skip
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("analyst", "go"), Output(ids.URL, "data", allow_duplicate=True), Input(ids.GO, "data"),
        prevent_initial_call=True,
    )  # fmt: skip


def _register_asking(app: Dash, desk: Desk) -> None:
    @app.callback(
        Output(ids.ASKED, "data"),
        *(Output(place, "data") for place in ids.SHOWN.values()),
        Output(ids.AROUND, HOOK),
        Output(ids.AS_OF, "children"),
        Output(ids.DATES, "start_date"),
        Output(ids.DATES, "end_date"),
        Output(ids.RETRY, "disabled"),
        Input(ids.URL, "data"),
        Input(ids.REFRESH, "n_clicks"),
        Input(ids.RETRY, "n_intervals"),
        Input(ids.UNIT, "data"),
        Input(ids.THEME, "data"),
        State(ids.PAGE, "data"),
        State(ids.ASKED, "data"),
        State(ids.DATES, "start_date"),
        State(ids.DATES, "end_date"),
    )
    def ask(
        search: str, clicks: int, tries: int, unit: float | None, theme: str, page_: dict[str, str],
        asked: dict[str, Any] | None, *dates: str | None,
    ) -> tuple[Any, ...]:  # fmt: skip
        now_ms, why = clock.now_ms(), ctx.triggered_id
        if unit is None or (asked and why == ids.URL and asked["search"] == (search or "")):
            raise PreventUpdate
        same = asked is not None and why in (ids.URL, ids.THEME) and now_ms - asked["at"] < SAME_MS
        at = asked["at"] if asked and same else now_ms
        new = {"search": search or "", "at": at, "unit": unit, "theme": theme, "again": tries or 0, **page_}
        look, names = desk.look(new)
        shown = (new if tab == look.state.tab else no_update for tab in ids.SHOWN)
        window = head.dates(look.state)
        moved = (no_update,) * 2 if window == dates else window
        return new, *shown, _around(look, names), names.t("as_of", names.clock(at)), *moved, True


def _around(look: Looking, names: Names) -> str:
    """What stands around the charts, and their heads: all that no question is needed for."""
    state = look.state
    heads = {f"head_{key}": _head(look, names, key) for key in page.PANELS[state.tab]}
    return told(
        crumbs=head.crumbs(names, state),
        when=head.when(names, state),
        chips=head.chips(names, state),
        against=head.against(names, state),
        tabs=head.tabs(names, state),
        show=state.tab,
        **heads,
    )


def _head(look: Looking, names: Names, key: str) -> Any:
    title, note = titled(names, key, look)
    return head.head(names, look.state, key, title, note, PANELS[key].code or look.state.kpi, look.now_ms)


def _register_column(app: Dash, desk: Desk) -> None:
    @app.callback(
        Output(ids.FACETS, HOOK),
        Output(ids.HITS, "children"),
        Input(ids.ASKED, "data"),
        prevent_initial_call=True,
    )
    def column(asked: dict[str, Any]) -> tuple[Any, ...]:
        look, names = desk.look(asked)
        scope = look.scope()
        length = 0 if look.length == len(look.state.chosen.region) else look.length
        found, why = desk.answer(asked, ids.FACETS, lambda put: facets(desk.found, scope, length, put))
        if found is None:
            return told(facets=html.P(why, className="why")), ""
        hits = names.t("hits", f"{found.n:,}", f"{found.hit:,}")
        return told(facets=head.facets(names, look.state, found.counts)), hits


def _register_cards(app: Dash, desk: Desk) -> None:
    @app.callback(Output(ids.CARDS, HOOK), Input(ids.ASKED, "data"), prevent_initial_call=True)
    def cards(asked: dict[str, Any]) -> Any:
        look, names = desk.look(asked)
        state, scope, codes = look.state, look.scope(), head.shown_codes(look.state)
        other = {"before": before, "year": year_ago}.get(state.against)

        def ask(put: Asked) -> tuple[dict[str, Any], dict[str, Any] | None]:
            now = desk.found.over(scope.window, codes, scope.chosen, asked=put)
            then = other and other(scope.window)
            known = then and desk.found.known(then)
            was = desk.found.over(then, codes, scope.chosen, asked=put) if then and known else None
            return {code: now.rows[code][""] for code in codes}, {
                code: was.rows[code][""] for code in codes
            } if was else None

        found, why = desk.answer(asked, ids.CARDS, ask)
        return told(cards=html.P(why, className="why") if found is None else head.cards(names, state, *found))


def _register_charts(app: Dash, desk: Desk) -> None:
    for key in PANELS:
        drawn = Output(f"table-{key}", HOOK) if key in page.TABLES else Output({"graph": key}, "figure")
        app.callback(
            drawn, Output({"note": key}, "children"), Output({"note": key}, DRAWN),
            Input(ids.SHOWN[page.tab_of(key)], "data"), State({"note": key}, DRAWN), prevent_initial_call=True,
        )(_chart(desk, key))  # fmt: skip

    @app.callback(Input(ids.CANCEL, "data"), State(ids.PAGE, "data"), prevent_initial_call=True)
    def cancel(place: list[Any], page_: dict[str, str]) -> None:
        desk.running.call_off(Key(page_["page"], str(place[0])))


def _chart(desk: Desk, key: str) -> Callable[..., tuple[Any, ...]]:
    """The callback of one chart: nothing is asked that has been, nor anything drawn that looks as it did."""
    panel = PANELS[key]

    def draw(asked: dict[str, Any], drawn: str | None) -> tuple[Any, ...]:
        look, names = desk.look(asked)
        about = f"{asked['at']} {asked['theme']} {look.state.href(tab='overview', rows='', sort='')}"
        was, _, last = (drawn or "").partition(" ")
        if about == last:
            raise PreventUpdate
        found, why = desk.answer(asked, key, lambda put: panel.ask(look, put))
        if found is None:
            return no_update, why, f"{was} "
        chart: Any
        if len(found):
            chart, note = panel.draw(found, look, names, asked["unit"]), said(names, key, found)
        else:
            chart, note = nothing("", asked["unit"]), names.t(empty(key, look))
        if asked["theme"] == "night" and key not in page.TABLES:
            chart = by_night(chart)
        if key in page.TABLES:
            chart = told(**{f"table_{key}": chart if len(found) else []})
        looks = blake2b(msgspec.json.encode(chart), digest_size=8).hexdigest()
        return no_update if looks == was else chart, note, f"{looks} {about}"

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
        if not any(found.columns["mean"]):
            return names.t("coming.few", told["counted"])
        return names.t("coming.said", told["counted"]) + years
    if key == "repeats" and len(found) > LISTED:
        return names.t("repeats.more", LISTED, len(found))
    if key in ("ranking", "ontime"):
        small = sum(found.columns["small"])
        return names.t("ranking.small", small) if small else ""
    return ""
