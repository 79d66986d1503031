"""JT/T 808: what a message says: places, calls for help, batteries, and what a device is. Builds no answers.

Messages nobody here can read are heard and say nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from struct import unpack
from typing import Final

from dashboard.codec import Malformed
from feeds.protocols.device import DeviceSaid, Sighting
from feeds.protocols.fields import percent, within
from feeds.protocols.jt808 import AUTHENTICATE, HEARTBEAT, LOGOUT, REGISTER, SYNC_ASKED, TEXT, TIME_ASKED, Frame
from feeds.protocols.jt808places import LOCATION, beijing, location, short

_MAX_TOLD: Final = 200
_KINDS: Final = {
    REGISTER: "register", AUTHENTICATE: "authenticate", HEARTBEAT: "heartbeat", LOGOUT: "logout", TEXT: "text",
    TIME_ASKED: "time", SYNC_ASKED: "time", 0x0104: "parameters", 0x0107: "attributes", 0x0200: "location",
    0x0201: "location", 0x0210: "batch", 0x0301: "event", 0x0500: "location", 0x0701: "text", 0x0702: "driver",
    0x0704: "batch", 0x0900: "passthrough", 0x1300: "text", 0x2070: "acceleration", 0x5501: "location",
    0x5502: "location", 0x6006: "text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message came to. `refused`: the places of a batch that cannot be read; the others count.

    `details` is what a device says for the connection's sake: its maker and model when it registers, its `token`.
    """

    kind: str
    sightings: tuple[Sighting, ...] = ()
    refused: tuple[Malformed, ...] = ()
    details: dict[str, str] = field(default_factory=dict)


def read(frame: Frame) -> Heard:
    """What a whole message says; nothing where it only keeps the connection, or nobody here can read it.

    Raises:
        Malformed: a body that is too short, or a place that is nowhere on Earth.
    """
    kind = _KINDS.get(frame.type, f"0x{frame.type & 0xFFFF:04x}")
    if frame.type == REGISTER:
        return Heard(kind, details=_registered(frame))
    if frame.type == AUTHENTICATE:
        return Heard(kind, details={"token": _token(frame)})
    reader = _READERS.get(frame.type)
    if reader is None or (frame.type == HEARTBEAT and len(frame.body) < 3):
        return Heard(kind)
    sightings: list[Sighting] = []
    refused: list[Malformed] = []
    for found in reader(frame.device, frame.body):
        (refused if isinstance(found, Malformed) else sightings).append(found)  # type: ignore[arg-type]  # by its type
    return Heard(kind, tuple(sightings), tuple(refused))


def _registered(frame: Frame) -> dict[str, str]:
    third, second = frame.version is not None, len(frame.body) >= 37
    maker, model, terminal = (11, 30, 30) if third else (5, 20, 7) if second else (5, 8, 7)
    at, found = 4, {}
    for key, length in (("maker", maker), ("model", model), ("terminal", terminal)):
        found[key] = _gbk(frame.body[at : at + length])
        at += length
    found["plate"] = _gbk(frame.body[at + 1 :])
    return {key: value for key, value in found.items() if value}


def _token(frame: Frame) -> str:
    third = frame.version is not None and frame.body
    return _gbk(frame.body[1 : 1 + frame.body[0]] if third else frame.body)


def _gbk(raw: bytes) -> str:
    return raw.decode("gbk", "replace").strip("\0 \r\n")[:_MAX_TOLD]


def _one(device: str, body: bytes) -> Iterator[Sighting]:
    yield location(device, body)


def _lock(device: str, body: bytes) -> Iterator[Sighting]:
    yield short(device, body)


def _asked(device: str, body: bytes) -> Iterator[Sighting]:
    """A location that was asked for: behind the serial number of the question."""
    yield location(device, body[2:])


def _batch(device: str, body: bytes) -> Iterator[Sighting | Malformed]:
    return _each(device, body[3:], 2)


