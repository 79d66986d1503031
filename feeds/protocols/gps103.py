"""GPS103: the text that GPS103, TK103 and their many copies send over TCP or UDP. Opens no connection."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.codec import Malformed
from feeds.protocols.device import DeviceFix, DeviceSaid, Sighting
from feeds.protocols.fields import (
    CITY_OFFSET_MIN,
    KMH_MPS,
    KNOT_MPS,
    heading,
    is_place,
    local_ms,
    number,
    percent,
    required,
    speed,
    utc_ms,
)

MAX_SENTENCE = 4096
_CUT = re.compile(rb"[;\r\n]|(?<=\*)|(?<!##)(?<!##,)(?=imei:)|(?<!#)(?=##)")
_BEAT = re.compile(r"(?:imei:)?(\d{10,20}),?(?=imei:|$)")
_HEAD = re.compile(r"(?:##,?)?imei:(\d{1,20}),")
_DEGREES = re.compile(r"(\d{1,3})(\d\d(?:\.\d+)?)")
_PERCENT = re.compile(r"(\d{1,3})%")
_MAX_TOLD = 60
_PLAIN = re.compile(r"tracker|\d*")
"""Keywords of an ordinary report: no event."""
_OBD = ("odometer_km", "", "fuel", "hours", "speed_kmh", "load", "coolant", "throttle", "rpm", "volts")
_OBD_NEEDS = ("speed_kmh", "load", "throttle", "rpm", "volts")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: whose, of which kind (`login`, `heartbeat`, `photo`, `report`), what it says, what to answer."""

    device: str
    kind: str
    sightings: tuple[Sighting, ...] = ()
    reply: bytes = b""


class Splitter:
    """Cuts what a connection sends into sentences, of which some devices end none; holds `MAX_SENTENCE` at most."""

    def __init__(self) -> None:
        self._rest, self._lost = b"", False

    def feed(self, data: bytes) -> list[bytes]:
        """The sentences that `data` completes. What is too long for one is given once, cut off, to be refused."""
        *whole, self._rest = _CUT.split(self._rest + data)
        if self._lost and whole:
            whole, self._lost = whole[1:], False
        if len(self._rest) > MAX_SENTENCE:
            whole += [] if self._lost else [self._rest[:MAX_SENTENCE]]
            self._rest, self._lost = b"", True
        elif re.fullmatch(rb"\d{15}", self._rest):  # a heartbeat that nothing ends: its device waits for the answer
            whole, self._rest = [*whole, self._rest], b""
        return [text for piece in whole if (text := piece.strip())]

    def rest(self) -> list[bytes]:
        """The last sentence, when the line has been silent or is closed, or the datagram is over."""
        whole, self._rest = self._rest, b""
        return [text] if (text := whole.strip()) and not self._lost else []


def decode(raw: bytes, offset_min: int = CITY_OFFSET_MIN) -> Sentence:
    """What a sentence says. `offset_min`: the zone of the device's own clock, where the sentence does not show it.

    Raises:
        Malformed: no such sentence, or one whose place cannot be read.
    """
    text = raw[: MAX_SENTENCE + 1].decode("ascii", "replace").strip().rstrip(";")
    reply = b""
    if beat := _BEAT.match(text):
        if beat.end() == len(text):
            return Sentence(beat[1], "heartbeat", reply=b"ON")
        text, reply = text[beat.end() :], b"ON"
    head = _HEAD.match(text)
    if head is None or len(text) > MAX_SENTENCE:
        raise Malformed("sentence", text[:200], "is no GPS103 sentence")
    device, fields = head[1], text[head.end() :].split(",")
    keyword = fields[0].strip()
    if len(keyword) <= 1 and len(fields) <= 2:
        return Sentence(device, "login", reply=b"LOAD")
    if keyword == "vr":  # a part of a photo, which "vt" announces
        return Sentence(device, "photo", reply=reply)
    if keyword == "help me":
        return Sentence(device, "report", (_help(device, fields, offset_min),), b"**,imei:%b,E;" % device.encode())
    if keyword == "OBD":
        said: Sighting = _engine(device, fields, offset_min)
    else:
        said = _long(device, fields) if text.endswith("*") else _report(device, fields, offset_min)
    return Sentence(device, "report", (said,), reply)


def _help(device: str, fields: Sequence[str], offset_min: int) -> Sighting:
    """A call for help counts wherever it comes from."""
    try:
        return _report(device, fields, offset_min, sos=True)
    except Malformed:
        return DeviceSaid(device, fields[0], sos=True, values={"event": fields[0]})


