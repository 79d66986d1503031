"""The records of areas: fences with their rules, areas of public warnings (CAP) and of themes, and their geometry.

Part of the vocabulary, kept beside `model` for its size. What an area does to the picture is in `areas`, what a fence
watches in `fences`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from dashboard.terms import Crs, Id, Lat, Lon, RoleName, SeverityName, Text, When

Position = Annotated[list[float], Meta(min_length=2, max_length=4)]
"""A GeoJSON position: longitude, latitude, [height]; degrees."""
Span = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$")]
"""Hours of the day in the city, such as "08:00-18:00"; one that ends before it begins goes past midnight."""


class Polygon(Struct, tag_field="type", tag="Polygon"):
    """A GeoJSON polygon: the outer ring, then holes."""

    coordinates: Annotated[list[list[Position]], Meta(min_length=1)]


class MultiPolygon(Struct, tag_field="type", tag="MultiPolygon"):
    """Several GeoJSON polygons as one place."""

    coordinates: Annotated[list[list[list[Position]]], Meta(min_length=1)]


class Circle(Struct, tag_field="type", tag="Circle"):
    """Everything within `radius_m` metres of a place."""

    lat: Lat
    lon: Lon
    radius_m: Annotated[float, Meta(gt=0, le=200_000)]


Geometry = Polygon | MultiPolygon | Circle


class Who(Struct):
    """Whom a rule watches: those with one of `roles`, of `region`, among `workers`; what is empty admits everybody."""

    roles: list[RoleName] = []
    region: str = ""
    workers: list[Id] = []


class FenceRules(Struct):
    """What at a fence raises an alarm. `hours` empty = always; `dwell_s` 0 = two fixes in a row settle a crossing."""

    on: list[Literal["enter", "leave", "absence"]] = []
    who: Who = field(default_factory=Who)
    absence_min: Annotated[float, Meta(gt=0, le=1440)] = 15.0
    dwell_s: Annotated[float, Meta(ge=0, le=3600)] = 0.0
    hours: list[Span] = []


class AreaPut(Struct):
    """`area.put`: a fence, an area of a public warning (CAP) or of a theme is drawn, or drawn anew."""

    area_id: Id
    kind: Literal["fence", "cap", "theme"]
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    geometry: Geometry
    by: Id
    crs: Crs = "wgs84"
    severity: SeverityName = "normal"
    text: Text = ""
    from_: When | None = field(name="from", default=None)
    until: When | None = None
    rules: FenceRules | None = None
    exercise: bool = False


class AreaRemoved(Struct):
    """`area.removed`: it is no longer shown or watched."""

    area_id: Id
    by: Id
