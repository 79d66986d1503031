"""What is counted once a second for a part of the city: the duty board and the KPI, and each KPI by region for the map.

It counts; which parts are asked for, and who is told, is `views`' and the pipeline's business.
"""

from __future__ import annotations

import numpy as np

from dashboard import kpi, stats
from dashboard.eventcolumns import Columns
from dashboard.picture import Picture
from dashboard.regions import Nodes, Regions
from dashboard.staffing import Staff

TREND_EVERY_MS = 10_000
STRANGERS = -1
"""The number of the region of what lies in none."""
NO_RATE = -1
"""The denominator of what is a plain count."""
LAYERS = (*kpi.COUNTS[:3], *kpi.RATES, "on_duty", "patrol")
"""What the regions on the map can be coloured by."""
Section = dict[str, object]


class Sections:
    """Counts over one picture."""

    def __init__(self, regions: Regions, freshness: stats.Freshness) -> None:
        self._regions, self.freshness = regions, freshness
        self.scope = regions.scope
        self.homes = stats.Homes(regions)
        self.staff = Staff(regions, freshness)
        self._trends: dict[str, tuple[int, Section]] = {}

    def follow(self, picture: Picture, now_ms: int) -> None:
        """Once a second, before anything is counted: bring the books of `staff` up to now."""
        self.staff.follow(picture.fleet, self.homes.of(picture.fleet), now_ms)

    def of(self, picture: Picture, code: str, now_ms: int) -> Section:
        """`board`, `kpi`, `staff` and `posts` of one region; "" is the city. Raises KeyError for an unknown code."""
        scope = self._regions.scope(code)
        columns = picture.events.columns
        if code:
            columns = columns.where(scope.inside(columns["node"]))
        recent = columns.recent(now_ms - 2 * kpi.WINDOW_MS)
        board = stats.board(picture.fleet, self.homes.of(picture.fleet), scope, now_ms, self.freshness)
        before = picture.events.closed_before(scope.low if code else STRANGERS, scope.high)
        extra = {"last_closed": kpi.last_closed(columns, before), **self._trend(code, recent, now_ms)}
        people = self.staff.section(scope, now_ms)
        return {"board": board, "kpi": kpi.summary(recent, scope, now_ms) | extra, **people}

    def layer(self, picture: Picture, key: str, now_ms: int) -> tuple[Nodes, Nodes]:
        """One of `LAYERS` as numerator and denominator per node, descendants included; `NO_RATE` for plain counts."""
        regions, size = self._regions, len(self._regions.order)
        if key == "patrol":
            return self.staff.patrol.by_node(now_ms)
        if key == "on_duty":
            fleet = picture.fleet
            return regions.totals(self.homes.of(fleet)[stats.on_duty(fleet)]), np.full(size, NO_RATE)
        columns = picture.events.columns.recent(now_ms - 2 * kpi.WINDOW_MS)
        marks, node = kpi.marks(columns, now_ms - kpi.WINDOW_MS, now_ms), columns["node"]
        if key not in kpi.RATES:
            return regions.totals(node[marks[key]]), np.full(size, NO_RATE)
        part, whole = kpi.RATES[key]
        return regions.totals(node[marks[part]]), regions.totals(node[marks[whole]])

    def _trend(self, code: str, columns: Columns, now_ms: int) -> Section:
        """The trend moves slowly and costs most: it is counted anew every ten seconds."""
        at, trend = self._trends.get(code, (0, {}))
        if not at <= now_ms < at + TREND_EVERY_MS or not trend:
            trend = {"spark": kpi.trend(columns, now_ms)}
            self._trends[code] = now_ms, trend
        return trend
