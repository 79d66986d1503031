"""One matter in the demo city, and how long its steps take.

Durations are drawn here, in milliseconds; what happens at their ends is in `events`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from dashboard.clock import HOUR_MS
from dashboard.model import SeverityName
from feeds.demo.dice import Dice

MINUTE_MS: Final = 60_000
_LATENESS: Final = (0.7, 0.8, 0.9, 1.0, 1.1, 1.5)
_DUE_H: Final = {"urgent": 2.0, "major": 8.0, "serious": 24.0}
_MEDIAN_MIN: Final = {"urgent": 42.0, "major": 80.0, "serious": 62.0}
LATE_SHARE: Final = ((2.0, 0.07), (8.0, 0.10), (12.0, 0.09), (24.0, 0.022), (1e9, 0.008))
"""(hours allowed up to, share that misses them)."""
ACCEPT_MIN: Final = {"grid-app": 2.5, "hotline-12345": 5.0, "urban-mgmt": 3.0, "pingan-app": 4.0, "iot": 0.1}
ACCEPT_URGENT: Final = 0.25
CHECK_IN_MIN: Final = (25.0, 8.0)
ASSIGN_MIN: Final = (4.0, 0.6)
HANDLE_MIN: Final = (11.0, 4.0)
"""Median minutes: of others, of the urgent."""


@dataclass(frozen=True, slots=True)
class OpenEvent:
    """An event an earlier run left open, as the picture knows it.

    `severity` is a name or 1–4; instants are UTC milliseconds, `due` None if unset.
    """

    event_id: str
    step: str
    severity: SeverityName | int
    reported_at: int
    due: int | None = None
    department: str = ""
    region: str = ""
    source: str = "grid-app"


@dataclass(frozen=True, slots=True)
class Move:
    """A step somebody else (an operator) has taken with an event."""

    event_id: str
    step: str
    worker_id: str = ""
    department: str = ""


@dataclass(slots=True)
class Matter:
    """A matter on its way: UTC milliseconds, 0 until known; `grid` is an index, -1 if unknown; `worker` too.

    `plan` numbers the plan made for it: what an older plan foresaw does not happen.
    """

    event_id: str
    severity: SeverityName
    source: str
    department: str
    first_department: str = ""
    district: str = ""
    title: str = ""
    category: str = ""
    grid: int = -1
    lat: float = 0.0
    lon: float = 0.0
    region: str = ""
    channel: str = ""
    address: str = ""
    device: str = ""
    whistle: list[str] = field(default_factory=list)
    due_h: float = 48.0
    minutes: float = 60.0
    due_ms: int = 0
    end_ms: int = 0
    worker: int = -1
    at_scene: bool = False
    plan: int = 0


def due_hours(severity: SeverityName, normal_h: float) -> float:
    """Hours allowed from acceptance: by severity, a normal matter's by its category."""
    return _DUE_H.get(severity, normal_h)


def usual_minutes(severity: SeverityName, normal_min: float) -> float:
    """Median minutes from acceptance to close."""
    return _MEDIAN_MIN.get(severity, normal_min)


def lateness(districts: Sequence[str]) -> dict[str, float]:
    """How often each district misses its limits (1 = as the city on average): its nature, whatever the seed."""
    order = Dice(*map(int, districts)).rng.permutation(len(_LATENESS))
    return {code: _LATENESS[order[i % len(order)]] for i, code in enumerate(districts)}


def to_accept_ms(matter: Matter, dice: Dice) -> int:
    """From report to acceptance."""
    median = ACCEPT_MIN.get(matter.source, 3.0) * (ACCEPT_URGENT if matter.severity == "urgent" else 1.0)
    return 1000 + int(dice.around(median, 0.7) * MINUTE_MS)


def to_check_in_ms(matter: Matter, dice: Dice) -> int:
    """From the whistle to a department's reporting in."""
    return 1000 + int(dice.around(CHECK_IN_MIN[matter.severity == "urgent"], 0.6) * MINUTE_MS)


def to_assign_ms(matter: Matter, dice: Dice) -> int:
    """From acceptance to assignment."""
    return 1000 + int(dice.around(ASSIGN_MIN[matter.severity == "urgent"], 0.7) * MINUTE_MS)


def to_handle_ms(matter: Matter, dice: Dice) -> int:
    """From assignment to the first hand on it, when no worker of ours is sent."""
    return 5000 + int(dice.around(HANDLE_MIN[matter.severity == "urgent"], 0.6) * MINUTE_MS)


def to_close_ms(matter: Matter, lateness: float, dice: Dice) -> int:
    """From acceptance to close; `lateness` scales how often the deadline is missed (1 = as the city on average)."""
    allowed = matter.due_h * HOUR_MS
    share = next(share for hours, share in LATE_SHARE if matter.due_h <= hours)
    if dice.chance(share * lateness):
        return int(allowed + min(dice.around(30, 0.8), 240) * MINUTE_MS)
    return int(min(dice.around(matter.minutes, 0.75) * MINUTE_MS, allowed * dice.between(0.6, 0.93)))
