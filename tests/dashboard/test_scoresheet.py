"""Score sheets: the shipped ones can be used, and each wrong rule is named by sheet and field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from dashboard.cities import cities, load_city
from dashboard.kpibook import load_book
from dashboard.scoresheet import SheetError, load_sheets, read_sheets

BOOK = load_book()
GOOD: dict[str, Any] = {
    "stars": {5: 95, 1: 60},
    "sheets": {
        "town": {
            "name": {"zh": "镇街", "en": "Towns"}, "by": "region", "digits": 9,
            "items": [
                {"kpi": "ontime_rate", "weight": 60, "full": 95, "none": 75},
                {"kpi": "time_to_close", "weight": 40, "full": 24, "none": 168},
            ],
            "extras": [{"kpi": "overdue_open", "each": -0.1, "cap": 5}],
        }
    },
}  # fmt: skip


def changed(path: str, value: object) -> bytes:
    """The good file with one field changed; `path` as the messages write it, numbers for places in a list."""
    raw = msgspec.json.decode(msgspec.json.encode(GOOD))
    at: Any = raw
    *parents, last = path.split(".")
    for part in parents:
        at = at[int(part) if isinstance(at, list) else part]
    at[int(last) if isinstance(at, list) else last] = value
    return msgspec.yaml.encode(raw)


def test_the_shipped_sheets_can_be_used() -> None:
    found = [load_sheets(load_city(key).folder, BOOK) for key in cities()]
    assert all(sheets and sheets.sheets for sheets in found)


def test_a_pack_may_have_none(tmp_path: Path) -> None:
    assert load_sheets(tmp_path, BOOK) is None


def test_stars_by_points() -> None:
    sheets = read_sheets(msgspec.yaml.encode(GOOD), BOOK)
    assert [sheets.stars_of(total) for total in (100, 95, 94.99, 60, 59.99)] == [5, 5, 1, 1, 0]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("stars.1", 96, "stars: more stars must need more points"),
        ("judged", 0, r"judged"),
        ("sheets.town.by", "worker", r"sheets\.town\.digits: goes with `by: region`"),
        ("sheets.town.by", "colour", r"sheets.*by"),
        ("sheets.town.digits", 7, r"sheets.*digits"),
        ("sheets.town.items.0.weight", 50, r"sheets\.town\.items: the weights are 90 together, not 100"),
        ("sheets.town.items.0.weight", -1, r"sheets.*items.*weight"),
        ("sheets.town.items.0.kpi", "speed", r"sheets\.town\.items\[0\]\.kpi: speed is none of the indicators"),
        ("sheets.town.items.0.kpi", "on_duty", r"items\[0\]\.kpi: on_duty is not counted from events but from workers"),
        ("sheets.town.items.0.kpi", "time_to_close", r"sheets\.town\.items: time_to_close stands 2 times"),
        ("sheets.town.items.0.none", 95, r"items\[0\]\.full: is the same as none, 95"),
        (
            "sheets.town.items.1.full",
            200,
            r"items\[1\]\.full: time_to_close is better lower, but full is 200 and none 168",
        ),
        ("sheets.town.items.0.full", 120, r"items\[0\]\.full: 120 to 75 are no shares in percent"),
        ("sheets.town.items.0.bonus", 3, r"bonus"),
        ("sheets.town.extras.0.each", 0, r"sheets\.town\.extras\[0\]\.each: 0 points change nothing"),
        ("sheets.town.extras.0.cap", -5, r"extras.*cap"),
        ("sheets.town.items", [], r"items"),
    ],
)
def test_what_is_wrong_is_named(path: str, value: object, said: str) -> None:
    with pytest.raises(SheetError, match=said) as caught:
        read_sheets(changed(path, value), BOOK)
    assert str(caught.value).startswith("assessment.yaml: ")


def test_a_count_has_no_sample() -> None:
    item = {"kpi": "overdue_open", "weight": 40, "full": 0, "none": 10, "min_sample": 5}
    with pytest.raises(SheetError, match=r"items\[1\]\.min_sample: a count has no sample"):
        read_sheets(changed("sheets.town.items.1", item), BOOK)
