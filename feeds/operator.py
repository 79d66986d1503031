"""The operator, one more feed: a seat's command becomes records on the log, or is refused in a sentence.

A command is judged by the picture of this replica: does the event stand where the step may be taken, can the worker be
sent. Then its records, its line in `wall:audit` and its receipt go onto the log together. The same command id twice is
carried out once and answered alike; of two seats that act on one event at the same instant the second is told so. What
has been done shows when the log is read, here as everywhere. Knows no HTTP and no accounts: `by` is what the seat says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, TypeVar
from uuid import uuid4

import msgspec

from dashboard import clock, codec, workflow
from dashboard.cities import DispatchRules
from dashboard.events import EventState
from dashboard.model import Data, Duty, EventStep, Severity, Step, WorkerDuty
from dashboard.picture import Picture
from dashboard.record import Record
from dashboard.stats import Freshness
from feeds.log import Overtaken

T = TypeVar("T")
SOURCE = "operator"
EVENTS = "wall:events"
_FIELD = re.compile(r" - at `\$\.(?P<name>[^`]*)`$|required field `(?P<missing>[^`]+)`")
_HANDLING_BY = (Step.accepted, Step.assigned, Step.handling)
"""The steps a dispatch may take on its way to handling."""
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class Refused(Exception):  # noqa: N818 - it is said of the command
    """A command that cannot be carried out: `status` as in HTTP, the field, a key for the seat's words, a sentence."""

    def __init__(self, status: int, field: str, key: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.status, self.field, self.key, self.reason = status, field, key, reason


class Dispatch(msgspec.Struct, forbid_unknown_fields=True):
    """`dispatch`: send a worker to an event. `id` names the command, so that it can be sent again; `by` the seat."""

    command: str
    event_id: Word
    worker_id: Word
    by: Word = "seat"
    id: Word = ""

    @property
    def subject(self) -> str:
        """What two commands at the same instant may not both change."""
        return self.event_id


Planned = Sequence[tuple[str, Data]]
"""Records to append: (type, data)."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a carried-out command is answered with: its id and its entries' ids on the log."""

    id: str
    entries: list[str]


class CommandLog(Protocol):
    """What the operator needs of the log. Both calls may raise LogUnavailable."""

    def command(
        self, command_id: str, subject: str, read_to: str, records: Sequence[Record], audit: Mapping[str, str]
    ) -> list[str]:
        """Append all once; raises Overtaken when another command about `subject` came after `read_to`."""

    def receipt(self, command_id: str) -> list[str] | None:
        """The entries of a command that has been carried out."""


class Looked(Protocol):
    """Where the picture is."""

    def look(self, read: Callable[[Picture], T]) -> T:
        """What `read` finds in it."""


@dataclass(frozen=True, slots=True)
class Judge:
    """What a command is judged by, beside the picture."""

    freshness: Freshness
    rules: DispatchRules


class Operator:
    """Carries out commands: judged by `pipeline`'s picture, appended to `log`."""

    def __init__(self, log: CommandLog, pipeline: Looked, judge: Judge, now: Callable[[], int] = clock.now_ms) -> None:
        self._log, self._pipeline, self._judge, self._now = log, pipeline, judge, now

    def act(self, body: bytes) -> Receipt:
        """Carry out one command, given as JSON; returns once it is on the log.

        Raises:
            Refused: it is not a command, or cannot be carried out as things stand.
            LogUnavailable: the log did not take it; whether it had been taken the same id tells on the next try.
        """
        command = parse(body)
        command_id = command.id or uuid4().hex
        if done := self._done(command):
            return done
        now_ms = self._now()
        try:
            read_to, planned = self._pipeline.look(lambda picture: self._plan(command, picture, now_ms))
        except Refused:
            if done := self._done(command):  # by another replica, just now: that is why it cannot be done again
                return done
            raise
        records = [Record(f"{command_id}-{n}", SOURCE, kind, now_ms, data) for n, (kind, data) in enumerate(planned)]
        audit = {"time": clock.to_rfc3339(now_ms), **msgspec.to_builtins(command), "id": command_id}
        try:
            return Receipt(command_id, self._log.command(command_id, command.subject, read_to, records, audit))
        except Overtaken as fault:
            raise Refused(409, "event_id", "changed", "another seat has just acted on it; look again") from fault

    def _done(self, command: Dispatch) -> Receipt | None:
        """The receipt of a command that has been carried out already; one without an id never has."""
        entries = self._log.receipt(command.id) if command.id else None
        return None if entries is None else Receipt(command.id, entries)

    def _plan(self, command: Dispatch, picture: Picture, now_ms: int) -> tuple[str, Planned]:
        if any(tape.state == "playing" for tape in picture.tapes.values()):
            raise Refused(409, "command", "tape", "a recording is being played; nobody is sent for real")
        _, plan = COMMANDS[command.command]
        return picture.position.get(EVENTS, "0-0"), plan(command, picture, now_ms, self._judge)


def parse(body: bytes) -> Dispatch:
    """The command in a JSON object. Raises Refused (400) naming the field."""
    try:
        asked: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, "", "malformed", f"is not JSON: {error}") from None
    name = asked.get("command") if isinstance(asked, dict) else None
    if not isinstance(name, str) or name not in COMMANDS:
        raise Refused(400, "command", "malformed", f"is not one of {', '.join(COMMANDS)}")
    try:
        return msgspec.convert(asked, COMMANDS[name][0])
    except msgspec.ValidationError as error:
        found = _FIELD.search(str(error))
        field = (found["name"] or found["missing"]) if found else ""
        raise Refused(400, field, "malformed", str(error)) from None


