"""Single values as devices write them."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.codec import Malformed
from feeds.protocols import fields

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
AT = 1_772_000_000_000


@pytest.mark.parametrize(
    ("written", "ms"),
    [
        (1_772_000_000, AT),
        ("1772000000", AT),
        ("1772000000.250", AT + 250),
        (AT, AT),
        (str(AT), AT),
        ("2026-02-25T06:13:20Z", AT),
        ("2026-02-25T06:13:20.5Z", AT + 500),
        ("2026-02-25T14:13:20+08:00", AT),
        ("2026-02-25T14:13:20 08:00", AT),  # a plus sign that nobody encoded
        ("2026-02-25 14:13:20", AT),  # no zone: the city's
    ],
)
def test_an_instant_in_any_of_its_forms(written: object, ms: int) -> None:
    assert fields.instant("t", written) == ms


def test_a_time_without_a_zone_is_in_the_zone_that_is_given() -> None:
    assert fields.instant("t", "2026-02-25 06:13:20", offset_min=0) == AT


@pytest.mark.parametrize(
    "written", ["", None, "soon", "2026-02-31T00:00:00Z", "-5", 1e30, "1e400", True, [], "9999-12-31"]
)
def test_what_is_no_instant_is_named(written: object) -> None:
    with pytest.raises(Malformed) as refused:
        fields.instant("t", written)
    assert refused.value.field == "t"


@pytest.mark.parametrize(
    ("written", "found"),
    [(5, 5.0), (" 5.5 ", 5.5), (None, None), ("", None), ("nan", None), ("-inf", None), (10**400, None)],
)
def test_a_number_or_nothing(written: object, found: float | None) -> None:
    assert fields.number("n", written) == found


@pytest.mark.parametrize("written", ["five", "1_000", True, [], {}])
def test_what_is_no_number_is_named(written: object) -> None:
    with pytest.raises(Malformed, match="n="):
        fields.number("n", written)


def test_what_devices_write_for_unknown_is_unknown() -> None:
    assert fields.speed(-1, fields.KMH_MPS) is None
    assert fields.speed(6553.5, fields.KMH_MPS) is None
    assert fields.heading(-1) is None
    assert fields.heading(360) == 0
    assert fields.percent(255) is None
    assert fields.percent(99.6) == 100


def test_nowhere_and_null_island() -> None:
    assert fields.is_place(31.8, 119.9)
    assert not fields.is_place(0, 0)
    for lat, lon, field in ((90.1, 0, "lat"), (0, -180.5, "lon")):
        with pytest.raises(Malformed) as refused:
            fields.is_place(lat, lon)
        assert refused.value.field == field


@pytest.mark.parametrize(
    "body", [b"", b"nonsense", b"\xff", b'"text"', b"[1]", b"[" * 5000, b"[" + b"{}," * 1000 + b"{}]"]
)
def test_a_body_without_objects_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        fields.objects(body)


def test_a_body_is_an_object_or_a_list_of_them() -> None:
    assert fields.objects(b'{"a":1}') == [{"a": 1}]
    assert fields.objects(b'[{"a":1},{}]') == [{"a": 1}, {}]


@pytest.mark.parametrize("value", ["", "  ", None, "x" * 129, "a\x00b", True, 1.5, []])
def test_a_device_needs_a_name(value: object) -> None:
    with pytest.raises(Malformed):
        fields.name("id", value)


def test_only_short_scalars_are_told() -> None:
    assert fields.told({"a": "x" * 500, "b": [1], "c": 1, "d": 2}, ("a", "b", "c")) == {"a": "x" * 200, "c": "1"}


def test_local_time_and_utc() -> None:
    assert (
        fields.local_ms(datetime(2026, 2, 25, 14, 13, 20), 480) == AT == fields.utc_ms(datetime(2026, 2, 25, 6, 13, 20))
    )


@given(ANYTHING)
def test_anything_is_read_or_refused(value: object) -> None:
    for read in (fields.instant, fields.number, fields.required, fields.name, fields.mapping):
        try:
            read("f", value)
        except Malformed as fault:
            assert fault.field == "f"


@given(st.binary(max_size=200))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    try:
        fields.objects(body)
    except Malformed as fault:
        assert fault.field == "payload"
