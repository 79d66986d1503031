"""What leaves for the browsers: snapshots and deltas as one binary blob each.

A blob is ``4SF1``, the header's length (uint32), the header (JSON, padded with spaces), then the columns named in
``header.cols`` as ``[name, dtype, length]``, each padded to 8 bytes; everything little-endian. Positions travel only as
columns. Every header carries a digest of what a viewer now holds, so that a browser can prove it missed nothing.

A worker who moved a little since the last frame travels as the difference to it (columns `near.*`, in the narrowest
integers that hold them all), anybody else whole (`row lon lat age flag`).

Encoding is done once per frame, whoever watches; who watches is `push`'s business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from dashboard.eventstate import Call, EventState
from dashboard.fleet import Fleet, Rows
from dashboard.lifecycle import held
from dashboard.procedure import Procedure
from dashboard.regions import Regions

MAGIC = b"4SF1"
_ENCODER = msgspec.json.Encoder()
_MAX_AGE = 2**31 - 1
_SENT = np.dtype([("lon", "i4"), ("lat", "i4"), ("flag", "u1"), ("digest", "u4")])
Sent = NDArray[np.void]
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


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows with what viewers were told of them last and what is so now (fields of `_SENT`); `age` of the fix in ms."""

    rows: Rows
    before: Sent
    now: Sent
    age: NDArray[np.int32]

    @property
    def near(self) -> NDArray[np.bool_]:
        """Who can travel as a difference: told of before, the same flag, within 32,767e-6 degrees, a recent fix."""
        lon, lat = self._differences()
        known = (self.before["digest"] != 0) & (self.before["flag"] == self.now["flag"])
        near: NDArray[np.bool_] = known & (np.maximum(np.abs(lon), np.abs(lat)) < 2**15) & (self.age >= 0)
        return near & (self.age < 2**16)

    def columns(self, near: NDArray[np.bool_], pick: NDArray[np.int64] | None = None) -> Columns:
        """The rows (or those at the positions `pick`), differences where `near` says so."""
        at = np.arange(len(self.rows)) if pick is None else pick
        close, far = at[near[at]], at[~near[at]]
        lon, lat = self._differences()
        return [
            ("near.gap", narrow(np.diff(self.rows[close], prepend=-1) - 1, signed=False)),
            ("near.lon", narrow(lon[close])), ("near.lat", narrow(lat[close])),
            ("near.age", narrow(self.age[close], signed=False)),
            ("row", self.rows[far].astype(np.uint32)), ("lon", self.now["lon"][far]), ("lat", self.now["lat"][far]),
            ("age", self.age[far]), ("flag", self.now["flag"][far]),
        ]  # fmt: skip

    def _differences(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        lon, lat = (self.now[name].astype(np.int64) - self.before[name] for name in ("lon", "lat"))
        return lon, lat


def narrow(values: NDArray[np.int64] | NDArray[np.int32], *, signed: bool = True) -> NDArray[np.generic]:
    """The same numbers in the narrowest integers that hold them all."""
    kinds = ("i1", "i2", "i4") if signed else ("u1", "u2", "u4")
    low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    kind = next(k for k in kinds if np.iinfo(k).min <= low and high <= np.iinfo(k).max)
    return values.astype(kind)


class Wire:
    """What viewers have been told, and the digest of it."""

    def __init__(self, fleet: Fleet, regions: Regions, procedure: Procedure) -> None:
        self._fleet, self._regions, self._procedure = fleet, regions, procedure
        self._sent = np.zeros(1024, _SENT)
        self._events: dict[str, int] = {}
        self._sum = 0
        self._place: dict[str, str] = {}

    @property
    def digest(self) -> int:
        """Sum, modulo 2**32, of `worker_digest` over all rows and `text_digest("id:version")` over open events."""
        return (self._sum + self.events_digest) % 2**32

    @property
    def events_digest(self) -> int:
        """The same for those who are told of events alone."""
        return sum(self._events.values()) % 2**32

    def workers(self, rows: Rows, now_ms: int, *, whole: bool = False) -> Columns:
        """The columns of `rows` (rising, each once) for who holds all that was sent; `whole`: for who holds nothing."""
        moved = self.moved(rows, now_ms)
        return moved.columns(np.full(len(rows), not whole) & moved.near)

    def moved(self, rows: Rows, now_ms: int) -> Moved:
        """Where `rows` (rising, each once) are now, against what was sent last; from now on this is what was sent."""
        fleet = self._fleet
        while len(rows) and int(rows[-1]) >= len(self._sent):
            self._sent = np.concatenate([self._sent, np.zeros_like(self._sent)])
        before = self._sent[rows]
        now = np.empty(len(rows), _SENT)
        now["lon"], now["lat"] = fleet.lon[rows], fleet.lat[rows]
        now["flag"] = fleet.duty[rows] + (fleet.role[rows] << 3)
        now["digest"] = worker_digest(rows, now["lon"], now["lat"], now["flag"])
        self._sent[rows] = now
        self._sum += int(now["digest"].sum(dtype=np.uint64)) - int(before["digest"].sum(dtype=np.uint64))
        return Moved(rows, before, now, np.clip(now_ms - fleet.fix_ms[rows], -_MAX_AGE, _MAX_AGE).astype(np.int32))

    def digest_of(self, rows: Rows) -> int:
        """The digest of who holds these rows, and no events, as they were sent last."""
        return int(self._sent["digest"][rows].sum(dtype=np.uint64)) % 2**32

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
                put.append(self.event(state))
            elif self._events.pop(state.id, None) is not None:
                gone.append(state.id)
        return {"put": put, "del": gone}

    def event(self, state: EventState) -> dict[str, object]:
        """One event as browsers get it; `uncertain` is there only for the few it applies to."""
        if state.region not in self._place:
            self._place[state.region] = self._regions.place(state.region)
        still = held(state, self._procedure)
        process = self._procedure.of(state.process)
        years = self._procedure.uncertain(process, state.level, state.reported_ms, state.due_ms)
        return {
            "id": state.id, "title": state.title, "cat": state.category, "sev": state.severity,
            "lat": state.lat, "lon": state.lon, "region": state.region, "place": self._place[state.region],
            "channel": state.channel, "dept": state.department, "worker": state.worker_id, "step": state.step,
            "process": state.process, "n": process.place(state.step),
            "reported": state.reported_ms, "step_at": state.step_ms, "v": state.version,
            "due": None if still else state.due_ms, "step_due": None if still else state.step_due_ms,
            "paused": state.paused_ms, "until": state.until_ms, "left": _left(state) if still else None,
            "seat": state.seat, "told": state.told,
            "urged": state.urged, "extended": state.extended, "returned": state.returned,
            "whistle": state.call and _whistle(state.call), "media": state.media, "merged": state.merged,
            **({"uncertain": years} if years else {}),
        }  # fmt: skip


def _left(state: EventState) -> int | None:
    """What was left of the limit when the event was paused, ms of the clock."""
    return None if state.due_ms is None or state.paused_ms is None else state.due_ms - state.paused_ms


def _whistle(call: Call) -> dict[str, object]:
    return {
        "level": call.level, "at": call.at_ms, "due": call.due_ms, "departments": call.departments, "in": call.checked,
    }  # fmt: skip


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
