"""What a seat can do with the charts on a wall: pin one there, and take one down; the records each comes to.

Judged by the picture's own pins, so that what is refused here is what the fold would refuse; appends nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Final

from dashboard.model import MOST_PINS, PinQuery, PinSlot, PinTitle, WallPinned, WallUnpinned
from dashboard.picture import Picture
from dashboard.pins import WALLS
from feeds.orders import Judge, Order, Planned, Refused, Word

MAIN: Final = "main"
"""The wall that is meant where none is named."""


class Pin(Order, kw_only=True):
    """`pin` 钉到墙上: a chart of the workbench, as its address says it."""

    STREAM: ClassVar[str] = "wall:control"
    FIELD: ClassVar[str] = "wall"
    query: PinQuery
    title: PinTitle
    wall: Word = MAIN

    @property
    def subject(self) -> str:
        """The wall's pins: of two seats that pin at the same instant the second looks again."""
        return f"pins:{self.wall}"


class Unpin(Order, kw_only=True):
    """`unpin` 取下: what hangs in a slot. `query`: what the seat saw there, lest it take down something newer."""

    STREAM: ClassVar[str] = "wall:control"
    FIELD: ClassVar[str] = "slot"
    slot: PinSlot
    query: PinQuery = ""
    wall: Word = MAIN

    @property
    def subject(self) -> str:
        """The slot: who takes down another chart is in nobody's way."""
        return f"pins:{self.wall}:{self.slot}"


def plan(order: Order, picture: Picture, now_ms: int, judge: Judge | None = None) -> Planned:
    """The record a command about pins comes to; neither time nor `judge` is needed for any.

    Raises:
        Refused: 409 for a wall that is full or has this chart, 404 for a slot where nothing (or something else) hangs.
    """
    return _PLANS[type(order)](order, picture)


def _pin(order: Pin, picture: Picture) -> Planned:
    if any(pin.query == order.query for pin in picture.pins.of(order.wall)):
        raise Refused(409, "query", "hangs", "this chart hangs there already")
    slot = picture.pins.free(order.wall)
    if slot is None:
        raise Refused(
            409, "wall", "full", f"there is room for {MOST_PINS} charts a wall, on {WALLS} walls; take one down first"
        )
    return [("wall.pinned", WallPinned(order.wall, order.query, order.title, order.by, slot))]


def _unpin(order: Unpin, picture: Picture) -> Planned:
    found = [pin for pin in picture.pins.of(order.wall) if pin.slot == order.slot]
    if not found or order.query not in ("", found[0].query):
        raise Refused(404, "slot", "unknown_pin", "it does not hang there any more")
    return [("wall.unpinned", WallUnpinned(order.wall, order.slot, order.by))]


_PLANS: Final[dict[type[Order], Callable[[Any, Picture], Planned]]] = {Pin: _pin, Unpin: _unpin}
PIN_COMMANDS: Final[dict[str, tuple[type[Order], Callable[[Any, Picture, int, Judge], Planned]]]] = {
    "pin": (Pin, plan),
    "unpin": (Unpin, plan),
}
"""Every command about pins: what it says, and what it comes to."""
