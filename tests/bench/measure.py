"""One measured line, and a stopwatch."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Line:
    """`ours` against `baseline` (same unit, same run); kept when ours ÷ baseline ≤ `target`, or without a target."""

    what: str
    ours: float
    baseline: float
    unit: str
    target: float | None = None

    @property
    def ratio(self) -> float:
        return self.ours / self.baseline

    @property
    def kept(self) -> bool:
        return self.target is None or self.ratio <= self.target

    def text(self) -> str:
        goal = "" if self.target is None else f"  target ≤ {self.target:g}  {'kept' if self.kept else 'MISSED'}"
        figures = f"{self.ours:10,.2f} vs {self.baseline:10,.2f} {self.unit:5}"
        return f"{self.what:58} {figures}  ratio {self.ratio:.3f}{goal}"


def taken(work: Callable[[], object], times: int) -> list[float]:
    """Run times of `work`, milliseconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append((time.perf_counter() - start) * 1000)
    return found


def milliseconds(work: Callable[[], object], times: int = 9) -> float:
    """Median run time of `work`."""
    return median(taken(work, times))
