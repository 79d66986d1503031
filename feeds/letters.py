"""What can be made of a dead letter: its content as text to correct, and the record it is once that is right.

A letter of the fold is an entry of the log, one of HTTP a CloudEvent (in the structured form, however it came), one of
another Redis an entry over there. What a device sent is no record: it is for its feed to understand, and here only a
record written by hand can take its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import msgspec

from dashboard import clock, codec
from dashboard.codec import Malformed
from dashboard.model import STREAMS, TYPES
from dashboard.record import Entry, Record
from feeds import drafts, feedsfile, redisstream
from feeds.feedsfile import Http, Placed, RedisStream, Source
from feeds.letterbox import Letter, Letterbox, Outcome
from feeds.protocols import cloudevents

CUT_AT: Final = 65_536
"""So much of what was sent a letter holds."""
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class NoRecord(Malformed):
    """No record can be made of the letter, whatever is corrected: `key` says why in a word."""

    def __init__(self, key: str, value: str, reason: str) -> None:
        super().__init__("source", value, reason)
        self.key = key


class Letters:
    """Corrects, retries and discards the letters in `box`, as the file at `feeds` declares their sources."""

    def __init__(self, box: Letterbox, feeds: Path, now: Callable[[], int] = clock.now_ms) -> None:
        self.box, self._feeds, self._now = box, feeds, now

    def record(self, letter: Letter, sent: bytes | None = None) -> Record:
        """The record that the letter is, with `sent` in place of its content. Raises Malformed, NoRecord."""
        if not is_of_fold(letter):
            return _sent_anew(letter, sent, self._source(letter))
        fields = _fields(letter.raw if sent is None else sent)
        kind = fields.get(b"type", b"").decode("utf-8", "replace")
        stream = TYPES[kind][1] if kind in TYPES else letter.place.partition(" ")[0]
        return codec.decode(Entry(stream, letter.id, fields))

    def retry(self, letter: Letter, by: str, sent: bytes | None = None) -> str:
        """Append the record it is; returns its entry id. Raises Malformed, NoRecord, Settled, LogUnavailable."""
        record, now_ms = self.record(letter, sent), self._now()
        edited = {} if sent is None else {"edited": "true"}
        audit = _audit("retry_letter", letter, by, now_ms) | edited
        return self.box.settle(letter, Outcome("retried", by, now_ms), audit, record)

    def discard(self, letter: Letter, by: str, reason: str = "") -> None:
        """It will not be retried. Raises Settled, LogUnavailable."""
        now_ms = self._now()
        audit = _audit("discard_letter", letter, by, now_ms) | ({"reason": reason} if reason else {})
        self.box.settle(letter, Outcome("discarded", by, now_ms, reason=reason), audit)

    def _source(self, letter: Letter) -> Placed:
        file = feedsfile.read(self._feeds)
        found: Source | None = next((entry for entry in file.sources if entry.name == letter.source), None)
        if not isinstance(found, Placed):
            reason = f"is no source in {self._feeds} that sends records, so nobody knows the datum of its places"
            raise NoRecord("source", letter.source, reason)
        return found


def is_of_fold(letter: Letter) -> bool:
    """Whether it was on the log already when it was found to be unacceptable."""
    return letter.place.partition(" ")[0] in STREAMS


def text(letter: Letter) -> str | None:
    """Its content as text to be corrected, JSON laid out; None for bytes that are no text."""
    try:
        root: Any = msgspec.json.decode(letter.raw)
    except _NOT_JSON:
        return _plain(letter.raw)
    if isinstance(root, dict) and isinstance(root.get("data"), str):  # an entry's data is JSON within JSON
        root["data"] = _nested(root["data"])
    return msgspec.json.format(msgspec.json.encode(root), indent=2).decode()


def corrected(content: str, values: Mapping[str, str]) -> bytes:
    """A letter's content with values put in by path (`data.score`): JSON where they are JSON, else text.

    Raises:
        Malformed: content that is no JSON object, a path that leads nowhere.
    """
    root: Any = _object(content.encode())
    for path, value in values.items():
        *way, last = path.split(".")
        at: Any = root
        try:
            for name in way:
                at = at[int(name)] if isinstance(at, list) else at[name]
            at[int(last) if isinstance(at, list) else last] = _value(value)
        except (KeyError, IndexError, ValueError, TypeError):
            raise Malformed(path, value, "leads nowhere in this letter") from None
    return msgspec.json.encode(root)


def hexadecimal(raw: bytes) -> str:
    """Bytes that are no text, sixteen a line with their places."""
    return "\n".join(f"{at:06x}  {raw[at : at + 16].hex(' ')}" for at in range(0, len(raw), 16))


def told(letter: Letter) -> dict[str, Any]:
    """What a list says of a letter; instants in UTC ms."""
    names = ("id", "at_ms", "source", "place", "field", "value", "reason", "state", "outcome")
    return {name: getattr(letter, name) for name in names} | {"bytes": len(letter.raw)}


def opened(letter: Letter) -> dict[str, Any]:
    """Its content: as text to be corrected, or in hexadecimal; `cut`: there was more."""
    content = text(letter)
    shown = {"text": content} if content is not None else {"hex": hexadecimal(letter.raw)}
    return {**shown, "cut": len(letter.raw) == CUT_AT}


def _sent_anew(letter: Letter, sent: bytes | None, entry: Placed) -> Record:
    """As it would be taken if it came again, judged by the instant at which it came."""
    content = letter.raw if sent is None else sent
    if isinstance(entry, RedisStream):
        draft = redisstream.draft({name.decode(): said for name, said in _fields(content).items()}, entry.name)
    elif sent is None and not isinstance(entry, Http):
        raise NoRecord("frame", letter.place, f"sent what only the feed {entry.name} understands: put it right there")
    else:
        draft = cloudevents.structured(content)
    sources = (entry.name, *entry.also) if isinstance(entry, Http) else (entry.name,)
    accepts: Sequence[str] = entry.accepts if isinstance(entry, Http) else redisstream.ACCEPTS
    return drafts.record(draft, entry.crs, sources, accepts, letter.at_ms)


def _fields(content: bytes) -> dict[bytes, bytes]:
    """The fields of an entry: texts as they are, anything else as JSON."""
    said = _object(content)
    return {
        name.encode(): value.encode() if isinstance(value, str) else msgspec.json.encode(value)
        for name, value in said.items()
    }


def _object(content: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(content, type=dict[str, Any])
    except _NOT_JSON as fault:
        cut = f"; only its first {CUT_AT} bytes were kept" if len(content) == CUT_AT else ""
        raise Malformed(
            "content", content[:200].decode("utf-8", "replace"), f"is no JSON object: {fault}{cut}"
        ) from None


def _nested(data: str) -> Any:
    try:
        return msgspec.json.decode(data, type=dict[str, Any])
    except _NOT_JSON:
        return data


def _plain(raw: bytes) -> str | None:
    try:
        said = raw.decode()
    except UnicodeDecodeError:
        return None
    return said if all(sign.isprintable() or sign in "\r\n\t" for sign in said) else None


def _value(said: str) -> Any:
    try:
        return msgspec.json.decode(said)
    except _NOT_JSON:
        return said


def _audit(command: str, letter: Letter, by: str, now_ms: int) -> dict[str, str]:
    said = {"time": clock.to_rfc3339(now_ms), "command": command, "by": by, "id": uuid4().hex}
    return said | {"letter": letter.id, "source": letter.source}
