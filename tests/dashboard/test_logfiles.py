"""Entries as rows of files, read back by DuckDB from real files."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import logfiles
from dashboard.logfiles import AUDIT, DEAD_LETTERS, LOGGED
from dashboard.model import STREAMS
from dashboard.pieces import listed
from dashboard.record import Entry
from dashboard.scan import Scan
from feeds.parquet import save
from tests.support import T0, entry, reported

SCAN = Scan()
STREAM = "wall:events"


def written(folder: Path, entries: list[Entry]) -> Path:
    """A file of these."""
    path = folder / "0-1-9-0.parquet"
    save(folder, logfiles.ROWS_QUERY, [], path, 2, logfiles.table(entries))
    return path


def page(path: Path, after: tuple[int, int] = (0, 0), most: int = 100) -> list[Entry]:
    """What is read of it after an id."""
    with SCAN.turn() as cursor:
        values = {"file": str(path), "ms": after[0], "n": after[1], "most": most}
        return logfiles.entries_of(STREAM, cursor.run(logfiles.PAGE_QUERY, values))


NAMES = st.sampled_from([b"id", b"source", b"type", b"time", b"data"])
VALUES = st.one_of(st.binary(max_size=6), st.text(max_size=6).map(str.encode), st.just(b'{"event_id": "e1"}'))
FIVE = st.fixed_dictionaries(dict.fromkeys((b"id", b"source", b"type", b"time", b"data"), VALUES))
FIELDS = st.one_of(FIVE, st.dictionaries(st.one_of(NAMES, VALUES), VALUES, max_size=7))


@settings(max_examples=60)
@given(st.lists(FIELDS, max_size=12))
def test_every_entry_comes_back_field_for_field(drawn: list[dict[bytes, bytes]]) -> None:
    entries = [Entry(STREAM, f"{T0 + k // 3}-{k % 3}", fields) for k, fields in enumerate(drawn)]
    with tempfile.TemporaryDirectory() as name:
        assert page(written(Path(name), entries)) == entries


def test_a_page_begins_after_an_id_and_is_not_longer_than_asked(tmp_path: Path) -> None:
    entries = [entry("event.reported", reported(f"e{k}"), at=T0 + k // 3, n=k % 3) for k in range(9)]
    path = written(tmp_path, entries)
    assert page(path, (T0, 1)) == entries[2:]
    assert page(path, (T0 + 1, 2), 2) == entries[6:8]
    assert page(path, (T0 + 2, 2)) == []


def test_anybody_can_read_the_files(tmp_path: Path) -> None:
    plain = entry("event.reported", reported())
    audit = Entry(AUDIT, f"{T0}-1", {b"by": "03席".encode(), b"command": b"accept", b"time": b"now"})
    odd = Entry(STREAM, f"{T0}-2", {**plain.fields, b"data": b"\xff", b"more": b""})
    found = duckdb.execute("SELECT * FROM read_parquet(?)", [str(written(tmp_path, [plain, audit, odd]))])
    assert [(name, str(kind)) for name, kind, *_ in found.description or []] == [
        ("ms", "BIGINT"), ("n", "BIGINT"), *((name, "VARCHAR") for name in ("id", "source", "type", "time", "data")),
        ("raw", "BLOB"),
    ]  # fmt: skip
    first, second, third = found.fetchall()
    said = [plain.fields[name.encode()].decode() for name in ("id", "source", "type", "time", "data")]
    assert first == (T0, 0, *said, None)
    assert second[2:7] == (None, None, None, "now", '{"by":"03席","command":"accept","time":"now"}')
    assert third[2:7] == (*said[:4], None)
    assert None not in (second[7], third[7])


def test_an_id_that_is_no_time_is_refused() -> None:
    with pytest.raises(OverflowError):
        logfiles.table([Entry(STREAM, f"{2**64 - 1}-0", {})])


def test_all_streams_but_positions_are_kept_whole_and_two_not_for_ever(tmp_path: Path) -> None:
    assert set(LOGGED) == (set(STREAMS) | {AUDIT, DEAD_LETTERS}) - {"wall:positions"}
    assert {stream: logfiles.days_kept(stream, 366) for stream in LOGGED if logfiles.days_kept(stream, 366)} == {
        AUDIT: 366, DEAD_LETTERS: 180,
    }  # fmt: skip
    path = logfiles.path_of(tmp_path, AUDIT, "2026-03-12", (0, 1), (T0, 0))
    path.parent.mkdir(parents=True)
    path.touch()
    assert path == tmp_path / "log" / "audit" / "day=2026-03-12" / f"0-1-{T0}-0.parquet"
    assert [piece.last for piece in listed(path.parent)] == [(T0, 0)]
