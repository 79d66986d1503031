"""The map of a brief: the city's districts, the darker the more of an indicator. Outlines are the city pack's."""

from __future__ import annotations

import json
from functools import cache
from math import cos, radians
from pathlib import Path
from typing import Any

from shapely import Polygon
from shapely.ops import polylabel

from dashboard.cities import City
from layouts.brief.document import Map, Point, Shape
from layouts.words import Locale

Outlines = dict[str, dict[str, Any]]
"""District code → name, name_en, rings, where its name stands."""
_NOTHING = (None, "")


def choropleth(
    city: City, locale: Locale, values: dict[str, tuple[float | None, str]], caption: str,
    steps: tuple[float, ...], legend: tuple[str, ...], nothing: str,
) -> Map:  # fmt: skip
    """Districts by value; what is below the first of the rising `steps` is lightest; `legend` names the tones."""
    outlines, height = _outlines(city.basemap)
    shapes = tuple(
        Shape(one["rings"], _tone(values.get(code, _NOTHING)[0], steps), one["name_en" if locale == "en" else "name"],
              values.get(code, _NOTHING)[1], one["at"])
        for code, one in sorted(outlines.items())
    )  # fmt: skip
    tones: list[tuple[int | None, str]] = [(tone, said) for tone, said in enumerate(legend)]
    missing = any(shape.tone is None for shape in shapes)
    return Map(caption, shapes, height, (*tones, *([(None, nothing)] if missing else [])))


def english_names(city: City) -> dict[str, str]:
    """Districts' English names, by code."""
    return {code: str(one["name_en"]) for code, one in _outlines(city.basemap)[0].items()}


def _tone(value: float | None, steps: tuple[float, ...]) -> int | None:
    return None if value is None else sum(value >= step for step in steps)


@cache
def _outlines(path: Path) -> tuple[Outlines, float]:
    """Districts in a drawing one wide, and how high it is."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    districts = [f for f in features if f["properties"].get("kind") == "district"]
    flat = [point for f in districts for ring in _rings(f["geometry"]) for point in ring]
    west, south = (min(each) for each in zip(*flat, strict=True))
    east, north = (max(each) for each in zip(*flat, strict=True))
    narrow = cos(radians((south + north) / 2))
    scale = 1 / ((east - west) * narrow)

    def placed(lon: float, lat: float) -> Point:
        return round((lon - west) * narrow * scale, 4), round((north - lat) * scale, 4)

    found = {
        f["properties"]["code"]: f["properties"]
        | {
            "rings": tuple(tuple(placed(*point) for point in ring) for ring in _rings(f["geometry"])),
            "at": placed(*_inside(f["geometry"])),
        }
        for f in districts
    }
    return found, round((north - south) * scale, 4)


def _inside(geometry: dict[str, Any]) -> tuple[float, float]:
    """A point well inside, for its name."""
    largest = max((Polygon(ring) for ring in _rings(geometry)), key=lambda polygon: polygon.area)
    found = polylabel(largest, 0.005)
    return found.x, found.y


def _rings(geometry: dict[str, Any]) -> list[list[list[float]]]:
    """The outer rings; districts have no holes worth drawing at this size."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [polygon[0] for polygon in polygons]
