"""Keeps log and picture small enough to live with: archives fixes and closed events, saves snapshots, drops old fixes.

From the log only fixes are dropped, and only those that a saved snapshot has folded, that are in the archive, and that
no replica needs in memory any more.
"""

from __future__ import annotations

import logging
from threading import Event

from dashboard import clock
from dashboard.replica import BATCH, Replica
from feeds.archivist import Archivist
from feeds.coldwriter import ColdWriter
from feeds.log import Log

logger = logging.getLogger(__name__)
_POSITIONS = "wall:positions"
_POLL_MS = 1000
_ARCHIVE_S = 60.0


class Historian:
    """Follows the log with a replica of its own; `every_s` between snapshots, `keep_ms` of fixes left on the log."""

    def __init__(
        self, log: Log, replica: Replica, every_s: int, keep_ms: int, archivist: Archivist, cold: ColdWriter
    ) -> None:
        self._log, self._replica, self._every_s, self._keep_ms = log, replica, every_s, keep_ms
        self._archivist, self._cold = archivist, cold

    def run(self, stop: Event) -> None:
        """Save, archive and trim until `stop` is set."""
        self._replica.restore()
        self._replica.catch_up()
        saved_at = archived_at = clock.monotonic() - max(self._every_s, _ARCHIVE_S)
        while not stop.is_set():
            entries = self._replica.wait(_POLL_MS)
            self._replica.fold(entries, clock.now_ms())
            self._replica.picture.take_changes()  # for nobody: they would grow for ever
            if len(entries) < BATCH:
                stop.wait(_POLL_MS / 1000)  # in bites of a second: nobody waits for this replica
            if clock.monotonic() - archived_at >= _ARCHIVE_S:
                archived_at = clock.monotonic()
                self._archivist.tend(clock.now_ms())
            if clock.monotonic() - saved_at >= self._every_s:
                saved_at = clock.monotonic()
                self.keep()

    def keep(self) -> None:
        """What is closed into the archive, one snapshot of the rest, then one trim behind it."""
        self._replica.picture.take_changes()
        self._replica.shed()  # what was archived before a crash is not archived again
        self._cold.tend(self._replica.picture.events, clock.now_ms())
        self._replica.shed()
        self._log.save_snapshot(self._replica.save())
        newest = self._replica.picture.position.get(_POSITIONS)
        if newest is not None:
            before = min(int(newest.split("-")[0]) - self._keep_ms, self._archivist.taken_ms)
            dropped = self._log.trim(_POSITIONS, str(max(0, before)))
            logger.info("snapshot saved; %d position entries dropped from the log", dropped)
