"""The vocabulary: what a record may say, as types that validate themselves.

Every record on the log is a CloudEvent whose ``data`` is one of the structs below. The structs are the single place
where a field's name, type and range are declared; `msgspec` enforces them while it decodes and names the field that
fails. This module holds no behaviour: what a record *does* to the picture is in `picture`, how it is read off the wire
in `codec`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from dashboard.alarmrecords import AlarmAcked as AlarmAcked
from dashboard.alarmrecords import AlarmCleared as AlarmCleared
from dashboard.alarmrecords import AlarmLinked as AlarmLinked
from dashboard.alarmrecords import AlarmRaised as AlarmRaised
from dashboard.alarmrecords import AlarmServiced as AlarmServiced
from dashboard.alarmrecords import AlarmShelved as AlarmShelved
from dashboard.alarmrecords import AlarmUnshelved as AlarmUnshelved
from dashboard.arearecords import AreaPut as AreaPut
from dashboard.arearecords import AreaRemoved as AreaRemoved
from dashboard.eventrecords import EventCheckin as EventCheckin
from dashboard.eventrecords import EventComment as EventComment
from dashboard.eventrecords import EventEscalated as EventEscalated
from dashboard.eventrecords import EventRated as EventRated
from dashboard.eventrecords import EventReported as EventReported
from dashboard.eventrecords import EventRouted as EventRouted
from dashboard.eventrecords import EventsImported as EventsImported
from dashboard.eventrecords import EventStep as EventStep
from dashboard.eventrecords import EventUndone as EventUndone
from dashboard.eventrecords import EventWhistle as EventWhistle
from dashboard.eventrecords import Whistle as Whistle
from dashboard.shiftrecords import HandoverItem as HandoverItem
from dashboard.shiftrecords import ShiftHanded as ShiftHanded
from dashboard.shiftrecords import ShiftTaken as ShiftTaken
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
from dashboard.terms import Whole as Whole


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
    """`worker.fix`: one position report. `battery`: the phone's charge, 0 to 100 or, as some phones say it, 0 to 1.
    `claimed`: what the device's clock said where that cannot be, and `fix_time` is when it was received. `located`
    False: the device itself says it has no fix now, and this is where it was; it is kept, and moves nobody.
    """

    worker_id: Id
    lat: Lat
    lon: Lon
    fix_time: When
    accuracy_m: Annotated[float, Meta(ge=0)] | None = None
    speed_mps: float | None = None
    heading: float | None = None
    battery: float | None = None
    claimed: When | None = None
    located: bool = True
    crs: Crs = "wgs84"


class WorkerFixes(Struct):
    """`worker.fixes`: a batch of position reports as columns of equal length; one entry, one durable write."""

    worker_id: list[Id]
    lat: list[Lat]
    lon: list[Lon]
    fix_time: list[Whole]
    crs: Crs = "wgs84"
    battery: list[float | None] | None = None
    accuracy_m: list[float | None] | None = None
    speed_mps: list[float | None] | None = None
    heading: list[float | None] | None = None
    claimed: list[Whole | None] | None = None
    located: list[bool] | None = None


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


MOST_PINS = 4
PinSlot = Annotated[int, Meta(ge=0, lt=MOST_PINS)]
PinQuery = Annotated[str, Meta(max_length=2048)]
PinTitle = Annotated[str, Meta(min_length=1, max_length=120)]


class WallPinned(Struct):
    """`wall.pinned`: a chart of the workbench hangs on a named wall, in the first free slot where none is said.

    `query`: what it shows, as the workbench's address says it, and which chart (`panel`).
    """

    wall: Id
    query: PinQuery
    title: PinTitle
    by: Id
    slot: PinSlot | None = None


class WallUnpinned(Struct):
    """`wall.unpinned`: it has been taken down."""

    wall: Id
    slot: PinSlot
    by: Id


class WallTape(Struct):
    """`wall.tape`: a recording is being played into the log; the wall must say so.

    `tape_start` was played at `wall_start`; a tape instant t is shown at wall_start + (t - tape_start) / speed.
    """

    tape: Id
    state: Literal["playing", "ended"]
    tape_start: When
    wall_start: When
    speed: Annotated[float, Meta(gt=0, le=1_000_000)] = 1.0
    shifted: bool = False


Data = (
    EventReported | EventStep | EventRated | EventUndone | EventWhistle | EventCheckin | EventComment
    | EventRouted | EventEscalated | EventsImported
    | WorkerProfile | WorkerDuty | WorkerProfiles | WorkerDuties | WorkerFix | WorkerFixes
    | AlarmRaised | AlarmCleared | AlarmAcked | AlarmShelved | AlarmUnshelved | AlarmServiced | AlarmLinked
    | Reading | WallScene | WallFocus | WallPinned | WallUnpinned | WallTape | AreaPut | AreaRemoved
    | ShiftHanded | ShiftTaken
)  # fmt: skip

TYPES: dict[str, tuple[type[Data], str]] = {
    "event.reported": (EventReported, "wall:events"),
    "event.step": (EventStep, "wall:events"),
    "event.rated": (EventRated, "wall:events"),
    "event.undone": (EventUndone, "wall:events"),
    "event.whistle": (EventWhistle, "wall:events"),
    "event.checkin": (EventCheckin, "wall:events"),
    "event.comment": (EventComment, "wall:events"),
    "event.routed": (EventRouted, "wall:events"),
    "event.escalated": (EventEscalated, "wall:events"),
    "events.imported": (EventsImported, "wall:events"),
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
    "alarm.unshelved": (AlarmUnshelved, "wall:alarms"),
    "alarm.serviced": (AlarmServiced, "wall:alarms"),
    "alarm.linked": (AlarmLinked, "wall:alarms"),
    "reading": (Reading, "wall:readings"),
    "wall.scene": (WallScene, "wall:control"),
    "wall.focus": (WallFocus, "wall:control"),
    "wall.pinned": (WallPinned, "wall:control"),
    "wall.unpinned": (WallUnpinned, "wall:control"),
    "wall.tape": (WallTape, "wall:control"),
    "area.put": (AreaPut, "wall:control"),
    "area.removed": (AreaRemoved, "wall:control"),
    "shift.handed": (ShiftHanded, "wall:control"),
    "shift.taken": (ShiftTaken, "wall:control"),
}
"""Record type → (its data, the stream it belongs to)."""

STREAMS: tuple[str, ...] = tuple(dict.fromkeys(stream for _, stream in TYPES.values()))
"""Streams that fold into the picture. `wall:audit` and `wall:deadletter` are written, never folded."""
