"""The maps' manners: only people move a view, nothing flickers, and the keyboard reaches everything."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Open
from pixels import changed
from playwright.sync_api import Browser, Page
from walls import App, came_to_rest, holds, now_ms, report, view, wait_for, xadd

pytestmark = pytest.mark.replica
FRAMES = 100
WALKERS = 1600
MAP = "#map-situation"


def ready(page: Page) -> dict[str, float]:
    """The view the situation map opens with."""
    holds(page, "window.wall.views()['map-situation']?.zoom > 8.5")
    return came_to_rest(page)


def test_data_themes_and_sizes_do_not_move_a_view(wall: App, open_page: Open) -> None:
    page, seen = open_page(f"{wall.url}/map")
    before = ready(page)
    page.locator(MAP).focus()
    for key in ("+", "+", "+", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
        before = came_to_rest(page, before)
    client = wall.client()
    for n in range(5):
        report(client, f"E{n}", lat=31.2 + n / 5, lon=119.2 + n / 5, severity="urgent")
        fix = {"worker_id": f"W{n}", "lat": 31.9, "lon": 119.5 + n / 10, "fix_time": now_ms()}
        xadd(client, "worker.fix", fix, id=f"f{n}")
        page.wait_for_timeout(200)
    holds(page, "window.wall.debug().events === 5 && window.wall.debug().workers === 5")
    assert view(page) == before
    page.evaluate("document.documentElement.dataset.theme = 'day'; dispatchEvent(new Event('wall:theme'))")
    page.wait_for_timeout(300)
    assert view(page) == before
    for size in ((1600, 900), (1920, 1080)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        now = came_to_rest(page)
        assert now["zoom"] == before["zoom"]
        assert abs(now["lat"] - before["lat"]) + abs(now["lng"] - before["lng"]) < 1e-3
    assert seen.errors == []


def test_keys_pan_zoom_return_and_clear(wall: App, open_page: Open) -> None:
    report(wall.client(), "E1", severity="urgent")
    page, _ = open_page(f"{wall.url}/map")
    home = ready(page)
    page.keyboard.press("+")  # nothing has the focus: the situation map it is
    near = came_to_rest(page, home)
    assert near["zoom"] > home["zoom"]
    page.keyboard.press("ArrowLeft")
    left = came_to_rest(page, near)
    assert left["lng"] < near["lng"]
    page.keyboard.press("Home")
    assert came_to_rest(page, left) == pytest.approx(home)
    page.keyboard.press("c")
    page.locator(".readout").wait_for()
    page.mouse.move(900, 600)
    wait_for(lambda: page.locator(".readout .wgs84").inner_text().startswith("119."))
    assert page.locator(".readout .gcj02").inner_text() != page.locator(".readout .wgs84").inner_text()
    page.mouse.click(900, 600)
    page.get_by_text("已复制").wait_for()
    page.keyboard.press("Escape")
    assert page.locator(".drawer").is_hidden()
    page.keyboard.press("?")
    page.locator(".keylist").wait_for()
    page.keyboard.press("?")
    assert page.locator(".drawer").is_hidden()


def test_the_focus_is_seen_and_buttons_have_names(wall: App, open_page: Open) -> None:
    page, _ = open_page(f"{wall.url}/map?lang=en")
    ready(page)
    page.locator(MAP).focus()
    page.keyboard.press("ArrowUp")
    ring = page.locator(MAP).evaluate("e => getComputedStyle(e).outlineStyle")
    assert ring == "solid"
    buttons = page.locator(f"{MAP} .leaflet-bar a, .mtools button")
    names = [buttons.nth(k).get_attribute("aria-label") or "" for k in range(buttons.count())]
    assert names[:3] == ["Zoom in", "Zoom out", "Whole city"]
    assert all(len(name) > 1 for name in names)


def test_no_frame_of_a_live_map_is_blank(wall: App, open_page: Open, browser: Browser) -> None:
    """Frames as the screen got them while everybody moves: each looks like the first."""
    client = wall.client()
    shots: list[str] = []

    def walk(n: int) -> None:
        """Everybody's fix, a few metres on."""
        ids = [f"W{k}" for k in range(WALKERS)]
        lat = [31.3 + 0.6 * (k % 40) / 40 + n * 1e-5 for k in range(WALKERS)]
        lon = [119.3 + 0.8 * (k // 40) / 40 + n * 1e-5 for k in range(WALKERS)]
        fixes = {"worker_id": ids, "lat": lat, "lon": lon, "fix_time": [now_ms()] * WALKERS}
        xadd(client, "worker.fixes", fixes, id=f"f{n}")

    walk(0)
    page, _ = open_page(f"{wall.url}/map", width=960, height=540)
    ready(page)
    holds(page, f"window.wall.debug().workers === {WALKERS}")
    session = page.context.new_cdp_session(page)

    def keep(frame: dict[str, Any]) -> None:
        shots.append(frame["data"])
        session.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    session.on("Page.screencastFrame", keep)
    session.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1})
    for n in range(1, 1500):
        walk(n)
        page.wait_for_timeout(200)
        if len(shots) >= FRAMES:
            break
    session.send("Page.stopScreencast")
    assert len(shots) >= FRAMES
    assert max(changed(browser, shots[:FRAMES], (20, 80, 740, 420), 24)) < 0.05
