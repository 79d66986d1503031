"""What Dash's own addresses are asked, held against what its pages can ask: anything else is 400 (404 for a file).

Dash takes what comes for what its own script sends, and would answer garbage with 500. A call is checked before Dash
sees it: its form, the callback it is for, what that takes, and of which type each value is. What a callback then
makes of it is none of this module's business: its failures are logged, and are 500.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

import flask
import msgspec
from dash import Dash
from dash.exceptions import DependencyException

MOST_DEEP: Final = 64
"""So deep values may be nested; Dash itself walks through them by recursion."""
Types = Mapping[str, Any]
"""`id.property` → the type of its value; what is not listed may be anything."""


class _Property(msgspec.Struct, frozen=True):
    """What the browser says a property of one of its components is."""

    id: str | dict[str, Any]
    of: str = msgspec.field(name="property")
    value: Any = None

    @property
    def name(self) -> str:
        """As Dash writes it: `id.property`, an id of several parts as JSON."""
        whole = self.id if isinstance(self.id, str) else msgspec.json.encode(self.id, order="sorted").decode()
        return f"{whole}.{self.of}"


class _Call(msgspec.Struct, frozen=True):
    """No callback that runs here takes what an id with a wildcard stands for: that would be a list in a list."""

    output: str
    inputs: list[_Property]
    outputs: _Property | list[_Property] | None = None
    state: list[_Property] = []
    changed: list[str] = msgspec.field(default=[], name="changedPropIds")


def register(app: Dash, inputs: Types, state: Types) -> None:
    """Check what the callbacks of `app` are called with. `inputs`: the types of what has changed, `state`: of the rest;
    an input that `inputs` does not list is looked for in `state`.
    """
    server: flask.Flask = app.server
    endpoint = f"{app.config.routes_pathname_prefix}_dash-update-component"

    @server.before_request
    def calls_only() -> None:
        if flask.request.endpoint == endpoint and flask.request.method == "POST":
            _check(app.callback_map, {**state, **inputs}, state)

    server.register_error_handler(DependencyException, _no_such_file)


def _no_such_file(fault: Exception) -> flask.Response:
    return flask.Response("no such file", 404, mimetype="text/plain")


def _check(callbacks: Mapping[str, Any], inputs: Types, state: Types) -> None:
    """Aborts with 400 or 415 unless the request is a call of one of the callbacks."""
    if not flask.request.is_json:
        flask.abort(415, "calls are JSON")
    call = _read(flask.request.get_data())
    wanted = callbacks.get(call.output, {})
    if "callback" not in wanted:  # those of the browser's are listed, too
        _refuse("output", "no callback has this output")
    _fit("inputs", call.inputs, wanted["inputs"], inputs)
    _fit("state", call.state, wanted["state"], state)
    if not wanted["no_output"] and not _fills(call.outputs, wanted["output"]):
        _refuse("outputs", "are not those of this callback")
    if not set(call.changed) <= {one.name for one in call.inputs}:
        _refuse("changedPropIds", "are none of the inputs")


def _read(body: bytes) -> _Call:
    try:
        found = msgspec.json.decode(body)
        if _is_deeper(found, MOST_DEEP):
            _refuse("body", "is nested too deeply")
        return msgspec.convert(found, _Call)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        _refuse("body", str(fault))


def _is_deeper(found: Any, levels: int) -> bool:
    within = [found]
    while within and levels >= 0:
        within = [
            inner for one in within if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]  # fmt: skip
        levels -= 1
    return bool(within)


def _fills(given: _Property | list[_Property] | None, wanted: Any) -> bool:
    """Whether these are a callback's outputs: a single one stands by itself, several stand in a list."""
    if isinstance(given, list) != isinstance(wanted, list | tuple):
        return False
    names = [(one.component_id, one.component_property) for one in (wanted if isinstance(given, list) else [wanted])]
    return [(one.id, one.of) for one in (given if isinstance(given, list) else [given]) if one] == names


def _fit(part: str, given: Sequence[_Property], wanted: Sequence[Mapping[str, str]], types: Types) -> None:
    if [one.name for one in given] != [f"{one['id']}.{one['property']}" for one in wanted]:
        _refuse(part, "are not those of this callback")
    for one in given:
        try:
            msgspec.convert(one.value, types.get(one.name, Any))
        except msgspec.ValidationError as fault:
            _refuse(one.name, str(fault))


def _refuse(what: str, why: str) -> NoReturn:
    flask.abort(400, f"{what}: {why}")
