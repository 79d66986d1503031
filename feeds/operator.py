"""The operator, one more feed: a seat's command becomes records on the log, or is refused in a sentence.

A command is judged by the picture of this replica (`eventorders`, `alarmorders`). Then its records, its line in
`wall:audit` and its receipt go onto the log together. The same command id twice is carried out once and answered alike;
of two seats that act on one event at the same instant the second is told so. What has been done shows when the log is
read, here as everywhere. Knows no HTTP and no accounts: `by` and `role` are what the seat says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar
from uuid import uuid4

import msgspec

from dashboard import clock, codec
from dashboard.model import EventStep, EventUndone, Step
from dashboard.picture import Picture
from dashboard.record import Record
from feeds import eventorders
from feeds.alarmorders import ALARM_COMMANDS
from feeds.log import Overtaken
from feeds.orders import Judge, Order, Planned, Refused
from feeds.pinorders import PIN_COMMANDS
from feeds.shiftorders import SHIFT_COMMANDS

T = TypeVar("T")
SOURCE = "operator"
EVENTS = "wall:events"
_FIELD = re.compile(r" - at `\$\.(?P<name>[^`]*)`$|required field `(?P<missing>[^`]+)`")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a carried-out command is answered with: its id and its entries' ids on the log."""

    id: str
    entries: list[str]


class CommandLog(Protocol):
    """What the operator needs of the log. Both calls may raise LogUnavailable."""

    def command(
        self, command_id: str, subject: str, read: tuple[str, str], records: Sequence[Record], audit: Mapping[str, str]
    ) -> list[str]:
        """Append all once; raises Overtaken when a record about `subject` came after `read` (a stream, an entry id)."""

    def receipt(self, command_id: str) -> list[str] | None:
        """The entries of a command that has been carried out."""


class Looked(Protocol):
    """Where the picture is."""

    def look(self, read: Callable[[Picture], T]) -> T:
        """What `read` finds in it."""


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
            read, planned = self._pipeline.look(lambda picture: self._plan(command, picture, now_ms))
        except Refused:
            if done := self._done(command):  # by another replica, just now: that is why it cannot be done again
                return done
            raise
        records = [Record(f"{command_id}-{n}", SOURCE, kind, now_ms, data) for n, (kind, data) in enumerate(planned)]
        audit = {"time": clock.to_rfc3339(now_ms), **_as_text(command), "id": command_id}
        try:
            return Receipt(command_id, self._log.command(command_id, command.subject, read, records, audit))
        except Overtaken as fault:
            raise Refused(409, command.FIELD, "changed", "it has just been acted on; look again") from fault

    def _done(self, command: Order) -> Receipt | None:
        """The receipt of a command that has been carried out already; one without an id never has."""
        entries = self._log.receipt(command.id) if command.id else None
        return None if entries is None else Receipt(command.id, entries)

    def _plan(self, command: Order, picture: Picture, now_ms: int) -> tuple[tuple[str, str], Planned]:
        if any(tape.state == "playing" for tape in picture.tapes.values()):
            raise Refused(409, "command", "tape", "a recording is being played; nobody is sent for real")
        read = command.STREAM, picture.position.get(command.STREAM, "0-0")
        return read, COMMANDS[command.command][1](command, picture, now_ms, self._judge)


COMMANDS: Final[dict[str, tuple[type[Order], Callable[[Any, Picture, int, Judge], Planned]]]] = (
    {name: (kind, eventorders.plan) for name, (kind, _) in eventorders.COMMANDS.items()}
    | ALARM_COMMANDS
    | SHIFT_COMMANDS
    | PIN_COMMANDS
)
"""Every command: what it says, and what it comes to."""


def _as_text(command: Order) -> dict[str, str]:
    """What the command says, for the audit: texts as they are, the rest as JSON, nothing that was not said."""
    said: dict[str, Any] = {k: v for k, v in msgspec.to_builtins(command).items() if v not in (None, "", [], {})}
    return {k: v if isinstance(v, str) else msgspec.json.encode(v).decode() for k, v in said.items()}


def parse(body: bytes) -> Order:
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
            if entry.fields.get(b"source") != SOURCE.encode():
                continue
            data = codec.decode(entry).data
            if isinstance(data, EventStep):
                steps[data.event_id] = data
            elif isinstance(data, EventUndone):
                steps[data.event_id] = EventStep(data.event_id, data.to or Step.reported)
        return list(steps.values())

    return news
