"""Things of many senders are appended together, and each sender is told."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import wait
from threading import Event, Thread

import pytest

from feeds.gather import Gather, TooMuch


def ended(gather: Gather[int], *, stop: Event) -> None:
    thread = Thread(target=gather.run, args=(stop,))
    thread.start()
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_what_waits_is_appended_together_and_in_order() -> None:
    runs: list[list[int]] = []
    gather: Gather[int] = Gather(lambda things: runs.append(list(things)))
    told = [gather.put(n) for n in range(1500)]
    ended(gather, stop=Event())
    wait(told, 10)
    assert [n for run in runs for n in run] == list(range(1500))
    assert len(runs) == 2 and all(one.result() is None for one in told)


def test_a_failure_is_told_to_those_it_concerns_alone() -> None:
    def flush(things: Sequence[int]) -> None:
        if 0 in things:
            raise OSError("the disk is full")

    gather: Gather[int] = Gather(flush)
    told = [gather.put(n) for n in range(1001)]
    ended(gather, stop=Event())
    assert isinstance(told[0].exception(10), OSError) and isinstance(told[999].exception(10), OSError)
    assert told[1000].exception(10) is None


def test_more_than_may_wait_is_refused_at_once() -> None:
    gather: Gather[int] = Gather(lambda things: None, room=2)
    gather.put(1)
    gather.put(2)
    with pytest.raises(TooMuch, match="2 things wait"):
        gather.put(3)


def test_a_sender_that_has_gone_holds_up_nobody() -> None:
    gather: Gather[int] = Gather(lambda things: None)
    gone, there = gather.put(1), gather.put(2)
    assert gone.cancel()
    ended(gather, stop=Event())
    assert there.result(0) is None
