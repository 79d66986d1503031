"""The frame every screen sits in: header with title, counts and as-of; a band for states; the body.

Knows no screen's content. `assets/wall/panel.mjs` writes the state (connecting, late, stale, gap, error) into the
slots made here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.words import Words


def hooks(**names: str) -> dict[str, Any]:
    """HTML data attributes: hooks(testid="x", event_id="y") → {"data-testid": "x", "data-event-id": "y"}."""
    return {f"data-{name.replace('_', '-')}": value for name, value in names.items()}


def aria(**names: str) -> dict[str, Any]:
    """ARIA attributes: aria(label="x") → {"aria-label": "x"}."""
    return {f"aria-{name}": value for name, value in names.items()}


def count(label: str, slot: str) -> Component:
    """A header count: a label and the number that JS paints into the element with data-slot=`slot`."""
    return html.Span([label, html.B("—", **hooks(slot=slot))], className="q")


def panel(
    screen_id: str, kind: str, title: str, words: Words, body: Sequence[Component], counts: Sequence[Component] = ()
) -> Component:
    """One screen as `<section class="panel KIND">`; its state starts as connecting until the first frame."""
    header = html.Header(
        [
            html.H2(title),
            html.Div(list(counts), className="counts"),
            html.Span(className="staleband"),
            html.Span(className="sp"),
            html.Span(className="fc late", hidden=True),
            html.Span(words["panel.connecting"], className="asof"),
        ],
        className="ph",
    )
    notice = html.Div(className="empty notice", hidden=True)
    return html.Section(
        [header, html.Div(className="band gap", hidden=True), html.Div(list(body), className="body"), notice],
        id=screen_id,
        className=f"panel {kind} is-connecting",
        **hooks(testid=screen_id),
    )
