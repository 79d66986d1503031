"""Garbage at Dash's own addresses is refused in words, and a callback that fails still fails."""

from __future__ import annotations

import json
import logging
from typing import Any

import flask
import pytest
from dash import Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate
from flask.testing import FlaskClient

from callbacks import wellformed
from callbacks.web import Web
from callbacks.wellformed import MOST_DEEP

CALL = "/_dash-update-component"
GARBAGE = [
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"{}", b"NaN", b"\xff\xfe", b'{"output":NaN}', b'{"output":1}',
    b'{"output":"\\ud800"}', b"[" * 100_000, b'{"a":' * 50_000, b'{"output":"x.y","outputs":[],"inputs":[]}',
    b'{"output":"x.y","inputs":[{"id":"a","property":"b"}],"changedPropIds":["a.b"]}',
]  # fmt: skip


@pytest.fixture
def client() -> FlaskClient:
    """A page with a callback of two outputs, which fails for 0, and one without any."""
    app = Dash(__name__, server=flask.Flask(__name__))  # type: ignore[arg-type]  # Dash takes one, whatever its types say
    app.layout = html.Div([dcc.Store(id=name) for name in ("a", "b", "c")])

    @app.callback(Output("b", "data"), Output("c", "data"), Input("a", "data"), State({"of": "b"}, "data"))
    def divide(one: int, other: int | None) -> tuple[float, int]:
        if one < 0:
            raise PreventUpdate
        return 1 / one, other or 0

    @app.callback(Input("a", "data"))
    def hear(one: int) -> None:
        """Nothing comes of it."""

    wellformed.register(app, {"a.data": int}, {'{"of":"b"}.data': int | None})
    return app.server.test_client()


def call(value: Any = 4, **more: Any) -> dict[str, Any]:
    """As Dash's own script calls it."""
    return {
        "output": "..b.data...c.data..",
        "outputs": [{"id": "b", "property": "data"}, {"id": "c", "property": "data"}],
        "inputs": [{"id": "a", "property": "data", "value": value}],
        "state": [{"id": {"of": "b"}, "property": "data", "value": None}],
        "changedPropIds": ["a.data"], "parsedChangedPropsIds": ["a"],
    } | more  # fmt: skip


def test_what_a_page_asks_is_answered(client: FlaskClient) -> None:
    answer = client.post(CALL, json=call())
    assert answer.status_code == 200
    assert answer.json["response"] == {"b": {"data": 0.25}, "c": {"data": 0}}
    assert client.post(CALL, json=call(changedPropIds=[])).status_code == 200, "at first nothing has changed"
    assert client.post(CALL, json=call(-1)).status_code == 204


def test_a_callback_without_outputs_is_called_without_them(client: FlaskClient) -> None:
    [spec] = [one for one in client.get("/_dash-dependencies").json if one["no_output"]]
    said = {"output": spec["output"], "inputs": call()["inputs"], "changedPropIds": ["a.data"]}
    assert client.post(CALL, json=said).status_code in (200, 204)


def test_a_callback_that_fails_is_logged_and_is_500(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert client.post(CALL, json=call(0)).status_code == 500
    [record] = [one for one in caplog.records if one.exc_info]
    assert record.exc_info is not None and record.exc_info[0] is ZeroDivisionError


@pytest.mark.parametrize("body", GARBAGE)
def test_garbage_is_400(client: FlaskClient, wall: Web, body: bytes) -> None:
    for asked in (client, wall.server.test_client()):
        answer = asked.post(CALL, data=body, content_type="application/json")
        assert answer.status_code == 400
        assert len(answer.data) < 1000 and b"Traceback" not in answer.data


PROPERTY = {"id": "a", "property": "data", "value": 4}


@pytest.mark.parametrize(("more", "field"), [
    ({"output": "nothing.data"}, "output"), ({"output": None}, "body"), ({"inputs": None}, "body"),
    ({"inputs": []}, "inputs"), ({"inputs": [PROPERTY] * 2}, "inputs"), ({"inputs": [[PROPERTY]]}, "body"),
    ({"inputs": [PROPERTY | {"id": "b"}]}, "inputs"), ({"inputs": [PROPERTY | {"property": "x"}]}, "inputs"),
    ({"inputs": [PROPERTY | {"id": {"a": 1}}]}, "inputs"), ({"inputs": [PROPERTY | {"value": "4"}]}, "a.data"),
    ({"state": []}, "state"), ({"state": [PROPERTY]}, "state"), ({"outputs": []}, "outputs"),
    ({"outputs": PROPERTY}, "outputs"), ({"outputs": [PROPERTY] * 2}, "outputs"),
    ({"outputs": None}, "outputs"), ({"outputs": [[], []]}, "body"),
    ({"changedPropIds": ["{x.y"]}, "changedPropIds"), ({"changedPropIds": {}}, "body"),
    ({"state": [{"id": {"of": "b"}, "property": "data", "value": "x"}]}, "{&#34;of&#34;:&#34;b&#34;}.data"),
])  # fmt: skip
def test_what_no_page_asks_is_400_and_says_what_is_wrong(client: FlaskClient, more: dict[str, Any], field: str) -> None:
    answer = client.post(CALL, json=call(**more))
    assert answer.status_code == 400
    assert f"<p>{field}: " in answer.text


@pytest.mark.parametrize(("deep", "status"), [(10, 200), (MOST_DEEP + 10, 400), (400, 400), (900, 400)])
def test_values_may_be_nested_only_so_deep(client: FlaskClient, deep: int, status: int) -> None:
    body = json.dumps(call(more="VALUE")).replace('"VALUE"', "[" * deep + "]" * deep)
    assert client.post(CALL, data=body, content_type="application/json").status_code == status


@pytest.mark.parametrize("media", ["", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded"])
def test_other_media_and_methods(client: FlaskClient, media: str) -> None:
    assert client.post(CALL, data=json.dumps(call()), content_type=media).status_code == 415
    assert [client.open(CALL, method=method).status_code for method in ("PUT", "DELETE", "PATCH")] == [405] * 3


@pytest.mark.parametrize("path", ["x/y", "dash/x.py", "dash/../app.py", "flask/app.py", "%ff/%00"])
def test_files_that_no_page_has(wall: Web, path: str) -> None:
    answer = wall.server.test_client().get(f"/_dash-component-suites/{path}")
    assert (answer.status_code, len(answer.data) < 300) == (404, True)


def test_files_that_a_page_has_are_still_there(wall: Web) -> None:
    client = wall.server.test_client()
    found = [part.split('"')[0] for part in client.get("/").text.split('src="')[1:]]
    scripts = [path for path in found if "_dash-component-suites" in path]
    assert len(scripts) > 2
    assert [client.get(path).status_code for path in scripts] == [200] * len(scripts)
