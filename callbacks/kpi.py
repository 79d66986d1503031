"""`GET /api/kpi`: the indicators of a window and a region beside their comparisons; and the same for Prometheus.

`window` is one of `windows.KEYS` (default 24h), or `from` and `to`; `scope` a region's code. The answer is JSON as
`kpiboard.board` makes it, with the surveyed `readings` and, of the whole city, what workers and alarms are like `now`,
at most `KEPT_S` old, and says as of when it is; 503 with `Retry-After` while the history is being read after a start.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from threading import Lock
from typing import Any

import flask

from callbacks.asked import as_json, at, explained, one_of
from dashboard import clock
from dashboard.codec import Malformed
from dashboard.indicators import Indicators, one
from dashboard.kpiboard import board, readings
from dashboard.kpicount import figure
from dashboard.kpinow import now
from dashboard.regions import Regions, Scope
from dashboard.windows import KEYS, Window, window

KEPT_S = 20.0
KEPT = 64
_PATH = "/api/kpi"
Sections = Callable[[], Mapping[str, Any]]
_Asked = tuple[str | Window, str]


class Boards:
    """Boards as they were counted last: many walls ask for the same one, and it is counted once for all of them."""

    def __init__(self, indicators: Indicators, regions: Regions, sections: Sections) -> None:
        self._indicators, self._regions, self._sections = indicators, regions, sections
        self._kept: OrderedDict[_Asked, tuple[float, dict[str, Any]]] = OrderedDict()
        self._locks: dict[_Asked, Lock] = {}
        self._lock = Lock()

    def of(self, wanted: str | Window, code: str) -> dict[str, Any]:
        """The board of one of the named windows, or of one that somebody has chosen. Raises KeyError for an unknown
        region."""
        scope, asked = self._regions.scope(code), (wanted, code)
        with self._lock:
            lock = self._locks.setdefault(asked, Lock())
        with lock:
            kept = self._kept.get(asked)
            if kept is None or clock.monotonic() - kept[0] >= KEPT_S:
                chosen = window(wanted, clock.now_ms()) if isinstance(wanted, str) else wanted
                try:
                    kept = clock.monotonic(), self._counted(chosen, scope)
                finally:
                    self._keep(asked, kept)
            return kept[1]

    def _counted(self, chosen: Window, scope: Scope) -> dict[str, Any]:
        indicators, city = self._indicators, self._regions.city.code
        codes = [scope.code, *scope.codes] if scope.code else ["", city, *scope.codes]
        held = indicators.cases.memory.look(lambda picture: dict(picture.readings))
        more = {"readings": readings(indicators.book, held, codes)}
        if not scope.code:
            more["now"] = now(indicators.book, self._sections())
        indicators.cases.reach(clock.now_ms())
        return board(indicators, chosen, scope) | more

    def _keep(self, asked: _Asked, found: tuple[float, dict[str, Any]] | None) -> None:
        with self._lock:
            if found is None:  # there was no answer
                self._locks.pop(asked, None)
                return
            self._kept[asked] = found
            self._kept.move_to_end(asked)
            while len(self._kept) > KEPT:
                self._locks.pop(self._kept.popitem(last=False)[0], None)


def register(server: flask.Flask, indicators: Indicators | None, regions: Regions, sections: Sections) -> None:
    """Add the route; without `indicators` there is none. `sections`: what was counted last of the whole city."""
    if indicators is None:
        return
    boards = Boards(indicators, regions, sections)

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
        return as_json(boards.of(chosen, code))


def gauges(indicators: Indicators, now_ms: int, sections: Mapping[str, Any]) -> Iterator[str]:
    """The Prometheus text of every indicator: of events over the last 24 hours its value and its parts, of workers and
    alarms the value now."""
    indicators.cases.reach(now_ms)
    counted = indicators.over(window("24h", now_ms))
    yield "# HELP wall_kpi Indicators, of events over 24 hours: value in the indicator's unit, and what it is made of."
    yield "# TYPE wall_kpi gauge"
    for code, measure in indicators.book.measures.items():
        row = one(counted, code)
        parts = {"value": figure(measure.kpi, row).value} | row
        for part, value in parts.items():
            if value is not None:
                yield f'wall_kpi{{code="{code}",part="{part}"}} {value!r}'
    for code, value in now(indicators.book, sections).items():
        if value is not None:
            yield f'wall_kpi{{code="{code}",part="value"}} {value!r}'
    yield f"wall_kpi_as_of_seconds {counted.as_of / 1000:.3f}"
