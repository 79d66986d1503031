"""Events that have left the picture: read back from real files, and the fold is none the worse for it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import cold, facts
from dashboard.codec import Malformed
from dashboard.cold import Cold
from dashboard.kpibook import load_book
from dashboard.kpicount import Split, answered, count, query
from dashboard.picture import Picture, PictureState
from dashboard.pieces import name_of
from dashboard.procedure import Procedure
from dashboard.record import Entry
from dashboard.scan import Scan, Unreadable
from feeds.coldwriter import ColdWriter
from feeds.parquet import save
from tests.dashboard.test_eventstate import state
from tests.support import MAIN_ROAD, T0, entry, reported, small_regions, step

NOW = (T0, 0)
SCAN = Scan()
TOLD = [
    msgspec.structs.replace(state(region=region), id=name, title=title, reported_ms=T0 + n, **more)
    for n, (name, title, region, more) in enumerate([
        ("甲/1", "路口井盖缺失", "990101001", {"closed_ms": T0 + 5, "lat": 30.1}),
        ("e2", "Noise", "990102001", {"category": "noise", "rated_ms": 7, "score": 4}),
        ("e3", "垃圾成堆", "990101001", {"address": "井盖厂宿舍", "closed_ms": T0 + 9}),
        ("e4", "已撤销", "", {}),
    ])
]  # fmt: skip


@pytest.fixture
def kept(tmp_path: Path) -> Cold:
    """An archive of four events, as it was after entry T0-0 of the log."""
    rows = cold.table(TOLD, [10, 2**64 - 1, 30, 40], NOW, Procedure())
    path = cold.folder_of(tmp_path) / name_of(NOW, NOW)
    save(tmp_path, f"{cold.row_query()} ORDER BY key", [], path, 2, rows)
    found = Cold(tmp_path)
    found.begin(NOW)
    return found


def test_an_event_comes_back_as_it_was(kept: Cold) -> None:
    assert kept.fetch("e2", NOW) == (TOLD[1], 2**64 - 1)
    assert "甲/1" in kept
    assert "e9" not in kept
    assert kept.fetch("e9", NOW) is None


def test_the_index_tells_keys_hashes_and_the_last_closing_by_region(kept: Cold, tmp_path: Path) -> None:
    index = Cold(tmp_path).begin(NOW)
    assert dict(zip(index.keys.tolist(), index.digests.tolist(), strict=True)) == {
        cold.key_of("甲/1"): 10, cold.key_of("e2"): 2**64 - 1, cold.key_of("e3"): 30, cold.key_of("e4"): 40,
    }  # fmt: skip
    assert index.keys.tolist() == sorted(index.keys.tolist())
    assert index.closed == {"990101001": T0 + 9}


def test_what_the_asker_has_not_read_is_not_there_yet(kept: Cold, tmp_path: Path) -> None:
    behind = Cold(tmp_path)
    assert len(behind.begin((T0 - 1, 0)).keys) == 0
    assert behind.news((T0 - 1, 0)) == []
    assert "e2" not in behind
    assert sorted(behind.news(NOW)) == [("e2", 2**64 - 1), ("e3", 30), ("e4", 40), ("甲/1", 10)]
    assert "e2" in behind
    assert behind.news((T0 + 9, 0)) == []


@pytest.mark.parametrize(("words", "more", "ids"), [
    ("井盖", {}, ["e3", "甲/1"]), ("oise", {}, ["e2"]), ("甲/", {}, ["甲/1"]), ("E3", {}, ["e3"]),
    ("井盖", {"region": "990102"}, []), ("井盖", {"most": 1}, ["e3"]), ("井盖", {"window": (T0, T0)}, ["甲/1"]),
    ("%", {}, []), ("", {}, ["e4", "e3", "e2", "甲/1"]),
])  # fmt: skip
def test_events_are_found_by_their_words(kept: Cold, words: str, more: dict[str, object], ids: list[str]) -> None:
    asked: dict[str, object] = {"window": (0, 2**53), "region": "", "most": 9, "upto": NOW} | more
    assert [one.id for one in kept.find(words, **asked)] == ids  # type: ignore[arg-type]  # of several types


def test_places_of_a_window_and_a_category(kept: Cold) -> None:
    everywhere = kept.places((T0, T0 + 1), "", NOW)
    assert sorted(everywhere["lat"].tolist()) == [0.0, 30.1]
    [key] = kept.places((0, 2**53), "noise", NOW)["key"].tolist()
    assert key == cold.key_of("e2")


def test_indicators_are_counted_from_its_files_as_from_memory(kept: Cold, tmp_path: Path) -> None:
    measures = list(load_book().measures.values())
    files = f"(SELECT * FROM read_parquet('{tmp_path / 'events' / name_of(NOW, NOW)}'))"
    for split in (None, Split("region", 6)):
        with SCAN.turn() as cursor:
            found = cursor.run(query(measures, files, split), {"start": T0 - 9, "end": T0 + 9})
        assert answered(measures, found) == count(measures, facts.table(TOLD, Procedure()), T0 - 9, T0 + 9, split)


def test_no_archive_has_nothing() -> None:
    none = Cold(None)
    assert len(none.begin(NOW).keys) == len(none.news(NOW)) == len(none.find("井盖", (0, 2**53), "", 9, NOW)) == 0
    assert len(none.places((0, 2**53), "", NOW)["lat"]) == 0
    assert none.fetch("e1", NOW) is None


def test_a_broken_file_is_said_to_be(kept: Cold, tmp_path: Path) -> None:
    (tmp_path / "events" / name_of(NOW, NOW)).write_bytes(b"PAR1 no more")
    with pytest.raises(Unreadable):
        kept.fetch("e2", NOW)
    assert Cold(tmp_path).news(NOW) == []


def test_who_searches_does_not_keep_the_fold_waiting_and_an_archive_too_slow_is_unreadable(tmp_path: Path) -> None:
    rows = cold.table(TOLD, [10, 20, 30, 40], NOW, Procedure())
    save(tmp_path, cold.row_query(), [], cold.folder_of(tmp_path) / name_of(NOW, NOW), 2, rows)
    narrow = Scan(at_once=1, wait_s=0.01)
    found = Cold(tmp_path, narrow)
    found.begin(NOW)
    with narrow.turn():
        with pytest.raises(Unreadable):
            found.fetch("e2", NOW)
        assert [one.id for one in found.find("oise", (0, 2**53), "", 9, NOW)] == ["e2"]
    assert found.fetch("e2", NOW)


RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["e1", "e2", "e3"]),
        st.sampled_from(["report", "close", "cancelled", "rate", "comment", "merge", "reopen"]),
        st.booleans(),
    ),
    max_size=18,
)


def entries(drawn: list[tuple[str, str, bool]]) -> Iterator[tuple[list[Entry], bool]]:
    """What the log holds, in runs, and whether the archive is tended after each."""
    for n, (name, what, tended) in enumerate(drawn):
        said: list[tuple[str, object]] = {
            "report": [("event.reported", reported(name))],
            "close": [("event.step", step(name, one)) for one in MAIN_ROAD],
            "cancelled": [("event.step", step(name, "cancelled"))],
            "rate": [("event.rated", {"event_id": name, "score": 1 + n % 5})],
            "comment": [("event.comment", {"event_id": name, "text": "回访"})],
            "merge": [("event.step", step(name, "merged", into="e1"))],
            "reopen": [("event.step", step(name, "handling"))],
        }[what]
        yield [entry(kind, data, at=T0 + n, n=k, id=f"{n}-{k}") for k, (kind, data) in enumerate(said)], tended


def fold(picture: Picture, found: list[Entry]) -> list[str]:
    refused = []
    for one in found:
        try:
            picture.apply(one)
        except Malformed as fault:
            refused.append(f"{one.entry_id} {fault.field} {fault.reason}")
    return refused


@settings(max_examples=25)  # each writes files
@given(RECORDS)
def test_who_has_left_makes_no_difference(drawn: list[tuple[str, str, bool]]) -> None:
    regions = small_regions()
    plain = Picture(regions.locate, regions.node)
    with tempfile.TemporaryDirectory() as name:
        writer = ColdWriter(Path(name), 0)
        # One that archives, one that follows, and one that starts anew from the snapshot every time.
        lean, other, fresh = (Picture(regions.locate, regions.node, cold=Cold(Path(name), SCAN)) for _ in range(3))
        for found, tended in entries(drawn):
            said = fold(plain, found)
            assert [fold(one, found) for one in (lean, other, fresh)] == [said] * 3
            if not tended:
                continue
            for one in (lean, other):
                one.take_changes()
            writer.put(lean.events, T0 + 999)
            for one in (lean, other):
                one.release(one.events.cold.news(one.events.read_to))
            saved = msgspec.msgpack.encode(lean.export())
            fresh = Picture(regions.locate, regions.node, cold=Cold(Path(name), SCAN))
            fresh.restore(msgspec.msgpack.decode(saved, type=PictureState))
            assert {one.state_hash for one in (plain, lean, other, fresh)} == {plain.state_hash}
            assert {one.events.total for one in (plain, lean, other, fresh)} == {len(plain.events)}
            assert all(one.open for one in lean.events)
        for one in (lean, other, fresh):
            assert one.state_hash == plain.state_hash
            assert [one.events[event.id] for event in plain.events] == list(plain.events)
