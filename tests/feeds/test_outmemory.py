"""What a feed to the outside remembers is there after a restart, and is bounded."""

from __future__ import annotations

import pytest
import redis

from feeds import outmemory
from feeds.log import Log
from feeds.outmemory import OutMemory
from tests.support import T0, entry, reported


def test_it_is_as_it_was_saved(log: Log) -> None:
    first, second = entry("event.reported", reported("e1"), n=2), entry("event.reported", reported("e2"), n=10)
    memory = OutMemory(log, "a")
    assert (memory.position, memory.left, memory.knows("e1")) == ({}, [], False)
    memory.position["wall:events"] = "5-1"
    memory.told("e1", T0)
    memory.save([second, first])
    again = OutMemory(log, "a")
    assert (again.position, again.left, again.knows("e1")) == ({"wall:events": "5-1"}, [first, second], True)
    again.save([second])
    assert OutMemory(log, "a").left == [second]
    assert OutMemory(log, "b").position == {}


def test_what_was_not_saved_is_as_if_it_had_not_been(log: Log) -> None:
    memory = OutMemory(log, "a")
    memory.position["wall:events"] = "5-1"
    memory.told("e1", T0)
    assert OutMemory(log, "a").position == {} and not OutMemory(log, "a").knows("e1")


def test_events_of_which_nothing_is_said_any_more_are_forgotten(
    log: Log, broker: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outmemory, "MOST_EVENTS", 3)
    memory = OutMemory(log, "a")
    for k, event_id in enumerate(("e0", "e1", "e2", "e0", "e3")):
        memory.told(event_id, T0 + k)
        memory.save()
    assert [k for k in range(4) if memory.knows(f"e{k}")] == [0, 2, 3]
    again = OutMemory(log, "a")
    again.told("e4", T0 + 9)
    again.save()
    assert [k for k in range(5) if OutMemory(log, "a").knows(f"e{k}")] == [0, 3, 4]
    assert broker.hlen("wall:outbound:a") == 3
