"""Alarms out of MQTT messages: real payloads, repeats, clearing, places, restarts."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.codec import Malformed, decode_data
from feeds.protocols import sensors
from feeds.protocols.sensormap import Site, load, loads
from feeds.protocols.sensors import Cleared, Outcome, Raised, Repeated, Sensors, Standing, Unplaced

AT = 1_790_000_000_000
HERE = Site(31.7, 119.9, "怀德苑3幢烟感", "gcj02")
DRIVEWAY = b"""
name: yard
rules:
  - name: person
    topic: frigate/events
    device: "{after.camera}"
    event: "{after.id}"
    kind: camera
    severity: normal
    raise: {after.label: person, after.entered_zones: {has: driveway}, after.false_positive: false}
    clear: [{type: end}, {after.false_positive: true}]
    clear_after_s: 600
"""


def zigbee(**standing: Standing) -> Sensors:
    """The shipped map, with every device at one place."""
    return Sensors(load("zigbee2mqtt"), lambda device: HERE, standing)


def says(alarms: Sensors, topic: str, payload: object, at: int = 0) -> list[Outcome]:
    """What a message comes to, `at` seconds on."""
    return alarms.take(topic, msgspec.json.encode(payload), AT + at * 1000)


def lines(real_data: Path, name: str) -> list[tuple[str, object]]:
    """Topic and payload of the real messages; the list writes some topics as code, some under another base topic."""
    read = map(json.loads, (real_data / "protocols" / name).read_text(encoding="utf-8").splitlines())
    return [(line["topic"].strip("`").replace("zigbee/", "zigbee2mqtt/"), line["payload"]) for line in read]


def test_real_smoke_detectors(real_data: Path) -> None:
    messages = lines(real_data, "mqtt_smoke_detector.jsonl")
    outcomes = [says(zigbee(), *message) for message in messages]
    assert [[type(o) for o in found] for found in outcomes] == [[Raised], [], [], []]
    assert messages[3][1]["battery"] == "100.00"  # type: ignore[index]  # a real payload's number as text


def test_84_messages_for_one_event_are_one_alarm(real_data: Path) -> None:
    topic, payload = lines(real_data, "mqtt_smoke_detector.jsonl")[0]
    alarms = zigbee()
    first, *rest = [says(alarms, topic, payload, n)[0] for n in range(84)]
    assert isinstance(first, Raised) and first.name == "怀德苑3幢烟感"
    assert rest == [Repeated(first.alarm.alarm_id, n + 2, AT + 1000 * (n + 1)) for n in range(83)]
    assert says(alarms, topic, {"smoke": False}, 90) == [Cleared(first.alarm.alarm_id, AT + 90_000)]
    assert says(alarms, topic, {"smoke": False}, 91) == []
    [again] = says(alarms, topic, payload, 95)
    assert isinstance(again, Raised) and again.alarm.alarm_id != first.alarm.alarm_id


def test_what_is_raised_is_a_record_of_ours() -> None:
    [raised] = says(zigbee(), "zigbee2mqtt/门厅", {"gas": True})
    assert isinstance(raised, Raised)
    alarm = raised.alarm
    assert (alarm.device_id, alarm.kind, alarm.severity, alarm.crs) == ("门厅", "gas", "major", "gcj02")
    assert decode_data("alarm.raised", msgspec.json.encode(alarm))


def test_one_device_may_raise_several_kinds() -> None:
    found = says(
        zigbee(), "zigbee2mqtt/x", {"smoke": True, "water_leak": True, "contact": False, "carbon_monoxide": True}
    )
    assert sorted(o.alarm.kind for o in found if isinstance(o, Raised)) == ["door", "gas", "smoke", "water_leak"]


def test_silence_clears_after_its_time() -> None:
    alarms = zigbee()
    [raised] = says(alarms, "zigbee2mqtt/x", {"smoke": True})
    says(alarms, "zigbee2mqtt/x", {"smoke": True}, 3000)
    assert isinstance(raised, Raised) and alarms.expire(AT + 6_599_000) == []
    assert alarms.expire(AT + 6_600_000) == [Cleared(raised.alarm.alarm_id, AT + 6_600_000)]
    assert alarms.expire(AT + 9_000_000) == []


def test_an_alarm_whose_time_has_passed_is_not_the_one_that_comes() -> None:
    alarms = zigbee()
    says(alarms, "zigbee2mqtt/x", {"smoke": True})
    assert [type(o) for o in says(alarms, "zigbee2mqtt/x", {"smoke": True}, 4000)] == [Cleared, Raised]


def test_a_device_nobody_knows_is_named_whatever_it_says_of_its_alarm() -> None:
    alarms = Sensors(load("zigbee2mqtt"))
    assert says(alarms, "zigbee2mqtt/x", {"smoke": True}) == [Unplaced("x", "smoke")]
    assert says(alarms, "zigbee2mqtt/x", {"smoke": False}) == [Unplaced("x", "smoke")]
    assert says(alarms, "zigbee2mqtt/bridge", {"state": "online"}) == []


def test_real_camera_events(real_data: Path) -> None:
    messages = lines(real_data, "mqtt_camera_events_frigate.jsonl")
    alarms = Sensors(loads(DRIVEWAY), lambda device: HERE if device == "front_door" else None)
    outcomes = [says(alarms, *message) for message in messages]
    assert [[type(o) for o in found] for found in outcomes] == [[Raised], [], [], [], [], [], [], []]
    topic, update = messages[0]
    assert [type(o) for o in says(alarms, topic, update, 5)] == [Repeated]
    assert [type(o) for o in says(alarms, topic, {**update, "type": "end"}, 9)] == [Cleared]  # type: ignore[dict-item]
    assert [says(Sensors(load("frigate"), lambda _: HERE), *message) for message in messages] == [[]] * 8


def car(
    kind: str = "update", stationary: bool = True, zones: tuple[str, ...] = ("fire_lane",), **more: object
) -> object:
    """A car in a camera's sight."""
    after = {"id": "1.5-abc", "camera": "gate", "label": "car", "stationary": stationary, "false_positive": False}
    return {"type": kind, "after": {**after, "current_zones": zones, "entered_zones": zones, **more}}


