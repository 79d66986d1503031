"""What comes in over HTTP: who sends it, how much they may send, and what they are answered once it is on the log.

One for each web process; its limits are therefore of one process. Knows no web framework: `callbacks.ingest` hands it
tokens, headers and bodies, and passes on its answers.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final, NamedTuple

from dashboard import clock
from dashboard.codec import Malformed
from dashboard.record import Record
from dashboard.replica import LogUnavailable
from feeds import drafts, roster
from feeds.base import DeadLetter, OnceSink
from feeds.feedsfile import FeedsFile, Http
from feeds.protocols import cloudevents
from feeds.protocols.cloudevents import Draft, TooMany
from feeds.protocols.device import Sighting
from feeds.roster import Listed, RosterError
from feeds.tally import Tally
from feeds.trackers import Trackers

RETRY_S: Final = 2
Fault = tuple[int, Malformed, bytes]
"""What could not be accepted of a message: its place there, why, and the raw bytes."""


class Answer(NamedTuple):
    """What the sender is answered: a status of HTTP, a JSON object, and headers."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] = {}


class Turned(Exception):  # noqa: N818 - it is said of the sender
    """A sender turned away; `answer` says why."""

    def __init__(self, status: int, field: str, reason: str, headers: Mapping[str, str] = {}) -> None:
        super().__init__(reason)
        self.answer = Answer(status, {"error": {"field": field, "reason": reason}}, headers)


