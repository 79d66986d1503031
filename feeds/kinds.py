"""The feeds of a city by name, and how each is put together: which of them need a replica of their own, and of what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from dashboard.cities import City, load_city
from dashboard.cold import Cold
from dashboard.model import STREAMS
from dashboard.picture import Picture
from dashboard.replica import Replica
from dashboard.settings import Settings
from feeds.base import Feed
from feeds.log import Log
from feeds.wholelog import WholeLog

READ_AT_ONCE: Final = 2000


def replica_of(log: Log, config: Settings, city: City, streams: Sequence[str] = STREAMS) -> Replica:
    """An empty replica of the log, or of some of its streams, for a city."""
    regions, cold = city.regions, Cold(config.archive)
    picture = Picture(regions.locate, regions.node, city.procedure, city.alarms, cold)
    return Replica(WholeLog(log, config.archive), picture, streams)


def _fences(config: Settings, log: Log) -> Feed:
    from feeds.fencewatch import FenceWatch

    city = load_city(config.city)
    return FenceWatch(log, lambda: replica_of(log, config, city))


def _alarms(config: Settings, log: Log) -> Feed:
    from feeds.alarmwatch import AlarmWatch

    city = load_city(config.city)
    return AlarmWatch(lambda: replica_of(log, config, city), city.regions)


def _routing(config: Settings, log: Log) -> Feed:
    from feeds import routewatch

    city = load_city(config.city)
    return routewatch.RouteWatch(lambda: replica_of(log, config, city, routewatch.STREAMS), city.routing)


def _simulator(config: Settings, log: Log) -> Feed:
    from feeds.operator import EVENTS, others_steps
    from feeds.simulator import Move, OpenEvent, Simulator

    city = load_city(config.city)
    replica = replica_of(log, config, city)
    replica.restore()
    replica.catch_up()
    events = replica.picture.events
    left = [events[i] for i in sorted(events.opened)]
    adopted = [OpenEvent(e.id, e.step, e.severity, e.reported_ms, e.due_ms, e.department, e.region) for e in left]
    news = others_steps(lambda at: log.read(at, None, READ_AT_ONCE), replica.picture.position.get(EVENTS, "0-0"))
    return Simulator(
        city, seed=config.seed, workers=config.workers, backfill=events.total == 0, open_events=adopted,
        calls=[alarm.id for alarm in replica.picture.alarms.standing() if alarm.kind == "sos"],
        moves=lambda: [Move(s.event_id, s.step, s.worker_id, s.department) for s in news()],
    )  # fmt: skip


def _past(config: Settings, log: Log) -> Feed:
    from feeds.past import EVENTS, PastFeed

    city = load_city(config.city)
    return PastFeed(
        city, config.archive, lambda: replica_of(log, config, city, EVENTS), log.oldest,
        seed=config.seed, workers=config.workers, months=config.demo_months,
    )  # fmt: skip


FEEDS: dict[str, Callable[[Settings, Log], Feed]] = {
    "simulator": _simulator, "fences": _fences, "alarms": _alarms, "routing": _routing, "past": _past,
}  # fmt: skip
