"""The step graph of an event: which step may follow which, and what a step does to the event's state.

One profile, Suzhou's eight steps 发现→受理→分流→处置→跟踪→督办→反馈→评价. Deadlines come with the records; this module
computes none. It refuses what the graph forbids with a sentence.
"""

from __future__ import annotations

from dashboard.model import MAIN_STEPS, Step

OPTIONAL = frozenset({Step.tracked, Step.supervised})
TERMINAL = frozenset({Step.evaluated, Step.merged, Step.cancelled})
"""Entering one of these takes the event off the queue; entering `evaluated` is closure (核查结案)."""

_OPEN_MOVES = frozenset({Step.extended, Step.merged, Step.cancelled})
_GRAPH: dict[Step, frozenset[Step]] = {
    Step.reported: frozenset({Step.accepted}),
    Step.accepted: frozenset({Step.assigned, Step.supervised}),
    Step.assigned: frozenset({Step.assigned, Step.handling, Step.supervised, Step.returned}),
    Step.handling: frozenset({Step.assigned, Step.tracked, Step.supervised, Step.feedback, Step.returned}),
    Step.tracked: frozenset({Step.handling, Step.supervised, Step.feedback, Step.returned}),
    Step.supervised: frozenset({Step.assigned, Step.handling, Step.tracked, Step.feedback, Step.returned}),
    Step.feedback: frozenset({Step.handling, Step.evaluated, Step.returned}),
}


def allowed(current: Step) -> frozenset[Step]:
    """The steps that may follow `current`; empty once the event has left the queue."""
    return frozenset() if current in TERMINAL else _GRAPH[current] | _OPEN_MOVES


def after(current: Step, step: Step) -> Step:
    """Where the event stands once `step` is taken from `current`.

    `extended` moves only the deadline; `returned` puts the event back to accepted, to be assigned again.

    Raises:
        ValueError: the graph forbids it; the sentence names both steps and what would be allowed.
    """
    if step not in allowed(current):
        options = ", ".join(sorted(allowed(current))) or "nothing: it has left the queue"
        raise ValueError(f"may not follow {current}; allowed: {options}")
    if step is Step.extended:
        return current
    return Step.accepted if step is Step.returned else step


def place(step: Step) -> int:
    """1–8, the place of a main step on the line of dots; 8 for an event that left the queue another way."""
    return MAIN_STEPS.index(step) + 1 if step in MAIN_STEPS else len(MAIN_STEPS)
