"""What may be asked of the past over HTTP, over a real archive and a small real pipeline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import urlencode

import flask
import pytest
import redis

from callbacks import history
from dashboard import clock
from dashboard.history import History
from dashboard.scan import Scan
from feeds.archivist import Archivist
from feeds.log import Log
from tests.support import T0, Stage, entry, fix, profile, reported

MINUTE = 60_000
START = T0 - 60 * MINUTE
Client = Any


@pytest.fixture
def server(stage: Stage, log: Log, broker: redis.Redis, tmp_path: Path) -> Iterator[flask.Flask]:
    """w1 walks northwards for ten minutes, an hour ago, is silent for ten, stands for ten; w2 has just come.

    w3, whom only the archive knows, was far away a minute ago.
    """
    seconds = (*range(0, 600, 10), *range(1200, 1810, 10), 3540)
    for s in seconds:
        at = START + s * 1000
        who, lat = ("w3", 31.5) if s == seconds[-1] else ("w1", 30.05 + min(s, 600) / 1e5)
        found = entry("worker.fix", fix(who, at, lat), at=at)
        broker.xadd("wall:positions", dict(found.fields), id=f"{at}-0")
    Archivist(log, tmp_path, 30).flush(T0)
    stage.before(
        ("event.reported", reported("e1")), ("event.reported", reported("e2", category="water", lat=30.08)),
        ("worker.profile", profile("w1")), ("worker.fix", fix("w2")), ("worker.fix", fix("网格/员", lat=31.0)),
    )  # fmt: skip
    stage.play(0.5)
    made = flask.Flask("past")
    past = History(tmp_path, stage.pipeline, log, Scan(at_once=1, wait_s=0.02))
    history.register(made, stage.pipeline, past)
    made.extensions["past"] = past
    yield made


@pytest.fixture
def client(server: flask.Flask) -> Client:
    """A browser."""
    return server.test_client()


def asked(client: Client, path: str, *pairs: tuple[str, object], status: int = 200) -> Any:
    """The JSON answer to a question."""
    answer = client.get(f"{path}?{urlencode(pairs)}")
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    return json.loads(answer.data)


WINDOW = (("from", START), ("to", T0 + MINUTE))


def test_a_track_with_what_it_tells(client: Client) -> None:
    answer = asked(client, "/api/tracks", ("worker", "w1"), *WINDOW)
    [way] = answer.pop("workers")
    assert answer == {"since": START, "to": T0 + MINUTE, "complete": True}
    assert {key: way[key] for key in ("worker", "name", "role", "region", "thinned", "jumps")} == {
        "worker": "w1", "name": "张w1", "role": "full_time", "region": "990101001001001", "thinned": None, "jumps": 0,
    }  # fmt: skip
    assert way["t"] == [START + s * 1000 for s in (*range(0, 600, 10), *range(1200, 1810, 10))]
    assert (way["lat"][:2], way["lon"][0]) == ([30_050_000, 30_050_100], 110_050_000)
    assert way["gaps"] == [{"from": START + 590_000, "to": START + 1_200_000}]
    assert way["stops"] == [{"from": START + 1_200_000, "to": START + 1_800_000, "lat": 30_056_000, "lon": 110_050_000}]
    assert way["distance_m"] == pytest.approx(59 * 11.12, rel=0.01)
    assert (way["moving_ms"], way["top_mps"]) == (590_000, 1.11)


def test_several_workers_each_once_and_those_without_fixes(client: Client) -> None:
    pairs = [("worker", who) for who in ("w2", "w1", "网格/员", "w2")]
    answer = asked(client, "/api/tracks", *pairs, ("from", START), ("to", START + 1000))
    assert [(way["worker"], len(way["t"])) for way in answer["workers"]] == [("w2", 0), ("w1", 1), ("网格/员", 0)]
    assert answer["workers"][0] | {"worker": ""} == {
        "worker": "", "name": "", "role": "unknown", "region": "", "t": [], "lat": [], "lon": [], "thinned": None,
        "stops": [], "gaps": [], "distance_m": 0.0, "moving_ms": 0, "top_mps": 0.0, "jumps": 0,
    }  # fmt: skip


def test_too_many_fixes_to_draw_are_thinned(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "THIN_ABOVE", 40)
    [way] = asked(client, "/api/tracks", ("worker", "w1"), *WINDOW)["workers"]
    assert (way["thinned"], len(way["t"]) <= 40) == (121, True)
    assert len(way["t"]) == len(way["lat"]) == len(way["lon"])
    assert {way["t"][0], way["t"][-1], *way["gaps"][0].values(), *list(way["stops"][0].values())[:2]} <= set(way["t"])
    assert way["distance_m"] == pytest.approx(59 * 11.12, rel=0.01), "of all fixes"
    points = client.get(f"/api/tracks?{urlencode([('worker', 'w1'), *WINDOW, ('format', 'gpx')])}").text.count(
        "<trkpt "
    )
    assert points == 121, "downloads are whole"


def test_instants_in_any_notation(client: Client) -> None:
    texts = [clock.to_rfc3339(START), "2026-03-12T13:32:08+08:00", str(START)]
    counts = [
        len(asked(client, "/api/tracks", ("worker", "w1"), ("from", text), ("to", T0))["workers"][0]["t"])
        for text in texts
    ]
    answer = client.get(f"/api/tracks?worker=w1&from=2026-03-12T13:32:08+08:00&to={T0}")
    assert counts == [121] * 3
    assert answer.status_code == 200, "a plus sign that nobody escaped"


@pytest.mark.parametrize(("form", "mimetype"), [("geojson", "application/geo+json"), ("gpx", "application/gpx+xml")])
def test_downloads_have_a_telling_name(client: Client, form: str, mimetype: str) -> None:
    answer = client.get(f"/api/tracks?{urlencode([('worker', 'w1'), *WINDOW, ('format', form)])}")
    assert (answer.status_code, answer.mimetype) == (200, mimetype)
    assert answer.headers["Content-Disposition"] == f"attachment; filename=tracks_w1_20260312-1332_20260312-1433.{form}"


def test_who_was_near(client: Client) -> None:
    pairs = [("lat", 30.055), ("lon", 110.05), ("r", 120), *WINDOW]
    answer = asked(client, "/api/near", *pairs)
    assert (answer["truncated"], answer["complete"]) == (False, True)
    [found] = answer["workers"]
    assert found == {
        "worker": "w1", "name": "张w1", "role": "full_time", "first": START + 400_000, "last": START + 1_800_000,
        "closest_m": 0.0, "closest_at": START + 500_000, "fixes": 20 + 61,
    }  # fmt: skip
    assert [w["worker"] for w in asked(client, "/api/near", *pairs[:2], ("r", 5000), *WINDOW)["workers"]] == [
        "w1",
        "w2",
    ]
    [stranger] = asked(client, "/api/near", ("lat", 31.5), ("lon", 110.05), ("r", 9), *WINDOW)["workers"]
    assert (stranger["worker"], stranger["name"], stranger["role"]) == ("w3", "", "unknown")


def test_where_workers_were(client: Client) -> None:
    answer = asked(client, "/api/heat", ("what", "workers"), ("cell", 1000), ("from", START), ("to", T0))
    assert (answer["cell"], answer["every_min"], answer["complete"]) == (1000, 1, True)
    assert sum(answer["weight"]) == 10 + 11 + 3, "minutes, not fixes"
    assert {round(lat / 1e5) for lat in answer["lat"]} <= {300, 301, 310, 315}
    assert len(answer["lat"]) == len(answer["lon"]) == len(answer["weight"]) <= 5


def test_where_events_were_reported(client: Client) -> None:
    answer = asked(client, "/api/heat", ("what", "events"), ("cell", 500), *WINDOW)
    assert sorted(answer["weight"]) == [1, 1]
    road = asked(client, "/api/heat", ("what", "events"), ("category", "road"), ("cell", 500), *WINDOW)
    assert road["weight"] == [1]
    assert (abs(road["lat"][0] - 30_050_000) < 2300, abs(road["lon"][0] - 110_050_000) < 2700) == (True, True)
    assert asked(client, "/api/heat", ("what", "events"), ("from", 0), ("to", 9))["weight"] == []


@pytest.mark.parametrize(
    ("path", "pairs", "field", "value"),
    [
        ("/api/tracks", WINDOW, "worker", ""),
        ("/api/tracks", [("worker", "w1"), ("to", T0)], "from", ""),
        ("/api/tracks", [("worker", "w1"), ("from", "yesterday"), ("to", T0)], "from", "yesterday"),
        ("/api/tracks", [("worker", "w1"), ("from", "2026-03-12T13:32"), ("to", T0)], "from", "2026-03-12T13:32"),
        ("/api/tracks", [("worker", "w1"), ("from", "9" * 4000), ("to", T0)], "from", "9" * 20),
        ("/api/tracks", [("worker", "w1"), ("from", T0), ("to", T0)], "to", str(T0)),
        ("/api/tracks", [("worker", "w1"), *WINDOW, ("format", "kml")], "format", "kml"),
        ("/api/near", [("lat", "nan"), ("lon", 1), ("r", 1), *WINDOW], "lat", "nan"),
        ("/api/near", [("lat", 91), ("lon", 1), ("r", 1), *WINDOW], "lat", "91"),
        ("/api/near", [("lat", 1), ("lon", "east"), ("r", 1), *WINDOW], "lon", "east"),
        ("/api/near", [("lat", 1), ("lon", 1), ("r", 0), *WINDOW], "r", "0.0"),
        ("/api/near", [("lat", 1), ("lon", 1), *WINDOW], "r", ""),
        ("/api/heat", [("what", "cars"), *WINDOW], "what", "cars"),
        ("/api/heat", [("what", "workers"), ("cell", 1), *WINDOW], "cell", "1"),
        ("/api/heat", [("what", "events"), ("from", T0), ("to", T0 - 1)], "to", str(T0 - 1)),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named_with_its_value(
    client: Client, path: str, pairs: list[tuple[str, object]], field: str, value: str
) -> None:
    error = asked(client, path, *pairs, status=400)["error"]
    assert (error["field"], error["value"]) == (field, value)
    assert error["message"] == f"{field}={value}: {error['reason']}"


def test_an_unknown_worker(client: Client) -> None:
    error = asked(client, "/api/tracks", ("worker", "w1"), ("worker", "w9"), *WINDOW, status=404)["error"]
    assert (error["field"], error["value"]) == ("worker", "w9")


def test_who_comes_while_others_ask_is_told_when_to_come_back(server: flask.Flask) -> None:
    busy, leave = Event(), Event()
    past: Any = server.extensions["past"]

    def ask() -> None:
        with past._scan.turn():
            busy.set()
            leave.wait(5)

    other = Thread(target=ask)
    other.start()
    assert busy.wait(5)
    answer = server.test_client().get(f"/api/near?{urlencode([('lat', 30), ('lon', 110), ('r', 9), *WINDOW])}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    leave.set()
    other.join(5)


def test_what_takes_too_long_is_given_up(stage: Stage, tmp_path: Path) -> None:
    stage.before(("worker.fix", fix("w1")))
    stage.play(0.2)
    made = flask.Flask("past")
    history.register(made, stage.pipeline, History(tmp_path, stage.pipeline, None, Scan(limit_s=-1.0)))
    error = asked(made.test_client(), "/api/heat", ("what", "workers"), *WINDOW, status=503)["error"]
    assert "ask for less" in error["message"]
