"""The vocabulary: what a record may say, as types that validate themselves.

Every record on the log is a CloudEvent whose ``data`` is one of the structs below. The structs are the single place
where a field's name, type and range are declared; `msgspec` enforces them while it decodes and names the field that
fails. This module holds no behaviour: what a record *does* to the picture is in `picture`, how it is read off the wire
in `codec`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from dashboard.arearecords import AreaPut as AreaPut
from dashboard.arearecords import AreaRemoved as AreaRemoved
from dashboard.terms import MAIN_STEPS as MAIN_STEPS
from dashboard.terms import Crs as Crs
from dashboard.terms import Duty as Duty
from dashboard.terms import DutyName as DutyName
from dashboard.terms import Id as Id
from dashboard.terms import Lat as Lat
from dashboard.terms import Lon as Lon
from dashboard.terms import Role as Role
from dashboard.terms import RoleName as RoleName
from dashboard.terms import Severity as Severity
from dashboard.terms import SeverityName as SeverityName
from dashboard.terms import Step as Step
from dashboard.terms import Text as Text
from dashboard.terms import Title as Title
from dashboard.terms import When as When


class Whistle(Struct):
    """吹哨: the town calls departments to report in."""

    level: SeverityName
    departments: list[Id]
    report_within_h: Annotated[float, Meta(gt=0)]


class EventReported(Struct):
    """`event.reported`: a matter enters the system."""

    event_id: Id
    title: Title
    category: Id
    severity: SeverityName
    lat: Lat
    lon: Lon
    crs: Crs = "wgs84"
    region: str = ""
    channel: str = ""
    address: Text = ""
    media: list[str] = []
    whistle: Whistle | None = None


class EventStep(Struct):
    """`event.step`: the matter moves along the step graph."""

    event_id: Id
    step: Step
    department: str = ""
    worker_id: str = ""
    note: Text = ""
    due: When | None = None


class EventRated(Struct):
    """`event.rated`: the reporter's score after the return visit, 1 (worst) to 5."""

    event_id: Id
    score: Annotated[int, Meta(ge=1, le=5)]
    comment: Text = ""


class WorkerProfile(Struct):
    """`worker.profile`: who a worker is and where they belong."""

    worker_id: Id
    name: Annotated[str, Meta(max_length=100)]
    role: RoleName
    region: str
    phone: str = ""


class WorkerDuty(Struct):
    """`worker.duty`: what a worker is doing now."""

    worker_id: Id
    status: DutyName


class WorkerProfiles(Struct):
    """`worker.profiles`: many profiles at once, as columns of equal length (a roster import)."""

    worker_id: list[Id]
    name: list[str]
    role: list[RoleName]
    region: list[str]


class WorkerDuties(Struct):
    """`worker.duties`: many duty states at once, as columns of equal length."""

    worker_id: list[Id]
    status: list[DutyName]


class WorkerFix(Struct):
    """`worker.fix`: one position report. `battery`: the phone's charge, 0 to 100 or, as some phones say it, 0 to 1."""

    worker_id: Id
    lat: Lat
    lon: Lon
    fix_time: When
    accuracy_m: Annotated[float, Meta(ge=0)] | None = None
    speed_mps: float | None = None
    heading: float | None = None
    battery: float | None = None
    crs: Crs = "wgs84"


class WorkerFixes(Struct):
    """`worker.fixes`: a batch of position reports as columns of equal length; one entry, one durable write."""

    worker_id: list[Id]
    lat: list[Lat]
    lon: list[Lon]
    fix_time: list[int]
    crs: Crs = "wgs84"
    battery: list[float | None] | None = None


class AlarmRaised(Struct):
    """`alarm.raised`: a device asks for attention."""

    alarm_id: Id
    device_id: Id
    kind: Id
    severity: SeverityName
    lat: Lat
    lon: Lon
    event_id: str = ""
    crs: Crs = "wgs84"
    area_id: str = ""


class AlarmCleared(Struct):
    """`alarm.cleared`: the device says it is over."""

    alarm_id: Id


class AlarmAcked(Struct):
    """`alarm.acked`: somebody took note."""

    alarm_id: Id
    by: Id


class AlarmShelved(Struct):
    """`alarm.shelved`: set aside until an instant, for a reason."""

    alarm_id: Id
    by: Id
    until: When
    reason: Text


class Reading(Struct):
    """`reading`: a surveyed indicator measured elsewhere."""

    kpi: Id
    region: str
    value: float
    as_of: When


class WallScene(Struct):
    """`wall.scene`: a named wall shows a scene."""

    wall: Id
    scene: Id


class WallFocus(Struct):
    """`wall.focus`: a named wall looks at one thing."""

    wall: Id
    kind: Id
    id: Id


class WallTape(Struct):
    """`wall.tape`: a recording is being played into the log; the wall must say so.

    `tape_start` was played at `wall_start`; a tape instant t is shown at wall_start + (t - tape_start) / speed.
    """

    tape: Id
    state: Literal["playing", "ended"]
    tape_start: When
    wall_start: When
    speed: Annotated[float, Meta(gt=0)] = 1.0
    shifted: bool = False


Data = (
    EventReported | EventStep | EventRated
    | WorkerProfile | WorkerDuty | WorkerProfiles | WorkerDuties | WorkerFix | WorkerFixes
    | AlarmRaised | AlarmCleared | AlarmAcked | AlarmShelved
    | Reading | WallScene | WallFocus | WallTape | AreaPut | AreaRemoved
)  # fmt: skip

TYPES: dict[str, tuple[type[Data], str]] = {
    "event.reported": (EventReported, "wall:events"),
    "event.step": (EventStep, "wall:events"),
    "event.rated": (EventRated, "wall:events"),
    "worker.profile": (WorkerProfile, "wall:workers"),
    "worker.profiles": (WorkerProfiles, "wall:workers"),
    "worker.duty": (WorkerDuty, "wall:workers"),
    "worker.duties": (WorkerDuties, "wall:workers"),
    "worker.fix": (WorkerFix, "wall:positions"),
    "worker.fixes": (WorkerFixes, "wall:positions"),
    "alarm.raised": (AlarmRaised, "wall:alarms"),
    "alarm.cleared": (AlarmCleared, "wall:alarms"),
    "alarm.acked": (AlarmAcked, "wall:alarms"),
    "alarm.shelved": (AlarmShelved, "wall:alarms"),
    "reading": (Reading, "wall:readings"),
    "wall.scene": (WallScene, "wall:control"),
    "wall.focus": (WallFocus, "wall:control"),
    "wall.tape": (WallTape, "wall:control"),
    "area.put": (AreaPut, "wall:control"),
    "area.removed": (AreaRemoved, "wall:control"),
}
"""Record type → (its data, the stream it belongs to)."""

STREAMS: tuple[str, ...] = tuple(dict.fromkeys(stream for _, stream in TYPES.values()))
"""Streams that fold into the picture. `wall:audit` and `wall:deadletter` are written, never folded."""
