"""How feeds are, told by those who run them to those who show it: beside the log, every other second."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Event
from typing import Final

from dashboard import clock
from dashboard.replica import LogUnavailable
from feeds import feedsfile
from feeds.intake import Intake
from feeds.log import Log
from feeds.tally import Tally

logger = logging.getLogger(__name__)
EVERY_S: Final = 2.0
"""How often a feed says how it is, and the file is looked at."""


def watch(path: Path, intake: Intake, log: Log, stop: Event) -> None:
    """What a web replica does beside: say how those are who send over HTTP, hear how the others are, and take the file
    again when it changes.
    """
    while not stop.wait(EVERY_S):
        report(log, intake.tallies)
        intake.reports = _reports(log, intake.reports)
        if feedsfile.version_of(path) != intake.file.version:
            intake.take(feedsfile.reread(path, intake.file))


def _reports(log: Log, before: dict[str, bytes]) -> dict[str, bytes]:
    try:
        return log.reports()
    except LogUnavailable:  # what was said last grows old, and is shown as that
        return before


def report(log: Log, tallies: dict[str, Tally]) -> None:
    """Put down how feeds are; a log that cannot take it now is told later."""
    for name, tally in tallies.items():
        said, devices = tally.said(clock.now_ms())
        try:
            log.report(name, said, devices)
        except LogUnavailable as fault:
            tally.unsaid(devices)
            logger.warning("nobody can be told how the feeds are: %s", fault)
            return
