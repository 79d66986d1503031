"""Who looks at what: the views that viewers have asked for beside the frames everybody gets.

A view is a region's sections, a KPI by region, the density of workers at one coarseness, or the people of one map tile.
Each is encoded once, however many look at it. This is the register; what a view holds is counted elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

MAX_TILES = 64
"""Tiles one viewer may watch: more than the largest wall shows at once."""


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """What one viewer's screens show: `scope` a region's code ("" the city), `layer` a KPI's key ("" none), `density`
    the level of hexagons (None: none), `tiles` map tiles as "zoom/x/y"; `anew` when it holds nothing of them any more.
    """

    scope: str = ""
    layer: str = ""
    density: int | None = None
    tiles: list[str] = []
    anew: bool = False


@dataclass(frozen=True, slots=True, order=True)
class View:
    """One thing to look at; also the name of the room in which all its viewers are."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


def views_of(asked: Asked) -> set[View]:
    """The views a viewer wants. The whole city's sections come with every frame and need none."""
    wanted = {View("tile", name) for name in asked.tiles[:MAX_TILES]}
    for kind, name in (("scope", asked.scope), ("layer", asked.layer)):
        if name:
            wanted.add(View(kind, name))
    if asked.density is not None:
        wanted.add(View("density", str(asked.density)))
    return wanted


class Views:
    """The register, by viewer."""

    def __init__(self) -> None:
        self._of: dict[str, set[View]] = {}

    def want(self, viewer: str, wanted: set[View]) -> tuple[set[View], set[View]]:
        """`viewer` now wants these and no others; returns what is new to this viewer, and what it left."""
        before = self._of.get(viewer, set())
        if wanted:
            self._of[viewer] = wanted
        else:
            self._of.pop(viewer, None)
        return wanted - before, before - wanted

    def watched(self, kind: str) -> list[str]:
        """The names of one kind that anybody looks at, in order."""
        return sorted({view.name for views in self._of.values() for view in views if view.kind == kind})
