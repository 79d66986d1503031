"""The step graph: what may follow what."""

from __future__ import annotations

from itertools import pairwise

import pytest

from dashboard import workflow
from dashboard.model import MAIN_STEPS, Step

OPEN = [step for step in MAIN_STEPS if step is not Step.evaluated]
STANDING = (*MAIN_STEPS, Step.merged, Step.cancelled)
"""Where an event can stand: `extended` and `returned` are moves, not places."""


@pytest.mark.parametrize("road", [MAIN_STEPS, [s for s in MAIN_STEPS if s not in workflow.OPTIONAL]])
def test_the_main_road_is_open(road: list[Step]) -> None:
    for here, there in pairwise(road):
        assert workflow.after(here, there) is there


@pytest.mark.parametrize("here", STANDING)
@pytest.mark.parametrize("there", Step)
def test_after_agrees_with_allowed(here: Step, there: Step) -> None:
    if there in workflow.allowed(here):
        assert workflow.after(here, there) in {here, there, Step.accepted}
    else:
        with pytest.raises(ValueError, match=f"may not follow {here}; allowed: "):
            workflow.after(here, there)


@pytest.mark.parametrize("here", sorted(workflow.TERMINAL))
def test_nothing_follows_the_end(here: Step) -> None:
    assert workflow.allowed(here) == frozenset()
    with pytest.raises(ValueError, match="left the queue"):
        workflow.after(here, Step.handling)


@pytest.mark.parametrize("here", OPEN)
def test_an_open_event_can_be_extended_merged_cancelled(here: Step) -> None:
    assert workflow.after(here, Step.extended) is here
    assert workflow.after(here, Step.merged) is Step.merged
    assert workflow.after(here, Step.cancelled) is Step.cancelled


@pytest.mark.parametrize("here", OPEN[2:])
def test_returned_is_accepted_again(here: Step) -> None:
    assert workflow.after(here, Step.returned) is Step.accepted
    assert Step.assigned in workflow.allowed(Step.accepted)


@pytest.mark.parametrize("here", OPEN)
def test_nothing_is_reported_twice(here: Step) -> None:
    assert Step.reported not in workflow.allowed(here)


def test_every_open_step_can_reach_the_end() -> None:
    for start in OPEN:
        reached, todo = {start}, [start]
        while todo:
            new = {s for s in workflow.allowed(todo.pop()) if s in MAIN_STEPS} - reached
            reached |= new
            todo += new
        assert Step.evaluated in reached


def test_places_on_the_line_of_dots() -> None:
    assert [workflow.place(step) for step in MAIN_STEPS] == list(range(1, 9))
    assert {workflow.place(step) for step in (Step.merged, Step.cancelled)} == {8}
