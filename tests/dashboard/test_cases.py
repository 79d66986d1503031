"""The table of every case: the same counts as over all events in memory, whatever has left for the archive and when."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import TypeVar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import clock, facts
from dashboard.cases import RELATION, RELEVANT, Cases, Filling
from dashboard.cold import Cold
from dashboard.kpibook import load_book
from dashboard.kpicount import Rows, Split, answered, count, query
from dashboard.picture import Picture
from dashboard.scan import CalledOff, Cursor, Scan, Unreadable
from feeds.coldwriter import ColdWriter
from tests.dashboard.test_cold import PAST, RECORDS, entries, fold, imported
from tests.support import T0, entry, reported, small_picture, small_regions

T = TypeVar("T")
SCAN = Scan()
MEASURES = list(load_book().measures.values())
WINDOWS = st.tuples(st.integers(-1, 20), st.integers(1, 20)).map(lambda both: (both[0], both[0] + both[1]))
SPLITS = (None, Split("region", 6), Split("category"))


class Held:
    """A picture that nobody else changes."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture

    def look(self, read: Callable[[Picture], T]) -> T:
        """What `read` finds."""
        return read(self.picture)


def followed(picture: Picture) -> Cases:
    """A table of the picture's cases, filled now and told of what changes."""
    cases = Cases(Held(picture), Scan(), fresh_s=0)
    picture.events.on_change = cases.note
    cases.fill()
    return cases


def counted(cases: Cases, window: tuple[int, int], split: Split | None) -> Rows:
    """What SQL counts over the relevant part of the table."""
    relation = f"(FROM {RELATION} WHERE {RELEVANT})"
    values = {"start": window[0], "end": window[1]}
    return answered(MEASURES, cases.ask(query(MEASURES, relation, split), values))


def agree(cases: Cases, plain: Picture, window: tuple[int, int], split: Split | None) -> None:
    """Counted over what is relevant in the table, and over all events: the same; and every event is there once."""
    wanted = count(MEASURES, facts.table(list(plain.events), plain.events.procedure), *window, split)
    found = counted(cases, window, split)
    for code, rows in wanted.items():
        for group, row in rows.items():
            if group in found[code] or any(row.get(part) for part in ("num", "den")):  # else nothing lies in the window
                assert found[code][group] == row
    ids = cases.ask(f"SELECT id FROM {RELATION}", {})["id"].tolist()
    assert sorted(ids) == sorted(event.id for event in plain.events)


@settings(max_examples=15, deadline=None)  # each writes files
@given(RECORDS, WINDOWS, st.sampled_from(SPLITS))
def test_live_and_history_count_the_same(
    drawn: list[tuple[str, str, bool]], window: tuple[int, int], split: Split | None
) -> None:
    regions, window = small_regions(), (T0 + window[0], T0 + window[1])
    plain = Picture(regions.locate, regions.node)
    with tempfile.TemporaryDirectory() as name:
        writer, past = ColdWriter(Path(name), 0), imported(Path(name))
        lean = Picture(regions.locate, regions.node, cold=Cold(Path(name), SCAN))
        along, late = followed(lean), None  # from the beginning, and of files that hold what is in memory, too
        for found, tended in entries(drawn, past):
            fold(plain, found, lean=False)
            fold(lean, found)
            if tended:
                writer.put(lean.events, T0 + 999)
                late = late or followed(lean)
                lean.events.on_change = lambda *one, late=late: (along.note(*one), late.note(*one))  # type: ignore[misc]
                lean.release(lean.events.cold.news(lean.events.read_to))
                along.ask("SELECT 1", {})
        for cases in filter(None, (along, late, followed(lean))):
            agree(cases, plain, window, split)


def test_it_says_as_of_when_it_is_and_how_far_it_has_been_filled() -> None:
    picture = small_picture()
    picture.apply(entry("event.reported", reported("e1")))
    cases = Cases(Held(picture), Scan())
    with pytest.raises(Filling) as fault:
        cases.ask(f"FROM {RELATION}", {})
    assert fault.value.done == 0
    cases.fill()
    found = cases.ask(f"FROM {RELATION}", {})
    assert (found["id"].tolist(), found["title"].tolist(), found["reported"].tolist()) == (["e1"], ["井盖缺失"], [T0])
    assert cases.as_of > T0


def test_what_is_asked_of_an_instant_has_all_that_was_folded_before(monkeypatch: pytest.MonkeyPatch) -> None:
    picture, now = small_picture(), [T0]
    monkeypatch.setattr(clock, "now_ms", lambda: now[0])
    monkeypatch.setattr(clock, "monotonic", lambda: 100.0)  # so that the table always is fresh
    cases = Cases(Held(picture), Scan())
    picture.events.on_change = cases.note
    with pytest.raises(Filling):
        cases.reach(T0)
    cases.fill()

    def ids(at_ms: int) -> list[str]:
        cases.reach(at_ms)
        return sorted(cases.ask(f"FROM {RELATION}", {})["id"].tolist())

    picture.apply(entry("event.reported", reported("e1")))
    assert ids(T0 - 1) == []
    assert ids(T0) == ["e1"]
    now[0] = T0 + 10
    assert (ids(T0), cases.as_of) == (["e1"], T0 + 10)
    picture.apply(entry("event.reported", reported("e2"), n=1))
    assert ids(T0 + 5) == ["e1"], "who asks of the same instant gets the same answer"
    assert ids(T0 + 10) == ["e1", "e2"]


def test_an_import_is_read_once_it_has_been_admitted(tmp_path: Path) -> None:
    regions = small_regions()
    picture = Picture(regions.locate, regions.node, cold=Cold(tmp_path, SCAN))
    cases, past = followed(picture), imported(tmp_path)

    def ids() -> list[str]:
        return sorted(cases.ask(f"FROM {RELATION}", {})["id"].tolist())

    assert ids() == []
    fold(picture, [entry("events.imported", msgspec.to_builtins(past))])
    assert ids() == ids() == [one.id for one in PAST]


def test_what_could_not_be_brought_along_is_no_fresher_for_it(tmp_path: Path) -> None:
    regions = small_regions()
    picture = Picture(regions.locate, regions.node, cold=Cold(tmp_path, SCAN))
    cases, past = followed(picture), imported(tmp_path)
    fold(picture, [entry("events.imported", msgspec.to_builtins(past))])
    as_of, files = cases.as_of, [Path(file) for file in picture.events.cold.imports]
    whole = [file.read_bytes() for file in files]
    for file in files:
        file.write_bytes(b"PAR1 no more")
    for _ in range(2):
        with pytest.raises(Unreadable):
            cases.ask(f"FROM {RELATION}", {})
        assert cases.as_of == as_of
    for file, content in zip(files, whole, strict=True):
        file.write_bytes(content)
    assert sorted(cases.ask(f"FROM {RELATION}", {})["id"].tolist()) == [one.id for one in PAST]


def test_who_asked_can_call_it_off() -> None:
    cases = followed(small_picture())
    asked: list[Cursor] = []
    started, failed = Event(), []

    def ask() -> None:
        try:
            cases.ask(
                "SELECT count(DISTINCT hash(a.range * b.range)) FROM range(1000000) a, range(100000) b",
                {},
                lambda cursor: (asked.append(cursor), started.set()),
            )
        except CalledOff as fault:
            failed.append(fault)

    thread = Thread(target=ask)
    thread.start()
    assert started.wait(5)
    asked[0].call_off()
    thread.join(10)
    assert failed
