from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dash_leaflet as dl
import pytest
from dash.development.base_component import Component

from dashboard.cities import City, load_city
from dashboard.tiles import Tiles
from layouts import ids, map_screen
from layouts.words import catalogue

TILES = Tiles(("https://tiles.example/{z}/{x}/{y}.png",), "", True, 0, 18, None, "天地图", "map")
WALL = Path(__file__).parents[2] / "assets" / "wall"


@pytest.fixture(scope="module")
def city() -> City:
    return load_city("changzhou")


def parts(root: Component) -> Iterator[Component]:
    yield root
    yield from (part for part in root._traverse() if isinstance(part, Component))


def both(city: City, tiles: Tiles | None = None) -> list[Component]:
    words = catalogue("zh")
    return [*parts(map_screen.screen(city, words, tiles)), *parts(map_screen.workers_map(city, words, tiles))]


def named(components: list[Component]) -> set[str]:
    return {part.id for part in components if getattr(part, "id", None)}


def test_the_screen_is_a_panel_with_map_card_and_legend(city: City) -> None:
    wanted = {ids.SCREEN_MAP, map_screen.SITUATION, map_screen.WORKERS, map_screen.CARD}
    assert wanted | {"map-scale", "map-workers-scale"} <= named(both(city))


def test_every_function_the_maps_look_up_is_there(city: City) -> None:
    wanted = set(re.findall(r"'variable': 'wall\.(\w+)'", str([part.to_plotly_json() for part in both(city, TILES)])))
    assert wanted == {"baseFilter", "baseStyle", "baseEach", "liveLayer", "tileLayer"}
    source = (WALL / "map" / "maps.mjs").read_text(encoding="utf-8")
    assert {name for name in wanted if not re.search(rf"^  {name}[(:]", source, re.M)} == set()


def test_each_live_layer_names_its_map(city: City) -> None:
    mounts = [part.data["features"][0]["properties"]["map"] for part in both(city) if getattr(part, "data", None)]
    assert mounts == [map_screen.SITUATION, map_screen.WORKERS]


def mounted(components: list[Component], layer: str) -> list[dict[str, Any]]:
    """The properties of what our own layer functions are given."""
    wanted = {"variable": f"wall.{layer}"}
    carriers = [part for part in components if getattr(part, "pointToLayer", None) == wanted]
    return [part.data["features"][0]["properties"] for part in carriers]


def test_nothing_is_loaded_from_a_tile_server_unless_one_is_named(city: City) -> None:
    assert mounted(both(city), "tileLayer") == []
    assert not [part for part in both(city, TILES) if isinstance(part, dl.TileLayer)]
    note = catalogue("zh")["map.tiles.none"]
    assert mounted(both(city, TILES), "tileLayer") == 2 * [TILES.for_browser() | {"note": note}]


def test_the_sources_of_the_map_are_named_on_it(city: City) -> None:
    shown = [part.children for part in both(city) if getattr(part, "className", None) == "attr"]
    assert shown == [" · ".join(city.attribution)]
    tiled = [part.children for part in both(city, TILES) if getattr(part, "className", None) == "attr"]
    assert tiled == [" · ".join(["天地图", *city.attribution])]


def test_the_header_counts_the_grids(city: City) -> None:
    assert "6,257" in [part.children for part in both(city) if type(part).__name__ == "B"]


def test_every_community_has_a_short_name_and_a_place(city: City) -> None:
    rows = map_screen.place_names(city)["community"]
    assert len(rows) == 1049
    assert not [row for row in rows if str(row[0]).endswith(("居民委员会", "村民委员会", "居委会", "村委会"))]
    assert all(31 < float(lat) < 32.2 and 119 < float(lon) < 120.3 for _, lat, lon in rows)
