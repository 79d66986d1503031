"""`GET /api/analyst/chart?panel=…`: one chart of the workbench as a Plotly figure, for who shows it elsewhere.

The rest of the query is the page's own; `lang`, `theme` (day or night) and `u`, the unit in px, say how it is drawn. An
answer is at most KEPT_S old and shared by all who ask the same: a wall of many screens asks once. So is, for FAILED_S,
why there is none.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any, Final
from uuid import uuid4

import flask

from callbacks.analyst.asking import Desk
from callbacks.analyst.panels import PANELS, empty
from callbacks.asked import as_json, explained, number, one_of
from dashboard import clock
from dashboard.cases import Filling
from dashboard.scan import Busy, TookTooLong, Unreadable
from layouts.analyst import head, palette
from layouts.analyst.figures import nothing
from layouts.analyst.page import TABLES

KEPT_S: Final = 50.0
FAILED_S: Final = 5.0
KEPT: Final = 64
UNITS: Final = (0.2, 20.0)


class Charts:
    """The charts as they were drawn last; may be asked from any thread."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: OrderedDict[str, tuple[float, dict[str, Any] | RuntimeError]] = OrderedDict()
        """Charts by question, or why there is none, and until when that holds (s, of the monotonic clock)."""
        self._turns = [Lock() for _ in range(KEPT)]
        self._lock = Lock()

    def of(self, search: str, panel: str, locale: str, theme: str, unit: float) -> dict[str, Any]:
        """A chart, and what it is of; `search` is the whole query. Raises what `Cases.ask` raises."""
        with self._turns[hash(search) % KEPT]:  # who asks the same waits for the first one's answer
            kept = self._kept.get(search)
            if kept is None or clock.monotonic() >= kept[0]:
                try:
                    found: dict[str, Any] | RuntimeError = self._drawn(search, panel, locale, theme, unit)
                except (Filling, Busy, TookTooLong, Unreadable) as fault:
                    found = fault
                kept = clock.monotonic() + (FAILED_S if isinstance(found, RuntimeError) else KEPT_S), found
                self._keep(search, kept)
            if isinstance(kept[1], RuntimeError):
                raise kept[1].with_traceback(None)  # else it grows with everybody who is told
            return kept[1]

    def _drawn(self, search: str, panel: str, locale: str, theme: str, unit: float) -> dict[str, Any]:
        at = clock.now_ms()
        asked = {"search": search, "at": at, "locale": locale, "page": uuid4().hex}
        look, names = self._desk.look(asked)
        one = PANELS[panel]
        found = self._desk.put(asked, panel, lambda put: one.ask(look, put))
        figure: Any = one.draw(found, look, names, unit) if len(found) else nothing(names.t(empty(panel, look)), unit)
        shown = palette.by_night(figure) if theme == "night" else figure
        return {"said": head.summary(names, look.state), "as_of": at, "figure": shown}

    def _keep(self, key: str, found: tuple[float, dict[str, Any] | RuntimeError]) -> None:
        with self._lock:
            self._kept[key] = found
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def register(server: flask.Flask, desk: Desk) -> None:
    """Add the route."""
    charts = Charts(desk)

    @server.get("/api/analyst/chart")
    @explained
    def chart() -> flask.Response:
        panel = one_of("panel", tuple(key for key in PANELS if key not in TABLES))
        locale, theme = one_of("lang", ("zh", "en")), one_of("theme", ("day", "night"))
        search = flask.request.query_string.decode("ascii", "replace")
        return as_json(charts.of(search, panel, locale, theme, number("u", *UNITS, 1.0)))
