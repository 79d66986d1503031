"""Handing on many things at once, each subject's in order: one that fails is tried again and holds back its own alone.

A few threads do it. Tries for ever, with capped back-off. What handing on is, and when it has failed, its owner says.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread
from typing import Generic, NamedTuple, TypeVar

from dashboard import clock
from feeds.base import Backoff

T = TypeVar("T")


class Again(NamedTuple):
    """Why it must be tried again; `wait_s`: nothing at all before so many seconds have passed."""

    why: str
    wait_s: float = 0.0


class Lanes(Generic[T]):
    """`hand` hands on one thing and returns None, or says why it must be tried again; `threads` of it run at once."""

    def __init__(self, hand: Callable[[T], Again | None], threads: int, backoff: Backoff) -> None:
        self._hand, self._backoff = hand, backoff
        self._changed = Condition()
        self._waiting: dict[str, deque[T]] = {}
        self._due: list[tuple[float, int, str]] = []
        """When a subject's turn is, a number for their order, the subject; not in it while one is handed on."""
        self._turns = 0
        self._failing: dict[str, tuple[int, str]] = {}
        self._not_before = 0.0
        self._closed = False
        self._threads = [Thread(target=self._work, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def put(self, subject: str, thing: T) -> None:
        """Hand it on when everything before it of the same subject has been."""
        with self._changed:
            if subject not in self._waiting:
                self._waiting[subject] = deque()
                self._queue(subject, clock.monotonic())
            self._waiting[subject].append(thing)

    def left(self) -> list[T]:
        """What has not been handed on, each subject's in order."""
        with self._changed:
            return [thing for things in self._waiting.values() for thing in things]

    def trouble(self) -> str:
        """What fails, in words; "" when nothing does."""
        with self._changed:
            whys = [why for _, why in self._failing.values()]
            return f"{len(whys)} tried again: {whys[-1]}" if whys else ""

    def room(self, most: int, wait_s: float) -> bool:
        """Whether fewer than `most` are left; waits a while for it."""
        with self._changed:
            return self._changed.wait_for(lambda: self._closed or self._count() < most, wait_s)

    def close(self, wait_s: float) -> None:
        """Begin nothing more; wait a while for what is being handed on."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        until = clock.monotonic() + wait_s
        for thread in self._threads:
            thread.join(max(0.0, until - clock.monotonic()))

    def _work(self) -> None:
        while turn := self._take():
            subject, thing = turn
            try:
                again = self._hand(thing)
            except Exception as fault:
                again = Again(f"{type(fault).__name__}: {fault}")
            self._settle(subject, again)

    def _take(self) -> tuple[str, T] | None:
        """Whose turn it is, once it is; None at the end."""
        with self._changed:
            while not self._closed:
                wait_s = max(self._due[0][0], self._not_before) - clock.monotonic() if self._due else None
                if wait_s is not None and wait_s <= 0:
                    subject = heapq.heappop(self._due)[2]
                    return subject, self._waiting[subject][0]
                self._changed.wait(wait_s)
            return None

    def _settle(self, subject: str, again: Again | None) -> None:
        with self._changed:
            if again is not None:
                tries = self._failing.pop(subject, (0, ""))[0]
                self._failing[subject] = tries + 1, again.why
                self._not_before = max(self._not_before, clock.monotonic() + again.wait_s)
                self._queue(subject, clock.monotonic() + self._backoff.seconds(tries))
                return
            self._failing.pop(subject, None)
            things = self._waiting[subject]
            things.popleft()
            if things:
                self._queue(subject, clock.monotonic())
            else:
                del self._waiting[subject]
            self._changed.notify_all()

    def _queue(self, subject: str, due_s: float) -> None:
        self._turns += 1
        heapq.heappush(self._due, (due_s, self._turns, subject))
        self._changed.notify_all()

    def _count(self) -> int:
        return sum(map(len, self._waiting.values()))
