"""Workers by level of detail: hexagons count everybody once, tiles know who came, moved and left."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import people
from dashboard.fleet import Fleet, Rows

COORDINATE = st.integers(-7000, 7000).map(lambda n: n / 100 + 0.003)  # never on a border of tiles
PLACES = st.lists(st.tuples(COORDINATE, COORDINATE), max_size=30)


def fleet_at(places: list[tuple[float, float]]) -> Fleet:
    """One worker at each place (lat, lon)."""
    fleet = Fleet()
    fleet.fixes([f"w{k}" for k in range(len(places))], *zip(*places, strict=True), [1] * len(places))  # type: ignore[arg-type]  # two sequences
    return fleet


def density(fleet: Fleet, rows: Rows, level: int) -> people.Density:
    """`rows` counted by a book begun only now."""
    hexagons = people.Hexagons(fleet)
    hexagons.watch({level})
    return hexagons.density(rows, level)


@given(PLACES.filter(bool), st.sampled_from(people.LEVELS))
def test_density_counts_everybody_once_in_the_nearest_hexagon(places: list[tuple[float, float]], level: int) -> None:
    fleet = fleet_at(places)
    found = density(fleet, np.arange(len(fleet)), level)
    assert found.count.sum() == len(places)
    x, y = people.mercator(fleet.lon[: len(fleet)], fleet.lat[: len(fleet)])
    nearest = np.hypot(x[:, None] - found.x, y[:, None] - found.y).min(axis=1)
    assert (nearest <= found.radius * (1 + 1e-6)).all()


def test_neighbouring_hexagons_do_not_overlap() -> None:
    rng = np.random.default_rng(1)
    places = [(31.5 + a, 119.5 + b) for a, b in rng.random((2000, 2)) / 10]
    found = density(fleet_at(places), np.arange(2000), 12)
    gaps = np.hypot(found.x[:, None] - found.x, found.y[:, None] - found.y) + np.eye(len(found.x))
    assert gaps.min() == pytest.approx(found.radius * 3**0.5, rel=1e-6)


@given(PLACES.filter(bool), PLACES.filter(bool))
def test_a_book_kept_along_counts_like_one_begun_now(
    first: list[tuple[float, float]], then: list[tuple[float, float]]
) -> None:
    fleet = fleet_at(first)
    hexagons = people.Hexagons(fleet)
    hexagons.watch({9})
    moved = fleet.fixes([f"w{k}" for k in range(len(then))], *zip(*then, strict=True), [2] * len(then))  # type: ignore[arg-type]  # two sequences
    hexagons.follow(moved)
    kept, new = (d(np.arange(len(fleet)), 9) for d in (hexagons.density, partial(density, fleet)))
    assert all((getattr(kept, field) == getattr(new, field)).all() for field in ("x", "y", "count"))


def test_who_never_reported_is_nowhere() -> None:
    fleet = fleet_at([(31.0, 119.0)])
    fleet.rows(["silent"])
    assert density(fleet, np.arange(2), 10).count.tolist() == [1]
    tiles = people.Tiles(fleet)
    tiles.watch({8})
    assert sum(len(tiles.members(f"8/{x}/{y}")) for x in range(256) for y in range(90, 120)) == 1


@pytest.mark.parametrize("name", ["3/0/0", "19/0/0", "8/256/0", "8/0/-1", "8/0", "a/b/c", ""])
def test_there_is_no_such_tile(name: str) -> None:
    with pytest.raises(ValueError, match=r"tile|values|invalid"):
        people.tile_number(name)


def tile_of(lat: float, lon: float, zoom: int = 10) -> str:
    """The tile a place lies in, by the textbook's formula."""
    x = (lon + 180) / 360 * 2**zoom
    y = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * 2**zoom
    return f"{zoom}/{int(x)}/{int(y)}"


@given(PLACES.filter(bool), st.data())
def test_a_viewer_who_follows_the_steps_holds_the_members(
    places: list[tuple[float, float]], data: st.DataObject
) -> None:
    fleet = fleet_at(places)
    tiles = people.Tiles(fleet)
    tiles.watch({10})
    names = sorted({tile_of(*place) for place in places})
    held = {name: set(tiles.members(name).tolist()) for name in names}
    assert sum(len(rows) for rows in held.values()) == len(places)
    for turn in range(2, 5):
        moving = data.draw(st.lists(st.integers(0, len(places) - 1), unique=True, min_size=1).map(sorted))
        goal = [data.draw(st.sampled_from(places)) for _ in moving]
        rows = fleet.fixes([f"w{k}" for k in moving], *zip(*goal, strict=True), [turn] * len(moving))  # type: ignore[arg-type]  # two sequences
        for name, step in tiles.steps(rows, names).items():
            came, moved, left = (set(rows[part].tolist()) for part in (step.came, step.moved, step.left))
            assert moved <= held[name] and left <= held[name] and not came & held[name]
            held[name] = (held[name] | came) - left
    assert held == {name: set(tiles.members(name).tolist()) for name in names}
