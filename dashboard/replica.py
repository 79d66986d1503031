"""A replica: reads the log and folds it into a picture, from a snapshot if there is one.

It takes what the log gives and reports what it could not accept; when to read and what to do with the picture is its
owner's business (`pipeline` shows it, the historian saves it).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from dashboard.codec import Malformed
from dashboard.model import STREAMS
from dashboard.picture import Picture, PictureState
from dashboard.record import Entry

BATCH = 2000


class LogUnavailable(RuntimeError):  # noqa: N818 - a state of the world, not a fault of the program
    """The log does not answer; ask again later."""


class Reader(Protocol):
    """What a replica needs of the log. Every call may raise LogUnavailable."""

    def read(self, position: Mapping[str, str], block_ms: int | None, count: int) -> list[Entry]:
        """Entries after `position` on each stream, at most `count` a stream, waiting for the first if told to."""

    def refuse(self, entry: Entry, fault: Malformed) -> None:
        """Note in the dead letters, once whoever reports it, that `entry` could not be accepted."""

    def snapshot(self) -> bytes | None:
        """The newest saved picture."""


class Replica:
    """A picture that follows the log."""

    def __init__(self, reader: Reader, picture: Picture) -> None:
        self._reader, self.picture = reader, picture
        self.lag_ms = 0
        """How long the oldest entry of the last read had been on the log, by its clock against ours."""

    def restore(self) -> bool:
        """Start from the newest snapshot; False when there is none."""
        blob = self._reader.snapshot()
        if blob is None:
            return False
        self.picture.restore(msgspec.msgpack.decode(zlib.decompress(blob), type=PictureState))
        return True

    def save(self) -> bytes:
        """The picture as a snapshot."""
        return zlib.compress(msgspec.msgpack.encode(self.picture.export()), 1)

    def wait(self, block_ms: int | None = None) -> list[Entry]:
        """What the log has after the picture's position, waiting up to `block_ms` for something (None: not at all)."""
        position = {stream: self.picture.position.get(stream, "0-0") for stream in STREAMS}
        return self._reader.read(position, block_ms, BATCH)

    def fold(self, entries: Sequence[Entry], now_ms: int) -> None:
        """Apply `entries`; what cannot be accepted goes to the dead letters."""
        for entry in entries:
            try:
                self.picture.apply(entry)
            except Malformed as fault:
                self._reader.refuse(entry, fault)
        if entries:
            self.lag_ms = max(0, now_ms - min(entry.appended_ms for entry in entries))

    def catch_up(self) -> int:
        """Fold until the log has nothing more; returns how many entries that took."""
        total = 0
        while entries := self.wait():
            self.fold(entries, entries[-1].appended_ms)
            total += len(entries)
        return total
