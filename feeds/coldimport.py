"""Writes an import: closed events of the time before the wall, straight into the archive.

It comes in parts, a file each, of one stretch of time and sorted by key within it, so that neither who wants one event
nor who wants one month reads much; several processes may write parts. All of it counts only once the record that
`finish` returns is on the log; who is killed before that begins anew. How files look is told by `dashboard.coldrows`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dashboard import coldrows, facts
from dashboard.eventstate import EventState
from dashboard.model import EventsImported
from dashboard.pieces import NOTHING
from dashboard.procedure import Procedure
from feeds.coldwriter import GROUP
from feeds.parquet import save, sync


class Part(NamedTuple):
    """What has been written: how many events, the sum of their hashes, when the first and last were reported."""

    events: int = 0
    digest: int = 0
    start: int = 2**63
    end: int = 0


class ColdImport:
    """The import `name` of the archive `folder`."""

    def __init__(self, folder: Path, name: str, procedure: Procedure) -> None:
        self._root, self._name, self._procedure = folder, name, procedure
        self._folder = coldrows.import_of(folder, name)
        self._draft = self._folder.with_name(f"{name}.draft")

    def begin(self) -> None:
        """Throw away what is there of it, the log not having its record."""
        for left in (self._draft, self._folder):
            shutil.rmtree(left, ignore_errors=True)

    def write(self, number: int, some: Iterable[tuple[Sequence[EventState], facts.Table | None]]) -> Part:
        """One part, of events and their facts (None: not known). Raises OSError or duckdb.Error."""
        made = [coldrows.table(states, None, NOTHING, self._procedure, known) for states, known in some if states]
        if not made:
            return Part()
        order = np.argsort(np.concatenate([rows["key"] for rows in made]))
        rows = {name: np.concatenate([part[name] for part in made])[order] for name in made[0]}
        save(self._root, coldrows.row_query(), [], self._draft / f"{number:05d}.parquet", GROUP, rows)
        reported = rows["reported"]
        return Part(len(order), sum(rows["digest"].tolist()), int(reported.min()), int(reported.max()))

    def finish(self, parts: Sequence[Part]) -> EventsImported:
        """Put what is written in its place; returns the record that makes it count. Raises OSError."""
        self._draft.rename(self._folder)
        sync(self._folder.parent)
        events, digest, start, end = zip(*parts, strict=True)
        return EventsImported(self._name, sum(events), f"{sum(digest) % 2**64:016x}", min(start), max(end))
