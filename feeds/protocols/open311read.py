"""Open311 GeoReport v2 as others send it: a new request's form, and another city's answers in JSON and XML.

Lenient where real servers are and a reading is not in doubt: numbers as text and text as numbers, numbers with leading
zeros (a code is a name), commas before a bracket, a time without a zone where the zone is declared. One request that
cannot be read does not cost the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Final

import msgspec

from dashboard.codec import Malformed, instant
from feeds.protocols import xmltext
from feeds.protocols.fields import required
from feeds.protocols.open311 import Attribute, ServiceRequest, Status

MAX_REQUESTS: Final = 20_000
_MAX_FIELDS, _MAX_TEXT, _MAX_DESCRIPTION = 200, 1000, 4000
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,100})\](?:\[\])?")
_LOOSE = re.compile(
    r'(?P<kept>"(?:[^"\\]|\\.)*+(?:"|\\?\Z))|(?<![\w.+-])(?P<zeros>0\d+)(?![\w.])|(?<=[\w"\]}]),(?=\s*+[\]}])',
    re.DOTALL,
)
_PEOPLE: Final = (
    "address_string",
    "address_id",
    "email",
    "device_id",
    "account_id",
    "first_name",
    "last_name",
    "phone",
)
_STATUSES: Final[dict[str, Status]] = {"open": "open", "closed": "closed"}
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Submission:
    """A new request as it was sent; it says where by degrees (WGS-84), an address or an address's id."""

    service_code: str
    lat: float | None = None
    lon: float | None = None
    description: str = ""
    media_url: str = ""
    address_string: str = ""
    address_id: str = ""
    email: str = ""
    device_id: str = ""
    account_id: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)


def submission(form: Iterable[tuple[str, str]], asked: Sequence[Attribute] = ()) -> Submission:
    """The request in a form's fields, held to what its service asks for.

    Raises:
        Malformed: the first field that is missing or wrong.
    """
    pairs = [pair for pair, _ in zip(form, range(_MAX_FIELDS + 1), strict=False)]
    if len(pairs) > _MAX_FIELDS:
        raise Malformed("form", "", f"has more than {_MAX_FIELDS} fields")
    fields = {name: value.strip() for name, value in reversed(pairs)}
    said = {name: _short(name, fields.get(name, "")) for name in _PEOPLE}
    code = _short("service_code", fields.get("service_code", ""))
    if not code:
        raise Malformed("service_code", "", "is missing")
    lat, lon = _where(fields)
    if lat is None and not said["address_string"] and not said["address_id"]:
        raise Malformed("lat", "", "is missing: lat and long, address_string or address_id says where it is")
    return Submission(
        code, lat, lon, _short("description", fields.get("description", ""), _MAX_DESCRIPTION), _url(fields),
        attributes=_answers(pairs, asked), **said,
    )  # fmt: skip


def requests(raw: bytes, zone: tzinfo | None = None) -> tuple[list[ServiceRequest], list[Malformed]]:
    """The requests in another server's answer, JSON or XML, and what is wrong with those that could not be read.

    `zone`: where times without an offset are from, if the source declares it.

    Raises:
        Malformed: an answer that is neither, or no list of requests.
    """
    rows = _xml_rows(raw) if raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" else _json_rows(raw)
    if len(rows) > MAX_REQUESTS:
        raise Malformed("service_requests", str(len(rows)), f"are more than {MAX_REQUESTS}")
    found: list[ServiceRequest] = []
    faults: list[Malformed] = []
    for number, row in enumerate(rows):
        try:
            found.append(_request(row, f"[{number}].", zone))
        except Malformed as fault:
            faults.append(fault)
    return found, faults


def loads(raw: bytes) -> Any:
    """JSON as real servers write it: numbers with leading zeros become text, commas before a bracket are left out.

    Raises:
        Malformed: anything that is no JSON even so.
    """
    try:
        return msgspec.json.decode(raw)
    except _NOT_JSON as error:
        why = error
    try:
        return msgspec.json.decode(_LOOSE.sub(_strict, raw.decode("utf-8-sig")))
    except _NOT_JSON:
        raise Malformed("json", raw[:120].decode("utf-8", "replace"), f"is not JSON: {why}") from None


def _strict(found: re.Match[str]) -> str:
    if found["kept"] is not None:
        return found["kept"]
    return f'"{found["zeros"]}"' if found["zeros"] else ""


def _json_rows(raw: bytes) -> list[Any]:
    if len(raw) > xmltext.MAX_BYTES:
        raise Malformed("json", f"{len(raw)} bytes", f"is larger than {xmltext.MAX_BYTES} bytes")
    root = loads(raw)
    if isinstance(root, dict):
        root = next((root[name] for name in ("service_requests", "requests") if name in root), [root])
    if not isinstance(root, list):
        raise Malformed("service_requests", str(root)[:120], "is not a list of requests")
    return root


