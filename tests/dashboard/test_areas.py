"""Areas: what may be one, what the book of them keeps, and that no order of records changes what it says."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from dashboard import codec, geodesy
from dashboard.arearecords import AreaPut, AreaRemoved
from dashboard.areas import MAX_POINTS, Areas, checked, circle, grown, outline
from dashboard.codec import Malformed
from tests.support import T0

SQUARE = [[110.0, 30.0], [110.1, 30.0], [110.1, 30.1], [110.0, 30.1]]


def put(area_id: str = "a1", **more: Any) -> AreaPut:
    """The data of an `area.put`, decoded as from the log."""
    data = {
        "area_id": area_id, "kind": "fence", "name": "河边", "by": "seat",
        "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
    }  # fmt: skip
    found = codec.decode_data("area.put", msgspec.json.encode(data | more))
    assert isinstance(found, AreaPut)
    return found


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def test_an_open_ring_is_closed_and_a_closed_one_stays() -> None:
    opened, closed = checked(put()), checked(put(geometry=polygon([*SQUARE, SQUARE[0]])))
    assert opened.geometry == closed.geometry
    assert outline(opened.geometry).area == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"geometry": polygon([[0, 0], [1, 1], [1, 0], [0, 1]])}, "data.geometry.coordinates", "Self-intersection"),
        ({"geometry": polygon(SQUARE[:2])}, "data.geometry.coordinates", "three places"),
        ({"geometry": polygon([[0, 0], [0, 0], [0, 0], [0, 0]])}, "data.geometry.coordinates", "outline"),
        ({"geometry": polygon([[0, 0], [181, 0], [0, 1]])}, "data.geometry.coordinates", "degrees"),
        ({"geometry": polygon(SQUARE * (MAX_POINTS // 4 + 1))}, "data.geometry.coordinates", "more than"),
        ({"geometry": {"type": "MultiPolygon", "coordinates": [[]]}}, "data.geometry.coordinates", "ring"),
        ({"from": T0, "until": T0}, "data.until", "not after"),
        ({"until": "tomorrow"}, "data.until", "RFC 3339"),
        ({"kind": "cap", "rules": {"on": ["enter"]}}, "data.rules", "only a fence"),
    ],
)
def test_what_cannot_be_an_area_is_refused_by_field(changes: dict[str, Any], field: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason) as refused:
        checked(put(**changes))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"geometry": {"type": "LineString", "coordinates": SQUARE}}, "data.geometry.type"),
        ({"geometry": {"type": "Circle", "lat": 30, "lon": 110, "radius_m": 0}}, "data.geometry.radius_m"),
        ({"rules": {"on": ["stay"]}}, "data.rules.on[0]"),
        ({"rules": {"hours": ["8-18"]}}, "data.rules.hours[0]"),
        ({"name": ""}, "data.name"),
    ],
)
def test_types_and_ranges(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Malformed) as refused:
        put(**changes)
    assert refused.value.field == field


def test_another_datum_is_converted_once() -> None:
    area = put(crs="gcj02")
    assert area.crs == "wgs84"
    lat, lon = geodesy.to_wgs84(SQUARE[0][1], SQUARE[0][0], "gcj02")
    assert area.geometry.coordinates[0][0] == pytest.approx([lon, lat])  # type: ignore[union-attr]
    round_one = put(crs="gcj02", geometry={"type": "Circle", "lat": 30.0, "lon": 110.0, "radius_m": 10})
    assert round_one.geometry.lat == pytest.approx(lat)  # type: ignore[union-attr]


def test_a_circle_is_as_wide_on_the_ground_as_it_says() -> None:
    for corner in shapely.get_coordinates(circle(31.8, 119.9, 500).exterior):
        dy, dx = (corner[1] - 31.8) * 111_195, (corner[0] - 119.9) * 111_195 * 0.84989
        assert (dx**2 + dy**2) ** 0.5 == pytest.approx(500, rel=0.002)


def test_a_margin_is_as_wide_to_the_east_as_to_the_north() -> None:
    west, south, east, north = grown(shapely.box(119.9, 31.8, 119.91, 31.81), 20).bounds
    assert (north - 31.81) * 111_195 == pytest.approx(20, rel=0.01)
    assert (east - 119.91) * 111_195 * 0.8498 == pytest.approx(20, rel=0.01)
    assert (31.8 - south, 119.9 - west) == pytest.approx((north - 31.81, east - 119.91), rel=0.01)


def test_the_wire_stays_the_same_until_something_changes() -> None:
    areas = Areas()
    areas.put(put(rules={"on": ["enter"]}), T0)
    told = areas.wire()
    assert areas.wire() is told
    assert (told[0]["id"], told[0]["sev"], told[0]["at"]) == ("a1", 1, T0)
    areas.remove(AreaRemoved("a1", "seat"))
    assert areas.wire() == []
    areas.remove(AreaRemoved("a1", "seat"))
    assert (len(areas), areas.total_digest) == (0, 0)


ACTS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["河", "桥", None]), st.integers(0, 3)), max_size=20)


@given(ACTS)
def test_the_digest_says_what_is_there_and_nothing_else(acts: list[tuple[str, str | None, int]]) -> None:
    areas = Areas()
    for area_id, name, at in acts:
        if name is None:
            areas.remove(AreaRemoved(area_id, "seat"))
        else:
            areas.put(put(area_id, name=name), T0 + at)
    again = Areas()
    for state in reversed(areas.export()):
        again.restore(state)
    assert again.total_digest == areas.total_digest
    assert again.wire() == areas.wire()
