"""The reference's OwnTracks and OsmAnd messages, one by one, through HTTP and onto a real log."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient

from callbacks import ingest
from dashboard.codec import decode
from dashboard.model import STREAMS, WorkerFixes
from feeds import feedsfile
from feeds.intake import Intake
from feeds.log import DEAD_LETTERS, Log
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


def _device(case: dict[str, Any]) -> str:
    if case["kind"] != "query":
        said = json.loads(case["payload"])
        return str(said.get("device_id") or said.get("deviceId") or said.get("id"))
    pairs = dict(pair.partition("=")[::2] for pair in case["payload"].partition("?")[2].split("&"))
    return pairs.get("id") or pairs["deviceid"]
