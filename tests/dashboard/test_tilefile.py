"""Real files of both formats, written here, read back; and what is refused."""

from __future__ import annotations

import gzip
import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from dashboard.tilefile import MAX_ZOOM, TileFile, TileFileError, open_file, picture_of

PNG, JPEG, VECTOR = b"\x89PNG north", b"\xff\xd8\xff east", gzip.compress(b"pbf")
SAID = {"bounds": "119,31,120.5,32.5", "attribution": 'tiles &copy; <a href="https://x">X</a>', "format": "png"}
TILES = {(3, 6, 3): PNG, (3, 6, 4): b"\x89PNG south", (10, 853, 416): PNG}


def mbtiles(path: Path, tiles: Mapping[tuple[int, int, int], bytes], said: Mapping[str, str] = SAID) -> Path:
    """A file with its rows counted from the south, as the format has it."""
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE metadata (name text, value text)")
        database.execute("CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)")
        database.execute("CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)")
        database.executemany("INSERT INTO metadata VALUES (?, ?)", said.items())
        rows = [(z, x, (1 << z) - 1 - y, data) for (z, x, y), data in tiles.items()]
        database.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    database.close()
    return path


def pmtiles(path: Path, tiles: Mapping[tuple[int, int, int], bytes], kind: TileType = TileType.PNG) -> Path:
    """A file of version 3."""
    with path.open("wb") as file:
        writer = Writer(file)
        for number, data in sorted((zxy_to_tileid(*where), data) for where, data in tiles.items()):
            writer.write_tile(number, data)
        header = {
            "tile_type": kind, "tile_compression": Compression.NONE, "min_zoom": min(z for z, _, _ in tiles),
            "max_zoom": max(z for z, _, _ in tiles), "min_lon_e7": 1_190_000_000, "min_lat_e7": 310_000_000,
            "max_lon_e7": 1_205_000_000, "max_lat_e7": 325_000_000, "center_zoom": 3, "center_lon_e7": 0,
            "center_lat_e7": 0,
        }  # fmt: skip
        writer.finalize(header, {"attribution": SAID["attribution"]})
    return path


@pytest.fixture(params=["mbtiles", "pmtiles"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> TileFile:
    return open_file({"mbtiles": mbtiles, "pmtiles": pmtiles}[request.param](tmp_path / "tiles", TILES))


def test_tiles_are_counted_from_the_north(file: TileFile) -> None:
    assert {where: file.tile(*where) for where in TILES} == TILES


def test_a_hole_is_nothing(file: TileFile) -> None:
    assert [file.tile(3, 0, 0), file.tile(2, 3, 3), file.tile(MAX_ZOOM, 5, 5)] == [None, None, None]


def test_it_says_what_it_holds(file: TileFile) -> None:
    facts = file.facts
    assert (facts.picture, facts.min_zoom, facts.max_zoom) == ("png", 3, 10)
    assert facts.bounds == pytest.approx((31, 119, 32.5, 120.5))
    assert facts.attribution == "tiles © X"


def test_many_threads_read_at_once(file: TileFile) -> None:
    wrong: list[object] = []

    def read() -> None:
        wrong.extend(where for _ in range(200) for where, data in TILES.items() if file.tile(*where) != data)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_large_file_has_its_directory_in_leaves(tmp_path: Path) -> None:
    tiles = {(9, x, y): b"\x89PNG %d %d" % (x, y) for x in range(120) for y in range(120)}
    file = open_file(pmtiles(tmp_path / "large.pmtiles", tiles))
    assert all(file.tile(*where) == data for where, data in tiles.items())
    assert file.tile(9, 200, 200) is None


@pytest.mark.parametrize(
    ("bytes_", "picture"),
    [
        (PNG, "png"),
        (JPEG, "jpeg"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
        (b"GIF89a", "gif"),
        (b"\0\0\0 ftypavif", "avif"),
    ],
)
def test_pictures_by_their_first_bytes(bytes_: bytes, picture: str) -> None:
    assert picture_of(bytes_) == picture


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_vector_tiles_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TileFileError, match="vector"):
        open_file(mbtiles(tmp_path / "a", {(3, 6, 3): VECTOR}))
    with pytest.raises(TileFileError, match="MVT"):
        open_file(pmtiles(tmp_path / "b", {(3, 6, 3): VECTOR}, TileType.MVT))


def test_what_is_no_tile_file_is_refused(tmp_path: Path) -> None:
    for path, reason in [
        (tmp_path / "none", "cannot be read"),
        (tmp_path, "cannot be read"),
        (written(tmp_path / "text", b"hello"), "neither"),
        (written(tmp_path / "empty", b""), "neither"),
        (mbtiles(tmp_path / "nothing", {}), "no tile"),
        (written(tmp_path / "cut", mbtiles(tmp_path / "whole", TILES).read_bytes()[:4096]), "MBTiles"),
        (written(tmp_path / "old", b"PMTiles\x01" + b"\0" * 200), "PMTiles"),
        (written(tmp_path / "short", pmtiles(tmp_path / "long", TILES).read_bytes()[:140]), "PMTiles"),
        (mbtiles(tmp_path / "deep", {(30, 1, 1): PNG}), "zooms 30"),
    ]:
        with pytest.raises(TileFileError, match=reason):
            open_file(path)


@pytest.mark.parametrize("said", ["", "a,b,c,d", "1,2,3", "120,32,119,31", "-200,31,120,32"])
def test_bounds_that_cannot_be_are_none(tmp_path: Path, said: str) -> None:
    assert open_file(mbtiles(tmp_path / "t", TILES, {**SAID, "bounds": said})).facts.bounds is None


@given(cut=st.integers(0, 600), flip=st.integers(0, 599))
def test_a_damaged_file_is_refused_or_read_but_never_breaks_the_start(
    tmp_path_factory: pytest.TempPathFactory, cut: int, flip: int
) -> None:
    data = bytearray(pmtiles(tmp_path_factory.mktemp("t") / "whole", TILES).read_bytes())
    data[flip % len(data)] ^= 0x55
    try:
        open_file(written(tmp_path_factory.mktemp("t") / "damaged", bytes(data[: len(data) - cut])))
    except TileFileError as refused:
        assert str(refused)


def test_metadata_may_be_missing(tmp_path: Path) -> None:
    assert open_file(mbtiles(tmp_path / "t", TILES, {})).facts.attribution == ""
