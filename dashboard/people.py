"""Workers by level of detail, for fleets too large to send whole: density at city zoom, the people of a tile near by.

Density counts who is on duty and not lost in hexagons anchored to the world. A tile (Web Mercator, as map tiles are)
holds whoever stands in it; its frames say who came, who moved and who left. Numbers only: `views` knows who looks, the
pipeline when to send.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.fleet import NO_FIX, Fleet, Rows

HEX_PX = 10
"""Radius of a hexagon in pixels of its level (a world of 256 · 2**level pixels)."""
LEVELS = range(4, 19)
"""The coarsenesses and tile zooms that are served."""
_DENSE = 4_000_000
"""Up to so many cells between the outermost ones, counting all of them is quicker than sorting."""
F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
I32 = NDArray[np.int32]


def mercator(lon: NDArray[np.int32], lat: NDArray[np.int32]) -> tuple[F64, F64]:
    """Web Mercator as fractions of the world square, from 1e-6 degrees; nonsense for NO_FIX."""
    phi = np.clip(lat / 1e6, -85, 85) * (np.pi / 180)
    return lon / 360e6 + 0.5, 0.5 - np.log(np.tan(np.pi / 4 + phi / 2)) / (2 * np.pi)


@dataclass(frozen=True, slots=True)
class Density:
    """Hexagons that hold anybody: centres and radius in fractions of the world square, and how many."""

    x: F64
    y: F64
    count: I64
    radius: float


class Hexagons:
    """In which hexagon everybody stands, pointy side up, for the levels anybody watches, as of the last frame.

    The same cells as `HexGrid` in assets/wall/map/people/dots.mjs.
    """

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._at: dict[int, I32] = {}

    def watch(self, levels: set[int]) -> None:
        """Keep the book for these levels and no others."""
        everybody = np.arange(len(self._fleet))
        self._at = {
            level: at if (at := self._at.get(level)) is not None else self._cells(everybody, level) for level in levels
        }

    def follow(self, rows: Rows) -> None:
        """Note that `rows` may have moved."""
        for level, at in self._at.items():
            if at.shape[1] < len(self._fleet):
                at = self._at[level] = np.concatenate([at, np.zeros((2, len(self._fleet) - at.shape[1]), np.int32)], 1)
            at[:, rows] = self._cells(rows, level)

    def density(self, rows: Rows, level: int) -> Density:
        """Those of `rows` who have a place, counted at a watched level."""
        column, row = self._at[level][:, rows[self._fleet.lon[rows] != NO_FIX]].astype(np.int64)
        column, row, count = _counted(column, row)
        radius, dx, dy = _measures(level)
        at_x: F64 = ((column + (row & 1) / 2) * dx).astype(np.float64)
        return Density(at_x, (row * dy).astype(np.float64), count, radius)

    def _cells(self, rows: Rows, level: int) -> I32:
        x, y = mercator(self._fleet.lon[rows], self._fleet.lat[rows])
        _, dx, dy = _measures(level)
        return np.array(_hexagon(x / dx, y / dy), np.int32)


def _measures(level: int) -> tuple[float, float, float]:
    """A hexagon's radius and how far its columns and rows are apart, in fractions of the world square."""
    radius = HEX_PX / (256 * 2.0**level)
    return radius, radius * 3**0.5, radius * 1.5


def _counted(column: I64, row: I64) -> tuple[I64, I64, I64]:
    """The cells that occur, and how often."""
    if len(row) == 0:
        return column, row, row
    left, top, height = int(column.min()), int(row.min()), int(np.ptp(row)) + 1
    cells = (column - left) * height + row - top
    if int(np.ptp(column) + 1) * height <= _DENSE:
        every = np.bincount(cells)
        cells = np.flatnonzero(every)
        count = every[cells]
    else:
        cells, count = np.unique(cells, return_counts=True)
    return cells // height + left, cells % height + top, count


def _hexagon(u: F64, v: F64) -> tuple[I64, I64]:
    """Column and row of the nearest hexagon's centre; odd rows stand half a column to the right."""
    row = np.rint(v)
    u = u - (row % 2) / 2
    column = np.rint(u)
    off = v - row
    side = column + np.where(u < column, -0.5, 0.5)
    beyond = row + np.where(off < 0, -1, 1)
    nearer = (np.abs(off) * 3 > 1) & ((u - column) ** 2 + off**2 > (u - side) ** 2 + (v - beyond) ** 2)
    column = np.where(nearer, side + np.where(row % 2 == 1, 0.5, -0.5), column)
    return column.astype(np.int64), np.where(nearer, beyond, row).astype(np.int64)


def tile_number(name: str) -> tuple[int, int]:
    """Zoom and number of a tile "zoom/x/y". Raises ValueError when there is no such tile."""
    zoom, x, y = (int(part) for part in name.split("/"))
    if zoom not in LEVELS or not (0 <= x < 2**zoom and 0 <= y < 2**zoom):
        raise ValueError(f"no tile {name}")
    return zoom, x * 2**zoom + y


@dataclass(frozen=True, slots=True)
class Step:
    """What one frame did to a tile: who `came`, `moved` within and `left`, as positions in the frame's rows."""

    came: I64
    moved: I64
    left: I64


class Tiles:
    """Who stands in which tile, for the zooms anybody watches, as of the last frame."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._at: dict[int, I64] = {}

    def watch(self, zooms: set[int]) -> None:
        """Keep the book for these zooms and no others."""
        for zoom in self._at.keys() - zooms:
            del self._at[zoom]
        for zoom in zooms - self._at.keys():
            self._at[zoom] = self._tile(np.arange(len(self._fleet)), zoom)

    def members(self, name: str) -> Rows:
        """The rows in a tile of a watched zoom."""
        zoom, tile = tile_number(name)
        return np.flatnonzero(self._at[zoom] == tile)

    def steps(self, rows: Rows, names: list[str]) -> dict[str, Step]:
        """What a frame that changed `rows` does to each of the tiles `names`; those it does nothing to are left out."""
        found: dict[str, Step] = {}
        tiles = [(name, *tile_number(name)) for name in names]
        for zoom in self._at:
            before, now = self._move(rows, zoom)
            for name, tile in ((name, tile) for name, z, tile in tiles if z == zoom):
                was, is_ = before == tile, now == tile
                if was.any() or is_.any():
                    found[name] = Step(*(np.flatnonzero(kind) for kind in (is_ & ~was, is_ & was, was & ~is_)))
        return found

    def _move(self, rows: Rows, zoom: int) -> tuple[I64, I64]:
        book = self._at[zoom]
        if len(book) < len(self._fleet):
            book = self._at[zoom] = np.concatenate([book, np.full(len(self._fleet) - len(book), -1)])
        before, now = book[rows], self._tile(rows, zoom)
        book[rows] = now
        return before, now

    def _tile(self, rows: Rows, zoom: int) -> I64:
        lon, lat = self._fleet.lon[rows], self._fleet.lat[rows]
        x, y = mercator(lon, lat)
        number = np.floor(x * 2**zoom).astype(np.int64) * 2**zoom + np.floor(y * 2**zoom).astype(np.int64)
        return np.where(lon == NO_FIX, -1, number)
