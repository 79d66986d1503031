"""Alarms folded from their records: those that stand, with their place, for the lists and marks on the wall.

An alarm stands from when it is raised until it is cleared; taking note of one does not end it. How many are too many,
and who must do what about them, is not decided here.
"""

from __future__ import annotations

from hashlib import blake2b
from heapq import nlargest

import msgspec

from dashboard.model import AlarmAcked, AlarmCleared, AlarmRaised, AlarmShelved, Severity

WIRE_MOST = 500
"""So many, the newest, are told to browsers."""
_ENCODER = msgspec.json.Encoder()


class Standing(msgspec.Struct):
    """One alarm that stands. `sev` a Severity's number; degrees WGS-84; `since` UTC ms; `area` the area it is about;
    `ack` who took note, or who shelved it; empty: nobody yet."""

    id: str
    device: str
    kind: str
    sev: int
    lat: float
    lon: float
    since: int
    area: str = ""
    ack: str = ""


class Alarms:
    """The alarms that stand, by id."""

    def __init__(self) -> None:
        self.standing: dict[str, Standing] = {}
        self.total_digest = 0
        """Sum of one hash per alarm, modulo 2**64."""
        self._wire: list[Standing] | None = None

    def fold(self, data: AlarmRaised | AlarmCleared | AlarmAcked | AlarmShelved, time_ms: int) -> None:
        """Apply one record of when `time_ms` (UTC); what it says of an alarm that does not stand is passed over."""
        if isinstance(data, AlarmRaised):
            self._put(_raised(data, self.standing.get(data.alarm_id), time_ms))
        elif isinstance(data, AlarmCleared):
            self._drop(data.alarm_id)
        elif (known := self.standing.get(data.alarm_id)) is not None:
            self._put(msgspec.structs.replace(known, ack=data.by))

    def restore(self, standing: list[Standing]) -> None:
        """Become, from empty, what `export` described."""
        for alarm in standing:
            self._put(alarm)

    def export(self) -> list[Standing]:
        """Every alarm that stands, for snapshots."""
        return list(self.standing.values())

    def wire(self) -> list[Standing]:
        """The newest that stand, newest first: the same list until something changes."""
        if self._wire is None:
            self._wire = nlargest(WIRE_MOST, self.standing.values(), key=lambda alarm: (alarm.since, alarm.id))
        return self._wire

    def _put(self, alarm: Standing) -> None:
        self._drop(alarm.id)
        self.standing[alarm.id] = alarm
        self.total_digest = (self.total_digest + _digest(alarm)) % 2**64

    def _drop(self, alarm_id: str) -> None:
        self._wire = None
        if (old := self.standing.pop(alarm_id, None)) is not None:
            self.total_digest = (self.total_digest - _digest(old)) % 2**64


def _raised(data: AlarmRaised, known: Standing | None, time_ms: int) -> Standing:
    return Standing(
        data.alarm_id, data.device_id, data.kind, int(Severity[data.severity]), round(data.lat, 6), round(data.lon, 6),
        known.since if known else time_ms, data.area_id, known.ack if known else "",
    )  # fmt: skip


def _digest(alarm: Standing) -> int:
    return int.from_bytes(blake2b(_ENCODER.encode(alarm), digest_size=8).digest(), "little")
