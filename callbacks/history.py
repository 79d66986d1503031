"""What may be asked of the past over HTTP: `/api/tracks`, `/api/near`, `/api/heat`. Every answer is JSON or a download.

A wrong parameter is answered 400, an unknown worker 404, a question too many or too long 503; each says which
parameter, which value and why. Nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from itertools import compress
from typing import Any

import flask
import msgspec
import numpy as np
from numpy.typing import NDArray

from callbacks.exports import Way, file_name, geojson, gpx
from callbacks.live import Viewed
from dashboard import clock
from dashboard.codec import Malformed, instant
from dashboard.history import LONGEST_MS, MOST_NEAR, History, TooMuch
from dashboard.journey import EARTH_M, journey, thinned
from dashboard.model import Role
from dashboard.picture import Picture
from dashboard.scan import Busy, TookTooLong

THIN_ABOVE = 20_000
"""Fixes of one worker beyond which a track for drawing is thinned."""
RETRY_AFTER_S = "3"
_CELLS_M = (20.0, 10_000.0)
Route = Callable[[], flask.Response]


class Unknown(LookupError):  # noqa: N818 - it is said of the worker
    """A worker whom nobody knows."""


def register(server: flask.Flask, pipeline: Viewed, past: History) -> None:
    """Add the routes."""
    server.add_url_rule("/api/tracks", "tracks", _explained(lambda: _tracks(pipeline, past)))
    server.add_url_rule("/api/near", "near", _explained(lambda: _near(pipeline, past)))
    server.add_url_rule("/api/heat", "heat", _explained(lambda: _heat(pipeline, past)))


def _explained(answer: Route) -> Route:
    """`answer`, and its errors in words."""

    @wraps(answer)
    def explained() -> flask.Response:
        try:
            return answer()
        except (Malformed, TooMuch) as fault:
            return _refusal(400, fault.field, fault.value, fault.reason)
        except Unknown as fault:
            return _refusal(404, "worker", str(fault), "nobody is known by this id")
        except TookTooLong:
            return _refusal(503, "to", flask.request.args.get("to", ""), "took too long; ask for less at once")
        except Busy:
            answered = _refusal(503, "", "", "others are asking; try again in some seconds")
            answered.headers["Retry-After"] = RETRY_AFTER_S
            return answered

    return explained


def _refusal(status: int, field: str, value: str, reason: str) -> flask.Response:
    said = f"{field}={value}: {reason}" if field else reason
    answer = _json({"error": {"field": field, "value": value, "reason": reason, "message": said}})
    answer.status_code = status
    return answer


def _json(content: object) -> flask.Response:
    return flask.Response(msgspec.json.encode(content), mimetype="application/json")


def _tracks(pipeline: Viewed, past: History) -> flask.Response:
    workers = list(dict.fromkeys(flask.request.args.getlist("worker")))
    if not workers:
        raise Malformed("worker", "", "is missing")
    form = _one_of("format", ("json", "geojson", "gpx"))
    from_ms, to_ms = _window()
    who = pipeline.look(lambda picture: [_known(picture, worker) for worker in workers])
    answer = past.track(workers, from_ms, to_ms)
    ways = [Way(**person, fixes=(fixes := answer.found[person["worker"]]), journey=journey(**fixes)) for person in who]
    if form == "json":
        span = {"since": answer.since_ms, "to": to_ms, "complete": answer.complete}
        return _json(span | {"workers": [_drawn(way) for way in ways]})
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
    lat, lon, radius = _number("lat", -90, 90), _number("lon", -180, 180), _number("r", 0, np.inf)
    answer = past.near(lat, lon, radius, *_window())
    names = answer.found["worker"].tolist()
    people = pipeline.look(lambda picture: [_person(picture, worker) for worker in names[:MOST_NEAR]])
    columns = [answer.found[name].tolist() for name in ("first", "last", "closest_m", "closest_at", "fixes")]
    rows = [
        person | {"first": a, "last": b, "closest_m": round(metres, 1), "closest_at": at, "fixes": n}
        for person, a, b, metres, at, n in zip(people, *(column[:MOST_NEAR] for column in columns), strict=True)
    ]
    span = {"since": answer.since_ms, "complete": answer.complete, "truncated": len(names) > MOST_NEAR}
    return _json(span | {"workers": rows})


def _heat(pipeline: Viewed, past: History) -> flask.Response:
    what, cell = _one_of("what", ("workers", "events")), _number("cell", *_CELLS_M, 250.0)
    from_ms, to_ms = _window()
    if what == "workers":
        answer, share = past.presence(from_ms, to_ms)
        span: dict[str, object] = {"since": answer.since_ms, "complete": answer.complete, "every_min": share}
        return _json(span | _cells(answer.found["lat"], answer.found["lon"], cell, share))
    if not 0 < to_ms - from_ms <= LONGEST_MS:
        raise TooMuch("to", to_ms, f"after from={from_ms}, by at most {LONGEST_MS // clock.DAY_MS} days")
    category = flask.request.args.get("category", "")
    places = pipeline.look(lambda picture: _reported(picture, from_ms, to_ms, category))
    lat, lon = np.rint(np.array(places, float).reshape(-1, 2).T * 1e6).astype(np.int32)
    return _json(_cells(lat, lon, cell, 1))


def _reported(picture: Picture, from_ms: int, to_ms: int, category: str) -> list[tuple[float, float]]:
    """Where the events reported in the window are, in degrees."""
    reported = picture.events.columns["reported"]
    inside = (reported >= from_ms) & (reported <= to_ms)
    found = compress(picture.events, inside.tolist())
    return [(event.lat, event.lon) for event in found if not category or event.category == category]


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


def _window() -> tuple[int, int]:
    """`from` and `to`, UTC ms. Raises Malformed."""
    from_ms, to_ms = (_instant(name) for name in ("from", "to"))
    return from_ms, to_ms


def _instant(name: str) -> int:
    text = flask.request.args.get(name, "")
    if not text:
        raise Malformed(name, "", "is missing")
    # A plus sign that nobody escaped arrives as a space.
    return instant(name, int(text[:20]) if text.isascii() and text.isdigit() else text.replace(" ", "+"))


def _number(name: str, low: float, high: float, default: float | None = None) -> float:
    text = flask.request.args.get(name, "")
    if not text and default is not None:
        return default
    try:
        value = float(text)
    except ValueError:
        raise Malformed(name, text, "is missing" if not text else "is not a number") from None
    if not low <= value <= high:
        raise Malformed(name, text, f"must be a number from {low:g} to {high:g}")
    return value


def _one_of(name: str, choices: tuple[str, ...]) -> str:
    text = flask.request.args.get(name, choices[0])
    if text not in choices:
        raise Malformed(name, text, f"must be one of {', '.join(choices)}")
    return text
