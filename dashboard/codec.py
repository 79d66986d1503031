"""Between the log's raw fields and typed records; both directions, and the reasons for refusal.

A stream entry carries the CloudEvents attributes ``id source type time data`` as fields. This module says what is wrong
with an entry (`Malformed`: field, value, reason); it never decides what happens to it next.
"""

from __future__ import annotations

import re

import msgspec

from dashboard import clock, geodesy
from dashboard.arearecords import AreaPut, Circle, MultiPolygon, Polygon
from dashboard.model import (
    TYPES,
    AlarmRaised,
    Data,
    EventReported,
    WorkerDuties,
    WorkerFix,
    WorkerFixes,
    WorkerProfiles,
)
from dashboard.record import Entry, Record

_ATTRIBUTES = (b"id", b"source", b"type", b"time", b"data")
_MAX_ATTRIBUTE = 512
_DECODERS = {name: msgspec.json.Decoder(data_type) for name, (data_type, _) in TYPES.items()}
_ENCODER = msgspec.json.Encoder()
_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_MISSING = re.compile(r"required field `(?P<name>[^`]+)`")
_LOCATED = (EventReported, WorkerFix, WorkerFixes, AlarmRaised, AreaPut)
_BATCHES = (WorkerFixes, WorkerDuties, WorkerProfiles)
_YEAR_2200 = 7_258_118_400_000
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Malformed(ValueError):  # noqa: N818 - it is said of the record, not of the program
    """A record that cannot be accepted: which field, what it held, and why not."""

    def __init__(self, field: str, value: str, reason: str) -> None:
        super().__init__(f"{field}={value[:120]!r}: {reason}")
        self.field, self.value, self.reason = field, value[:500], reason


def encode(record: Record) -> dict[str, bytes]:
    """The stream fields of a record."""
    return {
        "id": record.id.encode(),
        "source": record.source.encode(),
        "type": record.type.encode(),
        "time": clock.to_rfc3339(record.time_ms).encode(),
        "data": _ENCODER.encode(record.data),
    }


def decode(entry: Entry) -> Record:
    """The record in a stream entry, coordinates converted to WGS-84.

    Raises:
        Malformed: naming the first field that is missing or wrong.
    """
    attributes = [_attribute(entry, name) for name in _ATTRIBUTES[:4]]
    identity, source, kind, time_text = attributes
    time_ms = instant("time", time_text)
    data = decode_data(kind, _present(entry, b"data"))
    if TYPES[kind][1] != entry.stream:
        raise Malformed("type", kind, f"belongs on {TYPES[kind][1]}, was found on {entry.stream}")
    return Record(id=identity, source=source, type=kind, time_ms=time_ms, data=data)


def decode_data(kind: str, raw: bytes) -> Data:
    """The typed data of a record type, from JSON.

    Raises:
        Malformed: unknown type, invalid JSON, the first field that fails its declaration in `model`, or a batch whose
            columns differ in length.
    """
    decoder = _DECODERS.get(kind)
    if decoder is None:
        raise Malformed("type", kind, "is not a known record type")
    try:
        data = decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise _explain(error, raw) from None
    except _NOT_JSON as error:
        raise Malformed("data", raw[:200].decode("utf-8", "replace"), f"is not JSON: {error}") from None
    if isinstance(data, _BATCHES):
        _same_length(data)
    return _placed(data)


def attribute(name: str, text: str) -> str:
    """`text` as an attribute of a record. Raises Malformed when it is empty or too long."""
    if not text or len(text) > _MAX_ATTRIBUTE:
        raise Malformed(name, text, f"must have 1 to {_MAX_ATTRIBUTE} characters")
    return text


def instant(field: str, value: str | int) -> int:
    """UTC milliseconds of a `When`.

    Raises:
        Malformed: text that is not RFC 3339 with an offset, or an instant outside the years 1970–2200.
    """
    try:
        ms = value if isinstance(value, int) else clock.from_rfc3339(value)
    except ValueError as error:
        raise Malformed(field, str(value), f"is not an RFC 3339 instant: {error}") from None
    if not 0 <= ms < _YEAR_2200:
        raise Malformed(field, str(value), "is not in the years 1970 to 2200 (numbers are Unix milliseconds)")
    return ms


def _present(entry: Entry, name: bytes) -> bytes:
    raw = entry.fields.get(name)
    if raw is None:
        raise Malformed(name.decode(), "", "is missing")
    return raw


def _attribute(entry: Entry, name: bytes) -> str:
    raw = _present(entry, name)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise Malformed(name.decode(), repr(raw), "is not UTF-8") from None
    return attribute(name.decode(), text)


def _explain(error: msgspec.ValidationError, raw: bytes) -> Malformed:
    message = str(error)
    at = _PATH.search(message)
    path = at["path"] if at else ""
    reason = message[: at.start()] if at else message
    if missing := _MISSING.search(message):
        path = f"{path}.{missing['name']}" if path else missing["name"]
        return Malformed(f"data.{path}", "", "is missing")
    return Malformed(f"data.{path}" if path else "data", _value_at(raw, path), reason)


def _value_at(raw: bytes, path: str) -> str:
    try:
        value: object = msgspec.json.decode(raw)
    except _NOT_JSON:  # the decoder found a wrong field before it came to where the JSON breaks off
        return ""
    for key in re.findall(r"[^.\[\]]+", path):
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]  # type: ignore[index]  # any shape: bad input
        except (KeyError, IndexError, ValueError, TypeError):
            return ""
    return _ENCODER.encode(value).decode()


def _same_length(batch: WorkerFixes | WorkerDuties | WorkerProfiles) -> None:
    columns = {name: getattr(batch, name) for name in batch.__struct_fields__ if name != "crs"}
    lengths = {name: len(column) for name, column in columns.items() if column is not None}
    if len(set(lengths.values())) > 1:
        raise Malformed("data", str(lengths), "columns must have the same length")


def _placed(data: Data) -> Data:
    """`data` in WGS-84: the one place where a datum is converted on its way into the picture."""
    if not isinstance(data, _LOCATED) or data.crs in geodesy.SAME_AS_WGS84:
        return data
    if isinstance(data, WorkerFixes):
        pairs = [geodesy.to_wgs84(lat, lon, data.crs) for lat, lon in zip(data.lat, data.lon, strict=True)]
        lats, lons = [lat for lat, _ in pairs], [lon for _, lon in pairs]
        return msgspec.structs.replace(data, lat=lats, lon=lons, crs="wgs84")
    if isinstance(data, AreaPut):
        return msgspec.structs.replace(data, geometry=_shape(data), crs="wgs84")
    lat, lon = geodesy.to_wgs84(data.lat, data.lon, data.crs)
    return msgspec.structs.replace(data, lat=lat, lon=lon, crs="wgs84")


def _shape(area: AreaPut) -> Polygon | MultiPolygon | Circle:
    shape = area.geometry
    if isinstance(shape, Circle):
        lat, lon = geodesy.to_wgs84(shape.lat, shape.lon, area.crs)
        return msgspec.structs.replace(shape, lat=lat, lon=lon)
    try:
        coordinates = geodesy.shape_to_wgs84(shape.coordinates, area.crs)
    except ValueError as fault:
        reason = "is not a longitude and a latitude in degrees"
        raise Malformed("data.geometry.coordinates", str(fault), reason) from None
    return msgspec.structs.replace(shape, coordinates=coordinates)
