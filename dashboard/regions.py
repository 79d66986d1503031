"""The region tree of a city: 市 > 区 > 镇街 > 村社区 > 网格, and which grid a point lies in.

Codes are the tree (GB/T 2260): 4 digits the city, 6 a district, 9 a town or street, 12 a community or
village, longer a grid. Positions are WGS-84 degrees. This module reads no city pack (`cities` does),
converts no datum and draws nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
Nodes = NDArray[np.int64]
"""Numbers of regions in preorder, -1 for what belongs to none; see `Regions.node`."""

_PREFIXES: Final = (12, 9, 6, 4)
_NOTE: Final = re.compile(r"[（(][^（）()]*[）)]$")
_VILLAGE: Final = re.compile(r"村?村民?委员?会$")
_COMMUNITY: Final = re.compile(r"(社区)?居民?委员?会$")


class Level(StrEnum):
    """The five levels, widest first."""

    city = "city"
    district = "district"
    town = "town"
    community = "community"
    grid = "grid"


@dataclass(frozen=True, slots=True)
class Region:
    """One node of the tree; ``lat, lon`` is a point inside it (WGS-84 degrees)."""

    code: str
    name: str
    level: Level
    parent: str | None
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Scope:
    """A region and the regions directly below it, as spans [low, high) of node numbers."""

    code: str
    low: int
    high: int
    codes: tuple[str, ...]
    """The children's codes, in display order."""
    starts: Nodes
    ends: Nodes

    def inside(self, nodes: Nodes) -> NDArray[np.bool_]:
        """Which of `nodes` lie in the region; strangers (-1) lie in the city, wherever they are."""
        within: NDArray[np.bool_] = (nodes >= self.low) & (nodes < self.high)
        return within

    def child(self, nodes: Nodes) -> Nodes:
        """The child each of `nodes` lies in, as an index into `codes`; -1 where in none of them."""
        if not self.codes:
            return np.full(len(nodes), -1, np.int64)
        at = np.searchsorted(self.starts, nodes, "right") - 1
        found: Nodes = np.where((at >= 0) & (nodes < self.ends[at]), at, -1)
        return found


class GridIndex:
    """Grid polygons with a spatial index.

    Args:
        codes: n grid codes.
        polygons: n shapely polygons in the same order, x = longitude, y = latitude, WGS-84 degrees.
    """

    def __init__(self, codes: Sequence[str], polygons: Sequence[Any] | NDArray[np.object_]) -> None:
        if len(codes) != len(polygons):
            raise ValueError(f"{len(codes)} grid codes but {len(polygons)} polygons")
        self.codes = tuple(codes)
        self.polygons: NDArray[np.object_] = np.asarray(polygons, dtype=object)
        shapely.prepare(self.polygons)
        self._tree = shapely.STRtree(self.polygons)

    @classmethod
    def from_rings(cls, codes: Sequence[str], rings: Sequence[Sequence[int]], scale: float) -> GridIndex:
        """Build from compact rings ``[x0, y0, dx, dy, …]``: degrees times ``scale``, not closed.

        Raises:
            ValueError: a ring has fewer than three points, or the counts differ.
        """
        sizes = np.fromiter((len(ring) for ring in rings), np.int64, len(rings)) // 2
        if sizes.size and sizes.min() < 3:
            raise ValueError(f"grid {codes[int(sizes.argmin())]} has fewer than three points")
        deltas = np.fromiter((n for ring in rings for n in ring), np.int64).reshape(-1, 2)
        starts = np.cumsum(sizes) - sizes
        total = np.cumsum(deltas, axis=0)
        before = np.repeat(total[starts] - deltas[starts], sizes, axis=0)
        owner = np.repeat(np.arange(len(rings)), sizes)
        return cls(codes, shapely.polygons(shapely.linearrings((total - before) / scale, indices=owner)))

    def __len__(self) -> int:
        return len(self.codes)

    def locate(self, lat: F64, lon: F64) -> I32:
        """The polygon each point lies in.

        Args:
            lat: m latitudes.
            lon: m longitudes.

        Returns:
            m indices into `codes`, -1 outside and for NaN; on a shared border the lower index.
        """
        found = np.full(len(lat), len(self.codes), np.int32)
        point, polygon = self._tree.query(shapely.points(lon, lat))
        hit = shapely.intersects_xy(self.polygons[polygon], lon[point], lat[point])
        np.minimum.at(found, point[hit], polygon[hit].astype(np.int32))
        found[found == len(self.codes)] = -1
        return found


