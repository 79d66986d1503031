"""What leaves for the browsers: snapshots and deltas as one binary blob each.

A blob is ``4SF1``, the header's length (uint32), the header (JSON, padded with spaces), then the columns named in
``header.cols`` as ``[name, dtype, length]``, each padded to 8 bytes; everything little-endian. Positions travel only as
columns. Every header carries a digest of what a viewer now holds, so that a browser can prove it missed nothing.

Encoding is done once per frame, whoever watches; who watches is `push`'s business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from dashboard import workflow
from dashboard.events import EventState
from dashboard.fleet import Fleet, Rows
from dashboard.regions import Regions

MAGIC = b"4SF1"
_ENCODER = msgspec.json.Encoder()
_MAX_AGE = 2**31 - 1
Columns = Iterable[tuple[str, NDArray[np.generic]]]


def pack(header: Mapping[str, object], columns: Columns = ()) -> bytes:
    """One blob from a header and named columns."""
    parts = [(name, array, array.astype(array.dtype.newbyteorder("<")).tobytes()) for name, array in columns]
    cols = [[name, array.dtype.str[1:], len(array)] for name, array, _ in parts]
    text = _ENCODER.encode({**header, "cols": cols})
    text += b" " * (-len(text) % 8)
    body = b"".join(raw + bytes(-len(raw) % 8) for _, _, raw in parts)
    return MAGIC + len(text).to_bytes(4, "little") + text + body


def unpack(blob: bytes) -> tuple[dict[str, object], dict[str, NDArray[np.generic]]]:
    """The header and columns of a blob. Raises ValueError when it is not one."""
    if blob[:4] != MAGIC:
        raise ValueError("not a frame")
    size = int.from_bytes(blob[4:8], "little")
    header = msgspec.json.decode(blob[8 : 8 + size])
    columns, offset = {}, 8 + size
    for name, dtype, length in header.pop("cols"):
        kind = np.dtype(f"<{dtype}")
        columns[name] = np.frombuffer(blob, kind, length, offset)
        offset += length * kind.itemsize + (-length * kind.itemsize % 8)
    return header, columns


class Wire:
    """What viewers have been told, and the digest of it."""

    def __init__(self, fleet: Fleet, regions: Regions) -> None:
        self._fleet, self._regions = fleet, regions
        self._row_digest = np.zeros(1024, np.uint32)
        self._events: dict[str, int] = {}
        self._sum = 0
        self._place: dict[str, str] = {}

    @property
    def digest(self) -> int:
        """Sum, modulo 2**32, of `worker_digest` over all rows and `text_digest("id:version")` over open events."""
        return (self._sum + sum(self._events.values())) % 2**32

    def workers(self, rows: Rows, now_ms: int) -> Columns:
        """The columns of `rows` (each once): row, lon, lat (1e-6°), age of the fix (ms), flag (duty + 8 · role)."""
        fleet = self._fleet
        lon, lat = fleet.lon[rows], fleet.lat[rows]
        flag = fleet.duty[rows] + (fleet.role[rows] << 3)
        self._account(rows, worker_digest(rows, lon, lat, flag))
        age = np.clip(now_ms - fleet.fix_ms[rows], -_MAX_AGE, _MAX_AGE).astype(np.int32)
        return [("row", rows.astype(np.uint32)), ("lon", lon), ("lat", lat), ("age", age), ("flag", flag)]

    def roster(self, rows: Rows) -> dict[str, object]:
        """Who the workers of `rows` are."""
        fleet, picked = self._fleet, rows.tolist()
        return {
            "rows": picked,
            "ids": [fleet.ids[r] for r in picked],
            "names": [fleet.names[r] for r in picked],
            "regions": [fleet.regions[r] for r in picked],
        }

    def events(self, states: Iterable[EventState]) -> dict[str, object]:
        """Open events to put, ids of the others to delete."""
        put, gone = [], []
        for state in states:
            if state.open:
                self._events[state.id] = text_digest(f"{state.id}:{state.version}")
                put.append(self._event(state))
            elif self._events.pop(state.id, None) is not None:
                gone.append(state.id)
        return {"put": put, "del": gone}

    def _event(self, state: EventState) -> dict[str, object]:
        if state.region not in self._place:
            self._place[state.region] = self._regions.place(state.region)
        return {
            "id": state.id, "title": state.title, "cat": state.category, "sev": state.severity,
            "lat": state.lat, "lon": state.lon, "region": state.region, "place": self._place[state.region],
            "channel": state.channel, "dept": state.department, "worker": state.worker_id, "step": state.step,
            "n": workflow.place(state.step), "reported": state.reported_ms, "step_at": state.step_ms,
            "due": state.due_ms, "v": state.version,
        }  # fmt: skip

    def _account(self, rows: Rows, digests: NDArray[np.uint32]) -> None:
        while len(rows) and int(rows.max()) >= len(self._row_digest):
            self._row_digest = np.concatenate([self._row_digest, np.zeros_like(self._row_digest)])
        before = int(self._row_digest[rows].sum(dtype=np.uint64))
        self._row_digest[rows] = digests
        self._sum += int(digests.sum(dtype=np.uint64)) - before


def worker_digest(
    rows: Rows, lon: NDArray[np.int32], lat: NDArray[np.int32], flag: NDArray[np.uint8]
) -> NDArray[np.uint32]:
    """One 32-bit hash per worker row; `assets/wall/wire.mjs` computes the same."""
    h = (rows.astype(np.uint32) + np.uint32(1)) * np.uint32(0x9E3779B1)
    h ^= lon.view(np.uint32) * np.uint32(0x85EBCA6B)
    h ^= lat.view(np.uint32) * np.uint32(0xC2B2AE35)
    h ^= (flag.astype(np.uint32) + np.uint32(1)) * np.uint32(0x27D4EB2F)
    h = (h ^ (h >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
    return h ^ (h >> np.uint32(12))


def text_digest(text: str) -> int:
    """FNV-1a, 32 bits, of UTF-8 text (Fowler, Noll, Vo)."""
    h = 0x811C9DC5
    for byte in text.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h
