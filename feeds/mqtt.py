"""Messages of an MQTT broker: a session that lasts, acknowledged one by one once what they mean is on the log.

QoS 1: a broker or a feed that is killed costs no message; one that comes twice is the same record. What a message means
is for `hear` to say. Publishes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty, Full, Queue
from threading import Event
from typing import Any, Final, NamedTuple, Protocol
from urllib.parse import urlsplit

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from dashboard import clock
from dashboard.codec import Malformed
from dashboard.record import Record
from feeds.base import DeadLetter, OnceSink
from feeds.delivery import deliver, insist
from feeds.feedsfile import Broker, FeedsFile
from feeds.tally import Tally

logger = logging.getLogger(__name__)
MOST: Final = 500
"""Messages in one append."""
_ROOM: Final = 10_000
_GATHER_S: Final = 0.02
_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}


class Message(NamedTuple):
    """What came: on which topic, and whether the broker had kept it since before we came."""

    topic: str
    payload: bytes
    retained: bool


class Ear(Protocol):
    """Who understands messages."""

    def begin(self, sink: OnceSink) -> None:
        """Before the first message: remember what must be known."""

    def hear(self, message: Message, now_ms: int) -> Sequence[Record]:
        """What a message, received now (UTC ms), comes to. Raises Malformed."""

    def due(self, now_ms: int) -> Sequence[Record]:
        """What the mere passing of time comes to."""

    def done(self, sink: OnceSink) -> None:
        """What was heard is on the log. Raises LogUnavailable, and is then asked again."""


def client_of(entry: Broker, file: FeedsFile, name: str, *, lasting: bool) -> tuple[Client, str, int]:
    """A client called `name` of an entry's broker, and that broker's host and port; not connected yet.

    `lasting`: the broker keeps its session, and it acknowledges by hand. Raises OSError, ValueError.
    """
    at = urlsplit(entry.broker)
    if at.username is not None or at.password is not None:  # nobody is shown what it says
        raise ValueError("broker: write neither names nor passwords into it, but user and password_file")
    if at.scheme not in _PORTS or not at.hostname:
        raise ValueError(f"broker={entry.broker!r}: write mqtt://host:1883 or mqtts://host:8883")
    client = Client(CallbackAPIVersion.VERSION2, name, clean_session=not lasting, manual_ack=lasting)
    if entry.user is not None:
        path = entry.password_file
        client.username_pw_set(entry.user, file.path(path).read_text().strip() if path else None)
    if at.scheme == "mqtts":
        client.tls_set(str(file.path(entry.ca_file)) if entry.ca_file else None)
    return client, at.hostname, at.port or _PORTS[at.scheme]


class MqttFeed:
    """A feed of one broker, as an entry of feeds.yaml describes it."""

    def __init__(self, entry: Broker, file: FeedsFile, ear: Ear, tally: Tally) -> None:
        self.name = entry.name
        self._entry, self._file, self._ear, self._tally = entry, file, ear, tally
        self._queue: Queue[MQTTMessage] = Queue(_ROOM)

    def run(self, sink: OnceSink, stop: Event) -> None:
        """Until `stop`. Raises OSError or ValueError for an entry that no broker can be found by; a broker that is away
        is waited for.
        """
        self._tally.turn("starting", clock.now_ms())
        over = Event()
        client = self._client(over)
        self._ear.begin(sink)
        client.loop_start()
        try:
            while not stop.is_set():
                taken = self._take()
                records, letters = self._heard(taken)
                if not (taken or records) or not deliver(sink, records, letters, self._tally, stop):
                    continue
                if insist(lambda: self._ear.done(sink), self._tally, stop):
                    for message in taken:
                        client.ack(message.mid, message.qos)
        finally:
            over.set()  # or the client's thread might wait for room for ever
            client.disconnect()
            client.loop_stop()

    def _client(self, over: Event) -> Client:
        entry = self._entry
        client, host, port = client_of(entry, self._file, entry.client_id or f"fourscreens-{entry.name}", lasting=True)
        client.reconnect_delay_set(1, 30)
        client.on_connect, client.on_disconnect = self._connected, self._gone
        client.on_connect_fail = lambda *_: self._waits(f"{entry.broker} does not answer")
        client.on_subscribe = self._subscribed
        client.on_message = lambda client, data, message: self._put(message, over)
        client.connect_async(host, port, keepalive=30)
        return client

    def _connected(self, client: Client, data: object, flags: object, code: Any, properties: object) -> None:
        if code.is_failure:
            self._waits(f"the broker says: {code}")
        else:
            client.subscribe([(topic, 1) for topic in self._entry.topics])

    def _subscribed(self, client: Client, data: object, mid: int, codes: Sequence[Any], properties: object) -> None:
        refused = [topic for topic, code in zip(self._entry.topics, codes, strict=False) if code.is_failure]
        if refused:
            self._waits(f"the broker does not let us have {', '.join(refused)}")
        else:
            self._tally.turn("running", clock.now_ms())

    def _gone(self, client: Client, data: object, flags: object, code: Any, properties: object) -> None:
        self._waits(f"the broker is away: {code}")

    def _waits(self, why: str) -> None:
        logger.warning("%s: %s", self.name, why)
        self._tally.turn("waiting", clock.now_ms(), why)

    def _put(self, message: MQTTMessage, over: Event) -> None:
        """Wait for room: what comes is then held back by the connection itself."""
        waiting = True
        while waiting and not over.is_set():
            with suppress(Full):
                self._queue.put(message, timeout=0.5)
                waiting = False

    def _take(self) -> list[MQTTMessage]:
        taken: list[MQTTMessage] = []
        until = clock.monotonic() + 0.2
        while len(taken) < MOST:
            try:
                taken.append(self._queue.get(timeout=max(0.0, until - clock.monotonic())))
            except Empty:
                break
            until = min(until, clock.monotonic() + _GATHER_S)
        return taken

    def _heard(self, taken: Sequence[MQTTMessage]) -> tuple[list[Record], list[DeadLetter]]:
        now = clock.now_ms()
        records, letters = [*self._ear.due(now)], list[DeadLetter]()
        for message in taken:
            try:
                records += self._ear.hear(Message(message.topic, bytes(message.payload), message.retain), now)
            except Malformed as fault:
                place = f"mqtt {message.topic}"
                letters.append(
                    DeadLetter(self.name, place, fault.field, fault.value, fault.reason, bytes(message.payload))
                )
        return records, letters
