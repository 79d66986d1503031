"""`/api/commands` on a real log."""

from __future__ import annotations

import json
from typing import Any

import pytest
import redis
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from callbacks import web
from callbacks.commands import MOST_BYTES
from dashboard import clock
from dashboard.cities import load_city
from dashboard.settings import Settings
from feeds.log import Log
from tests.support import Stage, profile, reported


@pytest.fixture
def stood(stage: Stage) -> Stage:
    """A picture with an event and a worker who is free now, by the machine's own clock."""
    stage.before(
        ("event.reported", reported("e1")),
        ("worker.profile", profile("w1")),
        ("worker.duty", {"worker_id": "w1", "status": "available"}),
    )
    stage.play(0.5)
    fleet = stage.replica.picture.fleet
    fleet.fixes(["w1"], [30.05], [110.05], [clock.now_ms()])
    return stage


def client_of(stood: Stage, log: Log | None) -> FlaskClient:
    return web.create(Settings(simulator=False), load_city("changzhou"), stood.pipeline, log).server.test_client()


@pytest.fixture
def client(stood: Stage, log: Log) -> FlaskClient:
    """A seat whose commands go to a real log."""
    return client_of(stood, log)


def post(client: FlaskClient, said: Any = None, **more: Any) -> TestResponse:
    command = {"command": "dispatch", "event_id": "e1", "worker_id": "w1", "id": "c1"}
    return client.post("/api/commands", json=command if said is None else said, **more)


def test_a_command_is_answered_once_it_is_on_the_log(client: FlaskClient, broker: redis.Redis) -> None:
    answer = post(client)
    assert answer.status_code == 202
    on_log = [i.decode() for stream in ("wall:events", "wall:workers") for i, _ in broker.xrange(stream)]
    assert answer.get_json() == {"id": "c1", "entries": on_log}
    assert len(on_log) == 4
    assert post(client).get_json() == answer.get_json()


def test_a_refusal_names_the_field_and_says_why(client: FlaskClient) -> None:
    said = {"command": "dispatch", "event_id": "e9", "worker_id": "w1"}
    answer = post(client, said)
    assert answer.status_code == 404
    assert answer.get_json()["error"] == {
        "field": "event_id", "key": "unknown_event", "reason": "nobody has reported e9",
    }  # fmt: skip
    assert post(client, {}).get_json()["error"]["field"] == "command"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None])
def test_what_a_form_of_another_site_could_send_is_refused(client: FlaskClient, kind: str | None) -> None:
    body = json.dumps({"command": "dispatch", "event_id": "e1", "worker_id": "w1"})
    assert client.post("/api/commands", data=body, content_type=kind).status_code == 415


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://localhost", 202), ("https://localhost", 202), ("http://evil.example", 403), ("null", 403),
     ("http://localhost.evil.example", 403), ("http://localhost:81", 403)],
)  # fmt: skip
def test_only_this_servers_own_pages_may_send(client: FlaskClient, origin: str, status: int) -> None:
    assert post(client, headers={"Origin": origin}).status_code == status


def test_a_long_body_is_refused_unread(client: FlaskClient) -> None:
    long = b"[" * (MOST_BYTES + 1)
    assert client.post("/api/commands", data=long, content_type="application/json").status_code == 413


@pytest.mark.parametrize("log_of", [lambda: None, lambda: Log("redis://127.0.0.1:1/0", retries=0)])
def test_without_a_log_it_is_said_to_try_again(stood: Stage, log_of: Any) -> None:
    answer = post(client_of(stood, log_of()))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.get_json()["error"]["key"] == "log"


def test_there_is_nothing_to_get(client: FlaskClient) -> None:
    assert client.get("/api/commands").status_code in (404, 405)
