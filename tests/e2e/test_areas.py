"""Fences from the pencil to the alarm, and theme layers, on a real wall."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
from conftest import Open
from playwright.sync_api import Page
from walls import App, holds, now_ms, wait_for, xadd

MIDDLE = (0.4, 0.45)
"""Where the drawing stands on the map, as shares of its width and height: clear of drawer and card."""


def areas(wall: App) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{wall.url}/api/areas", timeout=5) as answer:
        rows: list[dict[str, Any]] = json.load(answer)["areas"]
        return rows


def click_at(page: Page, dx: float, dy: float) -> None:
    """Click on the situation map, so many pixels from the middle of the drawing."""
    box = page.locator("#map-situation").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * MIDDLE[0] + dx, box["y"] + box["height"] * MIDDLE[1] + dy)


def open_drawer(page: Page) -> None:
    page.locator("[data-tool=areas]").click()
    page.locator(".alayers li").nth(2).wait_for()


def inside(geometry: dict[str, Any]) -> tuple[float, float]:
    """The middle of a drawn square: latitude, longitude."""
    ring = geometry["coordinates"][0][:4]
    return sum(p[1] for p in ring) / 4, sum(p[0] for p in ring) / 4


def test_a_fence_drawn_by_hand_raises_an_alarm_when_somebody_enters(wall: App, open_page: Open) -> None:
    client = wall.client()
    profile = {"worker_id": "W1", "name": "周建平", "role": "full_time", "region": "320402004001001"}
    xadd(client, "worker.profile", profile, id="p1")
    fix = {"worker_id": "W1", "lat": 31.2, "lon": 119.2, "fix_time": now_ms()}
    xadd(client, "worker.fix", fix, id="f0")
    page, seen = open_page(f"{wall.url}/map")
    open_drawer(page)
    page.get_by_text("画多边形", exact=True).click()
    for dx, dy in ((-60, -60), (60, -60), (60, 60), (0, 90)):
        click_at(page, dx, dy)
        page.wait_for_timeout(350)  # not a double click
    page.keyboard.press("Backspace")
    click_at(page, -60, 60)
    page.wait_for_timeout(350)
    click_at(page, -60, -60)  # its first point closes it
    page.locator(".areaform input[name=name]").fill("站前广场")
    page.get_by_text("保存", exact=True).click()
    page.get_by_text("已保存：站前广场").wait_for()
    [fence] = wait_for(lambda: areas(wall))
    assert (fence["name"], fence["rules"]["on"], len(fence["geometry"]["coordinates"][0])) == ("站前广场", ["enter"], 5)

    lat, lon = inside(fence["geometry"])
    for n in (1, 2):
        xadd(client, "worker.fix", {**fix, "lat": lat, "lon": lon, "fix_time": now_ms()}, id=f"f{n}")
        page.wait_for_timeout(20)
    row = page.locator(".aalarms li")
    row.wait_for()
    assert row.inner_text().split()[:3] == ["周建平", "进入", "站前广场"]
    for n in (3, 4):
        xadd(client, "worker.fix", {**fix, "fix_time": now_ms()}, id=f"f{n}")
        page.wait_for_timeout(20)
    row.wait_for(state="detached")
    page.locator(f'[data-area-id="{fence["id"]}"] .out').last.click()
    page.locator(".acts").get_by_text("删除", exact=True).click()
    wait_for(lambda: areas(wall) == [])
    assert seen.errors == []


@pytest.mark.replica
def test_without_a_pointer_a_region_becomes_a_fence(wall: App, open_page: Open) -> None:
    page, seen = open_page(f"{wall.url}/map")
    holds(page, "document.querySelector('[data-tool=areas]') !== null")
    page.locator("[data-tool=areas]").press("Enter")
    page.get_by_text("选辖区", exact=True).press("Enter")
    page.locator(".areas select").select_option(label="钟楼区")
    page.get_by_text("下一步", exact=True).press("Enter")
    page.locator(".areaform input[name=name]").press("Enter")
    [fence] = wait_for(lambda: areas(wall))
    assert fence["name"] == "钟楼区"
    assert fence["geometry"]["type"] == "MultiPolygon"
    assert seen.errors == []


@pytest.mark.replica
def test_a_file_that_is_no_outline_is_refused_in_words_and_a_good_one_opens_the_form(
    wall: App, open_page: Open
) -> None:
    page, _ = open_page(f"{wall.url}/map")
    open_drawer(page)
    crossed = {"type": "Polygon", "coordinates": [[[119.9, 31.7], [120, 31.8], [120, 31.7], [119.9, 31.8]]]}
    sound = {"type": "Polygon", "coordinates": [[[119.9, 31.7], [120, 31.7], [120, 31.8], [119.9, 31.8]]]}
    chosen = page.locator(".ways input[type=file]")
    for shape in (crossed, sound):
        chosen.set_input_files(
            {"name": "园区.json", "mimeType": "application/json", "buffer": json.dumps(shape).encode()}
        )
        if shape is crossed:
            page.get_by_text("边界自相交，请改画").wait_for()
    page.locator(".areaform").wait_for()
    assert page.locator(".areaform input[name=name]").input_value() == "园区"


@pytest.mark.replica
def test_a_theme_is_switched_on_found_and_explained(wall: App, open_page: Open) -> None:
    page, seen = open_page(f"{wall.url}/map")
    open_drawer(page)
    page.locator("[data-layer=market]").click()
    page.locator(".alegend").get_by_text("农贸市场").wait_for()
    page.get_by_role("searchbox", name="按名称查找区域、场所").fill("红梅 1 号")
    page.locator(".afound").get_by_text("红梅 1 号农贸市场").or_(page.locator(".afound li").first).first.click()
    page.locator("[data-tool=areas]").click()
    holds(page, "JSON.parse(localStorage.getItem('wall.areas')).includes('market')")
    assert seen.errors == []
