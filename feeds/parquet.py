"""Files of the archive, written so that each is either there, whole and on disk, or not there. What is in them is their
writers' business.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

FORMAT = "FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, ROW_GROUP_SIZE"
DRAFT = ".tmp"
SPILL = "spill"
_HISTORIANS = ("events", "fixes/day=*", "log/*/day=*")
"""Where nobody else writes."""


def database(folder: Path) -> duckdb.DuckDBPyConnection:
    """A database for one statement; what does not fit into its memory goes to disk."""
    return duckdb.connect(
        config={"threads": 1, "memory_limit": "768MB", "temp_directory": str(folder / SPILL),
                "autoinstall_known_extensions": False}
    )  # fmt: skip


def save(
    folder: Path, query: str, values: Sequence[object], path: Path, rows: int, part: Mapping[str, Any] | None = None
) -> None:
    """The result of `query` as the file `path`, `rows` to a row group; the query may read `part` by that name.

    Raises:
        OSError, duckdb.Error: there is no file then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(DRAFT)
    try:
        _copy(folder, query, values, draft, rows, part)
        sync(draft)
        draft.rename(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync(path.parent)


def clear(folder: Path) -> None:
    """Remove what a crash of the historian has left half written in the archive. Raises OSError."""
    for left in (path for place in _HISTORIANS for path in folder.glob(f"{place}/*{DRAFT}")):
        left.unlink()
    shutil.rmtree(folder / SPILL, ignore_errors=True)


def _copy(
    folder: Path, query: str, values: Sequence[object], path: Path, rows: int, part: Mapping[str, Any] | None
) -> None:
    quoted = str(path).replace("'", "''")
    with database(folder) as here:
        if part is not None:
            here.register("part", dict(part))
        here.execute("SET enable_progress_bar = false")  # on a terminal it would write over what is said there
        here.execute(f"COPY ({query}) TO '{quoted}' ({FORMAT} {rows})", list(values))


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
