"""Alarms out of MQTT messages: what is raised, said again, and cleared, as a `sensormap` has it.

Remembers which alarms stand, so that one event is one alarm however many messages tell of it. The same messages at the
same instants have the same outcome. It neither listens to a broker nor writes records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from dashboard.codec import Malformed
from dashboard.model import AlarmRaised
from feeds.protocols.sensormap import Rule, SensorMap, Site, at, filled, holds, number, pattern

MAX_PAYLOAD: Final = 1_000_000
MAX_STANDING: Final = 50_000
"""Alarms at a time; beyond, the one raised first is cleared, for a source that never clears anything."""
_MAX_ID: Final = 128


@dataclass(frozen=True, slots=True)
class Raised:
    """A new alarm; `name` is what people call the device."""

    alarm: AlarmRaised
    name: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Repeated:
    """The alarm stands already, and has now been said `count` times."""

    alarm_id: str
    count: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Cleared:
    """The alarm is over."""

    alarm_id: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A device said something, and nobody knows where it stands."""

    device_id: str
    rule: str


Outcome = Raised | Repeated | Cleared | Unplaced


class Standing(Struct):
    """An alarm that stands, for as long as the process remembers; can be exported and given back."""

    alarm_id: str
    rule: str
    last_ms: int
    count: int = 1


class Sensors:
    """The alarms of one map. `find` knows where a device stands, before the map's own list is asked."""

    def __init__(
        self,
        book: SensorMap,
        find: Callable[[str], Site | None] = lambda device: None,
        standing: Mapping[str, Standing] | None = None,
    ) -> None:
        self._book, self._find = book, find
        self._rules = [(pattern(rule.topic), rule) for rule in book.rules]
        self._stay_ms = {rule.name: rule.clear_after_s and rule.clear_after_s * 1000 for rule in book.rules}
        self._standing = {key: replace(alarm) for key, alarm in (standing or {}).items()}

    def take(self, topic: str, payload: bytes, now_ms: int) -> list[Outcome]:
        """What one message comes to; nothing for most.

        Raises:
            Malformed: a payload that is not what a rule for its topic needs; nothing has changed then.
        """
        read: dict[str, object] = {}
        judged: list[tuple[Rule, str, Site | None, str, bool]] = []
        for rule, levels in self._matching(topic):
            if rule.payload not in read:
                read[rule.payload] = _decode(rule.payload, payload)
            said = read[rule.payload]
            over = holds(rule.clear, said)
            if over or holds(rule.raise_, said):
                judged.append((rule, *self._site(rule, levels, said), filled(rule.event, levels, said), not over))
        return [outcome for about in judged if about[1] for outcome in self._said(*about, now_ms)]

    def expire(self, now_ms: int) -> list[Outcome]:
        """The alarms that are over because nothing has been heard of them for long enough."""
        return [self._clear(key, now_ms) for key, alarm in list(self._standing.items()) if self._over(alarm, now_ms)]

    def export(self) -> dict[str, Standing]:
        """The alarms that stand, to be given to the next of its kind."""
        return {key: replace(alarm) for key, alarm in self._standing.items()}

    def _matching(self, topic: str) -> Iterator[tuple[Rule, dict[str, str]]]:
        """The rules for a topic, with its named levels. A server's own topics must be spelled out."""
        for expression, rule in self._rules:
            match = expression.fullmatch(topic)
            if match and (topic[:1] != "$" or rule.topic[:1] == "$"):
                yield rule, match.groupdict()

    def _said(self, rule: Rule, device: str, site: Site | None, event: str, up: bool, now_ms: int) -> Iterator[Outcome]:
        key = f"{rule.name}\n{device}\n{event}"
        alarm = self._standing.get(key)
        if alarm and (not up or self._over(alarm, now_ms)):
            yield self._clear(key, now_ms)
            alarm = None
        if not up and site is None:
            yield Unplaced(device, rule.name)
        elif up and alarm:
            alarm.last_ms, alarm.count = now_ms, alarm.count + 1
            yield Repeated(alarm.alarm_id, alarm.count, now_ms)
        elif up:
            yield from self._raise(key, rule, device, site, event, now_ms)

    def _raise(
        self, key: str, rule: Rule, device: str, site: Site | None, event: str, now_ms: int
    ) -> Iterator[Outcome]:
        if site is None:
            yield Unplaced(device, rule.name)
            return
        if len(self._standing) >= MAX_STANDING:
            yield self._clear(next(iter(self._standing)), now_ms)
        identity = _short(f"{self._book.name}.{rule.name}:{device}:{event or now_ms}")
        self._standing[key] = Standing(identity, rule.name, now_ms)
        crs = site.crs or self._book.crs or "wgs84"
        data = AlarmRaised(identity, device, rule.kind, rule.severity, site.lat, site.lon, crs=crs)
        yield Raised(data, site.name, now_ms)

    def _over(self, alarm: Standing, now_ms: int) -> bool:
        if alarm.rule not in self._stay_ms:  # the map has been changed since
            return True
        stay = self._stay_ms[alarm.rule]
        return stay is not None and now_ms - alarm.last_ms >= stay

    def _clear(self, key: str, now_ms: int) -> Cleared:
        return Cleared(self._standing.pop(key).alarm_id, now_ms)

    def _site(self, rule: Rule, levels: Mapping[str, str], payload: object) -> tuple[str, Site | None]:
        """The device a message is about, and where it stands, if anybody knows."""
        device = _short(filled(rule.device, levels, payload))
        known = self._find(device) or self._book.devices.get(device)
        if not rule.lat or not device:
            return device, known
        lat, lon = number(at(payload, rule.lat)), number(at(payload, rule.lon))
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            return device, known
        return device, Site(lat, lon, known.name if known else "", known.crs if known else self._book.crs)


def _decode(kind: str, payload: bytes) -> object:
    if len(payload) > MAX_PAYLOAD:
        raise Malformed("payload", f"{len(payload)} bytes", f"is larger than {MAX_PAYLOAD} bytes")
    try:
        return payload.decode() if kind == "text" else msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("payload", payload[:200].decode("utf-8", "replace"), f"is not {kind}: {error}") from None


def _short(identity: str) -> str:
    """An identifier that fits a record, and is still one of its own."""
    if len(identity) <= _MAX_ID:
        return identity
    return f"{identity[:100]}~{blake2b(identity.encode(), digest_size=12).hexdigest()}"
