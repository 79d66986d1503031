"""Datum conversion. The formulas are `geocoordinates-rs`'s; this is the one place that calls it."""

from __future__ import annotations

from typing import Any

from geocoordinates_ffi import Bd09, Gcj02, bd09_to_wgs84_refined, gcj02_to_wgs84_refined

SAME_AS_WGS84 = frozenset({"wgs84", "cgcs2000"})
"""CGCS2000 differs from WGS-84 by centimetres, far below the accuracy of any fix."""


def to_wgs84(lat: float, lon: float, crs: str) -> tuple[float, float]:
    """WGS-84 latitude and longitude, in degrees, of a place given in `gcj02` or `bd09`."""
    if crs == "gcj02":
        place = gcj02_to_wgs84_refined(Gcj02(lat=lat, lon=lon))
    else:
        place = bd09_to_wgs84_refined(Bd09(lat=lat, lon=lon))
    return place.lat, place.lon


def shape_to_wgs84(coordinates: Any, crs: str) -> Any:
    """GeoJSON coordinates of any depth, given in `gcj02` or `bd09`, as longitude and latitude in WGS-84 degrees.

    Raises:
        ValueError: with a position that is no place on the globe.
    """
    if not coordinates or isinstance(coordinates[0], list):
        return [shape_to_wgs84(part, crs) for part in coordinates]
    lon, lat = coordinates[:2]
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError(f"[{lon}, {lat}]")
    lat, lon = to_wgs84(lat, lon, crs)
    return [lon, lat]
