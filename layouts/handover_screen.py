"""The shift handover's frame (交接班): the sheet to edit, sign and print, and the list of earlier ones.

Frames only: `assets/wall/handover/` fills them, on a page of their own.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.panel import aria, hooks, panel
from layouts.words import Words


def screen(words: Words) -> Component:
    """A sheet of paper in the middle, what can be done with it above, earlier ones beside it."""
    body = [
        html.Div(
            [
                html.Div(className="ho-bar", **hooks(slot="handover-bar")),
                html.Article(className="ho-sheet", **hooks(slot="handover-sheet")),
            ],
            className="ho-desk",
        ),
        html.Nav(className="ho-list", **hooks(slot="handover-list"), **aria(label=words["handover.earlier"])),
    ]
    return panel(ids.SCREEN_HANDOVER, "handover", words["handover.page"], words, body)
