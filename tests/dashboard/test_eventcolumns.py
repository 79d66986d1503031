"""The columns behind the KPI."""

from __future__ import annotations

from dashboard.eventcolumns import Columns
from dashboard.eventstate import NEVER
from dashboard.model import Step
from tests.dashboard.test_eventstate import state


def test_a_row_is_the_event() -> None:
    columns = Columns()
    columns.put(0, state(due_ms=5, closed_ms=4, step=Step.evaluated, score=3, rated_ms=6), 2)
    row = {name: columns[name].tolist() for name in ("due", "closed", "rated", "score", "step", "open", "node")}
    assert row == {"due": [5], "closed": [4], "rated": [6], "score": [3], "step": [8], "open": [False], "node": [2]}


def test_what_is_held_is_not_due() -> None:
    columns = Columns()
    columns.put(0, state(due_ms=5), 0, held=True)
    assert columns["due"].tolist() == [NEVER]
    columns.put(0, state(due_ms=5), 0)
    assert columns["due"].tolist() == [5]


def test_recent_keeps_what_is_open_or_was_touched() -> None:
    columns = Columns()
    for row, (step, closed) in enumerate([(Step.handling, None), (Step.evaluated, 5), (Step.evaluated, 50)]):
        columns.put(row, state(step=step, closed_ms=closed, entered=[0] * 8), row)
    assert columns.recent(10)["node"].tolist() == [0, 2]
