"""What a seat can do at shift change: hand the shift over, and take it over; the records each comes to.

Judged by the picture's own handovers, so that what is refused here is what the fold would refuse; appends nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Final

from msgspec import Meta, field

from dashboard.handover import same_person
from dashboard.model import HandoverItem, ShiftHanded, ShiftTaken
from dashboard.picture import Picture
from dashboard.shiftrecords import MOST_ITEMS, Counted
from dashboard.terms import Text
from feeds.orders import Judge, Order, Planned, Refused, Word

UNSIGNED: Final = "seat"
"""What `by` is where nobody has given a name: enough to command, too little to sign."""


class HandOver(Order, kw_only=True):
    """`handover` 交班: the sheet of a shift, `start` to `end` (UTC ms), signed by `by`; its id is the command's."""

    STREAM: ClassVar[str] = "wall:control"
    FIELD: ClassVar[str] = "shift"
    shift: Word
    start: int
    end: int
    notes: Text = ""
    items: Annotated[list[HandoverItem], Meta(max_length=MOST_ITEMS)] = field(default_factory=list)
    counts: Annotated[dict[Counted, int], Meta(max_length=64)] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """This very sheet: seats that hand over the same shift, each with its own, are in nobody's way."""
        return f"handover:{self.id or self.by}:{self.start}"


class TakeOver(Order, kw_only=True):
    """`takeover` 接班: a sheet is taken over and signed by `by`."""

    STREAM: ClassVar[str] = "wall:control"
    FIELD: ClassVar[str] = "handover_id"
    handover_id: Word
    notes: Text = ""

    @property
    def subject(self) -> str:
        """The sheet."""
        return self.handover_id


def plan(order: Order, picture: Picture, now_ms: int, judge: Judge | None = None) -> Planned:
    """The record a command at shift change comes to; `judge` is not needed for any.

    Raises:
        Refused: 404 for a handover nobody knows, 400 for what makes no sense or is not signed, 409 for what may not be
            done as things stand.
    """
    if order.by.strip() in ("", UNSIGNED):
        raise Refused(400, "by", "unsigned", "it needs a name")
    return SHIFT_PLANS[type(order)](order, picture, now_ms)


def _hand_over(order: HandOver, picture: Picture, now_ms: int) -> Planned:
    if order.start > now_ms:
        raise Refused(400, "start", "early", "this shift has not begun")
    if order.end <= order.start:
        raise Refused(400, "end", "malformed", "is not after start")
    handover_id = order.id or f"{order.start}-{now_ms}"
    if handover_id in picture.handovers:
        raise Refused(409, "id", "handed", f"{handover_id} is handed over already")
    sheet = (order.shift, order.start, order.end, order.by, order.notes, order.items, order.counts)
    return [("shift.handed", ShiftHanded(handover_id, *sheet))]


def _take_over(order: TakeOver, picture: Picture, now_ms: int) -> Planned:
    if order.handover_id not in picture.handovers:
        raise Refused(404, "handover_id", "unknown_handover", f"{order.handover_id} was never handed over")
    handover = picture.handovers[order.handover_id]
    if handover.taken is not None:
        raise Refused(409, "handover_id", "taken", f"{handover.taken.by} has taken it over already")
    if same_person(order.by, handover.handed.by):
        raise Refused(409, "by", "same", "nobody takes over from themselves")
    return [("shift.taken", ShiftTaken(order.handover_id, order.by, order.notes))]


SHIFT_PLANS: Final[dict[type[Order], Callable[[Any, Picture, int], Planned]]] = {
    HandOver: _hand_over, TakeOver: _take_over,
}  # fmt: skip
"""What each comes to."""
SHIFT_COMMANDS: Final[dict[str, tuple[type[Order], Callable[[Any, Picture, int, Judge], Planned]]]] = {
    "handover": (HandOver, plan),
    "takeover": (TakeOver, plan),
}
"""Every command at shift change: what it says, and what it comes to."""
