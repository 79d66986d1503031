"""The Changzhou pack: complete, nested, and saying what a pack lacks."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from dashboard.cities import FILES, City, CityError, DispatchRules, cities, load_city
from dashboard.cities.changzhou.divide import TownPlan, divide, mend, share_out
from dashboard.model import Severity
from dashboard.processbook import SHIPPED
from dashboard.regions import Level
from dashboard.routing import When
from feeds.protocols import sensormap
from feeds.protocols.gb26875names import PARTS
from feeds.protocols.gb26875units import FireReport
from feeds.trackers import SOS
from layouts.words import LOCALES, catalogue

KM2 = 111.32 * 110.88 * np.cos(np.radians(31.6))
"""Square kilometres in a square degree here."""


@pytest.fixture(name="city", scope="module")
def _city() -> City:
    return load_city("changzhou")


@pytest.fixture(name="features", scope="module")
def _features(city: City) -> list[dict[str, Any]]:
    return list(json.loads(city.basemap.read_text(encoding="utf-8"))["features"])


@pytest.fixture(name="pack")
def _pack(city: City, tmp_path: Path) -> Path:
    """A copy of the pack to break."""
    for name in FILES:
        shutil.copy(city.folder / name, tmp_path / name)
    return tmp_path


def polygons(city: City) -> Any:
    """The grids' polygons in the order of the tree."""
    assert city.regions.grids is not None
    assert city.regions.grids.codes == tuple(grid.code for grid in city.regions.of_level(Level.grid))
    return city.regions.grids.polygons


def test_every_unit_is_there(city: City) -> None:
    counts = {level: len(city.regions.of_level(level)) for level in Level}
    assert counts == {"city": 1, "district": 6, "town": 67, "community": 1049, "grid": 6257}


def test_districts_in_display_order(city: City) -> None:
    assert [d.name for d in city.regions.districts] == [
        "天宁区",
        "钟楼区",
        "新北区",
        "武进区",
        "金坛区",
        "溧阳市",
    ]


def test_codes_are_the_tree(city: City) -> None:
    sizes = dict(zip(Level, (4, 6, 9, 12, 15), strict=True))
    for region in city.regions:
        assert len(region.code) == sizes[region.level]
        assert region.parent is None or region.code.startswith(region.parent)
        assert region.level is Level.grid or city.regions.children(region.code)


def test_grids_are_numbered_within_their_community(city: City) -> None:
    assert city.regions["320402006001002"].name.endswith("社区第2网格")
    for community in city.regions.of_level(Level.community):
        grids = city.regions.children(community.code)
        assert [grid.code[12:] for grid in grids] == [f"{n:03d}" for n in range(1, len(grids) + 1)]


def test_grids_tile_the_land_without_overlap(city: City) -> None:
    cells = polygons(city)
    assert shapely.is_valid(cells).all()
    assert shapely.coverage_is_valid(cells)
    assert 4_000 < shapely.area(cells).sum() * KM2 < 4_200


def test_each_community_town_and_district_is_one_piece(city: City) -> None:
    codes = [grid.code for grid in city.regions.of_level(Level.grid)]
    for size in (6, 9, 12):
        heads = np.array([code[:size] for code in codes])
        for head in np.unique(heads):
            assert shapely.coverage_union_all(polygons(city)[heads == head]).geom_type == "Polygon", head


def test_grids_fill_their_district_but_for_its_lakes(city: City, features: list[dict[str, Any]]) -> None:
    lakes = shapely.union_all([shape(f["geometry"]) for f in features if f["properties"]["kind"] == "water"])
    owners = np.array([g.code[:6] for g in city.regions.of_level(Level.grid)])
    for item in features:
        if item["properties"]["kind"] == "district":
            land = shape(item["geometry"]).difference(lakes)
            body = max(shapely.get_parts(land), key=shapely.area)
            union = shapely.coverage_union_all(polygons(city)[owners == item["properties"]["code"]])
            assert shapely.symmetric_difference(union, body).area < body.area * 0.001


