"""The facts of an event that KPI formulas may use: their names, what they mean, and how they come from its state.

A fact is a `number` (an instant in UTC ms, or a count; missing where there is none), a `flag`, or a `text` to group by.
`table` makes columns of events, NaN where a number is missing; `relation` makes of such columns what SQL reads, NULL
where a number is missing. What is counted from facts is said in `kpis.yaml`; this module counts nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.eventstate import NEVER, Call, EventState, Trace
from dashboard.formula import Type
from dashboard.lifecycle import held
from dashboard.model import MAIN_STEPS, Step
from dashboard.procedure import Procedure

Table = dict[str, NDArray[Any]]
_ON: Final = frozenset(str(step) for step in (*MAIN_STEPS, Step.returned)) - {"evaluated"}
"""What an event does only where it is not closed."""


class Fact(NamedTuple):
    """One fact; `path` is where it is in a `Story`."""

    type: Type
    means: str
    path: str


FACTS: Final = {
    "reported": Fact("number", "When it was reported.", "state.reported_ms"),
    "accepted": Fact("number", "When it was first accepted.", "accepted"),
    "assigned": Fact("number", "When it was first assigned.", "assigned"),
    "handling": Fact("number", "When handling first began.", "handling"),
    "feedback": Fact("number", "When the outcome was first reported back.", "feedback"),
    "closed": Fact("number", "When it was closed (核查结案); missing again once it is reopened.", "state.closed_ms"),
    "left": Fact("number", "When it left the queue: closed, merged or cancelled.", "left"),
    "due": Fact("number", "The limit of the whole case as it is now, extensions included.", "state.due_ms"),
    "first_due": Fact("number", "The limit of the whole case before anybody extended it.", "state.first_due_ms"),
    "rated": Fact("number", "When the reporter last rated it.", "state.rated_ms"),
    "score": Fact("number", "The reporter's rating, 1 to 5.", "state.score"),
    "severity": Fact("number", "1 一般, 2 较大, 3 重大, 4 紧急.", "state.severity"),
    "returned": Fact("number", "How often it was sent back.", "state.returned"),
    "extended": Fact("number", "How often its limit was extended.", "state.extended"),
    "urged": Fact("number", "How often it was put under supervision (督办).", "state.urged"),
    "reopened": Fact("number", "How often it was closed and then taken up again.", "reopened"),
    "held_ms": Fact("number", "For how long it has been paused, pauses that are over.", "state.held_ms"),
    "whistle_due": Fact("number", "By when the departments whistled for are to report in.", "whistle_due"),
    "whistle_in": Fact("number", "When the last department whistled for reported in.", "whistle_in"),
    "open": Fact("flag", "It is on the queue now.", "state.open"),
    "paused": Fact("flag", "It is paused (挂账) now, and its limit stands still meanwhile.", "paused"),
    "merged": Fact("flag", "It was merged into another event as a duplicate.", "merged"),
    "cancelled": Fact("flag", "It was cancelled.", "cancelled"),
    "region": Fact("text", "The code of its region.", "state.region"),
    "category": Fact("text", "The key of its category.", "state.category"),
    "department": Fact("text", "The key of the department that has it, or had it last.", "state.department"),
    "channel": Fact("text", "The key of the channel it came by.", "state.channel"),
    "process": Fact("text", "The key of its process.", "state.process"),
}  # fmt: skip
TYPES: Final = {name: fact.type for name, fact in FACTS.items()}
DIMENSIONS: Final = tuple(name for name, fact in FACTS.items() if fact.type == "text")
_DTYPES: Final[dict[Type, type]] = {"number": float, "flag": bool, "text": object}


class Story(NamedTuple):
    """An event and what follows from it; the rest of the names as in `FACTS`."""

    state: EventState
    accepted: int | None
    assigned: int | None
    handling: int | None
    feedback: int | None
    left: int | None
    reopened: int
    whistle_due: int | None
    whistle_in: int | None
    paused: bool
    merged: bool
    cancelled: bool


def story(state: EventState, procedure: Procedure) -> Story:
    """What follows from one event."""
    stood, reopened = _stood(state.trail)
    merged, cancelled = state.step is Step.merged, state.step is Step.cancelled
    left = state.step_ms if merged or cancelled else state.closed_ms

    def first(what: str, place: int) -> int | None:
        times = stood.get(what)
        return times[0] if times else _or_none(state.entered[place])  # of an old event there is no record

    return Story(
        state, first("accepted", 1), first("assigned", 2), first("handling", 3), first("feedback", 6), left, reopened,
        state.call.due_ms if state.call else None, _all_in(state.call), held(state, procedure), merged, cancelled,
    )  # fmt: skip


def table(states: Sequence[EventState], procedure: Procedure) -> Table:
    """The facts of these events as columns, a row an event, in their order."""
    stories = [story(state, procedure) for state in states]
    return {
        name: np.array(list(map(attrgetter(fact.path), stories)), _DTYPES[fact.type]) for name, fact in FACTS.items()
    }


def selected() -> str:
    """The columns of a `table` as SQL formulas read them: what follows SELECT."""
    number = 'CASE WHEN isnan("{0}") THEN NULL ELSE "{0}"::BIGINT END AS "{0}"'
    cast: dict[Type, str] = {"number": number, "flag": '"{0}"', "text": '"{0}"::VARCHAR AS "{0}"'}
    return ", ".join(cast[kind].format(fact) for fact, kind in TYPES.items())


def relation(name: str) -> str:
    """The query that makes of a `table` registered as `name` what SQL formulas read."""
    return f"SELECT {selected()} FROM {name}"


def _stood(trail: Sequence[Trace]) -> tuple[dict[str, list[int]], int]:
    """When each thing was done, but for what was taken back; and how often the event was taken up again once closed."""
    stood: dict[str, list[int]] = {}
    closed, reopened = False, 0
    for line in trail:
        what = line.what
        if closed and (line.step == "evaluated" if what == "undone" else what in _ON):
            closed, reopened = False, reopened + 1
        if what == "undone":
            if stood.get(line.step):
                stood[line.step].pop()
        else:
            closed = closed or what == "evaluated"
            stood.setdefault(what, []).append(line.at_ms)
    return stood, reopened


def _or_none(at_ms: int) -> int | None:
    return None if at_ms == NEVER else at_ms


def _all_in(call: Call | None) -> int | None:
    if call is None or not call.checked.keys() >= set(call.departments):
        return None
    return max((call.checked[name] for name in call.departments), default=None)
