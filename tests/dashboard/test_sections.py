"""What is counted for a part of the city: parts add up to the whole, and layers agree with the sections."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard import kpi
from dashboard.picture import Picture
from dashboard.sections import LAYERS, NO_RATE, Sections
from dashboard.stats import Freshness
from tests.support import (
    DISTRICTS,
    GRIDS,
    MAIN_ROAD,
    T0,
    entry,
    fix,
    profile,
    reported,
    small_picture,
    small_regions,
    step,
)

REGIONS = small_regions()


def lively() -> Picture:
    """Six matters and four workers over the four grids, one matter outside; some closed, some rated."""
    picture = small_picture()
    records: list[tuple[str, object]] = []
    for n in range(6):
        records.append(("event.reported", reported(f"e{n}", lon=110.05 + 0.1 * (n % 4))))
        records.append(("event.step", step(f"e{n}", "accepted", due=T0 + n - 3)))
    records += [("event.step", step("e0", name)) for name in MAIN_ROAD[1:]]
    records += [("event.rated", {"event_id": "e0", "score": 5}), ("event.reported", reported("far", lon=0.0))]
    for n in range(4):
        records.append(("worker.profile", profile(f"w{n}", GRIDS[n])))
        records.append(("worker.fix", fix(f"w{n}", T0)))
        records.append(("worker.duty", {"worker_id": f"w{n}", "status": "available" if n else "off_duty"}))
    for n, (kind, data) in enumerate(records):
        picture.apply(entry(kind, data, n=n))
    return picture


def sections() -> Sections:
    """Over 甲市."""
    return Sections(REGIONS, Freshness())


def test_children_add_up_to_their_region() -> None:
    picture, counted = lively(), sections()
    for code in ("", *DISTRICTS, GRIDS[0][:9], GRIDS[0][:12]):
        found: Any = counted.of(picture, code, T0 + 10)
        children = [counted.of(picture, row["code"], T0 + 10) for row in found["kpi"]["districts"]]
        for name in kpi.COUNTS:
            lost = 1 if not code and name in ("open", "reported") else 0  # the one outside belongs to the city alone
            parts = [row[name] for row in found["kpi"]["districts"]]
            assert sum(parts) == found["kpi"]["city"][name] - lost
            assert [child["kpi"]["city"][name] for child in children] == parts
        assert sum(row["on"] for row in found["board"]["districts"]) == found["board"]["total"]["on"]


def test_a_grid_has_no_children() -> None:
    found: Any = sections().of(lively(), GRIDS[0], T0 + 10)
    assert (found["kpi"]["districts"], found["board"]["districts"]) == ([], [])
    assert found["kpi"]["city"]["reported"] == 2


def test_an_unknown_region_is_an_error() -> None:
    with pytest.raises(KeyError):
        sections().of(lively(), "777", T0)


@pytest.mark.parametrize("key", LAYERS)
def test_a_layer_is_what_the_sections_say(key: str) -> None:
    picture, counted = lively(), sections()
    num, den = counted.layer(picture, key, T0 + 10)
    assert len(num) == len(den) == len(REGIONS.order)
    for region in REGIONS.order[1:]:
        found: Any = counted.of(picture, region.code, T0 + 10)
        node = REGIONS.node(region.code)
        if key in kpi.RATES:
            assert (num[node], den[node]) == tuple(found["kpi"]["city"][key].values())
        elif key != "patrol":
            assert den[node] == NO_RATE
            assert num[node] == (found["board"]["total"]["on"] if key == "on_duty" else found["kpi"]["city"][key])


def test_the_layer_of_patrol_counts_grids() -> None:
    _, den = sections().layer(lively(), "patrol", T0)
    assert [den[REGIONS.node(code)] for code in ("9901", *DISTRICTS, GRIDS[0])] == [4, 2, 2, 1]


def test_the_trend_is_counted_anew_every_ten_seconds() -> None:
    picture, counted = lively(), sections()
    first: Any = counted.of(picture, "", T0)
    again: Any = counted.of(picture, "", T0 + 9_999)
    later: Any = counted.of(picture, "", T0 + 10_000)
    assert first["kpi"]["spark"] is again["kpi"]["spark"] is not later["kpi"]["spark"]
