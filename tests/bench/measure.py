"""One measured line, and a stopwatch."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
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


class Stolen:
    """The share of this machine's time that its host gave to others since the last call: above a few percent, times
    that have to be kept within milliseconds say more of the host than of the wall (Linux; nothing elsewhere).
    """

    def __init__(self) -> None:
        self._before = self._read()

    def percent(self) -> float:
        before, self._before = self._before, self._read()
        total, stolen = (now - then for now, then in zip(self._before, before, strict=True))
        return 100 * stolen / total if total else 0.0

    @staticmethod
    def _read() -> tuple[int, int]:
        stat = Path("/proc/stat")
        ticks = [int(part) for part in stat.read_text().split("\n", 1)[0].split()[1:9]] if stat.exists() else [0] * 8
        return sum(ticks), ticks[7]


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
