"""What is handed on to others: the wanted changes of the log, in its order, from where a feed had come; as CloudEvents.

A change is handed on only if it was accepted: what does not decode is not, nor what somebody's fold has refused, for
which a moment is waited. Whoever asks for departments gets the events that are theirs, whole. How it is handed on is
the business of `webhook` and `redisout`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import Any, Final, NamedTuple, cast

import msgspec

from dashboard import clock, codec
from dashboard.codec import Malformed
from dashboard.logfiles import LOGGED
from dashboard.model import TYPES
from dashboard.pieces import id_of
from dashboard.record import Entry, Record
from dashboard.replica import LeftBehind
from feeds.base import DeadLetter, OnceSink
from feeds.feedsfile import Outbound
from feeds.log import REFUSED, Log
from feeds.outmemory import OutMemory
from feeds.wholelog import LATE_MS, WholeLog

AT_ONCE: Final = 100
SETTLE_MS: Final = 1000
"""So old an entry must be before it is handed on: whoever folds the log has refused it by then, if it is to be."""
_EVENTS: Final = "wall:events"
_BLOCK_MS: Final = 500
_SAVE_S: Final = 1.0
_PAGE, _PAGES = 1000, 50
"""How far back is looked for what was said of an event before it was somebody's."""
Page = list[tuple[bytes, dict[bytes, bytes]]]


class Change(NamedTuple):
    """An entry of the log, and what it says, places in WGS-84."""

    entry: Entry
    record: Record

    @property
    def subject(self) -> str:
        """What it is about, in whose order it must be handed on: an event, an alarm, a worker; else all of its kind."""
        kind = self.record.type.partition(".")[0]
        named = (getattr(self.record.data, name, None) for name in (f"{kind}_id", "handover_id", "device_id", "wall"))
        return next((name for name in named if isinstance(name, str) and name), kind)

    def attributes(self) -> dict[str, str | bytes]:
        """The attributes of the CloudEvent it is, and its data as JSON. `source` and `id` are those on the log, so that
        who gets it twice can tell."""
        fixed = {"specversion": "1.0", "subject": self.subject, "datacontenttype": "application/json"}
        return {**fixed, **codec.encode(self.record)}

    def structured(self) -> bytes:
        """The CloudEvent as JSON."""
        said = {name: value if isinstance(value, str) else value.decode() for name, value in self.attributes().items()}
        return msgspec.json.encode({**said, "data": msgspec.Raw(said["data"].encode())})


