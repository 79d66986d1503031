"""A seat sends somebody: from the card's advice by one press to the log, and back onto every wall."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import Open
from playwright.sync_api import Page
from walls import App, holds, now_ms, report, wait_for, xadd

pytestmark = pytest.mark.replica
ROWS = "[...document.querySelectorAll('.mcard li:not([hidden])')]"
NOTE = "document.querySelector('.mcard .nh span').textContent"


def staff(wall: App, worker: str, name: str, lat: float, status: str = "available", role: str = "full_time") -> None:
    client = wall.client()
    xadd(
        client,
        "worker.profile",
        {"worker_id": worker, "name": name, "role": role, "region": "320402"},
        id=f"{worker}-p",
    )
    xadd(client, "worker.duty", {"worker_id": worker, "status": status}, id=f"{worker}-d")
    data = {"worker_id": worker, "lat": lat, "lon": 119.95, "fix_time": now_ms()}
    xadd(client, "worker.fix", data, id=f"{worker}-f")


@pytest.fixture
def hall(wall: App) -> Iterator[App]:
    """An event nobody has accepted; the nearest worker is busy, the next free, a third off duty."""
    report(wall.client(), "E1", severity="urgent", title="电动车棚起火")
    staff(wall, "W1", "钱国强", 31.7805, "on_scene")
    staff(wall, "W2", "欧阳建平", 31.783)
    staff(wall, "W3", "许文娟", 31.7801, "off_duty")
    wall.caught_up()
    yield wall


def names(page: Page) -> list[str]:
    found: list[str] = page.evaluate(f"{ROWS}.map((row) => row.querySelector('.nm').textContent)")
    return found


def post(wall: App, command: dict[str, Any], **headers: str) -> tuple[int, dict[str, Any]]:
    """A command as a script would send it."""
    sent = {"Content-Type": "application/json", **headers}
    request = urllib.request.Request(f"{wall.url}/api/commands", json.dumps(command).encode(), sent)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


def test_one_press_sends_the_best_and_every_wall_shows_it(hall: App, open_page: Open) -> None:
    other, seen_there = open_page(f"{hall.url}/map")
    page, seen = open_page(hall.url)
    wait_for(lambda: names(page) == ["欧阳建平", "钱国强"])
    assert "到场 +15 分" in page.locator(".mcard li").nth(1).locator(".why").text_content()
    page.locator(".mcard li .send").first.hover()
    page.wait_for_timeout(600)  # a list that has just changed takes no press
    page.locator(".mcard li .send").first.click()
    for shown in (page, other):
        holds(shown, f"/^已派 欧阳建平 \\d\\d:\\d\\d:\\d\\d$/.test({NOTE})")
    entries = [
        (f[b"type"], json.loads(f[b"data"]))
        for _, f in hall.client().xrange("wall:events")
        if f[b"source"] == b"operator"
    ]
    assert [data["step"] for _, data in entries] == ["accepted", "assigned", "handling"]
    assert entries[-1][1]["worker_id"] == "W2"
    [(_, line)] = hall.client().xrange("wall:audit")
    assert (line[b"by"], line[b"worker_id"]) == (b"seat", b"W2")
    assert hall.client().xlen("wall:deadletter") == 0
    assert seen.errors == seen_there.errors == []


def test_the_keyboard_sends_too(hall: App, open_page: Open) -> None:
    page, _ = open_page(f"{hall.url}/map")
    wait_for(lambda: names(page) == ["欧阳建平", "钱国强"])
    page.wait_for_timeout(600)
    page.locator("#map-card").focus()
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    holds(page, f"{NOTE}.startsWith('已派 钱国强')")


def test_a_refusal_is_said_in_words(hall: App, open_page: Open) -> None:
    page, _ = open_page(hall.url)
    wait_for(lambda: names(page) == ["欧阳建平", "钱国强"])
    page.wait_for_timeout(600)
    page.locator(".mcard li .send").first.hover()  # nothing moves under the pointer from now on
    xadd(hall.client(), "worker.duty", {"worker_id": "W2", "status": "off_duty"}, id="W2-home")
    hall.caught_up()
    page.locator(".mcard li .send").first.click()
    holds(page, "document.querySelector('.mcard li.tell .why').textContent === '未派 欧阳建平：此人不在岗'")
    assert hall.client().xlen("wall:audit") == 0


def test_the_same_command_sent_twice_is_carried_out_once(hall: App) -> None:
    command = {"command": "dispatch", "event_id": "E1", "worker_id": "W2", "id": "once"}
    first = post(hall, command)
    assert first[0] == 202
    assert post(hall, command) == first
    assert hall.client().xlen("wall:audit") == 1
    assert post(hall, command, Origin="http://elsewhere.example")[0] == 403
