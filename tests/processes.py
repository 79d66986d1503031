"""Process profiles for tests: the shipped ones, the smallest there is, and letters for the steps."""

from __future__ import annotations

import pytest

from dashboard.process import Actor, Forbidden, Process
from dashboard.processbook import load_processes, read_process
from dashboard.terms import MAIN_STEPS, Step

PROCESSES = {key: process for key, process in load_processes().items() if key != "external"}
"""Those of cities; `external` sets no limits and lets anybody do anything."""
SUZHOU, HUAIAN, TIANNING = (PROCESSES[key] for key in ("suzhou", "huaian", "tianning"))

R, A, G, H, T, S, F, E = MAIN_STEPS
X, B, M, C, P, U = Step.extended, Step.returned, Step.merged, Step.cancelled, Step.paused, Step.resumed
OFF = {M, C}

MINIMAL = """
key: two
name: {zh: 两步, en: Two}
source: made up
steps:
  - {step: reported, name: {zh: 发现, en: Found}, next: [handling]}
  - {step: handling, name: {zh: 处置, en: Handled}, next: [tracked, evaluated]}
  - {step: tracked, name: {zh: 跟踪, en: Tracked}, optional: true, next: [evaluated]}
  - {step: evaluated, name: {zh: 评价, en: Judged}}
closed_at: evaluated
"""


def minimal(old: str = "", new: str = "", more: str = "") -> Process:
    """The smallest process there is, with something changed or added."""
    assert old in MINIMAL
    return read_process((MINIMAL.replace(old, new, 1) + more).encode(), "two.yaml")


def own(process: Process) -> list[Step]:
    """Its steps, in order."""
    return [entry.step for entry in process.steps]


def places_to_stand(process: Process) -> list[Step]:
    """Where an event can stand, on the queue or off it."""
    return [*own(process), M, C]


def refusal(process: Process, current: Step, step: Step, actor: Actor = Actor.chief, **asked: object) -> Forbidden:
    """The refusal of a step that must be refused."""
    with pytest.raises(Forbidden) as caught:
        process.judge(current, step, actor, **asked)  # type: ignore[arg-type]  # names and types as `judge` has them
    return caught.value
