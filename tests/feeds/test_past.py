"""The past as a feed, on a real archive: once, after the live city has begun, and whatever was killed before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Event

import pytest

from dashboard import clock
from dashboard.cities import City, load_city
from dashboard.codec import encode
from dashboard.cold import Cold, import_of
from dashboard.model import EventsImported
from dashboard.picture import Picture
from dashboard.record import Entry, Record
from dashboard.replica import Replica
from feeds.base import DeadLetter
from feeds.past import NAME, PastFeed
from tests.support import ListLog, entry, reported

FRIDAY = clock.from_rfc3339("2026-11-20T14:30:00+08:00")


@pytest.fixture(scope="module")
def city() -> City:
    return load_city("changzhou")


class Hall:
    """A log in memory, the archive beside it, and the feed of a short past."""

    def __init__(self, city: City, folder: Path) -> None:
        self.city, self.folder, self.log, self.stop = city, folder, ListLog(), Event()
        self.fixes, self.shares, self.kill_at = "0-0", list[float](), 2.0

    def replica(self) -> Replica:
        """An empty replica of the events."""
        picture = Picture(self.city.regions.locate, self.city.regions.node, self.city.procedure, cold=Cold(self.folder))
        return Replica(self.log, picture, ["wall:events"])

    def append(self, records: Sequence[Record]) -> list[str]:
        """As the log."""
        for record in records:
            fields = {key.encode(): value for key, value in encode(record).items()}
            self.log.entries.append(Entry("wall:events", f"{FRIDAY + len(self.log.entries)}-0", fields))
        return []

    def reject(self, letters: Sequence[DeadLetter]) -> None:
        """As the log."""
        raise AssertionError(letters)

    def run(self) -> None:
        """The feed, until it ends or is killed."""
        PastFeed(
            self.city, self.folder, self.replica, lambda stream: self.fixes, seed=7, workers=500, months=0,
            progress=self._progress,
        ).run(self, self.stop)  # fmt: skip

    def _progress(self, share: float, events: int) -> None:
        self.shares.append(share)
        if share >= self.kill_at:
            raise SystemExit(9)

    def live(self) -> None:
        """The live city begins in the middle of a day."""
        at = "E20261120-50000"
        self.log.entries.append(entry("event.reported", reported(at, region="320402001001001"), at=FRIDAY))
        self.fixes = "1-0"

    def imports(self) -> list[EventsImported]:
        """What the log says of imports, as a replica has folded it."""
        replica = self.replica()
        replica.catch_up()
        return [*replica.picture.events.imports]


@pytest.fixture
def hall(city: City, tmp_path: Path) -> Hall:
    return Hall(city, tmp_path)


def test_it_comes_once_and_ends_where_the_live_city_begins(hall: Hall) -> None:
    hall.live()
    hall.run()
    assert hall.imports() == [NAME]
    assert (hall.shares[0], hall.shares[-1]) == (0.0, 1.0)
    replica = hall.replica()
    replica.catch_up()
    events = replica.picture.events
    found = events.cold.find("", (0, 2**53), "", 10**6, events.read_to)
    assert len(found) == events.total - 1 > 500
    assert max(one.reported_ms for one in found) < FRIDAY
    assert all(one.closed_ms for one in found)
    assert events[found[0].id].step == "evaluated"
    hall.run()
    assert len(hall.log.entries) == 2


def test_killed_at_any_moment_it_begins_anew(hall: Hall) -> None:
    hall.live()
    for hall.kill_at in (0.0, 1.0):  # before its first event, and when all is said
        with pytest.raises(SystemExit):
            hall.run()
    hall.kill_at = 2.0
    hall.run()
    assert hall.imports() == [NAME]
    assert len(hall.log.entries) == 2
    assert [path.name for path in import_of(hall.folder, NAME).parent.iterdir()] == [NAME]


def test_it_waits_for_the_live_city_and_stops_when_told(hall: Hall) -> None:
    hall.stop.set()
    hall.run()
    assert hall.log.entries == []
