"""What a CAP alert does to the map: areas put, and areas of earlier alerts removed.

An area's id follows from the alert's sender and identifier, so that whoever cancels it needs to remember nothing but
which areas there are. Alerts that are not for the public (System, Test, Draft) and ones without an outline change
nothing here; they are kept as `cap` read them.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Sequence
from hashlib import blake2b
from typing import Any, Final

import shapely

from dashboard.arearecords import AreaPut, AreaRemoved, Circle, Geometry, Polygon
from dashboard.model import SeverityName
from feeds.protocols.cap import Alert, Info, Place

MAX_AREAS: Final = 200
MAX_POINTS: Final = 1000
_PLACE_M: Final = 100.0
_WIDEST_M: Final = 200_000.0
_EARTH_M: Final = 6_371_009.0
_CORNERS: Final = 64
_REPAIRABLE: Final = 100
_STEPS: Final = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
"""By how much (degrees) an outline of too many places may be off, the smallest first."""
_GRAVITY: Final[dict[str, SeverityName]] = {"Extreme": "urgent", "Severe": "major", "Moderate": "serious"}


def area_id(sender: str, identifier: str, number: int) -> str:
    """The id of an alert's n-th area, from 0."""
    return f"cap-{blake2b(f'{sender},{identifier}'.encode(), digest_size=12).hexdigest()}-{number}"


def records(alert: Alert, standing: Container[str]) -> list[AreaPut | AreaRemoved]:
    """What an alert changes, given the ids of the areas there are: first what it replaces or ends, then its own."""
    if alert.status not in ("Actual", "Exercise") or alert.message not in ("Alert", "Update", "Cancel"):
        return []
    by = alert.sender[:128]
    gone = [AreaRemoved(old, by) for reference in alert.references
            for old in _standing(reference.sender, reference.identifier, standing)]  # fmt: skip
    return [*gone, *_areas(alert, by)] if alert.message != "Cancel" else [*gone]


def _standing(sender: str, identifier: str, standing: Container[str]) -> Iterator[str]:
    ids = (area_id(sender, identifier, number) for number in range(MAX_AREAS))
    return (known for known in ids if known in standing)


def _areas(alert: Alert, by: str) -> list[AreaPut]:
    """One area for each outline and circle; what two parts of an alert say in the same words is drawn once."""
    drawn: dict[str, AreaPut] = {}
    for info in alert.said():
        for shape in _shapes(info):
            start, until = info.onset_ms or info.effective_ms, info.expires_ms
            area = AreaPut(
                area_id=area_id(alert.sender, alert.identifier, len(drawn)), kind="cap", geometry=shape, by=by,
                name=(info.headline or info.event or alert.identifier)[:200], text=_words(info),
                severity=_GRAVITY.get(info.severity, "normal"), exercise=alert.status == "Exercise",
                from_=None if start and until and start >= until else start, until=until,
            )  # fmt: skip
            drawn.setdefault(f"{shape} {area.severity} {area.name}", area)
    return list(drawn.values())[:MAX_AREAS]


def _words(info: Info) -> str:
    places = "; ".join(area.description for area in info.areas if area.description)
    return "\n".join(filter(None, (info.description, info.instruction, places, info.sender_name)))[:4000]


def _shapes(info: Info) -> Iterator[Geometry]:
    if "AllClear" in info.responses:
        return
    for area in info.areas:
        for polygon in area.polygons:
            yield from _outlines(polygon)
        for middle, radius_km in area.circles:
            yield from _round(middle, radius_km * 1000)


def _round(middle: Place, radius_m: float) -> Iterator[Geometry]:
    """A circle as it is; one without a radius as a place that can be seen; one too wide for the map as an outline."""
    if radius_m <= _WIDEST_M:
        yield Circle(middle[0], middle[1], radius_m or _PLACE_M)
        return
    corners = [_away(middle, radius_m / _EARTH_M, 2 * math.pi * corner / _CORNERS) for corner in range(_CORNERS)]
    around_a_pole = abs(middle[0]) + math.degrees(radius_m / _EARTH_M) >= 90
    if not around_a_pole and all(-180 <= lon <= 180 for _, lon in corners):
        yield from _outlines(corners)


def _away(middle: Place, arc: float, turn: float) -> Place:
    """The place so far away (radians of the earth's girth) in a direction (radians from north)."""
    lat = math.radians(middle[0])
    there = math.asin(math.sin(lat) * math.cos(arc) + math.cos(lat) * math.sin(arc) * math.cos(turn))
    east = math.atan2(math.sin(turn) * math.sin(arc) * math.cos(lat), math.cos(arc) - math.sin(lat) * math.sin(there))
    return math.degrees(there), middle[1] + math.degrees(east)


def _outlines(places: Sequence[Place]) -> Iterator[Geometry]:
    """An outline as the map can take it: parts that do not cross themselves, of no more than `MAX_POINTS` places.

    What crosses itself is taken apart; where there is too much of it to be done in time, its hull stands for it.
    """
    shape: Any = shapely.Polygon([(lon, lat) for lat, lon in places])
    if not shape.is_valid:
        few = len(places) <= _REPAIRABLE
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False) if few else shape.convex_hull
    for step in _STEPS:
        if shapely.get_num_coordinates(shape) > MAX_POINTS:
            shape = shapely.simplify(shape, step)
    for part in getattr(shape, "geoms", [shape]):
        if isinstance(part, shapely.Polygon) and not part.is_empty:
            rings = [part.exterior, *part.interiors]
            yield Polygon([[[lon, lat] for lon, lat in ring.coords] for ring in rings])
