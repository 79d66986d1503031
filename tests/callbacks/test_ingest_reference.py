"""The reference's CloudEvents, OwnTracks and OsmAnd messages, one by one, through HTTP and onto a real log."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from callbacks import ingest
from dashboard.codec import decode
from dashboard.model import STREAMS, WorkerFixes
from feeds import feedsfile
from feeds.intake import Intake
from feeds.log import DEAD_LETTERS, Log
from feeds.protocols.cloudevents import BATCHED, STRUCTURED
from feeds.tally import states

TOKEN = "let-me-in"
ENTRY = "{name: phones, kind: http, crs: wgs84, token: 'sha256:HASH', roster: roster.csv}"


class Way:
    """A way in that knows some devices, and what has come of each message."""

    def __init__(self, folder: Path, log: Log, devices: set[str]) -> None:
        rows = "".join(f"{device},W{n}\n" for n, device in enumerate(sorted(devices)))
        (folder / "roster.csv").write_text("device,worker\n" + rows, encoding="utf-8")
        path = folder / "feeds.yaml"
        path.write_text(f"feeds: [{ENTRY.replace('HASH', hashlib.sha256(TOKEN.encode()).hexdigest())}]")
        server = flask.Flask(__name__)
        self.intake = Intake(feedsfile.read(path), log)
        ingest.register(server, self.intake)
        self.client: FlaskClient = server.test_client()
        self.log, self.at, self.letters = log, dict.fromkeys(STREAMS, "0-0"), 0
        self.repeated = 0

    def verdict(self, status: int) -> str:
        """`place`, `said` or `refused`: what is on the log, and among the dead letters, since this was asked last."""
        entries = self.log.read(self.at, None, 100)
        self.at |= {entry.stream: entry.entry_id for entry in entries}
        letters = len(self.log.between(DEAD_LETTERS, "-", "+", 1000))
        more, self.letters = letters - self.letters, letters
        report = states({"phones": self.intake.tallies["phones"].said(0)[0]}, 0)["phones"]
        again, self.repeated = report.repeated > self.repeated, report.repeated  # the same place at the same instant
        if again or any(isinstance(decode(entry).data, WorkerFixes) for entry in entries):
            return "place" if status in (200, 202) and not more else f"place, {status}"
        return "refused" if status == 422 and more else f"said{'' if status in (200, 202) and not more else status}"


@pytest.fixture
def lists(real_data: Path) -> Path:
    return real_data / "protocols"


def cases(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_owntracks(tmp_path: Path, log: Log, lists: Path) -> None:
    found = cases(lists / "owntracks_messages.jsonl")
    topics = [case.get("payload", {}).get("topic", "").split("/")[1:3] for case in found]
    way = Way(tmp_path, log, {f"user/{n}" for n in range(len(found))} | {"/".join(topic) for topic in topics if topic})
    wrong = []
    for n, case in enumerate(found):
        headers = {"Authorization": f"Bearer {TOKEN}", "X-Limit-U": "user", "X-Limit-D": str(n)}
        body = json.dumps(case["payload"]) if "payload" in case else case["not_json"]
        answer = way.client.post("/ingest/owntracks", data=body.encode(), headers=headers)
        expected = "refused" if "payload" not in case else "place" if case["payload"]["_type"] == "location" else "said"
        if (verdict := way.verdict(answer.status_code)) != expected:
            wrong.append((n, expected, verdict, answer.json))
    assert (len(found), wrong) == (23, [])


def test_osmand(tmp_path: Path, log: Log, lists: Path) -> None:
    found = cases(lists / "osmand_requests.jsonl")
    way = Way(tmp_path, log, {_device(case) for case in found})
    wrong = []
    for n, case in enumerate(found):
        if case["kind"] == "query":
            answer = way.client.get(f"/ingest/osmand?{case['payload'].partition('?')[2]}&token={TOKEN}")
        else:
            body = {"data": case["payload"].encode(), "content_type": "application/json"}
            answer = way.client.post(f"/ingest/osmand?token={TOKEN}", **body)
        expected = "place" if case["expect"] == "verifyPosition" else "said"
        if (verdict := way.verdict(answer.status_code)) != expected:
            wrong.append((n, expected, verdict, answer.json))
    assert (len(found), wrong) == (9, [])


SOURCES = "['/mycontext', '/mycontext/4', '/mycontext/9', '/mycontext/subcontext']"
OURS = {"event_id": "e1", "score": 5}
EVENTS: list[tuple[str, int, list[str], list[str]]] = [
    # How the specification's example is sent; what it is answered; which field of each of its events is wrong: as it
    # stands, where a type of its own is the most that can be said for it, and with a type and data of ours in it.
    ("structured", 422, ["datacontenttype"], ["datacontenttype"]), ("binary", 422, ["Content-Type"], ["Content-Type"]),
    ("structured", 422, ["datacontenttype"], ["datacontenttype"]), ("binary", 422, ["Content-Type"], ["Content-Type"]),
    ("binary", 422, ["type"], [""]), ("structured", 422, ["type"], [""]), ("binary", 422, ["type"], [""]),
    ("structured", 422, ["type"], [""]), ("binary", 422, ["type"], [""]), ("structured", 422, ["type"], [""]),
    ("binary", 422, ["Content-Type"], ["Content-Type"]),  # it has none
    ("batched", 422, ["datacontenttype", "type"], ["datacontenttype", ""]),
    ("binary", 422, ["type"], [""]),  # dots stand for what is left out, in the body and among the headers
    ("batched", 400, ["body"], ["body"]),  # the same
    ("no event", 415, [], []), ("no event", 415, [], []),  # the handshake of a webhook
]  # fmt: skip


@pytest.fixture
def port(tmp_path: Path, log: Log) -> Iterator[int]:
    """A real server with nothing but the ways in, for one who may use the specification's own sources."""
    path = tmp_path / "feeds.yaml"
    entry = ENTRY.replace("HASH", hashlib.sha256(TOKEN.encode()).hexdigest()).replace(", roster: roster.csv", "")
    path.write_text(f"feeds: [{entry[:-1]}, also: {SOURCES}}}]")
    app = flask.Flask(__name__)
    ingest.register(app, Intake(feedsfile.read(path), log))
    server = make_server("127.0.0.1", 0, app)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def sent(port: int, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
    link = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        link.request("POST", "/ingest", body, headers | {"Authorization": f"Bearer {TOKEN}"})
        answer = link.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        link.close()


@pytest.mark.parametrize("n", range(len(EVENTS)))
def test_cloudevents(log: Log, lists: Path, port: int, n: int) -> None:
    found = cases(lists / "cloudevents_examples.jsonl")
    assert len(found) == len(EVENTS)
    mode, expected, stands, of_ours = EVENTS[n]
    status, answer = sent(port, *_message(found[n], mode))
    assert (status, _wrong(answer, stands)) == (expected, stands), answer
    letters = [entry.fields for entry in log.between(DEAD_LETTERS, "-", "+", 100)]
    assert [letter[b"field"].decode() for letter in letters] == stands
    if status == 422:
        assert [letter[b"reason"].decode() for letter in letters] == [one["reason"] for one in answer["refused"]]
        assert [json.loads(letter[b"raw"]) for letter in letters] == _events(found[n]), "a letter is a whole event"
    status, answer = sent(port, *_message(_of_ours(found[n]), mode))
    assert _wrong(answer, of_ours) == of_ours, answer
    taken = len(log.read(dict.fromkeys(STREAMS, "0-0"), None, 100))
    assert (status, taken) == ((202, 1) if of_ours == [""] else (expected, 0))


def _wrong(answer: dict[str, Any], of: list[str]) -> list[str]:
    """Which field is wrong of each event, as many as `of`; "" for one that is refused for its neighbours at most."""
    named = {one.get("index", 0): one["field"] for one in answer.get("refused", [answer.get("error")])}
    return [named.get(at, "") for at in range(len(of))]


def _message(case: dict[str, Any], mode: str) -> tuple[dict[str, str], bytes]:
    """Headers and body, as the example shows them."""
    if "json" in case:
        return {"Content-Type": BATCHED if mode == "batched" else STRUCTURED}, json.dumps(case["json"]).encode()
    head, _, body = case["text"].strip("\n").partition("\n\n")
    lines = [line.partition(": ") for line in head.splitlines()]
    left_out = ("host", "content-length")
    return {k: v for k, colon, v in lines if colon and k.lower() not in left_out}, body.encode()


def _events(case: dict[str, Any]) -> list[Any]:
    """The events of an example in the structured form; of binary ones as the JSON format says they are written."""
    if "json" in case:
        return case["json"] if isinstance(case["json"], list) else [case["json"]]
    headers, body = _message(case, "binary")
    media = next((said for name, said in headers.items() if name.lower() == "content-type"), "")
    said = {name[3:]: value for name, value in headers.items() if name.startswith("ce-")}
    if "json" not in media and media:
        return [said | {"datacontenttype": media, "data": body.decode()}]
    try:
        data = {"data": json.loads(body)} if media else {"data": body.decode()}
    except ValueError:
        data = {"data_base64": base64.b64encode(body).decode()}
    return [said | {"datacontenttype": media} | data]


def _of_ours(case: dict[str, Any]) -> dict[str, Any]:
    """The example with a type and data that a record of ours has; its envelope is as it was."""
    data, coded = json.dumps(OURS), base64.b64encode(json.dumps(OURS).encode()).decode()
    if "json" in case:
        events = [
            event | {"type": "event.rated"} | ({"data_base64": coded} if "data_base64" in event else {"data": OURS})
            for event in _events(case)
        ]  # fmt: skip
        return {"json": events if isinstance(case["json"], list) else events[0]}
    head, gap, body = case["text"].strip("\n").partition("\n\n")
    return {"text": head.replace("com.example.someevent", "event.rated") + gap + (data if "ce-" in head else body)}


def _device(case: dict[str, Any]) -> str:
    if case["kind"] != "query":
        said = json.loads(case["payload"])
        return str(said.get("device_id") or said.get("deviceId") or said.get("id"))
    pairs = dict(pair.partition("=")[::2] for pair in case["payload"].partition("?")[2].split("&"))
    return pairs.get("id") or pairs["deviceid"]
