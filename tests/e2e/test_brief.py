"""The brief's page and the assessment's in a real browser: one is issued by hand, and its documents can be had."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from conftest import Open
from playwright.sync_api import Page
from walls import App, holds, report, wait_for

pytestmark = pytest.mark.replica


def counted(page: Page, url: str) -> bool:
    """Whether the history is read, and has what was reported a moment ago: an answer may be 20 s old."""
    answer = page.request.get(f"{url}/api/kpi")
    return answer.status == 200 and answer.json()["since"] is not None


def test_a_brief_is_issued_and_its_documents_can_be_had(wall: App, open_page: Open) -> None:
    for n in range(3):
        report(wall.client(), f"E{n}", ["accepted", "assigned"], title=f"路面积水第{n}处")
    wall.caught_up()
    page, seen = open_page(f"{wall.url}/brief", live=False)
    wait_for(lambda: counted(page, wall.url))
    today = datetime.now(ZoneInfo("Asia/Shanghai"))
    for name in ("from", "to"):
        page.fill(f"[name={name}]", f"{today:%Y-%m-%d}")
    page.click("[data-slot=issue]")
    page.wait_for_selector(f'[data-issue="{today.year}-1"]')
    files = {form: page.request.get(f"{wall.url}/api/briefs/{today.year}-1.{form}") for form in ("html", "pdf", "docx")}
    assert "上报事件3件" in files["html"].text()
    assert (files["pdf"].body()[:4], files["docx"].body()[:4]) == (b"%PDF", b"PK\3\4")
    assert seen.errors == []
    assert seen.hosts == {wall.url.removeprefix("http://")}


def test_the_assessment_sorts_and_opens_its_reasons(wall: App, open_page: Open) -> None:
    report(wall.client(), "E1", ["accepted"])
    wall.caught_up()
    page, seen = open_page(f"{wall.url}/brief", live=False)
    wait_for(lambda: counted(page, wall.url))
    page.click("nav a[href='/assessment']")
    assert page.locator("tbody tr").count() == 6
    page.click("th:nth-child(2) button")
    holds(page, "document.querySelector('th:nth-child(2)').getAttribute('aria-sort') === 'ascending'")
    names = page.locator("tbody tr td:nth-child(2)").all_inner_texts()
    page.click("th:nth-child(2) button")
    assert page.locator("tbody tr td:nth-child(2)").all_inner_texts() == names[::-1]
    page.click("summary >> nth=0")
    assert page.locator("details[open] li").count() == 7
    assert seen.errors == []
