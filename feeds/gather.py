"""Many small things from many connections on their way to the log: appended together, each told when it is there.

One thread of its own does the appending, so that a slow disk holds back senders (who wait for their answer) and nothing
grows without bound. What it appends is decided by who puts it in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, Full, Queue
from threading import Event
from typing import Final, Generic, TypeVar

from dashboard import clock

T = TypeVar("T")
MOST: Final = 1000
"""Things in one append."""
ROOM: Final = 20_000
"""Things that may wait; a sender beyond is told that it is too much."""


class TooMuch(RuntimeError):  # noqa: N818 - it is said of the sender
    """More waits for the log already than may wait."""


class Gather(Generic[T]):
    """Runs `flush(things)` for what `put` brings, at most `MOST` at a time and `wait_s` after the first of them."""

    def __init__(self, flush: Callable[[Sequence[T]], object], wait_s: float = 0.02, room: int = ROOM) -> None:
        self._flush, self._wait_s = flush, wait_s
        self._queue: Queue[tuple[T, Future[None]]] = Queue(room)

    def put(self, thing: T) -> Future[None]:
        """Done when `thing` is on the log; fails with what `flush` raised. Raises TooMuch at once when all is full."""
        told: Future[None] = Future()
        try:
            self._queue.put_nowait((thing, told))
        except Full:
            raise TooMuch(f"{self._queue.maxsize} things wait for the log") from None
        return told

    def run(self, stop: Event) -> None:
        """Until `stop`: gather and flush; what waits then is flushed, too."""
        while not stop.is_set() or not self._queue.empty():
            if taken := self._take():
                self._append(taken)

    def _take(self) -> list[tuple[T, Future[None]]]:
        try:
            taken = [self._queue.get(timeout=0.2)]
        except Empty:
            return []
        until = clock.monotonic() + self._wait_s
        while len(taken) < MOST:
            try:
                taken.append(self._queue.get(timeout=max(0.0, until - clock.monotonic())))
            except Empty:
                break
        return taken

    def _append(self, taken: Sequence[tuple[T, Future[None]]]) -> None:
        waiting = [told for _, told in taken if told.set_running_or_notify_cancel()]  # a sender may have gone
        try:
            self._flush([thing for thing, _ in taken])
        except Exception as fault:  # every sender hears why; the next may have better luck
            for told in waiting:
                told.set_exception(fault)
        else:
            for told in waiting:
                told.set_result(None)
