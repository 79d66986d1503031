"""The web application: Dash for the pages, Socket.IO for the live link, the city pack's files, the probes.

It puts the parts together and decides which address shows what; what a page looks like is `layouts`', what the live
link carries is `live`'s.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import flask
from dash import Dash
from flask_socketio import SocketIO

from callbacks import (
    analyst,
    areas,
    assessments,
    briefs,
    commands,
    deadletters,
    events,
    feedlist,
    handover,
    history,
    ingest,
    kpi,
    live,
    nearest,
    open311,
    openapi,
    probes,
    tiles,
    view,
    warnings,
    wellformed,
    wire,
)
from callbacks.briefdesk import Desk, desk_of
from dashboard import __version__, past
from dashboard.cities import City, Text
from dashboard.history import History
from dashboard.indicators import Indicators
from dashboard.regions import short_name
from dashboard.settings import Settings
from dashboard.stats import Freshness
from dashboard.tiles import Tiles, under
from feeds.intake import Intake
from feeds.letterbox import Letterbox, Server
from feeds.letters import Letters
from feeds.operator import CommandLog, Operator
from feeds.orders import Judge
from layouts import map_screen, shell
from layouts.words import Locale

PAGES = ("/", "/map", "/queue", "/workers", "/kpi", "/console", "/handover")
PING_S = 15
"""Seconds between pings, and for their answer: who went away without a word is forgotten after both. What a page says
of its link it tells by the frames, which come each second."""
ROOT = Path(__file__).resolve().parent.parent
DEMO_NOTE = Text("演示数据（生成）", "demo data")
_LANGUAGE = "wall_lang"
_DAY_S = 86_400
_ANY_PAGE = "/<path:path>"
"""Dash's route for whatever no other route takes."""

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class WallLog(CommandLog, past.History, Server, feedlist.Known, Protocol):
    """What the application needs of the log: a place for commands, what it still holds, and its server."""


@dataclass(frozen=True, slots=True)
class Web:
    """The application's parts: `app` the pages, `socketio` the live link, both served by `server`; `desk` of briefs."""

    app: Dash
    server: flask.Flask
    socketio: SocketIO
    desk: Desk | None = None


class WallApp(Dash):
    """Dash with a document of its own: the page's configuration in it, in the language of the request."""

    settings: Settings
    city: City

    def interpolate_index(self, *args: Any, **parts: Any) -> str:
        """The HTML document of a page; `parts` are what Dash puts into its placeholders."""
        settings, host = self.settings, f"{self.settings.host}:{self.settings.port}"
        config = shell.page_config(
            self.city, locale=_locale(settings), version=__version__, track_minutes=settings.track_minutes,
            fix_stale_s=settings.fix_stale_s, fix_lost_s=settings.fix_lost_s,
            insecure=None if settings.loopback else host, note=DEMO_NOTE if settings.simulator else None,
        )  # fmt: skip
        page = shell.index_string(config)
        for name, part in parts.items():
            page = page.replace(f"{{%{name}%}}", part)
        return page


def create(
    settings: Settings, city: City, pipeline: live.Viewed, log: WallLog | None = None,
    indicators: Indicators | None = None, intake: Intake | None = None,
) -> Web:  # fmt: skip
    """The application showing `pipeline`'s picture of `city`.

    Without a `log` its seats can watch only; without `indicators` there is no looking back; without an `intake` nobody
    can send.
    """
    app = WallApp(
        __name__, title=_as_html(city.title.zh), update_title="", assets_folder=str(ROOT / "assets"),
        assets_path_ignore=["wall", "vendor"], suppress_callback_exceptions=True,
    )  # fmt: skip
    app.settings, app.city = settings, city
    app.renderer = f"import('/assets/wall/main.mjs').then(() => {{ {app.renderer} }})"
    beneath = under(settings)
    app.layout = lambda: shell.layout(city, _locale(settings), beneath)
    view.register(app)
    wellformed.register(app, {}, {})
    server = app.server
    socketio = SocketIO(
        server, async_mode="threading", transports=["websocket"], ping_interval=PING_S, ping_timeout=PING_S,
        http_compression=False, max_http_buffer_size=65_536,
    )  # fmt: skip
    wire.share_frames(socketio)
    live.register(socketio, pipeline)
    probes.register(server, pipeline, indicators, intake)
    ingest.register(server, intake)
    desk = _register_counts(server, settings, city, pipeline, indicators)
    _register_seats(server, settings, city, pipeline, log)
    events.register(server, pipeline, city.regions)
    _register_standards(server, city, pipeline, indicators, intake, lambda: _locale(settings))
    feedlist.register(server, pipeline, intake, log, lambda: _locale(settings))
    history.register(server, pipeline, History(settings.archive, pipeline, log))
    tiles.register(server, beneath)
    _register_city(server, city)
    own = analyst.register(server, city, indicators, settings, pipeline.case, lambda: _locale(settings))
    _register_manners(server, _policy([*app.csp_hashes(), *own], beneath, settings.media_origins.split()))
    server.wsgi_app = _without_compression(server.wsgi_app)
    return Web(app, server, socketio, desk)


