"""The workers screen in a real browser: sums that hold, posts, calls for help, and the list of everybody."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
import redis
from conftest import Open
from playwright.sync_api import Page
from walls import App, holds, now_ms, xadd

pytestmark = pytest.mark.replica
GRID = "320402004001001"
NUMBER = count(1)


def say(client: redis.Redis, kind: str, /, **data: Any) -> None:
    """One record, happening now; alarms too."""
    if not kind.startswith("alarm"):
        xadd(client, kind, data, id=f"w{next(NUMBER)}")
        return
    fields = {"id": f"a{next(NUMBER)}", "source": "test", "type": kind, "time": datetime.now(UTC).isoformat()}
    client.xadd("wall:alarms", fields | {"data": json.dumps(data)})


def people(client: redis.Redis, number: int, **changes: Any) -> None:
    """Workers W0 … of one grid, available and here."""
    ids = [f"W{k}" for k in range(number)]
    who: dict[str, Any] = {
        "worker_id": ids, "name": ["周建平", "许文娟", "钱国强"] * (number // 3) + ["陆小燕"] * (number % 3),
        "role": ["full_time"] * number, "region": [GRID] * number,
    } | changes  # fmt: skip
    say(client, "worker.profiles", **who)
    say(client, "worker.duties", worker_id=ids, status=["available"] * number)
    at = [now_ms()] * number
    say(client, "worker.fixes", worker_id=ids, lat=[31.78] * number, lon=[119.95] * number, fix_time=at,
        battery=[50 + k % 50 for k in range(number)])  # fmt: skip


def cells(page: Page, line: str) -> dict[str, int]:
    """A line of the duty table as numbers."""
    found = page.evaluate(f"""Object.fromEntries([...document.querySelectorAll('.duty {line} td[class^=c-]')]
        .map(cell => [cell.className.split(' ')[0].slice(2), cell.textContent.replace(',', '')]))""")
    return {key: int(text) for key, text in found.items() if text.isdigit()}


def test_the_sum_holds_and_a_vacant_post_is_counted_where_it_is(wall: App, open_page: Open) -> None:
    client = wall.client()
    people(client, 9)
    say(client, "worker.duty", worker_id="W1", status="en_route")
    say(client, "worker.duty", worker_id="W2", status="off_duty")
    page, seen = open_page(wall.url)
    holds(page, "document.querySelector('[data-testid=worker-count]').textContent === '9'")
    holds(page, "document.querySelector('.duty .tot .c-on').textContent === '8'")
    total = cells(page, ".tot")
    assert total["on"] == sum(total[key] for key in ("available", "dispatched", "en_route", "on_scene", "lost"))
    holds(page, "document.querySelector('.duty .tot .c-posts').textContent.includes('6,257')")  # one worker, no head
    say(client, "worker.profile", worker_id="H1", name="王芳", role="grid_head", region=GRID[:12])
    holds(page, "document.querySelector('.duty .tot .c-posts').textContent.includes('6,256')")
    assert seen.errors == []


def test_a_call_for_help_is_the_one_red_thing_until_it_is_over(wall: App, open_page: Open) -> None:
    client = wall.client()
    people(client, 3)
    page, seen = open_page(wall.url)
    sos = page.locator("#screen-workers .sos")
    holds(page, "document.querySelector('[data-testid=worker-count]').textContent === '3'")
    assert sos.is_hidden()
    say(client, "alarm.raised", alarm_id="S1", device_id="W1", kind="sos", severity="urgent", lat=31.78, lon=119.95)
    sos.wait_for()
    assert "许文娟" in sos.inner_text()
    line = page.locator("#screen-workers .line.urgent")
    line.click()
    assert page.locator("#screen-workers .who h4").inner_text().startswith("许文娟")
    say(client, "alarm.cleared", alarm_id="S1")
    sos.wait_for(state="hidden")
    line.wait_for(state="detached")
    assert seen.errors == []


def test_everybody_is_in_the_list_and_only_those_in_sight_in_the_page(wall: App, open_page: Open) -> None:
    client = wall.client()
    people(client, 3000)
    page, seen = open_page(f"{wall.url}/workers")
    note = "document.querySelector('[data-slot=people-note]').textContent"
    holds(page, f"{note}.includes('3,000')")
    assert page.locator(".person").count() < 60
    box = page.locator("[data-slot=people]")
    box.evaluate("box => { box.scrollTop = box.scrollHeight; }")
    holds(page, "[...document.querySelectorAll('.person')].some(one => one.dataset.workerId === 'W2999')")
    assert page.locator(".person").count() < 60
    page.locator(".people .find").fill("xwj W2998")
    holds(page, f"{note}.includes('1 ')")
    box.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    holds(page, "document.querySelector('.person[aria-selected=true]')?.dataset.workerId === 'W2998'")
    assert page.locator("#screen-workers .who h4").inner_text().startswith("许文娟")
    page.locator(".people .find").fill("")
    holds(page, f"{note}.includes('3,000')")
    page.get_by_role("button", name="按角色").click()
    assert cells(page, "tbody tr")["total"] == 3000
    assert seen.errors == []


def test_low_phones_and_patrol_have_their_place(wall: App, open_page: Open) -> None:
    client = wall.client()
    people(client, 3)
    fix = {"worker_id": "W0", "lat": 31.78, "lon": 119.95}
    say(client, "worker.fix", **fix, fix_time=now_ms() + 1000, battery=0.07)  # surely newer than the one before
    page, _ = open_page(f"{wall.url}/workers")
    page.get_by_role("tab", name="低电量").click()
    page.locator(".attn .line").get_by_text("7%").wait_for()
    holds(page, "document.querySelector('.patrol .tot em').textContent === '0 / 6,257'")
