"""The dead letters: found on the log, the newest first, and what has become of each.

That is told beside the log, by the letter's id, for as long as the log has the letter; the audit tells it for longer.
Letters older than the log are in the archive and not found here. What can be made of one, `letters` says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple, Protocol, TypeVar, cast

import msgspec

from dashboard import codec
from dashboard.logfiles import AUDIT, DEAD_LETTERS
from dashboard.model import TYPES
from dashboard.pieces import id_of
from dashboard.record import Record
from feeds import logscripts

LETTERS: Final = "wall:letters"
STATES: Final = ("open", "retried", "discarded")
State = Literal["open", "retried", "discarded"]
MOST_LOOKED: Final = 20_000
"""Letters looked at for one page; the next page goes on there."""
_READ: Final = 200
_ORPHANS: Final = 1000
"""So many more outcomes than letters, and those of letters that the log has no more are dropped."""
T = TypeVar("T")
Found = list[tuple[bytes, dict[bytes, bytes]]]


class Server(Protocol):
    """What has the log's server at hand (`Log`). Raises LogUnavailable."""

    def ask(self, call: Callable[[Any], T]) -> T:
        """What `call` finds or does there."""


class Settled(Exception):  # noqa: N818 - it is said of the letter
    """Something has become of the letter already."""


class Outcome(msgspec.Struct, frozen=True):
    """What has become of a letter: who did it and when; the record made of it on the log, or why there is none."""

    state: State
    by: str
    at_ms: int
    entry: str = ""
    reason: str = ""


class Letter(msgspec.Struct, frozen=True):
    """A dead letter: when it was written, where it came from, what is wrong, what was sent, what has become of it."""

    id: str
    source: str
    place: str
    field: str
    value: str
    reason: str
    raw: bytes
    outcome: Outcome | None = None

    @property
    def at_ms(self) -> int:
        """When it was written, UTC ms."""
        return id_of(self.id)[0]

    @property
    def state(self) -> State:
        """What has become of it."""
        return self.outcome.state if self.outcome else "open"


class Wanted(NamedTuple):
    """Which letters: of a source, with something wrong in a field or in a part of it, in a state; "": any."""

    source: str = ""
    field: str = ""
    state: str = ""

    def has(self, letter: Letter) -> bool:
        """Whether a letter is one of them."""
        return (
            self.source in ("", letter.source)
            and self.state in ("", letter.state)
            and (not self.field or f"{letter.field}.".startswith(f"{self.field}."))
        )


class Page(NamedTuple):
    """Some letters; `after`: before which letter the next page begins, "" where there is none."""

    letters: list[Letter]
    after: str = ""


class Letterbox:
    """The dead letters of one log. Every call raises LogUnavailable when the log does not answer."""

    def __init__(self, log: Server) -> None:
        self._log = log

    def page(self, wanted: Wanted, before: str = "", most: int = 50) -> Page:
        """The newest letters, those before the letter `before` if that is given."""
        found: list[Letter] = []
        for looked, letter in enumerate(self._all(before)):
            if wanted.has(letter):
                if len(found) == most:
                    return Page(found, found[-1].id)
                found.append(letter)
            if looked + 1 == MOST_LOOKED:
                return Page(found, letter.id)
        return Page(found)

    def every(self, wanted: Wanted) -> list[str]:
        """The ids of all of them, the oldest first."""
        return [letter.id for letter in self._all() if wanted.has(letter)][::-1]

    def letter(self, letter_id: str) -> Letter | None:
        """One letter; None where the log has none of this id."""
        found = self._read("-", letter_id, 1) if is_id(letter_id) else []
        return found[0] if found and found[0].id == letter_id else None

    def settle(self, letter: Letter, outcome: Outcome, audit: Mapping[str, str], record: Record | None = None) -> str:
        """Put down what has become of a letter, with its line in the audit and the record made of it: all or nothing.

        Returns the record's entry id. Raises Settled when something has become of it already; what was discarded may
        still be retried.
        """
        keys = [LETTERS, AUDIT, *([TYPES[record.type][1]] if record else [])]
        fields = codec.encode(record) if record else {}
        flat = [part for pair in (*fields.items(), *audit.items()) for part in pair]
        before = "discarded" if outcome.state == "retried" else ""
        args = [letter.id, before, msgspec.json.encode(outcome), *flat]
        entry = self._log.ask(lambda server: server.eval(logscripts.SETTLE_ONCE, len(keys), *keys, *args))
        if entry is None:
            raise Settled(f"letter {letter.id} has been dealt with already")
        self._log.ask(_forget)
        return cast(bytes, entry).decode()

    def _all(self, before: str = "") -> Iterator[Letter]:
        newest, full = f"({before}" if before else "+", True
        while full:
            letters = self._read("-", newest, _READ)
            yield from letters
            full = len(letters) == _READ
            newest = f"({letters[-1].id}" if full else ""

    def _read(self, oldest: str, newest: str, most: int) -> list[Letter]:
        def ask(server: Any) -> tuple[Found, list[bytes | None]]:
            found = server.xrevrange(DEAD_LETTERS, newest, oldest, most)
            return found, server.hmget(LETTERS, [entry_id for entry_id, _ in found]) if found else []

        return [_letter(*entry, outcome) for entry, outcome in zip(*self._log.ask(ask), strict=True)]


def is_id(text: str) -> bool:
    """Whether this is how an entry's id is written."""
    return re.fullmatch(r"\d{1,19}-\d{1,19}", text, re.ASCII) is not None


def _letter(entry_id: bytes, fields: Mapping[bytes, bytes], outcome: bytes | None) -> Letter:
    names = ("source", "place", "field", "value", "reason")
    said = {name: fields.get(name.encode(), b"").decode("utf-8", "backslashreplace") for name in names}
    known = None if outcome is None else msgspec.json.decode(outcome, type=Outcome)
    return Letter(entry_id.decode(), **said, raw=fields.get(b"raw", b""), outcome=known)


def _forget(server: Any) -> None:
    """Drop the outcomes of letters that have left the log, once there are many."""
    if server.hlen(LETTERS) <= server.xlen(DEAD_LETTERS) + _ORPHANS:
        return
    oldest = server.xrange(DEAD_LETTERS, count=1)
    kept = id_of(oldest[0][0].decode()) if oldest else (1 << 64, 0)
    server.hdel(LETTERS, *(name for name in server.hkeys(LETTERS) if id_of(name.decode()) < kept))
