"""What each chart of the workbench asks about the tree of categories."""

from __future__ import annotations

from typing import Any

import pytest

from callbacks.analyst.panels import PANELS, Looking
from dashboard.cases import quiet
from dashboard.cities import load_city
from dashboard.filters import Filter
from dashboard.indicators import Indicators
from layouts.analyst.state import State
from tests.dashboard.test_cases import followed
from tests.dashboard.test_indicators import BOOK, a_city
from tests.support import T0

CITY = load_city("changzhou")


def groups(key: str, column: str, items: tuple[str, ...], *chosen: str) -> dict[Any, int]:
    """Of how many cases each category is in a chart, of cases of c0, c1, c1.x and c2."""
    found = Indicators(followed(a_city([(n % 4, n, 5) for n in range(20)])), BOOK)
    state = State(by="category", when="24h", chosen=Filter(category=chosen))
    look = Looking(state, T0 + 3_600_000, found, CITY.regions, CITY.procedure.clock, items)
    counted: dict[Any, int] = {}
    for row in PANELS[key].ask(look, quiet).rows():
        counted[row[column]] = counted.get(row[column], 0) + row["den"]
    return counted


@pytest.mark.parametrize(("key", "column"), [("ranking", "group"), ("makeup", "category")])
def test_who_chooses_a_category_sees_its_items_and_who_chooses_one_of_them_still_the_others(
    key: str, column: str
) -> None:
    items = ("c1.x", "c1.y")
    assert groups(key, column, items) == {"c0": 5, "c1": 10, "c2": 5}
    assert groups(key, column, items, "c1") == {"c1": 5, "c1.x": 5}
    assert groups(key, column, items, "c1.x") == {"c1": 5, "c1.x": 5}


@pytest.mark.parametrize(("key", "column"), [("ranking", "group"), ("makeup", "category")])
def test_a_category_without_items_stands_among_the_others(key: str, column: str) -> None:
    assert groups(key, column, ("c1.x",), "c2") == {"c0": 5, "c1": 10, "c2": 5}
    assert groups(key, column, (), "c1") == {"c0": 5, "c1": 10, "c2": 5}
