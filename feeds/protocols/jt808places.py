"""JT/T 808: the places in its messages: the location of 0x0200 with what is added to it, and that of 0x5501. No frames.

The standard's own items, and those that makers of trackers agree on; what needs the model to be known is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from struct import Struct
from typing import Final

from dashboard.codec import Malformed
from feeds.protocols.device import DeviceFix, DeviceSaid, Sighting
from feeds.protocols.fields import (
    CITY_OFFSET_MIN,
    KMH_MPS,
    KNOT_MPS,
    heading,
    is_place,
    local_ms,
    percent,
    speed,
    utc_ms,
)

LOCATION: Final = Struct(">IIIIhHH6s")
"""Alarms, status, latitude, longitude, altitude, speed, course, time."""
_SHORT: Final = Struct(">6s4s5sBBBBIB")
_BATTERY: Final = {
    (0x06, 1): (0, 1), (0x56, 2): (0, 10), (0xD4, 1): (0, 1), (0xE1, 1): (0, 1), (0xE9, 1): (0, 1), (0xE3, 4): (1, 1),
    (0xE3, 6): (1, 1), (0xE4, 2): (1, 1), (0xF7, 6): (5, 1), (0xFE, 1): (0, 1),
}  # fmt: skip
"""Charge in per cent, which the standard forgot: by item and length, at which byte and in how many per cent."""
_ALARMS: Final = {
    0: "sos", 1: "overspeed", 2: "fatigue", 3: "danger", 4: "gnss-fault", 5: "antenna-cut", 6: "antenna-short",
    7: "power-low", 8: "power-lost", 18: "hours-over", 19: "parked-over", 20: "area", 21: "route", 23: "off-route",
    26: "stolen", 28: "moved", 29: "collision", 30: "rollover",
}  # fmt: skip


def location(device: str, body: bytes) -> Sighting:
    """The body of 0x0200. A call for help counts whether or not place and time can be read.

    Raises:
        Malformed: too short, or nowhere on Earth.
    """
    if len(body) < LOCATION.size:
        raise Malformed("body", body.hex(), f"a location has {LOCATION.size} bytes or more")
    alarm, status, north, east, _, pace, course, bcd = LOCATION.unpack_from(body)
    lat = north / 1e6 * (-1 if status & 4 else 1)
    lon = east / 1e6 * (-1 if status & 8 else 1)
    located, fix_ms = bool(status & 2), beijing(bcd)
    battery, sos, told = _items(body[LOCATION.size :])
    sos |= bool(alarm & 1)
    if alarm and (alarms := [name for bit, name in _ALARMS.items() if alarm >> bit & 1]):
        told["alarms"] = " ".join(alarms)
    nowhere = (sos or not located) and (abs(lat) > 90 or abs(lon) > 180)  # all bits set, where there is no fix
    if nowhere or not is_place(lat, lon) or fix_ms is None:
        return DeviceSaid(device, "location", fix_ms, battery, sos, told)
    return DeviceFix(
        device, fix_ms, lat, lon, None, speed(pace / 10, KMH_MPS), heading(course), battery, sos, located, told
    )


def _items(extra: bytes) -> tuple[int | None, bool, dict[str, str]]:
    """Battery, a call for help and the rest, of what follows a location; it ends where it makes no sense."""
    battery, sos, told = None, False, {}
    for item, value in _walk(extra):
        length = len(value)
        if place := _BATTERY.get((item, length)):
            battery = percent(value[place[0]] * place[1])
        elif item == 0x00 and value[:2] in (b"\x00\xa8", b"\x00\xe1") and length == 3:
            battery = percent(value[2])
        elif item == 0x68 and length == 2:
            battery = percent(int.from_bytes(value, "big") / 100)
        elif item == 0x01 and length == 4:
            told["mileage_km"] = str(int.from_bytes(value, "big") / 10)
        elif item == 0x30 and length == 1:
            told["signal"] = str(value[0])
        elif item == 0x31 and length == 1:
            told["satellites"] = str(value[0])
        elif item == 0xE7 and length == 8:  # badges and wristbands with a button
            sos = bool(value[1] & 0b1110)
    return battery, sos, told


def _walk(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """Items of one byte for what, one for the length; 0xEB may hold such items again."""
    at = 0
    while at + 2 <= len(extra):
        item, length = extra[at], extra[at + 1]
        value = extra[at + 2 : at + 2 + length]
        if len(value) < length:
            return
        if item == 0xEB and value[:1] == b"\x00":
            yield from _walk(value)
        yield item, value
        at += 2 + length


def short(device: str, body: bytes) -> Sighting:
    """The body of 0x5501 and 0x5502: UTC, degrees and minutes in decimal digits, and which of it holds as flags.

    Raises:
        Malformed: too short, not decimal, or nowhere on Earth.
    """
    if len(body) < _SHORT.size:
        raise Malformed("body", body.hex(), f"such a location has {_SHORT.size} bytes or more")
    bcd, north, east, pace, course, signal, satellites, mileage, charge = _SHORT.unpack_from(body)
    flags, digits = east[-1] & 15, east.hex()[:9]
    moment = _bcd_time(bcd[2::-1] + bcd[3:])
    fix_ms = None if moment is None else utc_ms(moment)
    told = {"signal": str(signal), "satellites": str(satellites), "mileage_km": str(mileage)}
    battery = percent(charge)
    if not (north.hex() + digits).isdecimal():
        raise Malformed("lat", north.hex() + digits, "is not decimal digits")
    lat = _degrees(north.hex()) * (1 if flags & 2 else -1)
    lon = _degrees(digits) * (1 if flags & 4 else -1)
    if fix_ms is None or not is_place(lat, lon):
        return DeviceSaid(device, "location", fix_ms, battery, values=told)
    knots = int(f"{pace:02x}") if f"{pace:02x}".isdecimal() else None
    way, located = speed(knots, KNOT_MPS), bool(flags & 1)
    return DeviceFix(device, fix_ms, lat, lon, None, way, heading(course * 2), battery, located=located, values=told)


def _degrees(digits: str) -> float:
    return int(digits[:-6]) + int(digits[-6:]) / 10_000 / 60


def _bcd_time(bcd: bytes) -> datetime | None:
    digits = bcd.hex()
    try:
        year, month, day, hour, minute, second = (int(digits[at : at + 2]) for at in range(0, 12, 2))
        return datetime(2000 + year, month, day, hour, minute, second)
    except ValueError:
        return None


def beijing(bcd: bytes) -> int | None:
    """UTC milliseconds of six bytes of Beijing time, yymmddhhmmss in decimal digits; None for what is no time."""
    moment = _bcd_time(bcd)
    return None if moment is None else local_ms(moment, CITY_OFFSET_MIN)
