"""Keeps log and picture small enough to live with: archives fixes, closed events and the log itself, saves snapshots,
and trims the log.

From the log only that is dropped which a saved snapshot has folded, which is in the archive, and which is older than
what is left on it for those who read its past.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from dashboard import clock, logfiles
from dashboard.model import STREAMS
from dashboard.pieces import NOTHING, Id, id_of, text_of
from dashboard.replica import BATCH, Replica
from dashboard.settings import Settings
from feeds.archivist import Archivist
from feeds.coldwriter import ColdWriter
from feeds.dayfiles import DayFiles
from feeds.log import Log
from feeds.logwriter import LogWriter
from feeds.parquet import clear

logger = logging.getLogger(__name__)
_POLL_MS = 1000
_ARCHIVE_S = 60.0
_MINUTE_MS = 60_000
_SPARE_MS = 5 * _MINUTE_MS
"""More than is needed, for who starts while entries are dropped, and who is behind (`wholelog.LATE_MS`)."""

Kept = tuple[DayFiles, int]
"""What keeps a stream in the archive, and of how long before its newest entries remain on the log (ms)."""


def kept_of(log: Log, config: Settings) -> list[Kept]:
    """Everything of the log that is kept in the archive, as the settings say."""
    leave_ms, folder = max(int(config.keep_log_days * clock.DAY_MS), _SPARE_MS), config.archive
    fixes = Archivist(log, folder, config.keep_fixes_days), config.track_minutes * _MINUTE_MS + _SPARE_MS
    days = {stream: logfiles.days_kept(stream, config.keep_audit_days) for stream in logfiles.LOGGED}
    return [fixes, *((LogWriter(log, stream, folder, kept), leave_ms) for stream, kept in days.items())]


class Historian:
    """Follows the log with a replica of its own; `every_s` between snapshots, `kept` archived under `folder`."""

    def __init__(
        self, log: Log, replica: Replica, every_s: int, kept: Sequence[Kept], cold: ColdWriter, folder: Path
    ) -> None:
        self._log, self._replica, self._every_s = log, replica, every_s
        self._kept, self._cold, self._folder = kept, cold, folder

    def run(self, stop: Event) -> None:
        """Save, archive and trim until `stop` is set."""
        self._clear()
        self._replica.restore()
        self._replica.catch_up()
        archive_s = min(_ARCHIVE_S, self._every_s)  # before every snapshot: behind it the log is trimmed
        saved_at = archived_at = clock.monotonic() - max(self._every_s, _ARCHIVE_S)
        while not stop.is_set():
            entries = self._replica.wait(_POLL_MS)
            self._replica.fold(entries, clock.now_ms())
            self._replica.picture.take_changes()  # for nobody: they would grow for ever
            if len(entries) < BATCH:
                stop.wait(_POLL_MS / 1000)  # in bites of a second: nobody waits for this replica
            if clock.monotonic() - archived_at >= archive_s:
                archived_at = clock.monotonic()
                self.archive(clock.now_ms())
            if clock.monotonic() - saved_at >= self._every_s:
                saved_at = clock.monotonic()
                self.keep()

    def archive(self, now_ms: int) -> None:
        """Bring the archive of the log up to date, as far as that goes. Raises LogError."""
        for files, _ in self._kept:
            files.tend(now_ms)

    def keep(self) -> None:
        """What is closed into the archive, one snapshot of the rest, then one trim of every stream behind it."""
        self._replica.picture.take_changes()
        self._replica.shed()  # what was archived before a crash is not archived again
        self._cold.tend(self._replica.picture.events, clock.now_ms())
        self._replica.shed()
        self._log.save_snapshot(self._replica.save())
        dropped = {files.stream: self._trim(files, leave_ms) for files, leave_ms in self._kept}
        said = ", ".join(f"{stream} {entries}" for stream, entries in dropped.items() if entries)
        logger.info("snapshot saved; dropped from the log: %s", said or "nothing")

    def _trim(self, files: DayFiles, leave_ms: int) -> int:
        covered = min(_taken(files), self._folded(files))
        before_ms = covered[0] - leave_ms
        return self._log.trim(files.stream, text_of((before_ms, 0))) if before_ms > 0 else 0

    def _folded(self, files: DayFiles) -> Id:
        """Up to where the snapshot has folded a stream; what is never folded asks for no snapshot."""
        if files.stream not in STREAMS:
            return _taken(files)
        return id_of(self._replica.picture.position.get(files.stream, "0-0"))

    def _clear(self) -> None:
        try:
            clear(self._folder)
        except OSError as fault:
            logger.warning("what a crash has left in the archive at %s stays there: %s", self._folder, fault)


def _taken(files: DayFiles) -> Id:
    """What the archive has; nothing as long as nobody can tell."""
    try:
        return files.taken
    except OSError:
        return NOTHING
