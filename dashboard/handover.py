"""Shift handovers folded from their records: what was handed over, by whom, and who has taken it over.

The newest are kept; older ones stay in the log. What goes onto a sheet is in `shiftsheet`. Two signatures must bear two
names; whether they are two people is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

import msgspec

from dashboard.codec import Malformed, instant
from dashboard.model import ShiftHanded, ShiftTaken

KEPT: Final = 60
"""Handovers a picture remembers: a month of two shifts a day."""
_ENCODER: Final = msgspec.msgpack.Encoder()


class Handover(msgspec.Struct, frozen=True):
    """One handover: `start` and `end` of its shift, `handed_ms` and `taken_ms` are UTC ms."""

    handed: ShiftHanded
    handed_ms: int
    taken: ShiftTaken | None = None
    taken_ms: int | None = None


class Handovers:
    """The newest handovers by id, in the order in which they were signed."""

    def __init__(self) -> None:
        self._by_id: dict[str, Handover] = {}
        self.total_digest = 0
        """Sum of one hash per handover kept, modulo 2**64."""

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Handover]:
        return iter(self._by_id.values())

    def __contains__(self, handover_id: str) -> bool:
        return handover_id in self._by_id

    def __getitem__(self, handover_id: str) -> Handover:
        return self._by_id[handover_id]

    def fold(self, data: ShiftHanded | ShiftTaken, time_ms: int) -> None:
        """Apply one record of when `time_ms` (UTC).

        Raises:
            Malformed: an id that is taken or unknown, a shift that ends before it begins, an instant that is none, or a
                takeover by who handed over or after somebody's; nothing has changed then.
        """
        if isinstance(data, ShiftHanded):
            self._hand(data, time_ms)
        else:
            self._take(data, time_ms)

    def export(self) -> list[Handover]:
        """Every handover kept, for snapshots."""
        return list(self)

    def restore(self, kept: list[Handover]) -> None:
        """Become, from empty, what `export` described."""
        for handover in kept:
            self._put(handover)

    def _hand(self, data: ShiftHanded, time_ms: int) -> None:
        if data.handover_id in self:
            raise Malformed("data.handover_id", data.handover_id, "is handed over already")
        start_ms, end_ms = instant("data.start", data.start), instant("data.end", data.end)
        if end_ms <= start_ms:
            raise Malformed("data.end", str(data.end), "is not after data.start")
        self._put(Handover(msgspec.structs.replace(data, start=start_ms, end=end_ms), time_ms))
        if len(self._by_id) > KEPT:
            oldest = next(iter(self._by_id))
            self._count(-_digest(self._by_id.pop(oldest)))

    def _take(self, data: ShiftTaken, time_ms: int) -> None:
        if data.handover_id not in self:
            raise Malformed("data.handover_id", data.handover_id, "was never handed over")
        handover = self[data.handover_id]
        if handover.taken is not None:
            raise Malformed("data.handover_id", data.handover_id, f"{handover.taken.by} has taken it over already")
        if same_person(data.by, handover.handed.by):
            raise Malformed("data.by", data.by, "nobody takes over from themselves")
        self._put(msgspec.structs.replace(handover, taken=data, taken_ms=time_ms))

    def _put(self, handover: Handover) -> None:
        old = self._by_id.get(handover.handed.handover_id)
        self._by_id[handover.handed.handover_id] = handover
        self._count(_digest(handover) - (_digest(old) if old else 0))

    def _count(self, delta: int) -> None:
        self.total_digest = (self.total_digest + delta) % 2**64


def same_person(one: str, other: str) -> bool:
    """Whether two signatures bear one name."""
    return one.strip().casefold() == other.strip().casefold()


def _digest(handover: Handover) -> int:
    return int.from_bytes(blake2b(_ENCODER.encode(handover), digest_size=8).digest(), "little")
