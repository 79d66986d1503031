"""`POST /ingest` through Flask and onto a real log."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import flask
import pytest
from werkzeug.test import TestResponse

from callbacks import ingest
from dashboard.codec import Malformed, decode
from dashboard.model import STREAMS
from feeds import feedsfile, letters
from feeds.intake import Bucket, Intake
from feeds.letterbox import Letterbox, Wanted
from feeds.letters import Letters
from feeds.log import DEAD_LETTERS, Log

NOW = 1_800_000_000_000
TOKEN = "let-me-in"
FILE = """
feeds:
  - {name: hotline, kind: http, crs: gcj02, token: "sha256:TOKEN", accepts: [event., worker.], also: [app],
     rate: 10, burst: 1200, roster: roster.csv}
"""
START = dict.fromkeys(STREAMS, "0-0")


class Way:
    """A small application with nothing but the ways in."""

    def __init__(self, folder: Path, log: Log) -> None:
        path = folder / "feeds.yaml"
        path.write_text(FILE.replace("TOKEN", hashlib.sha256(TOKEN.encode()).hexdigest()), encoding="utf-8")
        (folder / "roster.csv").write_text("device,worker\nann/phone,W1\n139,W2\n")
        self.log, self.intake = log, Intake(feedsfile.read(path), log, lambda: NOW)
        server = flask.Flask(__name__)
        ingest.register(server, self.intake)
        self.client = server.test_client()

    def post(self, said: Any, media: str = "application/cloudevents+json", **more: Any) -> TestResponse:
        data = said if isinstance(said, bytes) else json.dumps(said).encode()
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": media} | more.pop("headers", {})
        return self.client.post("/ingest", data=data, headers=headers, **more)

    def records(self) -> list[Any]:
        return [decode(entry) for entry in self.log.read(START, None, 5000)]

    def letters(self) -> list[dict[bytes, bytes]]:
        return [entry.fields for entry in self.log.between(DEAD_LETTERS, "-", "+", 100)]


@pytest.fixture
def way(tmp_path: Path, log: Log) -> Way:
    return Way(tmp_path, log)


def rated(n: int = 1, **more: Any) -> dict[str, Any]:
    data = {"event_id": f"e{n}", "score": 5}
    return {"specversion": "1.0", "id": f"r{n}", "source": "hotline", "type": "event.rated", "data": data} | more


def test_an_event_is_on_the_log_before_it_is_answered(way: Way) -> None:
    answer = way.post(rated())
    assert answer.status_code == 202
    [record] = way.records()
    [entry] = way.log.read(START, None, 10)
    assert answer.json == {"accepted": 1, "records": [{"id": "r1", "entry": entry.entry_id}], "refused": []}
    assert (record.source, record.time_ms) == ("hotline", NOW)


def test_the_same_event_again_is_answered_alike_and_is_on_the_log_once(way: Way) -> None:
    assert way.post(rated()).json == way.post(rated(source="hotline")).json
    assert len(way.records()) == 1
    way.post(rated(source="app"))
    assert len(way.records()) == 2


def test_a_thousand_at_once_and_not_one_more(way: Way) -> None:
    answer = way.post([rated(n) for n in range(1000)], "application/cloudevents-batch+json")
    assert answer.status_code == 202 and answer.json["accepted"] == 1000
    assert len(way.records()) == 1000
    assert way.post([rated(n) for n in range(1001)], "application/cloudevents-batch+json").status_code == 413


def test_binary_mode(way: Way) -> None:
    headers = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "hotline", "ce-type": "event.rated"}
    answer = way.post({"event_id": "e", "score": 4}, "application/json", headers=headers)
    assert answer.status_code == 202 and way.records()[0].data.score == 4


def test_what_binary_mode_said_wrongly_is_kept_whole_and_can_be_put_right(way: Way, tmp_path: Path) -> None:
    headers = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "hotline", "ce-type": "event.rated", "ce-shift": "2"}
    assert way.post({"event_id": "e", "score": 9}, "application/json", headers=headers).status_code == 422
    box = Letterbox(way.log)
    [letter] = box.page(Wanted()).letters
    assert json.loads(letter.raw) == {
        "specversion": "1.0", "id": "1", "source": "hotline", "type": "event.rated", "shift": "2",
        "datacontenttype": "application/json", "data": {"event_id": "e", "score": 9},
    }  # fmt: skip
    desk = Letters(box, tmp_path / "feeds.yaml", lambda: NOW)
    with pytest.raises(Malformed, match=r"data\.score"):
        desk.retry(letter, "seat")
    desk.retry(letter, "seat", letters.corrected(letters.text(letter) or "", {"data.score": "4"}))
    [record] = way.records()
    assert (record.id, record.source, record.data.score) == ("1", "hotline", 4)


def test_one_bad_record_refuses_the_batch_and_says_which(way: Way) -> None:
    bad = rated(2, data={"event_id": "e2", "score": 9})
    answer = way.post([rated(1), bad], "application/cloudevents-batch+json")
    assert answer.status_code == 422
    assert answer.json["accepted"] == 0 and answer.json["error"]["index"] == 1
    assert (answer.json["error"]["field"], answer.json["error"]["value"]) == ("data.score", "9")
    assert way.records() == []
    [letter] = way.letters()
    assert (letter[b"source"], letter[b"field"], json.loads(letter[b"raw"])) == (b"hotline", b"data.score", bad)


def test_the_rest_of_a_batch_is_taken_when_asked_for(way: Way) -> None:
    sent = [rated(1), rated(2, id=""), rated(3)]
    answer = way.post(sent, "application/json", headers={"Prefer": "handling=lenient"})
    assert answer.status_code == 202
    assert [one["id"] for one in answer.json["records"]] == ["r1", "r3"]
    assert [(one["index"], one["field"]) for one in answer.json["refused"]] == [(1, "id")]


@pytest.mark.parametrize(("more", "field"), [
    ({"source": "police"}, "source"), ({"type": "alarm.cleared", "data": {"alarm_id": "a"}}, "type"),
    ({"type": "event.sung"}, "type"), ({"time": "yesterday"}, "time"), ({"data": {"score": 5}}, "data.event_id"),
    ({"id": "x" * 10_240}, "id"),
])  # fmt: skip
def test_a_refusal_names_the_field(way: Way, more: dict[str, Any], field: str) -> None:
    answer = way.post(rated(**more))
    assert answer.status_code == 422 and answer.json["error"]["field"] == field
    assert len(way.letters()) == 1 and way.records() == []


@pytest.mark.parametrize("body", [
    b"", b"{", b"\xff\xfe", b"[]", b'{"specversion":"1.0","id":"1","source":"hotline","type":"event.rated","data":NaN}',
    b'{"a":' * 5000, b'{"specversion":"1.0","data":' + b"[" * 100_000,
])  # fmt: skip
def test_what_is_no_event_at_all(way: Way, body: bytes) -> None:
    assert way.post(body).status_code in (400, 422)
    assert way.post(rated()).status_code == 202


def test_places_come_in_the_declared_datum_unless_the_record_says_another(way: Way) -> None:
    place = {"worker_id": "w", "lat": 31.8, "lon": 119.97, "fix_time": NOW}
    fixes = [rated(n, type="worker.fix", data=place | more) for n, more in enumerate([{}, {"crs": "wgs84"}])]
    assert way.post(fixes, "application/json").status_code == 202
    declared, said = (record.data for record in way.records())
    assert (said.lat, said.lon, said.crs) == (31.8, 119.97, "wgs84")
    assert declared.crs == "wgs84" and 0.003 < 119.97 - declared.lon < 0.007


def test_a_fix_from_the_future_is_kept_and_marked(way: Way) -> None:
    place = {"worker_id": "w", "lat": 31.8, "lon": 119.97, "fix_time": NOW + 3_600_000}
    assert way.post(rated(type="worker.fix", data=place)).status_code == 202
    [record] = way.records()
    assert (record.data.fix_time, record.data.claimed) == (NOW, NOW + 3_600_000)


def test_nobody_sends_without_a_token(way: Way) -> None:
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer no"}, {"Authorization": "Basic Og=="}):
        answer = way.post(rated(), headers=headers)
        assert answer.status_code == 401 and "WWW-Authenticate" in answer.headers
    assert way.records() == [] and way.letters() == []


def test_phones_may_send_the_token_as_password_or_in_the_address(way: Way) -> None:
    assert way.client.post("/ingest", json=rated(), auth=("phone", TOKEN)).status_code == 202
    assert way.client.post(f"/ingest?token={TOKEN}", json=rated(2)).status_code == 202


def test_too_much_too_fast_is_told_when_to_come_again(way: Way) -> None:
    way.post([rated(n) for n in range(1000)], "application/json")
    answer = way.post([rated(n) for n in range(1000, 1500)], "application/json")
    assert answer.status_code == 429 and 1 <= int(answer.headers["Retry-After"]) <= 31
    assert len(way.records()) == 1000


def test_what_cannot_be_read_counts_as_much_as_what_can(way: Way) -> None:
    way.intake.sender(TOKEN).bucket = Bucket(0.001, 2)
    phone = way.client.post("/ingest/owntracks", data=b"{", headers={"Authorization": f"Bearer {TOKEN}"})
    assert [phone.status_code, *(way.post(b"[", "application/json").status_code for _ in range(3))] == [
        422,
        400,
        429,
        429,
    ]
    assert len(way.letters()) == 2


def test_media_encodings_and_lengths_it_does_not_take(way: Way) -> None:
    assert way.post(rated(), "text/csv").status_code == 415
    assert way.post(rated(), headers={"Content-Encoding": "gzip"}).status_code == 415
    assert way.post(b"[" + b" " * ingest.MOST_BYTES + b"]", "application/json").status_code == 413


def test_a_log_that_cannot_take_it_is_said(way: Way, broker: Any) -> None:
    broker.config_set("maxmemory", "1")
    try:
        answer = way.post(rated())
    finally:
        broker.config_set("maxmemory", "0")
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "2"
    assert way.post(rated()).status_code == 202


def test_a_phone_with_owntracks(way: Way) -> None:
    said = {"_type": "location", "lat": 31.8, "lon": 119.97, "tst": NOW // 1000, "vel": 36, "batt": 40}
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Limit-U": "ann", "X-Limit-D": "phone"}
    answer = way.client.post("/ingest/owntracks", json=said, headers=headers)
    assert (answer.status_code, answer.json) == (200, [])
    [record] = way.records()
    assert (record.data.worker_id, record.data.battery, record.data.speed_mps) == (["W1"], [40], [10])
    stranger = way.client.post("/ingest/owntracks", json=said, headers=headers | {"X-Limit-U": "bob"})
    assert stranger.status_code == 422 and stranger.json["error"]["field"] == "id"
    assert way.client.post("/ingest/owntracks", data=b"{", headers=headers).status_code == 422
    assert len(way.letters()) == 1


def test_a_tracker_with_osmand(way: Way) -> None:
    at = f"token={TOKEN}&id=139&lat=31.8&lon=119.97&timestamp={NOW}"
    assert way.client.get(f"/ingest/osmand?{at}").status_code == 202
    assert way.client.post("/ingest/osmand", data=at.replace("31.8", "31.9"), query_string={"token": TOKEN}).status_code
    body = {"device_id": "139", "location": {"timestamp": NOW + 1000, "coords": {"latitude": 31.7, "longitude": 119.9}}}
    assert way.client.post(f"/ingest/osmand?token={TOKEN}", json=body).status_code == 202
    found = [record.data for record in way.records()]
    assert [data.worker_id for data in found] == [["W2"]] * len(found) and len(found) == 3
    refused = way.client.get(f"/ingest/osmand?token={TOKEN}&id=139&lat=91&lon=0")
    assert refused.status_code == 422 and refused.json["error"]["field"] == "lat"
    [letter] = way.letters()
    assert TOKEN not in str(letter) and "id=139&lat=91&lon=0" in str(letter)


def test_without_a_log_there_is_no_way_in() -> None:
    server = flask.Flask(__name__)
    ingest.register(server, None)
    assert server.test_client().post("/ingest").status_code == 503
