"""The feed that plays a recorded file into the log at N times its own pace.

Time is one affine map: tape instant t is played at `wall_start + (t - tape_start) / speed`, and *every*
instant of a record (reported, due, closed, fix time) goes through it, so that what was on time stays on time
and the wall's timers agree with the wall's clock. This module keeps the pace; the order is `playlist`'s, the
records are made by `records`.
"""

from __future__ import annotations

import logging
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from threading import Event
from typing import TextIO

from dashboard import clock
from feeds.base import DeadLetter, Sink
from feeds.replay.mapping import Mapping
from feeds.replay.playlist import Due, Playlist
from feeds.replay.records import Records, TimeMap
from feeds.replay.summary import Progress, Summary
from feeds.replay.tape import TapeError

logger = logging.getLogger(__name__)

TICK_MS = 40
"""Records falling due within one tick are appended together, at its end."""
MAX_TICK = 1_000
"""Rows and steps in one append, at most."""
BEHIND_MS = 5_000
"""A lag worth a warning."""


@dataclass(slots=True)
class _Run:
    """What `run` was given and what it counts."""

    sink: Sink
    stop: Event
    summary: Summary


class Replay:
    """Plays `file`, as `mapping` says, once.

    Args:
        file: CSV or NDJSON, `.gz` or not.
        mapping: from `load_mapping`.
        speed: tape seconds per wall second.
        start: begin at the first row at or after this instant (RFC 3339, or local to the mapping's time zone;
            a time of day such as 08:30 for seconds-of-day tapes).
        wall_start_ms: when the first row is played (UTC ms); replays given the same one start together.
            Default: as soon as it has been read.
        clock: reads the wall clock, UTC ms.
        until: end after this many seconds of tape.
        out: where the summary goes.

    Raises:
        TapeError: no such file, a speed that is not positive, or an unreadable `start`.
    """

    def __init__(
        self,
        file: Path,
        mapping: Mapping,
        *,
        speed: float = 1.0,
        start: str | None = None,
        wall_start_ms: int | None = None,
        clock: Callable[[], int] = clock.now_ms,
        until: float | None = None,
        out: TextIO | None = None,
    ) -> None:
        if not file.is_file():
            raise TapeError(f"{file} is not a file: pass a CSV or NDJSON export")
        if not speed > 0:
            raise TapeError(f"speed {speed} must be greater than 0")
        self.name = f"replay {file.name}"
        self.summary = Summary(file.name)
        self._file, self._mapping = file, mapping
        self._playlist = Playlist(file, mapping, start)
        self._speed, self._until = speed, until
        self._wall_start, self._clock = wall_start_ms, clock
        self._newest = self._warned_ms = 0
        self._out = out
        self._progress = Progress()

    def run(self, sink: Sink, stop: Event) -> None:
        """Play to the end of the tape, `until`, or `stop`; called again, play the same with the same ids.

        Ctrl-C counts as `stop`, so that the wall's mark is taken away and the summary is printed.

        Raises:
            TapeError: the file cannot be played at all (a column is missing, it is no gzip despite its name).
        """
        self.summary = Summary(self._file.name, began_ms=self._clock())
        self._newest = 0
        run = _Run(sink, stop, self.summary)
        records: Records | None = None
        try:
            dues = self._playlist.dues(run.summary, run.stop, lambda letters: self._reject(letters, run))
            first = next(dues, None)
            if first is not None:
                records = self._records(first.at)
                self._play(chain([first], dues), records, run)
        except KeyboardInterrupt:
            stop.set()
        if records is not None:
            sink.append([records.tape("ended", self._clock())])
        self._report()

    def _play(self, dues: Iterator[Due], records: Records, run: _Run) -> None:
        run.sink.append([records.tape("playing", self._clock())])
        for batch in self._ticks(dues, records.time, run):
            self._send(batch, records, run)

    def _ticks(self, dues: Iterator[Due], time: TimeMap, run: _Run) -> Iterator[list[Due]]:
        """What falls due, tick by tick, each when its tick is over; ends early when stopped."""
        end = None if self._until is None else time.tape_start + self._until * 1000
        batch: list[Due] = []
        tick = 0
        for due in dues:
            if end is not None and due.at > end:
                break
            at = time.wall(due.at)
            if batch and (at > tick or len(batch) >= MAX_TICK):
                if not self._wait(tick, batch[-1].at, run):
                    return
                yield batch
                batch = []
            if not batch:
                tick = max(-(-at // TICK_MS) * TICK_MS, self._clock())
            batch.append(due)
        if batch and self._wait(tick, batch[-1].at, run):
            yield batch

    def _wait(self, until_ms: int, tape_ms: int, run: _Run) -> bool:
        """Sleep until the wall clock says `until_ms`; False when stopped."""
        while (left := until_ms - self._clock()) > 0 and not run.stop.wait(min(left, 1000) / 1000):
            self._progress.show(run.summary, self._clock(), tape_ms)
        return not run.stop.is_set()

    def _send(self, batch: list[Due], records: Records, run: _Run) -> None:
        letters = [due.row for due in batch if isinstance(due.row, DeadLetter)]
        if letters:
            self._reject(letters, run)
        made = records.of((due.stage, due.row) for due in batch if not isinstance(due.row, DeadLetter))
        if made:
            run.sink.append(made)
        run.summary.apply(made)
        run.summary.rows += sum(due.stage == 0 for due in batch) - len(letters)
        self._say_if_behind(batch, records.time, run.summary)
        self._progress.show(run.summary, self._clock(), batch[-1].at)

    def _reject(self, letters: Sequence[DeadLetter], run: _Run) -> None:
        run.sink.reject(letters)
        run.summary.reject(letters)

    def _say_if_behind(self, batch: list[Due], time: TimeMap, summary: Summary) -> None:
        """Measured on what came in order: a late row is old by nature."""
        in_order = [due.at for due in batch if due.at >= self._newest]
        if not in_order:
            return
        self._newest = in_order[-1]
        now = self._clock()
        lag = now - time.wall(in_order[0])
        summary.behind_ms = max(summary.behind_ms, lag)
        if lag > BEHIND_MS and now - self._warned_ms > 2 * BEHIND_MS:
            self._warned_ms = now
            logger.warning("%s is %.0f s behind: the log is slower than the tape", self.name, lag / 1000)

    def _records(self, tape_start: int) -> Records:
        if self._wall_start is None:
            self._wall_start = self._clock()
        time = TimeMap(tape_start, self._wall_start, self._speed)
        return Records(self._mapping, self._file.name, time, zlib.crc32(self._file.name.encode()))

    def _report(self) -> None:
        self.summary.ended_ms = self._clock()
        self._progress.done()
        out = sys.stdout if self._out is None else self._out
        out.write("\n".join(self.summary.lines()) + "\n")
