"""A whole real quarter, replayed and folded: our verdict in time or late against the file's own column."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboard.events import Events
from dashboard.eventstate import EventState
from dashboard.lifecycle import EventData
from dashboard.procedure import Procedure
from tests.feeds.replay.test_player import BOSTON, Played, needs_data


@pytest.fixture(scope="module")
def quarter() -> Events:
    """Every row of the quarter, an hour a second, folded."""
    events = Events(lambda lat, lon: "", lambda code: -1, Procedure())
    for record in Played(BOSTON, "boston311", speed=3600).sink.records:
        if isinstance(record.data, EventData):
            events.fold(record.data, record.time_ms, record.source)
    return events


@needs_data
def test_in_time_or_late_is_as_the_city_recorded_it(quarter: Events) -> None:
    table = pd.read_csv(BOSTON, dtype=str).set_index("case_enquiry_id")
    judged = table[table.target_dt.notna() & table.closed_dt.notna()]
    ours = {one.id.rsplit("-", 1)[0]: verdict(one) for one in quarter}
    differing = judged.index[[ours[str(case)] != theirs for case, theirs in judged.ontime.items()]]
    assert len(judged) == 25_183
    # All 82 that differ are rows whose verdict the file leaves empty: each was closed after its limit.
    assert len(differing) == 82
    assert judged.ontime[differing].isna().all()
    assert (judged.closed_dt[differing] > judged.target_dt[differing]).all()
    assert {ours[str(case)] for case in differing} == {"OVERDUE"}


@needs_data
def test_what_has_no_limit_gets_none_and_what_is_open_no_verdict(quarter: Events) -> None:
    table = pd.read_csv(BOSTON, dtype=str).set_index("case_enquiry_id")
    state = {one.id.rsplit("-", 1)[0]: one for one in quarter}
    assert all(state[str(case)].due_ms is None for case in table.index[table.target_dt.isna()])
    assert sum(not one.open for one in quarter) == int(table.closed_dt.notna().sum())


def verdict(event: EventState) -> str | None:
    """By our books, in the file's words."""
    if event.due_ms is None or event.closed_ms is None:
        return None
    return "ONTIME" if event.closed_ms <= event.due_ms else "OVERDUE"
