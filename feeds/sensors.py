"""Alarms out of what sensors and fire panels say: the sensors' ear for MQTT, and the panels' side of TCP.

What stands is remembered beside the log, so that a restart neither raises an alarm again nor forgets to clear it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from dashboard import clock
from dashboard.codec import Malformed
from dashboard.model import AlarmCleared, AlarmRaised
from dashboard.record import Record
from dashboard.terms import SeverityName
from feeds.base import DeadLetter, OnceSink
from feeds.delivery import append
from feeds.feedsfile import FeedsFile, Gb26875
from feeds.feedsfile import Sensors as SensorsEntry
from feeds.mqtt import Message, MqttFeed
from feeds.protocols import gb26875, gb26875units, sensormap
from feeds.protocols.gb26875 import CONFIRM, SEND
from feeds.protocols.gb26875units import FireReport
from feeds.protocols.sensormap import Site
from feeds.protocols.sensors import MAX_STANDING, Cleared, Raised, Repeated, Sensors, Standing, Unplaced
from feeds.roster import Listed, Place, places
from feeds.tally import Tally
from feeds.tcp import Listening, Said, TcpFeed

_STANDING: Final = dict[str, Standing]
_EVERY_MS: Final = 1000


def sensors_feed(entry: SensorsEntry, file: FeedsFile, tally: Tally) -> MqttFeed:
    """Sensors over MQTT. Raises OSError, RosterError, Malformed for files that cannot be used."""
    local = file.path(entry.map)
    book = sensormap.load(local if local.exists() else entry.map)
    listed = Listed(file.path(entry.devices), places, clock.monotonic, tally.remark) if entry.devices else None
    return MqttFeed(entry, file, SensorEar(entry, book, listed, tally), tally)


class SensorEar:
    """The ear for sensors over MQTT."""

    def __init__(
        self, entry: SensorsEntry, book: sensormap.SensorMap, listed: Listed[Place] | None, tally: Tally
    ) -> None:
        self._entry, self._listed, self._tally = entry, listed, tally
        self._book = msgspec.structs.replace(book, crs=book.crs or entry.crs)
        self._sensors = Sensors(self._book, self._site)
        self._changed, self._looked = False, 0

    def begin(self, sink: OnceSink) -> None:
        """Take up the alarms that stood when this ended."""
        kept = sink.recall(self._entry.name)
        self._sensors = Sensors(self._book, self._site, msgspec.json.decode(kept, type=_STANDING) if kept else None)

    def hear(self, message: Message, now_ms: int) -> Sequence[Record]:
        """What a message comes to; one that the broker had kept from before says nothing of now. Raises Malformed."""
        return () if message.retained else self._records(self._sensors.take(message.topic, message.payload, now_ms))

    def due(self, now_ms: int) -> Sequence[Record]:
        """Alarms that are over because nothing has been heard of them."""
        if now_ms - self._looked < _EVERY_MS:
            return ()
        self._looked = now_ms
        return self._records(self._sensors.expire(now_ms))

    def done(self, sink: OnceSink) -> None:
        """Keep what stands now."""
        if self._changed:
            sink.remember(self._entry.name, msgspec.json.encode(self._sensors.export()))
            self._changed = False

    def _site(self, device: str) -> Site | None:
        place = self._listed.get(device) if self._listed else None
        return Site(place.lat, place.lon, place.name, self._entry.crs) if place else None

    def _records(self, outcomes: Iterable[Raised | Repeated | Cleared | Unplaced]) -> list[Record]:
        records = []
        for outcome in outcomes:
            if isinstance(outcome, Unplaced):
                self._tally.strange(outcome.device_id, clock.now_ms())
            elif isinstance(outcome, Repeated):
                self._tally.took((), outcome.at_ms, repeated=1)
            else:
                self._changed = True
                records.append(_record(self._entry.name, outcome))
        return records


def _record(source: str, outcome: Raised | Cleared) -> Record:
    if isinstance(outcome, Raised):
        alarm = outcome.alarm
        return Record(f"{alarm.alarm_id}-{outcome.at_ms}", source, "alarm.raised", outcome.at_ms, alarm)
    cleared = AlarmCleared(outcome.alarm_id)
    return Record(f"{outcome.alarm_id}-over-{outcome.at_ms}", source, "alarm.cleared", outcome.at_ms, cleared)


def gb26875_feed(entry: Gb26875, file: FeedsFile, tally: Tally) -> TcpFeed:
    """Fire panels that speak GB/T 26875.3. Raises OSError, RosterError for files that cannot be used."""
    listed = Listed(file.path(entry.devices), places, clock.monotonic, tally.remark)
    panels = Panels(entry, listed, tally)
    at = Listening(entry.listen, entry.connections, entry.idle_s)
    return TcpFeed(entry.name, at, Panel, panels.flush, tally)


class Panel:
    """One fire panel's side: every frame is confirmed once it is on the log, or denied."""

    def __init__(self) -> None:
        self._splitter = gb26875.Splitter()

    def hear(self, data: bytes) -> Iterable[Said]:
        """What its frames say."""
        yield from self._read(self._splitter.feed(data))

    def rest(self) -> Iterable[Said]:
        """A frame that breaks off is refused, and its panel sends it again."""
        yield from self._read(self._splitter.rest())

    def _read(self, frames: Iterable[bytes]) -> Iterable[Said]:
        for raw in frames:
            try:
                frame = gb26875.decode(raw)
                reports = gb26875units.reports(frame)
            except Malformed as fault:
                yield Said(None, gb26875.denial(raw, clock.now_ms()) or b"", fault, raw)
            else:
                reply = gb26875.reply(frame, CONFIRM, clock.now_ms()) if frame.command == SEND else b""
                yield Said(reports or None, reply, None, raw)


