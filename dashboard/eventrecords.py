"""The records of events: what enters, the steps it takes, who is whistled for, what is said about it.

Part of the vocabulary, kept beside `model` for its size. What a record does to an event is in `events`, which step may
follow which is said by the city's processes (`process`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from dashboard.terms import Crs, Id, Lat, Lon, SeverityName, Step, Text, Title, When

ActorName = Literal["", "seat", "chief", "leader", "department", "worker", "system"]
"""As what somebody acts (`process.Actor`). Empty: the sender has judged who may, as systems with rules of their own do;
then only the process's graph is kept, not its list of who may take a step."""
Name = Annotated[str, Meta(max_length=128)]


class Whistle(Struct):
    """吹哨: the town calls departments to report in."""

    level: SeverityName
    departments: list[Id]
    report_within_h: Annotated[float, Meta(gt=0, le=8784)]


class EventReported(Struct):
    """`event.reported`: a matter enters the system. `process`: the key of its process; empty: by the city's rules."""

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
    process: Name = ""


class EventStep(Struct):
    """`event.step`: the matter moves along its process, or makes a move that is not progress.

    `note` is the reason where a move needs one; `due` the limit of the whole case from now on; `into` the event that
    goes on for a merged one; `until` when a pause is to end.
    """

    event_id: Id
    step: Step
    department: str = ""
    worker_id: str = ""
    note: Text = ""
    due: When | None = None
    by: Name = ""
    role: ActorName = ""
    into: Name = ""
    until: When | None = None


class EventUndone(Struct):
    """`event.undone`: the event's last step, which must be `step`, is taken back by who took it.

    `to`: where it stands again, for readers that keep no picture; it must be so.
    """

    event_id: Id
    step: Step
    to: Step | None = None
    by: Name = ""
    role: ActorName = ""


class EventWhistle(Struct):
    """`event.whistle`: departments are whistled for while the matter is under way; a later one adds departments."""

    event_id: Id
    level: SeverityName
    departments: Annotated[list[Id], Meta(min_length=1)]
    report_within_h: Annotated[float, Meta(gt=0, le=8784)]
    note: Text = ""
    by: Name = ""
    role: ActorName = ""


class EventCheckin(Struct):
    """`event.checkin`: a department that was whistled for reports in (部门报到)."""

    event_id: Id
    department: Id
    note: Text = ""
    by: Name = ""


class EventRouted(Struct):
    """`event.routed`: the rule named `rule` gives the matter to a seat, and says which department it is for."""

    event_id: Id
    seat: Name
    department: Name = ""
    rule: Name = ""


class EventEscalated(Struct):
    """`event.escalated`: somebody higher is told that the matter is late at `step`.

    `why`: the step's own time has run out, the whole limit, or the time to report in after a whistle.
    """

    event_id: Id
    to: Literal["seat", "chief", "leader"]
    why: Literal["step", "limit", "whistle"]
    step: Step
    late_ms: Annotated[int, Meta(ge=0, le=2**53)] = 0


class EventComment(Struct):
    """`event.comment`: something said about the matter; changes nothing but its record."""

    event_id: Id
    text: Annotated[str, Meta(min_length=1, max_length=4000)]
    by: Name = ""


class EventRated(Struct):
    """`event.rated`: the reporter's score after the return visit (回访), 1 (worst) to 5."""

    event_id: Id
    score: Annotated[int, Meta(ge=1, le=5)]
    comment: Text = ""
    by: Name = ""


class EventsImported(Struct):
    """`events.imported`: `count` closed events of the time before the wall have been put into the archive as the import
    `name`.

    `digest`: the sum of their hashes modulo 2^64, 16 hex digits; the first was reported at `start`, the last at `end`.
    """

    name: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}\Z")]
    count: Annotated[int, Meta(ge=1, le=2**53)]
    digest: Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]
    start: When
    end: When
