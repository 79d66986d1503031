"""Workers as columns: who they are, where they last were, what they are doing.

One row per worker, numpy columns that double as they fill, so that 13,080 workers are one array operation and 300,000
are possible. The newest fix wins. Nothing here knows the time of day: freshness is `stats`' business.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import msgspec
import numpy as np
from numpy.typing import NDArray

NO_FIX = -(2**31)
"""Longitude and latitude of a worker who has never reported."""

NO_BATTERY = -1
"""Charge of a phone that has never said."""

Rows = NDArray[np.int64]

_COLUMNS: dict[str, tuple[str, int]] = {
    "lon": ("i4", NO_FIX),  # 1e-6 degrees, WGS-84
    "lat": ("i4", NO_FIX),
    "fix_ms": ("i8", -1),
    "duty": ("u1", 0),
    "role": ("u1", 0),
    "battery": ("i1", NO_BATTERY),  # percent
    "who": ("u8", 0),  # hash of id, name, region: what the other columns cannot tell
    "digest": ("u8", 0),
}
_K = [np.uint64(k) for k in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)]


class FleetState(msgspec.Struct):
    """The fleet as plain values, for snapshots."""

    ids: list[str]
    names: list[str]
    regions: list[str]
    columns: dict[str, bytes]


class Fleet:
    """Columns of workers; `rows` returned by the updates are the rows that changed."""

    lon: NDArray[np.int32]
    lat: NDArray[np.int32]
    fix_ms: NDArray[np.int64]
    duty: NDArray[np.uint8]
    role: NDArray[np.uint8]
    battery: NDArray[np.int8]
    who: NDArray[np.uint64]
    digest: NDArray[np.uint64]

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.names: list[str] = []
        self.regions: list[str] = []
        self.row_of: dict[str, int] = {}
        self.total_digest = 0
        self.version = 0
        """Counts up whenever somebody joins or becomes somebody else."""
        for name, (dtype, fill) in _COLUMNS.items():
            setattr(self, name, np.full(1024, fill, dtype))

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, ids: Sequence[str]) -> Rows:
        """Row numbers of worker ids, new rows for ids never seen."""
        try:
            return np.array(list(map(self.row_of.__getitem__, ids)), np.int64)
        except KeyError:
            return np.array([self._row(i) for i in ids], np.int64)

    def fixes(
        self,
        ids: Sequence[str],
        lat: Sequence[float],
        lon: Sequence[float],
        fix_ms: Sequence[int],
        battery: Sequence[float | None] | None = None,
    ) -> Rows:
        """Apply position reports, degrees and UTC ms; a report not newer than the one held is passed over.

        `battery` is a charge per report, see `percent`; a report without one leaves what is known. It is in no digest:
        two replicas agree on where people are even when one of them restored a snapshot that held no charges.
        """
        rows, at = self.rows(ids), np.array(fix_ms, np.int64)
        keep = _newest(rows, at)
        keep = keep[at[keep] > self.fix_ms[rows[keep]]]
        rows = rows[keep]
        self.fix_ms[rows] = at[keep]
        self.lat[rows] = np.rint(np.array(lat)[keep] * 1e6)
        self.lon[rows] = np.rint(np.array(lon)[keep] * 1e6)
        if battery is not None:
            charge = percent(battery)[keep]
            self.battery[rows] = np.where(charge == NO_BATTERY, self.battery[rows], charge)
        return self._touched(rows)

    def duties(self, ids: Sequence[str], duties: Sequence[int]) -> Rows:
        """Apply duty states (model.Duty values); the last of a worker's wins."""
        rows, values = self.rows(ids), np.array(duties, np.uint8)
        changed = np.zeros(len(rows), bool)
        for k, row in enumerate(rows):  # in order: the same worker may stand twice in one batch
            changed[k] = self.duty[row] != values[k]
            self.duty[row] = values[k]
        return self._touched(np.unique(rows[changed]))

    def profiles(self, ids: Sequence[str], names: Sequence[str], roles: Sequence[int], regions: Sequence[str]) -> Rows:
        """Apply profiles; returns every row named, changed or not."""
        rows = self.rows(ids)
        self.version += 1
        for row, name, role, region in zip(rows.tolist(), names, roles, regions, strict=True):
            self.names[row], self.regions[row] = name, region
            self.role[row] = role
            self.who[row] = _who(self.ids[row], name, region)
        return self._touched(np.unique(rows))

    def export(self) -> FleetState:
        """Everything, as plain values."""
        n = len(self)
        columns = {name: getattr(self, name)[:n].tobytes() for name in _COLUMNS}
        return FleetState(self.ids, self.names, self.regions, columns)

    @classmethod
    def restore(cls, state: FleetState) -> Fleet:
        """The fleet that `export` described."""
        fleet = cls()
        fleet.rows(state.ids)
        fleet.names, fleet.regions = list(state.names), list(state.regions)
        for name, (dtype, _) in _COLUMNS.items():
            if name in state.columns:  # an older version's snapshot holds fewer columns
                getattr(fleet, name)[: len(fleet)] = np.frombuffer(state.columns[name], dtype)
        fleet.total_digest = int(fleet.digest[: len(fleet)].sum(dtype=np.uint64))
        return fleet

    def _row(self, worker_id: str) -> int:
        row = self.row_of.get(worker_id)
        if row is not None:
            return row
        row = self.row_of[worker_id] = len(self.ids)
        self.version += 1
        self.ids.append(worker_id)
        self.names.append("")
        self.regions.append("")
        if row >= len(self.lon):
            self._grow()
        self.who[row] = _who(worker_id, "", "")
        return row

    def _grow(self) -> None:
        for name, (dtype, fill) in _COLUMNS.items():
            column = getattr(self, name)
            setattr(self, name, np.concatenate([column, np.full(len(column), fill, dtype)]))

    def _touched(self, rows: Rows) -> Rows:
        """Bring the digests of `rows` (each once) up to date."""
        if len(rows) == 0:
            return rows
        new = self._mix(rows)
        delta = int(new.sum(dtype=np.uint64)) - int(self.digest[rows].sum(dtype=np.uint64))
        self.digest[rows] = new
        self.total_digest = (self.total_digest + delta) % 2**64
        return rows

    def _mix(self, rows: Rows) -> NDArray[np.uint64]:
        h = self.who[rows] + self.fix_ms[rows].view(np.uint64) * _K[0]
        h ^= self.lon[rows].astype(np.int64).view(np.uint64) * _K[1]
        h = (h ^ (h >> np.uint64(29))) * _K[2]
        h ^= self.lat[rows].astype(np.int64).view(np.uint64) * _K[3]
        h += self.duty[rows].astype(np.uint64) * _K[1] + self.role[rows].astype(np.uint64) * _K[2]
        h = (h ^ (h >> np.uint64(32))) * _K[0]
        mixed: NDArray[np.uint64] = h ^ (h >> np.uint64(31))
        return mixed


def percent(charges: Sequence[float | None]) -> NDArray[np.int8]:
    """Charges as whole percent, `NO_BATTERY` for None and for what is no charge.

    Phones say 0 to 100, some 0 to 1: up to and including 1 it is read as a share. The price is that a phone which
    counts to 100 passes for full during its very last percent.

    >>> percent([0.25, 80.4, 1, None, 250]).tolist()
    [25, 80, 100, -1, -1]
    """
    said = np.array([NO_BATTERY if charge is None else charge for charge in charges], np.float64)
    scaled = np.where(said <= 1, said * 100, said)
    return np.where((said >= 0) & (scaled <= 100), np.rint(np.clip(scaled, 0, 100)), NO_BATTERY).astype(np.int8)


def _newest(rows: Rows, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions of the newest report of each row; of equally new ones the first."""
    order = np.lexsort((np.arange(len(rows))[::-1], at, rows))
    last = np.ones(len(rows), bool)
    last[:-1] = rows[order][1:] != rows[order][:-1]
    return np.sort(order[last])


def _who(worker_id: str, name: str, region: str) -> np.uint64:
    text = "\0".join((worker_id, name, region)).encode()
    return np.uint64(int.from_bytes(blake2b(text, digest_size=8).digest(), "little"))
