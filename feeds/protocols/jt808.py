"""JT/T 808 (2011, 2013, 2019): frames, headers, packages and answers. What a body says is read by `jt808said`.

A frame is 0x7e, an escaped header, body and exclusive-or, 0x7e. Opens no connection; only what puts bytes or packages
together has a memory, and it is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import xor
from struct import pack
from typing import Final

from dashboard.codec import Malformed

MAX_FRAME: Final = 4096
"""Bytes between two delimiters: a body of 1,023, every byte escaped, with header and room."""
MAX_PACKAGES, _MAX_OPEN = 64, 8
REGISTER, AUTHENTICATE, HEARTBEAT, LOGOUT = 0x0100, 0x0102, 0x0002, 0x0003
TIME_ASKED, SYNC_ASKED, TEXT = 0x0004, 0x0109, -1
SHORT: Final = (0x5501, 0x5502)
"""Reports of a maker's locks: a serial number of one byte, other flags, and another location."""
_EPOCH = datetime(1970, 1, 1)
_TEXT = re.compile(rb"\((\d{5,20}),[^()]{1,1000}\)")
_UNESCAPED = {b"\x7d\x01": b"\x7d", b"\x7d\x02": b"\x7e"}


@dataclass(frozen=True, slots=True)
class Frame:
    """A message or a package of one. `device`: its phone or terminal number without leading zeros, as rosters list it.

    `version` is the third generation's (2019), else None; `part` is (how many packages, which one), else None. The type
    `TEXT` is a sentence in parentheses that some locks send between frames.
    """

    type: int
    device: str
    number: bytes
    serial: int
    body: bytes
    version: int | None = None
    part: tuple[int, int] | None = None
    asks: bool = True


class Splitter:
    """Cuts what a connection sends into frames, still escaped, without delimiters; holds `MAX_FRAME` bytes at most."""

    def __init__(self) -> None:
        self._rest, self._lost = b"", False

    def feed(self, data: bytes) -> list[bytes]:
        """What `data` completes. All between two delimiters is given, so rubbish is refused by `decode`, and seen."""
        *whole, self._rest = (self._rest + data).split(b"\x7e")
        if self._lost and whole:
            whole, self._lost = whole[1:], False
        found = [piece for segment in whole for piece in _pieces(segment)]
        if self._rest.startswith(b"("):
            *texts, last = _pieces(self._rest + b"\x00")  # the zero stands for what may still come
            found, self._rest = found + texts, last[:-1]
        if len(self._rest) > MAX_FRAME:
            found += [] if self._lost else [self._rest[:MAX_FRAME]]
            self._rest, self._lost = b"", True
        return found


def _pieces(segment: bytes) -> Iterator[bytes]:
    while found := _TEXT.match(segment):
        yield found[0]
        segment = segment[found.end() :].lstrip(b"\r\n")
    if segment:
        yield segment


