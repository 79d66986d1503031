"""Tiles over HTTP from real files."""

from __future__ import annotations

from pathlib import Path

import flask
import pytest
from flask.testing import FlaskClient

from callbacks import tiles
from callbacks.web import Web
from dashboard.settings import Settings
from dashboard.tiles import under
from tests.dashboard.test_tilefile import JPEG, PNG, mbtiles


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    path = mbtiles(tmp_path / "city.mbtiles", {(3, 6, 3): PNG, (3, 6, 4): JPEG})
    server = flask.Flask(__name__)
    tiles.register(server, under(Settings(tiles_file=str(path))))
    return server.test_client()


@pytest.mark.parametrize(("path", "kind", "data"), [("/tiles/3/6/3", "png", PNG), ("/tiles/3/6/4", "jpeg", JPEG)])
def test_a_tile_says_what_it_is_and_may_be_kept(client: FlaskClient, path: str, kind: str, data: bytes) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype, answer.data) == (200, f"image/{kind}", data)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000"
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_hole_is_an_answer_too(client: FlaskClient) -> None:
    answer = client.get("/tiles/3/0/0?v=1")
    assert (answer.status_code, answer.data) == (204, b"")
    assert "max-age" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["3/8/0", "3/0/8", "99/0/0", "-1/0/0", "3/6", "a/b/c", "3/6/3.png"])
def test_beyond_the_edge_of_the_world_there_is_nothing(client: FlaskClient, path: str) -> None:
    assert client.get(f"/tiles/{path}").status_code == 404


def test_without_a_file_there_is_no_such_address(wall: Web) -> None:
    assert wall.server.test_client().get("/tiles/3/6/3").status_code == 404
    server = flask.Flask(__name__)
    tiles.register(server, None)
    tiles.register(server, under(Settings(tiles_url="http://t/{z}/{x}/{y}")))
    assert server.test_client().get("/tiles/3/6/3").status_code == 404