class Follower:
    """What a feed of feeds.yaml is to hand on; `left` is what it had in hand when it was stopped."""

    def __init__(self, entry: Outbound, sink: OnceSink, archive: Path) -> None:
        """Raises LogUnavailable; ValueError for types that there are none of."""
        if not isinstance(sink, Log):
            raise TypeError("what hands on changes must be given the log to read them from")
        self._log, self._types, self._name = sink, entry.types, entry.name
        self._departments = frozenset(entry.departments)
        self._reader, self._memory = WholeLog(sink, archive), OutMemory(sink, entry.name)
        self._begin()
        self.left = [change for left in self._memory.left if (change := _decoded(left))]
        self._saved_s = clock.monotonic()

    def next(self, stop: Event) -> list[Change]:
        """What comes next, after a short wait for it. Raises LogUnavailable; LeftBehind when some of it is nowhere."""
        changes = [change for entry in self._read() if (change := _decoded(entry)) and self._looks_at(change)]
        if changes:
            age_ms = clock.now_ms() - changes[-1].entry.appended_ms
            stop.wait(min(max(0, SETTLE_MS - age_ms), SETTLE_MS) / 1000)
        found = [due for change in self._accepted(changes) for due in self._theirs(change)]
        return [change for change in found if change.record.type.startswith(self._types)]

    def save(self, left: Iterable[Change] = (), at_once: bool = False) -> None:
        """Put down, about once a second, that all but `left` has been handed on. Raises LogUnavailable."""
        now_s = clock.monotonic()
        if at_once or now_s - self._saved_s >= _SAVE_S:
            self._memory.save(change.entry for change in left)
            self._saved_s = now_s

    def _begin(self) -> None:
        streams = {stream for name, (_, stream) in TYPES.items() if name.startswith(self._types)}
        if not streams:
            raise ValueError(f"types: no type of record begins with {' or '.join(self._types)}")
        streams |= {_EVENTS} if self._departments else set()
        was = self._memory.position
        self._memory.position = {stream: was.get(stream) or self._newest(stream) for stream in sorted(streams)}
        self._memory.save(self._memory.left)

    def _newest(self, stream: str) -> str:
        page = self._back(stream, "+", 1)
        return page[0].entry_id if page else self._log.trimmed(stream)

    def _read(self) -> list[Entry]:
        position = self._memory.position
        late_ms = clock.now_ms() - LATE_MS
        late = {stream: at for stream, at in position.items() if stream not in LOGGED and id_of(at)[0] < late_ms}
        try:
            entries = self._reader.read(position, _BLOCK_MS, AT_ONCE)
        except LeftBehind as fault:
            raise LeftBehind(f"{fault}; under another name it begins with what comes") from None
        for stream, at in late.items():
            self._own_up(stream, at)
        position.update((entry.stream, entry.entry_id) for entry in entries)
        return entries

    def _own_up(self, stream: str, position: str) -> None:
        """Say so where a stream that is in no archive had lost something before it was read."""
        dropped = self._log.trimmed(stream)
        if id_of(dropped) > id_of(position):
            reason = f"up to {dropped} it was dropped from the log before it could be handed on"
            self._log.reject([DeadLetter(self._name, stream, "position", position, reason, b"")])
            self._memory.position[stream] = dropped

    def _looks_at(self, change: Change) -> bool:
        """Whoever asks for departments must hear whose an event is, of whatever type the record that says so."""
        return bool(self._departments) or change.record.type.startswith(self._types)

    def _accepted(self, changes: Sequence[Change]) -> list[Change]:
        marks = [f"{REFUSED}{change.entry.stream}:{change.entry.entry_id}" for change in changes]
        refused = self._log.ask(lambda server: cast("list[bytes | None]", server.mget(marks))) if marks else []
        return [change for change, mark in zip(changes, refused, strict=True) if mark is None]

    def _theirs(self, change: Change) -> Iterator[Change]:
        """With departments: nothing of others' events; of one that becomes theirs, first what was said before."""
        if self._departments:
            event_id: str = getattr(change.record.data, "event_id", "")
            known = self._memory.knows(event_id)
            if not event_id or not (known or self._departments & _departments(change)):
                return
            self._memory.told(event_id, change.entry.appended_ms)
            yield from () if known else self._before(change.entry, event_id)
        yield change

    def _before(self, entry: Entry, event_id: str) -> list[Change]:
        """What the log has of an event before an entry, from its report on."""
        found: list[Change] = []
        needle = event_id.encode()
        for old in self._earlier(entry):
            data = old.fields.get(b"data", b"")
            if needle in data or b"\\" in data:  # an id may be written with escapes
                change = _decoded(old)
                if change and getattr(change.record.data, "event_id", "") == event_id:
                    found += self._accepted([change])
            if found and found[-1].record.type == "event.reported":
                break
        return found[::-1]

    def _earlier(self, entry: Entry) -> Iterator[Entry]:
        """The entries about events before one, the newest first, as far back as is looked."""
        before, pages = entry.entry_id, 0
        while pages < _PAGES and (page := self._back(_EVENTS, f"({before}", _PAGE)):
            yield from page
            before, pages = page[-1].entry_id, pages + 1

    def _back(self, stream: str, before: str, count: int) -> list[Entry]:
        """The newest entries of a stream before an id, the newest first."""
        page = self._log.ask(lambda server: cast(Page, cast(Any, server).xrevrange(stream, before, "-", count)))
        return [Entry(stream, entry_id.decode(), fields) for entry_id, fields in page]


def _decoded(entry: Entry) -> Change | None:
    try:
        return Change(entry, codec.decode(entry))
    except Malformed:  # whoever folds it says so
        return None


def _departments(change: Change) -> set[str]:
    """Whose matter a record says it is."""
    data = change.record.data
    whistled = getattr(getattr(data, "whistle", None), "departments", ())
    return {getattr(data, "department", ""), *getattr(data, "departments", ()), *whistled}
