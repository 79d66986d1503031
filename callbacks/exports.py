"""Tracks as files for other programs: GeoJSON (RFC 7946) and GPX 1.1, whole, broken at gaps.

It asks nobody anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

import msgspec

from dashboard import clock
from dashboard.archive import Columns
from dashboard.journey import Journey, legs

_GPX = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="FourScreens"'
    ' xmlns="http://www.topografix.com/GPX/1/1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://www.topografix.com/GPX/1/1 http://www.topografix.com/GPX/1/1/gpx.xsd">\n'
)


@dataclass(frozen=True, slots=True)
class Way:
    """One worker's way: who, every fix (`t` UTC ms, `lat lon` 1e-6°), and what they tell."""

    worker: str
    name: str
    role: str
    region: str
    fixes: Columns
    journey: Journey

    def stops(self) -> list[dict[str, int]]:
        """From when to when (UTC ms) and where (1e-6°) the worker stayed."""
        t = self.fixes["t"]
        return [
            {"from": int(t[stop.first]), "to": int(t[stop.last]), "lat": stop.lat, "lon": stop.lon}
            for stop in self.journey.stops
        ]

    def gaps(self) -> list[dict[str, int]]:
        """From when to when (UTC ms) nothing is known."""
        t = self.fixes["t"]
        return [{"from": int(t[row]), "to": int(t[row + 1])} for row in self.journey.gaps]

    def figures(self) -> dict[str, object]:
        """The way in figures, rounded to what they are worth."""
        found = self.journey
        return {
            "distance_m": round(found.distance_m, 1), "moving_ms": found.moving_ms,
            "top_mps": round(found.top_mps, 2), "jumps": found.jumps,
        }  # fmt: skip


def file_name(workers: list[str], from_ms: int, to_ms: int, ending: str) -> str:
    """`tracks_W00012_20260312-1430_20260312-1530.gpx`, in the city's time; letters that are safe in any file system."""
    who = re.sub(r"[^\w.-]+", "-", workers[0])[:40] if len(workers) == 1 else f"{len(workers)}-workers"
    when = "_".join(f"{datetime.fromtimestamp(ms / 1000, clock.CITY_ZONE):%Y%m%d-%H%M}" for ms in (from_ms, to_ms))
    return f"tracks_{who}_{when}.{ending}"


def geojson(ways: list[Way]) -> Iterator[bytes]:
    """A FeatureCollection in parts: a MultiLineString a worker, a line a leg, with `coordTimes`; a Point a stop.

    A fix between two gaps is no line: it is a Point of its own.
    """
    yield b'{"type":"FeatureCollection","features":['
    comma = b""
    for way in ways:
        for feature in _features(way):
            yield comma + msgspec.json.encode(feature)
            comma = b",\n"
    yield b"]}\n"


def gpx(ways: list[Way], now_ms: int) -> Iterator[bytes]:
    """A GPX 1.1 document in parts: a track a worker, a segment a leg; `now_ms` is when it was made."""
    yield f"{_GPX}<metadata><time>{clock.to_rfc3339(now_ms)}</time></metadata>\n".encode()
    for way in ways:
        yield f"<trk><name>{_xml(_title(way))}</name><src>FourScreens</src>\n".encode()
        for leg in legs(way.fixes["t"]):
            points = zip(*_columns(way, leg), strict=True)
            yield "".join(
                ["<trkseg>", *(_GPX_POINT % (lat, lon, _time(t)) for t, lat, lon in points), "</trkseg>\n"]
            ).encode()
        yield b"</trk>\n"
    yield b"</gpx>\n"


_GPX_POINT = '<trkpt lat="%.6f" lon="%.6f"><time>%s</time></trkpt>\n'
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _xml(text: str) -> str:
    """Text as XML may hold it: some characters are in no document, however written."""
    return escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text))


def _title(way: Way) -> str:
    return f"{way.name} {way.worker}".strip()


def _time(ms: int) -> str:
    return clock.to_rfc3339(ms)


def _columns(way: Way, leg: slice) -> tuple[list[int], list[float], list[float]]:
    fixes = way.fixes
    return fixes["t"][leg].tolist(), (fixes["lat"][leg] / 1e6).tolist(), (fixes["lon"][leg] / 1e6).tolist()


def _features(way: Way) -> Iterator[dict[str, Any]]:
    who = {"worker": way.worker, "name": way.name}
    lines, times = [], []
    for leg in legs(way.fixes["t"]):
        t, lat, lon = _columns(way, leg)
        if len(t) == 1:
            yield _feature("Point", [lon[0], lat[0]], who | {"kind": "fix", "time": _time(t[0])})
            continue
        lines.append(list(zip(lon, lat, strict=True)))
        times.append([_time(ms) for ms in t])
    about = who | {"kind": "track", "role": way.role, "region": way.region, "coordTimes": times}
    yield _feature("MultiLineString", lines, about | way.figures())
    for stop in way.stops():
        stay = {"kind": "stop", "from": _time(stop["from"]), "to": _time(stop["to"])}
        yield _feature("Point", [stop["lon"] / 1e6, stop["lat"] / 1e6], who | stay)


def _feature(kind: str, coordinates: object, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}
