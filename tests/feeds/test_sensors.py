"""Sensors over a real mosquitto and fire panels over real TCP, onto a real log."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event, Thread
from typing import Any

import msgspec
import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from dashboard import clock
from dashboard.codec import decode
from dashboard.model import STREAMS, AlarmCleared, AlarmRaised
from dashboard.record import Record
from dashboard.replica import LogUnavailable
from feeds import sensors as sensors_module
from feeds.base import Feed
from feeds.feedsfile import FeedsFile, Gb26875, Sensors
from feeds.log import DEAD_LETTERS, Log
from feeds.mqtt import Message
from feeds.protocols import sensormap
from feeds.protocols.gb26875 import CONFIRM, SEND, Frame, encode
from feeds.protocols.gb26875 import decode as frame_of
from feeds.protocols.gb26875units import FireReport
from feeds.roster import Listed, places
from feeds.sensors import Panels, SensorEar, gb26875_feed, sensors_feed
from feeds.tally import Report, Tally
from tests.brokers import Mosquitto

NOW = 1_800_000_000_000
START = dict.fromkeys(STREAMS, "0-0")
TAG = bytes(6)


class Run:
    """A feed into the log, in a thread, until it is ended; may be begun anew."""

    def __init__(self, make: Callable[[Tally], Feed], log: Log) -> None:
        self.tally, self.stop, self.log = Tally("x", NOW), Event(), log
        self.feed = make(self.tally)
        self.thread = Thread(target=self.feed.run, args=(log, self.stop))
        self.thread.start()

    def until(self, **wanted: object) -> Report:
        for _ in range(1500):
            report = msgspec.json.decode(self.tally.said(NOW)[0], type=Report)
            if all(getattr(report, name) == value for name, value in wanted.items()):
                return report
            self.stop.wait(0.02)
        raise AssertionError(f"{report} is not {wanted}")

    def alarms(self) -> list[Any]:
        return [decode(entry).data for entry in self.log.read(START, None, 1000)]

    def end(self) -> None:
        self.stop.set()
        self.thread.join(20)
        assert not self.thread.is_alive()


@pytest.fixture
def broker_mqtt(tmp_path: Path) -> Iterator[Mosquitto]:
    server = Mosquitto(tmp_path)
    yield server
    server.kill()


@pytest.fixture
def sender(broker_mqtt: Mosquitto) -> Iterator[Callable[..., None]]:
    client = Client(CallbackAPIVersion.VERSION2, "sensors")
    client.connect("127.0.0.1", broker_mqtt.port)
    client.loop_start()

    def send(topic: str, payload: Any, times: int = 1, retain: bool = False) -> None:
        for _ in range(times):
            client.publish(topic, json.dumps(payload), qos=1, retain=retain).wait_for_publish(30)

    yield send
    client.disconnect()
    client.loop_stop()


def sensors(broker: Mosquitto, folder: Path, kind: str, topic: str, devices: str) -> Callable[[Tally], Feed]:
    (folder / "devices.csv").write_text(f"device,lat,lon,name\n{devices}\n")
    entry = Sensors(
        name="sensors", crs="gcj02", broker=broker.url, topics=(topic,), map=kind, devices="devices.csv"
    )  # fmt: skip
    return lambda tally: sensors_feed(entry, FeedsFile(folder, [], []), tally)


def test_84_messages_for_one_fire_are_one_alarm(
    broker_mqtt: Mosquitto, sender: Callable[..., None], log: Log, tmp_path: Path
) -> None:
    run = Run(sensors(broker_mqtt, tmp_path, "zigbee2mqtt", "zigbee2mqtt/+", "kitchen,31.8,119.97,厨房"), log)
    run.until(state="running")
    sender("zigbee2mqtt/kitchen", {"smoke": True, "battery": "100.00", "linkquality": 26}, times=84)
    run.until(records=1, repeated=83)
    sender("zigbee2mqtt/attic", {"smoke": True})
    sender("zigbee2mqtt/kitchen", {"smoke": False})
    run.until(records=2, unknown=1)
    run.end()
    raised, cleared = run.alarms()
    assert isinstance(raised, AlarmRaised) and cleared == AlarmCleared(raised.alarm_id)
    assert (raised.device_id, raised.kind, raised.crs) == ("kitchen", "smoke", "wgs84")
    assert 0.003 < 119.97 - raised.lon < 0.007


def test_an_alarm_that_stands_is_neither_raised_again_nor_forgotten_by_a_restart(
    broker_mqtt: Mosquitto, sender: Callable[..., None], log: Log, tmp_path: Path
) -> None:
    make = sensors(broker_mqtt, tmp_path, "zigbee2mqtt", "zigbee2mqtt/+", "kitchen,31.8,119.97,")
    first = Run(make, log)
    first.until(state="running")
    sender("zigbee2mqtt/kitchen", {"smoke": True})
    first.until(records=1)
    first.end()
    second = Run(make, log)
    sender("zigbee2mqtt/kitchen", {"smoke": True})
    second.until(repeated=1)
    sender("zigbee2mqtt/kitchen", {"smoke": False})
    second.until(records=1)
    second.end()
    raised, cleared = second.alarms()
    assert cleared == AlarmCleared(raised.alarm_id)


def test_what_a_broker_had_kept_says_nothing_of_now(
    broker_mqtt: Mosquitto, sender: Callable[..., None], log: Log, tmp_path: Path
) -> None:
    sender("zigbee2mqtt/kitchen", {"smoke": True}, retain=True)
    run = Run(sensors(broker_mqtt, tmp_path, "zigbee2mqtt", "zigbee2mqtt/+", "kitchen,31.8,119.97,"), log)
    run.until(state="running")
    sender("zigbee2mqtt/kitchen", {"smoke": False})
    sender("zigbee2mqtt/kitchen", "rubbish {")
    sender("zigbee2mqtt/kitchen", {"smoke": True})
    run.until(records=1)
    run.end()
    assert len(run.alarms()) == 1


def test_a_place_in_a_message_is_in_the_datum_of_its_feed() -> None:
    rule = {
        "name": "r", "topic": "t", "device": "{id}", "kind": "smoke", "severity": "major", "raise": {"up": True},
        "clear_after_s": 60, "lat": "lat", "lon": "lon",
    }  # fmt: skip
    book = sensormap.loads(json.dumps({"name": "m", "rules": [rule]}).encode())
    entry = Sensors(name="sensors", crs="gcj02", broker="mqtt://x", topics=("t",), map="m")
    said = json.dumps({"id": "a", "up": True, "lat": 31.8, "lon": 119.97}).encode()
    for map_crs, crs in ((None, "gcj02"), ("bd09", "bd09")):
        ear = SensorEar(entry, msgspec.structs.replace(book, crs=map_crs), None, Tally("sensors", NOW))
        [record] = ear.hear(Message("t", said, False), NOW)
        assert isinstance(record.data, AlarmRaised) and record.data.crs == crs


def test_the_reference_messages(
    broker_mqtt: Mosquitto, sender: Callable[..., None], log: Log, tmp_path: Path, real_data: Path
) -> None:
    """Of 12 real messages the one of a detector that smells smoke raises an alarm; none is refused."""
    lines = [
        json.loads(line)
        for name in ("mqtt_smoke_detector", "mqtt_camera_events_frigate")
        for line in (real_data / "protocols" / f"{name}.jsonl").open(encoding="utf-8")
    ]
    run = Run(sensors(broker_mqtt, tmp_path, "zigbee2mqtt", "#", "smoke_detector,31.8,119.97,\nSmoke,31,119,"), log)
    run.until(state="running")
    for line in lines:
        sender(line["topic"].strip("`").replace("zigbee/", "zigbee2mqtt/"), line["payload"])
    run.until(records=1)
    run.end()
    assert [alarm.device_id for alarm in run.alarms()] == ["smoke_detector"]
    assert log.between(DEAD_LETTERS, "-", "+", 10) == []


def part(state: int, node: int = 7) -> bytes:
    """The state of a smoke detector, as a panel reports it: 2 a fire, 0 none."""
    return (
        bytes((2, 1, 1, 2, 40, 5, 0, node, 0))
        + state.to_bytes(2, "little")
        + "三楼".encode("gb18030").ljust(31, b"\0")
        + TAG
    )


class Line:
    """A running feed of panels, and one panel's connection to it."""

    def __init__(self, folder: Path, log: Log) -> None:
        (folder / "panels.csv").write_text("device,lat,lon,name\n889,31.8,119.97,商场\n")
        entry = Gb26875(name="panels", crs="wgs84", listen="127.0.0.1:0", devices="panels.csv")
        self.run = Run(lambda tally: gb26875_feed(entry, FeedsFile(folder, [], []), tally), log)
        feed: Any = self.run.feed
        while not feed.port:
            self.run.stop.wait(0.02)
        self.address = ("127.0.0.1", feed.port)
        self.socket = socket.create_connection(self.address, 20)

    def say(self, unit: bytes, source: int = 889) -> Frame:
        self.socket.sendall(encode(Frame(9, source, 1, SEND, unit, NOW)))
        return frame_of(self.socket.recv(1000))

    def close(self) -> None:
        self.socket.close()
        self.run.end()


