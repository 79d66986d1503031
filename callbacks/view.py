"""View state that belongs to one browser: the day/night theme. Runs in the browser; no request reaches the server.

The choice is kept in the browser's local storage; `?theme=day` overrides it for a wall without a keyboard. After each
change the page gets the event `wall:theme`, for those who draw with colours read from the stylesheet.
"""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output, State

from layouts import ids


def register(app: Dash) -> None:
    """Add the theme button's callback; the function is in assets/0-view.js."""
    app.clientside_callback(  # type: ignore[no-untyped-call]  # Dash has not typed it
        ClientsideFunction("view", "theme"),
        Output(ids.THEME_STATE, "data"),
        Input(ids.THEME_TOGGLE, "n_clicks"),
        State(ids.THEME_STATE, "data"),
    )
