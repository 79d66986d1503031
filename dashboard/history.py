"""Where everybody has been: the archive, what memory holds of the time since, and the log where the two do not meet.

Answers say since when they are complete. Fixes found twice count once; of two fixes of a worker at the same instant the
one read first counts, as in the fold. It reads only, and knows no names: workers are ids.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from dashboard import archive, clock
from dashboard.archive import Columns
from dashboard.journey import EARTH_M
from dashboard.past import History as Log
from dashboard.picture import Picture
from dashboard.pieces import Piece
from dashboard.scan import Cursor, Scan, Unreadable
from dashboard.tracks import KIND, Fixes, Tracks

logger = logging.getLogger(__name__)
T = TypeVar("T")

MOST_WORKERS = 20
LONGEST_MS = 31 * clock.DAY_MS
LONGEST_NEAR_MS = clock.DAY_MS
MOST_M = 5_000.0
MOST_NEAR = 500
"""Workers a `near` answer lists."""
DENSE_MS = clock.HOUR_MS
"""The longest window of which `presence` looks at every minute; of longer ones it looks at a share of the minutes."""
_LATE_MS = 300_000
"""How much older than its neighbours a fix in memory may be and still be found before it is archived."""
_BRIDGE_MS = 600_000
"""The longest stretch of the log that is read to close a hole between archive and memory."""
_PAGE = 2000
_TRIES = 3

_TRACK = "SELECT t, lat, lon FROM read_parquet($files) WHERE worker = $worker AND t BETWEEN $start AND $end ORDER BY t"
_BOX = "t BETWEEN $start AND $end AND lat BETWEEN $south AND $north AND lon BETWEEN $west AND $east"
_METRES = "sqrt(pow((lat - $lat) * $metre, 2) + pow((lon - $lon) * $metre * cos(radians($lat / 1e6)), 2))"
_NEAR = (
    "SELECT worker, min(t) AS first, max(t) AS last, min(d) AS closest_m, arg_min(t, d) AS closest_at,"
    f" count(*) AS fixes FROM (SELECT worker, t, min({_METRES}) AS d FROM ({{source}}) WHERE {_BOX} GROUP BY worker, t)"
    " WHERE d <= $radius GROUP BY worker ORDER BY closest_m, worker LIMIT $most"
)
_PRESENCE = (
    "SELECT arg_min(lat, t) AS lat, arg_min(lon, t) AS lon FROM ({source})"
    " WHERE t BETWEEN $start AND $end AND hash(t // 60000) % $share = 0 GROUP BY worker, t // 60000"
)
_RECENT = "SELECT worker::VARCHAR AS worker, t, lat, lon FROM recent"
_ARCHIVED = "SELECT worker, t, lat, lon FROM read_parquet($files) UNION ALL "


class TooMuch(ValueError):  # noqa: N818 - it is said of the question
    """A question beyond the limits: which parameter, its value, what is allowed."""

    def __init__(self, field: str, value: object, reason: str) -> None:
        super().__init__(f"{field}={value}: {reason}")
        self.field, self.value, self.reason = field, str(value), reason


class Memory(Protocol):
    """What is needed of the pipeline."""

    @property
    def tracks(self) -> Tracks:
        """The fixes in memory; to be read inside `look`."""

    def look(self, read: Callable[[Picture], T]) -> T:
        """What `read` finds in the picture."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What was found, and since when (UTC ms) nothing is missing in it; `complete` when that is the whole window."""

    found: T
    since_ms: int
    complete: bool


@dataclass(frozen=True, slots=True)
class _Held:
    """What the archive offers for a question: its pieces, how far it has got, since when it is complete."""

    pieces: list[Piece]
    taken_ms: int
    since_ms: int | None

    def files(self, worker: str = "") -> list[str]:
        """The files to read for a worker, or for everybody."""
        share = archive.share_of(worker) if worker else ""
        return [str(path) for piece in self.pieces for path in piece.files(share)]


_NOTHING = _Held([], 0, None)


