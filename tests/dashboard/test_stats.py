"""The duty board: everybody is somewhere, and the parts add up."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard import stats
from dashboard.fleet import Fleet
from dashboard.model import Duty
from dashboard.stats import Freshness
from tests.support import DISTRICTS, GRIDS, T0, small_regions

REGIONS = small_regions()
CITY = REGIONS.scope("")
HOMES = [REGIONS.node(code) for code in DISTRICTS]

WORKERS = st.lists(st.tuples(st.sampled_from(Duty), st.integers(-1, 600), st.integers(-1, 1)), max_size=30)


def fleet_of(workers: list[tuple[Duty, int, int]]) -> Fleet:
    """Workers with a duty and a fix so many seconds old (−1: none)."""
    fleet = Fleet()
    ids = [f"w{k}" for k in range(len(workers))]
    fleet.rows(ids)
    fleet.duties(ids, [duty for duty, _, _ in workers])
    fixed = [(i, age) for i, (_, age, _) in zip(ids, workers, strict=True) if age >= 0]
    fleet.fixes([i for i, _ in fixed], [30.0] * len(fixed), [110.0] * len(fixed), [T0 - a * 1000 for _, a in fixed])
    return fleet


def codes(homes: stats.Homes, fleet: Fleet) -> list[str]:
    """Where everybody belongs, as codes; "" outside."""
    return [REGIONS.order[node].code if node >= 0 else "" for node in homes.of(fleet).tolist()]


@given(WORKERS)
def test_the_parts_add_up(workers: list[tuple[Duty, int, int]]) -> None:
    node = np.array([d if d < 0 else HOMES[d] for _, _, d in workers], np.int64)
    found: Any = stats.board(fleet_of(workers), node, CITY, T0, Freshness())
    total = found["total"]
    assert total["total"] == len(workers) == total["on"] + total["off"]
    for row in (total, *found["districts"]):
        assert row["on"] == sum(row[k] for k in ("available", "dispatched", "en_route", "on_scene", "lost"))
        assert row["stale"] <= row["on"] - row["lost"]
    outside = sum(1 for _, _, d in workers if d < 0)
    assert sum(row["total"] for row in found["districts"]) == len(workers) - outside


def test_one_of_each() -> None:
    ages = {"fresh": 60, "stale": 61, "still stale": 300, "lost": 301, "never": -1}
    fleet = fleet_of(
        [(Duty.available, age, 0) for age in ages.values()] + [(Duty.off_duty, 999, 0), (Duty.unknown, 0, 0)]
    )
    found: Any = stats.board(fleet, np.full(7, HOMES[0]), CITY, T0, Freshness())
    row = {k: v for k, v in found["districts"][0].items() if v}
    counts = {"total": 7, "on": 5, "available": 3, "lost": 2, "stale": 2, "off": 2, "located": 4}
    assert row == {"code": DISTRICTS[0], **counts}
    assert [r["total"] for r in found["districts"]] == [7, 0]


def test_nobody() -> None:
    found: Any = stats.board(Fleet(), np.zeros(0, np.int64), CITY, T0, Freshness())
    assert set(found["total"].values()) == {"", 0}


def test_a_region_by_profile_else_by_place() -> None:
    homes, fleet = stats.Homes(REGIONS), Fleet()
    fleet.profiles(["a", "b"], ["", ""], [1, 1], [GRIDS[2], "320402"])
    fleet.rows(["c", "d"])
    assert codes(homes, fleet) == [GRIDS[2], "", "", ""]
    fleet.fixes(["a", "b", "c"], [30.05, 30.05, 50.0], [110.05, 110.35, 110.0], [T0] * 3)
    assert codes(homes, fleet) == [GRIDS[2], GRIDS[3], "", ""]


def test_a_changed_profile_is_noticed() -> None:
    homes, fleet = stats.Homes(REGIONS), Fleet()
    fleet.profiles(["a"], [""], [1], [GRIDS[0]])
    assert codes(homes, fleet) == [GRIDS[0]]
    fleet.profiles(["a"], [""], [1], [GRIDS[3]])
    assert codes(homes, fleet) == [GRIDS[3]]


def test_the_board_of_a_part_of_the_city() -> None:
    fleet = fleet_of([(Duty.available, 0, 0)] * 3 + [(Duty.off_duty, 0, 0)])
    node = np.array([REGIONS.node(GRIDS[0]), REGIONS.node(GRIDS[1]), REGIONS.node(GRIDS[2]), -1])
    found: Any = stats.board(fleet, node, REGIONS.scope(GRIDS[0][:12]), T0, Freshness())
    assert [(row["code"], row["on"]) for row in found["districts"]] == [(GRIDS[0], 1), (GRIDS[1], 1)]
    assert (found["total"]["total"], found["total"]["off"]) == (2, 0)
    only: Any = stats.board(fleet, node, REGIONS.scope(GRIDS[2]), T0, Freshness())
    assert (only["districts"], only["total"]["on"]) == ([], 1)
