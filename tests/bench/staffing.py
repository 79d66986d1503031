"""What the workers screen costs once a second: posts, visits and times at 13,080 workers on 6,257 grids."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import numpy as np

from dashboard.cities import load_city
from dashboard.fleet import Fleet
from dashboard.model import Duty
from dashboard.regions import Level
from dashboard.staffing import Staff
from dashboard.stats import Freshness, Homes, on_duty
from tests.bench.measure import Line, milliseconds
from tests.bench.scene import NOW_MS, WORKERS

_SHARE = 8.72
"""Everybody reports once in so many seconds."""


def run() -> Iterator[Line]:
    """One second of the city; the baseline locates everybody on duty anew instead of those who moved."""
    regions = load_city("changzhou").regions
    grids, dice = regions.of_level(Level.grid), np.random.default_rng(1)
    fleet, ids, home = Fleet(), [f"W{n:05d}" for n in range(WORKERS)], dice.integers(0, len(grids), WORKERS)
    fleet.profiles(ids, ids, dice.integers(1, 7, WORKERS).tolist(), [grids[g].code for g in home])
    fleet.duties(ids, dice.choice([Duty.available, Duty.en_route, Duty.off_duty, Duty.off_duty], WORKERS).tolist())
    lat, lon = (np.array([getattr(grid, name) for grid in grids])[home] for name in ("lat", "lon"))
    fleet.fixes(ids, lat.tolist(), lon.tolist(), [NOW_MS] * WORKERS)
    staff, homes, city, seconds = Staff(regions, Freshness()), Homes(regions).of(fleet), regions.scope(""), count(1)

    def report() -> int:
        now = NOW_MS + next(seconds) * 1000
        who = dice.permutation(WORKERS)[: int(WORKERS / _SHARE)]
        near = lat[who] + dice.normal(0, 2e-4, len(who)), lon[who] + dice.normal(0, 2e-4, len(who))
        fleet.fixes([ids[k] for k in who], near[0].tolist(), near[1].tolist(), [now] * len(who))
        return now

    def ours() -> None:
        now = report()
        staff.follow(fleet, homes, now)
        staff.section(city, now)

    def baseline() -> None:
        report()
        rows = np.flatnonzero(on_duty(fleet))
        regions.locate_many(fleet.lat[rows] / 1e6, fleet.lon[rows] / 1e6)

    made = milliseconds(report)
    yield Line("workers screen, one second of 13,080 (baseline: all located)", milliseconds(ours, 21) - made,
               milliseconds(baseline) - made, "ms", 0.6)  # fmt: skip
