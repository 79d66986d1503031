"""`/api/nearest` over a small real pipeline."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from callbacks import nearest, web
from dashboard.cities import load_city
from dashboard.settings import Settings
from dashboard.stats import Freshness
from tests.support import GRIDS, Stage, fix, profile, reported


@pytest.fixture
def near(stage: Stage) -> Stage:
    """An event and three workers, one off duty, on a stage that has caught up."""
    stage.before(
        ("event.reported", reported("e1")),
        *(("worker.profile", profile(w, GRIDS[0])) for w in ("w1", "w2", "w3")),
        *(("worker.duty", {"worker_id": w, "status": s})
          for w, s in (("w1", "available"), ("w2", "on_scene"), ("w3", "off_duty"))),
        *(("worker.fix", fix(w, lat=30.051)) for w in ("w1", "w2", "w3")),
    )  # fmt: skip
    stage.play(0.5)
    return stage


@pytest.fixture
def client(near: Stage) -> FlaskClient:
    """A browser of the wall, on the stage's clock."""
    city = load_city("changzhou")
    server = web.create(Settings(simulator=False), city, near.pipeline).server
    clocked = type(server)("clocked")
    nearest.register(clocked, near.pipeline, city, Freshness(), near.now_ms)
    return clocked.test_client()


def test_the_best_for_an_event_with_reasons(client: FlaskClient, near: Stage) -> None:
    answer = client.get("/api/nearest?event=e1")
    assert answer.status_code == 200
    said: dict[str, Any] = answer.get_json()
    assert {k: said[k] for k in ("event", "as_of", "considered", "on_duty", "nearest_m")} == {
        "event": "e1", "as_of": near.now_ms(), "considered": 2, "on_duty": 2, "nearest_m": 111,
    }  # fmt: skip
    first, second = said["candidates"]
    assert [(c["worker"], c["duty"], c["distance_m"], c["load"]) for c in (first, second)] == [
        ("w1", "available", 111, 0),
        ("w2", "on_scene", 111, 0),
    ]
    assert (first["name"], first["role"], first["lat"], first["lon"]) == ("张w1", "full_time", 30.051, 110.05)
    assert [r["key"] for r in first["reasons"]] == ["way", "duty", "load", "here"]
    assert first["score_min"] == pytest.approx(sum(r["minutes"] for r in first["reasons"]), abs=0.02)
    assert first["eta_s"] == round(60 + 111.19 * 1.33 / 4.2)


def test_a_place_will_do(client: FlaskClient) -> None:
    said = client.get("/api/nearest?lat=30.051&lon=110.05&n=1").get_json()
    assert (said["event"], len(said["candidates"]), said["nearest_m"]) == ("", 1, 0)


@pytest.mark.parametrize(
    ("query", "status", "parameter"),
    [
        ("", 400, "lat"), ("lat=1", 400, "lon"), ("lat=x&lon=1", 400, "lat"), ("lat=91&lon=1", 400, "lat"),
        ("lat=nan&lon=1", 400, "lat"), ("lat=1&lon=inf", 400, "lon"), ("event=e9", 404, "event"),
        ("event=e1&n=0", 400, "n"), ("event=e1&n=many", 400, "n"), ("event=e1&n=21", 400, "n"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_named(client: FlaskClient, query: str, status: int, parameter: str) -> None:
    answer = client.get(f"/api/nearest?{query}")
    assert (answer.status_code, answer.get_json()["error"]["field"]) == (status, parameter)


def test_an_answer_is_kept_for_a_second(client: FlaskClient, near: Stage) -> None:
    def as_of(query: str = "event=e1") -> int:
        return int(client.get(f"/api/nearest?{query}").get_json()["as_of"])

    first = as_of()
    near.seconds += 0.9
    assert as_of() == first
    assert as_of("event=e1&n=2") == near.now_ms()
    near.seconds += 0.2
    assert as_of() == near.now_ms()


def test_the_wall_has_the_route(near: Stage) -> None:
    server = web.create(Settings(simulator=False), load_city("changzhou"), near.pipeline).server
    assert server.test_client().get("/api/nearest?event=e1").status_code == 200
