"""The closed lists of the vocabulary keep their numbers: they are on every wire and in every snapshot."""

from __future__ import annotations

from typing import get_args

from dashboard.terms import MAIN_STEPS, Duty, DutyName, Role, RoleName, Severity, SeverityName


def test_numbers_are_wire_values() -> None:
    assert [s.value for s in Severity] == [1, 2, 3, 4]
    assert [r.value for r in Role] == list(range(7))
    assert [d.value for d in Duty] == list(range(7))
    assert len(MAIN_STEPS) == 8


def test_names_and_numbers_are_the_same_lists() -> None:
    assert set(get_args(SeverityName)) == {s.name for s in Severity}
    assert {*get_args(RoleName), "unknown"} == {r.name for r in Role}
    assert {*get_args(DutyName), "unknown"} == {d.name for d in Duty}
