"""`GET /api/events/<id>` and `GET /api/events?q=…` over a small real pipeline."""

from __future__ import annotations

import flask
import pytest
from flask.testing import FlaskClient

from callbacks import events
from tests.support import Stage, reported, small_regions, step


@pytest.fixture
def client(stage: Stage) -> FlaskClient:
    """A browser of two events, one with a slash in its id."""
    told = [("event.reported", reported(event_id)) for event_id in ("e1", "甲/1")]
    stage.before(*told, ("event.step", step("e1", "accepted", by="03席")))
    stage.play(0.5)
    server = flask.Flask("test")
    events.register(server, stage.pipeline, small_regions())
    return server.test_client()


def test_an_event_is_told_with_its_record(client: FlaskClient) -> None:
    said = client.get("/api/events/e1").get_json()
    assert (said["event"]["id"], said["event"]["step"], said["open"]) == ("e1", "accepted", True)
    assert [line["what"] for line in said["trail"]] == ["reported", "accepted"]
    assert [one["id"] for one in said["related"]] == ["甲/1"]
    assert client.get("/api/events/%E7%94%B2/1").get_json()["event"]["id"] == "甲/1"


def test_an_unknown_event_is_said_to_be(client: FlaskClient) -> None:
    answer = client.get("/api/events/e9")
    assert answer.status_code == 404
    assert answer.get_json()["error"]["key"] == "unknown_event"


def test_events_are_found_by_words(client: FlaskClient) -> None:
    said = client.get("/api/events?q=井盖").get_json()
    assert ([row["id"] for row in said["events"]], said["truncated"]) == (["e1", "甲/1"], False)
    assert client.get("/api/events?q=井盖&limit=1").get_json()["truncated"] is True
    assert client.get("/api/events?q=井盖&from=2030-01-01T00:00:00Z").get_json()["events"] == []


@pytest.mark.parametrize(("query", "field"), [
    ("", "q"), ("q=%20x", "q"), ("q=井盖&limit=0", "limit"), ("q=井盖&from=gestern", "from"),
])  # fmt: skip
def test_a_question_that_is_none_is_refused_by_field(client: FlaskClient, query: str, field: str) -> None:
    answer = client.get(f"/api/events?{query}")
    assert (answer.status_code, answer.get_json()["error"]["field"]) == (400, field)
