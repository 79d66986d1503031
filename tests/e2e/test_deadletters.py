"""The page of dead letters in a real browser: one is opened, checked, corrected and retried; another is discarded."""

from __future__ import annotations

import pytest
from conftest import Open
from walls import App, holds, report, wait_for, xadd

pytestmark = pytest.mark.replica
SAID = "document.querySelector('[data-slot=said]').textContent"


def test_a_letter_is_corrected_and_retried_and_another_discarded(wall: App, open_page: Open) -> None:
    report(wall.client(), "E1")
    xadd(wall.client(), "event.rated", {"event_id": "E1", "score": 9}, id="r1", source="hotline")
    xadd(wall.client(), "event.step", {"event_id": "E9", "step": "accepted"}, id="s1", source="legacy")
    wait_for(lambda: wall.client().xlen("wall:deadletter") == 2)
    page, seen = open_page(f"{wall.url}/brief", live=False)
    page.click("nav a[href='/deadletters']")
    assert page.locator("tbody tr td:nth-child(2)").all_inner_texts() == ["legacy", "hotline"]
    page.click("tbody tr:has-text('hotline')")
    page.wait_for_selector("[data-slot=letter]:not([hidden])")
    content = page.locator("[data-slot=content]")
    assert '"score": 9' in content.input_value()
    content.fill(content.input_value().replace('"score": 9', '"score": 8'))
    page.click("[data-deed=retry]")
    holds(page, f"{SAID}.includes('data.score')")
    content.fill(content.input_value().replace('"score": 8', '"score": 5'))
    page.click("[data-deed=check]")
    holds(page, f"{SAID}.includes('event.rated')")
    page.click("[data-deed=retry]")
    entry = wait_for(lambda: [name for name, said in wall.client().xrange("wall:events") if said[b"id"] == b"r1"][1:])[
        0
    ]
    holds(page, f"{SAID}.includes('{entry.decode()}')")
    assert page.locator("[data-deed=retry]").is_disabled()
    page.click("tbody tr:has-text('legacy')")
    holds(page, "!document.querySelector('[data-deed=discard]').disabled")
    page.fill("[data-slot=reason]", "重复")
    page.click("[data-deed=discard]")
    holds(page, "document.querySelector('[data-slot=outcome]').textContent.includes('重复')")
    page.reload()
    page.wait_for_selector(".of-none")
    audit = [said[b"command"] for _, said in wall.client().xrange("wall:audit")]
    assert audit == [b"retry_letter", b"discard_letter"]
    page.goto(f"{wall.url}/deadletters?state=all&lang=en")
    assert page.locator("tbody .chip").all_inner_texts() == ["Discarded", "Retried"]
    assert [fault for fault in seen.errors if "422" not in fault] == []
