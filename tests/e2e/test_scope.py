"""The wall shows a part of the city: by the address, by hand, by keyboard; and everything on it follows."""

from __future__ import annotations

import pytest
from conftest import Open
from playwright.sync_api import Page
from walls import App, holds, report, xadd

pytestmark = pytest.mark.replica
WUJIN, HUTANG = "320412", "320412100"
INSIDE, OUTSIDE = {"lat": 31.7216, "lon": 119.9490}, {"lat": 31.43, "lon": 119.48}
"""Places in Hutang, in the district of Wujin, and in Liyang."""


def events(wall: App) -> None:
    """One urgent event in Hutang, two elsewhere, of which one is urgent and not accepted."""
    client = wall.client()
    report(client, "IN", ["accepted", "assigned", "handling"], severity="urgent", **INSIDE)
    report(client, "OUT", severity="urgent", **OUTSIDE)
    report(client, "FAR", ["accepted"], **OUTSIDE)
    worker = {"worker_id": "W1", "name": "周建平", "role": "full_time", "region": "320412100002001"}
    xadd(client, "worker.profile", worker, id="p1")
    wall.caught_up()


def rows(page: Page) -> list[str]:
    return page.locator("#screen-queue .row").evaluate_all("rows => rows.map(row => row.dataset.eventId)")


def shows(page: Page, name: str) -> None:
    """The path ends with this region, and every title names it."""
    holds(page, f"document.querySelector('.crumbs [aria-current]')?.textContent === '{name}'")


def test_the_address_leads_to_a_region_and_everything_follows(wall: App, open_page: Open) -> None:
    events(wall)
    page, seen = open_page(f"{wall.url}/?scope={WUJIN}")
    shows(page, "武进区")
    holds(page, "document.querySelectorAll('#screen-queue .row').length === 1")
    assert rows(page) == ["IN"]
    for screen in ("queue", "workers", "kpi"):
        assert page.locator(f"#screen-{screen} .ph .where").inner_text() == "武进区"
    holds(page, "document.querySelector('[data-slot=open]').textContent === '1'")
    holds(page, "document.querySelector('[data-slot=tile-open]').textContent === '1'")
    names = page.locator("#screen-kpi .rk li span").all_inner_texts()
    assert "湖塘镇" in " ".join(names) or len(names) > 3
    assert seen.errors == []


def test_what_is_urgent_outside_is_said_and_leads_back(wall: App, open_page: Open) -> None:
    events(wall)
    page, _ = open_page(f"{wall.url}/?scope={WUJIN}")
    notice = page.get_by_test_id("outside")
    notice.wait_for()
    assert "1" in notice.inner_text()
    notice.click()
    holds(page, "document.querySelectorAll('#screen-queue .row').length === 3")
    assert "scope" not in page.url
    assert not notice.is_visible()


def test_an_unknown_region_is_the_whole_city_and_says_so(wall: App, open_page: Open) -> None:
    events(wall)
    page, seen = open_page(f"{wall.url}/?scope=999", live=False)  # it is said for a few seconds, live or not
    page.get_by_text("没有区域“999”").wait_for()
    holds(page, "document.querySelectorAll('#screen-queue .row').length === 3")
    assert "scope" not in page.url
    assert seen.errors == []


def test_a_region_is_found_by_name_and_left_by_keys(wall: App, open_page: Open) -> None:
    events(wall)
    page, _ = open_page(f"{wall.url}/map")
    shows(page, "常州市")
    page.keyboard.press("/")
    page.keyboard.type("湖塘镇")
    page.locator(".regionmenu [role=menuitem]").first.wait_for()
    page.keyboard.press("Enter")
    shows(page, "湖塘镇")
    assert page.url.endswith(f"scope={HUTANG}")
    page.keyboard.press("Backspace")
    shows(page, "武进区")
    page.keyboard.press("Alt+ArrowRight")
    shows(page, "金坛区")
    page.keyboard.press("Alt+ArrowUp")
    shows(page, "常州市")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    shows(page, "钟楼区")


def test_a_double_click_goes_into_the_region_under_it(wall: App, open_page: Open) -> None:
    events(wall)
    page, _ = open_page(f"{wall.url}/map")
    shows(page, "常州市")
    page.mouse.dblclick(640, 540)
    shows(page, "金坛区")
    page.locator(".crumbs .name").first.click()
    shows(page, "常州市")


def test_regions_are_coloured_and_the_colours_follow_the_log(wall: App, open_page: Open) -> None:
    events(wall)
    page, seen = open_page(f"{wall.url}/map")
    shows(page, "常州市")
    page.locator("[data-tool=choropleth]").click()
    page.get_by_label("在办事件").check()
    page.locator(".choro .steps span").first.wait_for()
    assert page.locator(".choro b").inner_text() == "在办事件 · 镇街"
    coloured = "document.querySelector('#map-situation canvas.live').hidden === false"
    holds(page, coloured)
    page.get_by_label("按期办结率").check()
    holds(page, "document.querySelector('.choro .steps').textContent.includes('样本不足')")
    page.locator(".choro header button").click()
    holds(page, "document.querySelector('.choro').hidden")
    assert seen.errors == []
