"""What app.py does beside putting the parts together: it keeps the history, whatever becomes of that."""

from __future__ import annotations

from threading import Event

import app
from dashboard.cases import Cases
from dashboard.scan import TookTooLong
from tests.dashboard.test_cases import Held
from tests.support import small_picture


class NoRoom(Cases):
    """The database has too little memory when the history is read, and later once more."""

    def __init__(self) -> None:
        super().__init__(Held(small_picture()))
        self.tried: list[str] = []

    def fill(self, stop: Event | None = None) -> None:
        """Fails once."""
        self._try("fill")

    def keep(self, stop: Event) -> None:
        """Fails once, then ends."""
        self._try("keep")
        stop.set()

    def _try(self, what: str) -> None:
        self.tried.append(what)
        if self.tried.count(what) == 1:
            raise TookTooLong


class Hurried(Event):
    """Nobody waits for it."""

    def wait(self, timeout: float | None = None) -> bool:
        """At once."""
        return self.is_set()


def test_a_history_without_room_ends_no_worker_and_is_read_once() -> None:
    cases = NoRoom()
    app._filled(cases, Hurried())
    assert cases.tried == ["fill", "fill", "keep", "keep"]
