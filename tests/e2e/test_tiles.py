"""Raster tiles under the maps: in their place, with the base map where there are none, and out of a file."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Open, Start
from geocoordinates_ffi import Wgs84, wgs84_to_gcj02
from pixels import Pixels, found, pixels, png
from playwright.sync_api import Browser, Page
from walls import App, came_to_rest, free_port, holds, report, view, wait_for

from tests.dashboard.test_tilefile import mbtiles

pytestmark = pytest.mark.replica
SIZE = 256
PAPER, MARK, EVENT = (240, 238, 230), (255, 0, 200), (0x8F, 0xB0, 0xCB)
INSIDE, OUTSIDE = 24, 28
"""Radii of a mark's ring in pixels."""
ZOOM = 17
BARE = """
.mcard, .legend, .attr, .mtools, .leaflet-control-container, .maptip { display: none !important }
.panel, .panel * { filter: none !important }
"""
"""Nothing above the map, and no greying while an empty log has nothing new."""

Place = tuple[float, float]


def on_world(lat: float, lon: float, zoom: float) -> tuple[float, float]:
    """World pixels of a place."""
    world, s = SIZE * 2**zoom, math.sin(math.radians(lat))
    return (lon / 360 + 0.5) * world, (0.5 - math.log((1 + s) / (1 - s)) / (4 * math.pi)) * world


def off_world(x: float, y: float, zoom: float) -> Place:
    """The place at world pixels."""
    world = SIZE * 2**zoom
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / world)))), (x / world - 0.5) * 360


class Chart:
    """Tiles drawn in GCJ-02, with a ring around each of some places given in WGS-84."""

    def __init__(self) -> None:
        self.marks: list[Place] = []
        self.asked: list[str] = []
        self.answers = True

    def tile(self, z: int, x: int, y: int) -> bytes:
        picture = np.full((SIZE, SIZE, 3), PAPER, np.uint8)
        for lat, lon in self.marks:
            place = wgs84_to_gcj02(Wgs84(lat=lat, lon=lon))
            px, py = on_world(place.lat, place.lon, z)
            px, py = px - x * SIZE, py - y * SIZE
            if max(abs(px - SIZE / 2), abs(py - SIZE / 2)) <= SIZE / 2 + OUTSIDE:  # of hundreds of tiles a few
                ys, xs = np.mgrid[0:SIZE, 0:SIZE]
                away = np.hypot(xs + 0.5 - px, ys + 0.5 - py)
                picture[(away >= INSIDE) & (away <= OUTSIDE)] = MARK
        return png(picture)


@pytest.fixture
def chart() -> Iterator[tuple[str, Chart]]:
    drawn = Chart()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            drawn.asked.append(self.path)
            data = (
                drawn.tile(*(int(part) for part in self.path.removesuffix(".png").split("/")[1:]))
                if drawn.answers
                else b""
            )
            self.send_response(200 if data else 503)
            self.send_header("Content-Type", "image/png")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{{z}}/{{x}}/{{y}}.png", drawn
    server.shutdown()


def zoom_in(page: Page) -> None:
    """To street zoom by key, without anything above the map."""
    page.add_style_tag(content=BARE)
    wait_for(lambda: page.evaluate("window.wall.views()['map-situation']?.zoom > 8.5"))
    while (before := came_to_rest(page))["zoom"] < ZOOM:
        page.keyboard.press("+")
        came_to_rest(page, before)
    assert view(page)["zoom"] == ZOOM


