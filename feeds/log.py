"""The log: Redis Streams, and the only place that talks to Redis.

Append is one transaction and returns when the server has taken it (with `appendfsync always`, when it is on disk). A
reader asks for what comes after a position. Dead letters, snapshots and trimming live here because they are the log's,
too; what records mean does not. Every call raises LogError when the server does not do what it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from hashlib import blake2b
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import msgspec
import redis
from redis.backoff import ExponentialWithJitterBackoff
from redis.retry import Retry

from dashboard import clock, codec
from dashboard.codec import Malformed
from dashboard.logfiles import AUDIT, DEAD_LETTERS
from dashboard.model import STREAMS, TYPES
from dashboard.record import Entry, Record
from dashboard.replica import LogUnavailable
from feeds import logscripts
from feeds.base import DeadLetter

SNAPSHOT = "wall:snapshot"
REFUSED = "wall:refused:"
_REFUSED_TTL_S = 7 * 24 * 3600
_KEEP_DEAD_LETTERS = 200_000
_PASSWORD = re.compile(r"//[^/@]*@")
_ONCE_S = 600
"""How long a sender may take to send again what it had no answer to."""
REPORTS, DEVICES, STATES = "wall:feeds", "wall:devices:", "wall:states"
"""How each feed is now, and what it must remember; no part of the log, for it is about us and not about the city."""
_TRIMMED = "wall:trimmed"
"""By stream, the newest entry that has been dropped."""
_PAGE = 1000
_RECEIPT, _ACTED = "wall:receipt:", "wall:acted:"
_RECEIPT_TTL_S = 7 * 24 * 3600
Read = tuple[str, str]
_SAID = "event.comment event.rated event.routed event.escalated"
"""Types that move nothing: what is said of an event does not overtake what is done with it."""
P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class LogError(LogUnavailable):
    """The log cannot do what was asked; the message says what to look at."""


class Overtaken(RuntimeError):  # noqa: N818 - it is said of the command
    """Another command has changed the same thing since the picture this one was decided on."""


def _answered(call: Callable[Concatenate[Log, P], R]) -> Callable[Concatenate[Log, P], R]:
    """The broker's own errors, of whatever kind, as a LogError."""

    @wraps(call)
    def asked(self: Log, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(self, *args, **kwargs)
        except redis.RedisError as error:
            raise LogError(f"the log at {self.name} does not answer: {error}") from error

    return asked


class Log:
    """One connection pool to the log at `url` (`redis://…`, `rediss://…` or `unix://…`).

    A call is tried again `retries` times, over some seconds, while the server cannot be reached.
    """

    def __init__(self, url: str, retries: int = 8) -> None:
        self.url = url
        self.name = _PASSWORD.sub("//", url)
        retry = Retry(ExponentialWithJitterBackoff(base=0.05, cap=2.0), retries)
        self._redis = redis.Redis.from_url(url, protocol=2, retry=retry, socket_timeout=15, health_check_interval=30)
        self._bury_once = self._redis.register_script(logscripts.BURY_ONCE)
        self._command_once = self._redis.register_script(logscripts.COMMAND_ONCE)
        self._append_once = self._redis.register_script(logscripts.APPEND_ONCE)
        self._trim = self._redis.register_script(logscripts.TRIM)

    def ping(self) -> None:
        """Raise LogError unless the server answers, has read its files and is new enough."""
        try:
            info = self._redis.info("server", "persistence")
        except redis.RedisError as error:
            raise LogError(f"the log at {self.name} does not answer: {error}") from None
        if info["loading"]:
            raise LogError(f"the log at {self.name} is still reading its files")
        version = str(info["redis_version"])
        if int(version.split(".")[0]) < 7:
            raise LogError(f"the log at {self.name} is version {version}; 7 or newer is needed")

    def durable(self) -> bool:
        """Whether the server writes every append to disk before it answers; False too when it will not tell."""
        try:
            config = cast(dict[str, str], self._redis.config_get("append*"))
        except redis.RedisError:
            return False
        return config.get("appendonly") == "yes" and config.get("appendfsync") == "always"

    def append(self, records: Sequence[Record]) -> list[str]:
        """Append in order, all or none; returns the entry ids. Raises LogError when the log cannot take them."""
        pipe = self._redis.pipeline(transaction=True)
        for record in records:
            pipe.xadd(TYPES[record.type][1], cast(Any, codec.encode(record)))
        return [cast(bytes, entry_id).decode() for entry_id in self._execute(pipe)]

    @_answered
    def append_once(self, records: Sequence[Record]) -> tuple[list[str], int]:
        """Append in order what is not on the log yet by `(source, id)`; the entry ids, and how many there were already.

        A mark stands for `_ONCE_S`; what is sent again later is on the log twice, and applied once all the same.
        """
        keys = [key for record in records for key in (_once(record), TYPES[record.type][1])]
        flat = [part for record in records for pair in codec.encode(record).items() for part in pair]
        ids, again = cast("tuple[list[bytes], int]", self._append_once(keys=keys, args=[_ONCE_S, *flat]))
        return [entry_id.decode() for entry_id in ids], again

    def reject(self, letters: Sequence[DeadLetter]) -> None:
        """Put into the dead letters. Raises LogError when the log cannot take them."""
        pipe = self._redis.pipeline(transaction=True)
        for letter in letters:
            pipe.xadd(DEAD_LETTERS, cast(Any, _letter(letter)), maxlen=_KEEP_DEAD_LETTERS, approximate=True)
        self._execute(pipe)

    @_answered
    def refuse(self, entry: Entry, fault: Malformed) -> None:
        """Put an entry that is on the log but unacceptable into the dead letters; the first replica to say so wins."""
        source = entry.fields.get(b"source", b"?").decode("utf-8", "replace")
        text = {_text(name): _text(value) for name, value in entry.fields.items()}
        place, raw = f"{entry.stream} {entry.entry_id}", msgspec.json.encode(text)
        fields = _letter(DeadLetter(source, place, fault.field, fault.value, fault.reason, raw))
        flat = [part for pair in fields.items() for part in pair]
        key = f"{REFUSED}{entry.stream}:{entry.entry_id}"
        self._bury_once(keys=[key, DEAD_LETTERS], args=[_REFUSED_TTL_S, _KEEP_DEAD_LETTERS, *flat])

    @_answered
    def command(
        self, command_id: str, subject: str, read: Read, records: Sequence[Record], audit: Mapping[str, str]
    ) -> list[str]:
        """Append what a person's command comes to; given the same `command_id` again, answers as the first time.

        `subject` is the id of what the command is about, `read` the stream that says how it stands and the entry id up
        to which the picture that decided had read it (empty: whatever has been said since). Returns the entry ids.
        Raises Overtaken when a record about `subject` came in between.
        """
        stream, read_to = read
        keys = [f"{_RECEIPT}{command_id}", f"{_ACTED}{subject}", AUDIT, stream, *(TYPES[r.type][1] for r in records)]
        flat = [part for record in records for pair in codec.encode(record).items() for part in pair]
        quoted = msgspec.json.encode(subject)
        args = [read_to, _RECEIPT_TTL_S, quoted, _SAID, *flat, *(part for pair in audit.items() for part in pair)]
        receipt = self._command_once(keys=keys, args=args)
        if receipt is None:
            raise Overtaken(f"another command about {subject} came first")
        return msgspec.json.decode(receipt, type=list[str])

    @_answered
    def receipt(self, command_id: str) -> list[str] | None:
        """The entry ids of a command that has been carried out; None for one that has not."""
        receipt = cast("bytes | None", self._redis.get(f"{_RECEIPT}{command_id}"))
        return None if receipt is None else msgspec.json.decode(receipt, type=list[str])

    @_answered
    def read(self, position: Mapping[str, str], block_ms: int | None, count: int) -> list[Entry]:
        """Entries after `position` on every stream named, at most `count` a stream; waits `block_ms` for the first."""
        answer = cast(
            "list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]] | None",
            self._redis.xread(cast(Any, dict(position)), count=count, block=block_ms),
        )
        return [
            Entry(stream=name.decode(), entry_id=entry_id.decode(), fields=fields)
            for name, entries in answer or []
            for entry_id, fields in entries
        ]

    @_answered
    def between(self, stream: str, first: str, last: str, count: int) -> list[Entry]:
        """Entries of one stream with ids in [first, last], oldest first; `(id` excludes its end."""
        answer = cast("list[tuple[bytes, dict[bytes, bytes]]]", self._redis.xrange(stream, first, last, count))
        return [Entry(stream=stream, entry_id=entry_id.decode(), fields=fields) for entry_id, fields in answer]

    def runs(self, stream: str, after: str, most: int) -> Iterator[list[Entry]]:
        """All entries of a stream after an id, oldest first, in runs of about `most` bytes. Raises LogError."""
        entries: list[Entry] = []
        weight, full = 0, True
        while full:
            page = self.between(stream, f"({after}", "+", _PAGE)
            full = len(page) == _PAGE
            entries += page
            weight += sum(len(value) for entry in page for value in entry.fields.values())
            after = page[-1].entry_id if page else after
            if entries and (not full or weight > most):
                yield entries
                entries, weight = [], 0

    @_answered
    def lengths(self) -> dict[str, int]:
        """Entries held, by stream."""
        return {stream: self._redis.xlen(stream) for stream in (*STREAMS, DEAD_LETTERS)}

    @_answered
    def snapshot(self) -> bytes | None:
        """The newest saved picture."""
        return cast("bytes | None", self._redis.get(SNAPSHOT))

    @_answered
    def save_snapshot(self, blob: bytes) -> None:
        """Replace the saved picture."""
        self._redis.set(SNAPSHOT, blob)

    @_answered
    def oldest(self, stream: str) -> str:
        """Id of the oldest entry a stream still holds; "0-0" when it holds none."""
        first = cast("list[tuple[bytes, dict[bytes, bytes]]]", self._redis.xrange(stream, count=1))
        return first[0][0].decode() if first else "0-0"

    @_answered
    def trim(self, stream: str, before_id: str) -> int:
        """Drop the entries before `before_id`; returns how many. Only what snapshot and archive have may be dropped."""
        return cast(int, self._trim(keys=[stream, _TRIMMED], args=[before_id]))

    @_answered
    def trimmed(self, stream: str) -> str:
        """Id of the newest entry of a stream that has been dropped; "0-0" when none has been."""
        return (cast("bytes | None", self._redis.hget(_TRIMMED, stream)) or b"0-0").decode()

    @_answered
    def recall(self, feed: str) -> bytes | None:
        """What a feed had kept last; None where it never has."""
        return cast("bytes | None", self._redis.hget(STATES, feed))

    @_answered
    def remember(self, feed: str, state: bytes) -> None:
        """Keep what a feed must know again after a restart; replaces what it had kept before."""
        self._redis.hset(STATES, feed, cast(Any, state))

    @_answered
    def report(self, feed: str, said: bytes, devices: Mapping[str, bytes]) -> None:
        """Put down how a feed is, and what it knows of some devices; replaces what it said before."""
        self._redis.hset(REPORTS, feed, cast(Any, said))
        if devices:
            self._redis.hset(f"{DEVICES}{feed}", mapping=cast(Any, dict(devices)))

    @_answered
    def reports(self) -> dict[str, bytes]:
        """The newest report of each feed."""
        found = cast("dict[bytes, bytes]", self._redis.hgetall(REPORTS))
        return {_text(name): said for name, said in found.items()}

    @_answered
    def devices(self, feed: str) -> dict[str, bytes]:
        """What a feed has said of devices, by device."""
        found = cast("dict[bytes, bytes]", self._redis.hgetall(f"{DEVICES}{feed}"))
        return {_text(name): said for name, said in found.items()}

    @_answered
    def forget_feed(self, feed: str) -> None:
        """Drop the report of a feed that is no more, and what it said of devices."""
        self._redis.hdel(REPORTS, feed)
        self._redis.delete(f"{DEVICES}{feed}")

    @_answered
    def ask(self, call: Callable[[redis.Redis], T]) -> T:
        """What `call` finds or does on the log's server: for what stands beside the log and has a module of its own."""
        return call(self._redis)

    def close(self) -> None:
        """Give the connections back."""
        self._redis.close()

    def _execute(self, pipe: Any) -> list[Any]:
        try:
            return cast("list[Any]", pipe.execute())
        except redis.RedisError as error:
            raise LogError(f"the log at {self.name} did not take the records: {error}") from error


def _once(record: Record) -> str:
    name = "\0".join((record.source, record.id)).encode()
    return f"wall:once:{blake2b(name, digest_size=16).hexdigest()}"


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def _letter(letter: DeadLetter) -> dict[str, str | bytes]:
    return {
        "source": letter.source, "place": letter.place, "field": letter.field, "value": letter.value,
        "reason": letter.reason, "raw": letter.raw[:65_536], "time": clock.to_rfc3339(clock.now_ms()),
    }  # fmt: skip