class Panels:
    """The alarms of all panels of one feed: one for each part and kind, from the first word of it to the last."""

    def __init__(self, entry: Gb26875, listed: Listed[Place], tally: Tally) -> None:
        self._entry, self._listed, self._tally = entry, listed, tally
        self._standing: dict[str, str] | None = None
        self._kept = True
        self._begun: dict[str, str] = {}
        """Alarms on their way to the log: said again, they are the same."""

    def flush(self, sink: OnceSink, meanings: Sequence[list[FireReport]]) -> None:
        """Put on the log what the reports come to. Raises LogUnavailable; the same may then be flushed again."""
        if self._standing is None:
            kept = sink.recall(self._entry.name)
            self._standing = msgspec.json.decode(kept, type=dict[str, str]) if kept else {}
        standing, letters = dict(self._standing), list[DeadLetter]()
        records = [
            record for reports in meanings for report in reports for record in self._said(report, standing, letters)
        ]  # fmt: skip
        append(sink, records, letters, self._tally)
        self._begun.clear()
        self._kept, self._standing = self._kept and standing == self._standing, standing
        if not self._kept:
            sink.remember(self._entry.name, msgspec.json.encode(standing))
            self._kept = True

    def _said(self, report: FireReport, standing: dict[str, str], letters: list[DeadLetter]) -> list[Record]:
        now_ms = clock.now_ms()
        if report.clears:
            over = [key for key in standing if _speaks_of(report, key)]
            return [self._over(standing.pop(key), now_ms) for key in over]
        key = f"{report.place}\n{report.alarm_kind}"
        if not report.alarm_kind:
            return []
        if key in standing:
            self._tally.took((), now_ms, repeated=1)
            return []
        place = self._listed.get(report.device)
        if place is None:
            self._tally.strange(report.device, now_ms)
            reason = "is in no list of devices, so nobody knows where this alarm is"
            raw = msgspec.json.encode({"place": report.place, "states": report.states, "text": report.text})
            letters.append(DeadLetter(self._entry.name, "gb26875", "device", report.device, reason, raw))
            return []
        made = f"{self._entry.name}-{report.place}-{report.alarm_kind}-{now_ms}"[:128]
        full = len(standing) >= MAX_STANDING  # the one raised first makes room
        oldest = [self._over(standing.pop(next(iter(standing))), now_ms)] if full else []
        alarm = standing[key] = self._begun.setdefault(key, made)
        severity: SeverityName = "urgent" if report.fire else "normal"
        raised = AlarmRaised(
            alarm, report.place, report.alarm_kind, severity, place.lat, place.lon, crs=self._entry.crs
        )  # fmt: skip
        return [*oldest, Record(alarm, self._entry.name, "alarm.raised", report.at_ms or now_ms, raised)]

    def _over(self, alarm: str, now_ms: int) -> Record:
        return Record(f"{alarm}-over", self._entry.name, "alarm.cleared", now_ms, AlarmCleared(alarm))


def _speaks_of(report: FireReport, key: str) -> bool:
    """Whether what is over is what stands: the part itself, or any part of the system or panel that was reset."""
    place = key.partition("\n")[0]
    return place == report.place or place.startswith(f"{report.place}-")
