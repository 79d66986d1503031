"""Between raw fields and typed records: the outside contract, and what is said of everything else."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import clock, codec
from dashboard.codec import Malformed
from dashboard.model import TYPES, EventReported, WorkerFix, WorkerFixes
from dashboard.record import Entry, Record
from tests.support import T0, entry, fix, reported

PLACE: dict[str, Any] = {"lat": 31.78, "lon": 119.95}
REQUIRED: dict[str, dict[str, Any]] = {
    "event.reported": {"event_id": "e", "title": "t", "category": "c", "severity": "normal", **PLACE},
    "event.step": {"event_id": "e", "step": "accepted"},
    "event.rated": {"event_id": "e", "score": 5},
    "event.undone": {"event_id": "e", "step": "accepted"},
    "event.whistle": {"event_id": "e", "level": "urgent", "departments": ["fire"], "report_within_h": 2},
    "event.checkin": {"event_id": "e", "department": "fire"},
    "event.comment": {"event_id": "e", "text": "t"},
    "event.routed": {"event_id": "e", "seat": "03席"},
    "event.escalated": {"event_id": "e", "to": "chief", "why": "step", "step": "accepted"},
    "events.imported": {"name": "past", "count": 1, "digest": "00000000000000ff", "start": 1, "end": 2},
    "worker.profile": {"worker_id": "w", "name": "n", "role": "full_time", "region": "320402"},
    "worker.duty": {"worker_id": "w", "status": "available"},
    "worker.fix": {"worker_id": "w", **PLACE, "fix_time": "2026-03-12T14:32:08+08:00"},
    "alarm.raised": {"alarm_id": "a", "device_id": "d", "kind": "smoke", "severity": "urgent", **PLACE},
    "alarm.cleared": {"alarm_id": "a"},
    "alarm.acked": {"alarm_id": "a", "by": "u"},
    "alarm.shelved": {"alarm_id": "a", "by": "u", "until": "2026-03-12T15:00:00Z", "reason": "works"},
    "alarm.unshelved": {"alarm_id": "a", "by": "u"},
    "alarm.serviced": {"device_id": "d", "by": "u", "state": "out"},
    "alarm.linked": {"alarm_id": "a", "event_id": "e", "by": "u"},
    "reading": {"kpi": "safety", "region": "3204", "value": 98.1, "as_of": "2026-03-01T00:00:00+08:00"},
    "wall.scene": {"wall": "hall", "scene": "flood"},
    "wall.focus": {"wall": "hall", "kind": "event", "id": "e"},
    "wall.pinned": {"wall": "hall", "query": "panel=trend", "title": "t", "by": "u"},
    "wall.unpinned": {"wall": "hall", "slot": 0, "by": "u"},
    "worker.fixes": {"worker_id": ["w"], "lat": [31.78], "lon": [119.95], "fix_time": [T0]},
    "worker.profiles": {"worker_id": ["w"], "name": ["n"], "role": ["volunteer"], "region": ["3204"]},
    "worker.duties": {"worker_id": ["w"], "status": ["on_scene"]},
    "shift.handed": {"handover_id": "h", "shift": "s", "start": 0, "end": T0, "by": "u"},
    "shift.taken": {"handover_id": "h", "by": "v"},
    "wall.tape": {"tape": "t", "state": "playing", "tape_start": 0, "wall_start": T0},
    "area.put": {
        "area_id": "a",
        "kind": "fence",
        "name": "n",
        "by": "u",
        "geometry": {"type": "Circle", "lat": 31.78, "lon": 119.95, "radius_m": 50.0},
    },
    "area.removed": {"area_id": "a", "by": "u"},
}
"""For each type the data the contract requires, and no more."""

OPTIONAL: dict[str, dict[str, Any]] = {
    "event.reported": {
        "crs": "gcj02", "region": "320402001", "channel": "iot", "address": "和平路", "media": ["a.jpg"],
        "whistle": {"level": "urgent", "departments": ["fire"], "report_within_h": 2},
        "process": "suzhou",
    },
    "event.step": {
        "department": "d", "worker_id": "w", "note": "n", "due": "2026-03-13T00:00:00Z", "by": "03席", "role": "seat",
        "into": "f", "until": 1,
    },
    "event.comment": {"by": "03席"},
    "event.rated": {"comment": "好"},
    "worker.profile": {"phone": "1"},
    "worker.fix": {"accuracy_m": 5, "speed_mps": 1.2, "heading": 90, "battery": 55.5, "crs": "bd09"},
    "alarm.raised": {"event_id": "e", "crs": "cgcs2000"},
}  # fmt: skip
MISSING = [(kind, name) for kind, data in REQUIRED.items() for name in data]


def fault(found: Entry) -> Malformed:
    """What is said of an entry that must be refused."""
    with pytest.raises(Malformed) as caught:
        codec.decode(found)
    return caught.value


def test_the_table_has_every_type() -> None:
    assert REQUIRED.keys() == TYPES.keys()


@pytest.mark.parametrize("kind", TYPES)
def test_the_required_fields_are_enough(kind: str) -> None:
    record = codec.decode(entry(kind, REQUIRED[kind]))
    assert isinstance(record.data, TYPES[kind][0])
    assert (record.source, record.type, record.time_ms) == ("test", kind, T0)
    assert REQUIRED[kind].items() <= msgspec.to_builtins(record.data).items()


@pytest.mark.parametrize("kind", OPTIONAL)
def test_the_optional_fields_are_taken(kind: str) -> None:
    data = codec.decode(entry(kind, REQUIRED[kind] | OPTIONAL[kind])).data
    plain = {k: v for k, v in OPTIONAL[kind].items() if k not in ("crs", "whistle")}
    assert {name: getattr(data, name) for name in plain} == plain


def test_a_whistle_is_typed() -> None:
    data = codec.decode(entry("event.reported", REQUIRED["event.reported"] | OPTIONAL["event.reported"])).data
    assert isinstance(data, EventReported)
    assert data.whistle is not None
    assert (data.whistle.departments, data.whistle.report_within_h) == (["fire"], 2.0)


@pytest.mark.parametrize(("kind", "name"), MISSING)
def test_a_missing_field_is_named(kind: str, name: str) -> None:
    found = fault(entry(kind, {k: v for k, v in REQUIRED[kind].items() if k != name}))
    assert (found.field, found.reason) == (f"data.{name}", "is missing")


@pytest.mark.parametrize(
    ("kind", "change", "field", "value"),
    [
        ("event.reported", {"severity": "bad"}, "data.severity", '"bad"'),
        ("event.reported", {"lat": 91}, "data.lat", "91"),
        ("event.reported", {"lon": -180.5}, "data.lon", "-180.5"),
        ("event.reported", {"lat": "31.78"}, "data.lat", '"31.78"'),
        ("event.reported", {"event_id": ""}, "data.event_id", '""'),
        ("event.reported", {"crs": "utm"}, "data.crs", '"utm"'),
        ("event.reported", {"title": "井" * 501}, "data.title", None),
        ("event.reported", {"whistle": {"level": "normal"}}, "data.whistle.departments", ""),
        ("event.step", {"step": "flying"}, "data.step", '"flying"'),
        ("event.rated", {"score": 0}, "data.score", "0"),
        ("event.rated", {"score": 4.5}, "data.score", "4.5"),
        ("worker.profile", {"role": "boss"}, "data.role", '"boss"'),
        ("worker.duty", {"status": "asleep"}, "data.status", '"asleep"'),
        ("worker.fix", {"accuracy_m": -1}, "data.accuracy_m", "-1"),
        ("worker.fixes", {"lon": [200.0]}, "data.lon[0]", "200.0"),
        ("wall.tape", {"speed": 0}, "data.speed", "0"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_with_its_value(
    kind: str, change: dict[str, Any], field: str, value: str | None
) -> None:
    found = fault(entry(kind, REQUIRED[kind] | change))
    assert found.field == field
    assert value is None or found.value == value
    assert found.reason
    assert str(found).startswith(f"{field}=")


@pytest.mark.parametrize("name", ["id", "source", "type", "time", "data"])
def test_a_missing_attribute_is_named(name: str) -> None:
    whole = entry("event.reported", reported())
    fields = {k: v for k, v in whole.fields.items() if k != name.encode()}
    found = fault(Entry(whole.stream, whole.entry_id, fields))
    assert (found.field, found.reason) == (name, "is missing")


@pytest.mark.parametrize("value", ["", "x" * 513])
def test_an_attribute_has_a_length(value: str) -> None:
    assert fault(entry("event.reported", reported(), id=value)).field == "id"


def test_an_attribute_is_utf8() -> None:
    whole = entry("event.reported", reported())
    found = fault(Entry(whole.stream, whole.entry_id, whole.fields | {b"source": b"\xb3\xa3"}))
    assert (found.field, found.reason) == ("source", "is not UTF-8")


def test_an_unknown_type_is_named() -> None:
    found = fault(entry("event.reported", reported(), type="event.exploded"))
    assert (found.field, found.value) == ("type", "event.exploded")


def test_a_record_on_the_wrong_stream_is_refused() -> None:
    found = fault(entry("worker.fix", fix(), stream="wall:events"))
    assert found.field == "type"
    assert "wall:positions" in found.reason


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2026-03-12T06:32:08Z", T0),
        ("2026-03-12T14:32:08+08:00", T0),
        ("2026-03-12T14:32:08.250+08:00", T0 + 250),
        (T0, T0),
        (0, 0),
    ],
)
def test_instants(text: str | int, ms: int) -> None:
    assert codec.instant("time", text) == ms


@pytest.mark.parametrize(
    "text",
    ["2026-03-12T14:32:08", "yesterday", "", "1969-12-31T23:59:59.999Z", "2200-01-01T00:00:00Z", -1, 7_258_118_400_000],
)
def test_no_instants(text: str | int) -> None:
    with pytest.raises(Malformed) as caught:
        codec.instant("data.due", text)
    assert (caught.value.field, caught.value.value) == ("data.due", str(text))


def test_the_time_attribute_needs_an_offset() -> None:
    found = fault(entry("event.reported", reported(), time="2026-03-12T14:32:08"))
    assert found.field == "time"
    assert "offset" in found.reason


@pytest.mark.parametrize("coordinates", [[[[1e277, 2e16], [1, 1], [2, 2]]], [[[181, 0], [1, 1], [2, 2]]]])
def test_an_outline_in_a_foreign_datum_that_lies_nowhere_is_refused_like_any_other(coordinates: Any) -> None:
    area = REQUIRED["area.put"] | {"geometry": {"type": "Polygon", "coordinates": coordinates}, "crs": "gcj02"}
    with pytest.raises(Malformed, match="is not a longitude"):
        codec.decode(entry("area.put", area))


def test_an_outline_without_places_is_for_those_to_refuse_who_check_outlines() -> None:
    area = REQUIRED["area.put"] | {"geometry": {"type": "MultiPolygon", "coordinates": [[], [[]]]}, "crs": "bd09"}
    data: Any = codec.decode(entry("area.put", area)).data
    assert data.geometry.coordinates == [[], [[]]]


@pytest.mark.parametrize("kind", ["event.reported", "worker.fix", "alarm.raised"])
@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
def test_a_foreign_datum_is_converted_once_at_the_edge(kind: str, crs: str) -> None:
    data: Any = codec.decode(entry(kind, REQUIRED[kind] | {"lat": 39.915, "lon": 116.404, "crs": crs})).data
    expected = {"gcj02": (39.913596, 116.397756), "bd09": (39.907250, 116.391377)}[crs]
    assert (data.lat, data.lon) == pytest.approx(expected, abs=1e-4)
    assert data.crs == "wgs84"


def test_a_batch_is_converted_like_single_fixes() -> None:
    at = [(31.78, 119.95), (31.5, 119.5)]
    batch = {"worker_id": ["a", "b"], "lat": [p[0] for p in at], "lon": [p[1] for p in at], "fix_time": [T0, T0]}
    many = codec.decode(entry("worker.fixes", batch | {"crs": "gcj02"})).data
    one = [codec.decode(entry("worker.fix", fix("a", T0, *place) | {"crs": "gcj02"})).data for place in at]
    assert isinstance(many, WorkerFixes)
    assert list(zip(many.lat, many.lon, strict=True)) == [(f.lat, f.lon) for f in one if isinstance(f, WorkerFix)]


@pytest.mark.parametrize("crs", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("name", ["worker_id", "lat", "lon", "fix_time"])
def test_columns_of_different_length_are_refused_in_any_datum(crs: str, name: str) -> None:
    data = REQUIRED["worker.fixes"] | {"crs": crs}
    found = fault(entry("worker.fixes", data | {name: data[name] * 2}))
    assert found.field == "data"
    assert f"'{name}': 2" in found.value


HOSTILE = [
    "",
    "null",
    "[]",
    "7",
    '"text"',
    "{",
    "{}x",
    '{"event_id": 5, garbage',
    '{"event_id": 1e999}',
    '{"lat": NaN}',
    '{"x":' + "[" * 100_000,
    '{"event_id":' + "[" * 100_000,
    '{"event_id": "\\ud800"}',
    '{"event_id": ' + "9" * 5000 + "}",
    json.dumps(reported(lat=1e999)),
    '{"whistle": {"departments": [{"a": 1}]}}',
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:20])
def test_whatever_the_data_is_it_is_refused_not_crashed_on(text: str) -> None:
    assert fault(entry("event.reported", text)).field.startswith("data")


@given(st.sampled_from(sorted(TYPES)), st.binary(max_size=60))
def test_bytes_that_are_no_data(kind: str, raw: bytes) -> None:
    whole = entry(kind, "{}")
    assert fault(Entry(whole.stream, whole.entry_id, whole.fields | {b"data": raw})).field.startswith("data")


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
)
JSON = SCALARS | st.lists(SCALARS, max_size=2)


@given(st.sampled_from(MISSING), JSON)
def test_any_json_in_any_field_decodes_or_is_named(at: tuple[str, str], value: object) -> None:
    kind, name = at
    try:
        record = codec.decode(entry(kind, REQUIRED[kind] | {name: value}))
    except Malformed as found:
        assert found.field.startswith(f"data.{name}") or found.reason == "columns must have the same length"
    else:
        assert getattr(record.data, name) == value


@given(st.sampled_from(sorted(TYPES)), st.text(min_size=1, max_size=20), st.integers(0, 7_258_118_399_999))
def test_encoded_and_decoded_again(kind: str, identity: str, time_ms: int) -> None:
    data = codec.decode_data(kind, json.dumps(REQUIRED[kind]).encode())
    record = Record(identity, "源", kind, time_ms, data)
    raw = codec.encode(record)
    found = Entry(TYPES[kind][1], f"{T0}-0", {k.encode(): v for k, v in raw.items()})
    assert codec.decode(found) == record
    assert raw["time"] == clock.to_rfc3339(time_ms).encode()
