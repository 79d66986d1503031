"""JT/T 808: frames, headers, packages, streams cut anywhere, and what is answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.codec import Malformed
from feeds.protocols import jt808
from feeds.protocols.jt808 import MAX_FRAME, Frame, Joiner, Splitter, answer, build, decode, escape
from tests.feeds.protocols.jt808frames import FIX, LONG_PHONE, PHONE, cases, is_sound, package, terminal, wire

NOW = 1_772_000_000_000
HERE = terminal(0x0200, FIX)


def test_all_reference_frames_are_frames(real_data: Path) -> None:
    """Three have a check code that does not fit: their publishers wrote over the device's number."""
    frames = [wire(raw) for _, raw in cases(real_data)]
    assert [at for at, piece in enumerate(frames) if not is_sound(piece)] == [18, 67, 68]
    assert len({decode(piece, checked=False).device for piece in frames}) > 40


def test_the_header_of_2013() -> None:
    assert decode(terminal(0x0002, b"", 7)) == Frame(0x0002, "13800138000", PHONE, 7, b"")


def test_the_header_of_2019() -> None:
    assert decode(terminal(0x0002, b"", 7, version=1)) == Frame(0x0002, "13800138000", LONG_PHONE, 7, b"", 1)


def test_a_number_that_is_not_decimal_is_an_imei_without_its_check_digit() -> None:
    number = (49_015_420_323_751).to_bytes(6, "big")
    frame = Frame(0, "", number, 0, b"")
    assert decode(build(0x0002, frame, b"")[1:-1]).device == "490154203237518"


def test_delimiters_in_a_body_are_escaped() -> None:
    body = b"\x7e\x7d\x02\x7d\x01\x30"
    piece = terminal(0x0900, body)
    assert b"\x7e" not in piece
    assert decode(piece).body == body


@pytest.mark.parametrize(
    ("piece", "field"),
    [
        (b"", "frame"), (b"GET / HTTP/1.1\r\n\r\n", "check"), (HERE[:-3], "check"), (HERE[:11], "frame"),
        (bytes(12), "frame"), (b"(tracker,1,2)", "check"), (b"(74019,", "frame"),
        (b"(74019," + b"x" * MAX_FRAME + b")", "check"),
    ],
)  # fmt: skip
def test_rubbish_is_refused(piece: bytes, field: str) -> None:
    with pytest.raises(Malformed) as refused:
        decode(piece)
    assert refused.value.field == field


def test_a_wrong_check_code_can_be_forgiven_but_not_a_wrong_length() -> None:
    wrong = HERE[:-1] + bytes([HERE[-1] ^ 1])
    with pytest.raises(Malformed, match="check="):
        decode(wrong)
    assert decode(wrong, checked=False) == decode(HERE)
    with pytest.raises(Malformed, match="length="):
        decode(HERE[:-4], checked=False)


def test_an_encrypted_body_and_an_impossible_package_are_refused() -> None:
    raw = bytearray(decode_raw(HERE))
    raw[2] |= 0x04
    with pytest.raises(Malformed, match="encryption="):
        decode(escape(bytes(raw)), checked=False)
    for total, number in ((0, 0), (2, 3), (2, 0)):
        with pytest.raises(Malformed, match="package="):
            decode(package(0x0704, FIX, total, number))


def decode_raw(piece: bytes) -> bytes:
    """A piece unescaped."""
    return piece.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")


@pytest.mark.parametrize("size", [1, 2, 3, 50, 10_000])
def test_a_stream_cut_anywhere(size: int, real_data: Path) -> None:
    pieces = [wire(raw) for _, raw in cases(real_data)]
    stream = b"".join(piece if piece.startswith(b"(") else b"\x7e" + piece + b"\x7e" for piece in pieces)
    splitter = Splitter()
    found = [piece for at in range(0, len(stream), size) for piece in splitter.feed(stream[at : at + size])]
    assert found == pieces


def test_a_text_is_given_at_once_and_not_when_the_next_frame_comes() -> None:
    splitter = Splitter()
    assert splitter.feed(b"(79410,1,001,BASE") == []
    assert splitter.feed(b",2,TIME)") == [b"(79410,1,001,BASE,2,TIME)"]
    assert splitter.feed(b"\r\n\x7e" + HERE + b"\x7e") == [b"\r\n", HERE]


def test_rubbish_between_frames_costs_itself_only() -> None:
    splitter = Splitter()
    found = splitter.feed(b"rubbish\x7e" + HERE + b"\x7e\x7e" + HERE + b"\x7e" + HERE + b"\x7e")
    assert found == [b"rubbish", HERE, HERE, HERE]


def test_a_splitter_gives_up_what_never_ends_and_recovers() -> None:
    splitter = Splitter()
    found = [piece for _ in range(40) for piece in splitter.feed(b"x" * 1000)]
    assert [len(piece) for piece in found] == [MAX_FRAME]
    assert splitter.feed(b"xx\x7e" + HERE + b"\x7e") == [HERE]