def test_a_car_that_stops_in_a_fire_lane() -> None:
    alarms = Sensors(load("frigate"), lambda device: HERE)
    assert says(alarms, "frigate/events", car("new", stationary=False)) == []
    [raised] = says(alarms, "frigate/events", car(), 60)
    assert isinstance(raised, Raised) and raised.alarm.kind == "fire_lane"
    assert raised.alarm.alarm_id == "frigate.fire_lane:gate:1.5-abc"
    assert [type(o) for o in says(alarms, "frigate/events", car(), 90)] == [Repeated]
    assert [type(o) for o in says(alarms, "frigate/events", car(stationary=False, zones=()), 99)] == [Cleared]
    assert [type(o) for o in says(alarms, "frigate/events", car(), 120)] == [Raised]
    assert [type(o) for o in says(alarms, "frigate/events", car("end"), 130)] == [Cleared]


def test_what_falls_stays_on_the_wall_unless_it_was_a_mistake() -> None:
    alarms = Sensors(load("frigate"), lambda device: HERE)
    falls = car("new", label="object", zones=("facade",))
    [raised] = says(alarms, "frigate/events", falls)
    assert isinstance(raised, Raised) and raised.alarm.kind == "falling_object"
    assert [type(o) for o in says(alarms, "frigate/events", car("end", label="object", zones=("facade",)), 1)] == [
        Repeated
    ]
    assert [type(o) for o in says(alarms, "frigate/events", car(false_positive=True), 2)] == [Cleared]


