"""Tiles of a local file over HTTP, at the address `dashboard/tiles.py` puts into the page. Converts nothing."""

from __future__ import annotations

import flask

from dashboard.tilefile import MAX_ZOOM, TileFile, picture_of
from dashboard.tiles import Tiles

_A_YEAR_S = 31_536_000


def register(server: flask.Flask, tiles: Tiles | None) -> None:
    """Serve the tiles of `tiles.file`; nothing when there is none, and every such address is then unknown."""
    if tiles is None or tiles.file is None:
        return
    file = tiles.file

    @server.get("/tiles/<int:z>/<int:x>/<int:y>")
    def tile(z: int, x: int, y: int) -> flask.Response:
        """200 with the picture, 304 for who holds it, 204 for a hole in the file, 404 beyond the edge of the world."""
        if z > MAX_ZOOM or max(x, y) >= 1 << z:
            flask.abort(404)
        return _answer(file, z, x, y)


def _answer(file: TileFile, z: int, x: int, y: int) -> flask.Response:
    """The address names the file's edition, so what it once answered stays true."""
    data = file.tile(z, x, y)
    answer = flask.Response(data or b"", status=200 if data else 204)
    answer.cache_control.public, answer.cache_control.max_age = True, _A_YEAR_S
    if not data:
        return answer
    answer.mimetype = f"image/{picture_of(data)}"
    answer.add_etag()
    answer.make_conditional(flask.request)
    return answer
