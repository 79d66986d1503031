"""The page: its HTML document and the tree of the wall of four. Composition only; each screen has its own module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.cities import City
from dashboard.tiles import Tiles
from layouts import console_screen, handover_screen, ids, kpi_screen, map_screen, queue_screen, workers_screen
from layouts.config import embed, page_config
from layouts.top_bar import top_bar
from layouts.words import Locale, catalogue

__all__ = ["index_string", "layout", "page_config"]

_DOCUMENT = """<!doctype html>
<html lang="__LANG__" data-theme="night">
<head>
{%metas%}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{%title%}</title>
{%favicon%}
{%css%}
<script type="application/json" id="__ID__">__CONFIG__</script>
</head>
<body>
{%app_entry%}
<footer hidden>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>
"""


def index_string(config: Mapping[str, Any]) -> str:
    """Dash's page template with `config` embedded as JSON; nothing in `config` can break out of it."""
    language = "zh-CN" if config["locale"] == "zh" else "en"
    page = _DOCUMENT.replace("__LANG__", language).replace("__ID__", ids.CONFIG)
    return page.replace("__CONFIG__", embed(config))


def layout(city: City, locale: Locale, tiles: Tiles | None = None) -> Component:
    """The component tree: the top bar and the panels of every page, which CSS shows by the page's name.

    `tiles`: raster tiles under both maps, None for the city pack's base map alone.
    """
    words = catalogue(locale)
    screens = [
        map_screen.screen(city, words, tiles),
        queue_screen.screen(words),
        workers_screen.screen(words, map_screen.workers_map(city, words, tiles)),
        kpi_screen.screen(words, city.targets),
        console_screen.worklist(words),
        console_screen.event(words),
        handover_screen.screen(words),
    ]
    return html.Div([top_bar(city, words, locale), html.Main(screens)], id="wall", className="wall")
