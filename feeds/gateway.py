"""Runs everything that `feeds.yaml` declares, each feed supervised in a thread of its own, and says how they are.

A feed that cannot be made (a file of its that is missing, say) is tried again like one that crashed. When the file
changes, all is ended and begun anew. What comes in over HTTP is the web replica's; here it is only seen to be declared.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Final

from dashboard import clock
from dashboard.replica import LogUnavailable
from feeds import feedsfile
from feeds.base import Feed, OnceSink, supervise
from feeds.feedsfile import FeedsFile, Http, Source
from feeds.log import Log
from feeds.reports import EVERY_S, report
from feeds.sources import make
from feeds.tally import Tally

logger = logging.getLogger(__name__)
ENDS_S: Final = 30
"""How long feeds may take to end when the file has changed."""


class Declared:
    """A feed as the file declares it, made when it is run: so its supervisor sees what it takes to make one."""

    def __init__(self, entry: Source, file: FeedsFile, tally: Tally) -> None:
        self.name, self._entry, self._file, self._tally = entry.name, entry, file, tally

    def run(self, sink: OnceSink, stop: Event) -> None:
        """Make it and run it."""
        make(self._entry, self._file, self._tally).run(sink, stop)


class Gateway:
    """All feeds of one file."""

    def __init__(self, path: Path, log: Callable[[], Log], archive: Path = Path("archive"), city: str = "") -> None:
        """`archive`: where the log's past is, for feeds that hand it on; `city`: the key of its pack."""
        self._path, self._log, self._beside = path, log, (archive, city)

    def run(self, stop: Event) -> None:
        """Until `stop`; anew whenever the file changes."""
        log = self._log()
        archive, city = self._beside
        file = FeedsFile(self._path.parent, [], [])
        while not stop.is_set():
            ended = Event()
            file = feedsfile.reread(self._path, file)._replace(archive=archive, city=city)
            tallies = self._refused(file)
            threads = [self._start(entry, file, tallies, ended) for entry in file.sources if _ours(entry)]
            logger.info("%s: %d feeds, %d that cannot be used", self._path, len(threads), len(file.faults))
            self._forget(log, file)
            while not stop.is_set() and feedsfile.version_of(self._path) == file.version:
                report(log, tallies)
                stop.wait(EVERY_S)
            ended.set()
            _joined(threads)
            report(log, tallies)

    def _start(self, entry: Source, file: FeedsFile, tallies: dict[str, Tally], ended: Event) -> Thread:
        tally = tallies[entry.name] = Tally(kind_of(entry), clock.now_ms())
        feed: Feed = Declared(entry, file, tally)

        def run() -> None:
            supervise(feed, self._log(), ended, tell=lambda state, why: tally.turn(state, clock.now_ms(), why))

        thread = Thread(target=run, name=entry.name, daemon=True)
        thread.start()
        return thread

    def _refused(self, file: FeedsFile) -> dict[str, Tally]:
        tallies = {}
        for fault in file.faults:
            logger.error("%s, %s %s: %s", self._path, fault.name, fault.field, fault.reason)
            tallies[fault.name] = Tally("?", clock.now_ms())
            tallies[fault.name].turn("refused", clock.now_ms(), f"{fault.field} {fault.reason}".strip())
        return tallies

    def _forget(self, log: Log, file: FeedsFile) -> None:
        """Feeds that are declared no more have nothing to say."""
        declared = {source.name for source in file.sources if source.enabled} | {fault.name for fault in file.faults}
        try:
            for name in log.reports().keys() - declared:
                log.forget_feed(name)
        except LogUnavailable as fault:
            logger.warning("old reports stay: %s", fault)


def _joined(threads: list[Thread]) -> None:
    """Wait until they have ended; who does not is left behind, for it must not hold up the others."""
    until = clock.monotonic() + ENDS_S
    for thread in threads:
        thread.join(max(0.0, until - clock.monotonic()))
        if thread.is_alive():
            logger.error("%s has not ended within %d s, and is left behind", thread.name, ENDS_S)


def kind_of(entry: Source) -> str:
    """The word for it in the file."""
    return str(entry.__struct_config__.tag)


def _ours(entry: Source) -> bool:
    return entry.enabled and not isinstance(entry, Http)
