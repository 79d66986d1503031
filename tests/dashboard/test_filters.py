"""Choices of cases as SQL, each kind against the same said in Python."""

from __future__ import annotations

from math import floor, log2

from hypothesis import given, settings

from dashboard.filters import COLUMNS, Filter
from tests.dashboard.test_cases import followed
from tests.dashboard.test_indicators import CITY, a_city


@settings(max_examples=10, deadline=None)
@given(CITY)
def test_what_is_no_column_of_its_own_is_worked_out_as_said(cases: list[tuple[int, int, int]]) -> None:
    picture = a_city(cases)
    listed = ", ".join(f"{sql} AS {name}" for name, sql in COLUMNS.items())
    found = followed(picture).ask(f"SELECT id, {listed} FROM h.cases WHERE closed IS NOT NULL", {})
    for n, event_id in enumerate(found["id"]):
        event = picture.events[event_id]
        assert event.closed_ms is not None
        minutes = max(event.closed_ms - event.reported_ms - event.held_ms, 60_000) / 60_000
        assert found["took"][n] == floor(2 * log2(minutes))
        assert found["place"][n] == (f"{event.region[:9]} {event.address}" if event.address else event.region)


def test_what_is_not_chosen_is_not_asked() -> None:
    assert Filter().sql() == ("true", {})
    chosen = Filter(region="3204", severity=(4,), place=("a", "b"))
    where, values = chosen.sql()
    assert where.count(" AND ") == 2
    assert values == {"region": "3204", "severity": [4], "place": ["a", "b"]}
    assert chosen.without("region", "place") == Filter(severity=(4,))
