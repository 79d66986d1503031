"""Events that have left the picture: where they are kept, whose ids they are, and how one comes back. Reads only.

`events/<first>-<last>.parquet` holds events as the fold of the log up to `as_of` left them, a row each, sorted by
`key`: the facts that KPI are counted from (`facts`), what people look for, and the whole event (`state`, MessagePack).
An event about which something is said later comes back into the picture and leaves it again, so that it may be there
twice: the newest row counts, of those not newer than what the asker has read of the log. Which events leave when is
the business of `feeds.coldwriter`.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from dashboard import facts
from dashboard.eventstate import NEVER, EventState
from dashboard.pieces import NOTHING, Id, Piece, listed, live
from dashboard.procedure import Procedure
from dashboard.scan import Busy, Scan, TookTooLong, Unreadable

logger = logging.getLogger(__name__)
STREAM: Final = "wall:events"
_A_MS: Final = 1_000_000
"""`as_of` is an entry id in one number: its milliseconds times this, and the number within the millisecond."""
_KEPT: Final = 4096
_TRIES: Final = 3
_DECODER = msgspec.msgpack.Decoder(EventState)
_ENCODER = msgspec.msgpack.Encoder()
_TEXTS: Final = ("id", "title", "address", "worker_id", "step")
"""Beside the facts."""
_MAYBE: Final = ("closed", "due", "score")
_INDEX = "SELECT key, digest, as_of FROM read_parquet($files) WHERE as_of <= $upto"
_CLOSED = (
    "SELECT region, max(closed) AS at FROM read_parquet($files) WHERE as_of <= $upto AND closed IS NOT NULL"
    " GROUP BY region"
)
_NEWS = "SELECT id, key, digest, as_of FROM read_parquet($files) WHERE as_of > $seen AND as_of <= $upto ORDER BY as_of"
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
    " AND reported BETWEEN $start AND $end AND ($category = '' OR category = $category) ORDER BY key, as_of DESC"
)

Columns = dict[str, NDArray[Any]]
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
    """What the archive holds: the keys, ascending, each with its event's hash; by region, when one was last closed."""

    keys: NDArray[np.uint64]
    digests: NDArray[np.uint64]
    closed: dict[str, int]


def folder_of(archive: Path) -> Path:
    """Where the events are in the archive."""
    return archive / "events"


def key_of(event_id: str) -> int:
    """64 bits that stand for an id: among a million, two ids share one with a chance of 3 in 10⁸."""
    return int.from_bytes(blake2b(event_id.encode(), digest_size=8).digest(), "little")


def as_of(entry_id: Id) -> int:
    """An entry id in one number, in the same order."""
    return entry_id[0] * _A_MS + entry_id[1]


def table(states: Sequence[EventState], digests: Sequence[int], upto: Id, procedure: Procedure) -> Columns:
    """The rows of these events."""
    texts = {name: np.array([str(getattr(one, name)) for one in states], object) for name in _TEXTS}
    places = {name: np.array([getattr(one, name) for one in states], float) for name in ("lat", "lon")}
    return facts.table(states, procedure) | texts | places | {
        "key": np.array([key_of(one.id) for one in states], np.uint64),
        "digest": np.array(digests, np.uint64), "as_of": np.full(len(states), as_of(upto)),
        "state": np.array([_ENCODER.encode(one) for one in states], object),
    }  # fmt: skip


def row_query() -> str:
    """What makes rows of files out of a `part` that `table` has made."""
    texts = ", ".join(f"{name}::VARCHAR AS {name}" for name in _TEXTS)
    return f"SELECT key, digest, as_of, lat, lon, {texts}, {facts.selected()}, state::BLOB AS state FROM part"


