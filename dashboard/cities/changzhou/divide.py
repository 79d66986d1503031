"""Generate a believable division of real districts: towns, communities and grids as one Voronoi coverage.

Everything is generated bottom-up so that it nests exactly: every grid is a Voronoi cell of its district,
a community is the union of its grids and a town the union of its communities. Works in plane metres. It
reads and writes no file, and none of its borders below the district is real.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

BALANCE_ROUNDS = 80
KMEANS_ROUNDS = 25
LLOYD_ROUNDS = 3
SAMPLES_PER_DISTRICT = 30_000
BODY_SAMPLES = 1_500
SAMPLES_PER_GRID = 45


@dataclass(frozen=True, slots=True)
class TownPlan:
    """What a town gets: a centre (or None), a share of the area, and its communities' grid counts."""

    code: str
    centre: tuple[float, float] | None
    area: float
    core: float
    grids: tuple[int, ...]
    """One count for each community, the one nearest the centre first."""


@dataclass(frozen=True, slots=True)
class Division:
    """One district divided: per grid its town's and its community's rank, and its polygon."""

    town: I64
    community: I64
    cells: NDArray[np.object_]


def share_out(total: int, weights: F64) -> I64:
    """Split ``total`` over n positive weights by largest remainder, at least one each."""
    spare = total - len(weights)
    exact = weights / weights.sum() * spare
    parts = np.floor(exact).astype(np.int64)
    parts[np.argsort(parts - exact, kind="stable")[: spare - parts.sum()]] += 1
    return np.asarray(parts + 1)


def divide(land: Any, plans: Sequence[TownPlan], rng: np.random.Generator) -> Division:
    """Divide one district's land (a polygon in metres) as planned."""
    shapely.prepare(land)
    around = scatter(land, land.bounds, SAMPLES_PER_DISTRICT, rng)
    centres = place(plans, around)
    weights = balance(around, centres, np.array([plan.area for plan in plans]))
    seeds, towns, communities = [], [], []
    for rank, plan in enumerate(plans):
        ours = sample_town(land, around, centres, weights, rank, sum(plan.grids) * SAMPLES_PER_GRID, rng)
        spots, owner = seed_town(ours, centres[rank], plan, rng)
        seeds.append(spots)
        communities.append(owner)
        towns.append(np.full(len(spots), rank))
    cells = voronoi(land, np.concatenate(seeds))
    return Division(np.concatenate(towns), np.concatenate(communities), cells)


def scatter(land: Any, bounds: Sequence[float], count: int, rng: np.random.Generator) -> F64:
    """About ``count`` uniform points of the bounding box, those on land kept."""
    west, south, east, north = bounds
    points = rng.random((count, 2)) * (east - west, north - south) + (west, south)
    return np.asarray(points[shapely.contains_xy(land, points[:, 0], points[:, 1])])


def place(plans: Sequence[TownPlan], around: F64) -> F64:
    """The towns' centres; one without goes far from all others and from the district's rim."""
    known = [plan.centre for plan in plans if plan.centre]
    low, high = np.percentile(around, 12, axis=0), np.percentile(around, 88, axis=0)
    inner = around[((around > low) & (around < high)).all(axis=1)]
    centres = []
    for plan in plans:
        spot = plan.centre
        if spot is None:
            spot = tuple(inner[distances(inner, np.array(known)).min(axis=1).argmax()])
            known.append(spot)
        centres.append(spot)
    return np.array(centres)


def distances(points: F64, centres: F64) -> F64:
    """Squared distances, shape (points, centres)."""
    gap = points[:, None, :] - centres[None, :, :]
    return np.asarray((gap * gap).sum(axis=2))


def balance(points: F64, centres: F64, area: F64) -> F64:
    """Power-diagram weights that give every centre about its share of the area, itself inside its cell."""
    share = area / area.sum()
    extent = float(np.prod(np.ptp(points, axis=0)))
    gap, apart = distances(points, centres), distances(centres, centres)
    weights = np.zeros(len(centres))
    for step in range(BALANCE_ROUNDS):
        owner = (gap - weights).argmin(axis=1)
        got = np.bincount(owner, minlength=len(centres)) / len(points)
        weights += (share - got) * extent * 0.35 / (1 + step / 20)
        weights = (weights[:, None] + 0.7 * apart).min(axis=0)
    return weights


def sample_town(
    land: Any, around: F64, centres: F64, weights: F64, rank: int, count: int, rng: np.random.Generator
) -> F64:
    """At least ``count`` uniform points of the main body of one town's power cell."""
    rough = around[(distances(around, centres) - weights).argmin(axis=1) == rank]
    if not len(rough):
        raise ValueError(f"town {rank} has no land; check its centre and area")
    body = blob(rough, land.envelope.area / SAMPLES_PER_DISTRICT)
    found: list[F64] = []
    while sum(map(len, found)) < count:
        points = scatter(land, body.bounds, count, rng)
        ours = (distances(points, centres) - weights).argmin(axis=1) == rank
        found.append(points[ours & shapely.contains_xy(body, points[:, 0], points[:, 1])])
    return np.concatenate(found)


