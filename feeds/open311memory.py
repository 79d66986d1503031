"""What a poller of Open311 must not forget: up to when it has asked, and what it has said of each request.

Kept beside the log in parts, so that a poll writes little. Of too many requests, those of which nothing new was said
for longest are forgotten. Asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

import msgspec

from feeds.base import OnceSink

PARTS: Final = 64
MOST: Final = 2000
"""Requests in a part; so 128,000 in all."""
BASE: Final = frozenset({"reported", "accepted", "assigned", "handling"})
"""What is said of every request, and therefore not written down."""
CLOSED: Final = "evaluated"
FAULT: Final = "\0"
"""What begins a subject that is no request, but one that could not be read."""
_Part = dict[str, list[str]]


class Position(msgspec.Struct):
    """Asked up to `at_ms` (UTC), by the time of updates if the server knows that, else by the time of reporting."""

    at_ms: int
    by_update: bool = True


class Memory:
    """The memory of the feed `name`, as it was saved last; it begins at `begin_ms`."""

    def __init__(self, sink: OnceSink, name: str, begin_ms: int) -> None:
        """Raises LogUnavailable."""
        self._sink, self._name = sink, name
        kept = sink.recall(name)
        self.position = msgspec.json.decode(kept, type=Position) if kept else Position(begin_ms)
        found = (sink.recall(self._key(n)) for n in range(PARTS))
        self._parts = [msgspec.msgpack.decode(part, type=_Part) if part else {} for part in found]
        self._changed: set[int] = set()

    def new(self, subject: str, keys: Iterable[str]) -> list[str]:
        """Those of `keys` that have not been said of `subject`."""
        said = self._parts[_part(subject)].get(subject)
        return [key for key in keys if said is None or (key not in BASE and key not in said)]

    def said(self, subject: str, keys: Iterable[str]) -> None:
        """These have been said of it now."""
        number = _part(subject)
        part = self._parts[number]
        part[subject] = [*part.pop(subject, []), *(key for key in keys if key not in BASE)]
        while len(part) > MOST:
            del part[next(iter(part))]
        self._changed.add(number)

    def open(self) -> list[str]:
        """The requests that have been told and not closed."""
        return [one for part in self._parts for one, said in part.items() if CLOSED not in said and one[0] != FAULT]

    def save(self) -> None:
        """Put it down. Raises LogUnavailable."""
        for number in sorted(self._changed):
            self._sink.remember(self._key(number), msgspec.msgpack.encode(self._parts[number]))
        self._changed.clear()
        self._sink.remember(self._name, msgspec.json.encode(self.position))

    def _key(self, number: int) -> str:
        return f"{self._name}/{number:02}"


def _part(subject: str) -> int:
    return blake2b(subject.encode(), digest_size=1).digest()[0] % PARTS
