"""Rosters: what is in a file, what is wrong with it, and newer versions of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from feeds import roster
from feeds.roster import Listed, Place, RosterError


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "list.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_workers_by_device(tmp_path: Path) -> None:
    path = written(tmp_path, "\ufeffworker,device,remark\nW1, 139 ,new\nW1,140,\n")
    assert roster.workers(path) == {"139": "W1", "140": "W1"}


def test_places_by_device(tmp_path: Path) -> None:
    path = written(tmp_path, "device,lat,lon,name\n01,31.8,119.9,一号楼\n")
    assert roster.places(path) == {"01": Place(31.8, 119.9, "一号楼")}


@pytest.mark.parametrize(("text", "said"), [
    ("device\n1\n", "no column worker"),
    ("device,worker\n1,\n", "line 2: worker is empty"),
    ("device,worker\n1,a\n1,b\n", "line 3: device '1' is on line 2, too"),
    (b"device,worker\n\xff,a\n", "UTF-8"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(RosterError, match=said):
        roster.workers(written(tmp_path, text))


@pytest.mark.parametrize("lat", ["91", "nan", "north", ""])
def test_a_place_that_is_none(tmp_path: Path, lat: str) -> None:
    with pytest.raises(RosterError, match="line 2: lat"):
        roster.places(written(tmp_path, f"device,lat,lon,name\n1,{lat},119,x\n"))


def test_a_newer_version_counts_once_it_can_be_read(tmp_path: Path) -> None:
    clock = [0.0]
    path = written(tmp_path, "device,worker\n1,a\n")
    told = [""]
    listed = Listed(path, roster.workers, lambda: clock[0], told.append)
    written(tmp_path, "device,worker\n1,\n")
    os.utime(path, (1, 1))
    assert listed.get("1") == "a"
    clock[0] = 10.0
    assert listed.get("1") == "a" and "line 2" in told[-1]
    written(tmp_path, "device,worker\n1,b\n2,c\n")
    os.utime(path, (2, 2))
    clock[0] = 20.0
    assert (listed.get("1"), listed.get("2"), len(listed), told[-1]) == ("b", "c", 2, "")
