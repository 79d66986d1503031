"""OwnTracks: the reference messages, every type, whose device it is, rubbish."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.codec import Malformed
from feeds.protocols.device import DeviceFix, DeviceSaid
from feeds.protocols.owntracks import decode

TOPIC = "owntracks/wang/phone"
PLACE = {"_type": "location", "lat": 31.78, "lon": 119.95, "tst": 1_772_000_000}


def one(message: dict[str, object], topic: str = TOPIC) -> DeviceFix | DeviceSaid:
    """What a single message says."""
    (said,) = decode(json.dumps(message).encode(), topic)
    return said


def test_the_reference_list(real_data: Path) -> None:
    """The reference server makes places of `location`, nothing of the rest; a documentation's ellipses are no JSON."""
    lines = (real_data / "protocols" / "owntracks_messages.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    for case in (case for case in cases if "payload" in case):
        said = one(case["payload"])
        assert isinstance(said, DeviceFix) == (case["payload"]["_type"] == "location"), case
        if isinstance(said, DeviceFix):
            assert (said.lat, said.lon) == (case["payload"]["lat"], case["payload"]["lon"])
            assert said.fix_ms == int(case["payload"]["tst"]) * 1000
    for case in (case for case in cases if "not_json" in case):
        with pytest.raises(Malformed, match="is not JSON"):
            decode(case["not_json"].encode(), TOPIC)
    assert len(cases) == 23


def test_a_place_with_all_that_belongs_to_it() -> None:
    told = {"tst": "1772000000", "acc": 12, "vel": 36, "cog": 270, "batt": 81, "conn": "m"}
    assert one({**PLACE, **told}) == DeviceFix(
        "wang/phone", 1_772_000_000_000, 31.78, 119.95, 12, 10, 270, 81, values={"conn": "m"}
    )


def test_minus_one_is_unknown() -> None:
    said = one({**PLACE, "vel": -1, "cog": -1, "batt": -1, "acc": -1})
    assert isinstance(said, DeviceFix)
    assert (said.speed_mps, said.heading, said.battery, said.accuracy_m) == (None, None, None, None)


def test_the_last_known_place_of_a_tracker_without_satellites() -> None:
    said = one({**PLACE, "t": "l"})
    assert isinstance(said, DeviceFix)
    assert not said.located


def test_coming_and_going_has_a_place() -> None:
    said = one({**PLACE, "_type": "transition", "event": "enter", "desc": "Office", "t": "l", "wtst": 1})
    assert isinstance(said, DeviceFix)
    assert said.located
    assert said.values == {"event": "enter", "desc": "Office", "t": "l"}
    beacon = one({"_type": "transition", "event": "leave", "tst": 1_772_000_000, "t": "b"})
    assert beacon == DeviceSaid("wang/phone", "transition", 1_772_000_000_000, values={"event": "leave", "t": "b"})


def test_a_will_says_when_the_app_connected_not_when_it_went() -> None:
    assert one({"_type": "lwt", "tst": "1440363922"}) == DeviceSaid("wang/phone", "lwt")


def test_a_waypoint_is_where_somebody_drew_it() -> None:
    said = one({**PLACE, "_type": "waypoint", "desc": "Park", "rad": 50})
    assert said == DeviceSaid("wang/phone", "waypoint", values={"desc": "Park", "rad": "50"})


@pytest.mark.parametrize(
    "kind", ["waypoints", "status", "cmd", "steps", "card", "beacon", "encrypted", "request", "later"]
)
def test_other_types_are_tolerated(kind: str) -> None:
    said = one({"_type": kind, "data": "x" * 9999, "waypoints": [{}]})
    assert said == DeviceSaid("wang/phone", kind)


def test_a_configuration_keeps_its_secrets() -> None:
    assert one({"_type": "configuration", "password": "secret", "url": "https://u:p@host"}).values == {}


@pytest.mark.parametrize(
    ("message", "arguments", "device"),
    [
        ({}, {"topic": "owntracks/wang/phone/event"}, "wang/phone"),
        ({}, {"topic": "/owntracks/wang/phone"}, "wang/phone"),
        ({}, {"topic": "city/owntracks/wang/phone"}, "wang/phone"),
        ({}, {"topic": "phones/wang/phone"}, "wang/phone"),
        ({"topic": "owntracks/li/tablet"}, {"topic": TOPIC}, "wang/phone"),
        ({"topic": "owntracks/li/tablet"}, {"user": "u", "device": "d"}, "li/tablet"),
        ({"tid": "WP"}, {"user": "u", "device": "d"}, "u/d"),
        ({"tid": "WP"}, {"user": "u"}, "u"),
        ({"tid": "WP"}, {}, "WP"),
    ],
)
def test_whose_device_it_is(message: dict[str, object], arguments: dict[str, str], device: str) -> None:
    (said,) = decode(json.dumps({**PLACE, **message}).encode(), **arguments)
    assert said.device == device


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ({**PLACE, "_type": None}, "_type"),
        ({**PLACE, "lat": 91}, "lat"),
        ({**PLACE, "lon": "east"}, "lon"),
        ({**PLACE, "lat": None}, "lat"),
        ({**PLACE, "tst": None}, "tst"),
        ({**PLACE, "tst": 1e17}, "tst"),
    ],
)
def test_what_cannot_be_read_is_named(message: dict[str, object], field: str) -> None:
    with pytest.raises(Malformed) as refused:
        one(message)
    assert refused.value.field == field


def test_nobodys_message_is_refused() -> None:
    with pytest.raises(Malformed, match="device="):
        one(PLACE, topic="")


def test_a_list_of_messages_and_an_empty_one() -> None:
    assert [type(said) for said in decode(json.dumps([PLACE, {"_type": "lwt"}]).encode(), TOPIC)] == [
        DeviceFix,
        DeviceSaid,
    ]
    assert decode(b"", TOPIC) == ()


def test_null_island_is_no_place() -> None:
    assert isinstance(one({**PLACE, "lat": 0, "lon": 0}), DeviceSaid)


VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.lists(st.integers(), max_size=2)
)
KEYS = st.sampled_from(
    ["_type", "lat", "lon", "tst", "tid", "topic", "vel", "cog", "acc", "batt", "t", "desc", "event"]
)


@given(
    st.dictionaries(KEYS, VALUES), st.sampled_from(["location", "transition", "lwt", "waypoint"]), st.text(max_size=20)
)
def test_anything_says_something_or_is_refused(message: dict[str, object], kind: str, topic: str) -> None:
    try:
        decode(json.dumps({"_type": kind, **message}).encode(), topic)
    except Malformed as fault:
        assert fault.field


@given(st.binary(max_size=100))
def test_any_bytes(payload: bytes) -> None:
    try:
        decode(payload, TOPIC)
    except Malformed as fault:
        assert fault.field
