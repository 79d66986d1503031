"""The officer's hand: the console by keyboard, two officers at one event, and a flood of alarms."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from conftest import Open
from playwright.sync_api import Page
from walls import App, holds, report, wait_for

FLOOD = 500
MAIN_ROAD = ("accepted", "assigned", "handling", "tracked", "feedback", "evaluated")
CAN, CANNOT = (f"document.querySelector('[data-deed=accept]')?.ariaDisabled === '{no}'" for no in ("false", "true"))
"""Whether the chosen event can be accepted."""
TOLD = "[...document.querySelectorAll('.toasts, .one-event')].some((n) => /其他席位|刚刚办理/.test(n.textContent))"
"""Whether this officer has been told that another was quicker."""


@pytest.fixture
def desk(wall: App) -> App:
    """Two matters nobody has accepted."""
    report(wall.client(), "E1", severity="major", title="在建工地塔吊吊物坠落，已停工疏散 28 人")
    report(wall.client(), "E2", severity="normal", title="路灯不亮")
    wall.caught_up()
    return wall


def choose(page: Page, event_id: str) -> None:
    """Select an event in the console's queue and wait for its detail."""
    page.locator(f'#screen-desk [data-event-id="{event_id}"]').first.click()
    holds(page, f"document.querySelector('.one-event')?.textContent.includes('{event_id}')")
    holds(page, CAN)


def steps(wall: App) -> list[dict[str, Any]]:
    """What seats have had put on the log about events."""
    entries = wall.client().xrange("wall:events")
    said = [(f[b"type"], json.loads(f[b"data"])) for _, f in entries if f[b"source"] == b"operator"]
    return [data for kind, data in said if kind == b"event.step"]


def test_an_event_is_taken_on_and_taken_back_by_keyboard(desk: App, open_page: Open) -> None:
    page, seen = open_page(f"{desk.url}/console")
    choose(page, "E1")
    page.keyboard.press("a")
    holds(page, CANNOT)
    wait_for(lambda: [s["step"] for s in steps(desk)] == ["accepted"])
    holds(page, "document.querySelector('[data-deed=undo]')?.ariaDisabled === 'false'")
    page.keyboard.press("z")
    holds(page, CAN)
    [step] = steps(desk)
    assert (step["event_id"], step["role"]) == ("E1", "seat")
    assert desk.client().xlen("wall:deadletter") == 0
    assert seen.errors == []


def test_of_two_officers_at_one_event_one_wins_and_the_other_is_told(desk: App, open_page: Open) -> None:
    pages = [open_page(f"{desk.url}/console")[0] for _ in range(2)]
    for page in pages:
        choose(page, "E1")
    for page in pages:
        page.evaluate("setTimeout(() => document.querySelector('[data-deed=accept]').click(), 400)")
    wait_for(lambda: any(page.evaluate(TOLD) for page in pages))
    assert [page.evaluate(TOLD) for page in pages].count(True) == 1
    for page in pages:
        holds(page, CANNOT)
    assert [s["step"] for s in steps(desk)] == ["accepted"]
    assert desk.client().xlen("wall:audit") == 1
    assert desk.client().xlen("wall:deadletter") == 0


def test_a_lookalike_is_merged_from_the_panel_and_both_records_say_so(wall: App, open_page: Open) -> None:
    report(wall.client(), "E1", title="浦陵社区3幢楼下窨井盖缺失，行人险些踩空")
    report(wall.client(), "E2", title="3幢楼下窨井盖缺失，有老人差点踩空", lat=31.7802)
    wall.caught_up()
    page, seen = open_page(f"{wall.url}/console")
    choose(page, "E2")
    page.locator(".one-event .alike .btn").click()
    holds(page, "document.activeElement?.closest('.form') !== null")
    page.keyboard.type("同一井盖")
    page.keyboard.press("Control+Enter")
    holds(page, "document.querySelector('.one-event .tl').textContent.includes('并入 E1；同一井盖')")
    page.locator(".one-event .kin .go").click()
    holds(page, "document.querySelector('.one-event .tl').textContent.includes('E2 并入本件')")
    holds(page, "document.querySelector('.one-event .kin .go').textContent === 'E2'")
    holds(page, "document.querySelector('.one-event .eh').textContent.includes('并入 1 件')")
    [step] = steps(wall)
    assert (step["event_id"], step["step"], step["into"], step["note"]) == ("E2", "merged", "E1", "同一井盖")
    assert wall.client().xlen("wall:deadletter") == 0
    assert seen.errors == []


