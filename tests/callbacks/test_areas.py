"""Areas over HTTP: on the log before the answer, or refused by field; and the theme layers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from callbacks import web
from dashboard.cities import load_city
from dashboard.picture import Picture
from dashboard.replica import Replica
from dashboard.settings import Settings
from feeds.log import Log
from tests.support import Stage, small_picture

SQUARE = [[110.0, 30.0], [110.1, 30.0], [110.1, 30.1], [110.0, 30.1]]
FENCE = {"kind": "fence", "name": "河边", "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}
HERE = "http://localhost"


@pytest.fixture
def client(played: Stage, log: Log) -> Iterator[Client]:
    """A wall that writes to a real log."""
    yield web.create(Settings(simulator=False), load_city("changzhou"), played.pipeline, log).server.test_client()


def post(client: Client, body: Any, **headers: str) -> TestResponse:
    return client.post("/api/areas", data=json.dumps(body), headers={"Content-Type": "application/json"} | headers)


def folded(log: Log) -> Picture:
    picture = small_picture()
    Replica(log, picture).catch_up()
    return picture


def test_a_fence_is_on_the_log_when_it_is_answered(client: Client, log: Log) -> None:
    answer = post(client, {**FENCE, "rules": {"on": ["enter"]}, "by": "seat 3", "id": "c1"}, Origin=HERE)
    assert answer.status_code == 202
    told = answer.get_json()
    [row] = folded(log).areas.wire()
    assert (row["id"], row["name"], row["by"]) == (told["area_id"], "河边", "seat 3")
    again = post(client, {**FENCE, "area_id": told["area_id"], "id": "c1"})
    assert again.get_json()["entries"] == told["entries"]
    changed = post(client, {**FENCE, "area_id": told["area_id"], "name": "桥头"})
    assert changed.status_code == 202
    assert [row["name"] for row in folded(log).areas.wire()] == ["桥头"]


def test_taking_one_away(client: Client, log: Log, played: Stage) -> None:
    headers = {"Content-Type": "application/json"}
    assert client.delete("/api/areas/a/b", data="{}", headers=headers).status_code == 404
    post(client, {**FENCE, "area_id": "a/b"})
    played.replica.picture.areas.restore(next(iter(folded(log).areas)))
    assert client.get("/api/areas").get_json()["areas"][0]["id"] == "a/b"
    assert client.delete("/api/areas/a%2Fb", data="{}", headers=headers).status_code == 202
    assert len(folded(log).areas) == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1]]]}}, "geometry.coordinates"),
        ({"geometry": {"type": "Polygon"}}, "geometry.coordinates"),
        ({"name": ""}, "name"),
        ({"kind": "wall"}, "kind"),
        ({"rules": {"hours": ["8-18"]}}, "rules.hours[0]"),
        ({"id": 7}, "id"),
    ],
)
def test_a_refusal_names_the_field(client: Client, log: Log, changes: dict[str, Any], field: str) -> None:
    answer = post(client, FENCE | changes)
    assert (answer.status_code, answer.get_json()["error"]["field"]) == (400, field)
    assert len(folded(log).areas) == 0


def test_another_sites_page_can_send_nothing(client: Client) -> None:
    assert post(client, FENCE, Origin="https://elsewhere.example").status_code == 403
    assert client.post("/api/areas", data=json.dumps(FENCE), headers={"Content-Type": "text/plain"}).status_code == 415
    assert client.delete("/api/areas/x", headers={"Origin": "https://elsewhere.example"}).status_code in (403, 415)
    assert post(client, "no object").status_code == 400
    assert client.post("/api/areas", data="{", headers={"Content-Type": "application/json"}).status_code == 400


def test_without_a_log_nothing_can_be_changed(wall: web.Web) -> None:
    answer = post(wall.server.test_client(), FENCE)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


def test_the_themes(client: Client) -> None:
    listed = client.get("/city/themes.json").get_json()
    assert [theme["key"] for theme in listed] == [
        "small_chemical",
        "group_rental",
        "forest_chief",
        "market",
        "party_stop",
    ]
    for theme in listed:
        places = client.get(f"/city/themes/{theme['key']}.json").get_json()["features"]
        assert len(places) == theme["count"] >= 20
        assert all(field["key"] in place["properties"] for field in theme["fields"] for place in places)
    assert client.get("/city/themes/none.json").status_code == 404
    assert client.get("/city/names.json").status_code == 200
