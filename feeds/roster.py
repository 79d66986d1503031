"""Whose a device is, and where one that stands still is: CSV files of an integrator, read again when they change.

Reads files only; what is done with a device nobody knows is decided by who asks.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Generic, NamedTuple, TypeVar

T = TypeVar("T")
_EVERY_S: Final = 2.0
"""How often a file is looked at while devices are asked for."""


class RosterError(ValueError):
    """A file that cannot be used: which line, which column, and why."""


class Place(NamedTuple):
    """Where a device stands: degrees in its source's datum, and what people call it."""

    lat: float
    lon: float
    name: str


class Listed(Generic[T]):
    """A file's rows by device; a newer version of it counts from when it can be read without fault.

    `tell` is told why the newest version cannot be used, and "" once it can.
    """

    def __init__(
        self, path: Path, read: Callable[[Path], Mapping[str, T]], now_s: Callable[[], float],
        tell: Callable[[str], None] = lambda why: None,
    ) -> None:  # fmt: skip
        self._path, self._read, self._now_s, self._tell = path, read, now_s, tell
        self._rows, self._version, self._looked = read(path), _version(path), now_s()

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, device: str) -> T | None:
        """The row of a device; None where the file has none."""
        if self._now_s() - self._looked > _EVERY_S:
            self._look()
        return self._rows.get(device)

    def _look(self) -> None:
        self._looked = self._now_s()
        try:
            version = _version(self._path)
            if version != self._version:
                self._rows, self._version = self._read(self._path), version
            self._tell("")
        except (OSError, RosterError) as fault:
            self._tell(str(fault))


def workers(path: Path) -> dict[str, str]:
    """Worker ids by device, from a CSV file with the columns device and worker. Raises RosterError, OSError."""
    return {row["device"]: row["worker"] for row in _rows(path, ("device", "worker"))}


def places(path: Path) -> dict[str, Place]:
    """Places by device, from a CSV file with the columns device, lat, lon and name. Raises RosterError, OSError."""
    found = {}
    for at, row in enumerate(_rows(path, ("device", "lat", "lon", "name")), 2):
        lat, lon = _degrees(path, at, row, "lat", 90), _degrees(path, at, row, "lon", 180)
        found[row["device"]] = Place(lat, lon, row["name"])
    return found


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if missing := [name for name in columns if name not in (reader.fieldnames or ())]:
                raise RosterError(f"{path} has no column {missing[0]}; it needs {', '.join(columns)}")
            rows = [{name: (row[name] or "").strip() for name in columns} for row in reader]
    except (UnicodeDecodeError, csv.Error) as fault:
        raise RosterError(f"{path} is no CSV file in UTF-8: {fault}") from None
    _check(path, columns, rows)
    return rows


def _check(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    seen: dict[str, int] = {}
    for at, row in enumerate(rows, 2):
        for name in columns[:2]:
            if not row[name]:
                raise RosterError(f"{path}, line {at}: {name} is empty")
        if row["device"] in seen:
            raise RosterError(f"{path}, line {at}: device {row['device']!r} is on line {seen[row['device']]}, too")
        seen[row["device"]] = at


def _degrees(path: Path, at: int, row: dict[str, str], name: str, most: float) -> float:
    try:
        value = float(row[name])
    except ValueError:
        value = float("nan")
    if not -most <= value <= most:
        raise RosterError(f"{path}, line {at}: {name} {row[name]!r} is no number of degrees within {most:g}")
    return value


def _version(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size