def _register_counts(
    server: flask.Flask, settings: Settings, city: City, pipeline: live.Viewed, indicators: Indicators | None
) -> Desk | None:
    """The KPI, the briefs and the assessment; returns the desk that issues briefs."""
    desk = desk_of(indicators, city, settings, lambda: pipeline.counted) if indicators else None
    kpi.register(server, indicators, city.regions, lambda: pipeline.counted)
    briefs.register(server, desk, settings.brief_at)
    assessments.register(server, pipeline, indicators, city, lambda: _locale(settings))
    return desk


def _register_seats(
    server: flask.Flask, settings: Settings, city: City, pipeline: live.Viewed, log: WallLog | None
) -> None:
    """What seats do: commands and the advice for them, shift handovers, areas, dead letters."""
    judge = Judge(Freshness(settings.fix_stale_s * 1000, settings.fix_lost_s * 1000), city.dispatch)
    nearest.register(server, pipeline, city, judge.freshness)
    commands.register(server, Operator(log, pipeline, judge) if log else None)
    handover.register(server, pipeline, city)
    areas.register(server, pipeline, city, log)
    letters = Letters(Letterbox(log), settings.feeds_file) if log else None
    deadletters.register(server, letters, lambda: _locale(settings))


def _register_standards(
    server: flask.Flask, city: City, pipeline: live.Viewed, indicators: Indicators | None, intake: Intake | None,
    locale: Callable[[], Locale],
) -> None:  # fmt: skip
    """What other systems know by a standard of its own: public warnings (CAP), citizens' requests (Open311)."""
    warnings.register(server, intake, pipeline)
    openapi.register(server, locale)
    open311.register(server, pipeline, city, indicators.cases if indicators else None, intake, locale)


def _as_html(text: str) -> str:
    """Text for Dash's page template, which takes it as it is."""
    return html.escape(text).replace("{%", "&#123;%")


def _locale(settings: Settings) -> Locale:
    asked = flask.request.args.get("lang") or flask.request.cookies.get(_LANGUAGE) or settings.locale
    return "en" if asked == "en" else "zh"


def _register_city(server: flask.Flask, city: City) -> None:
    made = {"names.json": map_screen.place_names(city), "regions.json": _region_tree(city)}
    texts = {name: flask.json.dumps(value, ensure_ascii=False) for name, value in made.items()}

    @server.get("/city/<name>")
    def city_file(name: str) -> flask.Response:
        if name in texts:
            return flask.Response(texts[name], mimetype="application/json", headers={"Cache-Control": "no-cache"})
        files = {"basemap.json": city.basemap, "grids.json": city.folder / "grids.json"}
        if name not in files:
            flask.abort(404)
        return flask.send_file(files[name], mimetype="application/json", conditional=True)


def _region_tree(city: City) -> dict[str, list[Any]]:
    """Every region in preorder, as `dashboard.sections` counts: the descendants of node i are i + 1 … ends[i] − 1."""
    regions = city.regions
    codes, names = [r.code for r in regions.order], [short_name(r.name) for r in regions.order]
    return {"codes": codes, "names": names, "ends": regions.ends.tolist()}


def _policy(inline: list[str], beneath: Tiles | None, media: list[str]) -> str:
    """The content security policy: this server's own files, Dash's inline scripts, and the hosts of tiles and media.

    Text that got into the page as markup could run nothing. `unsafe-eval` opens no way in: it is for tools that drive
    the page from outside and wait for expressions on `window.wall`.
    """
    scripts = " ".join(["'self'", "'unsafe-eval'", *inline])
    images = " ".join(["'self'", "data:", "blob:", *(beneath.origins() if beneath else []), *media])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline';"
        f" img-src {images}; object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
    )


def _register_manners(server: flask.Flask, policy: str) -> None:
    server.config["MAX_CONTENT_LENGTH"] = ingest.MOST_BYTES  # Dash itself would take anything

    @server.before_request
    def known_pages_only() -> None:
        """Dash would answer every address with the wall; an address nobody knows is told so instead."""
        if flask.request.endpoint == _ANY_PAGE and flask.request.path not in PAGES:
            flask.abort(404)

    @server.after_request
    def headers(response: flask.Response) -> flask.Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Content-Security-Policy", policy)
        if language := flask.request.args.get("lang"):
            response.set_cookie(_LANGUAGE, "en" if language == "en" else "zh", max_age=_DAY_S, samesite="Lax")
        return response


def _without_compression(application: Wsgi) -> Wsgi:
    """Do not agree to compress WebSocket messages: it is done per client, and 200 viewers cost more than a core."""

    def wrapped(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return application(environ, start_response)

    return wrapped