def blob(points: F64, each: float) -> Any:
    """The biggest body of points, ``each`` its area, that hang together; a patch across a lake is left out."""
    step = 1 + len(points) // BODY_SAMPLES
    reach = 1.3 * float(np.sqrt(each * step))
    bodies = shapely.get_parts(shapely.buffer(shapely.multipoints(points[::step]), reach, quad_segs=2))
    body = max(bodies, key=shapely.area)
    shapely.prepare(body)
    return body


def seed_town(points: F64, centre: F64, plan: TownPlan, rng: np.random.Generator) -> tuple[F64, I64]:
    """Grid seeds of one town and the community rank of each; community 0 lies nearest the centre."""
    reach = np.ptp(points, axis=0).max() / 2
    pull = (0.06 + 0.2 * plan.core + distances(points, centre[None, :])[:, 0] / reach**2) ** -1.3
    middles = kmeans(points, pull, len(plan.grids), rng)
    middles = middles[np.argsort(distances(middles, centre[None, :])[:, 0])]
    owner = distances(points, middles).argmin(axis=1)
    seeds, ranks = [], []
    for rank, count in enumerate(plan.grids):
        ours = points[owner == rank]
        seeds.append(kmeans(ours, np.ones(len(ours)), count, rng))
        ranks.append(np.full(count, rank))
    return np.concatenate(seeds), np.concatenate(ranks)


def kmeans(points: F64, weight: F64, count: int, rng: np.random.Generator) -> F64:
    """``count`` centres of weighted points: Lloyd's rounds on samples; no centre is ever lost."""
    centres = points[rng.choice(len(points), count, replace=False, p=weight / weight.sum())]
    for _ in range(KMEANS_ROUNDS if count > 1 else 1):
        owner = distances(points, centres).argmin(axis=1)
        mass = np.bincount(owner, weight, count)
        full = mass > 0
        for axis in (0, 1):
            total = np.bincount(owner, weight * points[:, axis], count)
            centres[full, axis] = total[full] / mass[full]
    return centres


def voronoi(land: Any, seeds: F64) -> NDArray[np.object_]:
    """Voronoi cells of the seeds clipped to the land, relaxed, each one polygon."""
    cells = clip(land, seeds)
    for _ in range(LLOYD_ROUNDS):
        middles = shapely.get_coordinates(shapely.centroid(shapely.make_valid(cells)))
        seeds = (seeds + 2 * middles) / 3
        cells = clip(land, seeds)
    return gather(cells)


def clip(land: Any, seeds: F64) -> NDArray[np.object_]:
    """The cells in the order of the seeds, possibly in several parts where land is broken."""
    cells = shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=land.envelope, ordered=True)
    return np.asarray(shapely.intersection(shapely.get_parts(cells), land))


def gather(cells: NDArray[np.object_]) -> NDArray[np.object_]:
    """Keep the biggest part of every cell; each other part joins the neighbour it shares most border with."""
    parts, owner = shapely.get_parts(cells, return_index=True)
    area = shapely.area(parts)
    order = np.lexsort((-area, owner))
    first = order[np.unique(owner[order], return_index=True)[1]]
    whole = parts[first]
    tree = shapely.STRtree(whole)
    for i in np.setdiff1d(np.arange(len(parts)), first):
        near = tree.query(parts[i], predicate="intersects")
        if len(near):
            border = shapely.length(shapely.intersection(whole[near], parts[i]))
            joined = shapely.union(whole[near[border.argmax()]], parts[i])
            if joined.geom_type == "Polygon":
                whole[near[border.argmax()]] = joined
    return np.asarray(whole)


def cover(cells: NDArray[np.object_]) -> NDArray[np.object_]:
    """Snap cells to whole units as one valid coverage: neighbours share every vertex, nothing overlaps."""
    edges = shapely.union_all(shapely.boundary(cells), grid_size=1)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    tree = shapely.STRtree(cells)
    face, owner = tree.query(shapely.point_on_surface(faces), predicate="intersects")
    face, pick = np.unique(face, return_index=True)
    snapped = [shapely.union_all(faces[face[owner[pick] == i]]) for i in range(len(cells))]
    return np.array([max(shapely.get_parts(cell), key=shapely.area) for cell in snapped], dtype=object)


def mend(owner: Sequence[str], cells: NDArray[np.object_]) -> list[str]:
    """Make every community one piece: a grid cut off from the rest goes to the neighbour it shares most border with.

    Args:
        owner: the community code of each cell; its first six digits are the district, which a grid never leaves.
        cells: a valid coverage.
    """
    mended = np.array(owner)
    tree = shapely.STRtree(cells)
    for code in np.unique(mended):
        ours = np.flatnonzero(mended == code)
        body = max(shapely.get_parts(shapely.coverage_union_all(cells[ours])), key=shapely.area)
        for stray in ours[~shapely.intersects(body, shapely.point_on_surface(cells[ours]))]:
            near = tree.query(cells[stray], predicate="intersects")
            near = near[(mended[near] != code) & (np.strings.startswith(mended[near], code[:6]))]
            border = shapely.length(shapely.intersection(cells[near], cells[stray]))
            mended[stray] = mended[near[border.argmax()]]
    return [str(code) for code in mended]
