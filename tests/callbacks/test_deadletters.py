"""Dead letters over HTTP on a real log: listed, opened, checked, retried, discarded; and who may not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import flask
import pytest
import redis
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from callbacks import deadletters
from feeds.letterbox import Letterbox
from feeds.letters import Letters
from feeds.log import AUDIT, Log
from tests.feeds.letters import FEEDS, newest, rating, sent


def client_of(log: Log, folder: Path) -> FlaskClient:
    path = folder / "feeds.yaml"
    path.write_text(FEEDS)
    server = flask.Flask(__name__)
    desk = Letters(Letterbox(log), path)
    deadletters.register(server, desk, lambda: "en" if flask.request.args.get("lang") == "en" else "zh")
    return server.test_client()


@pytest.fixture
def client(log: Log, tmp_path: Path) -> FlaskClient:
    return client_of(log, tmp_path)


def act(client: FlaskClient, letter_id: str, **said: Any) -> TestResponse:
    return client.post(f"/api/deadletters/{letter_id}", json=said)


def test_they_are_listed_a_page_at_a_time(client: FlaskClient, log: Log) -> None:
    for n in range(5):
        sent(log, rating(id=f"r{n}"), "hotline" if n % 2 else "app")
    first = client.get("/api/deadletters?source=app&limit=2").get_json()
    rest = client.get(f"/api/deadletters?source=app&limit=2&before={first['after']}").get_json()
    assert [len(first["letters"]), len(rest["letters"]), rest["after"]] == [2, 1, ""]
    assert first["letters"][0] == {
        "id": newest(log).id, "at_ms": newest(log).at_ms, "source": "app", "place": "http 0", "field": "data.score",
        "value": "9", "reason": "Expected `int` <= 5", "state": "open", "outcome": None, "bytes": len(newest(log).raw),
    }  # fmt: skip
    assert client.get("/api/deadletters?state=discarded").get_json() == {"letters": [], "after": ""}


@pytest.mark.parametrize(("query", "field"), [
    ("state=odd", "state"), ("before=x", "before"), ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"),
])  # fmt: skip
def test_what_cannot_be_asked_is_said(client: FlaskClient, query: str, field: str) -> None:
    answer = client.get(f"/api/deadletters?{query}")
    assert (answer.status_code, answer.get_json()["error"]["field"]) == (400, field)


def test_one_has_all_that_was_sent(client: FlaskClient, log: Log) -> None:
    sent(log, rating())
    found = client.get(f"/api/deadletters/{newest(log).id}").get_json()
    assert (json.loads(found["text"]), found["cut"], found["no"]) == (rating(), False, "")
    sent(log, b"\xff\x00", "trackers", "10.0.0.1:5", "lat")
    found = client.get(f"/api/deadletters/{newest(log).id}").get_json()
    assert (found["hex"], found["no"]) == ("000000  ff 00", "frame")
    assert [client.get(f"/api/deadletters/{name}").status_code for name in ("1-0", "x")] == [404, 404]


def test_it_is_checked_corrected_and_retried_once(client: FlaskClient, log: Log, broker: redis.Redis) -> None:
    sent(log, rating())
    name, good = newest(log).id, json.dumps(rating(5))
    wrong = act(client, name, action="check")
    assert (wrong.status_code, wrong.get_json()["error"]["field"]) == (422, "data.score")
    assert "9" in wrong.get_json()["error"]["reason"]
    assert act(client, name, action="retry").status_code == 422
    assert act(client, name, action="check", data=good).get_json() == {
        "type": "event.rated", "source": "hotline", "id": "r1",
    }  # fmt: skip
    assert broker.xlen("wall:events") == broker.xlen(AUDIT) == 0
    done = act(client, name, action="retry", data=good, by="01席")
    assert done.status_code == 202
    [entry] = log.read({"wall:events": "0-0"}, None, 10)
    assert done.get_json() == {"entry": entry.entry_id}
    again = act(client, name, action="retry", data=good)
    assert (again.status_code, again.get_json()["error"]["key"]) == (409, "settled")
    assert act(client, name, action="discard").status_code == 409
    outcome = client.get(f"/api/deadletters/{name}").get_json()["outcome"]
    assert (outcome["state"], outcome["by"], outcome["entry"]) == ("retried", "01席", entry.entry_id)


def test_it_is_discarded_with_a_reason(client: FlaskClient, log: Log, broker: redis.Redis) -> None:
    sent(log, rating())
    assert act(client, newest(log).id, action="discard", by="01席", reason="重复").status_code == 202
    assert newest(log).outcome is not None and newest(log).outcome.reason == "重复"  # type: ignore[union-attr]
    [(_, line)] = broker.xrange(AUDIT)
    assert (line[b"command"], line[b"reason"].decode()) == (b"discard_letter", "重复")


@pytest.mark.parametrize(("headers", "body", "status"), [
    ({"Content-Type": "text/plain"}, b'{"action":"discard"}', 415),
    ({"Content-Type": "application/json", "Origin": "http://evil.example"}, b'{"action":"discard"}', 403),
    ({"Content-Type": "application/json"}, b"{", 400), ({"Content-Type": "application/json"}, b"\xff", 400),
    ({"Content-Type": "application/json"}, b'{"action":"burn"}', 400),
    ({"Content-Type": "application/json"}, b'{"action":"discard","by":""}', 400),
    ({"Content-Type": "application/json"}, b'{"action":"retry","data":"' + b"x" * 300_000 + b'"}', 413),
])  # fmt: skip
def test_who_may_not(client: FlaskClient, log: Log, headers: dict[str, str], body: bytes, status: int) -> None:
    sent(log, rating())
    assert client.post(f"/api/deadletters/{newest(log).id}", data=body, headers=headers).status_code == status
    assert newest(log).state == "open"


def test_a_letter_nobody_has_cannot_be_dealt_with(client: FlaskClient) -> None:
    assert act(client, "1-0", action="discard").status_code == 404


def test_the_page_lists_them_and_turns(client: FlaskClient, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadletters, "PAGE", 1)
    sent(log, rating(), "<b>&x")
    sent(log, rating(), "hotline")
    page = client.get("/deadletters").text
    assert f'data-letter="{newest(log).id}"' in page and "拒收数据" in page
    assert page.count("data-letter=") == 1 and f"before={newest(log).id}" in page
    older = client.get(f"/deadletters?before={newest(log).id}&lang=en").text
    assert "&lt;b&gt;&amp;x" in older and "<b>&x" not in older and "Newest" in older
    assert "没有这样的数据" in client.get("/deadletters?state=retried").text
    assert 'value="&quot;&gt;&lt;i&gt;"' in client.get('/deadletters?source="><i>').text


def test_a_log_that_is_silent_is_said(tmp_path: Path) -> None:
    client = client_of(Log(f"unix://{tmp_path}/none.sock", retries=0), tmp_path)
    for path in ("/deadletters", "/api/deadletters", "/api/deadletters/1-0"):
        assert client.get(path).status_code == 503
    assert act(client, "1-0", action="discard").status_code == 503


def test_without_a_log_there_are_none() -> None:
    server = flask.Flask(__name__)
    deadletters.register(server, None, lambda: "zh")
    assert server.test_client().get("/api/deadletters").status_code == 404
