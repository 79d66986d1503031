"""The archive of fixes, on a real log and real files: everything once, whatever is killed when."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import redis

from dashboard import archive, clock
from dashboard.pieces import SHARES
from feeds import archivist
from feeds import log as log_module
from feeds.archivist import Archivist
from feeds.log import Log
from feeds.parquet import clear
from tests.support import T0, entry, fix

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
MIDNIGHT = clock.city_midnight(T0)
Row = tuple[str, int]


@pytest.fixture
def keeper(log: Log, tmp_path: Path) -> Archivist:
    """An archive of ten days."""
    return Archivist(log, tmp_path, 10)


def told(broker: redis.Redis, *fixes: tuple[str, int, int]) -> list[Row]:
    """Put (worker, taken at, appended at) on the log, instants in ms after T0; the rows there should be of it."""
    for worker, at, appended in fixes:
        found = entry("worker.fix", fix(worker, T0 + at), at=T0 + appended)
        broker.xadd("wall:positions", dict(found.fields), id=f"{T0 + appended}-*")
    return [(worker, T0 + at) for worker, at, _ in fixes]


def rows(folder: Path) -> list[Row]:
    """Everything a reader sees, sorted."""
    paths = [str(path) for found in archive.pieces(folder).values() for piece in found for path in piece.files()]
    return sorted(duckdb.execute("SELECT worker, t FROM read_parquet(?)", [paths]).fetchall()) if paths else []


def every(minutes: range, worker: str = "w1") -> list[tuple[str, int, int]]:
    """A fix at the beginning of each minute, appended a second later."""
    return [(worker, k * MINUTE, k * MINUTE + 1000) for k in minutes]


def files(folder: Path) -> dict[str, int]:
    """How many files count, by day."""
    return {day: len(found) for day, found in archive.pieces(folder).items() if found}


def test_fixes_by_the_day_they_were_taken_late_ones_too(keeper: Archivist, broker: redis.Redis, tmp_path: Path) -> None:
    expected = told(broker, ("w2", 0, 10), ("w1", -10, 20), ("w1", -2 * DAY, 30), ("w1", 5, 40), ("w1", -11 * DAY, 50))
    broker.xadd("wall:positions", dict(entry("worker.fix", "[").fields), id=f"{T0 + 60}-0")
    assert keeper.flush(T0) == 5
    assert rows(tmp_path) == sorted(expected[:4]), "what is older than the archive keeps is not taken"
    assert files(tmp_path) == {"2026-03-10": 1, "2026-03-12": 1}
    assert keeper.taken == (T0 + 60, 0)
    [path] = archive.pieces(tmp_path)["2026-03-12"][0].files()
    found = duckdb.execute("SELECT * FROM read_parquet(?, hive_partitioning = false)", [str(path)])
    assert [(name, str(kind)) for name, kind, *_ in found.description or []] == [
        ("worker", "VARCHAR"), ("t", "BIGINT"), ("lat", "INTEGER"), ("lon", "INTEGER"),
    ]  # fmt: skip
    assert found.fetchall() == [
        ("w1", T0 - 10, 30_050_000, 110_050_000), ("w1", T0 + 5, 30_050_000, 110_050_000),
        ("w2", T0, 30_050_000, 110_050_000),
    ]  # fmt: skip


def test_a_restart_goes_on_where_it_ended(log: Log, keeper: Archivist, broker: redis.Redis, tmp_path: Path) -> None:
    expected = told(broker, *every(range(3)))
    assert keeper.flush(T0) == 3
    assert keeper.flush(T0) == 0
    expected += told(broker, *every(range(3, 5)))
    assert Archivist(log, tmp_path, 10).flush(T0) == 2
    assert rows(tmp_path) == expected
    assert files(tmp_path) == {"2026-03-12": 2}


def test_many_fixes_are_taken_in_parts(
    keeper: Archivist, broker: redis.Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archivist, "RUN", 600)
    monkeypatch.setattr(log_module, "_PAGE", 5)
    expected = told(broker, *every(range(23)))
    assert keeper.flush(T0) == 23
    assert rows(tmp_path) == expected
    assert files(tmp_path)["2026-03-12"] == 5


def test_killed_between_the_files_of_a_range(log: Log, keeper: Archivist, broker: redis.Redis, tmp_path: Path) -> None:
    """The home file is written last; without it the range is taken again, and the other files count once."""
    expected = told(broker, ("w1", 0, 10), ("w1", -2 * DAY, 20))
    keeper.flush(T0)
    [home] = archive.pieces(tmp_path)["2026-03-12"]
    home.paths[""].rename(home.paths[""].with_suffix(".tmp"))
    expected += told(broker, ("w1", 50, 60), ("w1", -2 * DAY + 7, 70))
    again = Archivist(log, tmp_path, 10)
    clear(tmp_path)
    assert again.tend(T0)
    assert rows(tmp_path) == sorted(expected)
    assert [path.suffix for path in tmp_path.rglob("*.*")] == [".parquet"] * 2, "no draft, and nothing twice"


@pytest.mark.parametrize("killed", [False, True])
def test_a_finished_hour_becomes_one_piece(
    log: Log, keeper: Archivist, broker: redis.Redis, tmp_path: Path, killed: bool
) -> None:
    expected = []
    for minute in range(0, 90, 10):
        expected += told(broker, *every(range(minute, minute + 10)))
        keeper.flush(T0 + (minute + 10) * MINUTE)
    assert files(tmp_path) == {"2026-03-12": 9}
    keeper.merge(T0 + 20 * MINUTE)
    assert files(tmp_path) == {"2026-03-12": 9}, "the hour goes on"
    keeper.merge(T0 + 95 * MINUTE)
    assert files(tmp_path) == {"2026-03-12": 3}, "what ends before 15:00, before 16:00, and thereafter"
    assert rows(tmp_path) == expected
    assert len(archive.everything(tmp_path)["2026-03-12"]) > 9, "what somebody may still be reading stays a while"
    (Archivist(log, tmp_path, 10) if killed else keeper).merge(T0 + 96 * MINUTE)
    assert len(archive.everything(tmp_path)["2026-03-12"]) == 3
    assert rows(tmp_path) == expected
    assert keeper.flush(T0) == 0


def test_a_finished_day_becomes_one_piece_and_is_not_written_anew_for_each_late_fix(
    keeper: Archivist, broker: redis.Redis, tmp_path: Path
) -> None:
    start = MIDNIGHT - T0
    expected: list[Row] = []

    def hour(k: int) -> None:
        expected.extend(told(broker, ("w1", start + k * HOUR, start + k * HOUR + 1)))
        keeper.flush(MIDNIGHT + k * HOUR)
        keeper.merge(MIDNIGHT + k * HOUR)

    for k in range(25):
        hour(k)
    assert files(tmp_path) == {"2026-03-12": 24, "2026-03-13": 1}, "left alone for an hour"
    hour(25)
    assert files(tmp_path)["2026-03-12"] == 1
    expected += told(broker, ("w2", start + HOUR, start + 26 * HOUR))
    keeper.flush(MIDNIGHT + 26 * HOUR)
    keeper.merge(MIDNIGHT + 27 * HOUR)
    assert files(tmp_path)["2026-03-12"] == 2
    assert rows(tmp_path) == sorted(expected)


def test_a_merged_file_is_sorted_so_that_one_worker_is_one_group_to_read(
    keeper: Archivist, broker: redis.Redis, tmp_path: Path
) -> None:
    for k in range(3):
        told(broker, ("w2", k * 10, k * MINUTE), ("w1", k * 10 + 5, k * MINUTE + 1))
        keeper.flush(T0 + k * MINUTE)
    keeper.merge(T0 + 2 * HOUR)
    [piece] = archive.pieces(tmp_path)["2026-03-12"]
    assert sorted(piece.paths) == list(SHARES)
    for worker in ("w1", "w2"):
        [path] = piece.files(archive.share_of(worker))
        found = duckdb.execute("SELECT worker, t FROM read_parquet(?)", [str(path)]).fetchall()
        assert found == sorted(found)
        assert [who for who, _ in found].count(worker) == 3
        names = duckdb.execute("SELECT name FROM parquet_schema(?) OFFSET 1", [str(path)]).fetchall()
        assert [name for (name,) in names] == ["worker", "t", "lat", "lon"]


def test_killed_in_the_middle_of_a_merge(log: Log, keeper: Archivist, broker: redis.Redis, tmp_path: Path) -> None:
    expected = []
    for k in range(3):
        expected += told(broker, *((f"w{n}", k * 10 + n, k * MINUTE + n) for n in range(30)))
        keeper.flush(T0 + k * MINUTE)
    keeper.merge(T0 + 2 * HOUR)
    merged = max(archive.everything(tmp_path)["2026-03-12"], key=lambda piece: len(piece.paths))
    merged.paths["c"].rename(merged.paths["c"].with_suffix(".tmp"))
    assert files(tmp_path) == {"2026-03-12": 3}, "fifteen files are none"
    assert rows(tmp_path) == sorted(expected)
    again = Archivist(log, tmp_path, 10)
    again.merge(T0 + 2 * HOUR)
    again.merge(T0 + 2 * HOUR)
    clear(tmp_path)
    assert len(list(tmp_path.rglob("*.*"))) == 16
    assert rows(tmp_path) == sorted(expected)


def test_days_that_are_too_old_are_dropped(keeper: Archivist, broker: redis.Redis, tmp_path: Path) -> None:
    told(broker, ("w1", 0, 10), ("w1", -DAY, 20), ("w1", -9 * DAY, 30))
    keeper.flush(T0)
    keeper.drop(T0)
    assert list(files(tmp_path)) == ["2026-03-03", "2026-03-11", "2026-03-12"]
    keeper.drop(T0 + DAY)
    assert list(files(tmp_path)) == ["2026-03-03", "2026-03-11", "2026-03-12"], "the tenth day is kept whole"
    keeper.drop(T0 + 2 * DAY)
    assert list(files(tmp_path)) == ["2026-03-11", "2026-03-12"]
    keeper.drop(T0 + 99 * DAY)
    assert files(tmp_path) == {}
    assert keeper.flush(T0 + 99 * DAY) == 0, "dropped is dropped, although the log still holds it"


def test_a_folder_that_cannot_be_written_is_said_and_tried_again(
    keeper: Archivist, broker: redis.Redis, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    expected = told(broker, *every(range(3)))
    (tmp_path / "fixes").write_text("in the way")
    assert not keeper.tend(T0)
    assert str(tmp_path) in caplog.text
    assert not keeper.tend(T0)
    assert len(caplog.records) == 1, "said once"
    (tmp_path / "fixes").unlink()
    assert keeper.tend(T0)
    assert (rows(tmp_path), keeper.taken) == (expected, (T0 + 2 * MINUTE + 1000, 0))


def test_workers_of_any_name(keeper: Archivist, broker: redis.Redis, tmp_path: Path) -> None:
    names = ["网格员 1", "a'b\"c", "007", "3.5", "W" * 128, "true"]
    told(broker, *((name, k, k) for k, name in enumerate(names)))
    keeper.flush(T0)
    assert [name for name, _ in rows(tmp_path)] == sorted(names)


def test_a_range_that_holds_no_fix_is_taken_all_the_same(
    log: Log, keeper: Archivist, broker: redis.Redis, tmp_path: Path
) -> None:
    broker.xadd("wall:positions", dict(entry("worker.fix", "[").fields), id=f"{T0}-0")
    assert keeper.flush(T0) == 0
    assert keeper.taken == (T0, 0)
    assert Archivist(log, tmp_path, 10).taken == (T0, 0)
    assert files(tmp_path) == {"2026-03-12": 1}
    assert rows(tmp_path) == []
