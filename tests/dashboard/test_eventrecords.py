"""The records of events say what they may hold; what they do to an event is tested with `events`."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from dashboard.eventrecords import ActorName, EventStep, EventWhistle
from dashboard.process import Actor


def test_who_acts_is_an_actor_of_the_processes_or_nobody_named() -> None:
    assert set(get_args(ActorName)) == {"", *Actor}


def test_a_step_needs_no_more_than_its_event() -> None:
    step = msgspec.convert({"event_id": "e", "step": "paused"}, EventStep)
    assert (step.by, step.role, step.into, step.until) == ("", "", "", None)


@pytest.mark.parametrize(
    ("field", "value"), [("departments", []), ("report_within_h", 0), ("report_within_h", 1e300), ("level", "red")]
)
def test_a_whistle_calls_somebody_within_some_time(field: str, value: object) -> None:
    whistle = {"event_id": "e", "level": "urgent", "departments": ["fire"], "report_within_h": 0.5}
    assert msgspec.convert(whistle, EventWhistle).report_within_h == 0.5
    with pytest.raises(msgspec.ValidationError, match=field):
        msgspec.convert(whistle | {field: value}, EventWhistle)
