"""Position reports on their way into the picture and the archive: always a batch, and never one that cannot be."""

from __future__ import annotations

from itertools import compress

import msgspec

from dashboard.codec import Malformed, instant
from dashboard.model import WorkerFix, WorkerFixes

FUTURE_MS = 5 * 60_000
"""A fix this far ahead of the log's own clock would hide every later true one, so it is refused."""


def as_batch(data: WorkerFix | WorkerFixes, appended_ms: int) -> WorkerFixes:
    """Position reports as a batch. Raises Malformed for an instant that is none, or far from when the log took it."""
    if isinstance(data, WorkerFix):
        at = instant("data.fix_time", data.fix_time)
        data = WorkerFixes(
            [data.worker_id], [data.lat], [data.lon], [at], battery=[data.battery], located=[data.located]
        )  # fmt: skip
    if data.fix_time and max(data.fix_time) > appended_ms + FUTURE_MS:
        raise Malformed("data.fix_time", str(max(data.fix_time)), "is ahead of the log's clock by over 5 minutes")
    if data.fix_time and min(data.fix_time) < 0:
        raise Malformed("data.fix_time", str(min(data.fix_time)), "is before 1970")
    return data if data.located is None or all(data.located) else _located(data, data.located)


def _located(data: WorkerFixes, located: list[bool]) -> WorkerFixes:
    """The reports that say where somebody is; the others say where they were."""
    columns = {name: getattr(data, name) for name in ("worker_id", "lat", "lon", "fix_time", "battery")}
    kept = {name: None if column is None else [*compress(column, located)] for name, column in columns.items()}
    return msgspec.structs.replace(data, **kept, located=None)