def look(browser: Browser, page: Page) -> Pixels:
    return pixels(browser, page.screenshot())


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160)])
def test_gcj02_tiles_lie_under_wgs84_data(
    start: Start, open_page: Open, browser: Browser, chart: tuple[str, Chart], width: int, height: int
) -> None:
    url, drawn = chart
    wall = start(WALL_TILES_URL=url, WALL_TILES_DATUM="gcj02", WALL_TILES_TONE="off")
    page, seen = open_page(f"{wall.url}/map", width=width, height=height)
    zoom_in(page)
    box = page.locator("#map-situation").bounding_box()
    assert box
    at = view(page)
    cx, cy = on_world(at["lat"], at["lng"], ZOOM)
    half = (box["width"] / 2 - 60, box["height"] / 2 - 60)
    spots = [(0.0, 0.0), *((sx * half[0], sy * half[1]) for sx in (-1, 1) for sy in (-1, 1))]
    drawn.marks = [off_world(cx + x, cy + y, ZOOM) for x, y in spots]
    for n, (lat, lon) in enumerate(drawn.marks):
        report(wall.client(), f"E{n}", lat=lat, lon=lon)
    page.reload()
    holds(page, "window.wall?.debug?.().events === 5")
    zoom_in(page)
    metre = SIZE * 2**ZOOM / (40_075_016.69 * math.cos(math.radians(at["lat"])))

    def measured() -> list[float] | None:
        """Metres between ring and event at each spot, once all are shown."""
        picture = look(browser, page)
        away = []
        for x, y in spots:
            place = (box["x"] + box["width"] / 2 + x, box["y"] + box["height"] / 2 + y)
            ring, event = found(picture, MARK, place, 44, 60), found(picture, EVENT, place, 18, 14)
            if ring is None or event is None or abs(ring[1] - 2 * OUTSIDE) > 4:  # no ring yet, or a part of one
                return None
            away.append(math.dist(ring[0], event[0]) / metre)
        return away

    away = wait_for(measured, 100, 0.5)
    print(f"{width} × {height}, zoom {ZOOM}: " + ", ".join(f"{metres:.1f} m" for metres in away))
    assert max(away) <= 10
    assert seen.errors == []


def test_where_there_are_no_tiles_the_base_map_shows_and_nobody_is_pestered(
    start: Start, open_page: Open, browser: Browser, chart: tuple[str, Chart]
) -> None:
    url, drawn = chart
    drawn.answers = False
    wall = start(WALL_TILES_URL=url)
    page, seen = open_page(f"{wall.url}/map")
    note = page.locator("#map-situation .tilenote")
    note.wait_for()
    assert note.inner_text() == "底图未取到，显示自带底图"
    page.wait_for_timeout(1500)
    assert len(drawn.asked) <= 4  # each of two maps asks for one tile, again when its first view is set
    assert len(seen.errors) <= 4
    page.add_style_tag(content=BARE)
    assert len({tuple(pixel) for pixel in look(browser, page)[200:900:50, 100:1800:50].reshape(-1, 4)}) > 3
    drawn.answers = True
    page.locator("#map-situation").focus()
    page.keyboard.press("+")  # another zoom is tried at once
    wait_for(lambda: not note.is_visible())
    wait_for(lambda: page.locator("#map-situation.covered").count() == 1)


def test_a_file_of_tiles_is_served_by_the_wall(start: Start, open_page: Open, browser: Browser, tmp_path: Path) -> None:
    flat = png(np.full((SIZE, SIZE, 3), MARK, np.uint8))
    tiles = {(z, x, y): flat for z in (8, 9, 10) for x, y in around(31.66, 119.7, z)}
    file = mbtiles(tmp_path / "city.mbtiles", tiles, {"attribution": "测绘院", "bounds": "119,31,120.5,32.2"})
    wall = start(WALL_TILES_FILE=str(file), WALL_TILES_TONE="off")
    page, seen = open_page(f"{wall.url}/map")
    assert "测绘院" in page.locator(".attr").inner_text()
    page.add_style_tag(content=BARE)

    def shown() -> bool:
        part = look(browser, page)[300:800, 500:1400, :3]
        return bool((np.abs(part.astype(int) - MARK).max(axis=2) < 40).mean() > 0.5)

    wait_for(shown)
    page.locator("#map-situation").focus()
    for _ in range(6):
        page.keyboard.press("+")  # deeper than the file: enlarged
    wait_for(shown)
    assert seen.errors == []
    assert seen.hosts == {f"127.0.0.1:{wall.port}"}


def around(lat: float, lon: float, z: int) -> list[tuple[int, int]]:
    """Tiles around a place, enough for a screen."""
    x, y = (int(part // SIZE) for part in on_world(lat, lon, z))
    return [(x + dx, y + dy) for dx in range(-6, 7) for dy in range(-4, 5)]


def test_a_bad_file_stops_the_start_with_a_sentence(short_dir: Path) -> None:
    wall = App(
        "run", "--no-simulator", data_dir=short_dir / "data", port=free_port(), WALL_TILES_FILE="/nowhere.mbtiles"
    )
    assert wall.process.wait(30) != 0
    wall.log.close()
    said: Any = (short_dir / f"app-{wall.port}.log").read_text(encoding="utf-8")
    assert "WALL_TILES_FILE='/nowhere.mbtiles' cannot be read" in said
    assert "Traceback" not in said
