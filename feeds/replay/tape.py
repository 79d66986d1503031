"""Reading a recorded file row by row: gzip, CSV or NDJSON, any ASCII-compatible encoding.

A row that cannot be read comes out as a `BadRow` with its line, column and reason, and reading goes on at the
next line; even a quotation mark that is never closed costs one line, not the rest of the file. The file is
streamed: memory does not grow with it. What the columns mean is in `mapping`; when a row is played, in
`replay`.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from io import BufferedIOBase
from pathlib import Path
from typing import NamedTuple

import msgspec

MAX_LINES_PER_ROW = 200
"""A quoted field may hold this many line breaks; more is taken for a quotation mark that was never closed."""


class TapeError(ValueError):
    """A file or mapping that cannot be played at all; the message is a sentence that says what to change."""


class Row(NamedTuple):
    """One row: its first line's number (from 1), its bytes, the values of the columns asked for."""

    line: int
    raw: bytes
    values: Sequence[str]


class BadRow(NamedTuple):
    """A row nobody can read."""

    line: int
    raw: bytes
    field: str
    value: str
    reason: str


class _RunawayError(Exception):
    """A quoted field went on for too many lines."""


class _Lines:
    """The file's lines as text, remembering the bytes of the row being read, to give them back."""

    def __init__(self, stream: BufferedIOBase, encoding: str) -> None:
        self._stream = stream
        self._encoding = encoding
        self._again: deque[bytes] = deque()
        self.taken: list[bytes] = []
        self.done = 0
        self.broken = ""

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MAX_LINES_PER_ROW:
            raise _RunawayError
        raw = self._again.popleft() if self._again else self._stream.readline()
        if not raw:
            raise StopIteration
        self.taken.append(raw)
        return self._text(raw)

    def begin(self) -> int:
        """Forget the row read last; the number of the line the next one starts at."""
        self.done += len(self.taken)
        self.taken.clear()
        self.broken = ""
        return self.done + 1

    def give_back(self) -> bytes:
        """Keep only the first line of what was taken, to read the others again; returns that line."""
        self._again.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]
        return self.taken[0] if self.taken else b""

    def _text(self, raw: bytes) -> str:
        encoding = self._encoding
        if encoding == "utf-8-sig" and self.done + len(self.taken) > 1:
            encoding = "utf-8"
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError as error:
            self.broken = raw[error.start : error.start + 8].hex(" ")
            return raw.decode(encoding, "replace")


def is_ndjson(file: Path, declared: str | None) -> bool:
    """Whether the file holds a JSON object a line: as declared, else by its name without `.gz`."""
    if declared is not None:
        return declared == "ndjson"
    name = file.name.removesuffix(".gz")
    return name.endswith((".ndjson", ".jsonl", ".json"))


def read(
    file: Path, columns: Sequence[str], *, ndjson: bool, encoding: str = "utf-8-sig", delimiter: str = ","
) -> Iterator[Row | BadRow]:
    """Every row of `file`, with the values of `columns`; blank lines are passed over.

    Raises:
        TapeError: the file is absent, empty, not gzip despite its name, or lacks a column.
    """
    stream = _open(file)
    with closing(stream):
        lines = _Lines(stream, encoding)
        try:
            yield from _objects(lines, columns) if ndjson else _table(file, lines, columns, delimiter)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            if not lines.done:
                raise TapeError(f"{file.name} is not a readable gzip file: {error}") from None
            yield BadRow(lines.done + 1, b"", "", "", f"the file is damaged from here on: {error}")


def _open(file: Path) -> BufferedIOBase:
    try:
        return gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb")
    except OSError as error:
        raise TapeError(f"{file} cannot be opened ({error.strerror}): pass a CSV or NDJSON export") from None


def _table(file: Path, lines: _Lines, columns: Sequence[str], delimiter: str) -> Iterator[Row | BadRow]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    lines.begin()
    try:
        header = [name.strip() for name in next(reader, [])]
    except (csv.Error, _RunawayError) as error:
        raise TapeError(f"{file.name} has no readable header line: {error}") from None
    pick = _picker(file, header, columns)
    while True:
        line = lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _RunawayError) as error:
            reason = str(error) or f"a quotation mark is not closed within {MAX_LINES_PER_ROW} lines"
            yield BadRow(line, lines.give_back(), "", "", f"is not CSV: {reason}")
            continue
        if cells:
            yield _checked(line, lines, cells, len(header), pick)


def _checked(
    line: int, lines: _Lines, cells: list[str], width: int, pick: Callable[[list[str]], Sequence[str]]
) -> Row | BadRow:
    raw = lines.taken[0] if len(lines.taken) == 1 else b"".join(lines.taken)
    if lines.broken:
        return BadRow(line, raw, "", lines.broken, "is not in the mapping's encoding")
    if len(cells) != width:
        return BadRow(line, raw, "", str(len(cells)), f"has not the {width} columns of the header")
    return Row(line, raw, pick(cells))


def _picker(file: Path, header: Sequence[str], columns: Sequence[str]) -> Callable[[list[str]], Sequence[str]]:
    missing = [column for column in columns if column not in header]
    if missing:
        have = ", ".join(header[:40]) or "nothing"
        lacking = ", ".join(missing)
        raise TapeError(f"{file.name} has no column {lacking}, which the mapping names; it has {have}")
    places = [header.index(column) for column in columns]
    return lambda cells: [cells[place] for place in places]


def _objects(lines: _Lines, columns: Sequence[str]) -> Iterator[Row | BadRow]:
    decode = msgspec.json.Decoder(dict[str, object]).decode
    while True:
        line = lines.begin()
        text = next(lines, None)
        if text is None:
            return
        if not text.strip():
            continue
        raw = lines.taken[0]
        try:
            found = decode(text)
        except (msgspec.DecodeError, UnicodeEncodeError) as error:
            yield BadRow(line, raw, "", text[:200], f"is not a JSON object: {error}")
            continue
        if lines.broken:
            yield BadRow(line, raw, "", lines.broken, "is not in the mapping's encoding")
        else:
            yield Row(line, raw, [_written(found.get(column)) for column in columns])


def _written(value: object) -> str:
    """A JSON value as a CSV would write it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