class Bucket:
    """So many a second, and so many at once; more are told how long to wait."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, burst
        self._left, self._at = float(burst), 0.0
        self._lock = Lock()

    def take(self, count: int, now_s: float) -> float:
        """Seconds until `count` may come, 0 when they may now; more than `burst` may when nothing came lately."""
        with self._lock:
            self._left = min(self._burst, self._left + (now_s - self._at) * self._rate) if self._at else self._left
            self._at = now_s
            wanted = min(count, self._burst)
            if self._left < wanted:
                return (wanted - self._left) / self._rate
            self._left -= count
            return 0.0


class Sender:
    """One source that may send: its entry in feeds.yaml, what it counts, how much it may send, whose devices it has."""

    def __init__(self, entry: Http, file: FeedsFile, tally: Tally) -> None:
        self.entry, self.tally = entry, tally
        self.bucket = Bucket(entry.rate, entry.burst)
        self.lock = Lock()
        self.trackers: Trackers | None = None
        if entry.roster:
            listed = Listed(file.path(entry.roster), roster.workers, clock.monotonic, tally.remark)
            self.trackers = Trackers(entry.name, entry.crs, listed, self.tally)


class Intake:
    """The ways in over HTTP. Any thread may call."""

    def __init__(self, file: FeedsFile, log: OnceSink, now: Callable[[], int] = clock.now_ms) -> None:
        self._log, self._now = log, now
        self._senders: dict[str, Sender] = {}
        self.tallies: dict[str, Tally] = {}
        self.reports: dict[str, bytes] = {}
        self.take(file)

    def take(self, file: FeedsFile) -> None:
        """Who may send is from now on what `file` says."""
        self.file = file
        senders: dict[str, Sender] = {}
        self.tallies = {}
        for entry in file.of(Http):
            tally = self.tallies[entry.name] = Tally("http", self._now())
            if entry.token in senders:
                other = senders[entry.token].entry.name
                tally.turn("refused", self._now(), f"token is that of {other}; each source needs one of its own")
                continue
            try:
                senders[entry.token] = Sender(entry, file, tally)
                tally.turn("running", self._now())
            except (OSError, RosterError) as fault:
                tally.turn("refused", self._now(), str(fault))
        self._senders = senders

    def sender(self, token: str) -> Sender:
        """Who has this token. Raises Turned."""
        found = self._senders.get(f"sha256:{hashlib.sha256(token.encode('utf-8', 'replace')).hexdigest()}")
        if found is None:
            why = "is missing" if not token else "is not known"
            raise Turned(401, "Authorization", f"token {why}", {"WWW-Authenticate": "Bearer"})
        return found

    def structured(self, sender: Sender, media: str, body: bytes, lenient: bool) -> Answer:
        """An event or a batch of them. Raises Turned."""
        try:
            raws = cloudevents.batch(media, body)
        except TooMany as fault:
            raise Turned(413, fault.field, str(fault)) from None
        except Malformed as fault:
            self.admit(sender, 1)
            self._bury(sender, [(0, fault, body)])
            raise Turned(400, fault.field, str(fault)) from None
        return self._take(sender, raws, cloudevents.structured, lenient)

    def binary(self, sender: Sender, headers: Mapping[str, str], media: str, body: bytes) -> Answer:
        """One event, its attributes in the headers; as a dead letter it is whole, too. Raises Turned."""

        def read(raw: bytes) -> Draft:
            return cloudevents.binary(headers, media, raw)

        return self._take(sender, [body], read, False, lambda raw: cloudevents.as_structured(headers, media, raw))

    def _take(
        self, sender: Sender, raws: Sequence[bytes], read: Callable[[bytes], Draft], lenient: bool,
        kept: Callable[[bytes], bytes] = bytes,
    ) -> Answer:  # fmt: skip
        self.admit(sender, len(raws))
        now, entry = self._now(), sender.entry
        records: list[Record] = []
        faults: list[Fault] = []
        for at, raw in enumerate(raws):
            try:
                records.append(drafts.record(read(raw), entry.crs, (entry.name, *entry.also), entry.accepts, now))
            except Malformed as fault:
                faults.append((at, fault, kept(raw)))
        self._bury(sender, faults)
        taken = records if lenient or not faults else []
        ids = self._append(sender, taken)
        return _answer(taken, ids, faults)

    def sightings(self, sender: Sender, said: Sequence[Sighting]) -> Answer:
        """What devices say of themselves. Raises Turned."""
        if sender.trackers is None:
            raise Turned(
                422,
                "roster",
                f"{sender.entry.name} has no roster in feeds.yaml, so nobody knows whose devices these are",
            )
        self.admit(sender, len(said))
        unknown = sorted({one.device for one in said if not sender.trackers.knows(one.device)})
        with sender.lock, self._reached(sender):
            sender.trackers.recall(self._log, clock.monotonic())
            records = sender.trackers.records(said, self._now())
        ids = self._append(sender, records)
        with sender.lock, self._reached(sender):
            sender.trackers.taken(records)
            sender.trackers.remember(self._log)
        if unknown:
            raise Turned(422, "id", f"device {unknown[0]!r} is in no roster; it is on the list of unknown devices")
        return _answer(records, ids, [])

    def refuse(self, sender: Sender, fault: Malformed, raw: bytes) -> Turned:
        """What could not even be taken apart goes to the dead letters; returns what the sender is told."""
        self._bury(sender, [(0, fault, raw)])
        return Turned(422, fault.field, str(fault))

    def allow(self, sender: Sender, kind: str) -> None:
        """Let a sender send something that becomes a record of type `kind`. Raises Turned."""
        if not kind.startswith(sender.entry.accepts):
            said = f"{kind} is not accepted from this source, but {', '.join(sender.entry.accepts)}"
            raise Turned(403, "accepts", said)
        self.admit(sender, 1)

    def put(self, sender: Sender, records: Sequence[Record], faults: Sequence[Fault] = ()) -> Answer:
        """Put on the log what a message of an allowed sender has been made into, and what could not be among the dead
        letters. Raises Turned.
        """
        self._bury(sender, faults)
        return _answer(records, self._append(sender, records), faults)

    def admit(self, sender: Sender, count: int) -> None:
        """Let a sender send so many things more, whether or not they can be read. Raises Turned."""
        wait = sender.bucket.take(count, clock.monotonic())
        if wait > 0:
            reason = f"more than {sender.entry.rate:g} records a second; wait {wait:.1f} s"
            raise Turned(429, "rate", reason, {"Retry-After": str(math.ceil(wait))})

    def _append(self, sender: Sender, records: Sequence[Record]) -> list[str]:
        if not records:
            return []
        with self._reached(sender):
            ids, again = self._log.append_once(records)
        sender.tally.turn("running", self._now())
        sender.tally.took([record.time_ms for record in records], self._now(), again)
        return ids

    @contextmanager
    def _reached(self, sender: Sender) -> Iterator[None]:
        """What needs the log. Raises Turned when it does not answer."""
        try:
            yield
        except LogUnavailable as fault:
            sender.tally.turn("waiting", self._now(), str(fault))
            raise Turned(503, "", str(fault), {"Retry-After": str(RETRY_S)}) from None

    def _bury(self, sender: Sender, faults: Sequence[Fault]) -> None:
        if not faults:
            return
        sender.tally.refused(len(faults))
        name = sender.entry.name
        letters = [
            DeadLetter(name, f"http {at}", fault.field, fault.value, fault.reason, raw) for at, fault, raw in faults
        ]
        with self._reached(sender):
            self._log.reject(letters)


def _answer(taken: Sequence[Record], ids: Sequence[str], faults: Sequence[Fault]) -> Answer:
    refused = [
        {"index": at, "field": fault.field, "value": fault.value, "reason": fault.reason} for at, fault, _ in faults
    ]
    body: dict[str, Any] = {
        "accepted": len(taken),
        "records": [{"id": record.id, "entry": entry} for record, entry in zip(taken, ids, strict=True)],
        "refused": refused,
    }
    if not refused or taken:
        return Answer(202, body)
    return Answer(422, {"error": refused[0], **body})
