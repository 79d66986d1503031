"""What a poller remembers, on a real log."""

from __future__ import annotations

import pytest

from feeds import open311memory
from feeds.log import Log
from feeds.open311memory import BASE, FAULT, Memory, Position

ALL = [*sorted(BASE), "feedback", "evaluated"]


def test_what_has_been_said_is_not_new_also_after_a_restart(log: Log) -> None:
    memory = Memory(log, "next-city", 7)
    assert memory.position == Position(7) and memory.new("1", ALL) == ALL
    memory.said("1", [*BASE, "note-1"])
    memory.position = Position(9, by_update=False)
    assert Memory(log, "next-city", 7).new("1", ALL) == ALL  # not saved yet
    memory.save()
    again = Memory(log, "next-city", 7)
    assert again.position == Position(9, by_update=False)
    assert again.new("1", [*ALL, "note-1"]) == ["feedback", "evaluated"]
    assert again.new("2", ALL) == ALL == Memory(log, "another", 7).new("1", ALL)


def test_which_are_open(log: Log) -> None:
    memory = Memory(log, "c", 0)
    memory.said("1", BASE)
    memory.said("2", ALL)
    memory.said(f"{FAULT}x", ["refused"])
    assert memory.open() == ["1"]


def test_of_too_many_the_quiet_ones_are_forgotten(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open311memory, "PARTS", 1)
    monkeypatch.setattr(open311memory, "MOST", 3)
    memory = Memory(log, "c", 0)
    for subject in "1234":
        memory.said(subject, BASE)
        memory.said("1", [f"note-{subject}"])
    assert memory.open() == ["3", "4", "1"]
    memory.save()
    assert Memory(log, "c", 0).open() == ["3", "4", "1"]
