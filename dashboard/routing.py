"""Who looks after an event, and who is told when it is late, as a city's rules say.

What the `routing` section of a pack's ``city.yaml`` says, and what it comes to for an event at an instant. Sends
nothing and remembers nothing: what has been told is in the event.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from dashboard.arearecords import Span as Hours
from dashboard.eventstate import EventState
from dashboard.fencerules import shift_began
from dashboard.process import LEVELS
from dashboard.taxonomy import within
from dashboard.terms import SeverityName
from dashboard.workdays import Span

Level = Literal["seat", "chief", "leader"]
Why = Literal["step", "limit", "whistle"]
LADDER: Final[tuple[Level, ...]] = ("seat", "chief", "leader")
"""席位 → 值班长 → 领导."""
Word = Annotated[str, Meta(min_length=1, max_length=128)]


class When(Struct, frozen=True, forbid_unknown_fields=True):
    """Which events a route is for: each list names what will do (none = anything).

    `regions` are the beginnings of codes; `hours` spans of the city's day such as ``18:00-08:00``, by when the event
    was reported.
    """

    categories: tuple[str, ...] = ()
    severities: tuple[SeverityName, ...] = ()
    channels: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    hours: tuple[Hours, ...] = ()

    def fits(self, event: EventState) -> bool:
        """Whether this describes the event."""
        listed = (
            (self.severities, LEVELS[event.severity]), (self.channels, event.channel),
        )  # fmt: skip
        return (
            all(not wanted or value in wanted for wanted, value in listed)
            and (not self.categories or within(event.category, self.categories))
            and (not self.regions or event.region.startswith(self.regions))
            and shift_began(self.hours, event.reported_ms) is not None
        )


class Route(Struct, frozen=True, forbid_unknown_fields=True):
    """One rule: an event that `when` describes is `seat`'s, and usually for `department`."""

    name: Word
    seat: Word
    department: str = ""
    when: When = When()


class Ladder(Struct, frozen=True, forbid_unknown_fields=True):
    """How long after a time has run out each is told (`0m`: at once; none: never)."""

    seat: str | None = None
    chief: str | None = None
    leader: str | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for what is no span of the clock."""
        for level in LADDER:
            _after_ms(getattr(self, level))


class Routing(Struct, frozen=True, forbid_unknown_fields=True):
    """A city's routes in order, and its ladder by severity; a severity without one is not escalated."""

    routes: tuple[Route, ...] = ()
    escalation: dict[SeverityName, Ladder] = {}

    def route(self, event: EventState) -> Route | None:
        """The first route that describes the event."""
        return next((route for route in self.routes if route.when.fits(event)), None)

    def escalation_of(self, event: EventState, now_ms: int) -> tuple[Level, Why, int] | None:
        """Who must be told now that has not been told yet: the highest, why, and by how many ms it is late."""
        ladder = self.escalation.get(LEVELS[event.severity])
        late = _late(event, now_ms)
        if ladder is None or late is None:
            return None
        why, late_ms = late
        due = [level for level in LADDER if _reached(getattr(ladder, level), late_ms)]
        if not due or (event.told and LADDER.index(due[-1]) <= LADDER.index(event.told)):
            return None
        return due[-1], why, late_ms


def _late(event: EventState, now_ms: int) -> tuple[Why, int] | None:
    """The longest overrun of an open event's times; what is paused runs out of none."""
    if not event.open or event.paused_ms is not None:
        return None
    call = event.call
    waiting = call is not None and set(call.departments) - call.checked.keys()
    ends: list[tuple[Why, int | None]] = [
        ("limit", event.due_ms), ("step", event.step_due_ms), ("whistle", call.due_ms if call and waiting else None),
    ]  # fmt: skip
    late = [(why, now_ms - end) for why, end in ends if end is not None and now_ms > end]
    return max(late, key=lambda one: one[1]) if late else None


def _after_ms(text: str | None) -> int | None:
    if text is None or text == "0m":
        return None if text is None else 0
    span = Span.parse(text)
    if span.unit not in ("m", "h", "d"):
        raise ValueError(f"{text}: a ladder counts in minutes, hours or days of the clock")
    return span.size


def _reached(text: str | None, late_ms: int) -> bool:
    after_ms = _after_ms(text)
    return after_ms is not None and late_ms >= after_ms
