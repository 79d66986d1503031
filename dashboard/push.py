"""Who gets which frame: numbers the deltas, keeps the last of them, and serves viewers who come or come back.

A viewer at `(epoch, seq)` gets the deltas it missed if they are still held, else a snapshot. How bytes reach a viewer
is the caller's business; what is in them is `frames`'.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from secrets import token_hex

KEEP_BYTES = 32 * 1024 * 1024


class Push:
    """The frames of one replica's run."""

    def __init__(self, broadcast: Callable[[bytes], None] = lambda blob: None, keep_bytes: int = KEEP_BYTES) -> None:
        self.epoch = token_hex(8)
        self.seq = 0
        self.broadcast = broadcast
        """Hands a delta to every viewer in the room; may be set later, when there is a room."""
        self._keep = keep_bytes
        self._ring: deque[tuple[int, bytes]] = deque()
        self._held = 0

    def publish(self, blob: bytes) -> None:
        """Number `seq + 1` is out: keep it and send it. The blob's header must carry that number."""
        self.seq += 1
        self._ring.append((self.seq, blob))
        self._held += len(blob)
        while self._held > self._keep:
            self._held -= len(self._ring.popleft()[1])
        self.broadcast(blob)

    def missed(self, epoch: str, seq: int) -> list[bytes] | None:
        """The deltas after `seq`; None when that is not this run, or too long ago."""
        if epoch != self.epoch or seq > self.seq:
            return None
        after = [blob for number, blob in self._ring if number > seq]
        return after if len(after) == self.seq - seq else None
