"""From settings to what a browser asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dashboard import tiles
from dashboard.settings import SettingError, Settings
from tests.dashboard.test_tilefile import JPEG, PNG, TILES, mbtiles, pmtiles

TIANDITU = (
    "https://t{s}.tianditu.gov.cn/img_w/wmts?SERVICE=WMTS&REQUEST=GetTile&LAYER=img&TILEMATRIXSET=w&TILEMATRIX="
    "{TileMatrix}&TILEROW={TileRow}&TILECOL={TileCol}&tk=KEY"
)


def under(**given: Any) -> tiles.Tiles:
    found = tiles.under(Settings(**given))
    assert found
    return found


def test_no_setting_no_tiles() -> None:
    assert tiles.under(Settings()) is None


def test_wmts_in_two_layers() -> None:
    found = under(tiles_url=f"{TIANDITU}  {TIANDITU.replace('img', 'cia')}")
    assert len(found.urls) == 2
    assert found.urls[0].endswith("TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=KEY")
    assert found.subdomains == "01234567"
    assert found.origins() == [f"https://t{n}.tianditu.gov.cn" for n in range(8)]
    assert (found.tone, found.shifted, found.max_zoom) == ("imagery", False, 18)


def test_gcj02_is_shifted() -> None:
    found = under(tiles_url="http://webrd0{s}.is.autonavi.com/t?x={x}&y={y}&z={z}&style=7", tiles_datum="gcj02")
    assert found.for_browser() == {
        "urls": list(found.urls), "subdomains": "1234", "shifted": True, "min": 0, "max": 18, "bounds": None,
        "tone": "map", "own": False,
    }  # fmt: skip


def test_what_is_said_beats_what_is_usual() -> None:
    found = under(
        tiles_url="http://t{s}/{z}/{x}/{-y}", tiles_subdomains="xy", tiles_max_zoom=15, tiles_attribution="A",
        tiles_tone="off",
    )  # fmt: skip
    assert (found.origins(), found.max_zoom, found.attribution, found.tone) == (
        ["http://tx", "http://ty"],
        15,
        "A",
        "off",
    )


def test_tiles_of_the_same_server_add_no_origin() -> None:
    assert under(tiles_url="/intranet/{z}/{x}/{y}").origins() == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://t/{z}/{x}/{y}", "begin each address"), ("http://t/{z}/{x}", "needs {z}"), ("http://t/1.png", "needs"),
        ("https://t0.tianditu.gov.cn/vec_c/wmts?{z}{x}{y}", "degrees"),
        ("http://t/wmts?TILEMATRIXSET=EPSG:4326&{TILEMATRIX}{TILEROW}{TILECOL}", "degrees"),
        ("http://t/{TileMatrixSet}/{z}/{x}/{y}", "fill in {TileMatrixSet}"), ("http://t/{z}/{x}/{y}?k={key}", "{key}"),
    ],
)  # fmt: skip
def test_an_address_that_would_never_show_a_tile_is_refused(url: str, reason: str) -> None:
    with pytest.raises(SettingError, match="WALL_TILES_URL") as caught:
        tiles.under(Settings(tiles_url=url))
    assert reason in str(caught.value)


@pytest.mark.parametrize("write", [mbtiles, pmtiles])
def test_a_file_describes_itself(write: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "tiles", TILES)
    found = under(tiles_file=str(path), tiles_datum="gcj02")
    assert found.file
    assert found.file.tile(3, 6, 3) == PNG
    assert found.urls[0].startswith("/tiles/{z}/{x}/{y}?v=")
    assert found.attribution == "tiles © X"
    page = found.for_browser()
    assert (page["min"], page["max"], page["shifted"], page["own"], page["tone"]) == (3, 10, True, True, "map")
    assert page["bounds"] == [pytest.approx((31, 119)), pytest.approx((32.5, 120.5))]
    assert under(tiles_file=str(path), tiles_attribution="B", tiles_max_zoom=7).for_browser()["max"] == 7


def test_photographs_are_known_by_their_format(tmp_path: Path) -> None:
    assert under(tiles_file=str(mbtiles(tmp_path / "t", {(3, 6, 3): JPEG}))).tone == "imagery"


def test_a_bad_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="WALL_TILES_FILE='/nowhere' cannot be read"):
        tiles.under(Settings(tiles_file="/nowhere"))


def test_not_both() -> None:
    with pytest.raises(SettingError, match="choose one"):
        tiles.under(Settings(tiles_file="a", tiles_url="http://t/{z}/{x}/{y}"))