def test_a_place_from_the_payload_and_a_text_payload() -> None:
    book = loads(b"""
name: own
crs: bd09
devices: {b2: {lat: 31.6, lon: 119.8, name: B2}}
rules:
  - {name: sos, topic: 'sos/{id}', device: 'b{id}', kind: sos, severity: urgent, payload: text,
     raise: {$: 'ON'}, clear: {$: 'OFF'}}
  - {name: tilt, topic: tilt, device: '{id}', kind: manhole, severity: normal, lat: at.lat, lon: at.lon,
     raise: {tilt: {above: 15}}, clear_after_s: 5}
""")
    alarms = Sensors(book)
    [first] = alarms.take("sos/2", b"ON", AT)
    assert isinstance(first, Raised) and (first.alarm.crs, first.name, first.alarm.lat) == ("bd09", "B2", 31.6)
    [second] = says(alarms, "tilt", {"id": 7, "tilt": "15.5", "at": {"lat": "31.5", "lon": 119.7}})
    assert isinstance(second, Raised) and (second.alarm.lat, second.alarm.lon, second.alarm.crs) == (
        31.5,
        119.7,
        "bd09",
    )
    assert says(alarms, "tilt", {"id": 8, "tilt": 16, "at": {"lat": 91, "lon": 119.7}}) == [Unplaced("8", "tilt")]


def test_what_stands_can_be_given_to_the_next() -> None:
    alarms = zigbee()
    [raised] = says(alarms, "zigbee2mqtt/x", {"smoke": True})
    assert isinstance(raised, Raised)
    kept = msgspec.json.decode(msgspec.json.encode(alarms.export()), type=dict[str, Standing])
    assert says(Sensors(load("zigbee2mqtt"), lambda device: HERE, kept), "zigbee2mqtt/x", {"smoke": True}, 9) == [
        Repeated(raised.alarm.alarm_id, 2, AT + 9000)
    ]
    other = Sensors(load("frigate"), lambda device: HERE, kept)
    assert [type(o) for o in other.expire(AT)] == [Cleared], "its rule is gone"


def test_no_more_stand_than_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sensors, "MAX_STANDING", 2)
    alarms = zigbee()
    found = [[type(o) for o in says(alarms, f"zigbee2mqtt/{n}", {"smoke": True})] for n in range(3)]
    assert found == [[Raised], [Raised], [Cleared, Raised]] and len(alarms.export()) == 2


@pytest.mark.parametrize("payload", [b"", b"{", b"\xff", b"[" * 50_000, b'{"smoke": NaN}', b" " * 1_000_001])
def test_a_payload_that_is_none_is_malformed_and_changes_nothing(payload: bytes) -> None:
    alarms = zigbee()
    says(alarms, "zigbee2mqtt/x", {"smoke": True})
    before = alarms.export()
    with pytest.raises(Malformed) as said:
        alarms.take("zigbee2mqtt/x", payload, AT)
    assert said.value.field == "payload" and alarms.export() == before
    assert alarms.take("elsewhere", payload, AT) == []


def test_a_long_name_is_shortened_and_still_its_own() -> None:
    one, two = (says(zigbee(), "zigbee2mqtt/" + "长" * 200 + end, {"smoke": True})[0] for end in "ab")
    assert isinstance(one, Raised) and isinstance(two, Raised)
    assert one.alarm.device_id != two.alarm.device_id and one.alarm.alarm_id != two.alarm.alarm_id
    assert decode_data("alarm.raised", msgspec.json.encode(one.alarm))


MESSAGES = st.tuples(
    st.sampled_from(["zigbee2mqtt/a", "zigbee2mqtt/b", "zigbee2mqtt", "$SYS/x"]),
    st.sampled_from([b'{"smoke":true}', b'{"smoke":false}', b'{"smoke":1}', b"5", b'"x"', b"[]"])
    | st.binary(max_size=20),
    st.integers(0, 5000),
)


@given(st.lists(MESSAGES, max_size=20))
def test_raised_and_cleared_take_turns(messages: list[tuple[str, bytes, int]]) -> None:
    alarms, standing, now = zigbee(), set(), AT
    for topic, payload, wait in messages:
        now += wait * 1000
        try:
            outcomes = alarms.take(topic, payload, now)
        except Malformed:
            continue
        for outcome in outcomes:
            if isinstance(outcome, Raised):
                standing.add(outcome.alarm.alarm_id)
            elif isinstance(outcome, Cleared):
                standing.remove(outcome.alarm_id)
            elif isinstance(outcome, Repeated):
                assert outcome.alarm_id in standing
    assert standing == {alarm.alarm_id for alarm in alarms.export().values()}
