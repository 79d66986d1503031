"""The base map of Changzhou from its sources: outlines, water, metro and labels as WGS-84 GeoJSON features.

Reads no file; `build` hands in what the files hold. It simplifies nothing but the digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import shapely
from geocoordinates_ffi import (  # type: ignore[import-untyped,import-not-found,unused-ignore]  # build-time, no stubs
    Gcj02,
    gcj02_to_wgs84_refined,
)
from shapely.geometry import mapping, shape

Feature = dict[str, Any]

DIGITS = 5
LAKES = {"Tai Hu": ("太湖", "Tai Lake"), "Ge Hu": ("滆湖", "Ge Lake"), "Shijiu Hu": ("石臼湖", "Shijiu Lake")}
NAMELESS_LAKES = {(119.53, 31.60): ("长荡湖", "Changdang Lake"), (118.94, 31.12): ("南漪湖", "Nanyi Lake")}
NEIGHBOURS = {
    "Wuxi": ("无锡", "Wuxi"),
    "Zhenjiang": ("镇江", "Zhenjiang"),
    "Jiangyin": ("江阴", "Jiangyin"),
    "Yixing": ("宜兴", "Yixing"),
    "Taixing": ("泰兴", "Taixing"),
    "Jingjiang": ("靖江", "Jingjiang"),
    "Yunyang": ("丹阳", "Danyang"),
    "Huayang": ("句容", "Jurong"),
    "Yongyang": ("溧水", "Lishui"),
}
"""The sources' names; three county cities are listed under the town that is their seat."""


def feature(kind: str, geometry: Any, name: tuple[str, str], **more: object) -> Feature:
    """One GeoJSON feature with the coordinates rounded."""
    place = mapping(shapely.set_precision(geometry, 10**-DIGITS))
    properties = {"kind": kind, "name": name[0], "name_en": name[1], **more}
    return {"type": "Feature", "properties": properties, "geometry": rounded(place)}


def rounded(geometry: Any) -> Any:
    """The GeoJSON geometry with every number cut to `DIGITS` places."""
    if isinstance(geometry, float):
        return round(geometry, DIGITS)
    if isinstance(geometry, Mapping):
        return {key: rounded(value) for key, value in geometry.items()}
    return [rounded(item) for item in geometry] if isinstance(geometry, list | tuple) else geometry


def lakes(features: Iterable[Feature], window: Any) -> Iterator[Feature]:
    """Lakes that reach into the window, named."""
    for lake in features:
        inside = shape(lake["geometry"]).intersection(window)
        if not inside.is_empty:
            yield feature("water", inside, lake_name(lake), waterbody="lake")


def lake_name(lake: Feature) -> tuple[str, str]:
    """Chinese and English name; lakes nameless in the source are known by where they lie."""
    middle = shape(lake["geometry"]).centroid
    for (lon, lat), name in NAMELESS_LAKES.items():
        if abs(middle.x - lon) < 0.05 and abs(middle.y - lat) < 0.05:
            return name
    own = lake["properties"].get("name") or ""
    return LAKES.get(own, (own, own))


def yangtze(centre_lines: Iterable[Feature], land: Mapping[str, Any], window: Any) -> Iterator[Feature]:
    """The river: a band of water below Zhenjiang (from the coast), a centre line with its width above."""
    name = ("长江", "Yangtze")
    yield feature("river", window.difference(topojson_land(land, window)), name)
    for line in centre_lines:
        inside = shape(line["geometry"]).intersection(window)
        if line["properties"]["name"] == "Yangtze" and not inside.is_empty:
            yield feature("river", inside, name, width_m=1600)


def topojson_land(topology: Mapping[str, Any], window: Any) -> Any:
    """The land inside the window, from a quantised TopoJSON with one object ``land``."""
    scale, origin = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + origin for arc in topology["arcs"]]

    def ring(parts: list[int]) -> Any:
        return np.concatenate([arcs[i] if i >= 0 else arcs[~i][::-1] for i in parts])

    polygons = [poly for shapes in topology["objects"]["land"]["geometries"] for poly in shapes["arcs"]]
    west, south, east, north = window.bounds
    near = []
    for outer, *_holes in polygons:
        x, y = ring(outer).T
        if x.max() > west and x.min() < east and y.max() > south and y.min() < north:
            near.append(shapely.make_valid(shapely.Polygon(np.column_stack((x, y)))))
    return shapely.intersection(shapely.union_all(near), window)


def metro(features: Iterable[Feature], english: Mapping[str, str]) -> Iterator[Feature]:
    """Lines and stations, moved from GCJ-02 to WGS-84; a station without an English name is a KeyError."""
    for item in features:
        more = item["properties"]
        moved = shapely.transform(shape(item["geometry"]), to_wgs84)
        if more["kind"] == "line":
            number = more["name"].removesuffix("号线")
            yield feature("metro", moved, (more["name"], f"Line {number}"), colour=more["color"])
        else:
            yield feature("station", moved, (more["name"], english[more["name"]]), lines=more["lines"])


def to_wgs84(points: Any) -> Any:
    """GCJ-02 (lon, lat) rows to WGS-84; the refined inverse is good to under a metre."""
    moved = [gcj02_to_wgs84_refined(Gcj02(lat=y, lon=x)) for x, y in points]
    return np.array([(p.lon, p.lat) for p in moved])


def neighbours(features: Iterable[Feature], window: Any) -> Iterator[Feature]:
    """Labels of the cities around, each once."""
    waiting = dict(NEIGHBOURS)
    for item in features:
        place = shape(item["geometry"])
        if item["properties"]["name"] in waiting and window.contains(place):
            yield feature("neighbour", place, waiting.pop(item["properties"]["name"]))
