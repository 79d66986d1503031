"""The live layer draws the same by WebGL and by canvas, and goes from one to the other when a context is lost."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from math import atan, atanh, exp, pi, radians, sin

import numpy as np
import pytest
from pixels import Pixels, pixels
from playwright.sync_api import Browser, Page
from walls import App, holds, now_ms, xadd

pytestmark = pytest.mark.replica
SOFTWARE_GL = [
    "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
    "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
ON_SCENE = (0xC6, 0xD1, 0xDA)  # --d3 by night: what a worker on the scene is filled with
LOSE_THRICE = """(async () => {
  const heard = (canvas, name, act) => new Promise((done) => {
    canvas.addEventListener(name, done, {once: true});
    act();
  });
  for (const canvas of document.querySelectorAll('canvas.glass')) {
    const lost = canvas.getContext('webgl2').getExtension('WEBGL_lose_context');
    for (let k = 0; k < 3; k++) {
      await heard(canvas, 'webglcontextlost', () => lost.loseContext());
      await new Promise((done) => setTimeout(done));
      await heard(canvas, 'webglcontextrestored', () => lost.restoreContext());
    }
  }
})()"""
PLACES = {"W1": (-200, -120), "W2": (40, 30), "W3": (150, 110)}  # CSS pixels from the middle of the map
LOSE = """window.lost = [...document.querySelectorAll('canvas.glass')].map((canvas) =>
  canvas.getContext('webgl2').getExtension('WEBGL_lose_context')); window.lost.forEach((lost) => lost.loseContext());"""
RESTORE = "window.lost.forEach(lost => lost.restoreContext())"


@pytest.fixture(scope="module")
def gl_browser(browser: Browser) -> Iterator[Browser]:
    """A Chromium that draws WebGL in software."""
    found = os.environ.get("WALL_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    launched = browser.browser_type.launch(executable_path=found, args=SOFTWARE_GL)
    yield launched
    launched.close()


@pytest.fixture
def page(gl_browser: Browser) -> Iterator[Page]:
    """An empty page."""
    opened = gl_browser.new_page(viewport={"width": 960, "height": 600})
    yield opened
    opened.close()


def visit(page: Page, url: str) -> None:
    """Open the situation map and zoom to the streets."""
    page.goto(url, timeout=90_000)
    there = "document.querySelector('#map-situation .leaflet-control-zoom-in')"
    holds(page, f"window.wall?.debug?.().link === 'live' && !!{there}")
    for _ in range(40):
        if page.evaluate("window.wall.views()['map-situation'].zoom") >= 16:
            return
        page.evaluate(f"{there}.click()")
    raise AssertionError("the map does not zoom in")


def place(page: Page, wall: App, n: int, moved: int = 0) -> None:
    """Every worker reports from so many pixels beside its place."""
    view = page.evaluate("window.wall.views()['map-situation']")
    scale = 256 * 2 ** view["zoom"]
    y0 = 0.5 - atanh(sin(radians(view["lat"]))) / (2 * pi)
    client = wall.client()
    for worker, (dx, dy) in PLACES.items():
        y = y0 + (dy + moved) / scale
        lat = pi / 2 - 2 * atan_exp(y)
        lon = view["lng"] + (dx + moved) / scale * 360
        fix = {"worker_id": worker, "lat": lat * 180 / pi, "lon": lon, "fix_time": now_ms()}
        xadd(client, "worker.duty", {"worker_id": worker, "status": "on_scene"}, id=f"d{worker}{n}")
        xadd(client, "worker.fix", fix, id=f"f{worker}{n}")
    wall.caught_up()
    holds(page, f"window.wall.worker('W3')?.fixTime === {fix['fix_time']}")
    page.wait_for_timeout(1500)  # they walk there for a second


def atan_exp(y: float) -> float:
    """Mercator y as half the angle from the pole."""
    return atan(exp(2 * pi * (y - 0.5)))


def middle_of(picture: Pixels, near: tuple[float, float]) -> tuple[float, float] | None:
    """The middle (x, y) of what has about the colour of a worker on the scene round a place; None when nothing has."""
    x0, y0, reach = int(near[0]) - 30, int(near[1]) - 30, 60
    part = picture[y0 : y0 + reach, x0 : x0 + reach, :3].astype(int)
    ys, xs = np.nonzero(np.abs(part - ON_SCENE).max(axis=2) <= 20)
    return (x0 + (xs.min() + xs.max()) / 2, y0 + (ys.min() + ys.max()) / 2) if len(xs) else None


def seen(page: Page, browser: Browser) -> dict[str, tuple[int, int]]:
    """How far, in whole pixels from the middle of the map, each worker is seen."""
    box = page.locator("#map-situation").bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    picture = pixels(browser, page.screenshot())
    found = {}
    for worker, (dx, dy) in PLACES.items():
        at = middle_of(picture, (middle[0] + dx, middle[1] + dy))
        assert at is not None, f"{worker} is not drawn"
        found[worker] = (round(at[0] - middle[0] - dx), round(at[1] - middle[1] - dy))
    return found


def test_a_lost_context_costs_no_picture(wall: App, page: Page, browser: Browser) -> None:
    visit(page, f"{wall.url}/map?renderer=webgl")
    place(page, wall, 0)
    assert page.evaluate("window.wall.debug().renderer") == "webgl"
    assert page.evaluate("window.wall.debug().gpuBytes") > 0
    by_gpu = seen(page, browser)
    assert all(abs(off) <= 2 for offs in by_gpu.values() for off in offs), by_gpu

    page.evaluate(LOSE)
    holds(page, "window.wall.debug().renderer === 'canvas'")
    by_canvas = seen(page, browser)
    assert all(abs(a - b) <= 1 for w in PLACES for a, b in zip(by_gpu[w], by_canvas[w], strict=True))
    place(page, wall, 1, moved=12)
    page.evaluate(RESTORE)
    holds(page, "window.wall.debug().renderer === 'webgl'")
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    moved = seen(page, browser)
    assert all(abs(off - 12) <= 2 for offs in moved.values() for off in offs), moved

    page.evaluate(LOSE_THRICE)
    assert page.evaluate("window.wall.debug().renderer") == "canvas"
    assert seen(page, browser).keys() == PLACES.keys()


def test_software_is_no_gpu(wall: App, page: Page) -> None:
    page.goto(f"{wall.url}/map")
    holds(page, "window.wall?.debug?.().link === 'live'")
    holds(page, "window.wall.debug().renderer === 'canvas'")
    assert page.locator("canvas.glass").count() == 0
