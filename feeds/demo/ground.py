"""The ground people stand on: points surely inside each grid, and whether a straight way stays on land.

Positions are WGS-84 degrees. Each grid keeps a handful of points whose convex hull lies inside its polygon, so any mix
of them, and any straight way between two mixes, stays in the grid. It knows the polygons; roads it does not know.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from dashboard.regions import Level, Region, Regions
from feeds.demo.dice import Dice

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]

METRES_PER_DEGREE: Final = 111_195.0
_CORNERS: Final = 10
_PULLS: Final = (0.92, 0.75, 0.55, 0.35, 0.15)
_DRY_SAMPLES: Final = 14
_PRISON: Final = "监狱"


def distance_m(lat: F64 | float, lon: F64 | float, to_lat: F64 | float, to_lon: F64 | float) -> F64:
    """Metres between points a few kilometres apart (flat-earth; 0.1 % off at most)."""
    dy = (np.asarray(to_lat) - lat) * METRES_PER_DEGREE
    dx = (np.asarray(to_lon) - lon) * METRES_PER_DEGREE * np.cos(np.radians(lat))
    return np.asarray(np.hypot(dx, dy), dtype=np.float64)


class Ground:
    """The grids of one city, by index in ``regions.of_level(Level.grid)``.

    Args:
        regions: the tree with its polygons.
        dice: where the corner points are drawn from.

    Raises:
        ValueError: the city has no grid polygons.
    """

    def __init__(self, regions: Regions, dice: Dice) -> None:
        if regions.grids is None:
            raise ValueError("the demo city needs grid polygons")
        self.regions = regions
        self.grids: tuple[Region, ...] = regions.of_level(Level.grid)
        rank = {code: i for i, code in enumerate(regions.grids.codes)}
        polygons = regions.grids.polygons[[rank[grid.code] for grid in self.grids]]
        self._corners = _safe_corners(polygons, dice)
        towns = [grid.code[:9] for grid in self.grids]
        order = {code: i for i, code in enumerate(dict.fromkeys(towns))}
        self.town_of: I32 = np.array([order[code] for code in towns], np.int32)
        self._report_share = np.cumsum(_report_weights(regions, self.grids))

    def points(self, grid: I32, dice: Dice) -> tuple[F64, F64]:
        """n grid indices → n latitudes and longitudes inside them."""
        rng = dice.rng
        one, two = rng.integers(0, _CORNERS, len(grid)), rng.integers(0, _CORNERS, len(grid))
        mix = rng.random(len(grid))[:, None]
        found = self._corners[grid, one] * mix + self._corners[grid, two] * (1 - mix)
        return found[:, 0], found[:, 1]

    def draw_grid(self, dice: Dice) -> int:
        """A grid where something is reported; dense neighbourhoods more often."""
        left = dice.rng.random() * self._report_share[-1]
        return int(np.searchsorted(self._report_share, left, side="right"))

    def draw_grids(self, count: int, dice: Dice) -> I32:
        """As `draw_grid`, many."""
        drawn = dice.rng.random(count) * self._report_share[-1]
        found: I32 = np.searchsorted(self._report_share, drawn, side="right").astype(np.int32)
        return found

    def dry(self, lat: float, lon: float, to_lat: float, to_lon: float) -> bool:
        """Whether a straight way stays in the city's grids, hence out of its lakes, at every point looked at."""
        lats = np.linspace(lat, to_lat, _DRY_SAMPLES)
        return bool((self.regions.locate_many(lats, np.linspace(lon, to_lon, _DRY_SAMPLES)) >= 0).all())


def is_village(grid: Region) -> bool:
    """Whether a grid belongs to a village (GB/T 10114: community codes 200–399 are village committees)."""
    return "200" <= grid.code[9:12] < "400"


def _report_weights(regions: Regions, grids: tuple[Region, ...]) -> F64:
    weights = np.array([0.62 if is_village(grid) else 1.25 for grid in grids])
    for i, grid in enumerate(grids):
        town = regions.get(grid.code[:9])
        if town is not None and town.name.endswith(_PRISON):
            weights[i] = 0.0
    return weights


def _safe_corners(polygons: NDArray[np.object_], dice: Dice) -> F64:
    """(grids, corners, 2) of lat, lon: points on the rim pulled inwards until their hull is inside the polygon."""
    centre = shapely.get_coordinates(shapely.point_on_surface(polygons))
    rim = _rim_points(polygons, dice)
    found = np.repeat(centre[:, None, :], _CORNERS, axis=1)
    waiting = np.arange(len(polygons))
    for pull in _PULLS:
        tried = centre[waiting, None, :] + pull * (rim[waiting] - centre[waiting, None, :])
        hulls: Any = shapely.convex_hull(shapely.multipoints(tried))
        inside = shapely.covers(polygons[waiting], hulls)
        found[waiting[inside]] = tried[inside]
        waiting = waiting[~inside]
    return np.ascontiguousarray(found[:, :, ::-1])


def _rim_points(polygons: NDArray[np.object_], dice: Dice) -> F64:
    """(grids, corners, 2) of lon, lat: points spread round each outline, then moved along it by chance."""
    rims = shapely.get_exterior_ring(polygons)
    steps = (np.arange(_CORNERS) + dice.rng.random((len(polygons), _CORNERS))) / _CORNERS
    spots = shapely.line_interpolate_point(rims[:, None], steps, normalized=True)
    found: F64 = shapely.get_coordinates(spots).reshape(len(polygons), _CORNERS, 2)
    return found