class Joiner:
    """Puts packages together: at most eight messages under way, of 64 packages each. One a connection."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int, int], dict[int, bytes]] = {}

    def add(self, frame: Frame) -> Frame | None:
        """The message that `frame` is or completes, else None. Longer ones are media, and are let go."""
        if frame.part is None:
            return frame
        total, number = frame.part
        if total > MAX_PACKAGES:
            return None
        key = (frame.device, frame.type, total)
        parts = self._open.setdefault(key, {})
        if parts.get(number, frame.body) != frame.body:
            parts.clear()  # the next message began before this one was whole
        parts[number] = frame.body
        if len(self._open) > _MAX_OPEN:
            del self._open[next(iter(self._open))]
        if len(parts) < total:
            return None
        self._open.pop(key, None)
        return replace(frame, part=None, body=b"".join(parts[at] for at in range(1, total + 1)))


def decode(piece: bytes, checked: bool = True) -> Frame:
    """A frame as `Splitter` gives it. `checked=False` forgives wrong check codes: of devices that count them wrongly.

    Raises:
        Malformed: rubbish, a wrong check code or length, or an encrypted body.
    """
    if found := _TEXT.fullmatch(piece):
        return Frame(TEXT, found[1].decode().lstrip("0") or "0", b"", 0, piece)
    raw = re.sub(rb"\x7d[\x01\x02]", lambda found: _UNESCAPED[found[0]], piece)
    if len(raw) < 12:
        raise Malformed("frame", piece.hex(), "is too short for a header and a check code")
    if checked and _check(raw):
        raise Malformed("check", raw[-1:].hex(), f"must be {_check(raw[:-1]):02x}")
    kind, flags = int.from_bytes(raw[:2], "big"), int.from_bytes(raw[2:4], "big")
    if kind in SHORT:
        number, serial, at, version, part = raw[4:10], raw[10], 11, None, None
    else:
        number, serial, at, version, part = _head(raw, flags)
    body = raw[at:-1]
    if len(body) != flags & 0x3FF:
        raise Malformed("length", str(len(body)), f"the header says {flags & 0x3FF} bytes")
    return Frame(kind, _device(number), number, serial, body, version, part, kind not in SHORT or bool(flags >> 15))


def _head(raw: bytes, flags: int) -> tuple[bytes, int, int, int | None, tuple[int, int] | None]:
    """Number, serial, where the body begins, version and part."""
    if flags >> 10 & 7:
        raise Malformed("encryption", str(flags >> 10 & 7), "an encrypted body cannot be read")
    version, start = (raw[4], 5) if flags & 0x4000 else (None, 4)
    end = start + (6 if version is None else 10)
    part, at = None, end + 2
    if flags & 0x2000:
        part = (int.from_bytes(raw[at : at + 2], "big"), int.from_bytes(raw[at + 2 : at + 4], "big"))
        at += 4
        if not 1 <= part[1] <= part[0]:
            raise Malformed("package", f"{part[1]} of {part[0]}", "is no package of a message")
    if len(raw) <= at:
        raise Malformed("frame", raw.hex(), "is too short for its header")
    return raw[start:end], int.from_bytes(raw[end : end + 2], "big"), at, version, part


def _device(number: bytes) -> str:
    """Digits, two in a byte; some pack an IMEI without its check digit as one number instead."""
    digits = number.hex()
    if digits.isdecimal():
        return digits.lstrip("0") or "0"
    found = str(int.from_bytes(number, "big"))
    return found + _luhn(found)


def _luhn(digits: str) -> str:
    doubled = [int(digit) * (2 - at % 2) for at, digit in enumerate(reversed(digits))]
    return str(-sum(value - 9 * (value > 9) for value in doubled) % 10)


def answer(frame: Frame, now_ms: int, token: str = "", result: int = 0, serial: int = 0) -> bytes:
    """The bytes that `frame` is to be answered with; none where it asks for nothing.

    `result`: 0 done, 1 failed; for a registration 1 to 4 say what is known already. `token` is what a device that may
    register authenticates itself with from then on; `serial` numbers what is sent to one device.
    """
    done = pack(">HHB", frame.serial, frame.type & 0xFFFF, result)
    now = _EPOCH + timedelta(milliseconds=now_ms)
    if frame.type == TEXT:
        return frame.body.replace(b"TIME", now.strftime("%Y%m%d%H%M%S").encode()) if b"BASE,2" in frame.body else b""
    if frame.type == 0x0001 or not frame.asks:  # its answer to ours
        return b""
    if frame.type in SHORT:
        return build(0x4401, frame, pack(">HB", frame.type, result), b"\x01")
    if frame.type == REGISTER:
        return build(0x8100, frame, done[:2] + done[-1:] + (b"" if result else token.encode("gbk", "replace")), serial)
    if frame.type == TIME_ASKED:
        return build(0x8004, frame, bytes.fromhex(now.strftime("%y%m%d%H%M%S")), serial)
    if frame.type == SYNC_ASKED:
        return build(0x8109, frame, pack(">H6B", *now.timetuple()[:6], 0), serial)
    return build(0x8001, frame, done, serial)


def build(kind: int, to: Frame, body: bytes, serial: int | bytes = 0) -> bytes:
    """A message of at most 1,023 bytes to the device that sent `to`, in the header it speaks, escaped and framed."""
    version = b"" if to.version is None else bytes([to.version])
    head = pack(">HH", kind, len(body) | (0x4000 if version else 0)) + version + to.number
    raw = head + (serial if isinstance(serial, bytes) else pack(">H", serial & 0xFFFF)) + body
    return b"\x7e" + escape(raw + bytes([_check(raw)])) + b"\x7e"


def escape(raw: bytes) -> bytes:
    """Header, body and check code as they go between delimiters."""
    return raw.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02")


def _check(raw: bytes) -> int:
    return reduce(xor, raw, 0)
