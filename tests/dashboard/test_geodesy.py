"""Datum conversion against a pair of files of the same city in both datums."""

from __future__ import annotations

import json
import math
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from shapely import Point, hausdorff_distance
from shapely.geometry import shape

from dashboard import geodesy

GCJ02, BD09, WGS84 = (39.915, 116.404), (39.921337, 116.410369), (39.913596, 116.397756)
"""One place in Beijing in three datums, as the README of npm's coordtransform gives it."""


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance of two near places (latitude, longitude)."""
    east = (b[1] - a[1]) * math.cos(math.radians(a[0]))
    return 111_320 * math.hypot(b[0] - a[0], east)


@pytest.mark.parametrize(("crs", "given"), [("gcj02", GCJ02), ("bd09", BD09)])
def test_a_known_place(crs: str, given: tuple[float, float]) -> None:
    assert metres(geodesy.to_wgs84(*given, crs), WGS84) < 10
    assert metres(given, WGS84) > 300


def test_cgcs2000_needs_no_conversion() -> None:
    assert {"wgs84", "cgcs2000"} == geodesy.SAME_AS_WGS84


def test_outside_china_gcj02_is_wgs84() -> None:
    assert geodesy.to_wgs84(48.8584, 2.2945, "gcj02") == pytest.approx((48.8584, 2.2945))


PAIRS = Path(__file__).parents[1] / "golden" / "datums.json"
"""Places in both datums; the browser's library is held to the same (tests/assets/map/datum.test.mjs)."""


@pytest.mark.parametrize("pair", json.loads(PAIRS.read_text(encoding="utf-8")))
def test_the_golden_pairs(pair: dict[str, tuple[float, float]]) -> None:
    assert geodesy.to_wgs84(*pair["gcj02"], "gcj02") == pytest.approx(pair["wgs84"], abs=1e-8)


def outline(path: Path) -> Any:
    """The first district's polygon."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    named = {f["properties"]["name"]: shape(f["geometry"]) for f in features}
    return named["天宁区"]


def test_a_whole_district_of_the_city(real_data: Path) -> None:
    wgs84 = outline(real_data / "regions/changzhou_district.wgs84.geotool-cn-3.1.0.geojson")
    gcj02 = outline(real_data / "regions/changzhou_district.gcj02.GeoMapData_CN.geojson")
    vertices = [vertex for part in getattr(gcj02, "geoms", [gcj02]) for vertex in part.exterior.coords]
    moved = [geodesy.to_wgs84(y, x, "gcj02") for x, y in vertices]
    away = [wgs84.boundary.distance(Point(lon, lat)) * 105_000 for lat, lon in moved]
    assert hausdorff_distance(wgs84, gcj02) * 105_000 > 400
    assert median(away) < 10
