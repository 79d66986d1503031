"""The questions that are being answered: which may be called off, and how one waits for its turn.

A page's newer question for the same place calls off the older. At most as many as `dashboard.scan` allows run at once,
so one that finds no turn waits, asking again, as long as an answer may take; called off it does not wait on.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Final, NamedTuple, TypeVar

from dashboard import clock
from dashboard.cases import Asked
from dashboard.scan import LIMIT_S, Busy, CalledOff, Cursor, waiting_unless

T = TypeVar("T")
WAIT_S: Final = LIMIT_S


class Key(NamedTuple):
    """Whose question it is, and what for."""

    page: str
    place: str


class Superseded(CalledOff):
    """A newer question has taken its place: whatever the answer is, nobody waits for it."""


class _Asking:
    """One question under way."""

    def __init__(self) -> None:
        self.off = self.superseded = False
        self._cursor: Cursor | None = None
        self._lock = Lock()

    def asked(self, cursor: Cursor) -> None:
        """The question is being put; by this it can be called off."""
        with self._lock:
            self._cursor = cursor
            if self.off:
                cursor.call_off()

    def call_off(self, superseded: bool) -> None:
        """Nobody wants to know any more."""
        with self._lock:
            self.off, self.superseded = True, superseded
            if self._cursor:
                self._cursor.call_off()


class Running:
    """All questions under way; its methods may be called from any thread."""

    def __init__(self, wait_s: float = WAIT_S) -> None:
        self._wait_s = wait_s
        self._lock = Lock()
        self._asking: dict[Key, _Asking] = {}

    def answer(self, key: Key, ask: Callable[[Asked], T]) -> T:
        """What `ask` answers, which is handed what makes it one that can be called off.

        Raises:
            Superseded, CalledOff, and what `Cases.ask` raises; Busy only after a long wait.
        """
        mine = _Asking()
        with self._lock:
            before, self._asking[key] = self._asking.get(key), mine
        if before:
            before.call_off(superseded=True)
        try:
            return self._patiently(mine, ask)
        except CalledOff:
            if mine.superseded:
                raise Superseded from None
            raise
        finally:
            with self._lock:
                if self._asking.get(key) is mine:
                    del self._asking[key]

    def call_off(self, key: Key) -> bool:
        """Give up the question for this place; whether there was one."""
        with self._lock:
            found = self._asking.get(key)
        if found:
            found.call_off(superseded=False)
        return found is not None

    def _patiently(self, mine: _Asking, ask: Callable[[Asked], T]) -> T:
        until = clock.monotonic() + self._wait_s
        while True:
            try:
                with waiting_unless(lambda: mine.off):
                    return ask(mine.asked)
            except Busy:
                if mine.off:
                    raise CalledOff from None
                if clock.monotonic() > until:
                    raise
