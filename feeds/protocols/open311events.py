"""What an Open311 request is among our records, whether sent to us or told by another city.

Ids follow from the request's own, so that what is told again says nothing new. Asks nobody; where a matter is must be
known by degrees, from the request itself or from whoever has found the address.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final, NamedTuple

from dashboard.codec import Malformed
from dashboard.model import Crs, EventComment, EventReported, EventStep, SeverityName, Step
from feeds.protocols.open311 import ServiceRequest
from feeds.protocols.open311read import Submission

UNDER_WAY: Final = (Step.accepted, Step.assigned, Step.handling)
DONE: Final = (Step.feedback, Step.evaluated)
_MAX_TITLE, _MAX_ID = 80, 128


class Kind(NamedTuple):
    """What a service code stands for here."""

    category: str
    name: str = ""
    severity: SeverityName = "normal"


class Said(NamedTuple):
    """A record to be: its id, type, instant (UTC ms) and data."""

    id: str
    type: str
    time_ms: int
    data: EventReported | EventStep | EventComment


def reported(
    form: Submission, event_id: str, kind: Kind, channel: str = "", place: tuple[float, float] | None = None
) -> EventReported:
    """The event that a new request reports; `place` (WGS-84) is where its address was found, if it gives no degrees.

    Raises:
        Malformed: nobody knows where it is.
    """
    lat, lon = (form.lat, form.lon) if form.lat is not None else place or (None, None)
    if lat is None or lon is None:
        raise Malformed("lat", "", "is missing: an address alone cannot be put on the map")
    return EventReported(
        event_id=event_id, title=_title(form.description, kind), category=kind.category, severity=kind.severity,
        lat=lat, lon=lon, channel=channel, address=form.address_string,
        media=[form.media_url] if form.media_url else [],
    )  # fmt: skip


def told(request: ServiceRequest, kind: Kind, crs: Crs, prefix: str, channel: str = "") -> list[Said]:
    """What another city's request comes to: an event, the steps it must have taken, and what is noted of it.

    A closed one that is opened again stays closed here.

    Raises:
        Malformed: a request without degrees.
    """
    if request.lat is None or request.lon is None:
        raise Malformed("lat", "", f"is missing: request {request.request_id} says nowhere where it is")
    event_id = f"{prefix}{request.request_id}"
    if len(event_id) > _MAX_ID:
        raise Malformed("service_request_id", request.request_id, f"has more than {_MAX_ID - len(prefix)} characters")
    event = EventReported(
        event_id=event_id, title=_title(request.description, kind, request.service_name), category=kind.category,
        severity=kind.severity, lat=request.lat, lon=request.lon, crs=crs, channel=channel,
        address=request.address[:4000], media=[request.media_url] if request.media_url else [], process="external",
    )  # fmt: skip
    records = [Said(f"{event_id}/reported", "event.reported", request.requested_ms, event)]
    for step in UNDER_WAY:
        agency = request.agency_responsible[:4000] if step == Step.assigned else ""
        due = request.expected_ms if step == Step.accepted else None
        data = EventStep(event_id, step, note=agency, due=due)
        records.append(Said(f"{event_id}/{step}", "event.step", request.requested_ms, data))
    return [*records, *_news(request, event_id)]


def _news(request: ServiceRequest, event_id: str) -> list[Said]:
    """What has become of it since it was reported."""
    at, note = max(request.updated_ms or 0, request.requested_ms), request.status_notes[:4000]
    if request.status == "closed":
        steps = [EventStep(event_id, step, note=note if step == Step.feedback else "") for step in DONE]
        return [Said(f"{event_id}/{data.step}", "event.step", at, data) for data in steps]
    key = blake2b(note.encode(), digest_size=6).hexdigest()
    return [Said(f"{event_id}/note-{key}", "event.comment", at, EventComment(event_id, note))] if note else []


def _title(description: str, kind: Kind, name: str = "") -> str:
    """The first line of what was said of it, or what its service is called."""
    first = description.strip().split("\n", 1)[0].strip()
    return (
        (first if len(first) <= _MAX_TITLE else f"{first[: _MAX_TITLE - 1]}…")
        or name[:500]
        or kind.name
        or kind.category
    )
