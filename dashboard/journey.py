"""What a run of fixes says about a way: where it breaks, where somebody stayed, how far and how fast they went.

Fixes are columns in time order, each instant once: `t` UTC ms, `lat` and `lon` in 1e-6° (WGS-84). It knows neither
workers nor where fixes come from.

* **Gap**: more than `GAP_MS` between two fixes. Nothing is known of it, so nothing is drawn or counted across it.
* **Leg**: the fixes between two gaps. A **step** leads from one fix of a leg to the next.
* **Stop**: at least `STOP_MS` within `STOP_M` of its first fix, inside one leg. It lasts from its first fix to the last
  one before the worker leaves that circle for the first time; its place is the median of its fixes.
* **Jump**: a step faster than `JUMP_MPS`, over at least a second. It is a receiver's fault, and counted as such only.
* **Distance**: the sum of great-circle steps that are neither jumps nor inside a stop, where a receiver's noise would
  add up to kilometres. **Moving time** is the time of those same steps, **top speed** the fastest of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

GAP_MS = 180_000
STOP_MS = 300_000
STOP_M = 50.0
JUMP_MPS = 60.0
EARTH_M = 6_371_008.8
_LOOK_AHEAD = 256

I64 = NDArray[np.int64]
I32 = NDArray[np.int32]
F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stop:
    """Where somebody stayed: rows `first` to `last` (both inside), median place in 1e-6°."""

    first: int
    last: int
    lat: int
    lon: int


@dataclass(frozen=True, slots=True)
class Journey:
    """A way in figures. `gaps` are the rows before each gap; metres, milliseconds, metres a second."""

    stops: list[Stop]
    gaps: list[int]
    distance_m: float
    moving_ms: int
    top_mps: float
    jumps: int


def journey(t: I64, lat: I32, lon: I32) -> Journey:
    """The way that fixes tell of; see the module for what is counted."""
    gap = np.diff(t) > GAP_MS
    stops = list(_stops(t, lat, lon, gap))
    metres = steps_m(lat, lon)
    seconds = np.maximum(np.diff(t), 1000) / 1000
    jump = ~gap & (metres / seconds > JUMP_MPS)
    counts = ~gap & ~jump
    for stop in stops:
        counts[stop.first : stop.last] = False
    return Journey(
        stops, np.flatnonzero(gap).tolist(), float(metres[counts].sum()), int(np.diff(t)[counts].sum()),
        float((metres / seconds)[counts].max(initial=0.0)), int(jump.sum()),
    )  # fmt: skip


def legs(t: I64) -> list[slice]:
    """The rows of each unbroken leg, in order."""
    cuts = [0, *(np.flatnonzero(np.diff(t) > GAP_MS) + 1).tolist(), len(t)]
    return [slice(a, b) for a, b in pairwise(cuts) if b > a]


def steps_m(lat: I32, lon: I32) -> F64:
    """Great-circle metres from each fix to the next."""
    return distance_m(lat[:-1], lon[:-1], lat[1:], lon[1:])


def distance_m(lat_a: I32, lon_a: I32, lat_b: I32, lon_b: I32) -> F64:
    """Great-circle metres between places in 1e-6° (haversine on the mean sphere)."""
    a, b = np.radians(np.asarray(lat_a) / 1e6), np.radians(np.asarray(lat_b) / 1e6)
    across = np.radians((np.asarray(lon_b, np.int64) - np.asarray(lon_a, np.int64)) / 1e6)
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(across / 2) ** 2
    metres: F64 = 2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(h, 1.0)))
    return metres


def thinned(t: I64, found: Journey, limit: int) -> I64:
    """Rows enough to draw a way, in order: both ends, both sides of every gap and stop, and every k-th of the others.

    About `limit` rows at most; more only when ends, gaps and stops alone are more.
    """
    if len(t) <= limit:
        return np.arange(len(t))
    keep = np.zeros(len(t), bool)
    keep[[0, -1]] = True
    for row in found.gaps:
        keep[row : row + 2] = True
    for stop in found.stops:
        keep[[stop.first, stop.last]] = True
    others = np.flatnonzero(~keep)
    room = max(1, limit - int(keep.sum()))
    keep[others[:: max(1, -(-len(others) // room))]] = True
    return np.flatnonzero(keep)


def _stops(t: I64, lat: I32, lon: I32, gap: NDArray[np.bool_]) -> Iterator[Stop]:
    """Stops in order, none overlapping another."""
    free = 0
    for start in _may_begin(t, lat, lon, gap).tolist():
        if start < free:
            continue
        last = _stays_until(lat, lon, start, _leg_end(gap, start))
        if t[last] - t[start] >= STOP_MS:
            stay = slice(start, last + 1)
            yield Stop(start, last, int(np.median(lat[stay])), int(np.median(lon[stay])))
            free = last + 1


def _may_begin(t: I64, lat: I32, lon: I32, gap: NDArray[np.bool_]) -> I64:
    """Rows at which a stop may begin: `STOP_MS` later the leg still goes on, and is within reach."""
    later = np.searchsorted(t, t + STOP_MS)
    rows = np.flatnonzero(later < len(t))
    later = later[rows]
    gaps_before = np.concatenate([[0], np.cumsum(gap)])
    near = distance_m(lat[rows], lon[rows], lat[later], lon[later]) <= STOP_M
    found: I64 = rows[near & (gaps_before[rows] == gaps_before[later])]
    return found


def _leg_end(gap: NDArray[np.bool_], row: int) -> int:
    """The last row of the leg that `row` is in."""
    for at in range(row, len(gap), _LOOK_AHEAD):
        found = np.flatnonzero(gap[at : at + _LOOK_AHEAD])
        if len(found):
            return at + int(found[0])
    return len(gap)


def _stays_until(lat: I32, lon: I32, start: int, end: int) -> int:
    """The last row up to `end` before the first that is out of reach of `start`."""
    for at in range(start + 1, end + 1, _LOOK_AHEAD):
        rows = slice(at, min(at + _LOOK_AHEAD, end + 1))
        away = np.flatnonzero(distance_m(lat[start], lon[start], lat[rows], lon[rows]) > STOP_M)
        if len(away):
            return at + int(away[0]) - 1
    return end
