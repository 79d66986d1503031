"""What a frame costs: binary columns against JSON per worker, in bytes and in milliseconds."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np

from dashboard import frames
from dashboard.cities import load_city
from tests.bench import scene
from tests.bench.measure import Line, milliseconds


def run() -> Iterator[Line]:
    """All 13,080 workers in one frame."""
    picture = scene.picture()
    for entry in scene.sweep(1, 60):
        picture.apply(entry)
    wire, rows, fleet = (
        frames.Wire(picture.fleet, load_city("changzhou").regions, picture.events.procedure),
        np.arange(scene.WORKERS),
        picture.fleet,
    )

    def ours() -> bytes:
        return frames.pack({"kind": "delta"}, wire.workers(rows, scene.NOW_MS))

    def baseline() -> bytes:
        return msgspec.json.encode([
            {"id": fleet.ids[r], "lat": float(fleet.lat[r]) / 1e6, "lon": float(fleet.lon[r]) / 1e6,
             "fix_time": int(fleet.fix_ms[r]), "duty": int(fleet.duty[r]), "role": int(fleet.role[r])}
            for r in rows
        ])  # fmt: skip

    yield Line("encode 13,080 moved workers (baseline: JSON)", milliseconds(ours), milliseconds(baseline), "ms", 0.1)
    yield Line("size of that frame (baseline: JSON)", len(ours()) / 1000, len(baseline()) / 1000, "kB", 0.25)