class Regions:
    """The tree of one city, in the order given (the display order).

    Args:
        regions: every node, parents anywhere; exactly one of level city.
        grids: polygons of the grids, or None when the pack has none (then `locate` finds nothing).

    Raises:
        ValueError: not exactly one city, a code twice, a parent or a polygon's grid unknown.
    """

    def __init__(self, regions: Iterable[Region], grids: GridIndex | None = None) -> None:
        self._by_code: dict[str, Region] = {}
        self._children: dict[str, list[Region]] = {}
        self._levels: dict[Level, list[Region]] = {level: [] for level in Level}
        for region in regions:
            self._add(region)
        self._check()
        self.city: Region = self._levels[Level.city][0]
        self.districts: tuple[Region, ...] = self.of_level(Level.district)
        self.grids = grids
        self.order: tuple[Region, ...] = tuple(self._preorder(self.city.code))
        """Every region, each before its children and all its descendants before its next sibling."""
        self._node = {region.code: k for k, region in enumerate(self.order)}
        self.ends: Nodes = np.array([self._node[r.code] + self._size(r.code) for r in self.order], np.int64)
        """Per node one past its last descendant: a region is the span [node, end) of nodes."""
        self.grid_nodes: Nodes = np.array([*(self._node[g.code] for g in self.of_level(Level.grid)), -1], np.int64)
        """The node of each grid by its rank, and -1 at the end, so that -1 stays -1."""
        self._grid_rank = self._rank(grids)

    def __getitem__(self, code: str) -> Region:
        return self._by_code[code]

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __len__(self) -> int:
        return len(self._by_code)

    def __iter__(self) -> Iterator[Region]:
        return iter(self._by_code.values())

    def get(self, code: str) -> Region | None:
        """The region with this code, or None."""
        return self._by_code.get(code)

    def children(self, code: str) -> tuple[Region, ...]:
        """The regions directly below; empty for a grid or an unknown code."""
        return tuple(self._children.get(code, ()))

    def of_level(self, level: Level) -> tuple[Region, ...]:
        """Every region of one level, in display order."""
        return tuple(self._levels[level])

    def path(self, code: str) -> tuple[Region, ...]:
        """City … down to the region itself; an unknown code gives its longest known prefix, or ``()``."""
        region = self._nearest(code)
        up: list[Region] = []
        while region is not None:
            up.append(region)
            region = self._by_code.get(region.parent) if region.parent else None
        return tuple(reversed(up))

    def node(self, code: str) -> int:
        """A region's number in `order`; of an unknown code that of its longest known prefix, -1 for a stranger."""
        region = self._nearest(code)
        return -1 if region is None else self._node[region.code]

    def nodes_at(self, lat: F64, lon: F64) -> Nodes:
        """The node of the grid each of m points lies in; -1 outside every grid."""
        return self.grid_nodes[self.locate_many(lat, lon)]

    def scope(self, code: str) -> Scope:
        """A region with its children; "" is the city. Raises KeyError for an unknown code."""
        node = self._node[code or self.city.code]
        children = self.children(self.order[node].code)
        starts = np.array([self._node[child.code] for child in children], np.int64)
        low = node if node else -1  # those who belong nowhere are the city's
        return Scope(code, low, int(self.ends[node]), tuple(c.code for c in children), starts, self.ends[starts])

    def totals(self, nodes: Nodes) -> Nodes:
        """How many of `nodes` lie in each region, its descendants included; by node, strangers nowhere."""
        own = np.bincount(nodes[nodes >= 0], minlength=len(self.order))
        before = np.concatenate([[0], np.cumsum(own)])
        total: Nodes = before[self.ends] - before[:-1]
        return total

    def district_of(self, code: str) -> str:
        """The 6-digit code of the district a code belongs to; "" for the city itself or a stranger."""
        head = self._by_code.get(code[:6])
        return head.code if head and head.level is Level.district else ""

    def place(self, code: str) -> str:
        """District, town and community as people say it; the city's name for the city, "" for a stranger.

        >>> regions.place("320402006001003")  # doctest: +SKIP
        '天宁区 兰陵街道 工人新村社区'
        """
        path = self.path(code)
        names = [short_name(r.name) for r in path if r.level not in (Level.city, Level.grid)]
        return " ".join(names) if names else "".join(r.name for r in path)

    def locate(self, lat: float, lon: float) -> str:
        """The code of the grid containing a point (WGS-84 degrees); "" outside every grid."""
        rank = int(self.locate_many(np.array([lat]), np.array([lon]))[0])
        return "" if rank < 0 else self._levels[Level.grid][rank].code

    def locate_many(self, lat: F64, lon: F64) -> I32:
        """The grid of each of m points, as m indices into ``of_level(Level.grid)``; -1 outside."""
        if self.grids is None:
            return np.full(len(lat), -1, np.int32)
        return self._grid_rank[self.grids.locate(lat, lon)]

    def _add(self, region: Region) -> None:
        if region.code in self._by_code:
            raise ValueError(f"region {region.code} is listed twice")
        self._by_code[region.code] = region
        self._levels[region.level].append(region)
        if region.parent:
            self._children.setdefault(region.parent, []).append(region)

    def _check(self) -> None:
        cities = len(self._levels[Level.city])
        if cities != 1:
            raise ValueError(f"a region tree has one city, not {cities}")
        if orphans := sorted(self._children.keys() - self._by_code.keys()):
            child = self._children[orphans[0]][0].code
            raise ValueError(f"region {child} has an unknown parent {orphans[0]}")

    def _preorder(self, code: str) -> Iterator[Region]:
        yield self._by_code[code]
        for child in self._children.get(code, ()):
            yield from self._preorder(child.code)

    def _size(self, code: str) -> int:
        return 1 + sum(self._size(child.code) for child in self._children.get(code, ()))

    def _nearest(self, code: str) -> Region | None:
        candidates = (code, *(code[:size] for size in _PREFIXES if size < len(code)))
        return next((self._by_code[c] for c in candidates if c in self._by_code), None)

    def _rank(self, grids: GridIndex | None) -> I32:
        """Map a polygon's index to its grid's rank; one more entry at the end keeps -1 as -1."""
        rank = {region.code: i for i, region in enumerate(self._levels[Level.grid])}
        codes = grids.codes if grids else ()
        if strange := next((code for code in codes if code not in rank), None):
            raise ValueError(f"a polygon belongs to the unknown grid {strange}")
        return np.array([*(rank[code] for code in codes), -1], np.int32)


def short_name(name: str) -> str:
    """A community's name without its office: 社区居委会 → 社区, 村委会 → 村; a note in brackets goes too."""
    bare = _NOTE.sub("", name)
    return _VILLAGE.sub("村", bare) if _VILLAGE.search(bare) else _COMMUNITY.sub("社区", bare)
