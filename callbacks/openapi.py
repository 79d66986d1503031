"""`GET /openapi.json`: every address that other systems may ask, as an OpenAPI 3.1 document; `/docs`: how to begin.

The routes are told in `openapi.yaml`; what records and commands look like is taken from the very types that check them.
Serves the two and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import flask
import msgspec
import yaml

from callbacks import briefs, deadletters
from callbacks.analyst.views import View
from dashboard import __version__
from dashboard.model import TYPES
from feeds.operator import COMMANDS
from feeds.protocols.cloudevents import MOST
from feeds.tally import Device, Report
from layouts.manual import page
from layouts.words import Locale

PATH: Final = "/openapi.json"
ACCEPTED: Final = ("event.", "worker.", "alarm.", "reading", "area.")
"""Beginnings of the record types that a source may send unless feeds.yaml says others."""
_REF: Final = "#/components/schemas/"
_JSON: Final = "application/json"
_CALLED: Final = re.compile(r"{(\w+)}")
_AGAIN: Final = (429, 503)
_SECURITY: Final[list[dict[str, list[str]]]] = [{"bearer": []}, {"basic": []}, {"address": []}]
_OPEN311_MEDIA: Final = {_JSON: "Any", "text/xml": "Xml"}
Json = dict[str, Any]


def register(server: flask.Flask, locale: Callable[[], Locale]) -> None:
    """Add the two routes."""
    made = document()
    server.add_url_rule("/docs", "docs", lambda: page(flask.request.host_url.rstrip("/"), locale()))

    @server.get(PATH)
    def openapi() -> flask.Response:
        return flask.jsonify(made | {"servers": [{"url": flask.request.host_url.rstrip("/")}]})


def document() -> Json:
    """The document, as from no server in particular."""
    told: Json = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    about = "Events, workers, alarms and areas of a city, live. How to begin: the page /docs of this server."
    return {
        "openapi": "3.1.0",
        "info": {"title": "FourScreens 四屏", "version": __version__, "description": about},
        "tags": [{"name": name, "description": says} for name, says in told["tags"].items()],
        "paths": {
            path: {method: _operation(path, method, route, told["parameters"]) for method, route in methods.items()}
            for path, methods in told["paths"].items()
        },
        "components": {"schemas": schemas(), "securitySchemes": _SCHEMES},
    }


_SCHEMES: Final = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A token made with `python app.py token`."},
    "basic": {"type": "http", "scheme": "basic", "description": "The token as password, under any name."},
    "address": {"type": "apiKey", "in": "query", "name": "token"},
}


def _operation(path: str, method: str, route: Json, known: Mapping[str, Json]) -> Json:
    gives = route["gives"]
    answers = {str(route.get("ok", 200)): {"description": "As asked.", "content": _content(gives)}}
    answers |= {str(status): answers[str(route.get("ok", 200))] for status in route.get("also", ())}
    answers |= {str(status): _refusal(status, gives) for status in route.get("refuses", ())}
    parameters = [*_in_path(path, route, known), *_in_query(route, known), *_in_headers(route)]
    made: Json = {"tags": [route["tag"]], "operationId": _named(path, method), "description": route["says"]}
    made |= {"parameters": parameters} if parameters else {}
    if "body" in route:
        made["requestBody"] = {"required": True, "content": _content(route["body"])}
    return made | {"responses": answers} | ({"security": _SECURITY} if route.get("token") else {})


def _named(path: str, method: str) -> str:
    return "_".join([method, *re.findall(r"\w+", path)])


def _in_path(path: str, route: Json, known: Mapping[str, Json]) -> Iterator[Json]:
    for name in _CALLED.findall(path):
        choices = route.get(name) or (["json", "xml"] if name == "form" else None)
        schema = {"type": "string", "enum": choices} if choices else known[name] | {"minLength": 1}
        yield _parameter(name, "path", schema, required=True)


def _in_query(route: Json, known: Mapping[str, Json]) -> Iterator[Json]:
    for entry in route.get("query", ()):
        name, _, choices = entry.partition(": ")
        name, required = name.rstrip("!"), name.endswith("!")
        schema = known[name] | ({"enum": choices.split()} if choices else {})
        yield _parameter(name, "query", schema, required)


def _in_headers(route: Json) -> Iterator[Json]:
    for name, value in route.get("headers", {}).items():
        yield _parameter(name, "header", {"type": "string", "enum": [value]}, required=False)


def _parameter(name: str, where: str, schema: Json, required: bool) -> Json:
    says = {"description": schema["says"]} if "says" in schema else {}
    pure = {key: value for key, value in schema.items() if key != "says"}
    return {"name": name, "in": where, "required": required, "schema": pure} | says


def _content(gives: Any) -> Json:
    media = _OPEN311_MEDIA if gives == "open311" else gives
    return {name: {"schema": {"$ref": f"{_REF}{schema}"}} for name, schema in media.items()}


def _refusal(status: int, gives: Any) -> Json:
    said: Json = {"description": HTTPStatus(status).phrase}
    said["content"] = _content(gives if gives == "open311" else {_JSON: "Refused"})
    if status in _AGAIN:
        said["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
    return said


def schemas() -> Json:
    """Every named schema: those of our types, and the few that stand around them."""
    kinds = {name: data for name, (data, _) in TYPES.items() if name.startswith(ACCEPTED)}
    orders = {name: order for name, (order, _) in COMMANDS.items()}
    own = (Report, Device, deadletters.Order, briefs.Asked, View)
    _, found = msgspec.json.schema_components([*kinds.values(), *orders.values(), *own], ref_template=_REF + "{name}")
    events = {f"Event.{name}": _event(name, data) for name, data in kinds.items()}
    for one in found.values():
        for field in one.get("properties", {}).values():
            if field.get("default") == "" and field.get("minLength"):  # empty, it is as if it were not there
                del field["default"]
    named = {"LetterOrder": deadletters.Order.__name__, "BriefOrder": briefs.Asked.__name__}
    return found | events | {name: {"$ref": f"{_REF}{of}"} for name, of in named.items()} | _AROUND | {
        "Event": {"oneOf": [{"$ref": _REF + name} for name in events]},
        "Command": {"oneOf": [_order(name, order) for name, order in orders.items()]},
    }  # fmt: skip


def _event(kind: str, data: type) -> Json:
    text = {"type": "string", "minLength": 1, "maxLength": 128}
    return {
        "type": "object",
        "required": ["specversion", "id", "source", "type", "data"],
        "properties": {
            "specversion": {"const": "1.0"}, "id": text, "source": text, "type": {"const": kind},
            "time": {"type": "string", "format": "date-time"}, "datacontenttype": {"const": _JSON},
            "data": {"$ref": _REF + data.__name__},
        },
    }  # fmt: skip


def _order(name: str, order: type) -> Json:
    return {"allOf": [{"$ref": _REF + order.__name__}, {"properties": {"command": {"const": name}}}]}


def _object(*required: str, **properties: Json) -> Json:
    return {"type": "object", "required": list(required), "properties": properties}


def _list(schema: str) -> Json:
    return {"type": "array", "items": {"$ref": _REF + schema}}


_TEXT: Final[Json] = {"type": "string"}
_FAULT: Final = {"field": _TEXT, "value": _TEXT, "reason": _TEXT}
_AROUND: Final[Json] = {
    "Any": {}, "Text": _TEXT, "Xml": _TEXT, "File": {"type": "string", "format": "binary"},
    "Nothing": {"type": "array", "maxItems": 0},
    "Events": _list("Event") | {"maxItems": MOST},
    "EventOrEvents": {"anyOf": [{"$ref": f"{_REF}Event"}, {"$ref": f"{_REF}Events"}]},
    "Taken": _object(
        "accepted", "records", "refused", accepted={"type": "integer"},
        records={"type": "array", "items": _object("id", "entry", id=_TEXT, entry=_TEXT)},
        refused={"type": "array", "items": _object("index", "field", "reason", index={"type": "integer"}, **_FAULT)},
    ),
    "Refused": _object("error", error=_object("field", "reason", **_FAULT)),
    "Receipt": _object("id", "entries", id=_TEXT, entries={"type": "array", "items": _TEXT}),
    "Feeds": _object("as_of", "feeds", as_of={"type": "integer"}, feeds={"type": "array", "items": {"type": "object"}}),
    "Devices": _object("devices", "truncated", devices=_list("Device"), truncated={"type": "boolean"}),
    "OwnTracks": _object(
        "_type", _type={"enum": ["location", "transition", "waypoint", "lwt", "card", "status"]},
        tst={"type": "integer"}, lat={"type": "number"}, lon={"type": "number"}, acc={"type": "number"},
        vel={"type": "number"}, batt={"type": "number"}, tid=_TEXT,
    ),
    "Traccar": _object(
        "device_id", "location", device_id=_TEXT,
        location=_object(
            "timestamp", "coords", timestamp=_TEXT,
            coords=_object("latitude", "longitude", latitude={"type": "number"}, longitude={"type": "number"}),
        ),
    ),
    "Fields": _object("id", id=_TEXT, lat=_TEXT, lon=_TEXT, timestamp=_TEXT, speed=_TEXT, batt=_TEXT),
    "Report311": _object(
        "service_code", api_key=_TEXT, service_code=_TEXT, lat={"type": "number"}, long={"type": "number"},
        address_string=_TEXT, description=_TEXT, media_url=_TEXT, first_name=_TEXT, phone=_TEXT,
    ),
}  # fmt: skip
