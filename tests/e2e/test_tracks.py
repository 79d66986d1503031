"""A person asks the map about the past: a track with its gap, who was near an event, and where events are dense."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Open
from playwright.sync_api import Page
from redis import Redis
from walls import App, holds, now_ms, report, xadd

pytestmark = pytest.mark.replica
MINUTE = 60_000
HERE = (31.78, 119.95)


def walk(client: Redis, worker: str, name: str, minutes: list[int]) -> None:
    """A worker who reported so many minutes ago, each time 111 m further north of HERE."""
    profile = {"worker_id": worker, "name": name, "role": "full_time", "region": "320402004001001"}
    xadd(client, "worker.profile", profile, id=f"p-{worker}")
    xadd(client, "worker.duty", {"worker_id": worker, "status": "available"}, id=f"d-{worker}")
    now = now_ms()
    for n, ago in enumerate(minutes):
        fix = {"worker_id": worker, "lat": HERE[0] + n / 1000, "lon": HERE[1], "fix_time": now - ago * MINUTE}
        xadd(client, "worker.fix", fix, id=f"f-{worker}-{n}")


def open_tool(page: Page, key: str) -> None:
    page.locator(f"#screen-map [data-tool={key}]").click()


def search(page: Page) -> None:
    page.locator(".tq:not([hidden]) .btn.pri").click()


def choose(page: Page, name: str) -> None:
    box = page.locator(".whopick input[type=search]")
    box.fill(name)
    box.press("Enter")


def test_a_track_is_drawn_tabled_played_and_handed_out(wall: App, open_page: Open, tmp_path: Path) -> None:
    walk(wall.client(), "W1", "许文娟", [30, 29, 28, 10, 9])
    page, seen = open_page(wall.url)
    holds(page, "window.wall.worker('W1')?.lat !== undefined")
    open_tool(page, "tracks")
    choose(page, "许文")
    search(page)
    row = page.locator("table.tracks tbody tr")
    row.wait_for()
    assert row.inner_text().split() == ["1", "许文娟", "0.33", "3", "分", "0", "1", "7"]

    slider = page.locator(".scrub input[type=range]")
    end = page.locator(".scrub .at").inner_text()
    slider.press("ArrowLeft")
    assert page.locator(".scrub .at").inner_text() != end
    slider.press("Home")
    slider.press(" ")
    holds(page, "document.querySelector('.scrub .go').textContent === '❚❚'")
    holds(page, "Number(document.querySelector('.scrub input[type=range]').value) > 30000")

    with page.expect_download() as download:
        page.get_by_text("GeoJSON").click()
    download.value.save_as(tmp_path / "track.geojson")
    kinds = [one["geometry"]["type"] for one in json.loads((tmp_path / "track.geojson").read_text())["features"]]
    assert kinds == ["MultiLineString"]
    page.get_by_text("清除", exact=True).click()
    assert not page.locator(".scrub").is_visible()
    assert seen.errors == []


def test_who_was_near_an_event_and_the_track_of_that_time(wall: App, open_page: Open) -> None:
    client = wall.client()
    report(client, "E1", severity="urgent", title="楼道冒烟", lat=HERE[0], lon=HERE[1])
    walk(client, "W1", "许文娟", [5, 4, 3])
    walk(client, "W2", "周建平", [90])
    page, _ = open_page(wall.url)
    page.locator('[data-testid=event-row][data-event-id="E1"]').click()
    open_tool(page, "tracks")
    page.get_by_text("周边人员").click()
    assert page.locator(".tq .spot").inner_text() == "楼道冒烟"
    search(page)
    near = page.locator(".foundnear .row")
    near.wait_for()
    assert near.count() == 1
    assert "许文娟" in near.inner_text()
    assert near.locator(".ds").inner_text() == "0 m"
    near.click()
    page.locator("table.tracks tbody tr").wait_for()
    assert "许文娟" in page.locator("table.tracks").inner_text()


def test_a_refusal_is_said_and_an_empty_time_is_no_fault(wall: App, open_page: Open) -> None:
    walk(wall.client(), "W1", "许文娟", [5])
    page, _ = open_page(wall.url)
    holds(page, "window.wall.worker('W1')?.lat !== undefined")
    open_tool(page, "tracks")
    search(page)
    assert page.locator(".say").first.inner_text() == "先选人员，最多 6 人"
    choose(page, "W1")
    page.locator(".tq:not([hidden]) .spanpick").get_by_text("昨日").click()
    search(page)
    page.locator("table.tracks tbody tr").wait_for()
    assert "该时段无定位" in page.locator("table.tracks").inner_text()


@pytest.mark.parametrize(("window", "said"), [("此刻", "在办 2 件"), ("近 1 小时", "上报 2 件")])
def test_the_heat_map_says_of_what_and_how_many(wall: App, open_page: Open, window: str, said: str) -> None:
    client = wall.client()
    for n in range(2):
        report(client, f"E{n}", lat=HERE[0], lon=HERE[1])
    page, seen = open_page(wall.url)
    page.locator('[data-testid=event-row][data-event-id="E1"]').wait_for()
    open_tool(page, "heat")
    page.locator(".tq").get_by_text(window, exact=True).click()
    page.locator(".heatkey").get_by_text(said).wait_for()
    assert "件/km²" in page.locator(".heatkey").inner_text()
    painted = (
        "[...document.querySelectorAll('#map-situation canvas')].some(c => !c.hidden && c.getContext('2d')"
        ".getImageData(0, 0, c.width, c.height).data.some(v => v > 0))"
    )
    holds(page, painted)
    page.locator(".heatkey .out").click()
    assert not page.locator(".heatkey").is_visible()
    assert seen.errors == []