def test_a_panels_fire_is_one_alarm_until_it_is_over(tmp_path: Path, log: Log) -> None:
    line = Line(tmp_path, log)
    assert (line.say(part(2)).command, line.say(part(2)).serial) == (CONFIRM, 9)
    line.say(part(2, node=8))
    line.say(part(0))
    line.close()
    first, second, over = line.run.alarms()
    assert (first.kind, first.severity, first.lat) == ("smoke", "urgent", 31.8)
    assert over == AlarmCleared(first.alarm_id) and second.alarm_id != first.alarm_id


def test_a_reset_panel_clears_all_that_stood_before_a_restart_too(tmp_path: Path, log: Log) -> None:
    line = Line(tmp_path, log)
    line.say(part(2))
    line.say(part(2, node=8))
    line.close()
    again = Line(tmp_path, log)
    again.say(bytes((1, 1, 1, 2, 0, 0x20)) + TAG)  # the state of system 1 at address 2: reset
    again.close()
    assert [type(alarm) for alarm in again.run.alarms()] == [AlarmRaised, AlarmRaised, AlarmCleared, AlarmCleared]


def test_a_fire_nobody_can_place_is_a_dead_letter(tmp_path: Path, log: Log) -> None:
    line = Line(tmp_path, log)
    line.say(part(2), source=4711)
    line.close()
    [letter] = log.between(DEAD_LETTERS, "-", "+", 10)
    assert (letter.fields[b"field"], letter.fields[b"value"]) == (b"device", b"4711")
    assert line.run.until(unknown=1).records == 0


