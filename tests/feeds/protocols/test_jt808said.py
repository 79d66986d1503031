"""JT/T 808: what messages say: the reference list, batches, registrations, what is passed through."""

from __future__ import annotations

from pathlib import Path
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.codec import Malformed
from feeds.protocols.device import DeviceFix, DeviceSaid
from feeds.protocols.jt808 import Frame, decode
from feeds.protocols.jt808said import Heard, read
from tests.feeds.protocols.jt808frames import FIX, FIX_MS, PHONE, cases, terminal, wire

HERE = DeviceFix("13800138000", FIX_MS, 31.78, 119.95, None, pytest.approx(12.3 / 3.6), 270)
NO_PLACE_TYPES = {0x0107, 0x0701, 0x0702, 0x0900, 0x1300, 0x2070, -1}


def heard(kind: int, body: bytes, version: int | None = None) -> Heard:
    """What a message comes to."""
    return read(decode(terminal(kind, body, version=version)))


def has_place(frame: Frame) -> bool:
    """Whether a reference frame has a place, counted from its bytes alone: latitude or longitude is not nought."""
    if frame.type in NO_PLACE_TYPES:
        return False
    start = {0x0704: 3 + 2, 0x0210: 1}.get(frame.type, 0)
    return any(frame.body[start + 8 : start + 16]) or frame.type in (0x5501, 0x5502)


def test_the_reference_list(real_data: Path) -> None:
    """`verifyAttribute(s)` and `verifyNotNull` look at attributes only: a place is there where the bytes have one."""
    counted = {"verifyPosition": 0, "verifyNull": 0, "verifyAttribute": 0}
    for expect, raw in cases(real_data):
        frame = decode(wire(raw), checked=False)
        found = read(frame)
        assert found.refused == ()
        kinds = {type(said) for said in found.sightings}
        if expect.startswith("verifyPosition"):
            assert kinds == {DeviceFix}, raw.hex()
            counted["verifyPosition"] += 1
        elif expect == "verifyNull":
            assert kinds == set(), raw.hex()
            counted["verifyNull"] += 1
        else:
            assert isinstance(found.sightings[0], DeviceFix if has_place(frame) else DeviceSaid), raw.hex()
            counted["verifyAttribute"] += 1
    assert counted == {"verifyPosition": 17, "verifyNull": 5, "verifyAttribute": 49}


def test_a_location_and_one_that_was_asked_for() -> None:
    assert heard(0x0200, FIX) == Heard("location", (HERE,))
    assert heard(0x0201, b"\x00\x01" + FIX, version=1) == Heard("location", (HERE,))


def test_a_batch_and_the_one_in_it_that_cannot_be_read() -> None:
    item = pack(">H", len(FIX)) + FIX
    nowhere = pack(">H", len(FIX)) + FIX[:8] + b"\x7f" + FIX[9:]
    said = heard(0x0704, b"\x00\x03\x01" + item + nowhere + item)
    assert said.sightings == (HERE, HERE)
    assert [fault.field for fault in said.refused] == ["items[1].lat"]


@pytest.mark.parametrize("length", [0, 27, 60, 0xFFFF])
def test_a_batch_whose_lengths_are_wrong_ends_there(length: int) -> None:
    said = heard(0x0704, b"\x00\x02\x00" + pack(">H", len(FIX)) + FIX + pack(">H", length) + FIX)
    assert said.sightings == (HERE,)
    assert [fault.field for fault in said.refused] == ["items[1].length"]


def test_the_short_batch_and_the_battery_in_its_place() -> None:
    assert heard(0x0210, b"\x1c" + FIX) == Heard("batch", (HERE,))
    battery = DeviceSaid("13800138000", "battery", FIX_MS, 79)
    assert heard(0x0210, bytes.fromhex("4f260225141320")) == Heard("batch", (battery,))


def test_registrations_of_three_generations() -> None:
    plate = "苏D12345".encode("gbk")
    first = bytes(4) + b"70111" + b"MODEL\0\0\0" + b"0000001" + b"\x01" + plate
    second = bytes(4) + b"70111" + b"MODEL".ljust(20, b"\0") + b"0000001" + b"\x01" + plate
    third = (
        bytes(4) + b"70111".rjust(11, b"\0") + b"MODEL".ljust(30, b"\0") + b"0000001".ljust(30, b"\0") + b"\x01" + plate
    )
    details = {"maker": "70111", "model": "MODEL", "terminal": "0000001", "plate": "苏D12345"}
    for body, version in ((first, None), (second, None), (third, 1)):
        assert heard(0x0100, body, version) == Heard("register", details=details)
    assert heard(0x0100, b"") == Heard("register")


