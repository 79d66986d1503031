"""Files of the archive, written so that each is either there, whole and on disk, or not there. What is in them is their
writers' business.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

FORMAT = "FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, ROW_GROUP_SIZE"
SPILL = "spill"


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
    draft = path.with_suffix(".tmp")
    quoted = str(draft).replace("'", "''")
    with database(folder) as here:
        if part is not None:
            here.register("part", dict(part))
        here.execute(f"COPY ({query}) TO '{quoted}' ({FORMAT} {rows})", list(values))
    _sync(draft)
    draft.rename(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
