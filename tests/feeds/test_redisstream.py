"""Another Valkey's stream: read as one of a group, claimed from the dead, acknowledged once it is on our log."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import msgspec
import pytest
import redis

from dashboard.codec import decode
from dashboard.model import STREAMS
from feeds import feedsfile, redisstream
from feeds.embedded import EmbeddedServer
from feeds.feedsfile import RedisStream
from feeds.log import DEAD_LETTERS, Log
from feeds.redisstream import StreamFeed
from feeds.tally import Report, Tally

NOW = 1_800_000_000_000
START = dict.fromkeys(STREAMS, "0-0")


@pytest.fixture
def other() -> Iterator[redis.Redis]:
    with tempfile.TemporaryDirectory(prefix="w") as folder, EmbeddedServer(Path(folder)) as server:
        client = redis.Redis.from_url(server.url)
        client.info_url = server.url  # type: ignore[attr-defined]  # where it is, for the feed
        yield client
        client.close()


class Running:
    """A feed of the other's stream into the log, in a thread."""

    def __init__(self, url: str, log: Log) -> None:
        entry = RedisStream(name="police", crs="gcj02", url=url, stream="s")
        self.tally, self.stop = Tally("redis", NOW), Event()
        feed = StreamFeed(entry, feedsfile.read(Path("none")), self.tally)
        self.fault: list[Exception] = []

        def run() -> None:
            try:
                feed.run(log, self.stop)
            except Exception as fault:
                self.fault.append(fault)

        self.thread = Thread(target=run)
        self.thread.start()

    def until(self, **wanted: object) -> None:
        for _ in range(1500):
            report = msgspec.json.decode(self.tally.said(NOW)[0], type=Report)
            if all(getattr(report, name) == value for name, value in wanted.items()):
                return
            self.stop.wait(0.02)
        raise AssertionError(f"{report} is not {wanted}")

    def end(self) -> None:
        self.stop.set()
        self.thread.join(20)


def said(n: int, **more: str) -> dict[str, str]:
    data = json.dumps({"event_id": f"e{n}", "score": 5})
    return {"id": f"r{n}", "type": "event.rated", "time": "2026-01-01T00:00:00Z", "data": data} | more


def url(other: Any) -> str:
    return str(other.info_url)


def test_entries_are_on_our_log_and_acknowledged(other: redis.Redis, log: Log) -> None:
    for n in range(700):
        other.xadd("s", said(n))  # type: ignore[arg-type]  # text to text
    feed = Running(url(other), log)
    feed.until(records=700)
    other.xadd("s", said(700, source="cameras"))  # type: ignore[arg-type]
    feed.until(records=701)
    feed.end()
    records = [decode(entry) for entry in log.read(START, None, 5000)]
    assert [record.id for record in records[:-1]] == [f"r{n}" for n in range(700)]
    assert (records[-1].id, records[-1].source) == ("cameras#r700", "police")
    assert other.xpending("s", "fourscreens")["pending"] == 0  # type: ignore[index]


def test_a_bad_entry_is_a_dead_letter_and_acknowledged(other: redis.Redis, log: Log) -> None:
    other.xadd("s", {"id": "x", b"type": b"\xff"})
    other.xadd("s", said(1))  # type: ignore[arg-type]
    feed = Running(url(other), log)
    feed.until(records=1, rejected=1)
    feed.end()
    [letter] = log.between(DEAD_LETTERS, "-", "+", 10)
    assert letter.fields[b"field"] == b"data" and letter.fields[b"place"].startswith(b"redis s ")
    assert json.loads(letter.fields[b"raw"]) == {"id": "x", "type": r"\xff"}


def test_what_a_killed_reader_had_taken_is_claimed(
    other: redis.Redis, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redisstream, "_IDLE_MS", 1)
    other.xgroup_create("s", "fourscreens", id="0", mkstream=True)
    for n in range(3):
        other.xadd("s", said(n))  # type: ignore[arg-type]
    other.xreadgroup("fourscreens", "somebody-else", {"s": ">"})
    feed = Running(url(other), log)
    feed.until(records=3)
    feed.end()
    assert sorted(decode(entry).id for entry in log.read(START, None, 10)) == ["r0", "r1", "r2"]


def test_a_stream_on_which_there_is_always_more_does_not_keep_us_from_the_dead(
    other: redis.Redis, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redisstream, "MOST", 1)
    monkeypatch.setattr(redisstream, "_IDLE_MS", 100)
    for n in range(1, 801):
        other.xadd("s", said(n))  # type: ignore[arg-type]
    other.xgroup_create("s", "fourscreens", id="0")
    other.xreadgroup("fourscreens", "somebody-else", {"s": ">"}, count=1)
    feed = Running(url(other), log)
    feed.until(records=800)
    feed.end()
    ids = [decode(entry).id for entry in log.read(START, None, 5000)]
    assert "r1" in ids[:-1]


def test_a_server_that_goes_away_ends_the_feed_for_its_supervisor_to_start_again(log: Log) -> None:
    with tempfile.TemporaryDirectory(prefix="w") as folder:
        with EmbeddedServer(Path(folder)) as server:
            feed = Running(server.url, log)
            feed.until(state="running")
        feed.thread.join(30)
        assert isinstance(feed.fault[0], redis.RedisError | OSError)
        with EmbeddedServer(Path(folder)) as server, redis.Redis.from_url(server.url) as back:
            back.xadd("s", said(1))  # type: ignore[arg-type]
            again = Running(server.url, log)
            again.until(records=1)
            again.end()
