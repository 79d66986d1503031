"""What a tape holds, in the order in which it is played: rows read, checked, sorted, and events taken apart.

Everything is lazy: besides a bounded look-ahead, only the steps still to come of events already read are
kept. When a thing is played on the wall's clock is not known here (`player` knows).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush, heappushpop
from pathlib import Path
from threading import Event
from typing import NamedTuple

from dashboard.codec import Malformed
from feeds.base import DeadLetter
from feeds.replay import tape
from feeds.replay.mapping import Mapping, columns_of
from feeds.replay.records import stages
from feeds.replay.rows import EventRow, FixRow, reader_of
from feeds.replay.summary import Summary

LOOK_AHEAD = 1_000
"""Rows read ahead to mend their order."""
REMEMBERED = 200_000
"""Event ids remembered to recognise a repeated row."""

Parsed = EventRow | FixRow | DeadLetter
Item = tuple[int, int, Parsed]
"""Tape instant, line, and what the line said; a refused row has its own time, or that of the row before."""
Reject = Callable[[Sequence[DeadLetter]], None]


class Due(NamedTuple):
    """Something to play: `stage` of a row (see `records.STAGES`) falls due at tape instant `at`."""

    at: int
    line: int
    stage: int
    row: Parsed


class Playlist:
    """The rows of `file` at or after `start` (as written in the mapping's own time; None = all).

    Raises:
        TapeError: `start` cannot be read.
    """

    def __init__(self, file: Path, mapping: Mapping, start: str | None = None) -> None:
        self._file, self._mapping = file, mapping
        self._reader = reader_of(mapping)
        self._start = self._instant(start) if start else None

    def dues(self, summary: Summary, stop: Event, reject: Reject) -> Iterator[Due]:
        """Every stage of every row in order of (tape instant, line, stage), until `stop`.

        Refused rows come as stage 0, except those before the first row with a time: `reject` gets these at
        once. Late and skipped rows are counted in `summary`.

        Raises:
            TapeError: the file cannot be read at all.
        """
        later: list[tuple[int, int, int, EventRow]] = []
        for at, line, row in _ordered(self._items(summary, stop, reject), summary):
            while later and later[0][:2] < (at, line):
                yield Due(*heappop(later))
            if isinstance(row, EventRow):
                for stage, moment in stages(row):
                    heappush(later, (moment, line, stage, row))
            else:
                yield Due(at, line, 0, row)
        while later:
            yield Due(*heappop(later))

    def _items(self, summary: Summary, stop: Event, reject: Reject) -> Iterator[Item]:
        """Every row at or after the start, read or refused, in the file's order."""
        seen: dict[int, None] = {}
        at: int | None = None
        for row in self._rows():
            if stop.is_set():
                return
            at, parsed = self._parsed(row, at, seen)
            if parsed is None:
                summary.skipped += 1
            elif at is not None:
                yield at, row.line, parsed
            elif isinstance(parsed, DeadLetter):
                reject([parsed])

    def _rows(self) -> Iterator[tape.Row | tape.BadRow]:
        mapping = self._mapping
        return tape.read(
            self._file,
            columns_of(mapping),
            ndjson=tape.is_ndjson(self._file, mapping.format),
            encoding=mapping.encoding,
            delimiter=mapping.delimiter,
        )

    def _parsed(
        self, row: tape.Row | tape.BadRow, before: int | None, seen: dict[int, None]
    ) -> tuple[int | None, Parsed | None]:
        """When the row happened (`before` if it cannot tell) and what it says; None: before the start."""
        at = before
        try:
            if isinstance(row, tape.BadRow):
                raise Malformed(row.field, row.value, row.reason)
            at = self._reader.when(row.values)
            if self._too_early(at):
                return at, None
            parsed = self._reader.read(row.line, row.values, at)
            if isinstance(parsed, EventRow):
                self._refuse_repeated(parsed.reported.event_id, seen)
        except Malformed as wrong:
            return at, None if self._too_early(at) else self._letter(row, wrong)
        return at, parsed

    def _refuse_repeated(self, event_id: str, seen: dict[int, None]) -> None:
        """Raise Malformed for the id of a recent row: the fold would refuse the report yet take its steps."""
        key = hash(event_id)
        if key in seen:
            raise Malformed(self._reader.id_column, event_id, "repeats the id of an earlier row")
        seen[key] = None
        if len(seen) > REMEMBERED:
            del seen[next(iter(seen))]

    def _too_early(self, at: int | None) -> bool:
        return self._start is not None and (at is None or at < self._start)

    def _letter(self, row: tape.Row | tape.BadRow, wrong: Malformed) -> DeadLetter:
        place = f"{self._file.name}:{row.line}"
        return DeadLetter(self._mapping.source, place, wrong.field, wrong.value, wrong.reason, row.raw)

    def _instant(self, start: str) -> int:
        try:
            return self._reader.start(start)
        except Malformed as wrong:
            raise tape.TapeError(f"start {start} {wrong.reason}") from None


def _ordered(items: Iterator[Item], summary: Summary) -> Iterator[Item]:
    """Items by time as far as `LOOK_AHEAD` can mend; one later still is passed on at once, and counted."""
    ahead: list[Item] = []
    newest = -sys.maxsize
    for item in items:
        if len(ahead) < LOOK_AHEAD:
            heappush(ahead, item)
            continue
        first = heappushpop(ahead, item)
        summary.late += first[0] < newest
        newest = max(newest, first[0])
        yield first
    while ahead:
        yield heappop(ahead)
