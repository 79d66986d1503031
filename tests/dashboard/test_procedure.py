"""Processes and working days together: which limit begins where, and where a pause moves it."""

from __future__ import annotations

import pytest

from dashboard.clock import HOUR_MS, from_rfc3339
from dashboard.procedure import Procedure
from dashboard.processbook import Choice, Choices, Condition, ProcessError
from dashboard.terms import Severity, Step
from tests.processes import HUAIAN, SUZHOU, TIANNING

THURSDAY = from_rfc3339("2026-03-12T10:00:00+08:00")


def test_without_more_it_is_suzhous_method() -> None:
    procedure = Procedure()
    assert procedure.default.key == "suzhou"
    assert procedure.of("gone").key == "suzhou"
    assert set(procedure.processes) == {"suzhou", "huaian", "tianning", "external"}


def test_rules_choose_and_a_report_may_declare() -> None:
    procedure = Procedure(choices=Choices("huaian", (Choice(Condition(whistle=True), "tianning"),)))
    assert procedure.choose("dispute", Severity.normal, "", True, "").key == "tianning"
    assert procedure.choose("dispute", Severity.normal, "", False, "").key == "huaian"
    assert procedure.choose("dispute", Severity.normal, "", True, "external").key == "external"
    with pytest.raises(ProcessError, match="nowhere"):
        procedure.choose("dispute", Severity.normal, "", True, "nowhere")


def test_a_limit_begins_at_the_step_the_process_names() -> None:
    procedure = Procedure()
    assert procedure.limit(SUZHOU, Severity.urgent, Step.reported, THURSDAY) is None
    assert procedure.limit(SUZHOU, Severity.urgent, Step.accepted, THURSDAY) == THURSDAY + 4 * HOUR_MS
    assert procedure.limit(HUAIAN, Severity.serious, Step.accepted, THURSDAY) == from_rfc3339(
        "2026-03-17T17:30:00+08:00"
    )
    assert procedure.limit(TIANNING, Severity.normal, Step.assigned, THURSDAY) == from_rfc3339(
        "2026-03-23T17:30:00+08:00"
    )


def test_steps_have_spans_of_their_own_and_some_none() -> None:
    procedure = Procedure()
    assert procedure.step_due(SUZHOU, Severity.normal, Step.reported, THURSDAY) == from_rfc3339(
        "2026-03-12T12:00:00+08:00"
    )
    assert procedure.step_due(SUZHOU, Severity.normal, Step.evaluated, THURSDAY) is None
    assert procedure.step_due(SUZHOU, Severity.normal, Step.merged, THURSDAY) is None


def test_a_pause_moves_working_days_by_closings_and_instants_by_the_clock() -> None:
    procedure = Procedure()
    due = procedure.add(THURSDAY, "3wd")
    monday = from_rfc3339("2026-03-16T10:00:00+08:00")
    assert due == from_rfc3339("2026-03-17T17:30:00+08:00")
    assert procedure.moved(due, "3wd", THURSDAY, monday) == from_rfc3339("2026-03-19T17:30:00+08:00")
    assert procedure.moved(due, None, THURSDAY, THURSDAY + HOUR_MS) == due + HOUR_MS
    assert procedure.moved(None, "3wd", THURSDAY, monday) is None


def test_years_of_unknown_holidays_are_named_where_working_time_is_counted() -> None:
    procedure = Procedure()
    start, due = from_rfc3339("2026-12-24T10:00:00+08:00"), from_rfc3339("2028-01-05T17:30:00+08:00")
    assert procedure.uncertain(HUAIAN, Severity.normal, start, due) == [2027, 2028]
    assert procedure.uncertain(HUAIAN, Severity.normal, start, None) == []
    assert procedure.uncertain(SUZHOU, Severity.urgent, start, due) == []
    assert procedure.uncertain(HUAIAN, Severity.normal, start, from_rfc3339("9999-01-01T00:00:00Z")) == []
