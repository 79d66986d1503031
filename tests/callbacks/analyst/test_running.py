"""Questions under way: the newer calls off the older, a cancel really stops DuckDB, who finds no turn waits."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from callbacks.analyst.running import Key, Running, Superseded
from dashboard.cases import Asked, Cases
from dashboard.scan import Busy, CalledOff, Cursor, Scan
from tests.dashboard.test_cases import Held
from tests.support import small_picture, until

HERE, THERE = Key("a", "trend"), Key("b", "trend")
ENDLESS = "SELECT count(*) AS n FROM range(10000000000) a, range(1000) b WHERE a.range + b.range = -1"


class Asker:
    """Asks something that never ends, on a thread of its own."""

    def __init__(self, running: Running, cases: Cases, key: Key) -> None:
        self.begun, self.ended = Event(), None
        self._thread = Thread(target=self._ask, args=(running, cases, key))
        self._thread.start()
        assert self.begun.wait(10)

    def _ask(self, running: Running, cases: Cases, key: Key) -> None:
        def put(asked: Asked) -> object:
            def told(cursor: Cursor) -> None:
                asked(cursor)
                self.begun.set()

            return cases.ask(ENDLESS, {}, told)

        try:
            running.answer(key, put)
        except CalledOff as why:
            self.ended = type(why)

    def why(self) -> type[CalledOff] | None:
        """Why it has ended."""
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self.ended


@pytest.fixture
def cases() -> Cases:
    found = Cases(Held(small_picture()), Scan(), fresh_s=0)
    found.fill()
    return found


def test_a_cancelled_question_stops(cases: Cases) -> None:
    running = Running()
    asker = Asker(running, cases, HERE)
    assert not running.call_off(THERE), "another page's is none of ours"
    assert running.call_off(HERE)
    assert asker.why() is CalledOff
    assert not running.call_off(HERE)


def test_a_newer_question_for_the_same_place_calls_off_the_older(cases: Cases) -> None:
    running = Running()
    asker = Asker(running, cases, HERE)
    assert running.answer(HERE, lambda put: 1) == 1
    assert asker.why() is Superseded


def test_who_finds_no_turn_asks_again_and_gives_up_when_called_off() -> None:
    tries: list[int] = []

    def busy_twice(put: Asked) -> int:
        tries.append(1)
        if len(tries) < 3:
            raise Busy
        return len(tries)

    assert Running().answer(HERE, busy_twice) == 3

    running = Running()

    def called_off(put: Asked) -> int:
        running.call_off(HERE)
        raise Busy

    with pytest.raises(CalledOff):
        running.answer(HERE, called_off)


def test_one_that_waits_for_its_turn_ends_when_called_off() -> None:
    scan, running, ended = Scan(at_once=1, wait_s=60), Running(), []
    cases = Cases(Held(small_picture()), scan, fresh_s=0)
    cases.fill()

    def ask() -> None:
        try:
            running.answer(HERE, lambda put: cases.ask("SELECT 1", {}, put))
        except CalledOff as why:
            ended.append(type(why))

    with scan.turn():
        asker = Thread(target=ask, daemon=True)
        asker.start()
        assert until(lambda: len(scan._turns._waiting) == 1)
        assert running.call_off(HERE)
        asker.join(10)
        assert ended == [CalledOff]
    with scan.turn():
        pass


def test_after_a_long_wait_it_stays_busy() -> None:
    def never(put: Asked) -> int:
        raise Busy

    with pytest.raises(Busy):
        Running(wait_s=-1).answer(HERE, never)
