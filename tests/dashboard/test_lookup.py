"""Events by words: those in memory and those in the archive in one list, each once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.cold import Cold
from dashboard.lookup import T as Found
from dashboard.lookup import Wanted, find
from dashboard.picture import Picture
from feeds.coldwriter import ColdWriter
from tests.support import DISTRICTS, T0, entry, reported, small_regions, step

EVER = 2**53


class Memory:
    """A replica that holds still: `old` and `back` are in the archive, `back` has come back since."""

    def __init__(self, folder: Path) -> None:
        regions = small_regions()
        self.picture = Picture(regions.locate, regions.node, cold=Cold(folder))
        told = [
            *(("event.reported", reported(name, title=f"{name} 井盖松动")) for name in ("old", "back", "new")),
            ("event.reported", reported("else", title="噪音", lon=110.25, address="井盖巷")),
            ("event.step", step("old", "cancelled")), ("event.step", step("back", "cancelled")),
        ]  # fmt: skip
        for n, (kind, data) in enumerate(told):
            self.picture.apply(entry(kind, data, at=T0 + n))
        self.picture.take_changes()
        ColdWriter(folder, 0).put(self.picture.events, T0 + 99)
        self.picture.release(self.picture.events.cold.news((T0 + 99, 0)))
        self.picture.apply(entry("event.comment", {"event_id": "back", "text": "又来电"}, at=T0 + 50))

    def look(self, read: Callable[[Picture], Found]) -> Found:
        return read(self.picture)


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path)


def ids(memory: Memory, wanted: Wanted) -> tuple[list[str], bool]:
    found, more = find(memory, wanted, small_regions())
    return [row["id"] for row in found], more


@pytest.mark.parametrize(("wanted", "expected"), [
    (Wanted("井盖", 0, EVER), ["else", "new", "back", "old"]), (Wanted("井盖松", 0, EVER), ["new", "back", "old"]),
    (Wanted("OLD", 0, EVER), ["old"]), (Wanted("井盖", T0 + 1, T0 + 2), ["new", "back"]),
    (Wanted("井盖", 0, EVER, DISTRICTS[1]), ["else"]), (Wanted("没有", 0, EVER), []),
])  # fmt: skip
def test_the_newest_first_each_once_wherever_it_is(memory: Memory, wanted: Wanted, expected: list[str]) -> None:
    assert [one.id for one in memory.picture.events] == ["new", "else", "back"]
    assert ids(memory, wanted) == (expected, False)


def test_more_than_is_listed_is_said(memory: Memory) -> None:
    assert ids(memory, Wanted("井盖", 0, EVER, most=3)) == (["else", "new", "back"], True)
    assert ids(memory, Wanted("井盖", 0, EVER, most=4))[1] is False


def test_a_row_says_where_and_how_it_ended(memory: Memory) -> None:
    [row] = find(memory, Wanted("old", 0, EVER), small_regions())[0]
    assert (row["place"], row["reported"]) == ("东区 河街道 桥头社区", T0)
    assert (row["step"], row["closed"], row["due"], row["score"]) == ("cancelled", None, None, None)
