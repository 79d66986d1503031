"""A city's worth of made-up records for the benchmarks that need no processes."""

from __future__ import annotations

import numpy as np

from dashboard import codec
from dashboard.cities import load_city
from dashboard.model import TYPES, Data, WorkerFix, WorkerFixes
from dashboard.picture import Picture
from dashboard.record import Entry, Record

NOW_MS = 1_800_000_000_000
WORKERS = 13_080


def picture() -> Picture:
    """An empty picture of the demo city."""
    regions = load_city("changzhou").regions
    return Picture(regions.locate, regions.node)


def entry(number: int, kind: str, data: Data) -> Entry:
    """One stream entry as the log would return it."""
    record = Record(str(number), "bench", kind, NOW_MS, data)
    fields = {name.encode(): value for name, value in codec.encode(record).items()}
    return Entry(TYPES[kind][1], f"{NOW_MS + number}-0", fields)


def sweep(second: int, per_entry: int) -> list[Entry]:
    """One fix of every worker, `per_entry` to an entry."""
    dice = np.random.default_rng(second)
    lat, lon = 31.7 + dice.random(WORKERS) / 10, 119.9 + dice.random(WORKERS) / 10
    ids = [f"W{n:05d}" for n in range(WORKERS)]
    return [
        entry(second * WORKERS + k, "worker.fixes", WorkerFixes(
            ids[k : k + per_entry], lat[k : k + per_entry].tolist(), lon[k : k + per_entry].tolist(),
            [NOW_MS + second * 1000] * len(ids[k : k + per_entry]),
        ))
        for k in range(0, WORKERS, per_entry)
    ]  # fmt: skip


def singles(second: int) -> list[Entry]:
    """The same, one fix to an entry."""
    dice = np.random.default_rng(second)
    return [
        entry(second * WORKERS + n, "worker.fix", WorkerFix(
            f"W{n:05d}", 31.7 + dice.random() / 10, 119.9 + dice.random() / 10, NOW_MS + second * 1000
        ))
        for n in range(WORKERS)
    ]  # fmt: skip
