"""Events looked up by words, wherever they are: those in memory, and those that have left it for the archive.

It finds and lists; one event with all that is known of it is `casefile`'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Protocol, TypeVar

from dashboard.cold import Brief
from dashboard.events import Events
from dashboard.eventstate import EventState
from dashboard.picture import Picture
from dashboard.regions import Regions

T = TypeVar("T")
MOST = 200
"""Events in one answer."""


class Memory(Protocol):
    """What is needed of the pipeline."""

    def look(self, read: Callable[[Picture], T]) -> T:
        """What `read` finds in the picture."""


class Wanted(NamedTuple):
    """`words` of the title or address, or how the id begins; reported `start` to `end` (UTC ms); below a region."""

    words: str
    start: int
    end: int
    region: str = ""
    most: int = MOST

    def fits(self, event: EventState) -> bool:
        """Whether an event is one of those."""
        words, when = self.words.lower(), self.start <= event.reported_ms <= self.end
        if not when or not event.region.startswith(self.region):
            return False
        told = event.id.lower().startswith(words) or words in event.title.lower()
        return told or words in event.address.lower()


def find(memory: Memory, wanted: Wanted, regions: Regions) -> tuple[list[dict[str, Any]], bool]:
    """The newest events that fit, as rows, and whether there are more of them.

    Raises:
        scan.Busy, scan.TookTooLong, scan.Unreadable: of the archive.
    """

    def here(picture: Picture) -> tuple[list[dict[str, Any]], Events]:
        return rows((event for event in picture.events if wanted.fits(event)), regions), picture.events

    found, events = memory.look(here)
    window = wanted.start, wanted.end
    left = events.cold.find(wanted.words, window, wanted.region, wanted.most + 1, events.read_to)
    known = {row["id"] for row in found}
    found += rows((event for event in left if event.id not in known), regions)
    found.sort(key=lambda row: (-row["reported"], row["id"]))
    return found[: wanted.most], len(found) > wanted.most


def rows(events: Iterable[EventState | Brief], regions: Regions) -> list[dict[str, Any]]:
    """Events as a list shows them: instants in UTC ms, None where there is none."""
    return [
        {
            "id": event.id, "title": event.title, "category": event.category, "severity": event.severity,
            "region": event.region, "place": regions.place(event.region), "address": event.address,
            "department": event.department, "process": event.process, "step": event.step,
            "reported": event.reported_ms, "closed": event.closed_ms, "due": event.due_ms, "score": event.score,
        }
        for event in events
    ]  # fmt: skip
