"""The watcher of the alarms: follows the log with a replica of its own and opens an event for each that calls for one.

Which do is the city's rule (`alarmrules`): by kind and severity. The event's id follows from the alarm and the instant
it began, so that two watchers, or one that starts again, say the same thing with the same name. In a flood those of one
kind in one town go into one event: nobody can work five hundred. What has become of the event is not its business.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from hashlib import blake2b
from threading import Event
from typing import Final

from dashboard import clock
from dashboard.alarmrules import EventRule
from dashboard.alarmstates import Alarm, State
from dashboard.floods import BEGIN, WINDOW_MS
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
_TOWN: Final = 9
"""Digits of a town's code."""
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
        self._opened: deque[int] = deque(maxlen=BEGIN)
        """When the newest events were opened, UTC ms."""
        self._hosts: dict[tuple[str, str], tuple[str, int]] = {}
        """By cause, the event opened last and when."""

    def look(self, block_ms: int | None) -> list[Record]:
        """Fold all the log has, waiting up to `block_ms` for the first of it; the records it gives rise to."""
        self._replica.fold(self._replica.wait(block_ms), self._now())
        self._replica.catch_up()
        self._replica.picture.take_changes()
        now_ms, records = self._now(), []
        due = {event_id(alarm): (alarm, rule) for alarm, rule in self._due(now_ms)}
        for name in sorted(due.keys() - self._told, key=lambda name: due[name][0].seq):
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
        flood = len(self._opened) == BEGIN and now_ms - self._opened[0] < WINDOW_MS
        host = self._host(alarm, now_ms) if flood else None
        if host is None:
            self._opened.append(now_ms)
            self._hosts[self._cause(alarm)] = name, now_ms
            return [self._reported(name, alarm, rule, now_ms), _link(name, alarm, name, now_ms)]
        return [_link(name, alarm, host, now_ms)]

    def _host(self, alarm: Alarm, now_ms: int) -> str | None:
        """The event opened of late for the same cause: kind and town."""
        name, at_ms = self._hosts.get(self._cause(alarm), ("", 0))
        events = self._replica.picture.events
        known = name not in events or events[name].open
        return name if name and known and now_ms - at_ms < WINDOW_MS else None

    def _cause(self, alarm: Alarm) -> tuple[str, str]:
        return alarm.kind, self._replica.picture.alarms.place_of(alarm)[:_TOWN]

    def _reported(self, name: str, alarm: Alarm, rule: EventRule, now_ms: int) -> Record:
        region = self._replica.picture.alarms.place_of(alarm)
        place = self._regions.place(region)
        data = EventReported(
            event_id=name, title=f"{place} {rule.title}".strip(), category=rule.category, severity=LEVELS[alarm.sev],
            lat=alarm.lat, lon=alarm.lon, region=region, channel="iot", address=place,
        )  # fmt: skip
        logger.info("alarm %s becomes event %s", alarm.id, name)
        return Record(name, SOURCE, "event.reported", now_ms, data)


def _link(name: str, alarm: Alarm, event: str, now_ms: int) -> Record:
    return Record(f"{name}-link", SOURCE, "alarm.linked", now_ms, AlarmLinked(alarm.id, event, SOURCE))


def event_id(alarm: Alarm) -> str:
    """The id of an alarm's event: the same occurrence gives the same one, wherever it is made."""
    told = f"{alarm.id}\0{alarm.since_ms}".encode()
    return f"{PREFIX}{blake2b(told, digest_size=8).hexdigest()}"