def test_grids_are_compact_and_smaller_downtown(city: City) -> None:
    cells = polygons(city)
    area = shapely.area(cells)
    # A circle is 1, a square 0.79; the lowest fill the narrow spurs of Liyang's real border.
    assert (4 * np.pi * area / shapely.length(cells) ** 2).min() > 0.3
    towns = np.array([grid.code[:9] for grid in city.regions.of_level(Level.grid)])
    downtown, rural = (np.median(area[towns == code]) for code in ("320404005", "320481109"))
    assert rural > 20 * downtown


def test_a_regions_point_lies_in_it(city: City) -> None:
    nodes = [region for region in city.regions if region.level is not Level.city]
    found = city.regions.locate_many(np.array([r.lat for r in nodes]), np.array([r.lon for r in nodes]))
    grids = city.regions.of_level(Level.grid)
    wrong = [r.name for r, i in zip(nodes, found, strict=True) if i < 0 or not grids[i].code.startswith(r.code)]
    assert wrong == []
    assert city.regions.locate(city.regions.city.lat, city.regions.city.lon) != ""


def test_a_known_place_is_in_its_district(city: City) -> None:
    metro_depot_in_wujin, hongze_lake = (31.632, 119.948), (33.3, 118.5)
    assert city.regions.district_of(city.regions.locate(*metro_depot_in_wujin)) == "320412"
    assert city.regions.locate(*hongze_lake) == ""


def test_the_grids_say_that_they_are_generated(city: City) -> None:
    assert json.loads((city.folder / "grids.json").read_text(encoding="utf-8"))["generated"] is True


def test_the_basemap_has_every_kind(city: City, features: list[dict[str, Any]]) -> None:
    kinds = [f["properties"]["kind"] for f in features]
    counts = {kind: kinds.count(kind) for kind in ("city", "district", "metro", "station")}
    assert counts == {"city": 1, "district": 6, "metro": 2, "station": 43}
    assert {"water", "river", "place", "neighbour"} <= set(kinds)
    assert all(f["properties"]["name"] and f["properties"]["name_en"] for f in features)
    assert all(shape(f["geometry"]).is_valid for f in features)
    assert city.basemap.stat().st_size < 250_000


def test_a_place_label_lies_in_its_town(city: City, features: list[dict[str, Any]]) -> None:
    places = [f for f in features if f["properties"]["kind"] == "place"]
    assert len(places) > 50
    for item in places:
        lon, lat = item["geometry"]["coordinates"]
        assert city.regions.locate(lat, lon).startswith(item["properties"]["code"]), item["properties"]["name"]


def test_metro_is_wgs84(features: list[dict[str, Any]]) -> None:
    # GCJ-02 lies about 460 m east and 215 m south of WGS-84 here; the numbers are the source's GCJ-02.
    lon, lat = next(f["geometry"]["coordinates"] for f in features if f["properties"]["name"] == "南大街")
    assert (119.953174 - lon) * 94_800 == pytest.approx(460, abs=60)
    assert (lat - 31.779862) * 110_880 == pytest.approx(215, abs=40)


def test_settings_agree_with_one_another(city: City) -> None:
    keys = [department.key for department in city.departments]
    assert len(city.categories) == 9
    assert len(keys) == len(set(keys)) == 40
    assert {department.level for department in city.departments} == {"city", "district", "utility"}
    assert {category.department for category in city.categories} <= set(keys)
    assert all(source.late_s < source.stale_s for source in city.sources.values())
    assert set(city.targets) == {"closure", "ontime", "satisfaction"}
    texts = [city.name, city.title, *city.channels.values(), *(s.name for s in city.sources.values())]
    texts += [item.name for item in (*city.categories, *city.departments)]
    assert all(text.zh and text.en for text in texts)
    south_west, north_east = city.bounds
    assert all(a < b < c for a, b, c in zip(south_west, city.centre, north_east, strict=True))


def test_every_category_has_a_few_items_with_short_names(city: City) -> None:
    counts = Counter(key.partition(".")[0] for key in city.items)
    assert counts.keys() == {category.key for category in city.categories}
    assert set(counts.values()) <= {3, 4, 5}
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+", key) for key in city.items)
    assert {key for key, name in city.items.items() if not 0 < len(name.zh) <= 6 or not 0 < len(name.en) <= 22} == set()
    for names in ([name.zh for name in city.items.values()], [name.en for name in city.items.values()]):
        assert len(set(names)) == len(names)


