"""Categories as a tree: whatever holds of one holds of its items, in Python as in SQL."""

from __future__ import annotations

import duckdb
import pytest

from dashboard.taxonomy import BRANCH, branch, within

ABOVE = {
    "environment": "environment", "environment.noise": "environment", "environment.noise.night": "environment",
    "environmental": "environmental", "": "", "a.b": "a",
}  # fmt: skip
KEYS = tuple(ABOVE)


@pytest.mark.parametrize(("category", "above"), list(ABOVE.items()))
def test_an_item_is_of_its_category_and_a_category_of_itself(category: str, above: str) -> None:
    assert branch(category) == above
    assert duckdb.execute(f"SELECT {BRANCH} FROM (SELECT ? AS category)", [category]).fetchone() == (above,)


def test_whoever_chooses_a_category_has_its_items_and_not_the_other_way_round() -> None:
    assert [key for key in KEYS if within(key, ("environment",))] == list(KEYS[:3])
    assert [key for key in KEYS if within(key, {"environment.noise"})] == ["environment.noise"]
    assert not any(within(key, ()) for key in KEYS)
