"""The one place that knows which feed an entry of `feeds.yaml` is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from dashboard import clock
from dashboard.record import Record
from feeds import feedsfile
from feeds.base import Feed, OnceSink
from feeds.feedsfile import FeedsFile, Source
from feeds.mqtt import Message, MqttFeed
from feeds.open311poll import Open311Feed
from feeds.protocols import owntracks
from feeds.redisout import StreamOut
from feeds.redisstream import StreamFeed
from feeds.replay.mapping import load_mapping
from feeds.replay.player import Replay
from feeds.roster import Listed, workers
from feeds.sensors import gb26875_feed, sensors_feed
from feeds.tally import Tally
from feeds.terminals import gps103_feed, jt808_feed
from feeds.trackers import Trackers
from feeds.webhook import WebhookFeed

Make = Callable[[Any, FeedsFile, Tally], Feed]


def make(entry: Source, file: FeedsFile, tally: Tally) -> Feed:
    """The feed of an entry. Raises OSError and ValueError for files it names that cannot be used."""
    return _MAKERS[type(entry)](entry, file, tally)


def _owntracks(entry: feedsfile.OwnTracks, file: FeedsFile, tally: Tally) -> Feed:
    roster = Listed(file.path(entry.roster), workers, clock.monotonic, tally.remark)
    trackers = Trackers(entry.name, entry.crs, roster, tally)
    return MqttFeed(entry, file, Phones(trackers), tally)


class Phones:
    """The ear for OwnTracks over MQTT."""

    def __init__(self, trackers: Trackers) -> None:
        self._trackers = trackers
        self._heard: list[Record] = []

    def begin(self, sink: OnceSink) -> None:
        """Which of them call for help."""
        self._trackers.recall(sink, clock.monotonic())

    def hear(self, message: Message, now_ms: int) -> Sequence[Record]:
        """What a phone says. Raises Malformed."""
        records = self._trackers.records(owntracks.decode(message.payload, message.topic), now_ms)
        self._heard += records
        return records

    def due(self, now_ms: int) -> Sequence[Record]:
        """Nothing."""
        return ()

    def done(self, sink: OnceSink) -> None:
        """What comes again is known. Raises LogUnavailable, and is then asked again."""
        self._trackers.taken(self._heard)
        self._heard.clear()
        self._trackers.remember(sink)


def _replay(entry: feedsfile.Replay, file: FeedsFile, tally: Tally) -> Feed:
    return Replay(file.path(entry.file), load_mapping(entry.mapping), speed=entry.speed)


_MAKERS: Final[dict[type[Source], Make]] = {
    feedsfile.OwnTracks: _owntracks, feedsfile.Jt808: jt808_feed, feedsfile.Gps103: gps103_feed,
    feedsfile.Sensors: sensors_feed, feedsfile.Gb26875: gb26875_feed,
    feedsfile.RedisStream: lambda entry, file, tally: StreamFeed(entry, file, tally), feedsfile.Replay: _replay,
    feedsfile.Webhook: WebhookFeed, feedsfile.RedisOut: StreamOut,
    feedsfile.Open311: Open311Feed,
}  # fmt: skip
