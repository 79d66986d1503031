"""The document of the interface: valid, complete, and no more than there is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from callbacks import openapi, web
from dashboard.cases import Cases
from dashboard.cities import load_city
from dashboard.indicators import Indicators
from dashboard.kpibook import load_book
from dashboard.settings import Settings
from feeds import feedsfile
from feeds.intake import Intake
from feeds.log import Log
from layouts.manual import TONGUES, WAYS, example
from tests.support import Stage

TOKEN = "x"


@pytest.fixture
def server(played: Stage, log: Log, tmp_path: Path) -> flask.Flask:
    """The whole application: nothing it needs for a route is missing."""
    path = tmp_path / "feeds.yaml"
    token = f"sha256:{hashlib.sha256(TOKEN.encode()).hexdigest()}"
    path.write_text(f"feeds: [{{name: hotline-12345, kind: http, crs: gcj02, token: '{token}', roster: roster.csv}}]")
    (tmp_path / "roster.csv").write_text("device,worker\nzhang/phone,W1\n13900000001,W2\n")
    settings = Settings(simulator=False, data_dir=tmp_path, feeds_file=path)
    indicators = Indicators(Cases(played.pipeline), load_book())
    intake = Intake(feedsfile.read(path), log)
    return web.create(settings, load_city("changzhou"), played.pipeline, log, indicators, intake).server


def test_the_document_is_valid_and_says_where_it_is(server: flask.Flask) -> None:
    document = server.test_client().get("/openapi.json", base_url="http://wall.example:8050").json
    validate(document)
    assert document["servers"] == [{"url": "http://wall.example:8050"}]


def routes(server: flask.Flask) -> Iterator[tuple[str, str]]:
    """(path as the document writes it, method) of the application."""
    for rule in server.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", r"{\1}", rule.rule), method.lower()


def test_every_route_is_in_it_and_everything_in_it_is_a_route(server: flask.Flask) -> None:
    told = {(path, method) for path, methods in openapi.document()["paths"].items() for method in methods}
    there = set(routes(server))
    public = {(path, method) for path, method in there if path.startswith(("/ingest", "/open311", "/api/"))}
    assert public - told == set()
    assert told - there == set()


def test_its_schemas_are_those_of_the_records() -> None:
    made = openapi.schemas()
    schema = {"$ref": "#/components/schemas/Event", "components": {"schemas": made}}
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": "s",
        "type": "event.rated",
        "data": {"event_id": "e", "score": 5},
    }
    judge = Draft202012Validator(schema)
    assert judge.is_valid(event)
    assert not judge.is_valid(event | {"data": {"event_id": "e", "score": 6}})
    assert not judge.is_valid(event | {"type": "event.sung"})


def test_the_page_of_examples_has_them_all(server: flask.Flask) -> None:
    page = server.test_client().get("/docs?lang=en", base_url="http://wall.example:8050").text
    assert "export WALL=http://wall.example:8050" in page
    assert page.count("<pre ") == 1 + len(WAYS) * len(TONGUES)
    assert "app.py token" in page and "Retry-After" in page


@pytest.mark.parametrize("way", WAYS)
def test_an_example_in_python_is_python(way: str) -> None:
    compile(example(way, "python"), f"{way}.python.txt", "exec")


def sent(curl: str) -> dict[str, Any]:
    """What an example for curl that posts JSON would send."""
    [body] = re.findall(r"-d '(.*?)'", curl, re.DOTALL)
    headers = dict(re.findall(r"-H '([\w-]+): ([^']*)'", curl))
    return {"data": body.encode(), "headers": headers | {"Authorization": f"Bearer {TOKEN}"}}


def test_the_examples_are_taken(server: flask.Flask) -> None:
    client = server.test_client()
    assert client.post("/ingest", **sent(example("event", "curl"))).status_code == 202
    assert client.post("/ingest", **sent(example("binary", "curl"))).status_code == 202
    batch = client.post("/ingest", **sent(example("batch", "curl")))
    assert (batch.status_code, batch.json["accepted"], batch.json["refused"][0]["field"]) == (202, 1, "data.score")
    assert client.post("/ingest/cap", **sent(example("cap", "curl"))).status_code == 202
