"""A replica: reads the log and folds it into a picture, from a snapshot if there is one.

It takes what the log gives and reports what it could not accept; when to read and what to do with the picture is its
owner's business (`pipeline` shows it, the historian saves it).
"""

from __future__ import annotations

import logging
import zlib
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from dashboard import clock
from dashboard.codec import Malformed
from dashboard.cold import Arrived
from dashboard.model import STREAMS
from dashboard.picture import Picture, PictureState
from dashboard.record import Entry

logger = logging.getLogger(__name__)

BATCH = 2000
ASK_S = 60.0
"""How often it looks whether the archive has taken events that it need not hold any more."""
SLEPT_S = 60.0
"""A pause between two reads after which it must be asked whether anything was dropped meanwhile."""


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

    def oldest(self, stream: str) -> str:
        """Id of the oldest entry a stream still holds; "0-0" when it holds none."""


class LeftBehind(RuntimeError):  # noqa: N818 - it is said of the replica
    """The log no longer holds what comes next here: start again, from the newest snapshot."""


class Replica:
    """A picture that follows the log."""

    def __init__(self, reader: Reader, picture: Picture, streams: Sequence[str] = STREAMS) -> None:
        """`streams`: those it follows; a part of the picture is enough for who asks after that part alone."""
        self._reader, self.picture, self._streams = reader, picture, tuple(streams)
        self.lag_ms = 0
        """How long the oldest entry of the last read had been on the log, by its clock against ours."""
        self._refused: deque[tuple[Entry, Malformed]] = deque()
        self._read_at = self._asked_at = clock.monotonic()
        self._arrived: Arrived = []

    def restore(self) -> bool:
        """Start from the newest snapshot; False when there is none this version can read."""
        blob = self._reader.snapshot()
        if blob is None:
            return False
        try:
            state = msgspec.msgpack.decode(zlib.decompress(blob), type=PictureState)
        except (msgspec.DecodeError, zlib.error) as fault:
            logger.warning("the saved picture cannot be read (%s); folding the whole log instead", fault)
            return False
        self.picture.restore(state)
        return True

    def save(self) -> bytes:
        """The picture as a snapshot."""
        return zlib.compress(msgspec.msgpack.encode(self.picture.export()), 1)

    def wait(self, block_ms: int | None = None) -> list[Entry]:
        """What the log has after the picture's position, waiting up to `block_ms` for something (None: not at all).

        Raises:
            LeftBehind: this process slept so long that entries it had yet to read have been dropped.
        """
        if clock.monotonic() - self._read_at > SLEPT_S:
            self._check_nothing_missed()
        self._read_at = clock.monotonic()
        if self._read_at - self._asked_at > ASK_S:
            self._ask()
        position = {stream: self.picture.position.get(stream, "0-0") for stream in self._streams}
        return self._reader.read(position, block_ms, BATCH)

    def fold(self, entries: Sequence[Entry], now_ms: int) -> None:
        """Apply `entries`, and let the events go that are in the archive now; what cannot be accepted goes to the dead
        letters."""
        for entry in entries:
            try:
                self.picture.apply(entry)
            except Malformed as fault:
                self._refused.append((entry, fault))
        if entries:
            self.lag_ms = max(0, now_ms - min(entry.appended_ms for entry in entries))
        while self._refused:  # what the log does not take now is offered again with the next entries
            self._reader.refuse(*self._refused[0])
            self._refused.popleft()

        if self._arrived:
            self._arrived = self.picture.release(self._arrived)

    def shed(self) -> None:
        """Let the events go at once that have come into the archive."""
        self._ask()
        self._arrived = self.picture.release(self._arrived)

    def _ask(self) -> None:
        self._asked_at, events = clock.monotonic(), self.picture.events
        self._arrived += events.cold.news(events.read_to)

    def _check_nothing_missed(self) -> None:
        for stream, position in self.picture.position.items():
            if stream not in self._streams:
                continue
            oldest = self._reader.oldest(stream)
            if _order(oldest) > _order(position):  # then nobody can tell whether there was more between the two
                raise LeftBehind(f"{stream} begins at {oldest} by now, and only {position} has been read")

    def catch_up(self) -> int:
        """Fold until the log has nothing more; returns how many entries that took."""
        total = 0
        while entries := self.wait():
            self.fold(entries, entries[-1].appended_ms)
            total += len(entries)
        return total


def _order(entry_id: str) -> tuple[int, int]:
    milliseconds, _, number = entry_id.partition("-")
    return int(milliseconds), int(number or 0)
