"""`POST /ingest/cap` through Flask: the reference's documents onto the picture's areas."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import flask
import pytest
from flask.testing import FlaskClient

from callbacks import warnings
from callbacks.live import Viewed
from feeds.intake import Intake
from feeds.log import DEAD_LETTERS, Log
from tests.feeds.test_capintake import alert, file
from tests.following import Following

CAP = {"Authorization": "Bearer t", "Content-Type": "application/cap+xml"}


@pytest.fixture
def seen(log: Log) -> Following:
    return Following(log)


@pytest.fixture
def client(tmp_path: Path, log: Log, seen: Following) -> FlaskClient:
    server = flask.Flask("test")
    warnings.register(server, Intake(file(tmp_path), log), cast(Viewed, seen))
    return server.test_client()


def test_an_alert_is_drawn(client: FlaskClient, seen: Following) -> None:
    answer = client.post("/ingest/cap", data=alert(), headers=CAP)
    assert answer.status_code == 202 and answer.json["drawn"] == 1  # type: ignore[index]
    assert seen.look(lambda picture: len(picture.areas)) == 1
    cancel = client.post("/ingest/cap", data=alert("A2", "Cancel", of="A1"), headers=CAP)
    assert cancel.json["removed"] == 1  # type: ignore[index]
    assert seen.look(lambda picture: len(picture.areas)) == 0


@pytest.mark.parametrize(("name", "status", "drawn"), [
    ("43b080713727.cap", 202, 0), ("australia.cap", 202, 1), ("earthquake-iso8859-1.cap", 202, 1),
    ("thunderstorm.cap", 202, 1), ("invalid.cap", 422, 0),
])  # fmt: skip
def test_the_references_documents(
    client: FlaskClient, seen: Following, log: Log, real_data: Path, name: str, status: int, drawn: int
) -> None:
    raw = (real_data / "protocols" / "cap" / name).read_bytes()
    answer = client.post("/ingest/cap", data=raw, headers=CAP)
    assert answer.status_code == status
    assert seen.look(lambda picture: len(picture.areas)) == (answer.json or {}).get("drawn", 0) == drawn
    assert len(log.between(DEAD_LETTERS, "-", "+", 10)) == (status == 422)


def test_a_hostile_document_is_refused(client: FlaskClient) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;">]>' + alert().replace("暴雨".encode(), b"&y;")
    answer = client.post("/ingest/cap", data=bomb, headers=CAP)
    assert answer.status_code == 422 and answer.json["error"]["field"] == "xml"  # type: ignore[index]


def test_who_sends_and_what(client: FlaskClient) -> None:
    assert client.post("/ingest/cap", data=alert(), headers={"Content-Type": "text/xml"}).status_code == 401
    assert client.post("/ingest/cap", data=alert(), headers=CAP | {"Content-Type": "text/plain"}).status_code == 415
    assert client.post("/ingest/cap", data=alert(), headers=CAP | {"Content-Type": "text/xml"}).status_code == 202


def test_without_a_log_there_is_no_way_in(seen: Following) -> None:
    server = flask.Flask("test")
    warnings.register(server, None, cast(Viewed, seen))
    assert server.test_client().post("/ingest/cap", data=alert(), headers=CAP).status_code == 503
