"""JT/T 808: places, with their flags, times and additions."""

from __future__ import annotations

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.codec import Malformed
from feeds.protocols.device import DeviceFix, DeviceSaid
from feeds.protocols.jt808places import beijing, location, short
from tests.feeds.protocols.jt808frames import FIX_MS

TIME = bytes.fromhex("260225141320")


def body(alarm: int = 0, status: int = 3, lat: int = 31_780_000, lon: int = 119_950_000, time: bytes = TIME) -> bytes:
    """A location of 28 bytes."""
    return pack(">IIIIhHH", alarm, status, lat, lon, -3, 123, 270) + time


def fix(raw: bytes) -> DeviceFix:
    """The place in it."""
    said = location("d", raw)
    assert isinstance(said, DeviceFix)
    return said


def test_a_place() -> None:
    assert fix(body()) == DeviceFix("d", FIX_MS, 31.78, 119.95, None, pytest.approx(12.3 / 3.6), 270)


@pytest.mark.parametrize(("status", "lat", "lon"), [(2, 31.78, 119.95), (6, -31.78, 119.95), (10, 31.78, -119.95)])
def test_south_and_west(status: int, lat: float, lon: float) -> None:
    found = fix(body(status=status))
    assert (found.lat, found.lon) == (lat, lon)


def test_without_a_fix_the_place_is_the_last_one_or_none() -> None:
    assert not fix(body(status=1)).located
    for lat, lon in ((0, 0), (0xFFFFFFFF, 0xFFFFFFFF)):
        assert isinstance(location("d", body(status=0, lat=lat, lon=lon)), DeviceSaid)


def test_a_fix_that_is_nowhere_is_refused() -> None:
    with pytest.raises(Malformed) as refused:
        location("d", body(lat=91_000_000))
    assert refused.value.field == "lat"
    with pytest.raises(Malformed):
        location("d", body()[:27])


@pytest.mark.parametrize("raw", [body(1), body(1, time=bytes(6)), body(1, lat=0, lon=0), body(1, lat=0xFFFFFFFF)])
def test_a_call_for_help_counts_without_place_or_time(raw: bytes) -> None:
    assert location("d", raw).sos


def test_the_button_of_a_badge() -> None:
    assert fix(body() + bytes.fromhex("e7080002000000000000")).sos
    assert not fix(body() + bytes.fromhex("e7080001000000000000")).sos


def test_without_a_time_there_is_no_fix() -> None:
    said = location("d", body(time=bytes.fromhex("261325141320")))
    assert isinstance(said, DeviceSaid)
    assert said.at_ms is None


def test_alarms_in_words() -> None:
    assert fix(body(alarm=1 << 7 | 1 << 29 | 1 << 22)).values == {"alarms": "power-low collision"}


def test_the_standards_items() -> None:
    assert fix(body() + bytes.fromhex("01040000303930011f31010c")).values == {
        "mileage_km": "1234.5", "signal": "31", "satellites": "12",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("items", "battery"),
    [
        ("e1012d", 45), ("5602 0900", 90), ("e306 0064019a0000", 100), ("e402 0064", 100), ("f706 00000e870246", 70),
        ("fe0145", 69), ("06013e", 62), ("6802 16da", 58), ("6802 7fff", None), ("6802 1388", 50), ("e101ff", None),
        ("eb05 0003 00a8 5c", 92),
        ("eb0a 0004 002d 0f4e 0003 00a8", None), ("eb0b 0004002d0fa5 000300a85c", 92), ("000300e164", 100),
        ("30011f e1012d", 45), ("3001", None), ("30ff e1012d", None), ("", None),
    ],
)  # fmt: skip
def test_the_battery_wherever_makers_put_it(items: str, battery: int | None) -> None:
    assert fix(body() + bytes.fromhex(items)).battery == battery


def test_the_location_of_locks() -> None:
    raw = bytes.fromhex("060521175940 22348474 113550560 7 05 98 1e 04 00000002 37 0ac30c0c".replace(" ", ""))
    assert short("d", raw) == DeviceFix(
        "d", 1_620_323_980_000, pytest.approx(22.58079), pytest.approx(113.9176), None, pytest.approx(2.572, abs=0.001),
        304, 55,
        values={"signal": "30", "satellites": "4", "mileage_km": "2"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("flag", "lat", "lon", "located"), [("0", -1, -1, False), ("3", 1, -1, True), ("4", -1, 1, False)]
)
def test_the_flags_of_locks(flag: str, lat: int, lon: int, located: bool) -> None:
    said = short("d", bytes.fromhex(f"0605211759402234847411355056{flag.rjust(2, '0')}05981e0400000002aa"))
    assert isinstance(said, DeviceFix)
    assert (said.lat > 0, said.lon > 0, said.located, said.battery) == (lat > 0, lon > 0, located, None)


@pytest.mark.parametrize("raw", ["", "060521175940", "060521175940 2234847a 1135505607 05981e040000000237"])
def test_what_is_no_location_of_a_lock(raw: str) -> None:
    with pytest.raises(Malformed):
        short("d", bytes.fromhex(raw))


def test_times() -> None:
    assert beijing(TIME) == FIX_MS
    for wrong in ("000000000000", "26022514132a", "260230000000", "260225141360"):
        assert beijing(bytes.fromhex(wrong)) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_a_place_or_refused(raw: bytes) -> None:
    for read, start in ((location, b""), (location, body()), (short, b"")):
        try:
            read("d", start + raw)
        except Malformed as fault:
            assert fault.field
