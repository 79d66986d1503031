"""The duty board: how many workers are doing what, by district, as of an instant.

Counts only; it changes nothing in the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.fleet import Fleet
from dashboard.model import Duty
from dashboard.regions import Level, Regions

BoardRow = dict[str, int | str]
_ON = {Duty.available: "available", Duty.dispatched: "dispatched", Duty.en_route: "en_route", Duty.on_scene: "on_scene"}


@dataclass(frozen=True, slots=True)
class Freshness:
    """When a fix counts as stale, and when its worker counts as lost: milliseconds."""

    stale_ms: int = 60_000
    lost_ms: int = 300_000


def board(
    fleet: Fleet, district: NDArray[np.int64], codes: Sequence[str], now_ms: int, limits: Freshness
) -> dict[str, object]:
    """Counts by district and in total.

    `district` is each worker's index into `codes`, −1 outside all of them (counted in the total only). A worker on
    duty is in exactly one of available, dispatched, en_route, on_scene, lost, so that the five add up to `on`; `stale`
    counts those not lost whose fix is older than `limits.stale_ms`.
    """
    n = len(fleet)
    duty, age = fleet.duty[:n], now_ms - fleet.fix_ms[:n]
    on = (duty >= Duty.available) & (duty <= Duty.on_scene)
    lost = on & (age > limits.lost_ms)
    masks = {
        "total": np.ones(n, bool), "on": on, "lost": lost, "stale": on & ~lost & (age > limits.stale_ms), "off": ~on,
        **{name: on & ~lost & (duty == value) for value, name in _ON.items()},
    }  # fmt: skip
    counts = {name: np.bincount(district[mask] + 1, minlength=len(codes) + 1) for name, mask in masks.items()}
    rows = [{"code": code, **{k: int(c[i + 1]) for k, c in counts.items()}} for i, code in enumerate(codes)]
    return {"districts": rows, "total": {"code": "", **{k: int(c.sum()) for k, c in counts.items()}}}


class Districts:
    """Each worker's district, by the region of the profile or, without one, by where the worker is."""

    def __init__(self, codes: tuple[str, ...], regions: Regions) -> None:
        self._index = {code: k for k, code in enumerate(codes)}
        self._regions = regions
        self._grids = np.array([self._index.get(g.code[:6], -1) for g in regions.of_level(Level.grid)] + [-1], np.int64)
        self._seen: list[str] = []
        self._of = np.zeros(0, np.int64)

    def of(self, fleet: Fleet) -> NDArray[np.int64]:
        """Index into the codes for every row of `fleet`, −1 outside all of them."""
        if self._seen != fleet.regions:
            self._seen = list(fleet.regions)
            self._of = np.array([self._index.get(region[:6], -1) for region in self._seen], np.int64)
        placed = self._of.copy()
        stray = np.flatnonzero((placed < 0) & (fleet.fix_ms[: len(fleet)] >= 0))
        if len(stray):
            grid = self._regions.locate_many(fleet.lat[stray] / 1e6, fleet.lon[stray] / 1e6)
            placed[stray] = self._grids[grid]
        return placed
