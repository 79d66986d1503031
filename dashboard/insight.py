"""What a replica can say about open events from all the others: which are alike, and which will miss their limit.

Kept beside the picture and brought up to date with it; rebuilt from the picture after a start, so it needs no place in
snapshots. It is advice: nothing folded depends on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dashboard.clock import DAY_MS
from dashboard.events import Events
from dashboard.eventstate import EventState
from dashboard.outlook import Outlook, Standing
from dashboard.similar import Lookalike, Lookalikes
from dashboard.taxonomy import branch

CERTAIN: Final = 0.99
"""Nothing that has not happened is said to be certain, though none like it was ever in time."""
REMEMBERED_MS: Final = 31 * DAY_MS
"""For so long after an event was closed it is known that this has been counted; longer, it is not counted again."""
CROWD: Final = 10_000
RISK_EVERY_MS: Final = 10_000
"""The chances move slowly: they are counted anew this often."""


class Insight:
    """The look-alikes and the outlook of one replica's events; the pipeline calls every method under its lock."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._lookalikes, self._outlook = Lookalikes(), Outlook()
        self._closed: dict[str, int] = {}
        self._newest_ms, self._crowded = 0, CROWD
        self._risk: dict[str, float] = {}
        self._counted_ms: int | None = None

    def follow(self, ids: Iterable[str]) -> None:
        """These events have changed, in whatever way."""
        for event_id in ids:
            event = self._events[event_id]
            self._lookalikes.put(event)
            if event.closed_ms is not None and self._first(event_id, event.closed_ms):
                took_ms = event.closed_ms - event.reported_ms - event.held_ms
                kind = branch(event.category), event.department, event.severity
                self._outlook.closed(*kind, took_ms, event.closed_ms)

    def _first(self, event_id: str, closed_ms: int) -> bool:
        """Whether this closing is news: an event that comes back from the archive, or is rated, was closed before."""
        if event_id in self._closed or closed_ms < self._newest_ms - REMEMBERED_MS:
            return False
        self._closed[event_id], self._newest_ms = closed_ms, max(self._newest_ms, closed_ms)
        if len(self._closed) > self._crowded:
            since_ms = self._newest_ms - REMEMBERED_MS
            self._closed = {one: at_ms for one, at_ms in self._closed.items() if at_ms >= since_ms}
            self._crowded = 2 * len(self._closed) + CROWD
        return True

    def begin(self) -> None:
        """Take in every event there is, in the order of their closing."""
        self.follow(one.id for one in sorted(self._events, key=lambda one: one.closed_ms or one.reported_ms))

    def risk(self, now_ms: int) -> dict[str, float]:
        """The open events expected to miss their limit, that have not yet: id → chance, two decimals."""
        if self._counted_ms is None or not 0 <= now_ms - self._counted_ms < RISK_EVERY_MS:
            self._counted_ms = now_ms
            self._lookalikes.expire(now_ms)
            self._risk = self._count(now_ms)
        return self._risk

    def related(self, event: EventState, now_ms: int) -> list[Lookalike]:
        """The events that may be about the same matter, likest first."""
        return self._lookalikes.of(event, now_ms)

    def _count(self, now_ms: int) -> dict[str, float]:
        # A held event has no limit that runs, so that nothing is said of it.
        opened = [one for one in (self._events[i] for i in sorted(self._events.opened)) if one.paused_ms is None]
        found = self._outlook.breaches(Standing.of(opened), now_ms)
        return {
            one.id: round(min(float(value), CERTAIN), 2)
            for one, value, predicted in zip(opened, found.value, found.predicted, strict=True)
            if predicted and one.due_ms is not None and one.due_ms > now_ms
        }
