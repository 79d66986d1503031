"""What a replay did, counted: for the person who started it. Nothing here plays or decides anything."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TextIO

from dashboard import clock
from dashboard.model import WorkerFixes
from dashboard.record import Record
from feeds.base import DeadLetter


@dataclass(slots=True)
class Summary:
    """Counts of one run. `applied` counts records by type, each position of a batch as one `worker.fix`."""

    name: str
    rows: int = 0
    """Rows played: read, at or after the start, and reached; refused ones among them."""
    skipped: int = 0
    """Rows before the start."""
    applied: Counter[str] = field(default_factory=Counter)
    rejected: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(column, reason) → rows refused."""
    late: int = 0
    """Rows older than one already played by more than the look-ahead could mend; they were played at once."""
    began_ms: int = 0
    ended_ms: int = 0
    behind_ms: int = 0
    """How far the playing lagged at worst."""

    @property
    def refused(self) -> int:
        """Rows refused, whatever the reason."""
        return self.rejected.total()

    def apply(self, records: Sequence[Record]) -> None:
        """Count what the log has taken."""
        for record in records:
            if isinstance(record.data, WorkerFixes):
                self.applied["worker.fix"] += len(record.data.fix_time)
            else:
                self.applied[record.type] += 1

    def reject(self, letters: Sequence[DeadLetter]) -> None:
        """Count refused rows."""
        self.rows += len(letters)
        self.rejected.update((letter.field, letter.reason) for letter in letters)

    def lines(self) -> list[str]:
        """The summary as text, a line each."""
        seconds = (self.ended_ms - self.began_ms) / 1000
        applied = ", ".join(f"{kind} {count:,}" for kind, count in sorted(self.applied.items())) or "nothing"
        return [
            f"{self.name}: {self.rows:,} rows in {seconds:,.1f} s; {self.skipped:,} before the start",
            f"  applied: {applied}",
            f"  rejected: {self.refused:,}",
            *(f"    {n:,} × {column or 'row'}: {why}" for (column, why), n in self.rejected.most_common(5)),
            f"  late rows: {self.late:,}; at worst {self.behind_ms / 1000:,.1f} s behind",
        ]


class Progress:
    """One line on a terminal, rewritten once a second; silent where there is no terminal."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = sys.stderr if out is None else out
        self._shown_ms = 0

    def show(self, summary: Summary, now_ms: int, tape_ms: int) -> None:
        """Say where the tape is, if a second has passed since it was last said."""
        if now_ms - self._shown_ms < 1000 or not self._out.isatty():
            return
        self._shown_ms = now_ms
        at = clock.to_rfc3339(tape_ms)[:19]
        done = f"{summary.rows:,} rows {summary.applied.total():,} records {summary.refused:,} rejected"
        self._out.write(f"\r{summary.name} {at}Z {done} ")
        self._out.flush()

    def done(self) -> None:
        """Leave the line standing and go on to the next."""
        if self._shown_ms:
            self._out.write("\n")
