"""The alarms of the city as ISA-18.2 has them, folded from records: what calls, what waits, what is set aside and why.

The fold knows no time but the records'; what time alone brings is derived from `now_ms` by the function the fold itself
uses for the time between two records (`alarmstates.settled`). How many are too many is said in `floods`, how the load
measures up in `alarmload`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from hashlib import blake2b
from operator import attrgetter
from typing import Final

from msgspec import Struct
from msgspec.json import Encoder
from msgspec.structs import replace

from dashboard.alarmrules import Rules
from dashboard.alarmstates import (
    NOTHING,
    Alarm,
    AlarmData,
    Priority,
    Silence,
    State,
    Step,
    changed,
    raised,
    rests,
    resumed,
    settled,
    sounding,
    steady,
)
from dashboard.clock import DAY_MS
from dashboard.model import AlarmRaised, AlarmServiced, Severity

KEEP_MS, SWEEP = DAY_MS, 1024
"""A normal alarm no record spoke of for so long is forgotten; nobody looks for such among fewer alarms than this."""
_ENCODER: Final = Encoder()


class AnnunciatorState(Struct):
    """The annunciator as plain values, for snapshots."""

    alarms: list[Alarm]
    services: dict[str, AlarmServiced]
    ignored: dict[str, int]
    seq: int
    newest_ms: int
    digest: int
    out_since: dict[str, int] = {}


def _place(alarm: Alarm) -> str:
    return alarm.area


class Annunciator:
    """Every alarm by id; `services` holds the devices out of service, `ignored` counts senseless records by class."""

    def __init__(self, rules: Rules | None = None, place_of: Callable[[Alarm], str] = _place) -> None:
        """`place_of`: the code of an alarm's place, for suppression by area; empty where it is not known."""
        self.rules, self.place_of = rules or Rules(), place_of
        self._suppressible = {rule.kind for rule in self.rules.suppress}
        self.services: dict[str, AlarmServiced] = {}
        self.out_since: dict[str, int] = {}
        """Since when they are, UTC ms; not of those in a snapshot from before this was kept."""
        self.ignored: dict[str, int] = {}
        self.total_digest = 0
        """Modulo 2**64, the sum of one hash per alarm (a forgotten one's last) and per device out of service. The
        numbers are left out: it does not matter how records about different devices are interleaved."""
        self._alarms: dict[str, Alarm] = {}
        self._listed: dict[str, Alarm] = {}
        self._fixed: dict[str, tuple[Alarm, State]] = {}
        """Of those listed, the ones whose state neither time nor another alarm will change: most of a long list."""
        self._of_device: defaultdict[str, set[str]] = defaultdict(set)
        self._seq, self._newest_ms, self._sweep_at = 0, 0, SWEEP

    def __iter__(self) -> Iterator[Alarm]:
        return iter(self._alarms.values())

    def __len__(self) -> int:
        return len(self._alarms)

    def __contains__(self, alarm_id: str) -> bool:
        return alarm_id in self._alarms

    def __getitem__(self, alarm_id: str) -> Alarm:
        return self._alarms[alarm_id]

    def fold(self, data: AlarmData, time_ms: int) -> list[Step]:
        """Apply one record of when `time_ms` (UTC): what time had done since the record before, then what it did.

        What makes no sense changes nothing and is counted. Raises Malformed for a shelf whose end is no instant.
        """
        if isinstance(data, AlarmServiced):
            return self._serviced(data, time_ms)
        known = self._alarms.get(data.alarm_id)
        at_ms = max(time_ms, known.at_ms) if known else time_ms
        before = self.at(known, at_ms) if known else None
        if before and rests(before) and at_ms - before.at_ms >= KEEP_MS:
            known = before = None
        if isinstance(data, AlarmRaised):
            before = before or Alarm(data.alarm_id, data.device_id, data.kind)
            quiet = before.shelf is not None or data.device_id in self.services
            after: Alarm | None = raised(before, data, self.rules.of(data.kind), quiet, at_ms)
        else:
            after = before and changed(before, data, self.rules.of(before.kind), before.device in self.services, at_ms)
        return self._ignore(data) if before is None or after is None else self._put(known, before, after, at_ms)

    def at(self, alarm: Alarm, now_ms: int) -> Alarm:
        """An alarm as time alone has left it at `now_ms`."""
        if steady(alarm):
            return alarm
        return settled(alarm, self.rules.of(alarm.kind), alarm.device in self.services, now_ms)

    def lapsed(self, now_ms: int) -> list[Step]:
        """What time alone has done up to `now_ms`, and no record has shown yet."""
        pairs = ((alarm, self.at(alarm, now_ms)) for alarm in self._listed.values())
        return [(before, after, now_ms) for before, after in pairs if after is not before]

    def state(self, alarm: Alarm, now_ms: int) -> State:
        """Where an alarm stands at `now_ms`."""
        suppressing = self._suppressing(now_ms) if alarm.kind in self._suppressible else set()
        return self._state(self.at(alarm, now_ms), suppressing)

    def listed(self, now_ms: int) -> list[tuple[Alarm, State]]:
        """Every alarm that is not normal, settled, with its state: by priority, then first-out.

        Of a device out of service, only those that would be listed without that; the device is in `services`.
        """
        normal, out, suppressing = State.normal, State.out_of_service, self._suppressing(now_ms)
        alarms = sorted(self._listed.values(), key=attrgetter("seq"))
        alarms.sort(key=attrgetter("priority"))  # two sorts of whole numbers: a third of the time of one of pairs
        fixed = self._fixed
        pairs = [fixed.get(alarm.id) or self._pair(self.at(alarm, now_ms), suppressing) for alarm in alarms]
        return [pair for pair in pairs if pair[1] is not normal and (pair[1] is not out or not rests(pair[0]))]

    def annunciated(self, now_ms: int) -> list[Alarm]:
        """Those that call now, by priority, then first-out; a re-alarm moves `called_ms`."""
        return [self.again(alarm, now_ms) for alarm, state in self.listed(now_ms) if state is State.unacknowledged]

    def standing(self) -> list[Alarm]:
        """Every alarm whose device says that it is on, whatever people have done about it."""
        return [alarm for alarm in self._listed.values() if alarm.on]

    def sounds(self, now_ms: int, silenced: Silence = NOTHING) -> list[Priority]:
        """The sounds that should be on at a seat that has silenced so much; see `sounding`."""
        return sounding(self.annunciated(now_ms), silenced)

    def export(self) -> AnnunciatorState:
        """Everything, as plain values."""
        return AnnunciatorState(
            list(self._alarms.values()), dict(self.services), dict(self.ignored),
            self._seq, self._newest_ms, self.total_digest, dict(self.out_since),
        )  # fmt: skip

    def restore(self, state: AnnunciatorState) -> None:
        """Become, from empty, what `export` described."""
        self.services, self.ignored = dict(state.services), dict(state.ignored)
        self.out_since = dict(state.out_since)
        for alarm in state.alarms:
            self._store(None, alarm)
        self._seq, self._newest_ms, self.total_digest = state.seq, state.newest_ms, state.digest

    def _ignore(self, data: AlarmData) -> list[Step]:
        name = type(data).__name__
        self.ignored[name] = self.ignored.get(name, 0) + 1
        return []

    def _put(self, known: Alarm | None, before: Alarm, after: Alarm, at_ms: int) -> list[Step]:
        self._seq += 1
        first = self._seq if after.on and not (before.on or before.active) else after.seq
        call = self._seq if after.calls > before.calls else after.call_seq
        after = replace(after, at_ms=at_ms, seq=first, call_seq=call)
        self._store(known, after)
        self._newest_ms = max(self._newest_ms, at_ms)
        if len(self._alarms) > self._sweep_at:
            self._sweep()
        return [(old, new, at_ms) for old, new in ((known or before, before), (before, after)) if old is not new]

    def _store(self, known: Alarm | None, alarm: Alarm) -> None:
        self._drop(alarm.id)
        self._alarms[alarm.id] = alarm
        self._of_device[alarm.device].add(alarm.id)
        if not rests(alarm):
            self._listed[alarm.id] = alarm
            if steady(alarm) and alarm.kind not in self._suppressible and alarm.device not in self.services:
                self._fixed[alarm.id] = self._pair(alarm, set())
        self._count(_digest(alarm) - (_digest(known) if known else 0))

    def _drop(self, alarm_id: str) -> None:
        self._listed.pop(alarm_id, None)
        self._fixed.pop(alarm_id, None)
        if (old := self._alarms.pop(alarm_id, None)) is not None:
            self._of_device[old.device].discard(alarm_id)
            if not self._of_device[old.device]:
                del self._of_device[old.device]

    def _count(self, digest: int) -> None:
        self.total_digest = (self.total_digest + digest) % 2**64

    def _sweep(self) -> None:
        """Drop the forgotten. Their hashes stay in the sum, so that it does not tell when this was done."""
        old = (alarm for alarm in self._alarms.values() if self._newest_ms - alarm.at_ms >= KEEP_MS)
        for alarm_id in [alarm.id for alarm in old if rests(self.at(alarm, self._newest_ms))]:
            self._drop(alarm_id)
        self._sweep_at = max(SWEEP, 2 * len(self._alarms))

    def _serviced(self, data: AlarmServiced, time_ms: int) -> list[Step]:
        was, steps = self.services.get(data.device_id), []
        if (data.state == "out") == (was is not None):
            return self._ignore(data)
        for alarm_id in sorted(self._of_device.get(data.device_id, ())):
            known = self._alarms[alarm_id]
            at_ms = max(time_ms, known.at_ms)
            before = self.at(known, at_ms)
            after = resumed(before, data.state == "out" or before.shelf is not None, at_ms)
            steps += self._put(known, before, after, at_ms)
            self._fixed.pop(alarm_id, None)  # its state is told by whether the device is in service
        if was is None:
            self.services[data.device_id], self.out_since[data.device_id] = data, time_ms
        else:
            del self.services[data.device_id]
            self.out_since.pop(data.device_id, None)
        self._count(-_digest(was) if was else _digest(data))
        return steps

    def _pair(self, alarm: Alarm, suppressing: set[tuple[str, str]]) -> tuple[Alarm, State]:
        return alarm, self._state(alarm, suppressing)

    def _state(self, alarm: Alarm, suppressing: set[tuple[str, str]]) -> State:
        if alarm.device in self.services:
            return State.out_of_service
        if alarm.shelf is not None:
            return State.shelved
        if alarm.acked and not alarm.active:
            return State.normal
        if suppressing and alarm.kind in self._suppressible and self._suppressed(alarm, suppressing):
            return State.suppressed  # returned or not: it asks nobody for anything
        if not alarm.active:
            return State.returned_unacknowledged
        return State.acknowledged if alarm.acked else State.unacknowledged

    def _suppressing(self, now_ms: int) -> set[tuple[str, str]]:
        """Kind and place of the standing alarms that suppress others; a device out of service is not believed.

        For a rule with an area, also kind and `area*`.
        """
        kinds = {rule.while_ for rule in self.rules.suppress}
        alarms = (alarm for alarm in self._listed.values() if alarm.kind in kinds) if kinds else ()
        standing = (alarm for alarm in alarms if alarm.device not in self.services and self.at(alarm, now_ms).active)
        found = {(alarm.kind, self.place_of(alarm)) for alarm in standing}
        areas = [(rule.while_, rule.area) for rule in self.rules.suppress if rule.area]
        return found | {(k, f"{area}*") for k, area in areas for kind, at in found if kind == k and at.startswith(area)}

    def _suppressed(self, alarm: Alarm, suppressing: set[tuple[str, str]]) -> bool:
        here = self.place_of(alarm)
        for rule in self.rules.suppress:
            if rule.kind == alarm.kind and here.startswith(rule.area):
                place = f"{rule.area}*" if rule.area else here
                if place and (rule.while_, place) in suppressing:
                    return True
        return False

    def again(self, alarm: Alarm, now_ms: int) -> Alarm:
        """An alarm that calls, as it calls at `now_ms`: an urgent one may have called again since its record."""
        every_ms = 1000 * self.rules.of(alarm.kind).re_alarm_s
        if every_ms == 0 or alarm.sev != Severity.urgent or now_ms - alarm.called_ms < every_ms:
            return alarm
        return replace(alarm, called_ms=now_ms - (now_ms - alarm.called_ms) % every_ms)


def _digest(what: Alarm | AlarmServiced) -> int:
    what = replace(what, seq=0, call_seq=0) if isinstance(what, Alarm) else what
    return int.from_bytes(blake2b(_ENCODER.encode(what), digest_size=8).digest(), "little")
