"""After a start from a snapshot: the fixes the log still holds from before it, so that tracks reach back.

Runs beside the live fold, newest first and in small bites, so that frames are not held up. It changes no picture.
"""

from __future__ import annotations

from threading import Event
from typing import Protocol, cast

import numpy as np

from dashboard.codec import Malformed, decode
from dashboard.fleet import Fleet
from dashboard.model import WorkerFix, WorkerFixes
from dashboard.picture import as_batch
from dashboard.record import Entry
from dashboard.tracks import KIND, Fixes, Tracks

BITE_MS = 5_000
PAUSE_S = 0.05
_STREAM = "wall:positions"


class History(Protocol):
    """What is needed of the log."""

    def between(self, stream: str, first: str, last: str, count: int) -> list[Entry]:
        """Entries of a stream by id, oldest first."""


def fill(tracks: Tracks, fleet: Fleet, history: History, end_ms: int, start_ms: int, stop: Event) -> None:
    """Put the fixes appended in [start, end] before those `tracks` already holds."""
    for upper in range(end_ms, start_ms, -BITE_MS):
        lower = max(start_ms, upper - BITE_MS)
        entries = history.between(_STREAM, str(lower), str(upper - 1), 100_000)
        tracks.prepend(_fixes(entries, fleet), lower)
        if stop.wait(PAUSE_S):
            return


def _fixes(entries: list[Entry], fleet: Fleet) -> Fixes:
    parts = [_of(entry, fleet) for entry in entries]
    return np.concatenate(parts) if parts else np.zeros(0, KIND)


def _of(entry: Entry, fleet: Fleet) -> Fixes:
    try:
        data = as_batch(cast("WorkerFix | WorkerFixes", decode(entry).data), entry.appended_ms)
    except Malformed:  # the live fold has refused it already
        return np.zeros(0, KIND)
    rows = np.array([fleet.row_of.get(worker, -1) for worker in data.worker_id])
    fixes = np.empty(len(rows), KIND)
    fixes["row"], fixes["fix_ms"] = rows, data.fix_time
    fixes["lat"], fixes["lon"] = np.rint(np.array(data.lat) * 1e6), np.rint(np.array(data.lon) * 1e6)
    return fixes[rows >= 0]
