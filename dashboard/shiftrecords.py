"""The records of shift handovers (交接班): what one shift hands to the next, and who has taken it over.

Part of the vocabulary, kept beside `model` for its size. Who may take over is said in `handover`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from dashboard.terms import Id, Text, Title, When, Whole

MOST_ITEMS = 600
"""Lines of one handover; one that needs more is not read by anybody."""
ItemKind = Literal["urgent", "overdue", "late", "whistle", "paused", "urged", "promised", "shelved"]
"""What a line is handed over for, in the order of a sheet; `late`: somebody higher has been told that it is late."""
Signature = Annotated[str, Meta(min_length=1, max_length=128)]
Counted = Annotated[str, Meta(min_length=1, max_length=64)]


class HandoverItem(Struct):
    """One line: an event, an alarm or a device by its id, and what the shift says of it."""

    kind: ItemKind
    id: Id
    title: Title
    place: Text = ""
    say: Text = ""


class ShiftHanded(Struct):
    """`shift.handed`: a shift, from `start` to `end`, is handed over and signed by `by`.

    `shift` is its name as people say it; `counts` are numbers of the sheet by name (`shiftsheet`).
    """

    handover_id: Id
    shift: Signature
    start: When
    end: When
    by: Signature
    notes: Text = ""
    items: Annotated[list[HandoverItem], Meta(max_length=MOST_ITEMS)] = []
    counts: Annotated[dict[Counted, Whole], Meta(max_length=64)] = {}


class ShiftTaken(Struct):
    """`shift.taken`: a handover is taken over and signed by `by`, who is somebody else."""

    handover_id: Id
    by: Signature
    notes: Text = ""
