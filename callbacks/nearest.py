"""`GET /api/nearest`: the best workers to send to an event or a place, with the reasons as keys and values.

The browser words them in its own language. Every seat that looks at an event asks for the same every few seconds, so an
answer is kept for a second. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import flask

from callbacks.live import Viewed
from dashboard import clock, dispatch
from dashboard.cities import City
from dashboard.dispatch import Advice, Candidate, Task
from dashboard.fleet import Fleet
from dashboard.model import Duty, Role
from dashboard.picture import Picture
from dashboard.stats import Freshness

MOST = 20
_KEEP_MS = 1000
_KEPT = 64


class Unanswerable(ValueError):  # noqa: N818 - it is said of the request
    """A request that cannot be answered: `status` as in HTTP, the parameter, the reason."""

    def __init__(self, status: int, parameter: str, reason: str) -> None:
        super().__init__(f"{parameter}: {reason}")
        self.status, self.parameter, self.reason = status, parameter, reason


def register(
    server: flask.Flask, pipeline: Viewed, city: City, limits: Freshness, now: Callable[[], int] = clock.now_ms
) -> None:
    """Add the route."""
    kept: dict[tuple[object, ...], tuple[int, dict[str, object]]] = {}

    def advice(picture: Picture, event_id: str, place: Task | None, wanted: int) -> dict[str, object]:
        if event_id and event_id not in picture.events:
            raise Unanswerable(404, "event", f"nobody has reported {event_id}")
        event = picture.events[event_id] if event_id else None
        key, now_ms = (event_id, event and event.version, place, wanted), now()
        if key in kept and 0 <= now_ms - kept[key][0] < _KEEP_MS:
            return kept[key][1]
        task = Task.of(event) if event else place
        assert task is not None
        load = dispatch.loads(picture.events, event_id)
        found = dispatch.best(task, picture.fleet, load, now_ms, limits, city.dispatch, wanted)
        if len(kept) >= _KEPT:
            kept.clear()
        kept[key] = now_ms, said(found, picture.fleet, event_id, now_ms)
        return kept[key][1]

    @server.get("/api/nearest")
    def nearest() -> tuple[flask.Response, int]:
        try:
            event_id = flask.request.args.get("event", "")
            wanted = round(_number("n", 1, MOST, 5))
            place = None if event_id else _place(city)
            answer = pipeline.look(lambda picture: advice(picture, event_id, place, wanted))
            return flask.jsonify(answer), 200
        except Unanswerable as fault:
            return flask.jsonify({"error": {"field": fault.parameter, "reason": fault.reason}}), fault.status


def said(advice: Advice, fleet: Fleet, event_id: str, now_ms: int) -> dict[str, object]:
    """An advice as JSON says it; `as_of` is UTC milliseconds."""
    return {
        "event": event_id, "as_of": now_ms, "considered": advice.considered, "on_duty": advice.on_duty,
        "nearest_m": None if advice.nearest_m is None else round(advice.nearest_m),
        "candidates": [_candidate(one, fleet, now_ms) for one in advice.candidates],
    }  # fmt: skip


def _candidate(one: Candidate, fleet: Fleet, now_ms: int) -> dict[str, object]:
    row = one.row
    return {
        "worker": fleet.ids[row], "name": fleet.names[row],
        "role": Role(int(fleet.role[row])).name, "duty": Duty(int(fleet.duty[row])).name,
        "lat": int(fleet.lat[row]) / 1e6, "lon": int(fleet.lon[row]) / 1e6,
        "fix_age_ms": now_ms - int(fleet.fix_ms[row]), "distance_m": round(one.distance_m), "eta_s": round(one.eta_s),
        "load": one.load, "score_min": round(one.score_min, 2),
        "reasons": [{"key": r.key, "value": r.value, "minutes": round(r.minutes, 2)} for r in one.reasons],
    }  # fmt: skip


def _place(city: City) -> Task:
    lat, lon = _number("lat", -90, 90), _number("lon", -180, 180)
    return Task(lat, lon, city.regions.locate(lat, lon))


def _number(name: str, least: float, most: float, default: float | None = None) -> float:
    """A number among the request's parameters. Raises Unanswerable naming it."""
    text = flask.request.args.get(name)
    if text is None and default is not None:
        return default
    if text is None:
        raise Unanswerable(400, name, "is missing; give event, or lat and lon")
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise Unanswerable(400, name, f"must be a number from {least:g} to {most:g}")
    return number
