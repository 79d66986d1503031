"""Files that are there, whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from feeds.parquet import clear, database, save


def test_a_result_becomes_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a" / "it's.parquet"
    save(tmp_path, "SELECT x * ? AS y FROM part ORDER BY x DESC", [2], path, 2048, {"x": np.arange(3)})
    with database(tmp_path) as here:
        assert here.execute("SELECT y FROM read_parquet(?)", [str(path)]).fetchall() == [(4,), (2,), (0,)]
    assert [found.name for found in path.parent.iterdir()] == ["it's.parquet"]


def test_what_fails_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(b"old")
    with pytest.raises(duckdb.Error):
        save(tmp_path, "SELECT * FROM nowhere", [], path, 2048)
    assert path.read_bytes() == b"old"


def test_what_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(duckdb.Error):
        save(tmp_path, "SELECT 1 // 0 AS n, error('no')", [], tmp_path / "a" / "b.parquet", 10)
    assert list((tmp_path / "a").iterdir()) == []


def test_what_a_crash_has_left_is_cleared_where_nobody_else_writes(tmp_path: Path) -> None:
    for place in ("events", "fixes/day=2026-03-12", "log/audit/day=2026-03-12", "spill", "events/imports"):
        (tmp_path / place).mkdir(parents=True)
        for name in ("a.tmp", "a.parquet"):
            (tmp_path / place / name).touch()
    clear(tmp_path)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")) == [
        "events/a.parquet", "events/imports/a.parquet", "events/imports/a.tmp", "fixes/day=2026-03-12/a.parquet",
        "log/audit/day=2026-03-12/a.parquet",
    ]  # fmt: skip
    clear(tmp_path / "nowhere")
