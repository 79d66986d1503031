"""Another Redis or Valkey told of every wanted change: a stream there, whose entries carry CloudEvents attributes as
fields, as on our own log.

An entry may come twice when this is killed; it has the same `source` and `id`. Reads nothing over there.
"""

from __future__ import annotations

from threading import Event
from typing import Any, cast

from dashboard import clock
from feeds.base import OnceSink
from feeds.feedsfile import FeedsFile, RedisOut
from feeds.outbound import Follower
from feeds.redisstream import connect
from feeds.tally import Tally


class StreamOut:
    """A feed to one stream, as an entry of feeds.yaml describes it."""

    def __init__(self, entry: RedisOut, file: FeedsFile, tally: Tally) -> None:
        self.name, self._entry, self._file, self._tally = entry.name, entry, file, tally
        self._password = file.path(entry.password_file).read_text().strip() if entry.password_file else None

    def run(self, sink: OnceSink, stop: Event) -> None:
        """Until `stop`. Raises redis.RedisError when the other side goes away; the supervisor comes again."""
        with connect(self._entry.url, self._password) as other:
            other.ping()
            follower = Follower(self._entry, sink, self._file.archive)
            self._tally.turn("running", clock.now_ms())
            changes = follower.left
            while not stop.is_set():
                pipe = other.pipeline(transaction=False)
                for change in changes:
                    fields = cast(Any, change.attributes())
                    pipe.xadd(self._entry.stream, fields, maxlen=self._entry.keep, approximate=True)
                pipe.execute()
                follower.save(at_once=bool(changes))
                self._tally.took([change.record.time_ms for change in changes], clock.now_ms())
                changes = follower.next(stop)
