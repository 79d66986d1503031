"""What the catalogue says of workers and alarms: out of the sections that the live picture counts once a second.

They are of the whole city and of now, belong to no window, and need no history. Events are `kpicount`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.kpibook import Book

Values = dict[str, float | None]
"""By the indicator's code its value in its unit; None where it divides by nothing."""
_NEEDED = {"board", "staff", "posts", "desk"}


def now(book: Book, sections: Mapping[str, Any]) -> Values:
    """Every indicator of the catalogue from workers and alarms, in its order; none before anything has been counted."""
    if not sections.keys() >= _NEEDED:
        return {}
    found = _workers(sections) | _alarms(sections["desk"]["load"])
    return {kpi.code: found[kpi.code] for kpi in book.kpis.values() if kpi.origin in ("workers", "alarms")}


def _workers(sections: Mapping[str, Any]) -> Values:
    board, staff = sections["board"]["total"], sections["staff"]["total"]
    busy, on = (sum(role[part] for role in sections["posts"]["use"][-1]) for part in (0, 1))
    return {
        "on_duty": board["on"], "online": board["located"], "vacant_grids": staff["bare"],
        "patrol_coverage": _percent(staff["visited"], staff["grids"]), "utilisation": _percent(busy, on),
    }  # fmt: skip


def _alarms(load: Mapping[str, Any]) -> Values:
    average, flooded = load["average"], load["flood_share"]
    return {
        "alarm_rate": None if average is None else average / max(1, len(load["seats"])),
        "alarm_flood_share": None if flooded is None else 100 * flooded, "alarms_standing": load["standing"],
    }  # fmt: skip


def _percent(part: float, whole: float) -> float | None:
    return 100 * part / whole if whole else None
