"""What tests of JT/T 808 are made of: the reference frames as they go over a wire, and frames built by hand."""

from __future__ import annotations

import json
from pathlib import Path
from struct import pack

from dashboard.codec import Malformed
from feeds.protocols.jt808 import Frame, build, decode, escape

PHONE = bytes.fromhex("013800138000")
LONG_PHONE = bytes.fromhex("00000000013800138000")
FIX = pack(">IIIIhHH", 0, 3, 31_780_000, 119_950_000, 5, 123, 270) + bytes.fromhex("260225141320")
FIX_MS = 1_772_000_000_000


def cases(real_data: Path) -> list[tuple[str, bytes]]:
    """What the reference expects of each frame, and the frame."""
    lines = (real_data / "protocols" / "jt808_frames.jsonl").read_text(encoding="utf-8").splitlines()
    return [(case["expect"], bytes.fromhex(case["hex"])) for case in map(json.loads, lines)]


def wire(raw: bytes) -> bytes:
    """A frame between its delimiters, escaped. The list has most as they are after unescaping, a few as before."""
    inner = raw[1:-1] if raw[:1] == b"\x7e" else raw
    if raw == inner or is_sound(escape(inner)):
        return escape(inner) if raw != inner else raw
    return inner if b"\x7e" not in inner and is_sound(inner) else escape(inner)


def is_sound(piece: bytes) -> bool:
    """Whether the check code is right."""
    try:
        decode(piece)
    except Malformed as fault:
        return fault.field != "check"
    return True


def terminal(kind: int, body: bytes, serial: int = 1, version: int | None = None) -> bytes:
    """A frame as a terminal sends it, without delimiters."""
    number = PHONE if version is None else LONG_PHONE
    return build(kind, Frame(0, "", number, 0, b"", version), body, serial)[1:-1]


def package(kind: int, body: bytes, total: int, number: int) -> bytes:
    """One package of a message, without delimiters."""
    raw = pack(">HH", kind, len(body) | 0x2000) + PHONE + pack(">HHH", number, total, number) + body
    check = 0
    for byte in raw:
        check ^= byte
    return escape(raw + bytes([check]))