class Cold:
    """The archive of events under `archive` (None: there is none); every method may be called from any thread."""

    def __init__(self, archive: Path | None, scan: Scan | None = None) -> None:
        self._folder = archive and folder_of(archive)
        self._own, self._opened = scan, scan
        self._people: Scan | None = None
        self._book = _NOBODY
        self._seen: Id = NOTHING
        self._kept: OrderedDict[tuple[str, int], tuple[bytes, int]] = OrderedDict()
        self._lock = Lock()

    def __contains__(self, event_id: str) -> bool:
        """Whether the archive had this event when it was last looked at."""
        return self._book.as_of(key_of(event_id)) is not None

    def begin(self, upto: Id) -> Index:
        """All it held at a position of the log; from now on `news` tells what is added."""
        pieces = self._pieces(NOTHING, upto)
        found, closed = self._read(_INDEX, {}, upto), self._read(_CLOSED, {}, upto)
        if not pieces or found is None or closed is None:
            return Index(np.zeros(0, np.uint64), np.zeros(0, np.uint64), {})
        self._opened = self._own  # of a million events it keeps buffers of 40 MB
        newest = _newest(found["key"], found["as_of"])
        self._book, self._seen = _Book(found["key"][newest], found["as_of"][newest]), min(upto, pieces[-1].last)
        there = dict(zip(closed["region"].tolist(), closed["at"].tolist(), strict=True))
        return Index(self._book.keys, found["digest"][newest], there)

    def news(self, upto: Id) -> Arrived:
        """What has been added since the last call by who had read the log no further than `upto`."""
        try:
            pieces = self._pieces(self._seen, upto)
            found = self._read(_NEWS, {"seen": as_of(self._seen)}, upto, self._seen)
        except (OSError, Unreadable) as fault:
            logger.warning("the archive at %s cannot be read, so closed events stay in memory: %s", self._folder, fault)
            return []
        if not pieces or found is None:
            return []
        self._seen = min(upto, pieces[-1].last)
        self._book = self._book.with_more(found["key"], found["as_of"])
        return list(zip(found["id"].tolist(), found["digest"].tolist(), strict=True))

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
            found = self._read(_ONE, {"key": key, "id": event_id}, upto, only=only)
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
        """The files that have something in (after, upto], in order. Raises OSError."""
        if self._folder is None:
            return []
        return [piece for piece in live(listed(self._folder)) if piece.last > after and piece.first <= upto]

    def _read(
        self, query: str, values: Mapping[str, object], upto: Id, after: Id = NOTHING, only: int | None = None
    ) -> Columns | None:
        """As `_run`, for the fold: it knows an archive that can be read, or cannot."""
        try:
            return self._run(self._scan, query, values, upto, after, only)
        except (Busy, TookTooLong) as fault:
            raise Unreadable("it does not answer in time") from fault

    def _run(
        self, scan: Scan, query: str, values: Mapping[str, object], upto: Id, after: Id = NOTHING,
        only: int | None = None,
    ) -> Columns | None:  # fmt: skip
        """The answer of the files that have something in (after, upto], or rows of `only` that position (`as_of`);
        None when there are none."""
        for left in range(_TRIES - 1, -1, -1):
            pieces = self._pieces(after, upto)
            if only is not None:
                pieces = [piece for piece in pieces if as_of(piece.first) <= only <= as_of(piece.last)]
            if not pieces:
                break
            values = {**values, "upto": as_of(upto), "files": [str(piece.paths[""]) for piece in pieces]}
            try:
                with scan.turn() as cursor:
                    return cursor.run(query, values)
            except Unreadable:
                if not left:  # else it has been merged meanwhile
                    raise
        return None


class _Book:
    """Which keys there are, ascending, and at which position of the log each was archived last."""

    def __init__(self, keys: NDArray[np.uint64], positions: NDArray[np.int64]) -> None:
        self.keys, self._positions = keys, positions

    def as_of(self, key: int) -> int | None:
        """The position of one of them."""
        at = int(self.keys.searchsorted(np.uint64(key)))
        return int(self._positions[at]) if at < len(self.keys) and int(self.keys[at]) == key else None

    def with_more(self, keys: NDArray[np.uint64], positions: NDArray[np.int64]) -> _Book:
        """These, and others archived after them."""
        newest = _newest(keys, positions)
        keys, positions = keys[newest], positions[newest]
        there = np.isin(self.keys, keys, assume_unique=True)
        kept, at = self.keys[~there], self._positions[~there]
        places = kept.searchsorted(keys)
        return _Book(np.insert(kept, places, keys), np.insert(at, places, positions))


_NOBODY: Final = _Book(np.zeros(0, np.uint64), np.zeros(0, np.int64))


def _newest(keys: NDArray[np.uint64], positions: NDArray[np.int64]) -> NDArray[np.int64]:
    """The row of each key's newest position, in the order of the keys."""
    order = np.lexsort((positions, keys))
    last: NDArray[np.int64] = order[np.flatnonzero(np.r_[keys[order][1:] != keys[order][:-1], len(keys) > 0])]
    return last
