"""A new request of Open311 on its way to the log: who sends it, for which service, where; and what it is called.

The same request again within ten minutes is the same event, for an app that had no answer asks again. Who reports is
not kept: the log has no place for a telephone number. Addresses are not looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from hashlib import blake2b
from typing import Final
from urllib.parse import urlencode

import msgspec

from dashboard import clock, codec
from dashboard.cities import City
from dashboard.codec import Malformed
from dashboard.model import EventComment, EventReported
from dashboard.record import Record
from feeds.intake import Intake, Sender
from feeds.protocols import open311events, open311read
from feeds.protocols.open311events import Kind
from feeds.protocols.open311read import Submission

CHANNEL: Final = "open311"
_AGAIN_MS: Final = 600_000
_KEPT: Final = ("service_code", "lat", "long", "description", "media_url", "address_string", "address_id")
"""Fields that a dead letter may hold; the others are about people, or the key."""
Form = Sequence[tuple[str, str]]


class Unknown(LookupError):  # noqa: N818 - it is said of the service or request
    """Nobody knows such a service or request."""


class Desk:
    """Takes new requests; any thread may call. `known`: those of some event ids that there are already."""

    def __init__(
        self, intake: Intake, city: City, known: Callable[[Collection[str]], Collection[str]],
        now: Callable[[], int] = clock.now_ms,
    ) -> None:  # fmt: skip
        self._intake, self._known, self._now = intake, known, now
        self._kinds = {one.key: Kind(one.key, one.name.zh) for one in city.categories}
        self._bounds = city.bounds

    def report(self, key: str, form: Form) -> str:
        """The id of the event that a form reports, once it is on the log.

        Raises:
            Turned: the key is nobody's or may send no events, too much of it, or a log that cannot take it.
            Unknown: there is no such service.
            Malformed: the first field that is missing or wrong; it is among the dead letters.
        """
        sender = self._intake.sender(key)
        self._intake.allow(sender, "event.reported")
        try:
            said = open311read.submission(form)
            if said.service_code not in self._kinds:
                raise Unknown(f"service_code={said.service_code!r}: there is no such service")
            event = self._event(said, sender)
        except Malformed as fault:
            raw = urlencode([(name, value) for name, value in form if name in _KEPT]).encode()
            self._intake.refuse(sender, fault, raw)
            raise
        return self._put(said, event, sender)

    def _event(self, said: Submission, sender: Sender) -> EventReported:
        """What is reported, in WGS-84 and without an id of its own yet."""
        for name in ("address_string", "address_id"):
            if said.lat is None and getattr(said, name):
                raise Malformed(name, getattr(said, name), "cannot be put on the map: send lat and long with it")
        plain = open311events.reported(said, "?", self._kinds[said.service_code], CHANNEL)
        declared = msgspec.structs.replace(plain, crs=sender.entry.crs)
        event = codec.decode_data("event.reported", msgspec.json.encode(declared))
        assert isinstance(event, EventReported)
        (south, west), (north, east) = self._bounds
        if not (south <= event.lat <= north and west <= event.lon <= east):
            raise Malformed("lat", f"{said.lat}, {said.lon}", "and long are outside this city")
        return event

    def _put(self, said: Submission, event: EventReported, sender: Sender) -> str:
        now_ms, name = self._now(), sender.entry.name
        ids = [_id(name, said, (now_ms - ago) // _AGAIN_MS) for ago in (0, _AGAIN_MS)]
        if known := self._known(ids):
            return next(iter(known))
        event_id = ids[0]
        data = msgspec.structs.replace(event, event_id=event_id)
        records = [Record(f"{event_id}/reported", name, "event.reported", now_ms, data)]
        if said.description not in ("", event.title):  # a title has room for one line of it
            more = EventComment(event_id, said.description)
            records.append(Record(f"{event_id}/description", name, "event.comment", now_ms, more))
        self._intake.put(sender, records)
        return event_id


def _id(source: str, said: Submission, span: int) -> str:
    """The same for the same request by the same sender within a span of time."""
    told = msgspec.json.encode([source, span, said])
    return f"o-{blake2b(told, digest_size=8).hexdigest()}"
