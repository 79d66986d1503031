"""How the archive's folder is read: which files count, how far it reaches, and what a log entry puts into it."""

from __future__ import annotations

from pathlib import Path

from dashboard import archive, clock
from dashboard.pieces import NOTHING, SHARES, Piece
from tests.support import T0, entry, fix

DAY = "2026-03-12"
LATE = "2026-03-10"


def put(folder: Path, day: str, first_s: int, last_s: int, share: str = "") -> Path:
    """An empty file of one day, out of the log's entries of [first, last] seconds after T0."""
    path = archive.path_of(folder, day, (T0 + first_s * 1000, 0), (T0 + last_s * 1000, 7), share)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def ranges(found: list[Piece]) -> list[tuple[int, int]]:
    """First and last entry of each, in seconds after T0."""
    return [((p.first[0] - T0) // 1000, (p.last[0] - T0) // 1000) for p in found]


def test_no_archive_is_an_empty_one(tmp_path: Path) -> None:
    days = archive.pieces(tmp_path / "nowhere")
    assert (days, archive.newest(days), archive.since_ms(days)) == ({}, NOTHING, None)


def test_files_by_day_in_the_logs_order_and_nothing_else(tmp_path: Path) -> None:
    for day, first, last in ((DAY, 60, 119), (DAY, 0, 59), (LATE, 60, 119)):
        put(tmp_path, day, first, last)
    put(tmp_path, DAY, 120, 180).rename(tmp_path / "fixes" / f"day={DAY}" / "1-0-2-0.tmp")
    (tmp_path / "fixes" / "day=today").mkdir()
    (tmp_path / "fixes" / f"day={DAY}" / "notes.parquet").touch()
    days = archive.pieces(tmp_path)
    assert list(days) == [LATE, DAY]
    assert ranges(days[DAY]) == [(0, 59), (60, 119)]


def test_what_has_been_merged_is_passed_over(tmp_path: Path) -> None:
    for first, last in ((0, 59), (60, 119), (0, 119), (120, 179), (120, 150)):
        put(tmp_path, DAY, first, last)
    assert ranges(archive.pieces(tmp_path)[DAY]) == [(0, 119), (120, 179)]
    assert len(archive.everything(tmp_path)[DAY]) == 5


def test_sixteen_files_count_when_all_are_there(tmp_path: Path) -> None:
    put(tmp_path, DAY, 0, 59)
    put(tmp_path, DAY, 60, 119)
    for share in SHARES[:-1]:
        put(tmp_path, DAY, 0, 119, share)
    assert ranges(archive.pieces(tmp_path)[DAY]) == [(0, 59), (60, 119)]
    put(tmp_path, DAY, 0, 119, SHARES[-1])
    [piece] = archive.pieces(tmp_path)[DAY]
    assert (len(piece.files()), piece.files("7")) == (16, [piece.paths["7"]])
    put(tmp_path, DAY, 120, 179)
    assert [len(p.files("7")) for p in archive.pieces(tmp_path)[DAY]] == [1, 1]


def test_workers_are_spread_evenly_and_for_good() -> None:
    shares = [archive.share_of(f"W{k:05d}") for k in range(3200)]
    assert set(shares) == set(SHARES)
    assert all(150 < shares.count(share) < 250 for share in SHARES)
    assert archive.share_of("网格员1") == "d"


def test_the_newest_id_is_that_of_a_home_file(tmp_path: Path) -> None:
    put(tmp_path, DAY, 0, 59)
    put(tmp_path, LATE, 60, 119)  # its home file was not written any more
    assert archive.newest(archive.pieces(tmp_path)) == (T0 + 59_000, 7)
    put(tmp_path, DAY, 60, 119)
    assert archive.newest(archive.pieces(tmp_path)) == (T0 + 119_000, 7)


def test_it_is_complete_from_its_first_entry_or_its_oldest_day(tmp_path: Path) -> None:
    put(tmp_path, DAY, 10, 59)
    put(tmp_path, LATE, 60, 119)
    assert archive.since_ms(archive.pieces(tmp_path)) == T0 + 10_000, "late fixes of a day it has not seen"
    before = clock.city_midnight(T0) - T0
    put(tmp_path, DAY, before // 1000 - 30, 9)
    archive_of_today = {DAY: archive.pieces(tmp_path)[DAY]}
    assert archive.since_ms(archive_of_today) == clock.city_midnight(T0), "the days before have been dropped"


def test_the_fixes_of_entries_without_what_the_fold_refuses() -> None:
    batch = {"worker_id": ["w2", "w1"], "lat": [30.1, 30.2], "lon": [110.0000004, 110.5], "fix_time": [T0, T0 - 9]}
    fixes = archive.columns([
        entry("worker.fix", fix("w1", "2026-03-12T14:32:08+08:00")),
        entry("worker.fix", fix("w1", T0 + 600_000)), entry("worker.fix", "["), entry("worker.fixes", batch),
        entry("worker.fixes", batch | {"lat": [1]}), entry("worker.duty", {}, stream="wall:positions"),
    ])  # fmt: skip
    assert fixes["worker"].tolist() == ["w1", "w2", "w1"]
    assert fixes["t"].tolist() == [T0, T0, T0 - 9]
    assert fixes["lat"].tolist() == [30_050_000, 30_100_000, 30_200_000]
    assert fixes["lon"].tolist() == [110_050_000, 110_000_000, 110_500_000]
    assert [len(column) for column in archive.columns([]).values()] == [0] * 4
    both = archive.joined([fixes, archive.picked(fixes, fixes["worker"] == "w2")])
    assert both["worker"].tolist() == ["w1", "w2", "w1", "w2"]
