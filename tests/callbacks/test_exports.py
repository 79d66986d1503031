"""Tracks for other programs: files that follow the rules of their formats, with everything in them."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from callbacks.exports import Way, file_name, geojson, gpx
from dashboard import clock
from dashboard.journey import GAP_MS, journey
from tests.support import T0

GPX = "{http://www.topografix.com/GPX/1/1}"
GPX_ORDER = {
    "gpx": ["metadata", "wpt", "rte", "trk", "extensions"],
    "metadata": ["name", "desc", "author", "copyright", "link", "time", "keywords", "bounds", "extensions"],
    "trk": ["name", "cmt", "desc", "src", "link", "number", "type", "extensions", "trkseg"],
    "trkseg": ["trkpt", "extensions"],
    "trkpt": ["ele", "time", "magvar", "geoidheight", "name", "cmt", "desc", "src", "link", "sym", "type", "fix"],
}
"""What gpx.xsd lets an element hold, in the order in which it must come."""


def way(seconds: list[int], name: str = "张三", worker: str = "w1") -> Way:
    """A way northwards, a fix at each of these seconds after T0."""
    t = T0 + np.array(seconds, np.int64) * 1000
    lat = (31_000_000 + np.array(seconds, np.int64) * 90).astype(np.int32)
    fixes = {"t": t, "lat": lat, "lon": np.full(len(t), 120_000_001, np.int32)}
    return Way(worker, name, "full_time", "320402001", fixes, journey(**fixes))


WALK = [*range(0, 100, 10), 500, 1000, 1010, 1020]
"""A leg of ten, one fix alone, a leg of three."""


def parsed(*ways: Way) -> ElementTree.Element:
    """The GPX document of some ways."""
    return ElementTree.fromstring(b"".join(gpx(list(ways), T0)).decode())


def check(element: ElementTree.Element) -> None:
    """Raises AssertionError where an element is not as gpx.xsd declares it."""
    assert element.tag.startswith(GPX)
    name = element.tag.removeprefix(GPX)
    if name in GPX_ORDER:
        places = [GPX_ORDER[name].index(child.tag.removeprefix(GPX)) for child in element]
        assert places == sorted(places)
    if name == "trkpt":
        assert set(element.attrib) == {"lat", "lon"}
        assert -90 <= float(element.attrib["lat"]) <= 90
        assert -180 <= float(element.attrib["lon"]) < 180
    if name == "time":
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", element.text or "")
    for child in element:
        check(child)


def test_gpx_follows_its_schema() -> None:
    root = parsed(way(WALK), way([], worker="w2"), way([5], worker="w3"))
    check(root)
    assert (root.tag, root.attrib["version"], bool(root.attrib["creator"])) == (f"{GPX}gpx", "1.1", True)
    assert [len(track.findall(f"{GPX}trkseg")) for track in root.iter(f"{GPX}trk")] == [3, 0, 1]


def test_a_segment_of_gpx_is_an_unbroken_leg() -> None:
    [track] = parsed(way(WALK)).iter(f"{GPX}trk")
    times = [
        [clock.from_rfc3339(time.text or "") for time in segment.iter(f"{GPX}time")]
        for segment in track.iter(f"{GPX}trkseg")
    ]
    assert [len(leg) for leg in times] == [10, 1, 3]
    assert [ms for leg in times for ms in leg] == [T0 + s * 1000 for s in WALK]
    assert all(b - a <= GAP_MS for leg in times for a, b in pairwise(leg))
    first = next(track.iter(f"{GPX}trkpt"))
    assert first.attrib == {"lat": "31.000000", "lon": "120.000001"}


@pytest.mark.parametrize("name", ["</name><x>&amp;", '"quotes" & <angles>', "tab\tand \x0b control \ud800 half"])
def test_names_are_text_in_gpx(name: str) -> None:
    [track] = parsed(way([1, 2], name=name)).iter(f"{GPX}trk")
    said = track.findtext(f"{GPX}name") or ""
    assert said == re.sub("[\x0b\ud800]", "\N{REPLACEMENT CHARACTER}", f"{name} w1")


def features(*ways: Way) -> list[dict[str, Any]]:
    """The features of the GeoJSON document of some ways."""
    document: dict[str, Any] = json.loads(b"".join(geojson(list(ways))))
    assert document["type"] == "FeatureCollection"
    found: list[dict[str, Any]] = document["features"]
    return found


def test_geojson_has_a_line_for_each_leg_and_the_time_of_each_place() -> None:
    alone, lines = features(way(WALK))
    assert lines["geometry"]["type"] == "MultiLineString"
    assert [len(line) for line in lines["geometry"]["coordinates"]] == [10, 3]
    assert lines["geometry"]["coordinates"][0][1] == [120.000001, 31.0009]
    times = lines["properties"]["coordTimes"]
    assert [len(line) for line in times] == [10, 3]
    assert times[1][0] == clock.to_rfc3339(T0 + 1_000_000)
    assert {key: lines["properties"][key] for key in ("worker", "name", "role", "region", "kind", "jumps")} == {
        "worker": "w1", "name": "张三", "role": "full_time", "region": "320402001", "kind": "track", "jumps": 0,
    }  # fmt: skip
    assert (alone["geometry"]["type"], alone["properties"]["kind"]) == ("Point", "fix")


def test_geojson_has_a_point_for_each_stop() -> None:
    standing = way(list(range(0, 400, 10)))
    standing.fixes["lat"][:] = 31_000_000
    stays = Way("w1", "", "unknown", "", standing.fixes, journey(**standing.fixes))
    [_, stop] = features(stays)
    assert stop["geometry"] == {"type": "Point", "coordinates": [120.000001, 31.0]}
    assert stop["properties"] == {
        "worker": "w1", "name": "", "kind": "stop", "from": clock.to_rfc3339(T0),
        "to": clock.to_rfc3339(T0 + 390_000),
    }  # fmt: skip


def test_nobody_moved() -> None:
    assert features() == []
    [empty] = features(way([]))
    assert empty["geometry"]["coordinates"] == []


def test_file_names_are_safe_and_in_the_citys_time() -> None:
    assert file_name(["W00012"], T0, T0 + 3_600_000, "gpx") == "tracks_W00012_20260312-1432_20260312-1532.gpx"
    assert file_name(["../a b\r\n"], T0, T0, "gpx") == "tracks_..-a-b-_20260312-1432_20260312-1432.gpx"
    assert file_name(["a", "b"], T0, T0, "geojson") == "tracks_2-workers_20260312-1432_20260312-1432.geojson"
