"""The bar above the four screens: whose wall it is, what waits for acceptance, link, clock, the strip of feeds.

The frame only; `assets/wall/top.mjs` paints every live value. The theme button is `callbacks/view.py`'s.
"""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.cities import City
from layouts import ids
from layouts.panel import aria, hooks
from layouts.words import Locale, Words

_WAITING = {4: "urgent", 3: "major", 2: "serious"}
"""Severities whose unaccepted events are counted on top: 紧急, 重大, 较大."""


def _chip(level: int, name: str) -> Component:
    number = html.B("—", **hooks(slot=f"wait-{level}"))
    return html.Span([html.I(className=f"shape s{level}"), name, number], className=f"a a{level} none")


def _waiting(words: Words) -> Component:
    chips = [_chip(level, words[f"severity.{name}"]) for level, name in _WAITING.items()]
    return html.Div([html.Span(words["top.waiting"], className="lab"), *chips], className="alm")


def _clock() -> Component:
    day = html.Div([html.Span(**hooks(slot="date")), html.Span(**hooks(slot="shift"))])
    return html.Div([day, html.B("--:--:--", **hooks(slot="clock"))], className="clk")


def _theme_button(words: Words) -> Component:
    button = html.Button(
        html.I(className="icon i-theme"),
        id=ids.THEME_TOGGLE,
        className="io theme",
        title=words["top.theme"],
        **aria(label=words["top.theme"]),
    )
    return html.Span([button, dcc.Store(id=ids.THEME_STATE, storage_type="local")])


def top_bar(city: City, words: Words, locale: Locale) -> Component:
    """The header of the page, two lines; a third appears while a recording plays."""
    heading = html.H1([getattr(city.name, locale), html.Span(getattr(city.title, locale))])
    link = html.Span(
        [html.I(className="icon i-link"), html.Span(words["link.connecting"], **hooks(slot="link"))],
        className="io",
        **hooks(testid="link-state"),
    )
    first = [
        heading,
        html.Span(words["top.mode"], className="mode"),
        html.Span(className="insecure", hidden=True, **hooks(slot="insecure")),
        html.Span(className="sp"),
        _waiting(words),
        html.Span(className="sp"),
        _theme_button(words),
        link,
        _clock(),
    ]
    feeds = html.Div(className="feeds", **hooks(slot="feeds"))
    second = [html.Span(words["top.feeds"], className="lab", **hooks(slot="feeds-label")), feeds]
    return html.Header(
        [html.Div(first, className="t1"), html.Div(second, className="t2", **hooks(testid="freshness")),
         html.Div(className="band replay", hidden=True, **hooks(slot="tapes"))],
        id=ids.TOP, className="top",
    )  # fmt: skip
