"""What may be asked of the past over HTTP: `/api/tracks`, `/api/near`, `/api/heat`. Every answer is JSON or a download.

How a question is refused is told in `asked`. Nothing here changes anything.
"""

from __future__ import annotations

from typing import Any

import flask
import numpy as np
from numpy.typing import NDArray

from callbacks.asked import Unknown, as_json, explained, number, one_of, window
from callbacks.exports import Way, file_name, geojson, gpx
from callbacks.live import Viewed
from dashboard import clock
from dashboard.codec import Malformed
from dashboard.cold import key_of
from dashboard.events import Events
from dashboard.eventstate import EventState
from dashboard.history import LONGEST_MS, MOST_NEAR, History, TooMuch
from dashboard.journey import EARTH_M, journey, thinned
from dashboard.model import Role
from dashboard.picture import Picture
from dashboard.taxonomy import within

THIN_ABOVE = 20_000
"""Fixes of one worker beyond which a track for drawing is thinned."""
_CELLS_M = (20.0, 10_000.0)


def register(server: flask.Flask, pipeline: Viewed, past: History) -> None:
    """Add the routes."""
    server.add_url_rule("/api/tracks", "tracks", explained(lambda: _tracks(pipeline, past)))
    server.add_url_rule("/api/near", "near", explained(lambda: _near(pipeline, past)))
    server.add_url_rule("/api/heat", "heat", explained(lambda: _heat(pipeline, past)))


def _tracks(pipeline: Viewed, past: History) -> flask.Response:
    workers = list(dict.fromkeys(flask.request.args.getlist("worker")))
    if not workers:
        raise Malformed("worker", "", "is missing")
    form = one_of("format", ("json", "geojson", "gpx"))
    from_ms, to_ms = window()
    who = pipeline.look(lambda picture: [_known(picture, worker) for worker in workers])
    answer = past.track(workers, from_ms, to_ms)
    ways = [Way(**person, fixes=(fixes := answer.found[person["worker"]]), journey=journey(**fixes)) for person in who]
    if form == "json":
        span = {"since": answer.since_ms, "to": to_ms, "complete": answer.complete}
        return as_json(span | {"workers": [_drawn(way) for way in ways]})
    name = file_name(workers, from_ms, to_ms, form)
    if form == "gpx":
        return _download(gpx(ways, clock.now_ms()), "application/gpx+xml", name)
    return _download(geojson(ways), "application/geo+json", name)


def _download(parts: Any, mimetype: str, name: str) -> flask.Response:
    answer = flask.Response(parts, mimetype=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _drawn(way: Way) -> dict[str, object]:
    """A way for drawing: with more than `THIN_ABOVE` fixes not all of them, and `thinned` says how many there are."""
    fixes = way.fixes
    n = len(fixes["t"])
    rows = thinned(fixes["t"], way.journey, THIN_ABOVE)
    columns = {name: fixes[name][rows].tolist() for name in ("t", "lat", "lon")}
    who = {"worker": way.worker, "name": way.name, "role": way.role, "region": way.region}
    ways = {"thinned": n if len(rows) < n else None, "stops": way.stops(), "gaps": way.gaps()}
    return who | columns | ways | way.figures()


def _near(pipeline: Viewed, past: History) -> flask.Response:
    lat, lon, radius = number("lat", -90, 90), number("lon", -180, 180), number("r", 0, np.inf)
    answer = past.near(lat, lon, radius, *window())
    names = answer.found["worker"].tolist()
    people = pipeline.look(lambda picture: [_person(picture, worker) for worker in names[:MOST_NEAR]])
    columns = [answer.found[name].tolist() for name in ("first", "last", "closest_m", "closest_at", "fixes")]
    rows = [
        person | {"first": a, "last": b, "closest_m": round(metres, 1), "closest_at": at, "fixes": n}
        for person, a, b, metres, at, n in zip(people, *(column[:MOST_NEAR] for column in columns), strict=True)
    ]
    span = {"since": answer.since_ms, "complete": answer.complete, "truncated": len(names) > MOST_NEAR}
    return as_json(span | {"workers": rows})


def _heat(pipeline: Viewed, past: History) -> flask.Response:
    what, cell = one_of("what", ("workers", "events")), number("cell", *_CELLS_M, 250.0)
    from_ms, to_ms = window()
    if what == "workers":
        answer, share = past.presence(from_ms, to_ms)
        span: dict[str, object] = {"since": answer.since_ms, "complete": answer.complete, "every_min": share}
        return as_json(span | _cells(answer.found["lat"], answer.found["lon"], cell, share))
    if not 0 < to_ms - from_ms <= LONGEST_MS:
        raise TooMuch("to", to_ms, f"after from={from_ms}, by at most {LONGEST_MS // clock.DAY_MS} days")
    lat, lon = np.rint(_reported(pipeline, from_ms, to_ms, flask.request.args.get("category", "")) * 1e6)
    return as_json(_cells(lat.astype(np.int32), lon.astype(np.int32), cell, 1))


def _reported(pipeline: Viewed, from_ms: int, to_ms: int, category: str) -> NDArray[np.float64]:
    """Where the events reported in the window are, in degrees: latitudes, longitudes."""

    def in_memory(picture: Picture) -> tuple[list[EventState], Events]:
        reported = picture.events.columns["reported"]
        return picture.events.where((reported >= from_ms) & (reported <= to_ms)), picture.events

    here, events = pipeline.look(in_memory)
    left = events.cold.places((from_ms, to_ms), category, events.read_to)
    gone = ~np.isin(left["key"], np.array([key_of(event.id) for event in here], np.uint64))
    places = [(event.lat, event.lon) for event in here if not category or within(event.category, (category,))]
    return np.hstack([np.array(places, float).reshape(-1, 2).T, np.array([left["lat"][gone], left["lon"][gone]])])


def _cells(lat: NDArray[np.int32], lon: NDArray[np.int32], cell: float, weight: int) -> dict[str, object]:
    """How many places lie in each cell of `cell` metres: middles in 1e-6°, and `weight` for each place in it.

    Rows of cells are parallels, and the cells of a row as wide as they are high.
    """
    high = cell / (EARTH_M * np.pi / 180) * 1e6
    rows = np.floor(lat / high)
    wide = high / np.maximum(0.01, np.cos(np.radians((rows + 0.5) * high / 1e6)))
    columns = np.floor(lon / wide)
    keys, counts = np.unique(rows.astype(np.int64) * 2**32 + columns.astype(np.int64) + 2**31, return_counts=True)
    rows, columns = keys // 2**32, keys % 2**32 - 2**31
    wide = high / np.maximum(0.01, np.cos(np.radians((rows + 0.5) * high / 1e6)))
    return {
        "cell": cell, "lat": np.rint((rows + 0.5) * high).astype(np.int64).tolist(),
        "lon": np.rint((columns + 0.5) * wide).astype(np.int64).tolist(), "weight": (counts * weight).tolist(),
    }  # fmt: skip


def _known(picture: Picture, worker: str) -> dict[str, Any]:
    """Who a worker is, and of which region. Raises Unknown."""
    if worker not in picture.fleet.row_of:
        raise Unknown(worker)
    return _person(picture, worker) | {"region": picture.fleet.regions[picture.fleet.row_of[worker]]}


def _person(picture: Picture, worker: str) -> dict[str, Any]:
    """Who a worker is; the archive may know some whom the picture does not."""
    fleet = picture.fleet
    row = fleet.row_of.get(worker)
    name, role = ("", Role.unknown) if row is None else (fleet.names[row], Role(int(fleet.role[row])))
    return {"worker": worker, "name": name, "role": role.name}
