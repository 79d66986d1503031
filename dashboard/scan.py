"""DuckDB over the archive's files: few questions at once, each within a time limit. It changes no file.

A question runs on one thread, which stands back behind whatever else wants to run: the wall keeps a core to itself, and
its frames come before answers. Who has waited longest is next.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Event, Lock, Timer
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from dashboard import clock

if TYPE_CHECKING:  # else imported by who first asks: most processes that hold a picture never read the archive
    import duckdb

AT_ONCE = 2
WAIT_S = 10.0
"""How long a question waits for its turn."""
LOOK_S = 0.5
"""How often one that waits looks whether it has been called off."""
LIMIT_S = 30.0
STANDS_BACK = 10
"""The priority (nice) of what answers: about a tenth of a busy core, and all of an idle one."""

_CONFIG: dict[str, Any] = {
    "threads": 1, "memory_limit": "1GB", "temp_directory": "", "autoinstall_known_extensions": False,
}  # fmt: skip
_NO_LIMIT_S = 86_400.0
Off = Callable[[], bool]
_off: ContextVar[Off] = ContextVar("off", default=lambda: False)

Table = Mapping[str, NDArray[Any]]
T = TypeVar("T")


class Busy(RuntimeError):  # noqa: N818 - a state of the wall
    """As many questions as may be asked at once are being answered; ask again later."""


class TookTooLong(RuntimeError):  # noqa: N818 - it is said of the question
    """A question took too long, or more memory than it may have, and has been given up; ask for less."""


class CalledOff(TookTooLong):
    """Who asked does not want to know any more."""


class Unreadable(RuntimeError):  # noqa: N818 - it is said of the archive
    """The files cannot be read."""


@contextmanager
def waiting_unless(off: Off) -> Iterator[None]:
    """Who asks inside does not wait for a turn, but is Busy, once `off` says that nobody wants to know any more."""
    before = _off.set(off)
    try:
        yield
    finally:
        _off.reset(before)


def _apart(work: Callable[[], T]) -> Future[T]:
    """What `work` gives, on a thread of its own of low priority: one that has stepped back may not step forward again
    (that takes privileges), so the asker's cannot be lent."""
    answer: Future[T] = Future()

    def run() -> None:
        if sys.platform == "linux":  # elsewhere priorities are of processes
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), STANDS_BACK)
        try:
            answer.set_result(work())
        except BaseException as fault:
            answer.set_exception(fault)

    threading.Thread(target=run, name="question", daemon=True).start()
    return answer


class Cursor:
    """One question's way to the database, until a deadline."""

    def __init__(self, database: duckdb.DuckDBPyConnection, deadline: float) -> None:
        self._database, self._deadline = database, deadline
        self._off = self._busy = False

    def call_off(self) -> None:
        """Give up what is being run, and whatever would be run after it; from any thread."""
        self._off = True
        if self._busy:  # again, until it has been heard: a query that is about to begin does not hear it
            self._database.interrupt()
            again = Timer(0.05, self.call_off)
            again.daemon = True
            again.start()

    def run(self, query: str, values: Mapping[str, object], **tables: Table) -> dict[str, NDArray[Any]]:
        """The columns of the result; `query` may read `tables` by name and `$values`.

        Raises:
            TookTooLong: the deadline has passed, or (CalledOff) somebody has called it off.
            Unreadable: a file is missing, or is not what it should be.
        """
        self._busy = True
        try:
            return self._run(query, values, tables)
        finally:
            self._busy = False

    def _run(self, query: str, values: Mapping[str, object], tables: Mapping[str, Table]) -> dict[str, NDArray[Any]]:
        import duckdb

        left = self._deadline - clock.monotonic()
        if left <= 0 or self._off:
            raise CalledOff if self._off else TookTooLong
        for name, table in tables.items():
            self._database.register(name, dict(table))
        timer = Timer(left, self._database.interrupt)
        timer.start()
        try:
            done = _apart(lambda: self._database.execute(query, dict(values))).result()
            found = done.fetchnumpy() if done.description else {}
        except (duckdb.InterruptException, duckdb.OutOfMemoryException):
            raise CalledOff if self._off else TookTooLong from None
        except duckdb.Error as fault:
            raise Unreadable(str(fault)) from fault
        finally:
            timer.cancel()
        return {name: np.asarray(column) for name, column in found.items()}

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is run inside is seen by others all at once, or not at all."""
        self._database.begin()
        try:
            yield
        except BaseException:
            self._database.rollback()
            raise
        self._database.commit()


class _Turns:
    """So many at once, the others in the order in which they came: of a semaphore somebody who comes just then may get
    what others have waited for."""

    def __init__(self, at_once: int) -> None:
        self._free, self._waiting, self._lock = at_once, deque[Event](), Lock()

    def take(self, wait_s: float, off: Off) -> bool:
        """Wait for a turn; whether there was one in time, and before `off`."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            mine = Event()
            self._waiting.append(mine)
        while not mine.wait(min(LOOK_S, wait_s)):
            wait_s -= LOOK_S
            if off() or wait_s <= 0:
                break
        with self._lock:
            if not mine.is_set():
                self._waiting.remove(mine)
            return mine.is_set()

    def give(self) -> None:
        """Let the next one in."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1


class Scan:
    """A database without a file of its own; `at_once` questions, `limit_s` for each. What does not fit into its memory
    goes into the folder `spill`, if one is named."""

    def __init__(
        self, at_once: int = AT_ONCE, wait_s: float = WAIT_S, limit_s: float = LIMIT_S, spill: str = ""
    ) -> None:
        import duckdb

        self._database = [duckdb.connect(config=_CONFIG | {"temp_directory": spill})]
        finalize(self, self._database.clear)  # at the latest when Python ends: DuckDB complains of what outlives it
        self._turns, self._wait_s, self._limit_s = _Turns(at_once), wait_s, limit_s

    @contextmanager
    def turn(self) -> Iterator[Cursor]:
        """A turn at asking. Raises Busy when none comes up soon."""
        if not self._turns.take(self._wait_s, _off.get()):
            raise Busy
        try:
            with self._database[0].cursor() as own:
                yield Cursor(own, clock.monotonic() + self._limit_s)
        finally:
            self._turns.give()

    @contextmanager
    def tended(self) -> Iterator[Cursor]:
        """A way in for who looks after the database: besides the questions, and without a limit."""
        with self._database[0].cursor() as own:
            yield Cursor(own, clock.monotonic() + _NO_LIMIT_S)