def test_tokens_of_two_generations() -> None:
    assert heard(0x0102, b"token") == Heard("authenticate", details={"token": "token"})
    third = b"\x05token" + b"868693023212250" + bytes(20)
    assert heard(0x0102, third, version=1) == Heard("authenticate", details={"token": "token"})


@pytest.mark.parametrize("kind", [0x0002, 0x0003, 0x0004, 0x0109, 0x0506, 0x1007, 0x0801, 0x7777])
def test_what_only_keeps_a_connection_says_nothing(kind: int) -> None:
    assert heard(kind, b"").sightings == ()


def test_a_heartbeat_may_tell_the_battery() -> None:
    said = DeviceSaid("13800138000", "heartbeat", battery=80, values={"signal": "22", "status": "1"})
    assert heard(0x0002, bytes([80, 22, 1])) == Heard("heartbeat", (said,))


@pytest.mark.parametrize(
    ("kind", "body", "content"),
    [
        (0x0701, b"\x00\x00\x00\x02OK", "OK"), (0x1300, b"\x00\x01" + "设置 OK".encode("utf-16-be"), "设置 OK"),
        (0x6006, b"\x01" + "好".encode("gbk"), "好"), (0x0107, b"\x00\x03\xff", "0003ff"),
    ],
)  # fmt: skip
def test_texts_are_told_in_words_or_as_hex(kind: int, body: bytes, content: str) -> None:
    (said,) = heard(kind, body).sightings
    assert said.values == {"content": content}


def test_what_is_passed_through_is_said() -> None:
    (said,) = heard(0x0900, b"\x41$OBD-RT,12.3").sightings
    assert said == DeviceSaid("13800138000", "passthrough", values={"type": "0x41", "content": "$OBD-RT,12.3"})


STATE = pack(">III", 3, 31_780_000, 119_950_000)
MOTION = pack(">hHH", 5, 123, 270)
TIME = bytes.fromhex("260225141320")


@pytest.mark.parametrize(
    ("body", "moving"),
    [
        (b"\x53" + STATE + MOTION + TIME, True),
        (b"\x54" + STATE + MOTION + TIME + b"sensors", True),
        (b"\xff" + TIME + pack(">ii", 31_780_000, 119_950_000) + MOTION, True),
        (b"\xf0" + TIME + b"\x00\x02\x01\x02" + b"\x05\x2b\x01\x50" + b"\x05\x2c\x02\x00\x00" + STATE, False),
        (b"\xf0" + TIME + b"\x00\x02\x03\x01" + b"\x38\x00" + STATE, False),
    ],
)
def test_places_of_makers_own(body: bytes, moving: bool) -> None:
    (said,) = heard(0x0900, body).sightings
    assert isinstance(said, DeviceFix)
    assert (said.fix_ms, said.lat, said.lon) == (FIX_MS, 31.78, 119.95)
    assert (said.speed_mps is not None, said.heading is not None) == (moving, moving)


KINDS = [
    0x0002,
    0x0100,
    0x0102,
    0x0107,
    0x0200,
    0x0201,
    0x0210,
    0x0500,
    0x0701,
    0x0702,
    0x0704,
    0x0900,
    0x1300,
    0x5501,
    -1,
]
STARTS = [b"", bytes(3), FIX, b"\x00\x02\x00\x00\x1c" + FIX, b"\xf0" + TIME, b"\x53", b"\xff" + TIME]


@given(st.sampled_from(KINDS), st.sampled_from(STARTS), st.binary(max_size=120), st.sampled_from([None, 1]))
def test_any_body_says_something_or_is_refused(kind: int, start: bytes, rest: bytes, version: int | None) -> None:
    try:
        said = read(Frame(kind, "1", PHONE, 1, start + rest, version))
    except Malformed as fault:
        assert fault.field
    else:
        assert all(
            -90 <= fix.lat <= 90 and -180 <= fix.lon <= 180 for fix in said.sightings if isinstance(fix, DeviceFix)
        )
