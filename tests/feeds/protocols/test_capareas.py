"""What alerts do to the map: areas put, replaced and removed, and outlines nobody should draw."""

from __future__ import annotations

import random

import msgspec
import pytest
import shapely

from dashboard.arearecords import AreaPut, AreaRemoved, Circle, Polygon
from dashboard.areas import checked, outline
from dashboard.codec import decode_data
from feeds.protocols.cap import Alert, Area, Info, Reference
from feeds.protocols.capareas import MAX_POINTS, area_id, records

AT = 1_782_864_000_000
SQUARE = ((31.7, 119.9), (31.8, 119.9), (31.8, 120.0), (31.7, 120.0), (31.7, 119.9))


def info(*areas: Area, **more: object) -> Info:
    """A part of an alert."""
    return Info("zh-CN", ("Met",), "暴雨", "Immediate", "Severe", "Likely", areas=areas, **more)  # type: ignore[arg-type]


def alert(*infos: Info, status: str = "Actual", message: str = "Alert", **more: object) -> Alert:
    """An alert."""
    return Alert("A1", "cma.gov.cn", AT, status, message, "Public", infos=infos, **more)  # type: ignore[arg-type]


def drawn(*infos: Info, status: str = "Actual") -> list[AreaPut]:
    """The areas of a first alert, as the fold takes them."""
    areas = [area for area in records(alert(*infos, status=status), set()) if isinstance(area, AreaPut)]
    for area in areas:
        decode_data("area.put", msgspec.json.encode(area))
        checked(area)
    return areas


def test_an_outline_becomes_a_warning_area() -> None:
    [area] = drawn(info(Area("武进区", (SQUARE,)), headline="暴雨橙色预警", onset_ms=AT, expires_ms=AT + 9))
    assert (area.area_id, area.kind, area.name, area.severity, area.by) == (
        area_id("cma.gov.cn", "A1", 0), "cap", "暴雨橙色预警", "major", "cma.gov.cn",
    )  # fmt: skip
    assert area.geometry == Polygon([[[lon, lat] for lat, lon in SQUARE]])
    assert (area.from_, area.until, area.crs, area.exercise) == (AT, AT + 9, "wgs84", False)
    assert area.text == "武进区"


def test_every_outline_and_circle_is_an_area_and_the_same_twice_is_one() -> None:
    two = Area("两处", (SQUARE,), (((31.5, 119.5), 2.5), ((31.5, 119.5), 2.5)))
    areas = drawn(info(two), info(two))
    assert [type(area.geometry) for area in areas] == [Polygon, Circle]
    assert [area.area_id[-2:] for area in areas] == ["-0", "-1"]
    assert areas[1].geometry == Circle(31.5, 119.5, 2500)


def test_an_exercise_is_marked_and_what_is_not_for_the_public_is_not_drawn() -> None:
    assert drawn(info(Area("", (SQUARE,))), status="Exercise")[0].exercise
    for status in ("System", "Test", "Draft"):
        assert drawn(info(Area("", (SQUARE,))), status=status) == []
    assert records(alert(info(Area("", (SQUARE,))), message="Ack"), set()) == []


def test_all_clear_and_words_alone_draw_nothing() -> None:
    assert drawn(info(Area("", (SQUARE,)), responses=("AllClear",))) == []
    assert drawn(info(Area("全市", geocodes=(("code", "320400"),)))) == []


def test_updates_replace_and_cancellations_end_what_stands() -> None:
    old = Reference("cma.gov.cn", "A0", AT)
    ids = [area_id("cma.gov.cn", "A0", n) for n in (0, 1, 4)]
    gone = [AreaRemoved(i, "cma.gov.cn") for i in ids]
    assert records(alert(message="Cancel", references=(old,)), set(ids)) == gone
    *first, new = records(alert(info(Area("", (SQUARE,))), message="Update", references=(old,)), {*ids, "fence-1"})
    assert first == gone and isinstance(new, AreaPut)
    assert records(alert(message="Cancel", references=(old,)), set()) == []


def test_a_circle_without_a_radius_can_be_seen() -> None:
    [area] = drawn(info(Area("", circles=(((31.5, 119.5), 0.0),))))
    assert area.geometry == Circle(31.5, 119.5, 100)


@pytest.mark.parametrize(("middle", "km", "count"), [((31.5, 119.5), 500, 1), ((80, 0), 2000, 0), ((0, 179), 300, 0)])
def test_a_circle_too_wide_for_the_map_becomes_an_outline_where_it_can(
    middle: tuple[float, float], km: float, count: int
) -> None:
    areas = drawn(info(Area("", circles=((middle, km),))))
    assert len(areas) == count
    for area in areas:
        north = outline(area.geometry).bounds[3]
        assert abs((north - middle[0]) * 111.195 - km) < 1


def test_an_outline_that_crosses_itself_is_taken_apart() -> None:
    bow = ((31.0, 119.0), (32.0, 120.0), (31.0, 120.0), (32.0, 119.0), (31.0, 119.0))
    areas = drawn(info(Area("", (bow,))))
    assert len(areas) == 2 and sum(outline(a.geometry).area for a in areas) == pytest.approx(0.5)


def test_an_outline_of_too_many_places_is_simplified_and_a_scribble_is_its_hull() -> None:
    ring = shapely.Point(119.9, 31.7).buffer(0.3, quad_segs=2000).exterior.coords
    [area] = drawn(info(Area("", (tuple((lat, lon) for lon, lat in ring),))))
    assert 30 < shapely.get_num_coordinates(outline(area.geometry)) <= MAX_POINTS
    dice = random.Random(1)
    scribble = tuple((dice.uniform(31, 32), dice.uniform(119, 120)) for _ in range(5000))
    [area] = drawn(info(Area("", ((*scribble, scribble[0]),))))
    assert outline(area.geometry).area > 0.9


def test_an_end_before_the_beginning_has_no_beginning() -> None:
    [area] = drawn(info(Area("", (SQUARE,)), onset_ms=AT, expires_ms=AT - 1))
    assert (area.from_, area.until) == (None, AT - 1)


def test_a_line_is_no_area() -> None:
    assert drawn(info(Area("", (((31.0, 119.0), (31.0, 119.5), (31.0, 120.0), (31.0, 119.0)),)))) == []
