"""Whom to send, out of everybody: all columns at once against a loop over workers, and against a tree built for it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import quantiles

import numpy as np
import shapely

from dashboard import dispatch
from dashboard.cities import load_city
from dashboard.dispatch import Task, distance_m
from dashboard.fleet import Fleet
from dashboard.model import Severity
from dashboard.regions import Level
from dashboard.stats import Freshness
from tests.bench import scene
from tests.bench.measure import Line, milliseconds, taken

PROVINCE = 300_000
ASKED = 200
P99_MS = 20.0


def fleet_of(workers: int) -> Fleet:
    """Workers of all roles and duties over the city's grids; seven in ten on duty, a few not located lately."""
    dice = np.random.default_rng(1)
    grids = [grid.code for grid in load_city("changzhou").regions.of_level(Level.grid)]
    ids, fleet = [f"W{n:06d}" for n in range(workers)], Fleet()
    fleet.profiles(ids, ids, dice.integers(1, 7, workers).tolist(), [grids[n % len(grids)] for n in range(workers)])
    fleet.duties(ids, dice.choice([1, 2, 3, 4, 5], workers, p=[0.5, 0.1, 0.05, 0.05, 0.3]).tolist())
    lat, lon = 31.3 + 0.6 * dice.random(workers), 119.2 + 0.9 * dice.random(workers)
    at = scene.NOW_MS - dice.integers(0, 320_000, workers)
    fleet.fixes(ids, lat.tolist(), lon.tolist(), at.tolist())
    return fleet


def tasks() -> Iterator[Task]:
    """Places all over the city, for ever."""
    dice = np.random.default_rng(2)
    while True:
        yield Task(31.3 + 0.6 * dice.random(), 119.2 + 0.9 * dice.random(), "", "dispute", Severity.urgent)


def advise(fleet: Fleet, task: Task) -> None:
    rules = load_city("changzhou").dispatch
    dispatch.best(task, fleet, {}, scene.NOW_MS, Freshness(), rules)


def loop(fleet: Fleet, task: Task) -> list[int]:
    """The five nearest on duty by a plain loop with the haversine: distance only, no reasons."""
    phi, found = math.radians(task.lat), []
    for row in range(len(fleet)):
        if 1 <= fleet.duty[row] <= 4:
            phis, gap = math.radians(fleet.lat[row] / 1e6), math.radians(fleet.lon[row] / 1e6 - task.lon)
            half = math.sin((phis - phi) / 2) ** 2 + math.cos(phi) * math.cos(phis) * math.sin(gap / 2) ** 2
            found.append((2 * dispatch.EARTH_M * math.asin(math.sqrt(half)), row))
    return [row for _, row in sorted(found)[:5]]


def tree(fleet: Fleet, task: Task) -> None:
    """The nearest by a spatial index over where everybody is now: everybody moves, so it is built for the question."""
    n = len(fleet)
    index = shapely.STRtree(shapely.points(fleet.lon[:n] / 1e6, fleet.lat[:n] / 1e6))
    near = index.query(shapely.Point(task.lon, task.lat).buffer(0.02))
    np.sort(distance_m(task.lat, task.lon, fleet.lat[near] / 1e6, fleet.lon[near] / 1e6))[:5]


def run() -> Iterator[Line]:
    """The p99 of an answer must stay under 20 ms at the city's size."""
    for workers in (scene.WORKERS, PROVINCE):
        fleet, ask = fleet_of(workers), tasks()
        answers = taken(lambda fleet=fleet, ask=ask: advise(fleet, next(ask)), ASKED)
        p99 = quantiles(answers, n=100)[98]
        looped = milliseconds(lambda fleet=fleet, ask=ask: loop(fleet, next(ask)), 1)
        treed = milliseconds(lambda fleet=fleet, ask=ask: tree(fleet, next(ask)), 3)
        goal = P99_MS / looped if workers == scene.WORKERS else None
        yield Line(f"whom to send of {workers:,}, p99 (baseline: a loop)", p99, looped, "ms", goal)
        yield Line(f"whom to send of {workers:,}, p99 (baseline: a tree, built)", p99, treed, "ms")
