"""`GET /api/kpi`: the indicators of a window and a region beside their comparisons; and the same for Prometheus.

`window` is one of `windows.KEYS` (default 24h), or `from` and `to`; `scope` a region's code. The answer is JSON as
`kpiboard.board` makes it, at most `KEPT_S` old, and says as of when it is; 503 with `Retry-After` while the history is
being read after a start.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock
from typing import Any

import flask

from callbacks.asked import as_json, at, explained, one_of
from dashboard import clock
from dashboard.codec import Malformed
from dashboard.indicators import Indicators, one
from dashboard.kpiboard import board
from dashboard.kpicount import figure
from dashboard.regions import Regions
from dashboard.windows import KEYS, Window, window

KEPT_S = 20.0
KEPT = 64
_PATH = "/api/kpi"


class Boards:
    """Boards as they were counted last: many walls ask for the same one, and it is counted once for all of them."""

    def __init__(self, indicators: Indicators, regions: Regions) -> None:
        self._indicators, self._regions = indicators, regions
        self._kept: OrderedDict[tuple[str, str], tuple[float, dict[str, Any]]] = OrderedDict()
        self._locks: dict[tuple[str, str], Lock] = {}
        self._lock = Lock()

    def of(self, key: str, code: str) -> dict[str, Any]:
        """The board of one of the named windows. Raises KeyError for an unknown region."""
        scope, asked = self._regions.scope(code), (key, code)
        with self._lock:
            lock = self._locks.setdefault(asked, Lock())
        with lock:
            kept = self._kept.get(asked)
            if kept is None or clock.monotonic() - kept[0] >= KEPT_S:
                now = window(key, clock.now_ms())
                kept = clock.monotonic(), board(self._indicators, now, scope)
                self._keep(asked, kept)
            return kept[1]

    def between(self, chosen: Window, code: str) -> dict[str, Any]:
        """The board of a window that somebody has chosen."""
        return board(self._indicators, chosen, self._regions.scope(code))

    def _keep(self, asked: tuple[str, str], found: tuple[float, dict[str, Any]]) -> None:
        with self._lock:
            self._kept[asked] = found
            self._kept.move_to_end(asked)
            while len(self._kept) > KEPT:
                self._locks.pop(self._kept.popitem(last=False)[0], None)


def register(server: flask.Flask, indicators: Indicators | None, regions: Regions) -> None:
    """Add the route; without `indicators` there is none."""
    if indicators is None:
        return
    boards = Boards(indicators, regions)

    @server.get(_PATH)
    @explained
    def kpi() -> flask.Response:
        code = flask.request.args.get("scope", "")
        if code and code not in regions:
            raise Malformed("scope", code, "is no region's code")
        if "from" not in flask.request.args:
            return as_json(boards.of(one_of("window", ("24h", *(key for key in KEYS if key != "24h"))), code))
        chosen = Window(at("from") - 1, at("to"))
        if chosen.start >= chosen.end:
            raise Malformed("to", str(chosen.end), "must not be before from")
        return as_json(boards.between(chosen, code))


def gauges(indicators: Indicators, now_ms: int) -> Iterator[str]:
    """The Prometheus text of every indicator of events over the last 24 hours: its value and its parts."""
    counted = indicators.over(window("24h", now_ms))
    yield "# HELP wall_kpi Indicators of the last 24 hours: value in the indicator's unit, and what it is made of."
    yield "# TYPE wall_kpi gauge"
    for code, measure in indicators.book.measures.items():
        row = one(counted, code)
        parts = {"value": figure(measure.kpi, row).value} | row
        for part, value in parts.items():
            if value is not None:
                yield f'wall_kpi{{code="{code}",part="{part}"}} {value!r}'
    yield f"wall_kpi_as_of_seconds {counted.as_of / 1000:.3f}"
