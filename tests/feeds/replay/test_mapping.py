"""The mapping format: what it accepts, and the sentence for what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.cities import load_city
from feeds.replay.mapping import EventMapping, Field, FixMapping, SecondsOfDay, columns_of, load_mapping
from feeds.replay.tape import TapeError

FIXES = """
kind: fixes
name: demo
source: replay-demo
crs: wgs84
columns: {worker_id: who, lat: y, lon: x, time: t}
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "m.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_shipped_mappings_load_by_bare_name() -> None:
    assert isinstance(load_mapping("boston311"), EventMapping)
    geolife = load_mapping("geolife")
    assert isinstance(geolife, FixMapping)
    assert geolife.columns.time == SecondsOfDay("sod")


@pytest.mark.parametrize(("field", "known"), [("category", "categories"), ("department", "departments")])
def test_shipped_values_exist_in_the_city_pack(field: str, known: str) -> None:
    cell = getattr(load_mapping("boston311").columns, field)
    keys = {item.key for item in getattr(load_city("changzhou"), known)}
    assert isinstance(cell, Field)
    assert {*cell.values.values(), cell.default} <= keys


def test_shipped_channels_exist_in_the_city_pack() -> None:
    cell = load_mapping("boston311").columns.channel  # type: ignore[union-attr]  # boston311 is a table of events
    assert isinstance(cell, Field)
    assert {*cell.values.values(), cell.default} <= set(load_city("changzhou").channels)


def test_columns_are_named_once_in_field_order(tmp_path: Path) -> None:
    file = written(tmp_path, FIXES.replace("who", "[x, who]"))
    assert columns_of(load_mapping(file)) == ("x", "who", "y", "t")


def test_a_mapping_without_crs_is_refused_with_the_reason(tmp_path: Path) -> None:
    file = written(tmp_path, FIXES.replace("crs: wgs84\n", ""))
    with pytest.raises(TapeError, match=r"`crs`: say in which datum.*gcj02"):
        load_mapping(file)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("crs: wgs84", "crs: mars"), "crs"),
        (("kind: fixes", "kind: people"), "people"),
        (("worker_id: who, ", ""), "worker_id"),
        (("lat: y", "lat: y, latt: y"), "latt"),
        (("crs:", "timezone: Mars/Olympus\ncrs:"), "Mars/Olympus is not an IANA zone"),
        (("crs:", "encoding: klingon\ncrs:"), "klingon is not known"),
        (("crs:", "encoding: utf-16\ncrs:"), "utf-16 does not end lines with one byte"),
        (("crs: wgs84", "crs: [wgs84"), "m.yaml"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    with pytest.raises(TapeError, match=says):
        load_mapping(written(tmp_path, FIXES.replace(*change)))


def test_gb18030_is_an_encoding(tmp_path: Path) -> None:
    assert load_mapping(written(tmp_path, FIXES + "encoding: gb18030\n")).encoding == "gb18030"


def test_an_absent_mapping_names_the_shipped_ones() -> None:
    with pytest.raises(TapeError, match="boston311, geolife"):
        load_mapping("nowhere")
