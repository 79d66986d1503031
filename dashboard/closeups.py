"""The frames of views: what those get who look closer, or at less, than everybody.

A region's sections and a KPI by region are replaced whole; the density of workers too. A tile's frames follow one
another like the common ones: each names the one before it and carries the digest of who is held now, so that a browser
notices a gap. Encodes; who looks is `views`', when to send the pipeline's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dashboard import frames, people
from dashboard.fleet import Rows
from dashboard.frames import Moved, Wire, pack
from dashboard.picture import Picture
from dashboard.sections import LAYERS, Sections
from dashboard.stats import on_duty
from dashboard.views import View, Views

DENSITY_MS = 150
"""The density goes out so often; after a pause two may follow at once, so that a burst need not wait for its end."""
LAYER_MS = 2000


@dataclass(slots=True)
class Held:
    """What those who look at a tile hold: the number of its newest frame, and the sum of its rows' digests."""

    seq: int
    digest: int


class Closeups:
    """One replica's views; the pipeline calls every method under its lock."""

    def __init__(self, picture: Picture, wire: Wire, sections: Sections) -> None:
        self._picture, self._wire, self._sections = picture, wire, sections
        self._tiles, self._hexagons = people.Tiles(picture.fleet), people.Hexagons(picture.fleet)
        self._held: dict[str, Held] = {}
        self._due: dict[str, int] = {}
        self._oldest: int | None = None
        self._density_ms = 0
        """When the next density were due if they had gone out evenly, UTC ms: one may leave that much early."""
        self.views = Views()

    def known(self, view: View) -> bool:
        """Whether there is such a view."""
        try:
            if view.kind == "scope":
                return bool(self._sections.scope(view.name))
            if view.kind == "tile":
                return bool(people.tile_number(view.name))
        except (KeyError, ValueError):
            return False
        return view.name in LAYERS if view.kind == "layer" else int(view.name) in people.LEVELS

    def watch(self) -> None:
        """Keep the books that the views now wanted need."""
        tiles = self.views.watched("tile")
        self._tiles.watch({people.tile_number(name)[0] for name in tiles})
        self._hexagons.watch({int(level) for level in self.views.watched("density")})
        self._held = {name: self._held.get(name) or self._begun(name) for name in tiles}

    def first(self, view: View, now_ms: int) -> bytes:
        """All of a view, for one who begins to look."""
        if view.kind == "tile":
            rows = self._tiles.members(view.name)
            header = self._tile_header(view.name, now_ms) | {"roster": self._wire.roster(rows)}
            return pack(header, self._wire.workers(rows, now_ms, whole=True))
        return self._encode(view, now_ms, None)

    def tick(self, now_ms: int) -> list[tuple[View, bytes]]:
        """Once a second: the regions' sections and layers that changed."""
        views = [View("scope", name) for name in self.views.watched("scope")]
        if self._is_due("layer", now_ms, LAYER_MS):
            views += [View("layer", name) for name in self.views.watched("layer")]
        return [(view, self._encode(view, now_ms, None)) for view in views]

    def frame(self, moved: Moved, now_ms: int, t0: int | None) -> list[tuple[View, bytes]]:
        """After a frame in which workers moved: the tiles it touched, and the density if it is time."""
        self._oldest = t0 if self._oldest is None else self._oldest
        self._hexagons.follow(moved.rows)
        steps = self._tiles.steps(moved.rows, self.views.watched("tile"))
        sent = [(View("tile", name), self._step(name, moved, step, now_ms, t0)) for name, step in steps.items()]
        return sent + self.density(now_ms)

    @property
    def density_due_ms(self) -> int | None:
        """When the density should go out, UTC ms; None while nobody looks at it or nothing has moved."""
        owed = self._oldest is not None and self.views.watched("density")
        return self._density_ms - DENSITY_MS if owed else None

    def density(self, now_ms: int) -> list[tuple[View, bytes]]:
        """The density of every level watched, if workers moved since and it is time again."""
        due = self.density_due_ms
        if due is None or now_ms < due:
            return []
        self._density_ms = max(self._density_ms, now_ms) + DENSITY_MS
        t0, self._oldest = self._oldest, None
        views = [View("density", level) for level in self.views.watched("density")]
        return [(view, self._encode(view, now_ms, t0)) for view in views]

    def _step(self, name: str, moved: Moved, step: people.Step, now_ms: int, t0: int | None) -> bytes:
        held = self._held[name]
        before, now = (part["digest"].astype(np.uint64) for part in (moved.before, moved.now))
        stay = np.concatenate([step.moved, step.left])
        held.seq += 1
        held.digest += int(now[step.came].sum() + now[step.moved].sum()) - int(before[stay].sum())
        header = self._tile_header(name, now_ms) | {"prev": held.seq - 1, "t0": t0}
        near = moved.near
        near[step.came] = False
        if len(step.came):
            header["roster"] = self._wire.roster(moved.rows[step.came])
        columns = moved.columns(near, np.sort(np.concatenate([step.came, step.moved])))
        left = moved.rows[step.left].astype(np.uint32), moved.before["digest"][step.left]
        return pack(header, [*columns, ("left", left[0]), ("was", left[1])])

    def _begun(self, name: str) -> Held:
        return Held(0, self._wire.digest_of(self._tiles.members(name)))

    def _tile_header(self, name: str, now_ms: int) -> dict[str, object]:
        held = self._held[name]
        return {
            "kind": "tile", "name": name, "as_of": now_ms, "seq": held.seq, "digest": held.digest % 2**32,
            "prev": None, "t0": None,
        }  # fmt: skip

    def _encode(self, view: View, now_ms: int, t0: int | None) -> bytes:
        header: dict[str, object] = {"kind": view.kind, "name": view.name, "as_of": now_ms}
        if view.kind == "scope":
            return pack(header | self._sections.of(self._picture, view.name, now_ms))
        if view.kind == "layer":
            num, den = self._sections.layer(self._picture, view.name, now_ms)
            return pack(header, [("num", num.astype(np.int32)), ("den", den.astype(np.int32))])
        found = self._hexagons.density(self._present(now_ms), int(view.name))
        columns = [("x", found.x), ("y", found.y), ("count", frames.narrow(found.count, signed=False))]
        return pack(header | {"radius": found.radius, "t0": t0}, columns)

    def _present(self, now_ms: int) -> Rows:
        """Who is on duty and not lost."""
        fleet = self._picture.fleet
        fresh = now_ms - fleet.fix_ms[: len(fleet)] <= self._sections.freshness.lost_ms
        return np.flatnonzero(on_duty(fleet) & fresh)

    def _is_due(self, what: str, now_ms: int, every_ms: int) -> bool:
        if now_ms < self._due.get(what, 0):
            return False
        self._due[what] = now_ms + every_ms
        return True
