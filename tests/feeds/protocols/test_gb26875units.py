"""What the data units of GB/T 26875.3 say: every type, and what counts as fire, fault and clearing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.codec import Malformed
from feeds.protocols import gb26875names
from feeds.protocols.gb26875 import ANSWER, CONFIRM, SEND, Frame, time_tag
from feeds.protocols.gb26875units import FireReport, reports

AT = 1_625_187_604_000
TAG = time_tag(AT)
TEXT = "7楼02室会议室烟感".encode("gb18030")


def read(unit: bytes, command: int = SEND, sent_ms: int | None = None) -> list[FireReport]:
    """The reports of a unit sent by device 889."""
    return reports(Frame(1, 889, 1, command, unit, sent_ms))


def part(state: int, kind: int = 40, text: bytes = TEXT) -> bytes:
    """A type 2 object."""
    return bytes((1, 2, kind, 5, 0, 7, 0)) + state.to_bytes(2, "little") + text.ljust(31, b"\0") + TAG


def test_states_of_systems() -> None:
    first, second = read(b"\x01\x02" + bytes((1, 2, 4, 2)) + TAG + bytes((13, 3, 0, 0x20)) + TAG)
    assert (first.kind, first.system, first.system_address, first.states) == ("system", 1, 2, ("故障", "备电故障"))
    assert first.fault and not first.fire and first.alarm_kind == "fire_fault" and first.at_ms == AT
    assert second.states == ("复位",) and second.clears and second.place == "889-13.3"


def test_states_of_parts() -> None:
    fire, quiet, broken = read(b"\x02\x03" + part(3) + part(1) + part(0x104))
    assert (fire.text, fire.states, fire.alarm_kind) == ("7楼02室会议室烟感", ("正常运行", "火警"), "smoke")
    assert fire.place == quiet.place == "889-1.2-5-7"
    assert (fire.clears, quiet.clears, broken.clears) == (False, True, False)
    assert broken.states == ("故障", "电源故障") and broken.alarm_kind == "fire_fault"


@pytest.mark.parametrize(
    ("kind", "alarm"), [(11, "gas"), (17, "electric_fire"), (42, "smoke"), (31, "fire"), (23, "fire")]
)
def test_a_fire_is_named_after_the_part(kind: int, alarm: str) -> None:
    assert read(b"\x02\x01" + part(2, kind))[0].alarm_kind == alarm


def test_a_character_cut_off_at_the_end_of_the_field_is_left_out() -> None:
    assert read(b"\x02\x01" + part(2, text=b"x" + "烟".encode("gb18030") * 15))[0].text == "x" + "烟" * 15
    assert read(b"\x02\x01" + part(2, text=("烟" * 16).encode("gb18030")[:31]))[0].text == "烟" * 15


def test_analog_values_have_their_unit_and_sign() -> None:
    unit = bytes((3, 2)) + bytes((1, 2, 40, 1, 0, 2, 0, 3)) + (-125).to_bytes(2, "little", signed=True) + TAG
    cold, odd = read(unit + bytes((1, 2, 40, 1, 0, 2, 0, 200, 7, 0)) + TAG)
    assert (cold.quantity, cold.value, cold.unit) == ("温度", -12.5, "℃")
    assert (odd.quantity, odd.value, odd.unit) == ("200", 7.0, "")
    assert not cold.clears


def test_operations() -> None:
    reset, called = read(bytes((4, 2, 1, 2, 1, 250)) + TAG + bytes((1, 2, 4, 7)) + TAG)
    assert reset.clears and reset.operator == 250
    assert called.fire and called.states == ("手动报警",)
    [over] = read(bytes((24, 1, 8, 1)) + TAG)
    assert over.kind == "device_operation" and over.clears and over.place == "889"


def test_the_device_itself() -> None:
    [power] = read(bytes((21, 1, 8)) + TAG)
    assert power.kind == "device" and power.fault and power.states == ("主电故障",)
    assert [r.text for r in read(bytes((25, 1, 1, 4)))] == ["1.4"]
    assert [r.text for r in read(bytes((26, 1, len(TEXT))) + TEXT)] == ["7楼02室会议室烟感"]
    assert [r.at_ms for r in read(bytes((28, 1)) + TAG)] == [AT]


def test_the_rest_of_the_facilities() -> None:
    assert [r.text for r in read(bytes((5, 2, 1, 2, 3, 4, 13, 3, 1, 1)))] == ["3.4", "1.1"]
    assert [r.text for r in read(bytes((6, 1, 1, 2, len(TEXT))) + TEXT)] == ["7楼02室会议室烟感"]
    [known] = read(bytes((7, 1, 1, 2, 40, 1, 0, 2, 0)) + TEXT.ljust(31, b"\0"))
    assert known.place == "889-1.2-1-2" and known.text == "7楼02室会议室烟感" and not known.clears
    assert [r.at_ms for r in read(bytes((8, 1, 1, 2)) + TAG)] == [AT]


def test_an_object_without_a_time_happened_when_the_frame_was_sent() -> None:
    assert read(bytes((21, 1, 1)) + bytes(6), sent_ms=AT)[0].at_ms == AT
    assert read(bytes((21, 1, 1)) + bytes(6))[0].at_ms is None


def test_heartbeats_and_what_is_not_sent_upstream_say_nothing() -> None:
    assert read(b"") == [] and read(bytes((21, 1, 1)) + TAG, CONFIRM) == []
    assert len(read(bytes((21, 1, 1)) + TAG, ANSWER)) == 1


def test_a_users_own_type_is_kept_as_it_is() -> None:
    assert [(r.kind, r.text) for r in read(b"\xc8\x01\xff")] == [("other", "c801ff")]


def test_a_unit_that_breaks_off_says_so() -> None:
    with pytest.raises(Malformed, match="2 objects announced") as said:
        read(b"\x02\x02" + part(2))
    assert said.value.field == "unit"
    with pytest.raises(Malformed, match="no type and count"):
        read(b"\x02")


TYPED = st.tuples(st.sampled_from((1, 2, 3, 4, 5, 6, 7, 8, 21, 24, 25, 26, 28)), st.binary(max_size=400))


@given(st.binary(max_size=200) | TYPED.map(lambda t: bytes([t[0]]) + t[1]))
def test_anything_is_reports_or_malformed(unit: bytes) -> None:
    try:
        found = read(unit)
    except Malformed:
        return
    assert all(r.fire + r.clears < 2 for r in found)


def test_every_part_with_a_kind_of_alarm_is_one_of_the_standards() -> None:
    assert len(gb26875names.SYSTEM_STATES) == 14 and len(gb26875names.PART_STATES) == 9
    assert set(gb26875names.ALARM_KINDS) <= set(gb26875names.PARTS)