def _xml_rows(raw: bytes) -> list[Any]:
    root = xmltext.parse(raw)
    if not str(root.tag).endswith(("service_requests", "requests")):
        raise Malformed("service_requests", str(root.tag), "is not a list of requests")
    return [{str(child.tag).rpartition("}")[2]: "".join(child.itertext()) for child in row} for row in root]


def _request(row: Any, at: str, zone: tzinfo | None) -> ServiceRequest:
    if not isinstance(row, Mapping):
        raise Malformed(at.rstrip("."), str(row)[:120], "is not a request")
    status = _text(row, "status", at, least=1)
    if status.lower() not in _STATUSES:
        raise Malformed(f"{at}status", status, "is neither open nor closed")
    requested = _time(row, "requested_datetime", at, zone)
    if requested is None:
        raise Malformed(f"{at}requested_datetime", "", "is missing")
    lat, lon = (_degrees(row.get(name), f"{at}{name}", limit) for name, limit in (("lat", 90), ("long", 180)))
    texts = ("service_name", "status_notes", "description", "agency_responsible", "service_notice", "address",
             "address_id", "zipcode", "media_url")  # fmt: skip
    return ServiceRequest(
        request_id=_text(row, "service_request_id", at, least=1), status=_STATUSES[status.lower()],
        service_code=_text(row, "service_code", at, least=1), requested_ms=requested,
        updated_ms=_time(row, "updated_datetime", at, zone), expected_ms=_time(row, "expected_datetime", at, zone),
        lat=lat, lon=lon, **{name: _text(row, name, at) for name in texts},
    )  # fmt: skip


def _text(row: Mapping[str, Any], name: str, at: str, least: int = 0) -> str:
    """A text, which may come as a number; empty for null."""
    value = row.get(name)
    if value is None or (isinstance(value, str | int | float) and not isinstance(value, bool)):
        text = "" if value is None else str(value).strip()
        if len(text) >= least:
            return text
        raise Malformed(f"{at}{name}", "", "is missing")
    raise Malformed(f"{at}{name}", str(value)[:120], "is not a text")


def _time(row: Mapping[str, Any], name: str, at: str, zone: tzinfo | None) -> int | None:
    value = _text(row, name, at)
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise Malformed(f"{at}{name}", value, "is not a date and time") from None
    if moment.tzinfo is None and zone is None:
        raise Malformed(f"{at}{name}", value, "has no UTC offset: declare the zone of this source")
    try:
        return instant(
            f"{at}{name}", int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()) * 1000
        )
    except (OverflowError, ValueError) as error:
        if isinstance(error, Malformed):
            raise
        raise Malformed(f"{at}{name}", value, "is not a date and time") from None


def _degrees(value: object, name: str, limit: int) -> float | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    degrees = required(name, value)
    if not -limit <= degrees <= limit:
        raise Malformed(name, str(value), f"must be -{limit} to {limit}")
    return degrees


def _where(fields: Mapping[str, str]) -> tuple[float | None, float | None]:
    lat, lon = _degrees(fields.get("lat"), "lat", 90), _degrees(fields.get("long"), "long", 180)
    if (lat is None) != (lon is None):
        raise Malformed("lat" if lat is None else "long", "", "is missing")
    return lat, lon


def _short(name: str, value: str, limit: int = _MAX_TEXT) -> str:
    if len(value) > limit:
        raise Malformed(name, value, f"has more than {limit} characters")
    return value


def _url(fields: Mapping[str, str]) -> str:
    value = _short("media_url", fields.get("media_url", ""), 2000)
    if value and (not value.startswith(("http://", "https://")) or any(c.isspace() for c in value)):
        raise Malformed("media_url", value, "is not an http or https address")
    return value


def _answers(pairs: Iterable[tuple[str, str]], asked: Sequence[Attribute]) -> dict[str, tuple[str, ...]]:
    """The attributes, held to what is asked for."""
    given: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if found := _ATTRIBUTE.fullmatch(name):
            given[found[1]] = (*given.get(found[1], ()), _short(name, value.strip(), _MAX_DESCRIPTION))
    for attribute in asked:
        name, values = f"attribute[{attribute.code}]", [value for value in given.get(attribute.code, ()) if value]
        if attribute.required and attribute.variable and not values:
            raise Malformed(name, "", "is missing")
        keys = [key for key, _ in attribute.values]
        if wrong := [value for value in values if keys and value not in keys]:
            raise Malformed(name, wrong[0], f"is none of {', '.join(keys)}")
    return given