def test_a_closed_event_is_found_in_the_history_and_opened(wall: App, open_page: Open) -> None:
    report(wall.client(), "E1", MAIN_ROAD, title="路灯不亮")
    report(wall.client(), "E2", title="井盖缺失")
    wall.caught_up()
    page, seen = open_page(f"{wall.url}/console")
    page.locator(".dbar .find").fill("路灯")
    holds(page, "document.querySelector('.dlist .none').hidden === false")  # in the queue there is none
    page.keyboard.press("Enter")
    row = page.locator('#screen-desk [data-past-id="E1"]')
    assert "已办结" in row.inner_text()
    row.click()
    holds(page, "document.querySelector('.one-event .et h3')?.textContent === '路灯不亮'")
    page.keyboard.press("Escape")
    holds(page, "document.querySelector('.dpast').hidden")
    assert seen.errors == []


def test_a_flood_of_alarms_stays_readable_and_loses_none(wall: App, open_page: Open) -> None:
    page, seen = open_page(f"{wall.url}/console")
    client = wall.client()
    at = datetime.now(UTC).isoformat()
    for k in range(FLOOD):
        data = {
            "alarm_id": f"A{k:03}", "device_id": f"D{k:03}", "kind": ["bridge", "power", "manhole"][k % 3],
            "severity": ["normal", "serious", "major"][k % 3], "lat": 31.70 + (k % 10) / 50, "lon": 119.95,
        }  # fmt: skip
        fields = {"id": f"flood-{k}", "source": "drill", "type": "alarm.raised", "time": at, "data": json.dumps(data)}
        client.xadd("wall:alarms", fields)
    page.locator("#screen-desk .desk-tabs .tab").nth(1).click()
    holds(page, f"document.querySelector('#screen-desk .flood')?.textContent.includes('{FLOOD}')")
    lines = page.locator("#screen-desk .alarms > li")
    assert lines.first.get_attribute("data-alarm-id") == "A000"  # the first-out, on top
    grouped = re.findall(r"× ?([\d,]+)", "\n".join(lines.all_inner_texts()))
    assert sum(int(n.replace(",", "")) for n in grouped) == FLOOD
    assert len(grouped) < 40
    assert client.xlen("wall:deadletter") == 0
    assert seen.errors == []


def test_an_alarm_and_its_event_lead_to_each_other_and_its_device_goes_out_of_service(
    desk: App, open_page: Open
) -> None:
    page, seen = open_page(f"{desk.url}/console")
    data = {"alarm_id": "A1", "device_id": "D1", "kind": "smoke", "severity": "major", "lat": 31.7, "lon": 119.95}
    said = {"source": "drill", "type": "alarm.raised", "time": datetime.now(UTC).isoformat()}
    desk.client().xadd("wall:alarms", said | {"id": "r1", "data": json.dumps(data | {"event_id": "E1"})})
    choose(page, "E1")
    page.locator(".one-event .ea .go").click()
    holds(page, "document.querySelector('#screen-desk [data-alarm-id=A1]')?.ariaSelected === 'true'")
    page.keyboard.press("o")
    page.locator("#screen-desk .form textarea").fill("探头检修")
    page.keyboard.press("Control+Enter")
    holds(page, "/D1[^]*自 [^]*探头检修/.test(document.querySelector('#screen-desk .outs').textContent)")
    holds(page, "document.querySelector('.one-event .ea em').textContent === '停用'")
    page.locator("#screen-desk .outs .btn").click()
    holds(page, "document.querySelector('#screen-desk .outs').hidden")
    page.keyboard.press("q")
    choose(page, "E2")
    page.keyboard.press("q")
    page.locator('#screen-desk [data-alarm-id="A1"]').click()
    holds(page, "document.querySelector('.one-event .id')?.textContent === 'E1'")
    assert desk.client().xlen("wall:deadletter") == 0
    assert seen.errors == []
