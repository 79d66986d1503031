"""The region tree and the grid index, on a city of two districts and three square grids."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from dashboard.regions import GridIndex, Level, Region, Regions, short_name

NODES = (
    Region("9901", "甲市", Level.city, None, 30.0, 110.0),
    Region("990102", "东区", Level.district, "9901", 30.0, 110.5),
    Region("990101", "西区", Level.district, "9901", 30.0, 109.5),
    Region("990102001", "河街道", Level.town, "990102", 30.0, 110.5),
    Region("990102001001", "桥头社区居委会", Level.community, "990102001", 30.0, 110.5),
    Region("990102001001001", "桥头社区第1网格", Level.grid, "990102001001", 30.5, 110.5),
    Region("990102001001002", "桥头社区第2网格", Level.grid, "990102001001", 30.5, 111.5),
    Region("990102001001003", "桥头社区第3网格", Level.grid, "990102001001", 30.5, 112.5),
)
SCALE = 10
SQUARES = [[1100 + 10 * i, 300, 10, 0, 0, 10, -10, 0] for i in range(3)]
CODES = [node.code for node in NODES if node.level is Level.grid]


@pytest.fixture(name="regions")
def _regions() -> Regions:
    # The polygons in another order than the tree's, as a pack may have them.
    return Regions(NODES, GridIndex.from_rings(CODES[::-1], SQUARES[::-1], SCALE))


def test_rings_become_the_polygons_they_describe() -> None:
    index = GridIndex.from_rings(CODES, SQUARES, SCALE)
    assert [polygon.equals(shapely.box(110 + i, 30, 111 + i, 31)) for i, polygon in enumerate(index.polygons)] == [
        True
    ] * 3


def test_a_ring_of_two_points_is_named() -> None:
    with pytest.raises(ValueError, match=CODES[1]):
        GridIndex.from_rings(CODES[:2], [SQUARES[0], [0, 0, 1, 1]], SCALE)


def test_counts_of_codes_and_polygons_must_agree() -> None:
    with pytest.raises(ValueError, match="2 grid codes but 1 polygons"):
        GridIndex(CODES[:2], [shapely.box(0, 0, 1, 1)])


def test_looking_up(regions: Regions) -> None:
    assert len(regions) == len(list(regions)) == len(NODES)
    assert regions["990101"].name == "西区"
    assert regions.get("990101") is NODES[2]
    assert regions.get("nowhere") is None
    assert "990101" in regions
    assert "nowhere" not in regions
    with pytest.raises(KeyError):
        regions["nowhere"]


def test_the_tree_keeps_the_order_given(regions: Regions) -> None:
    assert regions.city is NODES[0]
    assert [district.name for district in regions.districts] == ["东区", "西区"]
    assert regions.children("9901") == regions.districts
    assert [grid.code for grid in regions.children("990102001001")] == CODES
    assert regions.children(CODES[0]) == regions.children("nowhere") == ()
    assert regions.of_level(Level.grid) == NODES[5:]


@pytest.mark.parametrize(
    ("code", "depth"),
    [
        ("9901", 1),
        ("990102001", 3),
        (CODES[1], 5),
        ("990102001001999", 4),  # a grid that is not in the pack
        ("9901020019", 3),  # a length that no level has
        ("990199", 1),
        ("9902", 0),
        ("", 0),
    ],
)
def test_path_resolves_to_the_longest_known_prefix(regions: Regions, code: str, depth: int) -> None:
    path = regions.path(code)
    assert len(path) == depth
    assert [region.level for region in path] == list(Level)[:depth]


@pytest.mark.parametrize(
    ("code", "district"),
    [
        (CODES[0], "990102"),
        ("990101", "990101"),
        ("990101777", "990101"),
        ("9901", ""),
        ("990199", ""),
        ("", ""),
    ],
)
def test_district_of(regions: Regions, code: str, district: str) -> None:
    assert regions.district_of(code) == district


@pytest.mark.parametrize(
    ("code", "place"),
    [
        (CODES[2], "东区 河街道 桥头社区"),
        ("990102001001", "东区 河街道 桥头社区"),
        ("990102", "东区"),
        ("9901", "甲市"),
        ("8888", ""),
    ],
)
def test_place(regions: Regions, code: str, place: str) -> None:
    assert regions.place(code) == place


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("工人新村社区居委会", "工人新村社区"),
        ("龙星路社区居民委员会", "龙星路社区"),
        ("河滨居委会", "河滨社区"),
        ("朝阳村村委会", "朝阳村"),
        ("城南村委会", "城南村"),
        ("城南村村民委员会", "城南村"),
        ("东青社区居委会（含东青村村委）", "东青社区"),
        ("雕庄街道园区(管理区）", "雕庄街道园区"),
        ("生物医药园社区", "生物医药园社区"),
        ("综合保税管理区", "综合保税管理区"),
        ("兰陵街道", "兰陵街道"),
    ],
)
def test_short_name(name: str, short: str) -> None:
    assert short_name(name) == short


def test_locate(regions: Regions) -> None:
    assert [regions.locate(30.5, lon) for lon in (110.5, 111.5, 112.5)] == CODES
    assert regions.locate(29.9, 110.5) == ""


def test_locate_many_counts_in_the_order_of_the_tree(regions: Regions) -> None:
    nan = float("nan")
    lat, lon = np.array([30.5, 30.5, 0, nan, 30.5]), np.array([112.5, 110.5, 0, 110.5, nan])
    found = regions.locate_many(lat, lon)
    assert found.tolist() == [2, 0, -1, -1, -1]
    assert found.dtype == np.int32


def test_locate_many_of_nothing(regions: Regions) -> None:
    assert regions.locate_many(np.array([]), np.array([])).tolist() == []


def test_a_point_on_a_shared_border_has_one_grid() -> None:
    index = GridIndex.from_rings(CODES, SQUARES, SCALE)
    assert index.locate(np.array([30.5, 31.0]), np.array([111.0, 112.0])).tolist() == [0, 1]


def test_without_polygons_nothing_is_located() -> None:
    assert Regions(NODES).locate(30.5, 110.5) == ""


@pytest.mark.parametrize(
    ("nodes", "reason"),
    [
        (NODES[1:], "one city, not 0"),
        ((*NODES, Region("9902", "乙市", Level.city, None, 0, 0)), "one city, not 2"),
        ((*NODES, NODES[1]), "990102 is listed twice"),
        ((NODES[0], NODES[3]), "990102001 has an unknown parent 990102"),
    ],
)
def test_a_broken_tree_is_refused(nodes: tuple[Region, ...], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Regions(nodes)


def test_a_polygon_of_an_unknown_grid_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown grid 77"):
        Regions(NODES, GridIndex(["77"], [shapely.box(0, 0, 1, 1)]))
