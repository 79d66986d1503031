"""Feeds as those who look after them see them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import flask
import pytest

from callbacks import feedlist
from callbacks.web import Web
from dashboard import clock
from feeds import feedsfile
from feeds.intake import Intake
from feeds.log import Log
from feeds.reports import report
from feeds.tally import Tally
from layouts.words import LOCALES, Locale
from tests.support import Stage


@pytest.fixture
def client(played: Stage, log: Log, tmp_path: Path) -> Any:
    path = tmp_path / "feeds.yaml"
    path.write_text(
        f"feeds: [{{name: hotline, kind: http, crs: wgs84, token: 'sha256:{hashlib.sha256().hexdigest()}'}}]"
    )
    now = clock.now_ms()
    tallies = {name: Tally("jt808", now) for name in ("buses", "broken")}
    tallies["buses"].turn("running", now)
    tallies["buses"].took([now + 20_000], now)
    tallies["buses"].strange("013900000001", now)
    tallies["buses"].strange("013900000002", now + 1, "ahead")
    tallies["broken"].turn("refused", now, "crs is missing")
    report(log, tallies)
    intake = Intake(feedsfile.read(path), log)
    intake.reports = log.reports()
    server = flask.Flask(__name__)
    feedlist.register(server, played.pipeline, intake, log, lambda: "zh")
    return server.test_client()


def test_every_feed_with_what_it_says_of_itself_and_what_was_counted(client: Any) -> None:
    feeds = {feed["name"]: feed for feed in client.get("/api/feeds").json["feeds"]}
    assert (feeds["buses"]["state"], feeds["buses"]["skew_ms"], feeds["buses"]["unknown"]) == ("running", -20_000, 1)
    assert (feeds["broken"]["state"], feeds["broken"]["why"]) == ("refused", "crs is missing")
    assert (feeds["test"]["state"], feeds["test"]["records"]) == ("", 5)


def test_devices_worth_a_look_the_newest_first(client: Any) -> None:
    answer = client.get("/api/feeds/buses/devices").json
    assert [(one["device"], one["why"]) for one in answer["devices"]] == [
        ("013900000002", "ahead"), ("013900000001", "unknown"),
    ]  # fmt: skip
    assert not answer["truncated"]
    assert client.get("/api/feeds/test/devices").json["devices"] == []
    assert client.get("/api/feeds/nobody/devices").status_code == 404


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page(wall: Web, locale: Locale) -> None:
    answer = wall.server.test_client().get(f"/feeds?lang={locale}")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert 'data-slot="devices"' in answer.text and "/assets/wall/office/feeds.mjs" in answer.text


def test_a_wall_without_a_log_knows_what_its_picture_has_counted(wall: Web) -> None:
    client = wall.server.test_client()
    assert [feed["name"] for feed in client.get("/api/feeds").json["feeds"]] == ["test"]
    assert client.get("/api/feeds/test/devices").json == {"devices": [], "truncated": False}
