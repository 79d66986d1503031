"""The console's frames (坐席): the worklist of events and alarms, and the chosen event with what can be done with it.

Frames only: `assets/wall/console/` fills them, on the console's own page; the third column there is the map screen.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.panel import hooks, panel
from layouts.words import Words


def _slot(name: str, kind: str = "", tag: type[Component] = html.Div) -> Component:
    return tag(className=kind, **hooks(slot=name))


def worklist(words: Words) -> Component:
    """The left column: tabs, the events' list, the alarms' list with devices out of service, load and buttons."""
    alarms = [
        _slot("alarm-list", "alarm-list"),
        _slot("alarm-out", "outs"),
        _slot("alarm-load", "load"),
        _slot("alarm-form", "form", html.Section),
        _slot("alarm-deeds", "abar"),
    ]
    body = [
        html.Div(className="desk-tabs", role="tablist", **hooks(slot="desk-tabs")),
        _slot("desk-events", "desk-events"),
        html.Div(alarms, className="desk-alarms", hidden=True, **hooks(slot="desk-alarms")),
    ]
    return panel(ids.SCREEN_DESK, "desk", words["console.title"], words, body)


def event(words: Words) -> Component:
    """The middle column: the chosen event, the form of what is being done, the buttons, news of commands."""
    body = [
        _slot("event-detail", "event-detail"),
        _slot("toasts", "toasts"),
        _slot("event-form", "form", html.Section),
        _slot("event-deeds", "act"),
    ]
    return panel(ids.SCREEN_EVENT, "one-event", words["console.event"], words, body)
