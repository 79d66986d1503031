"""How a city works its matters: its processes, which of them an event follows, and its working days.

Joins `process` (what a profile says, spans as texts) with `workdays` (which makes instants of spans). Reads no clock
and keeps nothing about any event.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from dashboard.process import Process
from dashboard.processbook import Choices, choose, load_processes
from dashboard.terms import Severity, Step
from dashboard.workdays import Span, Unit, WorkClock

parse = lru_cache(Span.parse)
"""A span from its text, read once."""


class Procedure:
    """Processes by key, the rules that choose among them, and the clock their spans run by."""

    def __init__(
        self,
        processes: Mapping[str, Process] | None = None,
        choices: Choices | None = None,
        clock: WorkClock | None = None,
    ) -> None:
        """Without more: the shipped processes, Suzhou's for everything, and ordinary office hours."""
        self.processes = dict(processes or load_processes())
        self.choices = choices or Choices("suzhou")
        self.clock = clock or WorkClock()
        self.default = self.processes[self.choices.default]

    def choose(self, category: str, severity: Severity, channel: str, whistle: bool, declared: str) -> Process:
        """The process of a new event. Raises ProcessError when its report declares one there is not."""
        return choose(
            self.processes, self.choices,
            category=category, severity=severity, channel=channel, whistle=whistle, declared=declared,
        )  # fmt: skip

    def of(self, key: str) -> Process:
        """The process of a known event; the city's default for one whose process is there no longer."""
        return self.processes.get(key, self.default)

    def add(self, start_ms: int, span: str | None) -> int | None:
        """When a span that starts now ends, UTC ms; None for no span."""
        return None if span is None else self.clock.add(start_ms, parse(span))

    def moved(self, due_ms: int | None, span: str | None, paused_ms: int, resumed_ms: int) -> int | None:
        """Where a pause moves a limit; one without a span (it came as an instant) runs by the clock."""
        if due_ms is None:
            return None
        unit = parse(span).unit if span else Unit.hour
        return self.clock.moved(due_ms, unit, paused_ms, resumed_ms)

    def limit(self, process: Process, severity: Severity, at: Step, at_ms: int) -> int | None:
        """The limit of the whole case, if it begins at this step."""
        return self.add(at_ms, process.limit(severity)) if at is process.limit_start else None

    def uncertain(self, process: Process, severity: Severity, from_ms: int, due_ms: int | None) -> list[int]:
        """The years whose holidays nobody knows yet, if the limit of a case counts working time in them."""
        span = process.limit(severity)
        if due_ms is None or span is None or parse(span).unit not in (Unit.working_day, Unit.working_hour):
            return []
        try:
            return list(self.clock.unknown(from_ms, due_ms))
        except ValueError:  # beyond every calendar: an instant somebody gave, nothing that was counted
            return []

    def step_due(self, process: Process, severity: Severity, at: Step, at_ms: int) -> int | None:
        """When an event should have left the step it entered now."""
        return self.add(at_ms, process.within(at, severity)) if at in process.places else None
