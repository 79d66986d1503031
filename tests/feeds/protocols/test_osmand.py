"""OsmAnd: the reference requests, units and times, JSON of phones, rubbish."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.codec import Malformed
from feeds.protocols.device import DeviceFix, DeviceSaid, Sighting
from feeds.protocols.osmand import from_json, from_query

NOW = 1_772_000_000_000


def query(text: str, **options: float) -> Sighting:
    """What one request says."""
    (said,) = from_query(text, NOW, **options)  # type: ignore[arg-type]
    return said


def fix(text: str, **options: float) -> DeviceFix:
    """The place in one request."""
    said = query(text, **options)
    assert isinstance(said, DeviceFix)
    return said


def test_the_reference_list(real_data: Path) -> None:
    lines = (real_data / "protocols" / "osmand_requests.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    for case in cases:
        if case["kind"] == "query":
            (said,) = from_query(case["payload"].partition("?")[2], NOW)
        else:
            (said,) = from_json(case["payload"].encode(), NOW)
        assert isinstance(said, DeviceFix) == (case["expect"] == "verifyPosition"), case
    assert len(cases) == 9


def test_a_request_with_everything() -> None:
    said = query(
        "id=7&lat=31.78&lon=119.95&timestamp=1772000000&speed=10&bearing=90&accuracy=5&batt=80.6&alarm=sos&valid=false"
    )
    assert said == DeviceFix("7", NOW, 31.78, 119.95, 5, 10 * 1852 / 3600, 90, 81, True, False, {"alarm": "sos"})


def test_speed_is_in_knots_unless_the_sender_is_known_to_use_another_unit() -> None:
    assert fix("id=7&lat=1&lon=1&speed=10").speed_mps == pytest.approx(5.144, abs=0.001)
    assert fix("id=7&lat=1&lon=1&speed=10", unit_mps=1).speed_mps == 10


@pytest.mark.parametrize(
    "time",
    ["1772000000", "1772000000000", "2026-02-25T06:13:20Z", "2026-02-25T14:13:20+08:00", "2026-02-25 14:13:20"],
)
def test_time_in_any_form_encoded_or_not(time: str) -> None:
    assert fix(urlencode({"id": "7", "lat": "1", "lon": "1", "timestamp": time})).fix_ms == NOW
    assert fix(f"id=7&lat=1&lon=1&timestamp={time}").fix_ms == NOW


def test_without_a_time_it_is_now() -> None:
    assert fix("deviceid=7&location=60.0,30.0&heading=5").fix_ms == NOW


@pytest.mark.parametrize("text", ["id=7", "id=7&lat=0&lon=0", "id=7&lat=&lon=", "id=7&alarm=sos&batt=5"])
def test_without_a_place_it_is_said_all_the_same(text: str) -> None:
    said = query(text)
    assert isinstance(said, DeviceSaid)
    assert said.sos == ("sos" in text)
    assert said.battery == (5 if "batt" in text else None)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("lat=1&lon=1", "id"), ("id=&lat=1&lon=1", "id"), ("id=7&lat=91&lon=1", "lat"), ("id=7&lat=1", "lon"),
        ("id=7&lat=north&lon=1", "lat"), ("id=7&location=60.0", "lon"), ("id=7&lat=nan&lon=1", "lat"),
        ("id=7&lat=1&lon=1&timestamp=soon", "timestamp"), ("id=7&lat=1&lon=1&speed=fast", "speed"),
        ("a=1&" * 300, "query"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(text: str, field: str) -> None:
    with pytest.raises(Malformed) as refused:
        query(text)
    assert refused.value.field == field


PHONE = {
    "timestamp": "2026-02-25T06:13:20.000Z", "is_moving": True, "event": "motionchange",
    "coords": {"latitude": 31.78, "longitude": 119.95, "accuracy": 4, "speed": 1.5, "heading": 45, "altitude": 7},
    "battery": {"level": 0.81, "is_charging": False}, "extras": {"alarm": "sos"},
}  # fmt: skip


def test_a_phones_json() -> None:
    (said,) = from_json(json.dumps({"device_id": "p1", "location": PHONE}).encode(), 0)
    assert said == DeviceFix(
        "p1", NOW, 31.78, 119.95, 4, 1.5, 45, 81, True, values={"alarm": "sos", "event": "motionchange"}
    )


def test_a_phones_unknowns() -> None:
    coords = {"latitude": 31.78, "longitude": 119.95, "accuracy": -1, "speed": -1, "heading": -1}
    location = {"coords": coords, "battery": {"level": -1}}
    (said,) = from_json(json.dumps({"device_id": 12, "location": location}).encode(), NOW)
    assert said == DeviceFix("12", NOW, 31.78, 119.95)


def test_phones_send_what_they_kept_as_lists() -> None:
    body = json.dumps([{"device_id": "p1", "location": [PHONE, PHONE]}, {"device_id": "p2", "location": PHONE}])
    assert [said.device for said in from_json(body.encode(), 0)] == ["p1", "p1", "p2"]


def test_a_heartbeat_has_no_place() -> None:
    (said,) = from_json(b'{"device_id":"p","location":{"event":"heartbeat","battery":{"level":0.5}}}', NOW)
    assert said == DeviceSaid("p", "heartbeat", NOW, 50, values={"event": "heartbeat"})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{}", "device_id"), (b'{"device_id":"p"}', "location"),
        (b'{"device_id":"p","location":{"coords":3}}', "coords"),
        (b'{"device_id":"p","location":{"coords":{}}}', "latitude"), (b"[[]]", "payload"), (b"lat=1", "payload"),
        (b'{"device_id":"p","location":{"timestamp":"x"}}', "location.timestamp"),
    ],
)  # fmt: skip
def test_json_that_cannot_be_read_is_named(body: bytes, field: str) -> None:
    with pytest.raises(Malformed) as refused:
        from_json(body, NOW)
    assert refused.value.field == field


KEYS = st.sampled_from(
    ["id", "lat", "lon", "location", "timestamp", "speed", "heading", "batt", "alarm", "valid", "accuracy"]
)


@given(st.dictionaries(KEYS, st.text(max_size=12) | st.floats().map(str)))
def test_any_query_says_something_or_is_refused(values: dict[str, str]) -> None:
    for text in (urlencode(values), "&".join(f"{key}={value}" for key, value in values.items())):
        try:
            from_query(text, NOW)
        except Malformed as fault:
            assert fault.field


LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6)
NAMES = st.sampled_from(
    ["device_id", "location", "coords", "latitude", "longitude", "timestamp", "battery", "level", "extras"]
)
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner), max_leaves=12)


@given(TREES, TREES, TREES)
def test_any_json_says_something_or_is_refused(root: object, location: object, coords: object) -> None:
    nested = {"device_id": "p", "location": {"coords": {"latitude": 1, "longitude": coords}, "battery": location}}
    for body in (
        root,
        {"device_id": "p", "location": location},
        {"device_id": "p", "location": {"coords": coords}},
        nested,
    ):
        try:
            from_json(json.dumps(body).encode(), NOW)
        except Malformed as fault:
            assert fault.field
