"""After a start from a snapshot: the fixes the log still holds from before it, so that tracks reach back.

Runs beside the live fold, newest first and in small bites, so that frames are not held up. It changes no picture.
"""

from __future__ import annotations

from threading import Event
from typing import Protocol

import numpy as np

from dashboard import archive
from dashboard.fleet import Fleet
from dashboard.record import Entry
from dashboard.tracks import KIND, Fixes, Tracks

BITE_MS = 5_000
PAUSE_S = 0.05


class History(Protocol):
    """What is needed of the log."""

    def between(self, stream: str, first: str, last: str, count: int) -> list[Entry]:
        """Entries of a stream by id, oldest first."""


def fill(tracks: Tracks, fleet: Fleet, history: History, end_ms: int, start_ms: int, stop: Event) -> None:
    """Put the fixes appended in [start, end] before those `tracks` already holds."""
    for upper in range(end_ms, start_ms, -BITE_MS):
        lower = max(start_ms, upper - BITE_MS)
        entries = history.between(archive.STREAM, str(lower), str(upper - 1), 100_000)
        tracks.prepend(fixes_of(entries, fleet), lower)
        if stop.wait(PAUSE_S):
            return


def fixes_of(entries: list[Entry], fleet: Fleet) -> Fixes:
    """The fixes in `entries` of workers the fleet knows, in the order of the log (see `tracks.KIND`)."""
    found = archive.columns(entries)
    fixes = np.empty(len(found["t"]), KIND)
    fixes["row"] = [fleet.row_of.get(worker, -1) for worker in found["worker"].tolist()]
    fixes["fix_ms"], fixes["lat"], fixes["lon"] = found["t"], found["lat"], found["lon"]
    return fixes[fixes["row"] >= 0]
