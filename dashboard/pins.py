"""Charts pinned to walls, folded from their records: what hangs where, who put it there, and when.

A pin holds a question, never its answer: what is drawn is asked anew by whoever shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

import msgspec

from dashboard.codec import Malformed
from dashboard.model import MOST_PINS, WallPinned, WallUnpinned

WALLS: Final = 64
"""So many walls have pins at most."""
PinData = WallPinned | WallUnpinned
_ENCODER: Final = msgspec.msgpack.Encoder()


class Pin(msgspec.Struct, frozen=True):
    """One chart on a wall; `at` is when it was put there, UTC ms."""

    wall: str
    slot: int
    query: str
    title: str
    by: str
    at: int


class Pins:
    """What hangs on every wall."""

    def __init__(self) -> None:
        self._by_place: dict[tuple[str, int], Pin] = {}
        self._wire: list[Pin] | None = None
        self.total_digest = 0
        """Sum of one hash per pin, modulo 2**64."""

    def __iter__(self) -> Iterator[Pin]:
        return iter(self._by_place.values())

    def of(self, wall: str) -> list[Pin]:
        """What hangs on one wall, by slot."""
        return [pin for pin in self.wire() if pin.wall == wall]

    def free(self, wall: str) -> int | None:
        """The first slot where nothing hangs; None if the wall is full, or would be one too many with pins."""
        if self._is_too_many(wall):
            return None
        return next((slot for slot in range(MOST_PINS) if (wall, slot) not in self._by_place), None)

    def fold(self, data: PinData, time_ms: int) -> None:
        """Apply one record of when `time_ms` (UTC).

        Raises:
            Malformed: no room on the wall, too many walls, or nothing there to take down; nothing has changed then.
        """
        if isinstance(data, WallUnpinned):
            self._unpin(data)
            return
        if self._is_too_many(data.wall):
            raise Malformed("data.wall", data.wall, f"{WALLS} walls have pins already")
        slot = self.free(data.wall) if data.slot is None else data.slot
        if slot is None:
            raise Malformed("data.wall", data.wall, f"has {MOST_PINS} pins already")
        self._put((data.wall, slot), Pin(data.wall, slot, data.query, data.title, data.by, time_ms))

    def export(self) -> list[Pin]:
        """Every pin, for snapshots."""
        return list(self)

    def restore(self, pins: list[Pin]) -> None:
        """Become, from empty, what `export` described."""
        for pin in pins:
            self._put((pin.wall, pin.slot), pin)

    def wire(self) -> list[Pin]:
        """What browsers are told: the same list until something changes."""
        if self._wire is None:
            self._wire = [self._by_place[place] for place in sorted(self._by_place)]
        return self._wire

    def _is_too_many(self, wall: str) -> bool:
        walls = {wall for wall, _ in self._by_place}
        return wall not in walls and len(walls) >= WALLS

    def _unpin(self, data: WallUnpinned) -> None:
        if (data.wall, data.slot) not in self._by_place:
            raise Malformed("data.slot", str(data.slot), "nothing hangs there")
        self._put((data.wall, data.slot), None)

    def _put(self, place: tuple[str, int], pin: Pin | None) -> None:
        old = self._by_place.pop(place, None)
        if pin:
            self._by_place[place] = pin
        self._wire = None
        self.total_digest = (self.total_digest + _digest(pin) - _digest(old)) % 2**64


def _digest(pin: Pin | None) -> int:
    return 0 if pin is None else int.from_bytes(blake2b(_ENCODER.encode(pin), digest_size=8).digest(), "little")