def _batch_short(device: str, body: bytes) -> Iterator[Sighting | Malformed]:
    if len(body) == 7:  # no batch: battery and time, of the same makers
        yield DeviceSaid(device, "battery", beijing(body[1:]), percent(body[0]))
    else:
        yield from _each(device, body, 1)


def _each(device: str, body: bytes, width: int) -> Iterator[Sighting | Malformed]:
    at, number = 0, 0
    while at + width <= len(body):
        length = int.from_bytes(body[at : at + width], "big")
        item = body[at + width : at + width + length]
        if not LOCATION.size <= length <= len(item):  # from here on nobody knows where the next one begins
            yield Malformed(f"items[{number}].length", str(length), f"is no location's: {len(item)} bytes follow")
            return
        try:
            yield location(device, item)
        except Malformed as fault:
            yield Malformed(f"items[{number}].{fault.field}", fault.value, fault.reason)
        at, number = at + width + length, number + 1


def _passed(device: str, body: bytes) -> Iterator[Sighting]:
    """0x0900: what a device passes through from somewhere else; some makers' have a place."""
    kind = body[:1].hex()
    if kind in ("53", "54") and len(body) >= 25:  # nodes and sensors near by: a location without its alarms
        yield location(device, bytes(4) + body[1:25])
    elif kind == "f0" and (place := _vehicle(body)):
        yield location(device, place)
    elif kind == "ff" and len(body) >= 21:
        north, east = unpack(">ii", body[7:15])
        status = 2 | (4 if north < 0 else 0) | (8 if east < 0 else 0)
        yield location(
            device, LOCATION.pack(0, status, abs(north), abs(east), 0, *unpack(">HH", body[17:21]), body[1:7])
        )
    else:
        yield DeviceSaid(device, "passthrough", values={"type": f"0x{kind}", "content": _content(body[1:])})


def _vehicle(body: bytes) -> bytes | None:
    """The place in 0xF0, behind a list of readings or of alarms, as a location; None where it has none."""
    wide = {1: 2, 3: 1}.get(body[9]) if len(body) > 10 else None
    if wide is None:
        return None
    at = 11
    for _ in range(body[10]):
        at += wide + 1 + (body[at + wide] if at + wide < len(body) else 0)
    place = body[at : at + 12]
    unknown = b"\0\0\xff\xff\xff\xff"  # no speed, no course
    return bytes(4) + place + unknown + body[1:7] if len(place) == 12 else None


def _content(raw: bytes, encoding: str = "gbk") -> str:
    text = raw.decode(encoding, "replace").strip("\0 \r\n")[:_MAX_TOLD]
    return text if text.replace("\r\n", " ").isprintable() and "\ufffd" not in text else raw.hex()[:_MAX_TOLD]


def _written(kind: str, start: int = 0, encoding: str = "gbk") -> Callable[[str, bytes], Iterator[Sighting]]:
    def said(device: str, body: bytes) -> Iterator[Sighting]:
        yield DeviceSaid(device, kind, values={"content": _content(body[start:], encoding)})

    return said


def _alive(device: str, body: bytes) -> Iterator[Sighting]:
    told = {"signal": str(body[1]), "status": str(body[2])}
    yield DeviceSaid(device, "heartbeat", battery=percent(within(body[0], 1, 100)), values=told)


_Reader = Callable[[str, bytes], Iterable[Sighting | Malformed]]
_READERS: Final[dict[int, _Reader]] = {
    0x0200: _one, 0x0201: _asked, 0x0500: _asked, 0x0704: _batch, 0x0210: _batch_short, 0x0900: _passed,
    0x5501: _lock, 0x5502: _lock, HEARTBEAT: _alive,
    0x0701: _written("text", 4), 0x1300: _written("text", 2, "utf-16-be"), 0x6006: _written("text", 1),
    **{kind: _written(_KINDS[kind]) for kind in (TEXT, 0x0104, 0x0107, 0x0702, 0x2070)},
}  # fmt: skip
