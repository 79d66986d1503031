"""Another Valkey is told: the changes in order, as CloudEvents that a stream feed can read, across restarts."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import msgspec
import pytest
import redis

from feeds import outbound
from feeds.base import Backoff, supervise
from feeds.embedded import EmbeddedServer
from feeds.feedsfile import FeedsFile, RedisOut
from feeds.log import Log
from feeds.redisout import StreamOut
from feeds.tally import Report, Tally
from tests.support import T0, entry, reported, step

Fields = dict[bytes, bytes]


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody folds the log here, so nobody has to be waited for."""
    monkeypatch.setattr(outbound, "SETTLE_MS", 0)


@pytest.fixture
def other() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="w") as folder, EmbeddedServer(Path(folder)) as server:
        yield server.url


class Running:
    """A feed to a stream, supervised, in a thread."""

    def __init__(self, url: str, log: Log, folder: Path, keep: int = 1_000_000) -> None:
        said = RedisOut(name="centre", url=url, stream="s", types=("event.", "alarm."), keep=keep)
        self.tally, self.stop = Tally("redis_out", T0), Event()
        feed = StreamOut(said, FeedsFile(folder, [], [], folder), self.tally)

        def tell(state: str, why: str) -> None:
            if state != "running":
                self.tally.turn(state, T0, why)  # type: ignore[arg-type]  # a state it is

        self.thread = Thread(target=supervise, args=(feed, log, self.stop, Backoff(0.01, 0.05), tell))
        self.thread.start()

    def until(self, **wanted: object) -> None:
        for _ in range(1500):
            report = msgspec.json.decode(self.tally.said(T0)[0], type=Report)
            if all(getattr(report, name) == value for name, value in wanted.items()):
                return
            self.stop.wait(0.02)
        raise AssertionError(f"{report} is not {wanted}")

    def __enter__(self) -> Running:
        self.until(state="running")
        return self

    def __exit__(self, *fault: object) -> None:
        self.stop.set()
        self.thread.join(20)
        assert not self.thread.is_alive()


def tell(broker: redis.Redis, first: int, count: int) -> None:
    for k in range(first, first + count):
        said = entry("event.reported", reported(f"e{k}"), id=f"r{k}")
        broker.xadd(said.stream, dict(said.fields))


def found(url: str) -> list[Fields]:
    with redis.Redis.from_url(url) as client:
        return [fields for _, fields in client.xrange("s")]  # type: ignore[union-attr]  # not a pipeline


def test_every_change_is_on_the_other_stream(other: str, log: Log, broker: redis.Redis, tmp_path: Path) -> None:
    with Running(other, log, tmp_path) as feed:
        tell(broker, 0, 250)
        said = entry("event.step", step("e1", "accepted"), source="seat", id="last")
        broker.xadd(said.stream, dict(said.fields))
        feed.until(records=251)
    [*reports, last] = found(other)
    assert [fields[b"id"].decode() for fields in reports] == [f"r{k}" for k in range(250)]
    assert msgspec.json.decode(last.pop(b"data"))["step"] == "accepted"
    assert last == {
        b"specversion": b"1.0", b"id": b"last", b"source": b"seat", b"type": b"event.step", b"subject": b"e1",
        b"time": said.fields[b"time"].replace(b"+00:00", b"Z"), b"datacontenttype": b"application/json",
    }  # fmt: skip


def test_a_restart_goes_on_where_it_was(other: str, log: Log, broker: redis.Redis, tmp_path: Path) -> None:
    tell(broker, 100, 5)
    for first in (0, 5, 10):
        with Running(other, log, tmp_path) as feed:
            tell(broker, first, 3)
            feed.until(records=5 if first else 3)
        tell(broker, first + 3, 2)
    assert [fields[b"id"].decode() for fields in found(other)] == [f"r{k}" for k in range(13)]


def test_the_other_side_is_kept_small(other: str, log: Log, broker: redis.Redis, tmp_path: Path) -> None:
    with Running(other, log, tmp_path, keep=100) as feed:
        tell(broker, 0, 1000)
        feed.until(records=1000)
    assert 100 <= len(found(other)) < 300


def test_a_server_that_goes_away_is_told_when_it_is_back(log: Log, broker: redis.Redis, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="w") as folder:
        with EmbeddedServer(Path(folder)) as server:
            feed = Running(server.url, log, tmp_path)
            feed.until(state="running")
            tell(broker, 0, 3)
            feed.until(records=3)
        tell(broker, 3, 3)
        feed.until(state="waiting")
        with EmbeddedServer(Path(folder)) as server, feed:
            feed.until(records=6)
            assert [fields[b"id"].decode() for fields in found(server.url)] == [f"r{k}" for k in range(6)]
