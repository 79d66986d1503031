"""How fast the log becomes a picture: columns against one object per worker, batches against single fixes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import msgspec

from tests.bench import scene
from tests.bench.measure import Line, milliseconds


def run() -> Iterator[Line]:
    """Fold 13,080 fixes in batches of 60; the baseline decodes the same JSON and keeps a dict per worker."""
    seconds = count(1)
    picture = scene.picture()

    def ours() -> None:
        for entry in scene.sweep(next(seconds), 60):
            picture.apply(entry)

    plain: dict[str, dict[str, float]] = {}

    def baseline() -> None:
        for entry in scene.sweep(next(seconds), 60):
            data = msgspec.json.decode(entry.fields[b"data"])
            for who, lat, lon, at in zip(*(data[k] for k in ("worker_id", "lat", "lon", "fix_time")), strict=True):
                if who not in plain or plain[who]["fix_time"] < at:
                    plain[who] = {"lat": lat, "lon": lon, "fix_time": at}

    made = milliseconds(lambda: scene.sweep(next(seconds), 60))
    yield Line("fold 13,080 fixes, hashed (baseline: a dict per worker)", milliseconds(ours) - made,
               milliseconds(baseline) - made, "ms", 4)  # fmt: skip
    one = milliseconds(lambda: [scene.picture().apply(e) for e in scene.singles(next(seconds))], 3)
    many = milliseconds(lambda: [scene.picture().apply(e) for e in scene.sweep(next(seconds), 60)], 3)
    yield Line("13,080 fixes in batches of 60 (baseline: one per entry)", many, one, "ms", 0.25)
