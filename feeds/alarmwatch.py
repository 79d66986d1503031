"""The watcher of the alarms: follows the log with a replica of its own and opens an event for each that calls for one.

Which do is the city's rule (`alarmrules`): by kind and severity. The event's id follows from the alarm and the instant
it began, so that two watchers, or one that starts again, say the same thing with the same name. What has become of the
event is not its business.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from hashlib import blake2b
from threading import Event
from typing import Final

from dashboard import clock
from dashboard.alarmrules import EventRule
from dashboard.alarmstates import Alarm, State
from dashboard.model import AlarmLinked, EventReported
from dashboard.process import LEVELS
from dashboard.record import Record
from dashboard.regions import Regions
from dashboard.replica import Replica
from feeds.base import Sink

logger = logging.getLogger(__name__)
SOURCE: Final = "alarms"
PREFIX: Final = "AL"
"""What the ids of its events begin with."""
GRACE_MS: Final = 3_000
"""An alarm stands for so long before it becomes an event: its own system may name one, and what is over at once
(history that is told late, too) is none."""
_POLL_MS: Final = 1000
_STANDS: Final = (State.unacknowledged, State.acknowledged)


class AlarmWatch:
    """The feed of events out of alarms. `replica` makes an empty replica of the log; `now` is the clock, UTC ms."""

    name = "alarms"

    def __init__(self, replica: Callable[[], Replica], regions: Regions, now: Callable[[], int] = clock.now_ms) -> None:
        self._make, self._regions, self._now = replica, regions, now

    def run(self, sink: Sink, stop: Event) -> None:
        """Watch until `stop` is set. Raises LogUnavailable and LeftBehind: then all starts again from the log."""
        watch = Watch(self._make(), self._regions, self._now)
        while not stop.is_set():
            if records := watch.look(_POLL_MS):
                sink.append(records)
            stop.wait(_POLL_MS / 1000)


class Watch:
    """One run of the watcher over one replica, caught up with its log."""

    def __init__(self, replica: Replica, regions: Regions, now: Callable[[], int]) -> None:
        replica.restore()
        replica.catch_up()
        self._replica, self._regions, self._now = replica, regions, now
        self._told: set[str] = set()

    def look(self, block_ms: int | None) -> list[Record]:
        """Fold all the log has, waiting up to `block_ms` for the first of it; the records it gives rise to."""
        self._replica.fold(self._replica.wait(block_ms), self._now())
        self._replica.catch_up()
        self._replica.picture.take_changes()
        now_ms, records = self._now(), []
        due = {event_id(alarm): (alarm, rule) for alarm, rule in self._due(now_ms)}
        for name in due.keys() - self._told:
            records += self._records(name, *due[name], now_ms)
        self._told = set(due)
        return sorted(records, key=lambda record: record.id)

    def _due(self, now_ms: int) -> list[tuple[Alarm, EventRule]]:
        """The alarms that stand and should have an event, with the rule that says so."""
        alarms = self._replica.picture.alarms
        if not alarms.rules.events:
            return []
        found = [
            (alarm, alarms.rules.event(alarm.kind, alarm.sev))
            for alarm, state in alarms.listed(now_ms)
            if state in _STANDS and alarm.on and now_ms - alarm.since_ms >= GRACE_MS and not self._dealt_with(alarm)
        ]
        return [(alarm, rule) for alarm, rule in found if rule]

    def _dealt_with(self, alarm: Alarm) -> bool:
        """Whether an event deals with it; one of ours that was over before this occurrence began does not.

        Of an event that somebody else has named that cannot be told: its times may be of any clock.
        """
        events = self._replica.picture.events
        if not alarm.event.startswith(PREFIX) or alarm.event not in events:
            return bool(alarm.event)
        event = events[alarm.event]
        return event.open or event.step_ms >= alarm.since_ms

    def _records(self, name: str, alarm: Alarm, rule: EventRule, now_ms: int) -> list[Record]:
        region = self._replica.picture.alarms.place_of(alarm)
        place = self._regions.place(region)
        data = EventReported(
            event_id=name, title=f"{place} {rule.title}".strip(), category=rule.category, severity=LEVELS[alarm.sev],
            lat=alarm.lat, lon=alarm.lon, region=region, channel="iot", address=place,
        )  # fmt: skip
        logger.info("alarm %s becomes event %s", alarm.id, name)
        return [
            Record(name, SOURCE, "event.reported", now_ms, data),
            Record(f"{name}-link", SOURCE, "alarm.linked", now_ms, AlarmLinked(alarm.id, name, SOURCE)),
        ]


def event_id(alarm: Alarm) -> str:
    """The id of an alarm's event: the same occurrence gives the same one, wherever it is made."""
    told = f"{alarm.id}\0{alarm.since_ms}".encode()
    return f"{PREFIX}{blake2b(told, digest_size=8).hexdigest()}"
