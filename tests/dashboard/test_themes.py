"""Theme layers: what a pack may hold, and that Changzhou's invented ones are where they say they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely

from dashboard.cities import CityError, load_city
from dashboard.cities.changzhou import themes as invented
from dashboard.themes import FOLDER, LIST, listed, load_places, load_themes, placed
from tests.support import GRIDS, small_regions

THEME = """
school:
  name: {zh: 学校, en: Schools}
  glyph: 学
  source: {zh: 教育局, en: Education Bureau}
  fields: [{key: pupils, zh: 学生, en: Pupils}]
"""
POINT = {
    "type": "Feature",
    "properties": {"name": "一小"},
    "geometry": {"type": "Point", "coordinates": [110.05, 30.05]},
}


def pack(folder: Path, text: str, *features: object) -> Path:
    (folder / FOLDER).mkdir()
    (folder / LIST).write_text(text, encoding="utf-8")
    document = {"type": "FeatureCollection", "features": features}
    (folder / FOLDER / "school.geojson").write_text(json.dumps(document), encoding="utf-8")
    return folder


def test_a_dropped_in_theme_is_listed_and_its_places_get_their_region(tmp_path: Path) -> None:
    folder = pack(tmp_path, THEME, POINT, POINT | {"geometry": {"type": "Point", "coordinates": [0, 0]}})
    [row] = json.loads(listed(folder))
    assert (row["key"], row["count"], row["glyph"], row["pattern"], row["demo"]) == ("school", 2, "学", "none", False)
    regions = [f["properties"]["region"] for f in json.loads(placed(folder, "school", small_regions()))["features"]]
    assert regions == [GRIDS[0], ""]


def test_a_pack_without_themes_has_none(tmp_path: Path) -> None:
    assert load_themes(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "features", "said"),
    [
        (THEME.replace("学\n", "学校\n"), [POINT], "glyph"),
        (THEME.replace("glyph", "sign"), [POINT], "school"),
        (THEME.replace("school:", "shops:"), [POINT], "shops.geojson"),
        (
            THEME,
            [{"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": []}}],
            "LineString",
        ),
        ("- a", [], LIST),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, features: list[object], said: str) -> None:
    with pytest.raises(CityError, match=said):
        load_themes(pack(tmp_path, text, *features))


def test_changzhous_are_what_its_generator_makes_and_lie_where_they_say() -> None:
    city = load_city("changzhou")
    assert city.regions.grids is not None
    cells = dict(zip(city.regions.grids.codes, city.regions.grids.polygons, strict=True))
    made = invented.generate(city.regions)
    assert made.keys() == load_themes(city.folder).keys()
    for key, features in made.items():
        on_file = json.loads((city.folder / FOLDER / f"{key}.geojson").read_text(encoding="utf-8"))
        assert on_file["features"] == json.loads(json.dumps(features))
        assert on_file["generated"] is True
        assert 20 <= len(load_places(city.folder, key).features) <= 120
        for item in features:
            shape = shapely.from_geojson(json.dumps(item["geometry"]))
            assert shapely.is_valid(shape)
            assert shapely.intersects(cells[item["properties"]["region"]], shape)
