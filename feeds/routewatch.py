"""The watcher of routes and limits: gives new events to seats, tells who must know that one is late, and ends pauses.

It follows the events with a replica of its own. What has been told is in the event, so a watcher that starts again says
nothing twice; ids follow from the facts, so that two watchers at once count as one. Who looks after what and who is
told when is in `dashboard.routing`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from threading import Event
from typing import Final

from dashboard import clock
from dashboard.eventstate import EventState
from dashboard.model import EventEscalated, EventRouted, EventStep, Step
from dashboard.record import Entry, Record
from dashboard.replica import Replica
from dashboard.routing import Routing
from feeds.base import Sink

logger = logging.getLogger(__name__)
SOURCE: Final = "routing"
STREAMS: Final = ("wall:events", "wall:control")
"""What it must read: the events, and whether a recording is being played."""
_POLL_MS: Final = 1000
_PAST_MS: Final = 60_000
_SETTLE_MS: Final = 10_000
"""While records of the past come in, nobody is told of lateness that the next record may end."""


class RouteWatch:
    """The feed of routes and escalations. `replica` makes an empty replica of the log; `now` is the clock, UTC ms."""

    name = "routing"

    def __init__(self, replica: Callable[[], Replica], routing: Routing, now: Callable[[], int] = clock.now_ms) -> None:
        self._make, self._routing, self._now = replica, routing, now

    def run(self, sink: Sink, stop: Event) -> None:
        """Watch until `stop` is set. Raises LogUnavailable and LeftBehind: then all starts again from the log."""
        replica = self._make()
        replica.restore()
        replica.catch_up()
        logger.info("%d open events watched", len(replica.picture.events.opened))
        wait_until_ms, said = 0, set[str]()
        while not stop.is_set():
            now_ms = self._now()
            found = due(replica, self._routing, now_ms) if now_ms >= wait_until_ms else []
            # What the fold did not take the first time it will not take the second: say nothing every second.
            if records := [record for record in found if record.id not in said]:
                sink.append(records)
            said = {record.id for record in found}
            entries = replica.wait(_POLL_MS)
            replica.fold(entries, now_ms)
            replica.picture.take_changes()  # for nobody: they would grow for ever
            if any(of_the_past(entry) for entry in entries):
                wait_until_ms = now_ms + _SETTLE_MS


def of_the_past(entry: Entry) -> bool:
    """Whether an entry came long after what it tells: a system is filling in, and more about the same is on its way."""
    try:
        return entry.appended_ms - clock.from_rfc3339(entry.fields[b"time"].decode()) > _PAST_MS
    except (KeyError, ValueError):
        return False


def due(replica: Replica, routing: Routing, now_ms: int) -> list[Record]:
    """What must be said now of the open events; nothing while a recording is played, for nobody waits there."""
    picture = replica.picture
    if any(tape.state == "playing" for tape in picture.tapes.values()):
        return []
    opened = (picture.events[event_id] for event_id in sorted(picture.events.opened))
    return [record for event in opened for record in _of(event, routing, now_ms)]


def _of(event: EventState, routing: Routing, now_ms: int) -> Iterator[Record]:
    if not event.seat and (route := routing.route(event)) is not None:
        data = EventRouted(event.id, route.seat, route.department, route.name)
        yield Record(f"{event.id}-routed", SOURCE, "event.routed", now_ms, data)
    if event.until_ms is not None and now_ms >= event.until_ms:
        back = EventStep(event.id, Step.resumed, note="到期自动恢复", role="system")
        yield Record(f"{event.id}-resumed-{event.paused_ms}", SOURCE, "event.step", now_ms, back)
    if (late := routing.escalation_of(event, now_ms)) is not None:
        to, why, late_ms = late
        told = EventEscalated(event.id, to, why, event.step, late_ms)
        yield Record(f"{event.id}-{event.step_ms}-{to}", SOURCE, "event.escalated", now_ms, told)
