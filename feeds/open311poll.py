"""Another city's Open311 endpoint: asked again and again for what has changed, each change appended once.

It is asked by the time of the last update; a server that does not know that is asked by the time of reporting, and
again for the requests that were open. A window of time that takes several pages is asked until nothing new comes, for
rows move from page to page meanwhile. Trouble ends the feed, for its supervisor to start it again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import blake2b
from http import HTTPStatus
from threading import Event
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from dashboard import clock, codec
from dashboard.cities import load_city
from dashboard.clock import DAY_MS, HOUR_MS
from dashboard.codec import Malformed
from dashboard.record import Record
from dashboard.replica import LogUnavailable
from feeds.base import DeadLetter, OnceSink
from feeds.delivery import deliver
from feeds.feedsfile import FeedsFile, Open311
from feeds.getting import Getter, Later, Refused
from feeds.open311memory import FAULT, Memory
from feeds.protocols import open311read, xmltext
from feeds.protocols.open311 import ServiceRequest
from feeds.protocols.open311events import Kind, told
from feeds.tally import Tally

BEGIN_MS: Final = 7 * DAY_MS
"""How far back a feed of a new name begins."""
WINDOW_MS: Final = DAY_MS
OVERLAP_MS: Final = HOUR_MS
"""What is asked for again, for rows that come late over there."""
SLACK_MS: Final = DAY_MS
"""A server that answers with what is so much older than asked for has not understood the question."""
PAGE: Final = 50
MOST_PAGES: Final = 400
PAUSE_S: Final = 0.5
"""Between two pages."""
LEAST_WAIT_S: Final = 1.0
CHANNEL: Final = "open311"
OTHER: Final = "other"


_PLACE: Final = re.compile(r"\[(\d+)\]\.?")


class Row(NamedTuple):
    """A row of an answer: what it is about, the records it comes to (by what they say) or why to none, and its bytes
    in that case."""

    subject: str
    outcome: dict[str, Record] | Malformed
    raw: bytes


class NotUnderstood(Exception):  # noqa: N818 - it is said of the question
    """The server does not know the time of updates as a question."""


class Stopped(Exception):  # noqa: N818 - it is said of the feed
    """The feed is to end; what is under way is left for the next start."""


class Site:
    """One endpoint as an entry of feeds.yaml describes it: asked, and understood."""

    def __init__(self, entry: Open311, file: FeedsFile) -> None:
        """Raises OSError and ValueError for a key, an address, a zone or a category that cannot be used."""
        self._entry = entry
        self._getter = Getter(entry.url, "application/json, text/xml;q=0.5", xmltext.MAX_BYTES)
        self._key = {"api_key": file.path(entry.key_file).read_text().strip()} if entry.key_file else {}
        self._zone = _zone(entry.zone)
        self._other = _other(entry, file.city)

    def ask(self, query: Mapping[str, str]) -> bytes:
        """The answer to a question for requests. Raises what `Getter.get` raises."""
        return self._getter.get("/requests.json", {**query, **self._key})

    def understood(self, raw: bytes) -> tuple[list[ServiceRequest], list[Row]]:
        """The requests in an answer, and every row of it with the records it comes to, or why it comes to none.

        Raises Malformed for an answer that is no list of requests.
        """
        requests, faults = open311read.requests(raw, self._zone)
        rows = [_unreadable(raw, fault) for fault in faults]
        return requests, [*rows, *map(self._row, requests)]

    def _row(self, request: ServiceRequest) -> Row:
        try:
            return Row(request.request_id, self._records(request), b"")
        except Malformed as fault:
            row = msgspec.json.encode(request)
            return Row(_subject(row), fault, row)

    def _records(self, request: ServiceRequest) -> dict[str, Record]:
        code = request.service_code
        if not (category := self._entry.services.get(code, self._other)):
            why = "is not among services in feeds.yaml, and the city has no category called other"
            raise Malformed("service_code", code, why)
        kind, name = Kind(category, request.service_name), self._entry.name
        found = {}
        for said in told(request, kind, self._entry.crs, f"{name}-", CHANNEL):
            data = codec.decode_data(said.type, msgspec.json.encode(said.data))
            found[said.id.rpartition("/")[2]] = Record(said.id, name, said.type, said.time_ms, data)
        return found


class Open311Feed:
    """A feed from one endpoint."""

    def __init__(self, entry: Open311, file: FeedsFile, tally: Tally) -> None:
        """Raises OSError and ValueError for what of the entry cannot be used."""
        self.name, self._every_s, self.tally = entry.name, entry.every_s, tally
        self.site = Site(entry, file)
        self._asked = 0

    def run(self, sink: OnceSink, stop: Event) -> None:
        """Until `stop`. Raises what ends a poll: OSError, HTTPException, Malformed, LogUnavailable."""
        memory = Memory(sink, self.name, clock.now_ms() - BEGIN_MS)
        poll = _Poll(self, memory, sink, stop)
        try:
            while not stop.is_set():
                self._poll(poll)
                stop.wait(self._every_s)
        except Stopped:
            return
        finally:
            with suppress(LogUnavailable):
                memory.save()  # or what this poll has said would be said again

    def ask(self, query: Mapping[str, str], stop: Event) -> bytes:
        """The answer to a question, however long the other side asks us to wait. Raises Stopped, Refused, and what
        ends a poll."""
        while True:
            try:
                answer = self.site.ask(query)
            except Later as fault:
                self.tally.turn("waiting", clock.now_ms(), str(fault))
                if stop.wait(max(LEAST_WAIT_S, fault.wait_s)):
                    raise Stopped from None
            else:
                self.tally.turn("running", clock.now_ms())
                return answer

    def _poll(self, poll: _Poll) -> None:
        """Everything up to now, a window at a time."""
        memory, now_ms = poll.memory, clock.now_ms()
        while memory.position.at_ms < now_ms:
            until = min(now_ms, memory.position.at_ms + WINDOW_MS)
            try:
                poll.window(memory.position.at_ms - OVERLAP_MS, until)
            except NotUnderstood:
                memory.position.by_update = False
                continue
            memory.position.at_ms = until
            memory.save()
        if not memory.position.by_update:
            poll.again(self._next_open(memory))
            memory.save()

    def _next_open(self, memory: Memory) -> list[str]:
        """Some of the requests that are open, others each time."""
        known = memory.open()
        first = 0 if self._asked >= len(known) else self._asked
        self._asked = first + PAGE
        return known[first : self._asked]


class _Poll:
    """What is asked in one poll, and what becomes of the answers."""

    def __init__(self, feed: Open311Feed, memory: Memory, sink: OnceSink, stop: Event) -> None:
        self.memory = memory
        self._feed, self._sink, self._stop = feed, sink, stop

    def window(self, since: int, until: int) -> None:
        """What has changed between two instants (UTC ms). Raises NotUnderstood."""
        names = ("updated_after", "updated_before") if self.memory.position.by_update else ("start_date", "end_date")
        query = dict(zip(names, map(_written, (since, until)), strict=True)) | {"page_size": str(PAGE)}
        seen: set[str] = set()
        while True:
            found, pages = self._round(query, since)
            if pages <= 1 or found <= seen:
                return
            seen |= found

    def again(self, ids: list[str]) -> None:
        """Ask for requests by their ids; a server that knows none of them says so by 404."""
        if not ids:
            return
        try:
            raw = self._feed.ask({"service_request_id": ",".join(ids)}, self._stop)
        except Refused as fault:
            if fault.status != HTTPStatus.NOT_FOUND:
                raise
        else:
            self._take(raw, 0)

    def _round(self, query: dict[str, str], since: int) -> tuple[set[str], int]:
        """Page by page, until one brings nothing that the others had not; what they had, and how many there were."""
        found: set[str] = set()
        for page in range(1, MOST_PAGES + 1):
            if self._stop.wait(PAUSE_S if page > 1 else 0):
                raise Stopped
            subjects = self._take(self._page({**query, "page": str(page)}), since)
            if subjects <= found:
                return found, page - 1
            found |= subjects
        raise Malformed("page", str(MOST_PAGES), f"is not the last for {query}")

    def _page(self, query: dict[str, str]) -> bytes:
        try:
            return self._feed.ask(query, self._stop)
        except Refused as fault:
            if fault.status == HTTPStatus.BAD_REQUEST and self.memory.position.by_update:
                raise NotUnderstood from None
            raise

    def _take(self, raw: bytes, since: int) -> set[str]:
        """Say what is new in an answer; returns what it is about. Raises NotUnderstood."""
        requests, rows = self._feed.site.understood(raw)
        if self.memory.position.by_update and any(_changed(one) < since - SLACK_MS for one in requests):
            raise NotUnderstood
        records: list[Record] = []
        letters: list[DeadLetter] = []
        said: list[tuple[str, list[str]]] = []
        for row in rows:
            if isinstance(row.outcome, Malformed):
                new = self.memory.new(row.subject, ["refused"])
                letters += [self._letter(row.outcome, row.raw)] if new else []
            else:
                new = self.memory.new(row.subject, row.outcome)
                records += [row.outcome[key] for key in new]
            said += [(row.subject, new)] if new else []
        if (records or letters) and not deliver(self._sink, records, letters, self._feed.tally, self._stop):
            raise Stopped
        for subject, new in said:
            self.memory.said(subject, new)
        return {row.subject for row in rows}

    def _letter(self, fault: Malformed, raw: bytes) -> DeadLetter:
        return DeadLetter(self._feed.name, "open311 requests", fault.field, fault.value, fault.reason, raw)


def _changed(request: ServiceRequest) -> int:
    return max(request.requested_ms, request.updated_ms or 0)


def _written(ms: int) -> str:
    """An instant as every server reads it: whole seconds."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _unreadable(raw: bytes, fault: Malformed) -> Row:
    """A row that could not be read, known again by what it holds, else by what is wrong with it."""
    place = _PLACE.match(fault.field)
    try:
        row = msgspec.json.encode(open311read.loads(raw)[int(place[1])]) if place else raw
    except (Malformed, LookupError, TypeError):  # XML, or a list inside an object
        return Row(_subject(f"{_PLACE.sub('', fault.field)} {fault.value} {fault.reason}".encode()), fault, raw)
    return Row(_subject(row), fault, row)


def _subject(row: bytes) -> str:
    return f"{FAULT}{blake2b(row, digest_size=8).hexdigest()}"


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"zone={name!r}: is no time zone, such as Asia/Shanghai") from None


def _other(entry: Open311, city: str) -> str:
    """The category of services that the entry does not name; empty where there is none. Raises ValueError for one that
    it names and the city does not have."""
    if not city:
        return ""
    known = load_city(city).category_names.keys()
    if strange := set(entry.services.values()) - known:
        raise ValueError(
            f"services: {min(strange)!r} is no category of this city; there are: {', '.join(sorted(known))}"
        )
    return OTHER if OTHER in known else ""
