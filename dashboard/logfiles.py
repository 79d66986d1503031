"""The archive of the log: which streams are kept whole, how long, and how their entries look as rows of files. It reads
and writes no file.

`log/<stream>/day=2026-03-12/<first>-<last>.parquet` holds the entries of a stream (its name without `wall:`) that the
log took on one of the city's days. A name says which range of the log is in the file: all there ever was from `first`
to `last`, entry ids; the next file's range begins right after. So the names alone tell what has been taken, and a file
that is missing leaves a hole that is seen.

A row is an entry: `ms` and `n` are its id, `id source type time data` its fields as far as they are UTF-8 text. Where
they do not say it all, `raw` has every field as MessagePack (binary to binary); an entry without `data`, like a line of
the audit, has its fields there as JSON, for people who query the files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from dashboard.model import STREAMS
from dashboard.pieces import Id, day_dir, id_of, name_of
from dashboard.record import Entry

AUDIT: Final = "wall:audit"
DEAD_LETTERS: Final = "wall:deadletter"
LOGGED: Final = (*(stream for stream in STREAMS if stream != "wall:positions"), AUDIT, DEAD_LETTERS)
"""The streams that are kept as they are; of positions the fixes are kept (`archive`)."""
DEAD_LETTER_DAYS: Final = 180

Columns = dict[str, NDArray[Any]]
_FIELDS: Final = ("id", "source", "type", "time", "data")
_NAMES: Final = frozenset(name.encode() for name in _FIELDS)
_DECODER = msgspec.msgpack.Decoder(dict[bytes, bytes])
_MAYBE = ", ".join(f"CASE WHEN octet_length(raw) = 0 OR {name} != '' THEN {name} END AS {name}" for name in _FIELDS)
_PART = "SELECT ms, n, " + ", ".join(f"{name}::VARCHAR AS {name}" for name in _FIELDS) + ", raw::BLOB AS raw FROM part"
ROWS_QUERY: Final = f"SELECT ms, n, {_MAYBE}, CASE WHEN octet_length(raw) > 0 THEN raw END AS raw FROM ({_PART})"
"""What makes rows of files out of a `part` that `table` has made."""
_SAID = ", ".join(f"coalesce({name}, '') AS {name}" for name in _FIELDS)
PAGE_QUERY: Final = (
    f"SELECT ms, n, {_SAID}, coalesce(raw, ''::BLOB) AS raw FROM read_parquet($file, hive_partitioning = false)"
    " WHERE ms >= $ms AND (ms > $ms OR n > $n) LIMIT $most"
)
"""The first `$most` rows after an id; a file is in the order of the log."""


def root_of(archive: Path, stream: str) -> Path:
    """Where the days of a stream are."""
    return archive / "log" / stream.removeprefix("wall:")


def path_of(archive: Path, stream: str, day: str, first: Id, last: Id) -> Path:
    """Where the entries of one day out of a range belong."""
    return day_dir(root_of(archive, stream), day) / name_of(first, last)


def days_kept(stream: str, audit_days: int) -> int | None:
    """For how many days a stream is kept; None: for ever."""
    return {AUDIT: audit_days, DEAD_LETTERS: DEAD_LETTER_DAYS}.get(stream)


def table(entries: Sequence[Entry]) -> Columns:
    """The rows of these entries; what is not there is empty."""
    ids = [id_of(entry.entry_id) for entry in entries]
    said = [_said(entry.fields) for entry in entries]
    columns: Columns = {
        "ms": np.array([ms for ms, _ in ids], np.int64), "n": np.array([n for _, n in ids], np.int64),
        "raw": np.array([raw for _, raw in said], object),
    }  # fmt: skip
    return columns | {name: np.array([texts[name] for texts, _ in said], object) for name in _FIELDS}


def entries_of(stream: str, rows: Columns) -> list[Entry]:
    """The entries of these rows, as the log had them."""
    columns = [rows[name].tolist() for name in ("ms", "n", "raw", *_FIELDS)]
    return [Entry(stream, f"{ms}-{n}", _fields(raw, texts)) for ms, n, raw, *texts in zip(*columns, strict=True)]


def _said(fields: Mapping[bytes, bytes]) -> tuple[dict[str, str], bytes]:
    """The five as text, and all as MessagePack where these do not say it all."""
    texts = {name: _text(fields.get(name.encode(), b"")) for name in _FIELDS}
    if fields.keys() == _NAMES and None not in texts.values():
        return {name: text or "" for name, text in texts.items()}, b""
    if b"data" not in fields:
        everything = {_shown(name): _shown(value) for name, value in fields.items()}
        texts["data"] = _text(msgspec.json.encode(everything))
    return {name: text or "" for name, text in texts.items()}, msgspec.msgpack.encode(dict(fields))


def _fields(raw: bytes, texts: Sequence[str]) -> dict[bytes, bytes]:
    if raw:
        return _DECODER.decode(raw)
    return {name.encode(): text.encode() for name, text in zip(_FIELDS, texts, strict=True)}


def _text(value: bytes) -> str | None:
    """Text a file can hold: None for what is none, and for a zero character, which many a reader ends at."""
    try:
        return None if b"\0" in value else value.decode()
    except UnicodeDecodeError:
        return None


def _shown(value: bytes) -> str:
    return value.decode("utf-8", "backslashreplace")