def test_whom_to_send_is_said_for_every_category(city: City) -> None:
    rules = city.dispatch
    for category in city.categories:
        assert rules.roles_for(category.key, Severity.normal)[0] in ("full_time", "grid_head")
        assert "volunteer" not in rules.roles_for(category.key, Severity.urgent)
    assert rules.roles_for("dispute", Severity.normal)[0] == "grid_head"


def test_every_event_has_a_process_a_seat_and_somebody_to_tell(city: City) -> None:
    assert city.process == "suzhou"
    assert city.routing.routes[-1].when == When()
    assert set(city.routing.escalation) == {severity.name for severity in Severity}
    assert city.procedure.clock.zone == ZoneInfo("Asia/Shanghai")


def test_every_kind_of_alarm_that_a_codec_raises_has_a_rule_and_a_name(city: City) -> None:
    maps = [sensormap.load(path.stem) for path in sensormap.SHIPPED.glob("*.yaml")]
    reports = [FireReport("part", "1", part_type=n, states=(state,)) for n in PARTS for state in ("火警", "故障")]
    raised = {SOS} | {report.alarm_kind for report in reports} | {rule.kind for book in maps for rule in book.rules}
    assert raised >= {"fire", "fire_fault", "gas", "smoke", "water_leak", "door", "falling_object", "fire_lane"}
    assert raised - city.alarms.kinds.keys() == set()
    named = {f"console.kind.{kind}" for kind in raised | city.alarms.kinds.keys()}
    assert [named - catalogue(locale).keys() for locale in LOCALES] == [set()] * len(LOCALES)


def test_what_becomes_an_event_can_come_so_gravely(city: City) -> None:
    """A rule for a severity that no map gives its kind would never make an event."""
    rules = [rule for path in sensormap.SHIPPED.glob("*.yaml") for rule in sensormap.load(path.stem).rules]
    least = {rule.kind: rule.severity for rule in rules}
    wanted = {kind: rule for kind, rule in city.alarms.events.items() if kind in least}
    assert {kind for kind in wanted if city.alarms.event(kind, Severity[least[kind]]) is None} == set()
    assert wanted.keys() == least.keys() - {"door"}


def test_a_pack_may_bring_its_own_process_and_office_hours(pack: Path) -> None:
    (pack / "processes").mkdir()
    own = (SHIPPED / "huaian.yaml").read_text(encoding="utf-8").replace("key: huaian", "key: ours")
    (pack / "processes" / "ours.yaml").write_text(own, encoding="utf-8")
    with (pack / "city.yaml").open("a", encoding="utf-8") as file:
        file.write("process: {default: ours}\noffice: {periods: ['09:00-17:00'], closed: [2026-06-01]}\n")
    city = load_city(str(pack))
    assert (city.process, city.processes["ours"].n) == ("ours", 6)
    assert city.procedure.clock.hours.periods == ((540, 1020),)
    assert not city.procedure.clock.is_working_day(date(2026, 6, 1))


def test_a_pack_need_not_say_whom_to_send(pack: Path) -> None:
    text = (pack / "city.yaml").read_text(encoding="utf-8")
    (pack / "city.yaml").write_text(re.sub(r"dispatch:\n(  .*\n)+", "", text), encoding="utf-8")
    rules = load_city(str(pack)).dispatch
    assert rules == DispatchRules()
    assert rules.roles_for("dispute", Severity.major) == ("full_time", "grid_head", "part_time", "liaison")


def test_bounds_hold_every_grid(city: City) -> None:
    (south, west), (north, east) = city.bounds
    x0, y0, x1, y1 = shapely.total_bounds(polygons(city))
    assert south < y0 < y1 < north
    assert west < x0 < x1 < east


def test_a_pack_is_read_once(city: City) -> None:
    assert load_city("changzhou") is city


def test_an_unknown_city_lists_those_there_are() -> None:
    assert "changzhou" in cities()
    with pytest.raises(CityError, match=r"no city pack 'atlantis'; there are: .*changzhou"):
        load_city("atlantis")
    with pytest.raises(CityError, match="no city pack ''"):
        load_city("")


