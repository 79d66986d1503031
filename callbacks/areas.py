"""`/api/areas`: fences and other areas, put and taken away from a seat; and the city pack's theme layers.

`POST` takes the data of an `area.put` as JSON (an id is made where none is given), `DELETE /api/areas/<id>` takes one
away; both answer 202 once it is on the log. Another site's page can send neither, as with `commands`. What an area
means is `dashboard.areas`' business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

import flask
import msgspec

from callbacks.commands import Answer, answered, check_sender, refusal
from callbacks.live import Viewed
from dashboard import clock, codec, themes
from dashboard.arearecords import AreaPut, AreaRemoved
from dashboard.areas import checked
from dashboard.cities import City
from dashboard.codec import Malformed
from dashboard.record import Record
from dashboard.replica import LogUnavailable
from feeds.operator import SOURCE, CommandLog
from feeds.orders import Refused

MOST_BYTES: Final = 262_144
"""Room for an outline of as many points as are accepted."""
_JSON: Final = "application/json"
_FRESH: Final = {"Cache-Control": "no-cache"}


def register(server: flask.Flask, pipeline: Viewed, city: City, log: CommandLog | None) -> None:
    """Add the routes; without a log nothing can be changed, and that is answered 503."""

    @server.get("/api/areas")
    def areas() -> flask.Response:
        rows = pipeline.look(lambda picture: picture.areas.wire())
        return flask.Response(msgspec.json.encode({"areas": rows}), mimetype=_JSON, headers=_FRESH)

    @server.post("/api/areas")
    def put_area() -> Answer:
        return _answered(lambda: _append(log, *_put(flask.request)))

    @server.delete("/api/areas/<path:area_id>")
    def remove_area(area_id: str) -> Answer:
        def remove() -> Answer:
            check_sender(flask.request)
            if not pipeline.look(lambda picture: area_id in picture.areas):
                raise Refused(404, "area_id", "unknown_area", f"there is no area {area_id}")
            return _append(log, uuid4().hex, AreaRemoved(area_id, flask.request.args.get("by") or "seat"))

        return _answered(remove)

    _register_themes(server, city)


def _register_themes(server: flask.Flask, city: City) -> None:
    known = themes.load_themes(city.folder)
    told = themes.listed(city.folder)

    @server.get("/city/themes.json")
    def theme_list() -> flask.Response:
        return flask.Response(told, mimetype=_JSON, headers=_FRESH)

    @server.get("/city/themes/<key>.json")
    def theme(key: str) -> flask.Response:
        if key not in known:
            flask.abort(404)
        return flask.Response(themes.placed(city.folder, key, city.regions), mimetype=_JSON, headers=_FRESH)


def _answered(act: Callable[[], Answer]) -> Answer:
    try:
        return answered(act)
    except Malformed as fault:
        return refusal(fault.field.removeprefix("data."), "malformed", fault.reason), 400


def _put(request: flask.Request) -> tuple[str, AreaPut]:
    """The command's id and the area in a request. Raises Refused or Malformed."""
    check_sender(request, MOST_BYTES)
    try:
        asked: Any = msgspec.json.decode(request.get_data(cache=False))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("", "", f"is not JSON: {error}") from None
    if not isinstance(asked, dict):
        raise Malformed("", "", "must be an object")
    command_id = asked.pop("id", None) or uuid4().hex
    if not isinstance(command_id, str) or len(command_id) > 128:
        raise Malformed("id", str(command_id), "must be a text of at most 128 characters")
    filled = {"area_id": f"area-{uuid4().hex[:12]}", "by": "seat", **asked}
    data = codec.decode_data("area.put", msgspec.json.encode(filled))
    assert isinstance(data, AreaPut)
    return command_id, checked(data)


def _append(log: CommandLog | None, command_id: str, data: AreaPut | AreaRemoved) -> Answer:
    if log is None:
        raise LogUnavailable("this wall has no log to write to")
    kind, now_ms = ("area.put" if isinstance(data, AreaPut) else "area.removed"), clock.now_ms()
    record = Record(command_id, SOURCE, kind, now_ms, data)
    told = {"id": command_id, "by": data.by, "command": kind, "area_id": data.area_id}
    audit = {"time": clock.to_rfc3339(now_ms), **told}
    entries = log.command(command_id, data.area_id, ("wall:control", ""), [record], audit)
    return flask.jsonify({"id": command_id, "area_id": data.area_id, "entries": entries}), 202
