"""The workers' frame (网格员位置): the map's place, duty table, what needs attention, the picked worker; and more.

Its own page adds patrol coverage, utilisation and the list of all workers. The map itself is
`map_screen.workers_map`; numbers are painted by `assets/wall/workers/`.
"""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.panel import aria, count, hooks, panel
from layouts.words import Words

COLUMNS = ("total", "on", "available", "dispatched", "en_route", "on_scene", "lost")
"""Number columns of the duty table, in order; keys of BoardRow."""
MORE = "wmore"
"""Class of what only the screen's own page shows."""


def _table(words: Words) -> Component:
    heads = [html.Th(words[f"workers.{key}"], className=f"c-{key}") for key in COLUMNS]
    name = html.Th(words["workers.district"], className="c-name", **hooks(slot="board-by"))
    mix, posts = html.Th(words["workers.mix"], className="bar"), html.Th(words["workers.posts"], className="c-posts")
    head = html.Thead(html.Tr([name, *heads, mix, posts]))
    return html.Table([head, html.Tbody(**hooks(slot="board"))], className="duty")


def _tile(kind: str, title: str, more: str = "") -> Component:
    heading = html.H4([html.B(title, **hooks(slot=f"{kind}-title")), html.Span(**hooks(slot=f"{kind}-note"))])
    return html.Div([heading, html.Div(className="tile-body", **hooks(slot=kind))], className=f"tile {kind} {more}")


def _slot(name: str, kind: str, **more: Any) -> Component:
    return html.Div(className=kind, **hooks(slot=name), **more)


def _attention() -> Component:
    """Tabs, what they choose between, the rule in words, the lines."""
    tabs = _slot("attn-tabs", "tabs", role="tablist")
    parts = [tabs, _slot("attn-rule", "attn-rule"), _slot("attn", "tile-body")]
    return html.Div(parts, className="tile attn")


def _people(words: Words) -> Component:
    """The list of all workers: title and filters, column heads, the lines that are in sight."""
    heading = html.H4([html.B(words["workers.all"]), html.Span(**hooks(slot="people-note"))])
    box = _slot("people", "people-box", tabIndex=0, role="listbox", **aria(label=words["workers.all"]))
    parts = [heading, _slot("people-filter", "filter"), _slot("people-head", "people-head"), box]
    return html.Div(parts, className=f"tile people {MORE}")


def screen(words: Words, workers_map: Component) -> Component:
    """The workers screen around `workers_map`."""
    bars = [_tile("patrol", words["workers.patrol"]), _tile("use", words["workers.use"])]
    board = [_slot("board-choice", f"choice {MORE}"), html.Div(_table(words), className="scroll")]
    parts = [
        html.Div(board, className="wb"),
        html.Div(bars, className=f"wbars {MORE}"),
        html.Div([_attention(), _tile("who", words["workers.who"])], className="w2"),
    ]
    body = [html.Div(workers_map, className="wl"), html.Div(parts, className="wr"), _people(words)]
    counts = [count(words[f"workers.{key}"], slot) for key, slot in (("on", "on"), ("lost", "lost"), ("stale", "late"))]
    sos = html.Button(className="sos", hidden=True, **hooks(slot="sos"))
    return panel(ids.SCREEN_WORKERS, "workers", words["workers.title"], words, body, [sos, *counts])
