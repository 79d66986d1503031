"""What a feed to the outside must not forget: how far it has come on the log, what it could not hand on yet, and which
events its receiver has been told of. A hash beside the log, so that a restart goes on where it was.

Hands on nothing, and does not judge what is to be handed on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any, Final, cast

import msgspec

from dashboard.pieces import id_of
from dashboard.record import Entry
from feeds.log import Log

MOST_EVENTS: Final = 100_000
"""Events remembered; of more, those of which nothing was said for the longest time are forgotten."""
_KEY: Final = "wall:outbound:"
_AT: Final = "at"
_LEFT, _EVENT = "left:", "event:"


class OutMemory:
    """The memory of the feed `name`: as it was saved last."""

    def __init__(self, log: Log, name: str) -> None:
        self._log, self._key = log, f"{_KEY}{name}"
        found = log.ask(lambda server: cast("dict[bytes, bytes]", server.hgetall(self._key)))
        kept = {field.decode("utf-8", "surrogateescape"): value for field, value in found.items()}
        self.position: dict[str, str] = msgspec.json.decode(kept.get(_AT, b"{}"), type=dict[str, str])
        self._at = dict(self.position)
        entries = [msgspec.msgpack.decode(kept[field], type=Entry) for field in kept if field.startswith(_LEFT)]
        self.left = sorted(entries, key=lambda entry: (entry.stream, id_of(entry.entry_id)))
        """What had been read, and not been handed on."""
        self._left = set(map(_field, entries))
        events = [(int(at), field) for field, at in kept.items() if field.startswith(_EVENT)]
        self._events = OrderedDict((field, at) for at, field in sorted(events))
        self._news: dict[str, bytes] = {}
        self._gone: set[str] = set()

    def knows(self, event_id: str) -> bool:
        """Whether the receiver has been told of an event."""
        return f"{_EVENT}{event_id}" in self._events

    def told(self, event_id: str, at_ms: int) -> None:
        """The receiver is told of an event now."""
        field = f"{_EVENT}{event_id}"
        self._events[field] = at_ms
        self._events.move_to_end(field)
        self._news[field] = str(at_ms).encode()
        self._gone.discard(field)
        while len(self._events) > MOST_EVENTS:
            oldest, _ = self._events.popitem(last=False)
            self._news.pop(oldest, None)
            self._gone.add(oldest)

    def save(self, left: Iterable[Entry] = ()) -> None:
        """Put down where the feed is now; `left`: what it has read and not handed on. Raises LogUnavailable."""
        now = {_field(entry): entry for entry in left}
        news = {field: msgspec.msgpack.encode(entry) for field, entry in now.items() if field not in self._left}
        news |= self._news
        if self.position != self._at:
            news[_AT] = msgspec.json.encode(self.position)
        gone = (self._left - now.keys()) | self._gone
        if news or gone:
            self._log.ask(lambda server: self._write(server, news, gone))
        self._left, self._at = set(now), dict(self.position)
        self._news.clear()
        self._gone.clear()

    def _write(self, server: Any, news: dict[str, bytes], gone: set[str]) -> None:
        pipe = server.pipeline(transaction=True)
        if news:
            pipe.hset(self._key, mapping=news)
        if gone:
            pipe.hdel(self._key, *gone)
        pipe.execute()


def _field(entry: Entry) -> str:
    return f"{_LEFT}{entry.stream}:{entry.entry_id}"