def test_a_pack_may_lie_in_a_folder_of_its_own(pack: Path, city: City) -> None:
    assert load_city(str(pack)).title == city.title


@pytest.mark.parametrize("name", FILES[1:])
def test_a_missing_file_is_named(pack: Path, name: str) -> None:
    (pack / name).unlink()
    with pytest.raises(CityError, match=name):
        load_city(str(pack))


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("city.yaml", "timezone:", "time_zone:", "time_zone"),
        ("city.yaml", "  zoom: 10\n", "", "zoom"),
        ("city.yaml", "department: police,", "department: sheriff,", "sheriff"),
        ("city.yaml", "late_s: 15,", "late_s: soon,", "late_s|sources"),
        ("city.yaml", "seat: 02席,", "seat: 02席, department: nobody,", "routing names unknown departments .*nobody"),
        ("city.yaml", "    - {seat: 02席}\n", "", "the last rule, and no other, is without `when`"),
        ("city.yaml", "{seat: 04席, when: {kinds", "{seat: 04席, when: {kind", "unknown field `kind`"),
        (
            "city.yaml",
            "{seat: 04席,",
            "{seat: 04席, when: {regions: ['3299']}}\n    - {seat: 06席,",
            "alarms.seats names .*3299",
        ),
        ("city.yaml", "routing:", "process: {default: ours}\nrouting:", "process names .*ours"),
        ("city.yaml", "routing:", "office: {periods: [morning]}\nrouting:", "morning"),
        ("city.yaml", "    dispute:  ", "    quarrel:  ", "dispatch.roles names unknown categories .*quarrel"),
        ("city.yaml", "[volunteer]", "[volunter]", "volunter"),
        ("city.yaml", "name: {zh", "name: {{zh", "city pack"),
        ("regions.csv", "320402,天宁区,district", "320402,天宁区,quarter", "quarter"),
        ("regions.csv", "320402,天宁区,district", "320499,天宁区,district", "unknown parent 320402"),
        ("grids.json", '"scale":', '"size":', "scale"),
        ("grids.json", '"codes":["', '"codes":["9', "unknown grid"),
    ],
)
def test_a_mistake_is_named(pack: Path, name: str, old: str, new: str, reason: str) -> None:
    text = (pack / name).read_text(encoding="utf-8")
    assert old in text
    (pack / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CityError, match=reason):
        load_city(str(pack))


def test_neighbouring_grids_share_their_vertices(city: City) -> None:
    # Codes that follow one another are often neighbours; most such borders must be shared exactly, not nearly.
    cells = polygons(city)
    touching = [(a, b) for a, b in pairwise(cells[:200]) if a.distance(b) < 1e-9]
    assert len(touching) > 50
    assert all(shapely.relate_pattern(a, b, "FF*F*****") for a, b in touching)


def test_share_out_gives_everyone_one_and_all_of_it() -> None:
    assert share_out(10, np.array([1.0, 1.0, 98.0])).tolist() == [1, 1, 8]
    assert share_out(3, np.array([1.0, 5.0, 9.0])).tolist() == [1, 1, 1]


def test_dividing_is_complete_and_repeatable() -> None:
    land = shapely.box(0, 0, 9_000, 6_000).difference(shapely.box(4_000, 2_000, 5_000, 4_000))
    plans = [TownPlan("a", (2_000, 3_000), 2, 1, (3, 1, 4)), TownPlan("b", None, 1, 0, (2, 2))]
    first, again = (divide(land, plans, np.random.default_rng(1)) for _ in range(2))
    assert [int((first.town == town).sum()) for town in (0, 1)] == [8, 4]
    assert shapely.union_all(first.cells).symmetric_difference(land).area < 1
    assert shapely.area(first.cells).sum() == pytest.approx(land.area)
    assert shapely.equals(first.cells, again.cells).all()


def test_a_grid_cut_off_from_its_community_joins_the_neighbour_in_its_district() -> None:
    cells = np.array([shapely.box(x, 0, x + 1, 1) for x in range(4)] + [shapely.box(2, 1, 4, 4)], dtype=object)
    owner = ["320402a", "320402a", "320402b", "320402a", "320404c"]
    assert mend(owner, cells) == ["320402a", "320402a", "320402b", "320402b", "320404c"]
