"""Invent the demo's theme areas: ``python -m dashboard.cities.changzhou.themes`` writes ``themes/*.geojson``.

Every place lies in a real district and a generated grid; names are a town and a number, so that none can be taken for a
real works, house or market. The same regions always give the same files. Real cities put their own files there instead.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from dashboard.cities import load_city
from dashboard.regions import Level, Region, Regions

HERE: Final = Path(__file__).parent
SEED: Final = 320401
DIGITS: Final = 5
HECTARES_PER_DEGREE2: Final = 111_320 * 110_880 / 1e4
_RISKS: Final = (("低", "low"), ("一般", "moderate"), ("较大", "high"))
_FIRE: Final = (("齐全", "complete"), ("缺灭火器", "no extinguisher"), ("无独立烟感", "no smoke alarms"))
_SPECIES: Final = (("毛竹", "moso bamboo"), ("杉木", "Chinese fir"), ("银杏", "ginkgo"), ("香樟", "camphor"))
_CHIEFS: Final = (("村级林长", "village chief"), ("镇级林长", "town chief"))
_SERVICES: Final = (("政策咨询、代办", "advice, errands"), ("诉求受理、调解", "mediation"), ("助老、托幼", "day care"))

Feature = dict[str, Any]
Rng = np.random.Generator
Details = Callable[[Rng], dict[str, Any]]


def main() -> None:
    """Write every theme beside this file."""
    write(HERE, load_city("changzhou").regions)


def write(folder: Path, regions: Regions) -> None:
    """Write ``themes/<key>.geojson`` for every theme, one place a line."""
    (folder / "themes").mkdir(exist_ok=True)
    for key, features in generate(regions).items():
        lines = (json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in features)
        text = '{"type":"FeatureCollection","generated":true,"features":[\n' + ",\n".join(lines) + "\n]}\n"
        (folder / "themes" / f"{key}.geojson").write_text(text, encoding="utf-8")


def generate(regions: Regions) -> dict[str, list[Feature]]:
    """The features of every theme by key."""
    english = town_names()
    found = {
        key: list(points(regions, english, np.random.default_rng(SEED + n), count, rural, what, details))
        for n, (key, count, rural, what, details) in enumerate(KINDS)
    }
    found["forest_chief"] = list(forests(regions, english, np.random.default_rng(SEED + len(KINDS))))
    return found


def points(
    regions: Regions,
    english: dict[str, str],
    rng: Rng,
    count: int,
    rural: float,
    what: tuple[str, str],
    details: Details,
) -> Iterator[Feature]:
    """So many places in different grids; `rural` is how much likelier a village's grid is than a residents' one."""
    grids = [grid for grid in regions.of_level(Level.grid) if grid.code[:9] in english]
    weight = np.array([rural if is_village(grid) else 1.0 for grid in grids])
    cells = cells_of(regions)
    number: dict[str, int] = {}
    for k in sorted(rng.choice(len(grids), count, replace=False, p=weight / weight.sum()).tolist()):
        grid = grids[k]
        n = number[grid.code[:9]] = number.get(grid.code[:9], 0) + 1
        shape = {"type": "Point", "coordinates": spot(cells[grid.code], rng)}
        yield feature(shape, {**named(regions, english, grid, n, what), **details(rng)})


def forests(regions: Regions, english: dict[str, str], rng: Rng) -> Iterator[Feature]:
    """Two to four neighbouring grids of a village in the hills of the south and west as one area."""
    grid_cells = cells_of(regions)
    villages: dict[str, list[Region]] = {}
    for grid in regions.of_level(Level.grid):
        if is_village(grid) and grid.code[:6] in ("320481", "320413", "320412") and grid.code[:9] in english:
            villages.setdefault(grid.code[:12], []).append(grid)
    number: dict[str, int] = {}
    for k in sorted(rng.choice(len(villages), 36, replace=False).tolist()):
        grids = list(villages.values())[k][: int(rng.integers(2, 5))]
        shape = shapely.simplify(joined([grid_cells[grid.code] for grid in grids]), 0.0006)
        n = number[grids[0].code[:9]] = number.get(grids[0].code[:9], 0) + 1
        about = named(regions, english, grids[0], n, ("号林长责任区", "forest area"))
        hectares = shape.area * HECTARES_PER_DEGREE2 * float(np.cos(np.radians(grids[0].lat)))
        about |= word("chief", _CHIEFS, rng) | {"area_ha": round(hectares)} | word("species", _SPECIES, rng)
        yield feature(rounded(shape), about | {"patrols": int(rng.integers(2, 9))})


def cells_of(regions: Regions) -> dict[str, Any]:
    """The polygons of the grids by code."""
    assert regions.grids is not None
    return dict(zip(regions.grids.codes, regions.grids.polygons, strict=True))


def spot(cell: Any, rng: Rng) -> list[float]:
    """A place in a cell off its middle, where its name stands: longitude, latitude."""
    middle = shapely.point_on_surface(cell)
    rim = shapely.line_interpolate_point(cell.exterior, float(rng.random()), normalized=True)
    for share in (0.55, 0.4, 0.25):
        x, y = middle.x + share * (rim.x - middle.x), middle.y + share * (rim.y - middle.y)
        if cell.contains(shapely.Point(x, y)):
            return [round(x, DIGITS), round(y, DIGITS)]
    return [round(middle.x, DIGITS), round(middle.y, DIGITS)]


def joined(cells: Any) -> Any:
    """The first cell and those of the others that border on it or on one taken before."""
    shape = cells[0]
    for cell in cells[1:]:
        wider = shapely.union(shape, cell)
        shape = wider if wider.geom_type == "Polygon" else shape
    return shape


def named(regions: Regions, english: dict[str, str], grid: Region, n: int, what: tuple[str, str]) -> dict[str, Any]:
    """Name and region of the n-th place of its kind in a town."""
    town = regions.get(grid.code[:9])
    name = town.name.removesuffix("街道").removesuffix("镇") if town else ""
    return {"name": f"{name} {n} {what[0]}", "name_en": f"{english[grid.code[:9]]} {what[1]} {n}", "region": grid.code}


def word(key: str, words: tuple[tuple[str, str], ...], rng: Rng) -> dict[str, Any]:
    """One of a few words, in both languages."""
    zh, en = words[int(rng.integers(len(words)))]
    return {key: zh, f"{key}_en": en}


def day(rng: Rng) -> str:
    """A day of the last winter."""
    return str(np.datetime64("2025-12-01") + int(rng.integers(0, 90)))


def is_village(grid: Region) -> bool:
    """Whether a grid belongs to a village (GB/T 10114: community codes 200–399 are village committees)."""
    return "200" <= grid.code[9:12] < "400"


def town_names() -> dict[str, str]:
    """English names of the towns by code; units that are none (parks, prisons) are not among them."""
    with (HERE / "towns.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name_en"] for row in csv.DictReader(file) if row["lon"] and row["name_en"]}


def feature(geometry: dict[str, Any], properties: dict[str, Any]) -> Feature:
    """One GeoJSON feature."""
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def rounded(polygon: Any) -> dict[str, Any]:
    """A polygon's outer ring as GeoJSON."""
    ring = np.round(shapely.get_coordinates(polygon.exterior), DIGITS).tolist()
    return {"type": "Polygon", "coordinates": [ring]}


