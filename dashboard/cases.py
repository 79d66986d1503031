"""Every case there is, in memory or archived, as one table that SQL can ask: the facts, and what a list shows.

`h.cases` has a row an event: the facts (`facts.FACTS`, instants UTC ms), `id title address worker_id step lat lon`, and
`last_ms`, the last instant anything of it lies in (of an open one: for ever), and `spot`, a number for its place and
category together. A replica keeps it compressed in its own
memory: filled once from the archive's files, then brought along from the fold when somebody asks. It changes nothing,
and counts nothing: that is `kpicount`'s and the asker's business.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from itertools import islice
from tempfile import gettempdir
from threading import Event, Lock
from typing import Any, Final, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from dashboard import clock, facts
from dashboard.coldrows import as_of, key_of
from dashboard.eventstate import EventState
from dashboard.filters import PLACE
from dashboard.picture import Picture
from dashboard.procedure import Procedure
from dashboard.scan import Cursor, Scan, Unreadable
from dashboard.taxonomy import BRANCH

logger = logging.getLogger(__name__)
T = TypeVar("T")


def _listed(names: Iterable[str]) -> str:
    """Columns by name, as SQL has them."""
    return ", ".join(f'"{name}"' for name in names)


CHUNK: Final = 1_000
"""Events whose facts are worked out at once, while frames wait: some 10 ms."""
FRESH_S: Final = 1.0
"""How far behind the fold an answer may be that nobody asks of an instant (`Cases.reach`)."""
KEEP_S: Final = 600.0
RELATION: Final = "h.cases"
RELEVANT: Final = "reported <= $end AND last_ms > $start"
"""The cases a window can say anything of: of the others nothing lies in it. The table is in the order of reporting, so
that a short window reads little of it."""
_INSTANTS: Final = (
    "reported", "accepted", "assigned", "handling", "feedback", "closed", "left", "due", "first_due", "rated",
    "whistle_due", "whistle_in",
)  # fmt: skip
_LAST: Final = f'CASE WHEN open OR "left" IS NULL THEN 4611686018427387904 ELSE greatest({_listed(_INSTANTS)}) END'
_TEXTS: Final = ("id", "title", "address", "worker_id", "step")
_SHOWN: Final = ", ".join(["key", "lat", "lon", *(f"{name}::VARCHAR AS {name}" for name in _TEXTS)])
_MORE: Final = f"{_LAST} AS last_ms, {BRANCH} AS branch, hash({PLACE}, branch) AS spot"
_NEW: Final = f"SELECT *, {_MORE} FROM (SELECT {_SHOWN}, {facts.selected()} FROM rows)"
_FILE: Final = (
    f"INSERT INTO h.past SELECT *, {_MORE} FROM (SELECT {_SHOWN}, {_listed(facts.FACTS)}"
    " FROM read_parquet($file) f WHERE as_of <= $upto AND NOT EXISTS (FROM h.present p WHERE p.key = f.key)"
    " AND NOT EXISTS (FROM stale s WHERE s.key = f.key AND s.as_of = f.as_of) AND {some}) ORDER BY reported"
)
_WHOLE: Final = _FILE.format(some="true")
_LOST: Final = _FILE.format(some="key IN (SELECT key FROM lost)")
_TABLES: Final = (
    "ATTACH IF NOT EXISTS ':memory:' AS h (COMPRESS)", f"CREATE OR REPLACE TABLE h.past AS {_NEW}",
    "CREATE OR REPLACE TABLE h.present AS FROM h.past",
    f"CREATE OR REPLACE VIEW {RELATION} AS FROM h.past UNION ALL FROM h.present",
)  # fmt: skip

Columns = dict[str, NDArray[Any]]
Asked = Callable[[Cursor], object]
"""Is handed, before a question is put, what can call it off."""


def quiet(_: Cursor) -> None:
    """Nobody will call it off."""


class Filling(RuntimeError):  # noqa: N818 - a state of the replica
    """The table is being filled after a start; `done` says how much of it is there, 0 to 1."""

    def __init__(self, done: float) -> None:
        super().__init__(f"the history is being read: {done:.0%}")
        self.done = done


class Memory(Protocol):
    """What is needed of the pipeline."""

    def look(self, read: Callable[[Picture], T]) -> T:
        """What `read` finds in the picture, which does not change meanwhile."""


class _Changed(NamedTuple):
    """Events that have changed, and whether each has been in memory since; all that did before `as_of` (UTC ms), which
    is `at` of the monotonic clock."""

    ids: dict[str, bool]
    as_of: int
    at: float


class Cases:
    """The table; every method may be called from any thread."""

    def __init__(self, memory: Memory, scan: Scan | None = None, fresh_s: float = FRESH_S) -> None:
        self.memory, self._scan, self._fresh_s = memory, scan or Scan(spill=gettempdir()), fresh_s
        self._touched: dict[str, bool] = {}
        self._present: set[str] = set()
        self._files: set[str] = set()
        self._lock = Lock()
        self._fresh_at, self._done = -fresh_s, 0.0
        self.as_of = 0
        """As of when the table is, UTC ms: what was folded before is in it."""
        self.since: int | None = None
        """When the first of the cases was reported, UTC ms."""

    def note(self, event_id: str, left: bool = False) -> None:
        """This event has changed, or (`left`) has left memory."""
        self._touched[event_id] = self._touched.get(event_id, False) or not left

    def fill(self, stop: Event | None = None) -> None:
        """Take in all there is; once, while `note` is being told of what changes meanwhile.

        Raises:
            Unreadable: the archive cannot be read; to be tried again, from the beginning.
        """
        with self._lock, self._scan.tended() as cursor:
            for line in _TABLES:
                cursor.run(line, {}, rows=_rows([], Procedure()))
            self._present, self._files = set(), set()
            self.memory.look(lambda picture: self._note_all(event.id for event in picture.events))
            self._follow(cursor, self._changed())
            files, stale, upto = self._archived()
            for n, file in enumerate(files):
                if stop and stop.is_set():
                    return
                cursor.run(_WHOLE, {"file": file, "upto": upto}, stale=stale)
                cursor.run("CHECKPOINT h", {})  # compresses what has come
                self._files.add(file)
                self._done = 0.99 * (n + 1) / len(files)
            self._look_back(cursor)
            self._done = 1.0

    def ask(self, query: str, values: Mapping[str, object], asked: Asked = quiet) -> Columns:
        """The columns of the answer to `query`, which reads `RELATION`; `asked` is handed what can call it off.

        Raises:
            Filling, Busy, TookTooLong, Unreadable: there is no answer.
        """
        if self._done < 1:
            raise Filling(self._done)
        self._bring_along()
        with self._scan.turn() as cursor:
            asked(cursor)
            return cursor.run(query, values)

    def reach(self, at_ms: int) -> None:
        """Have all in the table that was folded until then: what several ask of one instant agrees.

        Raises:
            Filling, Unreadable: it cannot be had.
        """
        if self._done < 1:
            raise Filling(self._done)
        if self.as_of <= at_ms:
            self._bring_along(at_ms)

    def keep(self, stop: Event) -> None:
        """Take over now and then what has changed, so that it does not pile up where nobody asks."""
        while not stop.wait(KEEP_S):
            with suppress(Unreadable):  # who asks next is told
                self._bring_along()

    def _bring_along(self, at_ms: int = 0) -> None:
        with self._lock:
            if self.as_of > at_ms and clock.monotonic() - self._fresh_at < self._fresh_s:
                return
            before = self._present, set(self._files), self.as_of, self._fresh_at
            changed = self._changed()
            try:
                with self._scan.tended() as cursor, cursor.together():
                    self._fetch(cursor, self._follow(cursor, changed))
                    self._look_back(cursor)
            except BaseException:  # the table is as it was, so what is said of it must be, too
                self._present, self._files, self.as_of, self._fresh_at = before
                self.memory.look(lambda _: self._note_all(changed.ids))
                raise

    def _follow(self, cursor: Cursor, changed: _Changed) -> list[int]:
        """Take over from the fold what has changed; returns the keys of events of which only the archive knows how they
        are by now."""
        lost = list[int]()
        for n in range(0, len(changed.ids), CHUNK):
            part = dict(islice(changed.ids.items(), n, n + CHUNK))
            rows, thawed = self.memory.look(lambda picture, ids=tuple(part): _found(picture, ids))  # type: ignore[misc]
            lost += self._replace(cursor, part, rows, thawed)
        self.as_of, self._fresh_at = changed.as_of, changed.at
        return lost

    def _look_back(self, cursor: Cursor) -> None:
        found = cursor.run(f"SELECT min(reported) AS at FROM {RELATION} HAVING count(*) > 0", {})["at"]
        self.since = int(found[0]) if len(found) else None

    def _note_all(self, ids: Iterable[str]) -> None:
        for event_id in ids:
            self.note(event_id)

    def _changed(self) -> _Changed:
        now_ms, at = clock.now_ms(), clock.monotonic()
        return _Changed(self.memory.look(lambda _: self._take()), now_ms, at)  # while nobody notes anything

    def _take(self) -> dict[str, bool]:
        touched, self._touched = self._touched, {}
        return touched

    def _replace(self, cursor: Cursor, touched: dict[str, bool], rows: Columns, thawed: list[int]) -> list[int]:
        """These events are as `rows` say; those of which there is no row have left memory, and if they have not changed
        before are as they were. Returns the keys of the others."""
        here = set(rows["id"].tolist())
        left = {one: key_of(one) for one in touched if one not in here}
        moved = [key for one, key in left.items() if one in self._present and not touched[one]]
        lost = [key for one, key in left.items() if one not in self._present or touched[one]]
        for line, keys in (
            ("INSERT INTO h.past FROM h.present WHERE key IN (SELECT key FROM keys)", moved),
            ("DELETE FROM h.present WHERE key IN (SELECT key FROM keys)", [*left.values(), *rows["key"].tolist()]),
            ("DELETE FROM h.past WHERE key IN (SELECT key FROM keys)", [*thawed, *lost]),
            (f"INSERT INTO h.present {_NEW}", rows["key"].tolist()),
        ):
            if keys:
                cursor.run(line, {}, keys={"key": np.array(keys, np.uint64)}, rows=rows)
        self._present = (self._present - touched.keys()) | here
        return lost

    def _fetch(self, cursor: Cursor, lost: list[int]) -> None:
        """Take in what the fold has never held, of new imports, and what it held and let go before anybody asked.

        Raises:
            Unreadable: a file cannot be read, or has been merged meanwhile.
        """
        imports = self.memory.look(lambda picture: picture.events.cold.imports)
        new = [file for file in imports if file not in self._files]
        if not new and not lost:
            return
        files, stale, upto = self._archived()
        for file in new:
            cursor.run(_WHOLE, {"file": file, "upto": upto}, stale=stale)
        for file in [file for file in files if file not in new] if lost else ():
            keys = {"key": np.array(lost, np.uint64)}
            cursor.run(_LOST, {"file": file, "upto": upto}, stale=stale, lost=keys)
        self._files.update(new)

    def _archived(self) -> tuple[list[str], Columns, int]:
        """The archive's files, which of their rows do not count, and up to which position they do."""
        archive, upto = self.memory.look(lambda picture: (picture.events.cold, picture.events.read_to))
        files, keys, positions = archive.relation(upto)
        return files, {"key": keys, "as_of": positions}, as_of(upto)


def _found(picture: Picture, ids: Iterable[str]) -> tuple[Columns, list[int]]:
    """The rows of those that are in memory, and the keys of those of them that are archived, too."""
    events = picture.events
    states = [events[event_id] for event_id in ids if events.warm(event_id)]
    thawed = [key_of(event.id) for event in states if event.id in events.cold]
    return _rows(states, events.procedure), thawed


def _rows(states: list[EventState], procedure: Procedure) -> Columns:
    texts = {name: np.array([str(getattr(one, name)) for one in states], object) for name in _TEXTS}
    places = {name: np.array([getattr(one, name) for one in states], float) for name in ("lat", "lon")}
    keys = {"key": np.array([key_of(one.id) for one in states], np.uint64)}
    return facts.table(states, procedure) | texts | places | keys
