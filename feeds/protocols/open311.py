"""Open311 GeoReport v2: its values, and the answers of a server in JSON and XML.

What others send is read by `open311read`; what a request is among our records is said by `open311events`. It serves no
HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

import msgspec

from dashboard.model import Step
from feeds.protocols.xmltext import render

Format = Literal["json", "xml"]
Status = Literal["open", "closed"]
Datatype = Literal["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
CLOSED: Final = frozenset({Step.evaluated, Step.merged, Step.cancelled})
"""Steps after which nobody works on a matter any more."""


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of matter that can be reported; `metadata`: it asks for attributes of its own."""

    code: str
    name: str
    description: str = ""
    metadata: bool = False
    type: Literal["realtime", "batch", "blackbox"] = "realtime"
    keywords: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something more to be said of one kind of matter; `values`: key and name of each choice of a list."""

    code: str
    datatype: Datatype = "string"
    required: bool = False
    description: str = ""
    datatype_description: str = ""
    order: int = 1
    variable: bool = True
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """A matter as Open311 tells of it: instants in UTC ms, empty text and None for what is not known."""

    request_id: str
    status: Status
    service_code: str
    requested_ms: int
    service_name: str = ""
    status_notes: str = ""
    description: str = ""
    agency_responsible: str = ""
    service_notice: str = ""
    updated_ms: int | None = None
    expected_ms: int | None = None
    address: str = ""
    address_id: str = ""
    zipcode: str = ""
    lat: float | None = None
    lon: float | None = None
    media_url: str = ""


def status_of(step: Step) -> Status:
    """What Open311 calls a matter that stands at a step."""
    return "closed" if step in CLOSED else "open"


def services(known: Iterable[Service], form: Format) -> bytes:
    """The list of services."""
    rows = [
        {
            "service_code": service.code,
            "service_name": service.name,
            "description": service.description or None,
            "metadata": service.metadata,
            "type": service.type,
            "keywords": ", ".join(service.keywords) or None,
            "group": service.group or None,
        }
        for service in known
    ]
    return _written(rows, "services", "service", form)


def definition(code: str, attributes: Sequence[Attribute], form: Format) -> bytes:
    """The definition of one service: what else it asks for."""
    asked = [_attribute(attribute) for attribute in attributes]
    return _written({"service_code": code, "attributes": asked}, "service_definition", "", form)


def requests(known: Iterable[ServiceRequest], form: Format) -> bytes:
    """Service requests: the answer to a query, and to the id of one (a list of one)."""
    return _written([_request(request) for request in known], "service_requests", "request", form)


def created(request_id: str, form: Format, notice: str = "") -> bytes:
    """The answer to a new request: its id."""
    row = {"service_request_id": request_id, "service_notice": notice or None, "account_id": None}
    return _written([row], "service_requests", "request", form)


def deferred(token: str, form: Format, notice: str = "") -> bytes:
    """The answer to a new request whose id comes later: the token to ask with."""
    row = {"token": token, "service_notice": notice or None, "account_id": None}
    return _written([row], "service_requests", "request", form)


def redeemed(request_id: str, token: str, form: Format) -> bytes:
    """The id that a token stands for."""
    return _written([{"service_request_id": request_id, "token": token}], "service_requests", "request", form)


def errors(faults: Iterable[tuple[int, str]], form: Format) -> bytes:
    """What is wrong, as codes (HTTP's, unless the server has finer ones) and sentences."""
    return _written([{"code": code, "description": why} for code, why in faults], "errors", "error", form)


def _written(content: Any, root: str, item: str, form: Format) -> bytes:
    return msgspec.json.encode(content) if form == "json" else render(root, content, item)


def _attribute(attribute: Attribute) -> dict[str, Any]:
    return {
        "variable": attribute.variable,
        "code": attribute.code,
        "datatype": attribute.datatype,
        "required": attribute.required,
        "datatype_description": attribute.datatype_description or None,
        "order": attribute.order,
        "description": attribute.description or None,
        "values": [{"key": key, "name": name} for key, name in attribute.values],
    }


def _request(request: ServiceRequest) -> dict[str, Any]:
    return {
        "service_request_id": request.request_id,
        "status": request.status,
        "status_notes": request.status_notes or None,
        "service_name": request.service_name or None,
        "service_code": request.service_code,
        "description": request.description[:4000] or None,
        "agency_responsible": request.agency_responsible or None,
        "service_notice": request.service_notice or None,
        "requested_datetime": _time(request.requested_ms),
        "updated_datetime": _time(request.updated_ms),
        "expected_datetime": _time(request.expected_ms),
        "address": request.address or None,
        "address_id": request.address_id or None,
        "zipcode": request.zipcode or None,
        "lat": request.lat,
        "long": request.lon,
        "media_url": request.media_url or None,
    }


def _time(ms: int | None) -> str | None:
    return None if ms is None else datetime.fromtimestamp(ms // 1000, UTC).isoformat().replace("+00:00", "Z")
