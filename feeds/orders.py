"""What every command of a seat is made of, how it is refused, and how its records are rehearsed before they are sent.

The records a command comes to are applied to a copy of the event by the very fold, so that what is refused here is what
the fold would refuse, with the same rule. Which commands there are is said in `eventorders` and `alarmorders`; appends
nothing (`operator`).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import msgspec

from dashboard import lifecycle
from dashboard.cities import DispatchRules
from dashboard.codec import Malformed
from dashboard.eventstate import EventState
from dashboard.lifecycle import Further, RuleBroken
from dashboard.model import Data, Duty, Step
from dashboard.picture import Picture
from dashboard.process import Parts, Process
from dashboard.stats import Freshness

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
RoleName = Literal["seat", "chief", "leader", "department", "worker"]
Planned = Sequence[tuple[str, Data]]
"""Records to append: (type, data)."""


class Refused(Exception):  # noqa: N818 - it is said of the command
    """A command that cannot be carried out: `status` as in HTTP, the field, a key for the seat's words, a sentence.

    `parts`: what the sentence of a process's refusal is made of, for other languages.
    """

    def __init__(self, status: int, field: str, key: str, reason: str, parts: Parts | None = None) -> None:
        super().__init__(f"{field}: {reason}")
        self.status, self.field, self.key, self.reason, self.parts = status, field, key, reason, parts


class Order(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Any command. `id` names it, so that it can be sent again; `by` the seat, `role` as what it acts."""

    STREAM: ClassVar[str] = "wall:events"
    """Where the records are that say how its subject stands."""
    FIELD: ClassVar[str] = "event_id"
    """Which of its fields names the subject."""
    command: str
    by: Word = "seat"
    role: RoleName = "seat"
    id: Word = ""

    @property
    def subject(self) -> str:
        """What two commands at the same instant may not both change."""
        raise NotImplementedError


class OnEvent(Order, kw_only=True):
    """A command about an event. `seen`: the version of it the officer looked at."""

    event_id: Word
    seen: int | None = None

    @property
    def subject(self) -> str:
        """The event."""
        return self.event_id


@dataclass(frozen=True, slots=True)
class Judge:
    """What a command is judged by, beside the picture."""

    freshness: Freshness
    rules: DispatchRules


@dataclass(frozen=True, slots=True)
class Case:
    """A command's event as it stands, its process, the picture, and now (UTC ms)."""

    event: EventState
    process: Process
    picture: Picture
    now_ms: int
    judge: Judge


def rehearse(event: EventState, planned: Planned, picture: Picture, now_ms: int) -> None:
    """Say nothing if the fold will take these records about an event. Raises Refused with the rule that forbids one."""
    trial, procedure = copy.deepcopy(event), picture.events.procedure
    for _, data in planned:
        if not isinstance(data, Further):
            continue
        try:
            lifecycle.apply(trial, data, now_ms, procedure)
        except RuleBroken as fault:
            raise Refused(409, fault.field.removeprefix("data."), fault.rule, fault.reason, fault.parts) from None
        except Malformed as fault:
            raise Refused(400, fault.field.removeprefix("data."), "malformed", fault.reason) from None


def way(process: Process, here: Step, there: Step) -> list[Step]:
    """The shortest way from one step to another along the process, by steps that may not be left out.

    Raises:
        Refused: there is none.
    """
    through = {entry.step for entry in process.steps if not entry.optional} | {there}
    ways: list[list[Step]] = [[]]
    for taken in ways:  # grows while it is walked: breadth first
        last = taken[-1] if taken else here
        if taken and last is there:
            return taken
        following = [step for step in process.places if step in process.allowed(last) & through]
        ways += [[*taken, step] for step in following if step not in taken]
    options = ", ".join(process.label(step).en for step in process.places if step in process.allowed(here))
    why = f"{process.label(there).en} cannot be reached from {process.label(here).en}; allowed: {options or 'nothing'}"
    raise Refused(409, "event_id", "edge", f"edge: {why}", _parts(process, here, there))


def _parts(process: Process, here: Step, there: Step) -> Parts:
    options = tuple(process.label(step) for step in (*process.places, *process.moves) if step in process.allowed(here))
    return Parts(process.name, process.label(here), process.label(there), options)


def sendable(picture: Picture, worker_id: str, now_ms: int, limits: Freshness) -> Duty:
    """What a worker who can be sent is doing: known, on duty, and not lost (Refused otherwise)."""
    fleet = picture.fleet
    row = fleet.row_of.get(worker_id)
    if row is None:
        raise Refused(404, "worker_id", "unknown_worker", f"nobody knows {worker_id}")
    duty = Duty(int(fleet.duty[row]))
    if not Duty.available <= duty <= Duty.on_scene:
        raise Refused(409, "worker_id", "off_duty", f"{worker_id} is {duty.name}")
    if now_ms - int(fleet.fix_ms[row]) > limits.lost_ms:
        raise Refused(409, "worker_id", "lost", f"{worker_id} has not been located for too long")
    return duty
