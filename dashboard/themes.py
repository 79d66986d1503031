"""Theme areas of a city pack: layers of places that matter to one line of work, as GeoJSON with style and popup.

A theme is an entry in ``themes.yaml`` and a file ``themes/<key>.geojson`` (points, polygons or multipolygons, WGS-84);
dropping both into the pack adds a layer. This module reads and checks them; drawing is the browser's business.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import numpy as np
import shapely

from dashboard.cities import CityError, Text
from dashboard.regions import Level, Regions

LIST: Final = "themes.yaml"
FOLDER: Final = "themes"
_ENCODER = msgspec.json.Encoder()


class Field(msgspec.Struct, forbid_unknown_fields=True):
    """One line of the popup: the property it shows, and its label."""

    key: str
    zh: str
    en: str


class Theme(msgspec.Struct, forbid_unknown_fields=True):
    """One theme: `glyph` one character for its places, `pattern` how polygons are filled, `demo`: it is invented.

    Of a place's properties `name` is its title, `fields` its popup's lines; `<key>_en` beside `<key>` is the same in
    English.
    """

    name: Text
    glyph: str
    source: Text
    fields: list[Field]
    pattern: Literal["none", "rising", "falling", "level", "upright", "dots"] = "none"
    demo: bool = False


class _Geometry(msgspec.Struct):
    type: Literal["Point", "Polygon", "MultiPolygon"]
    coordinates: Any


class _Feature(msgspec.Struct):
    geometry: _Geometry
    properties: dict[str, Any]
    type: Literal["Feature"] = "Feature"


class Collection(msgspec.Struct):
    """A theme's places: a GeoJSON FeatureCollection."""

    features: list[_Feature]
    type: Literal["FeatureCollection"] = "FeatureCollection"


def load_themes(folder: Path) -> dict[str, Theme]:
    """The themes of a pack, by key, in the order of the file; none when the pack has no list.

    Raises:
        CityError: naming the theme and what is missing or wrong.
    """
    path = folder / LIST
    if not path.is_file():
        return {}
    try:
        entries = msgspec.yaml.decode(path.read_bytes(), type=dict[str, dict[str, Any]])
    except msgspec.MsgspecError as error:
        raise CityError(f"{folder.name}/{LIST}: {error}") from error
    return {key: _checked(folder, key, entry) for key, entry in entries.items()}


def _checked(folder: Path, key: str, entry: dict[str, Any]) -> Theme:
    try:
        theme = msgspec.convert(entry, Theme)
    except msgspec.ValidationError as error:
        raise CityError(f"{folder.name}/{LIST}: {key}: {error}") from error
    if len(theme.glyph) != 1:
        raise CityError(f"{folder.name}/{LIST}: {key}: glyph must be one character, not {theme.glyph!r}")
    load_places(folder, key)
    return theme


def load_places(folder: Path, key: str) -> Collection:
    """The places of one theme. Raises CityError when its file is missing or holds something else."""
    path = folder / FOLDER / f"{key}.geojson"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Collection)
    except (OSError, msgspec.MsgspecError) as error:
        raise CityError(f"{folder.name}/{FOLDER}/{path.name}: {error}") from error


def listed(folder: Path) -> bytes:
    """The themes as JSON for browsers: a list in display order, each with its key and how many places it has."""
    rows = [
        {"key": key, "count": len(load_places(folder, key).features), **msgspec.structs.asdict(theme)}
        for key, theme in load_themes(folder).items()
    ]
    return _ENCODER.encode(rows)


def placed(folder: Path, key: str, regions: Regions) -> bytes:
    """One theme's GeoJSON with the `region` of every place that lies in the city and does not say it itself."""
    places = load_places(folder, key)
    grids = regions.of_level(Level.grid)
    bare = [item for item in places.features if not item.properties.get("region")]
    spots = shapely.get_coordinates(shapely.point_on_surface([_shape(item.geometry) for item in bare]))
    ranks = regions.locate_many(spots[:, 1], spots[:, 0]) if bare else np.zeros(0, np.int32)
    for item, rank in zip(bare, ranks.tolist(), strict=True):
        item.properties["region"] = grids[rank].code if rank >= 0 else ""
    return _ENCODER.encode(places)


def _shape(geometry: _Geometry) -> Any:
    return shapely.from_geojson(_ENCODER.encode(geometry))
