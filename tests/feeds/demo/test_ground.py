from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from dashboard.cities import City
from dashboard.regions import Regions
from feeds.demo.dice import Dice
from feeds.demo.ground import Ground, distance_m, is_village


def test_points_lie_in_their_grids_and_on_land(city: City, ground: Ground) -> None:
    grids = np.repeat(np.arange(len(ground.grids), dtype=np.int32), 4)
    lat, lon = ground.points(grids, Dice(3))
    assert (city.regions.locate_many(lat, lon) == grids).mean() > 0.9999
    features = json.loads(city.basemap.read_text(encoding="utf-8"))["features"]
    water = shapely.union_all([shape(f["geometry"]) for f in features if f["properties"]["kind"] == "water"])
    assert not shapely.contains_xy(water.buffer(-0.001), lon, lat).any()


def test_the_straight_way_between_two_points_of_a_grid_stays_in_it(city: City, ground: Ground) -> None:
    grids = np.arange(len(ground.grids), dtype=np.int32)
    (lat, lon), (to_lat, to_lon) = ground.points(grids, Dice(3)), ground.points(grids, Dice(4))
    for share in (0.25, 0.5, 0.75):
        found = city.regions.locate_many(lat + (to_lat - lat) * share, lon + (to_lon - lon) * share)
        assert (found == grids).mean() > 0.9999


def test_grids_are_big_enough_to_walk_in(ground: Ground) -> None:
    grids = np.arange(len(ground.grids), dtype=np.int32)
    metres = distance_m(*ground.points(grids, Dice(3)), *ground.points(grids, Dice(4)))
    assert np.median(metres) > 100


def test_a_way_across_lake_ge_is_not_dry(ground: Ground) -> None:
    assert not ground.dry(31.60, 119.75, 31.60, 119.90)
    assert ground.dry(31.775, 119.950, 31.776, 119.952)


def test_dense_grids_report_more_and_prisons_nothing(city: City, ground: Ground) -> None:
    dice = Dice(5)
    drawn = [ground.grids[ground.draw_grid(dice)] for _ in range(4000)]
    villages = sum(map(is_village, drawn)) / 4000
    assert villages < sum(map(is_village, ground.grids)) / len(ground.grids)
    assert not any(city.regions[grid.code[:9]].name.endswith("监狱") for grid in drawn)


def test_distance_is_in_metres() -> None:
    assert float(distance_m(31.0, 119.0, 31.01, 119.0)) == pytest.approx(1112, abs=1)
    assert float(distance_m(31.0, 119.0, 31.0, 119.01)) == pytest.approx(953, abs=1)


def test_a_city_without_polygons_is_refused(city: City) -> None:
    with pytest.raises(ValueError, match="polygons"):
        Ground(Regions(city.regions, None), Dice(1))


def test_many_grids_are_drawn_as_one_is(ground: Ground) -> None:
    dice = Dice(5)
    villages = [is_village(ground.grids[ground.draw_grid(dice)]) for _ in range(4000)]
    many = [is_village(ground.grids[grid]) for grid in ground.draw_grids(4000, dice)]
    assert np.mean(many) == pytest.approx(np.mean(villages), abs=0.03)
