"""The workers' frame (网格员位置): the map's place, the duty table, who went silent, the picked worker.

The map itself is `map_screen.workers_map`; numbers are painted by `assets/wall/workers/workers.mjs`.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.panel import count, hooks, panel
from layouts.words import Words

COLUMNS = ("total", "on", "available", "dispatched", "en_route", "on_scene", "lost", "stale")
"""Number columns of the duty table, in order; keys of BoardRow."""


def _table(words: Words) -> Component:
    heads = [html.Th(words[f"workers.{key}"], className=f"c-{key}") for key in COLUMNS]
    name, mix = html.Th(words["workers.district"], className="c-name"), html.Th(words["workers.mix"], className="bar")
    return html.Table([html.Thead(html.Tr([name, *heads, mix])), html.Tbody(**hooks(slot="board"))], className="duty")


def _tile(kind: str, title: str, note: str) -> Component:
    heading = html.H4([html.B(title, **hooks(slot=f"{kind}-title")), html.Span(note, **hooks(slot=f"{kind}-note"))])
    return html.Div([heading, html.Div(className="tile-body", **hooks(slot=kind))], className=f"tile {kind}")


def screen(words: Words, workers_map: Component) -> Component:
    """The workers screen around `workers_map`."""
    tiles = html.Div(
        [_tile("silent", words["workers.silent"], ""), _tile("who", words["workers.who"], "")], className="w2"
    )
    body = [html.Div(workers_map, className="wl"), html.Div([_table(words), tiles], className="wr")]
    counts = [count(words[f"workers.{key}"], slot) for key, slot in (("on", "on"), ("lost", "lost"), ("stale", "late"))]
    return panel(ids.SCREEN_WORKERS, "workers", words["workers.title"], words, body, counts)
