"""Events that have left the picture: read back from real files, and the fold is none the worse for it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import cold, coldrows, facts
from dashboard.clock import DAY_MS
from dashboard.codec import Malformed
from dashboard.cold import Cold, as_of, import_of
from dashboard.eventstate import EventState
from dashboard.kpibook import load_book
from dashboard.kpicount import Split, answered, count, query
from dashboard.model import EventsImported, Step
from dashboard.picture import Picture, PictureState
from dashboard.pieces import Id, name_of
from dashboard.procedure import Procedure
from dashboard.record import Entry
from dashboard.scan import Scan, Unreadable
from feeds.coldimport import ColdImport
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


def last_of(kept: Cold, upto: Id) -> dict[str, list[int]]:
    """By id, the hashes of the rows that count as `relation` has it."""
    files, keys, positions = kept.relation(upto)
    sql = (
        "SELECT id, list(digest) AS digests FROM read_parquet($files) WHERE as_of <= $upto"
        " AND (key, as_of) NOT IN (SELECT (key, as_of) FROM stale) GROUP BY id"
    )
    if not files:
        return {}
    with SCAN.turn() as cursor:
        found = cursor.run(sql, {"files": files, "upto": as_of(upto)}, stale={"key": keys, "as_of": positions})
    return dict(zip(found["id"].tolist(), map(list, found["digests"].tolist()), strict=True))


def put(folder: Path, upto: Id, rows: dict[str, int]) -> None:
    """Archive events, by id with their hashes, at a position of the log."""
    states = [msgspec.structs.replace(state(), id=name) for name in rows]
    path = cold.folder_of(folder) / name_of(upto, upto)
    columns = cold.table(states, list(rows.values()), upto, Procedure())
    save(folder, f"{cold.row_query()} ORDER BY key", [], path, 2, columns)


def test_rows_that_newer_ones_have_replaced_are_known(tmp_path: Path) -> None:
    for at, rows in enumerate([{"a": 1, "b": 2}, {"a": 3, "c": 4}, {"a": 5}], 1):
        put(tmp_path, (at, 7), rows)
    early, late = Cold(tmp_path), Cold(tmp_path)
    early.begin((1, 7))
    late.begin((9, 0))
    for kept in (early, late):  # whether news have been asked for or not
        assert last_of(kept, (9, 0)) == {"a": [5], "b": [2], "c": [4]}
        assert last_of(kept, (2, 7)) == {"a": [3], "b": [2], "c": [4]}
        assert last_of(kept, (1, 8)) == {"a": [1], "b": [2]}
    early.news((2, 7))
    early.news((9, 0))
    assert last_of(early, (9, 0)) == {"a": [5], "b": [2], "c": [4]}
    assert last_of(early, (2, 8)) == {"a": [3], "b": [2], "c": [4]}


AGO = 5 * DAY_MS
PAST = [
    msgspec.structs.replace(
        one, id=f"p{n}", step=Step.evaluated, reported_ms=one.reported_ms - AGO,
        closed_ms=one.closed_ms and one.closed_ms - AGO,
    )
    for n, one in enumerate(TOLD)
]  # fmt: skip


def imported(folder: Path, name: str = "past", states: Sequence[EventState] = PAST) -> EventsImported:
    """The record of an import that has been written."""
    written = ColdImport(folder, name, Procedure())
    return written.finish([written.write(0, [(states[:1], None)]), written.write(1, [(states[1:], None)])])


def test_an_import_is_found_from_its_record_on_and_older_than_all_that_is_archived(kept: Cold, tmp_path: Path) -> None:
    at, later = (T0 + 1, 0), (T0 + 2, 0)
    assert imported(tmp_path).count == 4
    assert "p1" not in kept
    index = kept.admit("past", at)
    assert sorted(index.keys.tolist()) == sorted(cold.key_of(one.id) for one in PAST)
    assert index.closed == {"990101001": T0 - AGO + 9}
    for found in (kept, Cold(tmp_path)):
        if found is not kept:
            found.begin(later)
            found.admit("past", at)
        assert found.fetch("p1", later) == (PAST[1], coldrows.digest_of(msgspec.msgpack.encode(PAST[1])))
        assert found.fetch("e2", later) == (TOLD[1], 2**64 - 1)
        assert [one.id for one in found.find("oise", (0, 2**53), "", 9, later)] == ["e2", "p1"]
        assert [one.id for one in found.find("oise", (0, 2**53), "", 9, NOW)] == ["e2"]
        assert len(found.places((T0 - AGO, T0 + 1), "", later)["key"]) == 6
        assert set(last_of(found, later)) == {one.id for one in TOLD + PAST}
    put(tmp_path, later, {"p1": 77})
    assert kept.news(later) == [("p1", 77)]
    assert kept.fetch("p1", later) == (msgspec.structs.replace(state(), id="p1"), 77)
    assert last_of(kept, later)["p1"] == [77]
    again = Cold(tmp_path)
    again.begin(later)
    assert len(again.admit("past", at).keys) == 3  # p1 is there as it was archived later
    assert last_of(again, later) == last_of(kept, later)


def test_an_import_that_is_not_there_is_said_so_and_counts_as_the_log_has_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    regions = small_regions()
    record = entry("events.imported", msgspec.to_builtins(imported(tmp_path)))
    whole, lost, broken = (
        Picture(regions.locate, regions.node, cold=Cold(tmp_path / name)) for name in (".", "no", "bad")
    )
    import_of(tmp_path / "bad", "past").mkdir(parents=True)
    (import_of(tmp_path / "bad", "past") / "0.parquet").write_bytes(b"PAR1 no more")
    for one in (whole, lost, broken):
        one.apply(record)
        assert (one.events.total, one.state_hash) == (4, whole.state_hash)
    assert caplog.text.count("its events are missing") == 2
    again = Picture(regions.locate, regions.node, cold=Cold(tmp_path / "no"))
    again.restore(lost.export())
    assert (again.events.total, again.state_hash) == (4, whole.state_hash)
    assert whole.events["p2"] == PAST[2]
    assert whole.events.closed_before(*[regions.node("990101001") + k for k in (0, 1)]) == T0 - AGO + 9


def test_what_happened_lately_is_taken_back_into_memory_where_the_live_numbers_are_counted(tmp_path: Path) -> None:
    regions = small_regions()
    new = [msgspec.structs.replace(one, id=f"n{n}", reported_ms=T0 - n * 2 * DAY_MS) for n, one in enumerate(PAST)]
    record = entry("events.imported", msgspec.to_builtins(imported(tmp_path, "past", new)))
    here, away = Picture(regions.locate, regions.node, cold=Cold(tmp_path)), Picture(regions.locate, regions.node)
    for one in (here, away):
        one.apply(record)
    assert {event.id for event in here.events} == {"n0", "n1"}
    assert (here.events.total, here.state_hash) == (away.events.total, away.state_hash)
    again = Picture(regions.locate, regions.node, cold=Cold(tmp_path))
    again.restore(here.export())
    assert ({event.id for event in again.events}, again.state_hash) == ({"n0", "n1"}, here.state_hash)


def test_a_file_that_is_not_what_its_record_says_is_noticed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    record = msgspec.to_builtins(imported(tmp_path)) | {"count": 5}
    Picture(lambda lat, lon: "", lambda code: -1, cold=Cold(tmp_path)).apply(entry("events.imported", record))
    assert "has other events in the archive than the log says" in caplog.text


@pytest.mark.parametrize(("more", "field"), [
    ({"name": "past"}, "data.name"), ({"name": "../a"}, "data.name"), ({"name": "b\n"}, "data.name"),
    ({"name": "b", "count": 0}, "data.count"), ({"name": "b", "digest": "1"}, "data.digest"),
    ({"name": "b", "start": 2, "end": 1}, "data.end"), ({"name": "b", "end": "soon"}, "data.end"),
])  # fmt: skip
def test_an_import_is_refused_for_its_name_and_what_cannot_be(
    tmp_path: Path, more: dict[str, object], field: str
) -> None:
    data = msgspec.to_builtins(imported(tmp_path))
    picture = Picture(lambda lat, lon: "", lambda code: -1, cold=Cold(tmp_path))
    picture.apply(entry("events.imported", data))
    before = picture.state_hash, picture.events.total
    with pytest.raises(Malformed) as refused:
        picture.apply(entry("events.imported", data | more, id="2"))
    assert (refused.value.field, before) == (field, (picture.state_hash, picture.events.total))


RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["e1", "e2", "e3", "p0", "p1"]),
        st.sampled_from(["report", "close", "cancelled", "rate", "comment", "merge", "reopen", "import"]),
        st.booleans(),
    ),
    max_size=18,
)


def entries(drawn: list[tuple[str, str, bool]], past: EventsImported) -> Iterator[tuple[list[Entry], bool]]:
    """What the log holds, in runs, and whether the archive is tended after each."""
    done = False
    for n, (name, what, tended) in enumerate(drawn):
        done = done or what == "import"
        if name[0] == "p" and not done:  # it would be there twice
            continue
        said: list[tuple[str, object]] = {
            "report": [("event.reported", reported(name))],
            "close": [("event.step", step(name, one)) for one in MAIN_ROAD],
            "cancelled": [("event.step", step(name, "cancelled"))],
            "rate": [("event.rated", {"event_id": name, "score": 1 + n % 5})],
            "comment": [("event.comment", {"event_id": name, "text": "回访"})],
            "merge": [("event.step", step(name, "merged", into="e1"))],
            "reopen": [("event.step", step(name, "handling"))],
            "import": [("events.imported", msgspec.to_builtins(past))],
        }[what]
        yield [entry(kind, data, at=T0 + n, n=k, id=f"{n}-{k}") for k, (kind, data) in enumerate(said)], tended


def fold(picture: Picture, found: list[Entry], *, lean: bool = True) -> list[str]:
    refused = []
    for one in found:
        try:
            if lean or one.fields[b"type"] != b"events.imported":
                picture.apply(one)
            else:
                take_in(picture)
        except Malformed as fault:
            refused.append(f"{one.entry_id} {fault.field} {fault.reason}")
    return refused


def take_in(picture: Picture) -> None:
    """What an import comes to where nobody ever leaves memory."""
    if PAST[0].id in picture.events:
        raise Malformed("data.name", "past", "has been imported already")
    for one in PAST:
        picture.events.restore(msgspec.msgpack.decode(msgspec.msgpack.encode(one), type=EventState))


@settings(max_examples=25)  # each writes files
@given(RECORDS)
def test_who_has_left_makes_no_difference(drawn: list[tuple[str, str, bool]]) -> None:
    regions = small_regions()
    plain = Picture(regions.locate, regions.node)
    with tempfile.TemporaryDirectory() as name:
        writer, past = ColdWriter(Path(name), 0), imported(Path(name))
        # One that archives, one that follows, and one that starts anew from the snapshot every time.
        lean, other, fresh = (Picture(regions.locate, regions.node, cold=Cold(Path(name), SCAN)) for _ in range(3))
        for found, tended in entries(drawn, past):
            said = fold(plain, found, lean=False)
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
                kept = last_of(one.events.cold, one.events.read_to)
                gone = {event.id: [plain.events.digest_of(event.id)] for event in plain.events}
                assert {k: v for k, v in kept.items() if not one.events.warm(k)} == {
                    k: v for k, v in gone.items() if not one.events.warm(k)
                }
        for one in (lean, other, fresh):
            assert one.state_hash == plain.state_hash
            assert [one.events[event.id] for event in plain.events] == list(plain.events)
