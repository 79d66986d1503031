"""GB/T 26875.3 frames: the reference list, streams cut anywhere, answers, rubbish."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.codec import Malformed
from feeds.protocols import gb26875
from feeds.protocols.gb26875 import CONFIRM, DENY, SEND, Frame, Splitter, decode, denial, encode, reply
from feeds.protocols.gb26875units import reports

AT = 1_348_624_682_000
SMOKE = bytes.fromhex(
    "40400100010120" "3a091a090c" "790300000000" "385b01000000" "3000" "02" "0201" "0101" "28" "0a000200" "0200"
    + "20" * 30 + "00" "023a091a090c" "462323"
)  # fmt: skip
FRAMES = st.builds(
    Frame, serial=st.integers(0, 0xFFFF), source=st.integers(0, 2**48 - 1), destination=st.integers(0, 2**48 - 1),
    command=st.integers(0, 255), unit=st.binary(max_size=1024),
    sent_ms=st.integers(946_684_800, 4_102_000_000).map(lambda s: s * 1000),
    version=st.tuples(st.integers(0, 255), st.integers(0, 255)),
)  # fmt: skip


def test_the_reference_list_is_judged_as_the_reference_does(real_data: Path) -> None:
    lines = (real_data / "protocols" / "gb26875_frames.jsonl").read_text(encoding="utf-8").splitlines()
    cases = {case["case"]: bytes.fromhex(case["hex"]) for case in map(json.loads, lines)}
    fields = {}
    for name, raw in cases.items():
        try:
            fields[name] = decode(raw)
        except Malformed as fault:
            fields[name] = fault.field
    good = fields.pop("test success")
    assert fields == {
        "test not enouth": "length", "test invalid head flag": "start", "test size not enough": "length",
        "test invalid tail flag": "end", "test check sum fail": "checksum",
    }  # fmt: skip
    assert isinstance(good, Frame)
    [report] = reports(good)
    assert (good.destination, report.text) == (0x010203040506, "Ａ区１层呷哺走廊")
    assert (report.part_loop, report.part_node, report.states) == (0xD9, 6, ("火警",))
    assert report.at_ms == 1_596_280_728_000
    assert report.fire and not report.fault and not report.clears


def test_a_frame_of_the_standards_kind_is_read() -> None:
    frame = decode(SMOKE)
    assert (frame.serial, frame.source, frame.destination, frame.command) == (1, 0x379, 0x15B38, SEND)
    assert frame.sent_ms == AT - 2000 + 32_000


def test_answers_go_back_to_the_sender_under_the_same_serial_number() -> None:
    head = "4040 0100 0101 023a091a090c 385b01000000 790300000000 0000"
    assert reply(decode(SMOKE), CONFIRM, AT) == bytes.fromhex(head + "03 8a 2323")
    assert decode(reply(decode(SMOKE), DENY, AT)).command == DENY


@given(FRAMES)
def test_what_is_encoded_is_decoded(frame: Frame) -> None:
    assert decode(encode(frame)) == frame


@given(st.lists(FRAMES, max_size=4), st.lists(st.integers(0, 5000), max_size=8))
def test_a_stream_may_be_cut_anywhere(frames: list[Frame], cuts: list[int]) -> None:
    stream = b"".join(map(encode, frames))
    edges = [0, *sorted(c for c in cuts if c < len(stream)), len(stream)]
    splitter = Splitter()
    found = [raw for a, b in itertools.pairwise(edges) for raw in splitter.feed(stream[a:b])]
    assert list(map(decode, found)) == frames


def test_after_rubbish_it_goes_on_at_the_next_start() -> None:
    found = Splitter().feed(b"GET / HTTP/1.1\r\n\r\n@" + SMOKE + b"@@@" + SMOKE)
    assert [raw == SMOKE for raw in found] == [False, True, False, True]
    with pytest.raises(Malformed, match="start"):
        decode(found[0])


def test_a_frame_with_a_wrong_sum_can_be_denied_and_costs_no_other() -> None:
    wrong = SMOKE[:-3] + b"\x00##"
    assert Splitter().feed(wrong + SMOKE) == [wrong, SMOKE]
    answer = denial(wrong, AT)
    assert answer is not None and decode(answer) == decode(reply(decode(SMOKE), DENY, AT))
    assert denial(b"GET / HTTP/1.1\r\n\r\n" * 3, AT) is None and denial(b"@@", AT) is None


def test_a_length_that_is_a_lie_does_not_swallow_what_follows() -> None:
    lie = SMOKE[:24] + b"\xff\xff" + SMOKE[26:]
    before, first, *_, last = Splitter().feed(SMOKE + lie + SMOKE)
    assert before == last == SMOKE
    with pytest.raises(Malformed, match="length"):
        decode(first)
    with pytest.raises(Malformed, match="1024 bytes at most"):
        decode(lie)


@given(
    st.lists(
        st.binary(max_size=3000)
        | st.just(b"@" * 2000)
        | st.sampled_from([SMOKE, SMOKE[:40], SMOKE[:24] + b"\xff" * 9]),
        max_size=9,
    )
)
def test_it_keeps_no_more_than_one_frame_of_anything(chunks: list[bytes]) -> None:
    splitter = Splitter()
    for chunk in chunks:
        assert sum(map(len, splitter.feed(chunk))) <= len(chunk) + gb26875.MAX_UNIT + 30
        assert len(splitter._rest) <= gb26875.MAX_UNIT + 30


@given(st.binary(max_size=80) | st.binary(max_size=80).map(lambda b: b"@@" + b + b"##"))
def test_anything_is_a_frame_or_malformed(raw: bytes) -> None:
    try:
        decode(raw)
    except Malformed as fault:
        assert fault.field


def test_a_tag_that_is_no_time_is_no_time() -> None:
    assert gb26875.instant(bytes(6)) is None
    assert gb26875.instant(bytes((1, 2, 3, 4, 5, 100))) is None
    assert gb26875.instant(gb26875.time_tag(AT)) == AT