class History:
    """The past as the archive in `folder`, `memory` and the `log` know it; every method may be called from any thread.

    Every question may raise `scan.Busy` or `scan.TookTooLong`; instants are UTC ms, both ends of a window included.
    """

    def __init__(self, folder: Path, memory: Memory, log: Log | None, scan: Scan | None = None) -> None:
        self._folder, self._memory, self._log, self._scan = folder, memory, log, scan or Scan()

    def track(self, workers: Sequence[str], from_ms: int, to_ms: int) -> Answer[dict[str, Columns]]:
        """Every fix of some workers: `t lat lon` in time order, by worker.

        Raises:
            TooMuch: over `MOST_WORKERS` workers or `LONGEST_MS`.
        """
        if len(workers) > MOST_WORKERS:
            raise TooMuch("worker", len(workers), f"at most {MOST_WORKERS} workers at once")
        _check_window(from_ms, to_ms, LONGEST_MS)
        window = {"start": from_ms, "end": to_ms}

        def archived(cursor: Cursor, held: _Held, recent: Columns) -> dict[str, Columns]:
            found = {}
            for worker in workers:
                mine = archive.picked(recent, recent["worker"] == worker)
                if held.pieces:
                    values = window | {"files": held.files(worker), "worker": worker}
                    found[worker] = _in_order([cursor.run(_TRACK, values), mine])
                else:
                    found[worker] = _in_order([mine])
            return found

        return self._ask(archived, from_ms, to_ms, set(workers))

    def near(self, lat: float, lon: float, radius_m: float, from_ms: int, to_ms: int) -> Answer[Columns]:
        """Who was within `radius_m` of a place (degrees), nearest first, one more than `MOST_NEAR` at most.

        Columns: `worker`, `first`, `last` (UTC ms), `closest_m`, `closest_at`, `fixes`.

        Raises:
            TooMuch: over `MOST_M` or `LONGEST_NEAR_MS`.
        """
        if not 0 < radius_m <= MOST_M:
            raise TooMuch("r", radius_m, f"metres, over 0 and at most {MOST_M:g}")
        _check_window(from_ms, to_ms, LONGEST_NEAR_MS)
        high = radius_m / (EARTH_M * np.pi / 180) * 1e6
        wide = high / max(0.01, float(np.cos(np.radians(lat))))
        place = {"lat": lat * 1e6, "lon": lon * 1e6, "metre": EARTH_M * np.pi / 180e6, "radius": radius_m}
        box = {"south": lat * 1e6 - high, "north": lat * 1e6 + high, "west": lon * 1e6 - wide, "east": lon * 1e6 + wide}
        values = place | box | {"start": from_ms, "end": to_ms, "most": MOST_NEAR + 1}
        return self._query(_NEAR, values, from_ms, to_ms)

    def presence(self, from_ms: int, to_ms: int) -> tuple[Answer[Columns], int]:
        """Where workers were, a place (`lat`, `lon` in 1e-6°) for every minute of every worker: the minute's first fix.

        Of a window longer than `DENSE_MS` only every k-th minute is looked at, chosen as if by chance but always the
        same; k is the second value.

        Raises:
            TooMuch: over `LONGEST_MS`.
        """
        _check_window(from_ms, to_ms, LONGEST_MS)
        share = max(1, -(-(to_ms - from_ms) // DENSE_MS))
        return self._query(_PRESENCE, {"start": from_ms, "end": to_ms, "share": share}, from_ms, to_ms), share

    def _query(self, query: str, values: dict[str, Any], from_ms: int, to_ms: int) -> Answer[Columns]:
        def asked(cursor: Cursor, held: _Held, recent: Columns) -> Columns:
            source = (_ARCHIVED if held.pieces else "") + _RECENT
            files = {"files": held.files()} if held.pieces else {}
            return cursor.run(query.format(source=source), values | files, recent=recent)

        return self._ask(asked, from_ms, to_ms, None)

    def _ask(
        self, ask: Callable[[Cursor, _Held, Columns], T], from_ms: int, to_ms: int, workers: set[str] | None
    ) -> Answer[T]:
        """`ask` over the archive and what is newer; over what is newer alone when the archive cannot be read."""
        with self._scan.turn() as cursor:
            for _ in range(_TRIES):  # a file that has been merged or dropped meanwhile is no fault
                try:
                    held = self._held(from_ms, to_ms)
                    recent, since_ms = self._since(held, from_ms, to_ms, workers)
                    return Answer(ask(cursor, held, recent), since_ms, since_ms <= from_ms)
                except (OSError, Unreadable) as fault:
                    trouble = fault
            logger.warning("the archive at %s cannot be read: %s", self._folder, trouble)
            recent, since_ms = self._since(_NOTHING, from_ms, to_ms, workers)
            return Answer(ask(cursor, _NOTHING, recent), since_ms, since_ms <= from_ms)

    def _held(self, from_ms: int, to_ms: int) -> _Held:
        days = archive.pieces(self._folder)
        wanted = clock.city_days(from_ms, min(to_ms, from_ms + LONGEST_MS))
        found = [piece for day in wanted for piece in days.get(day, [])]
        return _Held(found, archive.newest(days)[0], archive.since_ms(days))

    def _since(self, held: _Held, from_ms: int, to_ms: int, workers: set[str] | None) -> tuple[Columns, int]:
        """The fixes the archive has not taken yet, and since when all there is is complete."""
        lower = max(from_ms, held.taken_ms - _LATE_MS)
        fixes, began_ms = self._in_memory(lower, to_ms, workers)
        if held.since_ms is None:
            return fixes, to_ms if began_ms is None else began_ms
        if began_ms is not None and began_ms <= held.taken_ms:
            return fixes, held.since_ms
        bridge = self._bridge(held.taken_ms, began_ms, workers)
        if bridge is None:
            return fixes, to_ms if began_ms is None else began_ms
        inside = (bridge["t"] >= lower) & (bridge["t"] <= to_ms)
        return archive.joined([archive.picked(bridge, inside), fixes]), held.since_ms

    def _bridge(self, after_ms: int, before_ms: int | None, workers: set[str] | None) -> Columns | None:
        """What the log took between the archive's end and memory's beginning; None when that is too much to read."""
        end_ms = after_ms + _BRIDGE_MS if before_ms is None else before_ms
        if self._log is None or end_ms - after_ms > _BRIDGE_MS:
            return None
        if before_ms is None and self._log.between(archive.STREAM, str(end_ms), "+", 1):
            return None
        return _on_log(self._log, after_ms, end_ms, workers)

    def _in_memory(self, from_ms: int, to_ms: int, workers: set[str] | None) -> tuple[Columns, int | None]:
        tracks = self._memory.tracks
        parts, began_ms, ids, rows = self._memory.look(
            lambda picture: (tracks.parts(), tracks.since_ms, picture.fleet.ids, _rows(picture, workers))
        )
        found = [_inside(part, from_ms, to_ms, rows) for part in _newest(parts, from_ms)]
        fixes = np.concatenate(found[::-1]) if found else np.zeros(0, KIND)
        names = np.array([ids[row] for row in fixes["row"].tolist()], object)
        return {"worker": names, "t": fixes["fix_ms"], "lat": fixes["lat"], "lon": fixes["lon"]}, began_ms


def _check_window(from_ms: int, to_ms: int, longest_ms: int) -> None:
    if to_ms <= from_ms:
        raise TooMuch("to", to_ms, f"must be after from={from_ms}")
    if to_ms - from_ms > longest_ms:
        raise TooMuch("to", to_ms, f"at most {longest_ms // clock.HOUR_MS} hours after from={from_ms}")


def _rows(picture: Picture, workers: set[str] | None) -> NDArray[np.int64] | None:
    return None if workers is None else np.array([picture.fleet.row_of.get(worker, -1) for worker in workers])


def _newest(parts: list[Fixes], from_ms: int) -> list[Fixes]:
    """The newest parts, back to the first in which everything is too old; parts are in order of arrival."""
    found = []
    for part in reversed(parts):
        if len(part):
            if int(part["fix_ms"].max()) < from_ms:
                break
            found.append(part)
    return found


def _inside(part: Fixes, from_ms: int, to_ms: int, rows: NDArray[np.int64] | None) -> Fixes:
    keep = (part["fix_ms"] >= from_ms) & (part["fix_ms"] <= to_ms)
    if rows is not None:
        keep &= np.isin(part["row"], rows)
    return part[keep]


def _on_log(log: Log, after_ms: int, before_ms: int, workers: set[str] | None) -> Columns:
    """What the log took between two instants."""
    parts, start = [archive.columns([])], str(after_ms)
    while page := log.between(archive.STREAM, start, str(before_ms), _PAGE):
        fixes = archive.columns(page)
        parts.append(fixes if workers is None else archive.picked(fixes, np.isin(fixes["worker"], sorted(workers))))
        start = f"({page[-1].entry_id}"
    return archive.joined(parts)


def _in_order(parts: Sequence[dict[str, NDArray[Any]]]) -> Columns:
    """Fixes of one worker by time, each instant once."""
    t = np.concatenate([part["t"] for part in parts])
    _, rows = np.unique(t, return_index=True)
    return {name: np.concatenate([part[name] for part in parts])[rows] for name in ("t", "lat", "lon")}
