"""The whole log for a replica: what has been archived of it first, then what the log still holds.

A stream is read from files only as long as its position is older than what the log holds and files have more; from then
on the log alone is asked. It is a `dashboard.replica.Reader`. Fixes are read from the log alone: their past is in no
replica.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dashboard import clock, logfiles
from dashboard.codec import Malformed
from dashboard.pieces import NOTHING, Id, Piece, by_day, following, id_of, live, text_of
from dashboard.record import Entry
from dashboard.replica import LeftBehind, LogUnavailable
from dashboard.scan import Busy, Scan, TookTooLong, Unreadable
from feeds.log import Log

PAGE: Final = 20_000
"""Entries read from a file at once."""
LATE_MS: Final = 60_000
"""Who has read further than so long ago cannot be overtaken by trimming; of others it is checked after every read."""
_TRIES: Final = 3


class WholeLog:
    """The streams of `log` and their past in the archive `folder`, for one replica, which reads on from where it is."""

    def __init__(self, log: Log, folder: Path) -> None:
        self._log, self._folder = log, folder
        self._on_log: set[str] = set()
        self._pasts: dict[str, _Past] = {}

    def read(self, position: Mapping[str, str], block_ms: int | None, count: int) -> list[Entry]:
        """Entries after `position` on each stream, at most `count` a stream, waiting for the first if told to.

        Raises:
            LogUnavailable: the log does not answer, or the archive cannot be read.
            LeftBehind: neither has what comes next.
        """
        found: list[Entry] = []
        for stream, at in position.items():
            if stream in logfiles.LOGGED and stream not in self._on_log:
                found += self._archived(stream, at, count)
        here = {stream: at for stream, at in position.items() if stream not in self._pasts}
        if not here:
            return found
        entries = self._log.read(here, None if found else block_ms, count)
        torn = self._torn(here, entries)
        found += [entry for entry in entries if entry.stream not in torn]
        return self.read(position, block_ms, count) if torn and not found else found

    def refuse(self, entry: Entry, fault: Malformed) -> None:
        """Note in the dead letters, once whoever reports it, that `entry` could not be accepted."""
        self._log.refuse(entry, fault)

    def snapshot(self) -> bytes | None:
        """The newest saved picture."""
        return self._log.snapshot()

    def oldest(self, stream: str) -> str:
        """Id of the oldest entry of a stream that may be needed of the log: none where `read` finds out by itself."""
        return "0-0" if stream in logfiles.LOGGED else self._log.oldest(stream)

    def _archived(self, stream: str, position: str, count: int) -> list[Entry]:
        """The next entries out of the files; when there are none, the log is next."""
        if stream not in self._pasts:
            oldest, after = id_of(self._log.oldest(stream)), id_of(position)
            if NOTHING < oldest <= after:
                self._on_log.add(stream)
                return []
            self._pasts[stream] = _Past(self._folder, stream)
        if entries := self._pasts[stream].after(id_of(position), count):
            return entries
        if id_of(self._log.trimmed(stream)) > id_of(position):
            raise LeftBehind(f"neither the log nor the archive at {self._folder} has {stream} after {position}")
        del self._pasts[stream]
        self._on_log.add(stream)
        return []

    def _torn(self, position: Mapping[str, str], entries: list[Entry]) -> set[str]:
        """The streams of which something may have been dropped between a position and the entries that were read: what
        was dropped is in the archive, and is read there next time."""
        late_ms = clock.now_ms() - LATE_MS
        late = {stream for stream in self._on_log & position.keys() if id_of(position[stream])[0] < late_ms}
        came = {entry.stream for entry in entries} & late
        torn = {stream for stream in came if id_of(self._log.trimmed(stream)) > id_of(position[stream])}
        self._on_log -= torn
        return torn


class _Past:
    """One stream's entries in the archive, read from the first piece to the last."""

    def __init__(self, folder: Path, stream: str) -> None:
        self._root, self._stream = logfiles.root_of(folder, stream), stream
        self._scan: Scan | None = None
        self._pieces: list[Piece] = []
        self._ahead: list[Entry] = []

    def after(self, position: Id, count: int) -> list[Entry]:
        """The next entries, at most `count`; none when no file has more. Raises LogUnavailable or LeftBehind."""
        if not self._ahead or id_of(self._ahead[0].entry_id) <= position:
            self._ahead = self._fetch(position)
        taken, self._ahead = self._ahead[:count], self._ahead[count:]
        return taken

    def _fetch(self, position: Id) -> list[Entry]:
        for left in range(_TRIES - 1, -1, -1):
            try:
                while piece := self._piece(position):
                    if entries := self._page(piece, position):
                        return entries
                    position = piece.last
                return []
            except (OSError, Unreadable, Busy, TookTooLong) as fault:
                self._pieces = []
                if not left:  # else it has been merged meanwhile
                    raise LogUnavailable(f"the archive at {self._root} cannot be read: {fault}") from fault
        raise AssertionError

    def _piece(self, position: Id) -> Piece | None:
        """The piece that has what comes next; None when none has more."""
        self._pieces = [piece for piece in self._pieces if piece.last > position] or self._listed(position)
        if not self._pieces:
            return None
        if self._pieces[0].first > following(position):
            until = text_of(self._pieces[0].first)
            raise LeftBehind(f"the archive at {self._root} has nothing between {text_of(position)} and {until}")
        return self._pieces[0]

    def _listed(self, position: Id) -> list[Piece]:
        found = by_day(self._root, clock.city_day(position[0]))
        return [piece for pieces in found.values() for piece in live(pieces) if piece.last > position]

    def _page(self, piece: Piece, position: Id) -> list[Entry]:
        values = {"file": str(piece.paths[""]), "ms": position[0], "n": position[1], "most": PAGE}
        self._scan = self._scan or Scan(at_once=1)  # mostly there is nothing to read
        with self._scan.turn() as cursor:
            return logfiles.entries_of(self._stream, cursor.run(logfiles.PAGE_QUERY, values))