def dispatch(command: Dispatch, picture: Picture, now_ms: int, judge: Judge) -> Planned:
    """The records that send a worker: the steps from where the event stands to handling, and the worker's duty.

    A step of acceptance sets the limit the city pack gives for the severity, counted from now.

    Raises:
        Refused: 404 for an event or worker nobody knows; 409 when the event is closed, the worker is on it already,
            off duty or lost.
    """
    event = _known_event(picture, command.event_id)
    duty = _sendable(picture, command.worker_id, now_ms, judge.freshness)
    if event.worker_id == command.worker_id and event.step is Step.handling and duty is not Duty.available:
        raise Refused(409, "worker_id", "already", f"{command.worker_id} has been sent to {event.id} already")
    steps = [_step(event, step, command.worker_id, now_ms, judge.rules) for step in way_to_handling(event.step)]
    return [*(("event.step", step) for step in steps), ("worker.duty", WorkerDuty(command.worker_id, "dispatched"))]


def way_to_handling(step: Step) -> list[Step]:
    """The shortest way along the step graph through acceptance and assignment.

    >>> [str(step) for step in way_to_handling(Step.accepted)]
    ['assigned', 'handling']
    """
    ways: list[list[Step]] = [[]]
    for way in ways:  # grows while it is walked: breadth first
        here = way[-1] if way else step
        if way and here is Step.handling:
            return way
        ways += [[*way, following] for following in _HANDLING_BY if following in workflow.allowed(here) - set(way)]
    raise Refused(409, "event_id", "forbidden", f"an event at {step} cannot be handed to anybody")


COMMANDS: dict[str, tuple[type[Dispatch], Callable[[Dispatch, Picture, int, Judge], Planned]]] = {
    "dispatch": (Dispatch, dispatch),
}
"""Every command: what it says, and what it comes to."""


def others_steps(read: Callable[[dict[str, str]], Sequence[Any]], position: str) -> Callable[[], list[EventStep]]:
    """A call that tells what operators have done with events since the last call: each event's last step.

    `read` gives log entries after a position by stream (`Log.read`); `position` is where to begin in `wall:events`.
    """
    at = {EVENTS: position}

    def news() -> list[EventStep]:
        entries = read(at)
        steps: dict[str, EventStep] = {}
        for entry in entries:
            at[EVENTS] = entry.entry_id
            if entry.fields.get(b"source") == SOURCE.encode() and entry.fields.get(b"type") == b"event.step":
                data = codec.decode(entry).data
                if isinstance(data, EventStep):
                    steps[data.event_id] = data
        return list(steps.values())

    return news


def _known_event(picture: Picture, event_id: str) -> EventState:
    if event_id not in picture.events:
        raise Refused(404, "event_id", "unknown_event", f"nobody has reported {event_id}")
    event = picture.events[event_id]
    if not event.open:
        raise Refused(409, "event_id", "closed", f"{event_id} is {event.step}: it has left the queue")
    return event


def _sendable(picture: Picture, worker_id: str, now_ms: int, limits: Freshness) -> Duty:
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


def _step(event: EventState, step: Step, worker_id: str, now_ms: int, rules: DispatchRules) -> EventStep:
    """One step; acceptance names nobody yet and sets the limit, if none is set."""
    if step is not Step.accepted:
        return EventStep(event.id, step, worker_id=worker_id)
    hours = rules.due_h.get(Severity(event.severity).name)  # type: ignore[call-overload]  # names are SeverityName
    due = None if hours is None or event.due_ms is not None else now_ms + round(hours * clock.HOUR_MS)
    return EventStep(event.id, step, due=due)
