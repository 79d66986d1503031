"""The archive of fixes: how its folder is laid out, and which of its files count. It reads names, not fixes.

`fixes/day=2026-03-12/<first>-<last>.parquet` holds fixes taken on one of the city's days, out of the log's entries
`first` to `last` (entry ids). Whoever takes a range writes last into the day of its last entry, so that the newest id
there, at home, says what the archive has taken.

Files are merged into sixteen: workers are spread over them by the first hex digit of their id's MD5, so that one
worker's day is a few row groups of one small file. Files are written under another name and renamed, never changed.
Which of them count is told by `pieces`.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import md5
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from dashboard import clock
from dashboard.codec import Malformed, decode
from dashboard.fixbatch import as_batch
from dashboard.model import WorkerFix, WorkerFixes
from dashboard.pieces import NOTHING, Id, Piece, by_day, day_dir, live, name_of
from dashboard.record import Entry

STREAM = "wall:positions"

Columns = dict[str, NDArray[Any]]
"""Fixes: `worker` (str), `t` (UTC ms), `lat` and `lon` (1e-6°, WGS-84), of equal length."""


def fixes_dir(folder: Path) -> Path:
    """Where the days are."""
    return folder / "fixes"


def path_of(folder: Path, day: str, first: Id, last: Id, share: str = "") -> Path:
    """Where the fixes of one day out of a range of entries belong, of everybody or of a share of the workers."""
    return day_dir(fixes_dir(folder), day) / name_of(first, last, share)


def share_of(worker: str) -> str:
    """Which of the `SHARES` a worker is in."""
    return md5(worker.encode(), usedforsecurity=False).hexdigest()[0]


def pieces(folder: Path) -> dict[str, list[Piece]]:
    """The pieces that count by day, both in order. A missing folder is an empty archive; else raises OSError."""
    return {day: live(found) for day, found in everything(folder).items()}


def everything(folder: Path) -> dict[str, list[Piece]]:
    """All pieces by day, also those that have been merged, or are not whole. Raises OSError."""
    return by_day(fixes_dir(folder))


def newest(days: dict[str, list[Piece]]) -> Id:
    """The newest entry that has been archived with all before it."""
    return max((piece.last for found in days.values() for piece in found if piece.home), default=NOTHING)


def since_ms(days: dict[str, list[Piece]]) -> int | None:
    """From when on the archive misses nothing, UTC ms; None when it is empty.

    It begins with the first entry it took. Once days have been dropped for their age, it begins with the oldest day
    left, whose first file may reach into the day before.
    """
    held = {day: found for day, found in days.items() if found}
    if not held:
        return None
    began = min(piece.first[0] for found in held.values() for piece in found)
    return max(began, clock.city_day_start(min(held)))


def columns(entries: Sequence[Entry]) -> Columns:
    """The fixes in log entries, in their order; what the fold refuses is left out here too."""
    batches = [batch for entry in entries if (batch := _accepted(entry)) is not None]
    workers = [worker for batch in batches for worker in batch.worker_id]
    return {
        "worker": np.array(workers, object),
        "t": _flat([batch.fix_time for batch in batches], np.int64),
        "lat": _flat([np.rint(np.array(batch.lat) * 1e6) for batch in batches], np.int32),
        "lon": _flat([np.rint(np.array(batch.lon) * 1e6) for batch in batches], np.int32),
    }


def _flat(parts: Sequence[object], dtype: type) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype), *(np.asarray(part, dtype) for part in parts)])


def _accepted(entry: Entry) -> WorkerFixes | None:
    try:
        return as_batch(cast("WorkerFix | WorkerFixes", decode(entry).data), entry.appended_ms)
    except Malformed:
        return None


def joined(parts: Sequence[Columns]) -> Columns:
    """Several of them as one."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def picked(fixes: Columns, keep: NDArray[np.bool_] | NDArray[np.int64]) -> Columns:
    """The fixes that `keep` marks or numbers."""
    return {name: column[keep] for name, column in fixes.items()}
