"""Raster tiles out of one file: MBTiles (SQLite, rows counted from the south) or PMTiles version 3.

Opens, describes and reads; serves nothing, draws nothing and knows no datum. Vector tiles are refused. A file that is
open may be replaced only by renaming another over it.
"""

from __future__ import annotations

import gzip
import html
import json
import os
import re
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

from pmtiles.tile import Compression, TileType, deserialize_directory, deserialize_header, find_tile, zxy_to_tileid

MAX_ZOOM: Final = 24
"""No tile is deeper than this, whatever a file says: 7 mm to the pixel."""
_MAGIC: Final = ((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"))
_SQLITE: Final = b"SQLite format 3\x00"
_HEADER: Final = 127
_DIRECTORIES_KEPT: Final = 64
_DEPTH: Final = 4
"""PMTiles directories lie at most this deep."""

Bounds = tuple[float, float, float, float]


class TileFileError(ValueError):
    """A file no tiles can be served from; the message says why, but not which file."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says of itself.

    Attributes:
        picture: png, jpeg, webp, gif or avif.
        bounds: south, west, north, east in degrees of the tiles' own datum; None when the file does not say.
    """

    picture: str
    min_zoom: int
    max_zoom: int
    bounds: Bounds | None
    attribution: str


class TileFile(ABC):
    """An open file; any thread may read tiles from it."""

    facts: Facts

    @abstractmethod
    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """The picture at (x, y) of zoom `z`, rows counted from the north; None where the file has none."""


def open_file(path: Path) -> TileFile:
    """The tiles in a file, told by its first bytes. Raises TileFileError when they cannot be used."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_SQLITE))
        if start == _SQLITE:
            return MbTiles(path)
        if start.startswith(b"PMTiles"):
            return PmTiles(path)
    except OSError as error:
        raise TileFileError(f"cannot be read ({error.strerror or error})") from None
    except sqlite3.Error as error:
        raise TileFileError(f"is not a whole MBTiles file ({error})") from None
    raise TileFileError("is neither an MBTiles nor a PMTiles file")


def picture_of(data: bytes) -> str:
    """png, jpeg, webp, gif or avif, by the picture's first bytes. Raises TileFileError for anything else."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:12] == b"ftypavif":
        return "avif"
    raise TileFileError("holds vector tiles or no pictures at all; the wall shows PNG, JPEG, WebP, GIF and AVIF tiles")


class MbTiles(TileFile):
    """MBTiles 1.x. Raises sqlite3.Error or TileFileError when it is not one."""

    def __init__(self, path: Path) -> None:
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._lock = Lock()
        self._database = sqlite3.connect(address, uri=True, check_same_thread=False)
        said = {str(name): str(value) for name, value in self._database.execute("SELECT name, value FROM metadata")}
        first = self._database.execute("SELECT tile_data FROM tiles LIMIT 1").fetchone()
        if first is None:
            raise TileFileError("holds no tile")
        lowest, highest = self._database.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
        bounds = _bounds_of(said.get("bounds", ""))
        self.facts = _checked(picture_of(first[0]), lowest, highest, bounds, said.get("attribution", ""))

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """As TileFile says; this format counts rows from the south."""
        where = (z, x, (1 << z) - 1 - y)
        question = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
        with self._lock:
            found = self._database.execute(question, where).fetchone()
        return found[0] if found else None


def _bounds_of(text: str) -> Bounds | None:
    """`west,south,east,north` as written in MBTiles."""
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        return None
    return south, west, north, east


class PmTiles(TileFile):
    """PMTiles 3. Raises TileFileError when it is not one that can be served."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        try:
            self._header = deserialize_header(self._bytes(0, _HEADER))
            self._directory = lru_cache(_DIRECTORIES_KEPT)(self._read_directory)
            self.facts = self._facts()
            self._directory(self._header["root_offset"], self._header["root_length"])
        except TileFileError:
            raise
        except Exception as error:  # the library raises whatever broken bytes lead to
            raise TileFileError(f"is not a whole PMTiles 3 file ({error or type(error).__name__})") from None

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """As TileFile says."""
        header, number = self._header, zxy_to_tileid(z, x, y)
        offset, length = header["root_offset"], header["root_length"]
        for _ in range(_DEPTH):
            entry = find_tile(self._directory(offset, length), number)
            if entry is None:
                return None
            if entry.run_length:
                return self._bytes(header["tile_data_offset"] + entry.offset, entry.length)
            offset, length = header["leaf_directory_offset"] + entry.offset, entry.length
        return None

    def _bytes(self, offset: int, length: int) -> bytes:
        return os.pread(self._file.fileno(), length, offset)

    def _read_directory(self, offset: int, length: int) -> list[Any]:
        return deserialize_directory(self._bytes(offset, length))  # type: ignore[no-any-return, unused-ignore]

    def _facts(self) -> Facts:
        header = self._header
        kind = {TileType.PNG: "png", TileType.JPEG: "jpeg", TileType.WEBP: "webp", TileType.AVIF: "avif"}
        if header["tile_type"] not in kind or header["tile_compression"] not in (Compression.NONE, Compression.UNKNOWN):
            raise TileFileError(f"holds {header['tile_type'].name} tiles; the wall shows PNG, JPEG, WebP and AVIF")
        if header["internal_compression"] != Compression.GZIP:
            raise TileFileError("compresses its directories with something else than gzip; convert it with pmtiles")
        said = json.loads(gzip.decompress(self._bytes(header["metadata_offset"], header["metadata_length"])) or b"{}")
        west, south = header["min_lon_e7"] / 1e7, header["min_lat_e7"] / 1e7
        east, north = header["max_lon_e7"] / 1e7, header["max_lat_e7"] / 1e7
        return _checked(
            kind[header["tile_type"]], header["min_zoom"], header["max_zoom"], (south, west, north, east),
            str(said.get("attribution", "")),
        )  # fmt: skip


def _checked(picture: str, lowest: int, highest: int, bounds: Bounds | None, attribution: str) -> Facts:
    if not 0 <= lowest <= highest <= MAX_ZOOM:
        raise TileFileError(f"says it has zooms {lowest} to {highest}, which cannot be")
    whole = bounds if bounds and _sound(bounds) else None
    return Facts(picture, lowest, highest, whole, html.unescape(re.sub("<[^>]*>", "", attribution)).strip())


def _sound(bounds: Iterable[float]) -> bool:
    south, west, north, east = bounds
    return -90 <= south < north <= 90 and -180 <= west < east <= 180
