"""Utilisation (在忙率): of the time workers were on duty today, the share in which they were at work on an event.

On duty is available, dispatched, en route or on scene; at work is on duty but not available. Time is added up once a
second per worker, so that any region and role can be asked for. A replica's memory, not the picture: it begins with the
process, begins again at the city's midnight, and `since_ms` says when.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dashboard.clock import city_midnight
from dashboard.fleet import Fleet
from dashboard.model import Duty

LONGEST_MS: Final = 5_000
"""A pause between two calls longer than this is not counted: nobody knows what happened meanwhile."""

Millis = NDArray[np.int64]


class Workload:
    """Milliseconds on duty and at work, by row of the fleet, since `since_ms` (UTC; None before the first call)."""

    def __init__(self) -> None:
        self.on: Millis = np.zeros(0, np.int64)
        self.busy: Millis = np.zeros(0, np.int64)
        self.since_ms: int | None = None
        self._at = 0

    def follow(self, fleet: Fleet, now_ms: int) -> None:
        """Count the time since the last call towards what everybody is doing now."""
        n = len(fleet)
        self._begin(now_ms)
        if n > len(self.on):
            self.on, self.busy = _longer(self.on, n), _longer(self.busy, n)
        passed = now_ms - self._at
        self._at = now_ms
        if not 0 < passed <= LONGEST_MS:
            return
        duty = fleet.duty[:n]
        on = (duty >= Duty.available) & (duty <= Duty.on_scene)
        self.on[:n] += passed * on
        self.busy[:n] += passed * (on & (duty != Duty.available))

    def _begin(self, now_ms: int) -> None:
        midnight = city_midnight(now_ms)
        if self.since_ms is None or self.since_ms < midnight:
            self.since_ms = now_ms if self.since_ms is None else midnight
            self._at = now_ms if self._at == 0 else self._at
            self.on[:], self.busy[:] = 0, 0


def _longer(column: Millis, least: int) -> Millis:
    return np.concatenate([column, np.zeros(max(least - len(column), len(column)), np.int64)])