def _report(device: str, fields: Sequence[str], offset_min: int, sos: bool = False) -> Sighting:
    """`keyword,local time,card or phone,F,UTC,A,lat,N,lon,E,speed,course,…`, or `L` and the cell without a fix."""
    if len(fields) < 4 or fields[3] not in ("F", "L"):
        raise Malformed("sentence", ",".join(fields)[:200], "is no report of a place: the fourth field must be F or L")
    keyword, local, full = fields[0].strip(), _local(fields[1]), _PERCENT.fullmatch(fields[2])
    battery = percent(float(full[1])) if full else None
    told = {} if _PLAIN.fullmatch(keyword) else {"event": keyword[:_MAX_TOLD]}
    if keyword == "rfid":
        told["card"] = fields[2][:_MAX_TOLD]
    if fields[3] == "L":
        cells = zip(("lac", "cid"), fields[6:9:2], strict=False)
        told |= {key: value[:_MAX_TOLD] for key, value in cells if value}
        at_ms = None if local is None else local_ms(local, offset_min)
        return DeviceSaid(device, keyword[:_MAX_TOLD] or "report", at_ms, battery, sos, told)
    if len(fields) < 8 or fields[5] not in ("A", "V"):
        raise Malformed("sentence", ",".join(fields)[:200], "has no place: after F come UTC, A or V, and coordinates")
    lat, lon, motion = _place(fields[6:])
    if local is None or not is_place(lat, lon):
        return DeviceSaid(device, keyword[:_MAX_TOLD] or "report", None, battery, sos, told)
    fix_ms = _fix_ms(local, fields[4], offset_min)
    pace, course = (number(*pair) for pair in zip(("speed", "course"), [*motion, "", ""], strict=False))
    located = fields[5] == "A"
    return DeviceFix(
        device, fix_ms, lat, lon, None, speed(pace, KNOT_MPS), heading(course), battery, sos, located, told
    )


def _place(fields: Sequence[str]) -> tuple[float, float, Sequence[str]]:
    """Latitude, longitude and what follows them; most write the letter after the number, some before it."""
    lat, north, lon, east, *rest = [*fields, "", "", ""]
    if lat in ("N", "S"):
        north, lat, east, lon = lat, north, lon, east
    return (
        _degrees("lat", lat) * (-1 if north == "S" else 1),
        _degrees("lon", lon) * (-1 if east == "W" else 1),
        rest,
    )


def _degrees(field: str, text: str) -> float:
    found = _DEGREES.fullmatch(text)
    if found is None or float(found[2]) >= 60:
        raise Malformed(field, text[:60], "is not degrees and minutes as dddmm.mmmm")
    return int(found[1]) + float(found[2]) / 60


def _local(text: str) -> datetime | None:
    """The device's own clock, as yymmddhhmm[ss] with or without signs between; None where it is not set."""
    digits = re.sub(r"[/: ]", "", text)
    form = {10: "%y%m%d%H%M", 12: "%y%m%d%H%M%S"}.get(len(digits)) if digits.isdecimal() else None
    try:
        moment = datetime.strptime(digits, form) if form else None
    except ValueError:
        return None
    return moment if moment and moment.year >= 2000 else None


def _fix_ms(local: datetime, utc: str, offset_min: int) -> int:
    """The date is of the device's zone, the time of UTC: of the three days, that within half a day of its own clock."""
    try:
        time = datetime.strptime(utc.partition(".")[0], "%H%M%S").time()
    except ValueError:
        return local_ms(local, offset_min)
    found = datetime.combine(local.date(), time)
    if local - found > timedelta(hours=12):
        found += timedelta(days=1)
    elif local - found <= timedelta(hours=-12):
        found -= timedelta(days=1)
    return utc_ms(found)


def _long(device: str, fields: Sequence[str]) -> Sighting:
    """`name,event,sensor,volts,hhmmss,ddmmyy,signal,fix,lat,lon,km/h,course,altitude,hdop,satellites,…,*`, in UTC."""
    if len(fields) < 15:
        raise Malformed("sentence", ",".join(fields)[:200], "has too few fields")
    lat, lon = required("lat", fields[8]), required("lon", fields[9])
    told = {"satellites": fields[14][:_MAX_TOLD]}
    if fields[1].strip("-"):
        told["event"] = fields[1][:_MAX_TOLD]
    try:
        fix_ms = utc_ms(datetime.strptime(fields[5] + fields[4], "%d%m%y%H%M%S"))
    except ValueError:
        return DeviceSaid(device, "report", values=told)
    if not is_place(lat, lon):
        return DeviceSaid(device, "report", fix_ms, values=told)
    pace, course = speed(number("speed", fields[10]), KMH_MPS), heading(number("course", fields[11]))
    located = fields[7].strip("0") != ""
    return DeviceFix(device, fix_ms, lat, lon, speed_mps=pace, heading=course, located=located, values=told)


def _engine(device: str, fields: Sequence[str], offset_min: int) -> DeviceSaid:
    """What a car's diagnosis (OBD) says, and its trouble codes."""
    known = dict(zip(_OBD, fields[2:], strict=False))
    for key in _OBD_NEEDS:
        if not known.get(key):
            raise Malformed(key, "", "is missing")
    known["codes"] = " ".join(code for code in fields[2 + len(_OBD) :] if code)
    local = _local(fields[1])
    told = {key: value[:_MAX_TOLD] for key, value in known.items() if key and value}
    return DeviceSaid(device, "obd", None if local is None else local_ms(local, offset_min), values=told)
