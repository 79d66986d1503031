"""What a tracker or a phone says of itself, whatever it speaks. Whose device it is, the roster knows."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DeviceFix:
    """A place a device reports: degrees in the datum its source declares, UTC ms, m, m/s, degrees from north, %.

    `located` is False when the device itself says that it has no fix now: the place is the last one it knew, or a rough
    one. `values` is what else it said, in the protocol's words (satellites, mileage_km, alarms).
    """

    device: str
    fix_ms: int
    lat: float
    lon: float
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading: float | None = None
    battery: int | None = None
    sos: bool = False
    located: bool = True
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeviceSaid:
    """What a device says that is no place: `kind` is its protocol's word (heartbeat, lwt, alarm), `values` the rest."""

    device: str
    kind: str
    at_ms: int | None = None
    battery: int | None = None
    sos: bool = False
    values: dict[str, str] = field(default_factory=dict)


Sighting = DeviceFix | DeviceSaid