def _chemical(rng: Rng) -> dict[str, Any]:
    return {
        **word("hazard", _RISKS, rng), "storage_t": int(rng.integers(2, 90)), "staff": int(rng.integers(5, 60)),
        "checked": day(rng),
    }  # fmt: skip


def _rental(rng: Rng) -> dict[str, Any]:
    rooms = int(rng.integers(4, 13))
    return {"tenants": rooms + int(rng.integers(0, 8)), "rooms": rooms, **word("fire", _FIRE, rng), "checked": day(rng)}


def _market(rng: Rng) -> dict[str, Any]:
    return {"stalls": int(rng.integers(24, 180)), "hygiene": "ABC"[int(rng.integers(3))], "hours": "05:30—18:30"}


def _stop(rng: Rng) -> dict[str, Any]:
    return {**word("services", _SERVICES, rng), "volunteers": int(rng.integers(3, 25)), "hours": "08:30—20:30"}


KINDS: Final[tuple[tuple[str, int, float, tuple[str, str], Details], ...]] = (
    ("small_chemical", 72, 4.0, ("号化工点", "chemical site"), _chemical),
    ("group_rental", 110, 0.15, ("号群租房", "shared rental"), _rental),
    ("market", 58, 0.3, ("号农贸市场", "produce market"), _market),
    ("party_stop", 90, 0.6, ("号党群直通站", "service stop"), _stop),
)

if __name__ == "__main__":
    main()
