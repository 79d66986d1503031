"""Messages of a real mosquitto: none lost and none doubled when it, or the log, goes away meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import msgspec
import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from dashboard.codec import Malformed, decode
from dashboard.model import STREAMS, EventRated
from dashboard.record import Record
from dashboard.replica import LogUnavailable
from feeds import delivery, feedsfile, mqtt
from feeds.base import OnceSink
from feeds.feedsfile import OwnTracks
from feeds.log import DEAD_LETTERS, Log
from feeds.mqtt import Message, MqttFeed
from feeds.tally import Report, Tally
from tests.brokers import Mosquitto

START = dict.fromkeys(STREAMS, "0-0")
NOW = 1_800_000_000_000


@pytest.fixture
def broker_mqtt(tmp_path: Path) -> Iterator[Mosquitto]:
    server = Mosquitto(tmp_path)
    yield server
    server.kill()


class Ratings:
    """An ear that hears a rating in each message, named after it, and counts what is done."""

    def __init__(self) -> None:
        self.began = self.ended = 0

    def begin(self, sink: OnceSink) -> None:
        """Count it."""
        self.began += 1

    def hear(self, message: Message, now_ms: int) -> list[Record]:
        """One rating."""
        if message.payload == b"?":
            raise Malformed("payload", "?", "asks")
        name = message.payload.decode()
        return [Record(name, "mqtt", "event.rated", now_ms, EventRated(name, 5))]

    def due(self, now_ms: int) -> list[Record]:
        """Nothing."""
        return []

    def done(self, sink: OnceSink) -> None:
        """Count it."""
        self.ended += 1


class Running:
    """A feed of the broker into the log, in a thread."""

    def __init__(self, broker: Mosquitto, log: Log, folder: Path) -> None:
        path = folder / "feeds.yaml"
        entry = f"{{name: phones, kind: owntracks, crs: wgs84, broker: '{broker.url}', topics: ['t/+'], roster: r.csv}}"
        path.write_text(f"feeds: [{entry}]")
        file = feedsfile.read(path)
        self.tally, self.stop = Tally("owntracks", NOW), Event()
        feed = MqttFeed(file.of(OwnTracks)[0], file, Ratings(), self.tally)
        self.thread = Thread(target=feed.run, args=(log, self.stop))
        self.thread.start()

    def report(self) -> Report:
        return msgspec.json.decode(self.tally.said(NOW)[0], type=Report)

    def until(self, **wanted: object) -> Report:
        for _ in range(1500):
            report = self.report()
            if all(getattr(report, name) == value for name, value in wanted.items()):
                return report
            self.stop.wait(0.02)
        raise AssertionError(f"{report} is not {wanted}")

    def end(self) -> None:
        self.stop.set()
        self.thread.join(20)
        assert not self.thread.is_alive()


@pytest.fixture
def running(broker_mqtt: Mosquitto, log: Log, tmp_path: Path) -> Iterator[Running]:
    feed = Running(broker_mqtt, log, tmp_path)
    feed.until(state="running")
    yield feed
    feed.end()


class Sender:
    """A client that publishes with QoS 1 and waits until the broker has it."""

    def __init__(self, broker: Mosquitto) -> None:
        self.client = Client(CallbackAPIVersion.VERSION2, "sender", clean_session=False)
        self.client.reconnect_delay_set(1, 1)
        self.published: set[int] = set()
        self.client.on_publish = lambda client, data, mid, code, properties: self.published.add(mid)
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()

    def send(self, *names: str) -> None:
        for sent in [self.client.publish("t/x", name, qos=1) for name in names]:
            sent.wait_for_publish(30)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def sender(broker_mqtt: Mosquitto) -> Iterator[Sender]:
    client = Sender(broker_mqtt)
    yield client
    client.close()


def names(log: Log) -> list[str]:
    return [decode(entry).id for entry in log.read(START, None, 5000)]


def test_messages_are_on_the_log_in_order(running: Running, sender: Sender, log: Log) -> None:
    sender.send(*(f"m{n}" for n in range(300)))
    running.until(records=300)
    assert names(log) == [f"m{n}" for n in range(300)]


def test_what_cannot_be_read_is_a_dead_letter_and_the_rest_goes_on(running: Running, sender: Sender, log: Log) -> None:
    sender.send("a", "?", "b")
    running.until(records=2, rejected=1)
    [letter] = log.between(DEAD_LETTERS, "-", "+", 10)
    assert (letter.fields[b"place"], letter.fields[b"raw"]) == (b"mqtt t/x", b"?")


def test_a_broker_that_is_killed_costs_no_message(
    running: Running, sender: Sender, broker_mqtt: Mosquitto, log: Log
) -> None:
    broker_mqtt.save()  # a session that is not on its disk yet is gone with it
    sender.send(*(f"a{n}" for n in range(100)))
    running.until(records=100)  # nor has it written down what it has told its sender that it has
    broker_mqtt.kill()
    running.until(state="waiting")
    late = [sender.client.publish("t/x", f"b{n}", qos=1) for n in range(100)]  # kept by the client until it is back
    broker_mqtt.start()
    for _ in range(1500):
        if sender.published >= {one.mid for one in late}:
            break
        running.stop.wait(0.02)
    running.until(state="running")
    sender.send("last")
    for _ in range(1500):
        if "last" in (found := names(log)):
            break
        running.stop.wait(0.02)
    assert sorted(found) == sorted([*(f"a{n}" for n in range(100)), *(f"b{n}" for n in range(100)), "last"])


def test_what_came_while_we_were_away_is_waiting_for_us(
    broker_mqtt: Mosquitto, sender: Sender, log: Log, tmp_path: Path
) -> None:
    first = Running(broker_mqtt, log, tmp_path)
    first.until(state="running")
    first.end()
    sender.send("while", "away")
    second = Running(broker_mqtt, log, tmp_path)
    second.until(records=2)
    second.end()
    assert names(log) == ["while", "away"]


def test_an_address_that_is_none_is_said(log: Log, tmp_path: Path) -> None:
    entry = OwnTracks(name="x", crs="wgs84", broker="http://x", roster="r")
    feed = MqttFeed(entry, feedsfile.read(tmp_path / "none"), Ratings(), Tally("owntracks", NOW))
    with pytest.raises(ValueError, match="mqtt://host:1883"):
        feed.run(log, Event())


def test_an_address_with_a_password_is_refused_and_not_shown(log: Log, tmp_path: Path) -> None:
    entry = OwnTracks(name="x", crs="wgs84", broker="mqtt://wall:secret@x", roster="r")
    feed = MqttFeed(entry, feedsfile.read(tmp_path / "none"), Ratings(), Tally("owntracks", NOW))
    with pytest.raises(ValueError, match="user and password_file") as fault:
        feed.run(log, Event())
    assert "secret" not in str(fault.value)


class Tripping(Ratings):
    """An ear that trips over the first message, once as many have come as there is room for."""

    feed: MqttFeed

    def hear(self, message: Message, now_ms: int) -> list[Record]:
        """Nothing that anybody could use."""
        while not self.feed._queue.full():
            Event().wait(0.01)
        raise KeyError("a fault of ours")


def test_a_feed_that_fails_while_more_comes_than_it_has_room_for_ends(
    broker_mqtt: Mosquitto, sender: Sender, log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "_ROOM", 1)
    monkeypatch.setattr(mqtt, "MOST", 1)
    first = Running(broker_mqtt, log, tmp_path)
    first.until(state="running")
    first.end()
    sender.send(*(f"m{n}" for n in range(15)))
    entry = OwnTracks(name="phones", crs="wgs84", broker=broker_mqtt.url, topics=("t/+",), roster="r.csv")
    ear = Tripping()
    ear.feed = MqttFeed(entry, feedsfile.read(tmp_path / "none"), ear, Tally("owntracks", NOW))
    faults: list[KeyError] = []

    def run() -> None:
        try:
            ear.feed.run(log, Event())
        except KeyError as fault:
            faults.append(fault)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(20)
    assert not thread.is_alive() and len(faults) == 1


class Faltering(Ratings):
    """An ear that cannot put down what it knows the first time."""

    def done(self, sink: OnceSink) -> None:
        """Count it."""
        super().done(sink)
        if self.ended == 1:
            raise LogUnavailable("away")


def test_what_an_ear_cannot_put_down_at_once_it_puts_down_later(
    broker_mqtt: Mosquitto, sender: Sender, log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "AGAIN_S", 0.01)
    monkeypatch.setattr("tests.feeds.test_mqtt.Ratings", Faltering)
    feed = Running(broker_mqtt, log, tmp_path)
    feed.until(state="running")
    sender.send("a")
    feed.until(records=1)
    sender.send("b")
    feed.until(records=2, state="running")
    feed.end()
    assert names(log) == ["a", "b"]
