"""CloudEvents 1.0 over HTTP: structured, batched and binary mode, as far as a record of ours can be in it.

Source: cloudevents/spec v1.0.2, JSON format and HTTP protocol binding. It finds the attributes and the data; whether
the type is one of ours and the data as declared, `dashboard.codec` says. Extension attributes are read over.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

import msgspec

from dashboard.codec import Malformed

STRUCTURED: Final = "application/cloudevents+json"
BATCHED: Final = "application/cloudevents-batch+json"
MOST: Final = 1000
"""Events in one batch."""
_JSON = re.compile(r"^application/([\w.+-]+\+)?json$", re.ASCII | re.IGNORECASE)
_NAMES: Final = ("id", "source", "type")


class TooMany(Malformed):
    """A batch with more than `MOST` events."""


class Draft(NamedTuple):
    """An event as it was sent: its attributes, `time` "" where it has none, and its data as JSON; `raw` as it came."""

    id: str
    source: str
    type: str
    time: str
    data: bytes
    raw: bytes


def is_structured(media: str) -> bool:
    """Whether a body of this media type is an event, or a batch of them."""
    return media in (STRUCTURED, BATCHED)


def batch(media: str, body: bytes) -> list[bytes]:
    """The events of a body, each still JSON. Raises Malformed when the body is no JSON, or too many."""
    try:
        if media == STRUCTURED:
            return [body]
        found = msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("body", _shown(body), f"is not a JSON array: {error}") from None
    if len(found) > MOST:
        raise TooMany("body", str(len(found)), f"has more than {MOST} events")
    return [bytes(raw) for raw in found]


def structured(raw: bytes) -> Draft:
    """The event in a JSON object. Raises Malformed for the first attribute that is missing or wrong."""
    try:
        said = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        fields: dict[str, Any] = {
            name: value if name == "data" else msgspec.json.decode(value) for name, value in said.items()
        }
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("body", _shown(raw), f"is not a JSON object: {error}") from None
    _version(fields.get("specversion"))
    identity, source, kind = [_text(name, fields.get(name)) for name in _NAMES]
    return Draft(identity, source, kind, _time(fields.get("time")), _data(fields), raw)


def binary(headers: Mapping[str, str], media: str, body: bytes) -> Draft:
    """The event whose attributes are the headers `ce-…` (names in lower case) and whose data is the body."""
    _version(headers.get("ce-specversion"), "ce-specversion")
    identity, source, kind = [_header(headers, name) for name in _NAMES]
    _media("Content-Type", media)
    return Draft(identity, source, kind, _unquoted(headers.get("ce-time", "")), body, body)


def as_structured(headers: Mapping[str, str], media: str, body: bytes) -> bytes:
    """The JSON object that says what an event in binary mode does, sound or not: nothing but its form is another.

    A body that is not what its media type promises stands there as base64, for it could not be kept otherwise.
    """
    given = {name[3:]: _unquoted(value) for name, value in headers.items() if name.startswith("ce-")}
    said: dict[str, Any] = {name: value for name, value in given.items() if name not in ("data", "data_base64")}
    return msgspec.json.encode(said | {"datacontenttype": media} | _kept(media, body))


def _kept(media: str, body: bytes) -> dict[str, Any]:
    try:
        if not _is_json(media):
            return {"data": body.decode()}
        msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {"data_base64": base64.b64encode(body).decode()}
    return {"data": msgspec.Raw(body)}


def _version(value: object, name: str = "specversion") -> None:
    if value != "1.0":
        raise Malformed(name, "" if value is None else str(value), "must be 1.0" if value else "is missing")


def _text(name: str, value: object) -> str:
    if value is None:
        raise Malformed(name, "", "is missing")
    if not isinstance(value, str):
        raise Malformed(name, str(value), "must be text")
    return value


def _time(value: object) -> str:
    return "" if value is None else _text("time", value)


def _data(fields: Mapping[str, Any]) -> bytes:
    media = fields.get("datacontenttype")
    if media is not None:
        _media("datacontenttype", _text("datacontenttype", media))
    if "data" in fields and "data_base64" in fields:
        raise Malformed("data_base64", "", "must not stand beside data")
    if "data" in fields:
        return bytes(fields["data"])
    text = _text("data", fields.get("data_base64"))
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("data_base64", text, f"is not base64: {error}") from None


def _media(name: str, value: str) -> None:
    if not _is_json(value):
        raise Malformed(name, value, "must be application/json, for records are JSON")


def _is_json(media: str) -> bool:
    return _JSON.match(media.partition(";")[0].strip()) is not None


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(f"ce-{name}")
    if value is None:
        raise Malformed(f"ce-{name}", "", "is missing")
    return _unquoted(value)


def _unquoted(value: str) -> str:
    """Header values are percent-encoded UTF-8, and may stand in quotes."""
    if len(value) > 1 and value.startswith('"') and value.endswith('"'):
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    return unquote(value)


def _shown(raw: bytes) -> str:
    return raw[:200].decode("utf-8", "replace")
