"""The terms every record is made of: instants, places, names, and the closed lists (severity, role, duty, step).

Which records there are is said in `model`; this module holds no record and no behaviour.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Annotated, Literal

from msgspec import Meta

Id = Annotated[str, Meta(min_length=1, max_length=128)]
Title = Annotated[str, Meta(min_length=1, max_length=500)]
Text = Annotated[str, Meta(max_length=4000)]
Lat = Annotated[float, Meta(ge=-90, le=90)]
Lon = Annotated[float, Meta(ge=-180, le=180)]
Whole = Annotated[int, Meta(ge=-(2**53), le=2**53)]
"""A number without a fraction that every reader of JSON, and whoever packs it, can hold."""
When = str | Whole
"""An instant: RFC 3339 with an offset, or integer milliseconds since the Unix epoch."""

Crs = Literal["wgs84", "gcj02", "bd09", "cgcs2000"]


class Severity(IntEnum):
    """一般 / 较大 / 重大 / 紧急; the order is the order of urgency."""

    normal = 1
    serious = 2
    major = 3
    urgent = 4


class Role(IntEnum):
    """The six roles of field workers; the number is the wire value."""

    unknown = 0
    full_time = 1
    part_time = 2
    grid_head = 3
    volunteer = 4
    liaison = 5
    supervisor = 6


class Duty(IntEnum):
    """What a worker says they are doing; the number is the wire value."""

    unknown = 0
    available = 1
    dispatched = 2
    en_route = 3
    on_scene = 4
    off_duty = 5
    out_of_service = 6


class Step(StrEnum):
    """The eight steps of an event, in order, then the six moves that are not progress (`paused`: 挂账, 缓办)."""

    reported = "reported"
    accepted = "accepted"
    assigned = "assigned"
    handling = "handling"
    tracked = "tracked"
    supervised = "supervised"
    feedback = "feedback"
    evaluated = "evaluated"
    extended = "extended"
    returned = "returned"
    merged = "merged"
    cancelled = "cancelled"
    paused = "paused"
    resumed = "resumed"


MAIN_STEPS: tuple[Step, ...] = tuple(Step)[:8]

SeverityName = Literal["normal", "serious", "major", "urgent"]
RoleName = Literal["full_time", "part_time", "grid_head", "volunteer", "liaison", "supervisor"]
DutyName = Literal["available", "dispatched", "en_route", "on_scene", "off_duty", "out_of_service"]
