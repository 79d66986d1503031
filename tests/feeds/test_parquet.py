"""Files that are there, whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from feeds.parquet import database, save


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
