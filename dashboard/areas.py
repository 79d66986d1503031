"""Areas folded from their records: fences, areas of public warnings and of themes, checked and ready to be drawn.

An area is refused as a whole when its geometry could not be watched or drawn. Whether an area is in force depends on
the time of day, which is not known here; who is inside one is `fences`' business.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, Final

import msgspec
import numpy as np
import shapely

from dashboard.arearecords import AreaPut, AreaRemoved, Circle, MultiPolygon
from dashboard.codec import Malformed, instant
from dashboard.model import Severity

MAX_POINTS: Final = 2000
METRES_PER_DEGREE: Final = 111_195.0
_CORNERS: Final = 64
_DIGITS: Final = 6
_SHAPE: Final = "data.geometry.coordinates"
_ENCODER = msgspec.json.Encoder()
Ring = list[list[float]]
AreaData = AreaPut | AreaRemoved


class AreaState(msgspec.Struct):
    """One area as it was put at `at_ms`: checked, WGS-84, rings closed; `at_ms`, `from` and `until` in UTC ms."""

    area: AreaPut
    at_ms: int


class Areas:
    """The areas by id."""

    def __init__(self) -> None:
        self._by_id: dict[str, AreaState] = {}
        self.total_digest = 0
        """Sum of one hash per area, modulo 2**64."""
        self._wire: list[dict[str, object]] | None = None

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[AreaState]:
        return iter(self._by_id.values())

    def __contains__(self, area_id: str) -> bool:
        return area_id in self._by_id

    def put(self, data: AreaPut, at_ms: int) -> None:
        """Draw an area, or draw it anew. Raises Malformed naming the field that is wrong."""
        self.restore(AreaState(checked(data), at_ms))

    def remove(self, data: AreaRemoved) -> None:
        """Take an area away; one that is not there stays so."""
        gone = self._by_id.pop(data.area_id, None)
        self._changed(-_digest(gone) if gone else 0)

    def fold(self, data: AreaData, time_ms: int) -> None:
        """Apply one record of when `time_ms` (UTC). Raises Malformed; nothing has changed then."""
        if isinstance(data, AreaPut):
            self.put(data, time_ms)
        else:
            self.remove(data)

    def restore(self, state: AreaState) -> None:
        """Put an area that has been checked before."""
        old = self._by_id.get(state.area.area_id)
        self._by_id[state.area.area_id] = state
        self._changed(_digest(state) - (_digest(old) if old else 0))

    def export(self) -> list[AreaState]:
        """Every area, for snapshots."""
        return list(self)

    def wire(self) -> list[dict[str, object]]:
        """What browsers are told: the same list until something changes."""
        if self._wire is None:
            self._wire = [_row(state) for state in sorted(self, key=lambda state: state.area.area_id)]
        return self._wire

    def _changed(self, delta: int) -> None:
        self._wire = None
        self.total_digest = (self.total_digest + delta) % 2**64


def checked(data: AreaPut) -> AreaPut:
    """The area with rings closed and instants in UTC ms.

    Raises:
        Malformed: too many points, a place off the globe, a ring of fewer than three places, an outline that crosses
            itself, an end before the beginning, or rules where there is no fence.
    """
    start = None if data.from_ is None else instant("data.from", data.from_)
    until = None if data.until is None else instant("data.until", data.until)
    if start is not None and until is not None and until <= start:
        raise Malformed("data.until", str(data.until), "is not after data.from")
    if data.rules is not None and data.kind != "fence":
        raise Malformed("data.rules", data.kind, "only a fence has rules")
    return msgspec.structs.replace(data, geometry=_whole(data.geometry), from_=start, until=until)


def outline(geometry: Any) -> Any:
    """The shapely shape of a geometry, x = longitude, y = latitude, degrees; a circle as a polygon of 64 corners."""
    if isinstance(geometry, Circle):
        return circle(geometry.lat, geometry.lon, geometry.radius_m)
    parts = geometry.coordinates if isinstance(geometry, MultiPolygon) else [geometry.coordinates]
    polygons = [shapely.Polygon(rings[0], rings[1:]) for rings in parts]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def circle(lat: float, lon: float, radius_m: float) -> Any:
    """A circle on the ground as a polygon in degrees; good to 0.5 % up to 100 km outside the polar regions."""
    turn = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    dy = radius_m / METRES_PER_DEGREE
    dx = dy / max(0.01, float(np.cos(np.radians(lat))))
    return shapely.Polygon(np.column_stack((lon + dx * np.cos(turn), lat + dy * np.sin(turn))))


def grown(shape: Any, metres: float) -> Any:
    """The shape with a margin of so many metres, in degrees."""
    lat = float(shapely.centroid(shape).y)
    squeeze = max(0.01, float(np.cos(np.radians(lat))))
    plane = shapely.transform(shape, lambda a: a * (squeeze, 1.0))
    wide = shapely.buffer(plane, metres / METRES_PER_DEGREE, quad_segs=4)
    return shapely.transform(wide, lambda a: a / (squeeze, 1.0))


def _whole(geometry: Any) -> Any:
    if isinstance(geometry, Circle):
        return geometry
    many = isinstance(geometry, MultiPolygon)
    parts = geometry.coordinates if many else [geometry.coordinates]
    points = sum(len(ring) for rings in parts for ring in rings)
    if points > MAX_POINTS:
        raise Malformed(_SHAPE, str(points), f"has more than {MAX_POINTS} points")
    closed = [[_closed(ring) for ring in rings] for rings in parts]
    whole = MultiPolygon(closed) if many else msgspec.structs.replace(geometry, coordinates=closed[0])
    _check_valid(whole)
    return whole


def _closed(ring: Ring) -> Ring:
    places = [_place(position) for position in ring]
    if places and places[0] != places[-1]:
        places.append(places[0])
    if len(places) < 4:
        raise Malformed(_SHAPE, str(len(ring)), "a ring needs three places at least")
    return places


def _place(position: list[float]) -> list[float]:
    lon, lat = position[0], position[1]
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Malformed(_SHAPE, f"[{lon}, {lat}]", "is not a longitude and a latitude in degrees")
    return [round(lon, _DIGITS), round(lat, _DIGITS)]


def _check_valid(geometry: Any) -> None:
    if any(not rings for rings in (geometry.coordinates if isinstance(geometry, MultiPolygon) else [1])):
        raise Malformed(_SHAPE, "[]", "a polygon needs a ring")
    shape = outline(geometry)
    if not shapely.is_valid(shape):
        raise Malformed(_SHAPE, "", f"cannot be an outline: {shapely.is_valid_reason(shape)}")
    if shape.area == 0:
        raise Malformed(_SHAPE, "", "encloses nothing")


def _row(state: AreaState) -> dict[str, object]:
    area = state.area
    return {
        "id": area.area_id, "kind": area.kind, "name": area.name, "geometry": area.geometry,
        "sev": int(Severity[area.severity]), "text": area.text, "from": area.from_, "until": area.until,
        "rules": area.rules, "exercise": area.exercise, "by": area.by, "at": state.at_ms,
    }  # fmt: skip


def _digest(state: AreaState) -> int:
    return int.from_bytes(blake2b(_ENCODER.encode(state), digest_size=8).digest(), "little")
