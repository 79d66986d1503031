"""Each subject's things in order, whatever fails; what fails holds back its own alone."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Lock

from feeds.base import Backoff
from feeds.lanes import Again, Lanes

SOON = Backoff(first=0.001, cap=0.002)
Hand = Callable[[tuple[str, int]], Again | None]


class Book:
    """What has been handed on, by subject."""

    def __init__(self) -> None:
        self.taken: dict[str, list[int]] = {}
        self._lock = Lock()

    def note(self, thing: tuple[str, int]) -> None:
        with self._lock:
            self.taken.setdefault(thing[0], []).append(thing[1])


def lanes_of(hand: Hand, threads: int = 4) -> Lanes[tuple[str, int]]:
    return Lanes(hand, threads, SOON)


def put(lanes: Lanes[tuple[str, int]], *things: tuple[str, int]) -> None:
    for thing in things:
        lanes.put(thing[0], thing)


def test_each_subjects_order_is_kept_whatever_fails() -> None:
    book, tries = Book(), dict[tuple[str, int], int]()

    def hand(thing: tuple[str, int]) -> Again | None:
        tries[thing] = tries.get(thing, 0) + 1
        if tries[thing] <= (7 * thing[1] + len(thing[0])) % 4:
            return Again("not yet")
        book.note(thing)
        return None

    lanes = lanes_of(hand)
    put(lanes, *((f"s{k % 7}", k) for k in range(200)))
    assert lanes.room(1, 30)
    assert book.taken == {f"s{j}": list(range(j, 200, 7)) for j in range(7)}
    assert lanes.trouble() == "" and lanes.left() == []
    lanes.close(5)


def test_one_that_always_fails_holds_back_its_own_alone() -> None:
    book = Book()

    def hand(thing: tuple[str, int]) -> Again | None:
        if thing == ("bad", 1):
            return Again("it is bad")
        return book.note(thing)

    lanes = lanes_of(hand, 1)
    put(lanes, ("bad", 0), ("bad", 1), ("bad", 2), *(("good", k) for k in range(50)))
    assert lanes.room(3, 30)
    assert book.taken == {"bad": [0], "good": list(range(50))}
    assert lanes.left() == [("bad", 1), ("bad", 2)]
    assert lanes.trouble() == "1 tried again: it is bad"
    lanes.close(5)


def test_what_raises_is_tried_again() -> None:
    faults = [OSError("away"), ValueError("odd")]
    book = Book()

    def hand(thing: tuple[str, int]) -> Again | None:
        if faults:
            raise faults.pop(0)
        return book.note(thing)

    lanes = lanes_of(hand)
    put(lanes, ("a", 1))
    assert lanes.room(1, 30) and book.taken == {"a": [1]}
    lanes.close(5)


def test_asked_to_wait_everybody_waits() -> None:
    asked = Event()

    def hand(thing: tuple[str, int]) -> Again | None:
        asked.set()
        return Again("busy", 3600)

    lanes = lanes_of(hand, 1)
    put(lanes, ("a", 1))
    assert asked.wait(30) and lanes.room(2, 30)
    while not lanes.trouble():
        assert not lanes.room(1, 0.01)
    asked.clear()
    put(lanes, ("b", 1))
    lanes.close(5)
    assert not asked.is_set() and lanes.left() == [("a", 1), ("b", 1)]


def test_the_end_does_not_wait_for_what_takes_for_ever() -> None:
    free, begun = Event(), Event()

    def hand(thing: tuple[str, int]) -> Again | None:
        begun.set()
        free.wait(30)
        return None

    lanes = lanes_of(hand, 2)
    put(lanes, ("a", 1), ("a", 2))
    assert begun.wait(30)
    lanes.close(0.01)
    assert lanes.left() == [("a", 1), ("a", 2)]
    free.set()
