"""The ids of the page and who writes each of them; no other module spells an id.

One writer per property (read: "who may change this after the page is mounted"):

| id | property | writer |
| --- | --- | --- |
| top, screen-* | DOM below the root | assets/wall/ |
| theme-toggle | n_clicks | the browser |
| theme-state | data | callbacks/view.py |
| kpi-spark-*, kpi-hourly, kpi-pin-* | figure | assets/wall/kpi/, through dash_clientside.set_props |
"""

from __future__ import annotations

from typing import Final

CONFIG: Final = "wall-config"
"""The `<script type="application/json">` that carries the page's Config."""

TOP: Final = "top"
SCREEN_MAP: Final = "screen-map"
SCREEN_QUEUE: Final = "screen-queue"
SCREEN_WORKERS: Final = "screen-workers"
SCREEN_KPI: Final = "screen-kpi"
SCREENS: Final = (SCREEN_MAP, SCREEN_QUEUE, SCREEN_WORKERS, SCREEN_KPI)

SCREEN_DESK: Final = "screen-desk"
SCREEN_EVENT: Final = "screen-event"
CONSOLE: Final = (SCREEN_DESK, SCREEN_EVENT)
"""The console's own columns; its third is SCREEN_MAP."""
SCREEN_HANDOVER: Final = "screen-handover"

THEME_TOGGLE: Final = "theme-toggle"
THEME_STATE: Final = "theme-state"

RATES: Final = ("closure", "ontime", "satisfaction")
"""The three headline rates, in reading order; also their keys in the wire's `kpi`."""

SPARKS: Final = {rate: f"kpi-spark-{rate}" for rate in RATES}
HOURLY: Final = "kpi-hourly"
PIN: Final = "kpi-pin-{0}"
"""The charts pinned to the wall, by slot."""
