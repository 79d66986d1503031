"""A department's system told of every wanted change: a CloudEvent in each POST, signed as Standard Webhooks has it.

An event's changes go out in order, several events' at once. What the other side cannot take now is tried again for
ever; what it does not want is a dead letter. Source: standardwebhooks.com, CloudEvents 1.0 HTTP protocol binding.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from contextlib import suppress
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from threading import Event
from typing import Final

from dashboard import clock
from feeds.base import Backoff, DeadLetter, OnceSink
from feeds.feedsfile import FeedsFile, Webhook
from feeds.lanes import Again, Lanes
from feeds.outbound import Change, Follower
from feeds.posting import Answer, Poster
from feeds.protocols.cloudevents import STRUCTURED
from feeds.tally import Tally

MOST_LEFT: Final = 256
"""Changes that may wait to be tried again; with more, nothing further is read of the log."""
BACKOFF: Final = Backoff(first=1.0, cap=60.0)
_THREADS: Final = 4
_CLOSE_S: Final = 2.0
_MOST_WAIT_S: Final = 3600.0
_LATER: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_KEY: Final = "whsec_"


class WebhookFeed:
    """A feed to one address, as an entry of feeds.yaml describes it."""

    def __init__(self, entry: Webhook, file: FeedsFile, tally: Tally) -> None:
        """Raises OSError and ValueError for a secret, an address or a certificate that cannot be used."""
        self.name, self._entry, self._archive, self._tally = entry.name, entry, file.archive, tally
        self._keys = keys(file.path(entry.secret_file))
        self._poster = Poster(entry.url, file.path(entry.ca_file) if entry.ca_file else None)

    def run(self, sink: OnceSink, stop: Event) -> None:
        """Until `stop`; another side that is away is waited for. Raises LogUnavailable."""
        follower = Follower(self._entry, sink, self._archive)
        lanes: Lanes[Change] = Lanes(lambda change: self._hand(change, sink), _THREADS, BACKOFF)
        changes = follower.left
        try:
            while not stop.is_set():
                for change in changes:
                    lanes.put(change.subject, change)
                room = lanes.room(MOST_LEFT, 0.5)
                changes = follower.next(stop) if room else []
                follower.save([*lanes.left(), *changes])
                self._poster.hurry()
                trouble = lanes.trouble()
                self._tally.turn("waiting" if trouble else "running", clock.now_ms(), trouble)
        finally:
            self._poster.close()
            lanes.close(_CLOSE_S)
        follower.save([*lanes.left(), *changes], at_once=True)

    def _hand(self, change: Change, sink: OnceSink) -> Again | None:
        """One try. Raises OSError, HTTPException when there is no answer; LogUnavailable."""
        body = change.structured()
        answer = self._poster.post(body, {"Content-Type": STRUCTURED, **self._signed(change, body)})
        if 200 <= answer.status < 300:
            self._tally.took([change.record.time_ms], clock.now_ms())
        elif 400 <= answer.status < 500 and answer.status not in _LATER:
            where = self._entry.url.partition("?")[0]  # a query often holds a key
            place = f"POST {where}, {change.entry.stream} {change.entry.entry_id}"
            sink.reject([DeadLetter(self.name, place, "status", str(answer.status), answer.said(), body)])
            self._tally.refused()
        else:  # an address that has moved, too: feeds.yaml must say so
            return Again(answer.said(), _asked_to_wait_s(answer, clock.now_ms()))
        return None

    def _signed(self, change: Change, body: bytes) -> dict[str, str]:
        """Headers that prove who sends this; the id is the same whenever the same change is sent."""
        name = f"{change.record.source}\0{change.record.id}".encode()
        identity = f"msg_{hashlib.blake2b(name, digest_size=16).hexdigest()}"
        timestamp = str(clock.now_ms() // 1000)
        signature = " ".join(sign(key, identity, timestamp, body) for key in self._keys)
        return {"webhook-id": identity, "webhook-timestamp": timestamp, "webhook-signature": signature}


def sign(key: bytes, identity: str, timestamp: str, body: bytes) -> str:
    """The signature of a message, version 1."""
    digest = hmac.new(key, b".".join((identity.encode(), timestamp.encode(), body)), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def keys(path: Path) -> Sequence[bytes]:
    """The keys of a file, one a line: a new one beside the old while the other side changes over.

    Raises OSError; ValueError when one is not as Standard Webhooks has it.
    """
    found = [_key(path, line.strip()) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    if not found:
        raise ValueError(f"{path} has no key: {_HOW}")
    return found


_HOW: Final = f"each line must be {_KEY} and then 24 to 64 random bytes in base64, as `openssl rand -base64 32` makes"


def _key(path: Path, line: str) -> bytes:
    key = b""
    if line.startswith(_KEY):
        with suppress(binascii.Error, ValueError):
            key = base64.b64decode(line.removeprefix(_KEY), validate=True)
    if not 24 <= len(key) <= 64:
        raise ValueError(f"{path}: {_HOW}")
    return key


def _asked_to_wait_s(answer: Answer, now_ms: int) -> float:
    """What `Retry-After` asks of us: seconds, or an instant; an hour at most."""
    return max(0.0, min(_MOST_WAIT_S, _seconds(answer.headers, now_ms)))


def _seconds(headers: Mapping[str, str], now_ms: int) -> float:
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return parsedate_to_datetime(text).timestamp() - now_ms / 1000
    except (ValueError, OverflowError):
        return 0.0