def test_the_reference_frames_over_tcp(tmp_path: Path, log: Log, real_data: Path) -> None:
    """One good frame is confirmed; five that are cut short, or wrong at an end, are dead letters; so is its alarm."""
    lines = (real_data / "protocols" / "gb26875_frames.jsonl").read_text(encoding="utf-8").splitlines()
    line, verdicts = Line(tmp_path, log), {}
    for case in map(json.loads, lines):
        with socket.create_connection(line.address, 20) as one:
            one.sendall(bytes.fromhex(case["hex"]))
            one.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: one.recv(1000), b""))
        verdicts[case["case"]] = frame_of(answer).command if answer else None
    line.close()
    letters = [letter.fields[b"field"] for letter in log.between(DEAD_LETTERS, "-", "+", 20)]
    assert verdicts.pop("test success") == CONFIRM
    assert len(verdicts) == 5 and CONFIRM not in verdicts.values()
    assert letters == [
        b"length",
        b"start",
        b"length",
        b"length",
        b"checksum",
        b"device",
    ]  # the last: nobody knows where


class Forgetful:
    """A log that takes records, and every other time does not say so, or cannot remember what stands."""

    def __init__(self) -> None:
        self.took: dict[str, Any] = {}
        self.kept: bytes | None = None
        self.away: set[str] = set()

    def append_once(self, records: Sequence[Record]) -> tuple[list[str], int]:
        """Take what is new by its id."""
        self.took |= {record.id: record.data for record in records}
        self._fail("append")
        return ["1-0"] * len(records), 0

    def recall(self, feed: str) -> bytes | None:
        """What was kept."""
        return self.kept

    def remember(self, feed: str, state: bytes) -> None:
        """Keep it."""
        self._fail("remember")
        self.kept = state

    def _fail(self, what: str) -> None:
        if what in self.away:
            self.away.discard(what)
            raise LogUnavailable(what)


def panels(folder: Path) -> Panels:
    (folder / "panels.csv").write_text("device,lat,lon,name\n889,31.8,119.97,\n")
    entry = Gb26875(name="panels", crs="wgs84", listen="127.0.0.1:0", devices="panels.csv")
    return Panels(entry, Listed(folder / "panels.csv", places, lambda: 0.0), Tally("gb26875", NOW))


def fire(node: int = 1, *states: str) -> FireReport:
    return FireReport("part", "889", NOW, 1, 1, 40, 5, node, states or ("火警",))


@pytest.mark.parametrize("what", ["append", "remember"])
def test_a_fire_that_is_said_again_because_the_log_faltered_is_one_alarm(
    tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log: Any = Forgetful()
    ticks = iter(range(NOW, NOW + 1000))
    monkeypatch.setattr(clock, "now_ms", lambda: next(ticks))
    some = panels(tmp_path)
    log.away = {what}
    with pytest.raises(LogUnavailable):
        some.flush(log, [[fire()]])
    some.flush(log, [[fire()]])
    [alarm] = [data.alarm_id for data in log.took.values()]
    assert log.kept is not None and alarm.encode() in log.kept
    some.flush(log, [[fire(1, "正常运行")]])
    assert list(log.took.values())[1:] == [AlarmCleared(alarm)] and log.kept == b"{}"


def test_a_panel_that_never_clears_anything_does_not_fill_our_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sensors_module, "MAX_STANDING", 3)
    log: Any = Forgetful()
    some = panels(tmp_path)
    some.flush(log, [[fire(node) for node in range(5)]])
    raised = [data.alarm_id for data in log.took.values() if isinstance(data, AlarmRaised)]
    assert [data.alarm_id for data in log.took.values() if isinstance(data, AlarmCleared)] == raised[:2]
    assert len(msgspec.json.decode(log.kept)) == 3
