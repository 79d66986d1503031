"""The records of areas say what they may hold; what an area must be is tested with `areas`."""

from __future__ import annotations

import msgspec
import pytest

from dashboard.arearecords import AreaPut, Circle, FenceRules


def test_from_is_written_as_on_the_log() -> None:
    area = AreaPut("a1", "cap", "预警", Circle(30.0, 110.0, 5.0), "seat", from_=7)
    told = msgspec.json.decode(msgspec.json.encode(area))
    assert (told["from"], told["geometry"]["type"]) == (7, "Circle")
    assert msgspec.json.decode(msgspec.json.encode(area), type=AreaPut) == area


@pytest.mark.parametrize("span", ["08:00-18:00", "22:30-06:00", "00:00-24:00"])
def test_hours(span: str) -> None:
    assert msgspec.convert({"hours": [span]}, FenceRules).hours == [span]


@pytest.mark.parametrize("span", ["8:00-18:00", "08:00—18:00", "25:00-26:00", "08:60-09:00", ""])
def test_what_are_no_hours(span: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=r"hours\[0\]"):
        msgspec.convert({"hours": [span]}, FenceRules)