def test_packages_are_put_together_in_any_order() -> None:
    joiner = Joiner()
    assert joiner.add(decode(HERE)) == decode(HERE)
    assert joiner.add(decode(package(0x0704, b"cd", 2, 2))) is None
    whole = joiner.add(decode(package(0x0704, b"ab", 2, 1)))
    assert whole is not None
    assert (whole.body, whole.part) == (b"abcd", None)
    assert joiner.add(decode(package(0x0704, b"ab", 2, 1))) is None


def test_a_message_that_never_became_whole_does_not_spoil_the_next() -> None:
    joiner = Joiner()
    for body, number in ((b"old", 1), (b"new", 1), (b"er", 2)):
        whole = joiner.add(decode(package(0x0704, body, 2, number)))
    assert whole is not None
    assert whole.body == b"newer"


def test_a_joiner_is_bounded() -> None:
    joiner = Joiner()
    assert joiner.add(decode(package(0x0801, b"x", 65, 1))) is None
    for kind in range(0x0100, 0x0200):
        assert joiner.add(decode(package(kind, b"x", 2, 1))) is None
    assert len(joiner._open) == 8
    assert joiner.add(decode(package(0x01FF, b"y", 2, 2))) is not None


def answered(piece: bytes, **arguments: object) -> Frame:
    """The answer, taken apart as a terminal would."""
    return decode(answer(decode(piece), NOW, **arguments)[1:-1])  # type: ignore[arg-type]


def test_a_general_answer() -> None:
    told = answered(terminal(0x0200, FIX, serial=0x7E7D), serial=9)
    assert (told.type, told.number, told.serial) == (0x8001, PHONE, 9)
    assert told.body == bytes.fromhex("7e7d 0200 00")


def test_a_registration_is_answered_with_a_token_or_a_reason() -> None:
    piece = terminal(0x0100, bytes(40), serial=3, version=1)
    told = answered(piece, token="t0k3n")
    assert (told.type, told.version, told.number) == (0x8100, 1, LONG_PHONE)
    assert told.body == b"\x00\x03\x00t0k3n"
    assert answered(piece, token="t0k3n", result=4).body == b"\x00\x03\x04"


def test_the_time_is_told() -> None:
    assert answered(terminal(0x0004, b"")).body == bytes.fromhex("260225061320")
    assert answered(terminal(0x0109, b"")).body == bytes.fromhex("07ea 02 19 06 0d 14 00")
    text = decode(b"(794104004140,1,001,BASE,2,TIME)")
    assert text.device == "794104004140"
    assert answer(text, NOW) == b"(794104004140,1,001,BASE,2,20260225061320)"
    assert answer(decode(b"(794104004140,1,001,ELOCK,3,1)"), NOW) == b""


def test_an_answer_is_not_answered() -> None:
    assert answer(decode(terminal(0x0001, bytes(5))), NOW) == b""


def test_locks_are_answered_in_their_own_way_when_they_ask() -> None:
    body = bytes.fromhex("060521175940 22348474 1135505607 05 98 1e 04 00000002 37")

    def lock(flags: int) -> Frame:
        raw = b"\x55\x01" + (flags | len(body)).to_bytes(2, "big") + PHONE + b"\x2a" + body
        return decode(escape(raw + b"\0"), checked=False)

    told = answer(lock(0x8C00), NOW)
    assert told[:3] == b"\x7e\x44\x01"
    assert told[11:15] == b"\x01\x55\x01\x00"
    assert answer(lock(0), NOW) == b""


@given(st.binary(max_size=100))
def test_any_bytes_are_a_frame_or_refused(piece: bytes) -> None:
    for raw in (piece, b"\x02\x00" + piece, b"\x55\x01" + piece, b"(12345," + piece + b")"):
        for checked in (True, False):
            try:
                frame = decode(raw, checked)
                answer(frame, NOW, "token")
            except Malformed as fault:
                assert fault.field


@given(
    st.integers(0, 0xFFFF).filter(lambda kind: kind not in jt808.SHORT),
    st.binary(max_size=1023),
    st.integers(0, 0xFFFF),
)
def test_what_is_built_is_read_again(kind: int, body: bytes, serial: int) -> None:
    for version in (None, 1):
        frame = decode(terminal(kind, body, serial, version))
        assert (frame.type, frame.body, frame.serial, frame.version) == (kind, body, serial, version)


@given(st.lists(st.binary(max_size=60) | st.just(b"\x7e" + HERE + b"\x7e"), max_size=20))
def test_any_bytes_leave_a_splitter_working(chunks: list[bytes]) -> None:
    splitter = Splitter()
    for chunk in chunks:
        splitter.feed(chunk)
    assert splitter.feed(b"\x7e" + HERE + b"\x7e")[-1] == HERE
