"""Events that have left the picture: whose ids they are, and how one comes back. Reads only.

What the files are is told by `coldrows`. An event about which something is said later comes back into the picture and
leaves it again, so that it may be there twice: the newest row counts, of those not newer than what the asker has read
of the log. Which events leave when is the business of `feeds.coldwriter`.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from dashboard.coldbook import Book
from dashboard.coldrows import Columns as Columns
from dashboard.coldrows import as_of as as_of
from dashboard.coldrows import folder_of as folder_of
from dashboard.coldrows import import_of as import_of
from dashboard.coldrows import key_of as key_of
from dashboard.coldrows import row_query as row_query
from dashboard.coldrows import table as table
from dashboard.eventstate import NEVER, EventState
from dashboard.pieces import NOTHING, Id, Piece, listed, live
from dashboard.scan import Busy, Scan, TookTooLong, Unreadable

logger = logging.getLogger(__name__)
STREAM: Final = "wall:events"
_KEPT: Final = 4096
_TRIES: Final = 3
_DECODER = msgspec.msgpack.Decoder(EventState)
_MAYBE: Final = ("closed", "due", "score")
_INDEX = "SELECT key, digest, as_of FROM read_parquet($files) WHERE as_of <= $upto"
_CLOSED = (
    "SELECT region, max(closed) AS at FROM read_parquet($files) WHERE as_of <= $upto AND closed IS NOT NULL"
    " GROUP BY region"
)
_NEWS = "SELECT id, key, digest, as_of FROM read_parquet($files) WHERE as_of > $seen AND as_of <= $upto ORDER BY as_of"
_LATELY = (
    "SELECT state, digest FROM read_parquet($files) WHERE as_of <= $upto AND"
    ' greatest(reported, accepted, assigned, handling, feedback, closed, "left", rated) > $since'
)
_ONE = (
    "SELECT state, digest FROM read_parquet($files) WHERE key = $key AND id = $id AND as_of <= $upto"
    " ORDER BY as_of DESC LIMIT 1"
)
_FOUND = (
    "SELECT id, title, category, severity, region, address, department, process, step, reported,"
    " coalesce(closed, -1) AS closed, coalesce(due, -1) AS due, coalesce(score, -1) AS score"
    " FROM (SELECT DISTINCT ON (key) * EXCLUDE (state) FROM read_parquet($files)"
    " WHERE as_of <= $upto AND reported BETWEEN $start AND $end AND starts_with(region, $region) AND"
    " (starts_with({id}, $words) OR contains({title}, $words) OR contains({address}, $words))"
    " ORDER BY key, as_of DESC) ORDER BY reported DESC, id LIMIT $most"
)
_PLACES = (
    "SELECT DISTINCT ON (key) key, lat, lon FROM read_parquet($files) WHERE as_of <= $upto"
    " AND reported BETWEEN $start AND $end AND ($category IN ('', category) OR starts_with(category, $category || '.'))"
    " ORDER BY key, as_of DESC"
)

Arrived = list[tuple[str, int]]
"""Events that are in the archive now: id, and the hash of the event as it is there."""


class Brief(NamedTuple):
    """What a list shows of an event; names and units as in `EventState`."""

    id: str
    title: str
    category: str
    severity: int
    region: str
    address: str
    department: str
    process: str
    step: str
    reported_ms: int
    closed_ms: int | None
    due_ms: int | None
    score: int | None


class Index(NamedTuple):
    """What files hold: the keys, each with its event's hash as it is in the newest row; by region, when one was last
    closed."""

    keys: NDArray[np.uint64]
    digests: NDArray[np.uint64]
    closed: dict[str, int]


class Cold:
    """The archive of events under `archive` (None: there is none); every method may be called from any thread."""

    def __init__(self, archive: Path | None, scan: Scan | None = None) -> None:
        self._archive, self._folder = archive, archive and folder_of(archive)
        self._own, self._opened = scan, scan
        self._people: Scan | None = None
        self._book = Book()
        self._imports: dict[str, Id] = {}
        self._kept: OrderedDict[tuple[str, int], tuple[bytes, int]] = OrderedDict()
        self._lock = Lock()

    def __contains__(self, event_id: str) -> bool:
        """Whether the archive had this event when it was last looked at."""
        return self._book.as_of(key_of(event_id)) is not None

    def begin(self, upto: Id) -> Index:
        """All it held at a position of the log but for imports; from now on `news` tells what is added.

        Raises:
            OSError, Unreadable: the archive cannot be read.
        """
        self._book, self._imports = Book(), {}
        pieces = self._pieces(NOTHING, upto)
        if not pieces:
            return Index(self._book.keys, self._book.keys, {})
        return self._index(lambda: self._paths(NOTHING, upto), upto, min(upto, pieces[-1].last))

    def admit(self, name: str, at: Id) -> Index:
        """What an import holds, which counts from the entry `at` of the log on.

        Raises:
            Unreadable: its files are not there, or cannot be read; then it does not count.
        """
        if self._archive is None:
            raise Unreadable("there is no archive")
        paths = sorted(map(str, import_of(self._archive, name).glob("*.parquet")))
        index = self._index(lambda: paths, at, self._book.seen)
        self._imports = self._imports | dict.fromkeys(paths, at)
        return index

    def lately(self, name: str, since_ms: int, at: Id) -> list[tuple[EventState, int]]:
        """The events of an admitted import to which something happened after `since_ms`, UTC, with their hashes.

        Raises:
            Unreadable: its files are not there, or cannot be read.
        """
        folder = str(import_of(self._archive, name)) if self._archive else ""
        files = [path for path in self._imports if path.startswith(folder + "/")]
        found = self._read(_LATELY, {"since": since_ms}, at, lambda: files)
        rows = zip(found["state"], found["digest"].tolist(), strict=True) if found else ()
        return [(_DECODER.decode(bytes(state)), digest) for state, digest in rows]

    @property
    def imports(self) -> tuple[str, ...]:
        """The files of the imports that have been admitted."""
        return tuple(self._imports)

    def _index(self, files: Callable[[], list[str]], upto: Id, seen: Id) -> Index:
        found, closed = self._read(_INDEX, {}, upto, files), self._read(_CLOSED, {}, upto, files)
        if found is None or closed is None:
            raise Unreadable("its files are not there")
        self._opened = self._own  # of a million events it keeps buffers of 40 MB
        order = np.argsort(found["key"])  # in order, all that follows is ten times as fast
        keys, positions, digests = (found[name][order] for name in ("key", "as_of", "digest"))
        self._book = self._book.with_more(keys, positions, seen)
        newest = positions == self._book.positions[self._book.keys.searchsorted(keys)]
        there = dict(zip(closed["region"].tolist(), closed["at"].tolist(), strict=True))
        return Index(keys[newest], digests[newest], there)

    def news(self, upto: Id) -> Arrived:
        """What has been added since the last call by who had read the log no further than `upto`."""
        seen = self._book.seen
        try:
            pieces = self._pieces(seen, upto)
            found = self._read(_NEWS, {"seen": as_of(seen)}, upto, lambda: self._paths(seen, upto))
        except (OSError, Unreadable) as fault:
            logger.warning("the archive at %s cannot be read, so closed events stay in memory: %s", self._folder, fault)
            return []
        if not pieces or found is None:
            return []
        self._book = self._book.with_more(found["key"], found["as_of"], min(upto, pieces[-1].last))
        return list(zip(found["id"].tolist(), found["digest"].tolist(), strict=True))

    def relation(self, upto: Id) -> tuple[list[str], NDArray[np.uint64], NDArray[np.int64]]:
        """What SQL needs to count every event once as the archive has it at a position of the log: the files, and `key`
        and `as_of` of rows in them that newer rows have replaced. Rows with an `as_of` beyond the position's
        (`as_of(upto)`) do not count either.

        A file may be merged into another at any moment: who finds one missing asks again.

        Raises:
            OSError, Unreadable: the archive cannot be read.
        """
        book = self._book
        more = self._read(_NEWS, {"seen": as_of(book.seen)}, upto, lambda: self._paths(book.seen, upto))
        if more is not None:
            book = book.with_more(more["key"], more["as_of"], upto)
        known = book.stale.by <= as_of(upto)
        return self._files(upto), book.stale.keys[known], book.stale.as_of[known]

    def fetch(self, event_id: str, upto: Id) -> tuple[EventState, int] | None:
        """An event as it was archived last, and its hash; None when it never was.

        Raises:
            Unreadable: the archive cannot be read.
        """
        key = key_of(event_id)
        newest = self._book.as_of(key)
        if newest is None:
            return None
        with self._lock:
            kept = self._kept.get((event_id, newest))
        if kept is None:
            only = newest if newest <= as_of(upto) else None
            found = self._read(_ONE, {"key": key, "id": event_id}, upto, lambda: self._files(upto, only))
            if found is None or not len(found["state"]):
                return None
            kept = bytes(found["state"][0]), int(found["digest"][0])
            with self._lock:
                self._kept[event_id, newest] = kept
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return _DECODER.decode(kept[0]), kept[1]

    def find(self, words: str, window: tuple[int, int], region: str, most: int, upto: Id) -> list[Brief]:
        """The newest `most` events reported in a window (UTC ms) below a region, whose id begins with `words` or
        whose title or address has them.

        Raises:
            Busy, TookTooLong, Unreadable: of the archive.
        """
        cased = words.lower() != words.upper()  # for Chinese, to leave the case alone halves the time
        query = _FOUND.format(**{name: f"lower({name})" if cased else name for name in ("id", "title", "address")})
        values = {"words": words.lower(), "start": window[0], "end": window[1], "region": region, "most": most}
        found = self._run(self._asked, query, values, upto)
        columns = [found[name.removesuffix("_ms")].tolist() for name in Brief._fields[:-3]] if found else []
        columns += [[None if n == NEVER else n for n in found[name].tolist()] for name in _MAYBE] if found else []
        return [Brief(*values) for values in zip(*columns, strict=True)]

    def places(self, window: tuple[int, int], category: str, upto: Id) -> Columns:
        """`key`, `lat` and `lon` (degrees) of the events reported in a window, of one category or (empty) of all.

        Raises:
            Busy, TookTooLong, Unreadable: of the archive.
        """
        values = {"start": window[0], "end": window[1], "category": category}
        found = self._run(self._asked, _PLACES, values, upto)
        return found or {"key": np.zeros(0, np.uint64), "lat": np.zeros(0), "lon": np.zeros(0)}

    @property
    def _scan(self) -> Scan:
        """Opened when first something is asked: most replicas of a young city never ask."""
        self._opened = found = self._opened or Scan(at_once=8, wait_s=10.0)
        return found

    @property
    def _asked(self) -> Scan:
        """For what people ask, a few at once: the fold waits for none of them."""
        self._people = found = self._people or Scan()
        return found

    def _pieces(self, after: Id, upto: Id) -> list[Piece]:
        """The files that have something in (after, upto], in order, but for imports. Raises OSError."""
        if self._folder is None:
            return []
        return [piece for piece in live(listed(self._folder)) if piece.last > after and piece.first <= upto]

    def _paths(self, after: Id, upto: Id) -> list[str]:
        return [str(piece.paths[""]) for piece in self._pieces(after, upto)]

    def _files(self, upto: Id, only: int | None = None) -> list[str]:
        """All the files that have something up to a position, or rows of `only` that position (`as_of`)."""
        imports = [path for path, at in self._imports.items() if at <= upto]
        if only is None:
            return self._paths(NOTHING, upto) + imports
        pieces = [piece for piece in self._pieces(NOTHING, upto) if as_of(piece.first) <= only <= as_of(piece.last)]
        return [str(piece.paths[""]) for piece in pieces] if only else imports

    def _read(
        self, query: str, values: Mapping[str, object], upto: Id, files: Callable[[], list[str]] | None = None
    ) -> Columns | None:
        """As `_run`, for the fold: it knows an archive that can be read, or cannot."""
        try:
            return self._run(self._scan, query, values, upto, files)
        except (Busy, TookTooLong) as fault:
            raise Unreadable("it does not answer in time") from fault

    def _run(
        self, scan: Scan, query: str, values: Mapping[str, object], upto: Id,
        files: Callable[[], list[str]] | None = None,
    ) -> Columns | None:  # fmt: skip
        """The answer of some files, or of all that count; None when there are none."""
        for left in range(_TRIES - 1, -1, -1):
            if not (paths := files() if files else self._files(upto)):
                break
            try:
                with scan.turn() as cursor:
                    return cursor.run(query, {**values, "upto": as_of(upto), "files": paths})
            except Unreadable:
                if not left:  # else it has been merged meanwhile
                    raise
        return None
