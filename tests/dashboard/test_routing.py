"""Whose an event is, and who is told that it is late."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from dashboard.clock import from_rfc3339
from dashboard.eventstate import Call
from dashboard.model import Step
from dashboard.routing import Ladder, Route, Routing, When
from tests.dashboard.test_eventstate import state

NIGHT, NOON = (from_rfc3339(f"2026-03-12T{hour}:00:00+08:00") for hour in ("03", "12"))
MINUTE = 60_000
LADDER = Routing(escalation={"major": Ladder(seat="0m", chief="10m", leader="1h")})


def told(now_ms: int, **more: Any) -> tuple[str, str, int] | None:
    return LADDER.escalation_of(state(**more), now_ms)


@pytest.mark.parametrize(
    ("event", "seat"),
    [
        ({"category": "dispute"}, "01席"),
        ({"category": "road", "region": "320412001"}, "02席"),
        ({"category": "road", "reported_ms": NIGHT}, "03席"),
        ({"category": "road", "reported_ms": NOON}, "04席"),
        ({"category": "dispute", "channel": "iot"}, "01席"),
        ({"category": "dispute.wages"}, "01席"),
    ],
)
def test_the_first_route_that_fits(event: dict[str, Any], seat: str) -> None:
    routing = Routing(
        (
            Route("纠纷", "01席", when=When(categories=("dispute",))),
            Route("武进", "02席", when=When(regions=("320412",), severities=("major", "urgent"))),
            Route("夜间", "03席", when=When(hours=("18:00-08:00",))),
            Route("其余", "04席"),
        )
    )
    made = msgspec.structs.replace(state(), **{"reported_ms": NOON} | event)
    route = routing.route(made)
    assert route is not None and route.seat == seat


def test_nobody_may_be_named() -> None:
    assert Routing((Route("纠纷", "01席", when=When(channels=("iot",))),)).route(state()) is None


@pytest.mark.parametrize(
    ("minutes", "to"), [(0, None), (1, "seat"), (9, "seat"), (10, "chief"), (59, "chief"), (60, "leader")]
)
def test_up_the_ladder(minutes: int, to: str | None) -> None:
    found = told(NOON + minutes * MINUTE, step_due_ms=NOON)
    assert (found and found[0]) == to
    assert found is None or found[1:] == ("step", minutes * MINUTE)


def test_nobody_is_told_twice_and_nobody_below_who_knows() -> None:
    assert told(NOON + 11 * MINUTE, step_due_ms=NOON, told="chief") is None
    assert told(NOON + 11 * MINUTE, step_due_ms=NOON, told="leader") is None
    assert told(NOON + 61 * MINUTE, step_due_ms=NOON, told="chief") == ("leader", "step", 61 * MINUTE)


def test_the_longest_overrun_is_the_reason() -> None:
    late = NOON + 5 * MINUTE
    assert told(late, step_due_ms=NOON, due_ms=NOON - MINUTE) == ("seat", "limit", 6 * MINUTE)
    call = Call(3, 0, NOON, ["fire"])
    assert told(late, call=call) == ("seat", "whistle", 5 * MINUTE)
    assert told(late, call=msgspec.structs.replace(call, checked={"fire": 1})) is None


@pytest.mark.parametrize("more", [{"step": Step.evaluated}, {"paused_ms": 1}, {"severity": 4}])
def test_what_is_closed_paused_or_has_no_ladder_goes_to_nobody(more: dict[str, Any]) -> None:
    event = msgspec.structs.replace(state(step_due_ms=NOON), **more)
    assert LADDER.escalation_of(event, NOON + 99 * MINUTE) is None


@pytest.mark.parametrize("span", ["soon", "3wd", "-1m"])
def test_a_ladder_counts_by_the_clock(span: str) -> None:
    with pytest.raises(ValueError):
        Ladder(chief=span)


def test_hours_are_two_times_of_a_day() -> None:
    with pytest.raises(msgspec.ValidationError, match="hours"):
        msgspec.convert({"hours": ["morning"]}, When)
