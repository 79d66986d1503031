"""A tile server on the intranet lies under the base map, and nothing else of another host is asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import Open
from walls import App, wait_for

TILE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
"""One transparent pixel."""


class Tiles(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        self.wfile.write(TILE)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def tiles() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    handler = type("Handler", (Tiles,), {"asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}", asked
    server.shutdown()


def test_tiles_lie_under_the_base_map(short_dir: Path, open_page: Open, tiles: tuple[str, list[str]]) -> None:
    host, asked = tiles
    url = f"http://{host}/{{z}}/{{x}}/{{y}}.png"
    wall = App("run", "--no-simulator", data_dir=short_dir / "data", WALL_TILES_URL=url)
    try:
        wall.ready()
        page, seen = open_page(wall.url)
        wait_for(lambda: asked, 10)
        wait_for(lambda: page.locator(".tiled .ground").count() > 6, 10)
        assert page.locator(".tiled .ground").first.evaluate("e => getComputedStyle(e).fillOpacity") == "0"
        assert seen.hosts == {f"127.0.0.1:{wall.port}", host}
        assert seen.errors == []
    finally:
        wall.stop()
