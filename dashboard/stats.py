"""The duty board: how many workers are doing what, by region, as of an instant.

Counts only; it changes nothing in the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.fleet import Fleet
from dashboard.model import Duty
from dashboard.regions import Nodes, Regions, Scope

BoardRow = dict[str, int | str]
_ON = {Duty.available: "available", Duty.dispatched: "dispatched", Duty.en_route: "en_route", Duty.on_scene: "on_scene"}


@dataclass(frozen=True, slots=True)
class Freshness:
    """When a fix counts as stale, and when its worker counts as lost: milliseconds."""

    stale_ms: int = 60_000
    lost_ms: int = 300_000


def on_duty(fleet: Fleet) -> NDArray[np.bool_]:
    """Who can be sent: available, dispatched, en route or on scene; by row."""
    duty = fleet.duty[: len(fleet)]
    on: NDArray[np.bool_] = (duty >= Duty.available) & (duty <= Duty.on_scene)
    return on


def board(fleet: Fleet, node: Nodes, scope: Scope, now_ms: int, limits: Freshness) -> dict[str, object]:
    """Counts of the workers in `scope`, by its children (`districts`) and in total.

    `node` is each worker's region (see `Homes`); who is in none of the children counts in the total only. A worker on
    duty is in exactly one of available, dispatched, en_route, on_scene, lost, so that the five add up to `on`; `stale`
    counts those not lost whose fix is older than `limits.stale_ms`; `located` everybody, on duty or not, whose fix is
    not too old.
    """
    mine = np.flatnonzero(scope.inside(node))
    child, codes = scope.child(node[mine]), scope.codes
    duty, age = fleet.duty[mine], now_ms - fleet.fix_ms[mine]
    on = on_duty(fleet)[mine]
    lost = on & (age > limits.lost_ms)
    masks = {
        "total": np.ones(len(mine), bool), "on": on, "off": ~on, "located": age <= limits.lost_ms,
        "lost": lost, "stale": on & ~lost & (age > limits.stale_ms),
        **{name: on & ~lost & (duty == value) for value, name in _ON.items()},
    }  # fmt: skip
    counts = {name: np.bincount(child[mask] + 1, minlength=len(codes) + 1) for name, mask in masks.items()}
    rows = [{"code": code, **{k: int(c[i + 1]) for k, c in counts.items()}} for i, code in enumerate(codes)]
    return {"districts": rows, "total": {"code": "", **{k: int(c.sum()) for k, c in counts.items()}}}


class Homes:
    """Each worker's region, by the profile or, without one, by where the worker is."""

    def __init__(self, regions: Regions) -> None:
        self._regions = regions
        self._seen: list[str] = []
        self._of = self._placed = np.zeros(0, np.int64)
        self._digest = -1

    def of(self, fleet: Fleet) -> Nodes:
        """The node for every row of `fleet`, −1 outside the city; do not change it."""
        if self._digest != fleet.total_digest:  # asked for once per region somebody looks at, each second
            self._placed, self._digest = self._found(fleet), fleet.total_digest
        return self._placed

    def _found(self, fleet: Fleet) -> Nodes:
        if self._seen != fleet.regions:
            self._seen = list(fleet.regions)
            known = {code: self._regions.node(code) for code in set(self._seen)}
            self._of = np.array([known[code] for code in self._seen], np.int64)
        placed = self._of.copy()
        stray = np.flatnonzero((placed < 0) & (fleet.fix_ms[: len(fleet)] >= 0))
        if len(stray):
            placed[stray] = self._regions.nodes_at(fleet.lat[stray] / 1e6, fleet.lon[stray] / 1e6)
        return placed
