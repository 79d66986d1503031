"""`GET /api/events/<id>` over a small real pipeline."""

from __future__ import annotations

import flask
import pytest
from flask.testing import FlaskClient

from callbacks import events
from tests.support import Stage, reported, step


@pytest.fixture
def client(stage: Stage) -> FlaskClient:
    """A browser of two events, one with a slash in its id."""
    told = [("event.reported", reported(event_id)) for event_id in ("e1", "甲/1")]
    stage.before(*told, ("event.step", step("e1", "accepted", by="03席")))
    stage.play(0.5)
    server = flask.Flask("test")
    events.register(server, stage.pipeline)
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
