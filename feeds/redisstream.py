"""Another Redis or Valkey as a source: a stream read as one of a consumer group, acknowledged once it is on our log.

Entries carry CloudEvents attributes as fields, as on our own log. What a killed reader had taken is claimed by the
next; what comes twice is the same record. Deletes nothing over there.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping
from threading import Event
from typing import Any, Final, cast

import msgspec
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from dashboard import clock
from dashboard.codec import Malformed
from dashboard.record import Record
from feeds import drafts
from feeds.base import DeadLetter, OnceSink
from feeds.delivery import deliver
from feeds.feedsfile import FeedsFile, RedisStream
from feeds.protocols.cloudevents import Draft
from feeds.tally import Tally

logger = logging.getLogger(__name__)
MOST: Final = 500
_BLOCK_MS: Final = 500
_IDLE_MS: Final = 30_000
"""A message somebody took so long ago without an acknowledgement is ours to take."""
ACCEPTS: Final = ("event.", "worker.", "alarm.", "reading", "area.")
Messages = list[tuple[bytes, dict[bytes, bytes]]]


def connect(url: str, password: str | None) -> redis.Redis:
    """A connection that does not try again by itself, so that its feed can say how it is."""
    retry = Retry(NoBackoff(), 0)
    return redis.Redis.from_url(url, password=password, protocol=2, retry=retry, socket_timeout=10)


def look(url: str, password: str | None, stream: str) -> int:
    """How many entries a stream over there has. Raises ConnectionError, ValueError saying why it cannot be read."""
    try:
        with connect(url, password) as other:
            return cast(int, other.xlen(stream))
    except redis.RedisError as fault:
        raise ConnectionError(str(fault)) from None


class StreamFeed:
    """A feed of one stream, as an entry of feeds.yaml describes it."""

    def __init__(self, entry: RedisStream, file: FeedsFile, tally: Tally) -> None:
        self.name, self._entry, self._tally = entry.name, entry, tally
        self._password = file.path(entry.password_file).read_text().strip() if entry.password_file else None
        self._me = f"{socket.gethostname()}-{entry.name}"

    def run(self, sink: OnceSink, stop: Event) -> None:
        """Until `stop`. Raises redis.RedisError when the other side goes away; the supervisor comes again."""
        with connect(self._entry.url, self._password) as other:
            self._group(other)
            self._tally.turn("running", clock.now_ms())
            while not stop.is_set() and self._take(other, sink, stop, "0"):
                pass  # what this very reader took before it was killed
            while not stop.is_set():
                self._claim(other, sink, stop)
                self._take(other, sink, stop, ">")

    def _group(self, other: redis.Redis) -> None:
        try:
            other.xgroup_create(self._entry.stream, self._entry.group, id="0", mkstream=True)
        except redis.ResponseError as fault:
            if "BUSYGROUP" not in str(fault):
                raise

    def _take(self, other: redis.Redis, sink: OnceSink, stop: Event, after: str) -> bool:
        """Some of what there is after an id: ">" what nobody has taken yet, after a short wait, "0" what is ours.

        Returns whether there was anything.
        """
        answer = cast(
            "list[tuple[bytes, Messages]]",
            other.xreadgroup(self._entry.group, self._me, {self._entry.stream: after}, count=MOST, block=_BLOCK_MS)
            or [],
        )
        found = answer[0][1] if answer else []
        if found:
            self._pass_on(other, sink, stop, found)
        return bool(found)

    def _claim(self, other: redis.Redis, sink: OnceSink, stop: Event) -> None:
        """What another reader of the group has left lying."""
        answer = cast(
            "tuple[bytes, Messages, list[bytes]]",
            other.xautoclaim(self._entry.stream, self._entry.group, self._me, _IDLE_MS, "0-0", count=MOST),
        )
        if found := [message for message in answer[1] if message[1]]:
            self._pass_on(other, sink, stop, found)

    def _pass_on(self, other: redis.Redis, sink: OnceSink, stop: Event, found: Messages) -> None:
        if deliver(sink, *self._heard(found), self._tally, stop):
            other.xack(self._entry.stream, self._entry.group, *(cast(Any, entry_id) for entry_id, _ in found))

    def _heard(self, found: Messages) -> tuple[list[Record], list[DeadLetter]]:
        records: list[Record] = []
        letters: list[DeadLetter] = []
        now = clock.now_ms()
        for entry_id, fields in found:
            said = {_text(name): value for name, value in fields.items()}
            try:
                records.append(drafts.record(draft(said, self.name), self._entry.crs, (self.name,), ACCEPTS, now))
            except Malformed as fault:
                place = f"redis {self._entry.stream} {entry_id.decode()}"
                raw = msgspec.json.encode({name: _text(value) for name, value in said.items()})
                letters.append(DeadLetter(self.name, place, fault.field, fault.value, fault.reason, raw))
        return records, letters


def draft(said: Mapping[str, bytes], name: str) -> Draft:
    """The event in an entry's fields. Raises Malformed for one that is missing.

    On our log its source is the feed's name; where it says another, that is part of the id, unique over there.
    """
    for field in ("id", "type", "data"):
        if field not in said:
            raise Malformed(field, "", "is missing")
    identity, source, kind, time = (_text(said.get(field, b"")) for field in ("id", "source", "type", "time"))
    own = identity if source in ("", name) else f"{source}#{identity}"
    return Draft(own, name, kind, time, said["data"], b"")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")
