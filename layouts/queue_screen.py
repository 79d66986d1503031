"""The event queue's frame (事件队列): header and an empty list that `assets/wall/queue/queue.mjs` fills with rows."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.panel import count, hooks, panel
from layouts.words import Words


def screen(words: Words) -> Component:
    """The queue screen: three counts, the list, the line of the newest report."""
    counts = [
        count(words["queue.open"], "open"),
        count(words["queue.overdue"], "overdue"),
        count(words["queue.reported"], "reported"),
    ]
    body = [
        html.Div(className="rows", **hooks(slot="rows")),
        html.Div(className="newest", **hooks(slot="newest")),
        html.Div(className="empty", hidden=True, **hooks(slot="empty")),
    ]
    return panel(ids.SCREEN_QUEUE, "queue", words["queue.title"], words, body, counts)
