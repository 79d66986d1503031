"""The workbench in a browser: what is chosen is in the address, and charts and rows follow it."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page
from walls import App, holds, wait_for

from dashboard import clock
from tests.e2e.conftest import Open, Start

pytestmark = pytest.mark.replica
N = 260


@pytest.fixture
def full(start: Start) -> App:
    """A wall with some hundred cases of the last days, closed in time and late."""
    app = start(WALL_DEMO_MONTHS="0")
    client, now = app.client(), clock.now_ms()
    with client.pipeline(transaction=False) as pipe:
        for n in range(N):
            at = now - (n % 5 + 1) * clock.DAY_MS + n * 1000
            place = {"lat": 31.78 + n % 7 / 1000, "lon": 119.95 + n % 5 / 1000}
            data = {
                "event_id": f"E{n:04d}",
                "title": f"井盖缺失{n:04d}",
                "severity": "normal",
                "channel": "hotline_12345",
            }
            category = ("public_facility", "environment", "dispute")[n % 3]
            records = [("event.reported", {**data, **place, "category": category}, 0)]
            for k, step in enumerate(("accepted", "assigned", "handling", "feedback", "evaluated"), 1):
                more = {"department": "housing" if n % 2 else "environment", "due": at + (5000 if n % 4 else 2000)}
                records.append(
                    ("event.step", {"event_id": f"E{n:04d}", "step": step, **(more if k == 2 else {})}, k * 1000)
                )
            for kind, body, after in records:
                when = clock.to_rfc3339(at + after)
                fields = {"id": f"{n}-{after}", "source": "test", "type": kind, "time": when}
                pipe.xadd("wall:events", {**fields, "data": json.dumps(body)})
        pipe.execute()
    app.caught_up()
    return app


def hits(page: Page) -> str:
    """So many of so many cases."""
    return page.locator("#hits").inner_text()


def fits(page: Page) -> bool:
    """Nothing is wider than the page, and every chart that is shown has been drawn."""
    return bool(page.evaluate("""() => document.documentElement.scrollWidth <= innerWidth
        && [...document.querySelectorAll('.in-overview .js-plotly-plot')].length === 5
        && [...document.querySelectorAll('.analyst main *')].every((one) => one.closest('.ag-root-wrapper, .pop, svg')
            || one.getBoundingClientRect().right <= innerWidth + 1)"""))  # fmt: skip


def test_an_analysts_way_from_a_number_to_the_row_behind_it(full: App, open_page: Open) -> None:
    page, seen = open_page(f"{full.url}/analyst?when=7d", live=False)
    holds(page, "/260/.test(document.getElementById('hits')?.textContent)")
    holds(page, "document.querySelectorAll('.ag-row').length > 5")
    wait_for(lambda: fits(page))
    everything = hits(page)

    page.locator("#facets a[title='生态环境']").click()  # a value of the filter column
    holds(page, "location.search.includes('category=environment')")
    holds(page, f"document.getElementById('hits').textContent !== {everything!r}")
    assert "87" in hits(page)
    assert page.locator(".chip").count() == 1
    page.go_back()
    holds(page, f"document.getElementById('hits').textContent === {everything!r}")

    holds(page, "document.querySelectorAll('#panel-ranking .bars .point path').length === 2")
    bar = page.locator("#panel-ranking .bars .point path").first.bounding_box()
    assert bar is not None
    page.mouse.click(bar["x"] + 8, bar["y"] + bar["height"] / 2)  # a mark of a chart
    holds(page, "location.search.includes('department=environment')")
    holds(page, "/130/.test(document.getElementById('hits').textContent)")
    page.locator(".clr").click()
    holds(page, f"document.getElementById('hits').textContent === {everything!r}")

    page.locator(".ag-header-cell[col-id=title]").click()  # sorting is the server's, and in the address
    holds(page, "location.search.includes('sort=-title')")
    holds(page, "document.querySelector('.ag-row[row-index=\"0\"]')?.textContent.includes('E0259')")
    page.evaluate("window.dash_ag_grid.getApi('rows').ensureIndexVisible(250, 'top')")  # the third block
    holds(page, "document.querySelector('.ag-row[row-index=\"250\"]')?.textContent.includes('E0009')")
    page.locator(".ag-row[row-index='250'] .ag-cell[col-id=title]").click()
    holds(page, "document.querySelector('#detail h2')?.textContent === '井盖缺失0009'")
    assert page.locator(".record li").count() == 6
    assert seen.errors == []
    assert seen.hosts == {full.url.split("/")[2]}


def test_it_fits_a_large_screen_in_english_and_keeps_views(full: App, open_page: Open) -> None:
    page, seen = open_page(f"{full.url}/analyst?when=7d&lang=en", width=3840, height=2160, live=False)
    holds(page, "/260/.test(document.getElementById('hits')?.textContent)")
    holds(page, "document.querySelectorAll('.ag-row').length > 5")
    wait_for(lambda: fits(page))
    assert "Analyst workbench" in page.locator("h1").inner_text()
    page.locator("header summary").first.click()
    page.locator("#view-name").fill("Week")
    page.locator("#view-save").click()
    holds(page, "document.querySelector('#views a')?.getAttribute('href') === '/analyst?when=7d'")
    for tab in ("flow", "signals"):
        page.locator(f".tbs a[href*='tab={tab}']").click()
        holds(page, f"document.querySelector('.charts.show-{tab} .in-{tab} h4') !== null")
    holds(page, "document.querySelector('#panel-coming .note').textContent !== ''")
    assert seen.errors == []


def test_a_chart_is_pinned_to_the_wall_and_taken_down_there(full: App, open_page: Open) -> None:
    desk, seen = open_page(f"{full.url}/analyst?when=7d", live=False)
    holds(desk, "/260/.test(document.getElementById('hits')?.textContent)")
    for said in ("已钉到墙上", "这张图已在墙上"):
        desk.locator("#head-ranking summary").last.click()
        desk.locator("#head-ranking [data-pin]").click()
        holds(desk, f"document.querySelector('#head-ranking [data-pin]').textContent === '{said}'")
        desk.locator("#head-ranking summary").last.click()

    wall, watched = open_page(f"{full.url}/kpi")
    holds(wall, "document.querySelectorAll('#kpi-pin-0 .bars .point path').length === 2")
    assert wall.locator(".pins > :visible").count() == 1
    assert "近7天" in wall.locator("[data-slot=pin-0-said]").inner_text()
    wall.locator("[data-slot=pin-0-down]").click()
    holds(wall, "document.querySelector('.pins').hidden")
    assert watched.errors == []
    assert [said for said in seen.errors if "409" not in said] == [], "the browser tells of what was refused"


def test_a_row_leads_to_its_event_in_the_console(full: App, open_page: Open) -> None:
    page, seen = open_page(f"{full.url}/analyst?when=7d", live=False)
    holds(page, "document.querySelectorAll('.ag-row').length > 5")
    page.locator(".ag-row[row-index='2'] .ag-cell[col-id=title]").click()
    title = page.locator(".ag-row[row-index='2'] .ag-cell[col-id=title]").inner_text()
    page.locator("#detail .go").click()
    holds(page, f"document.querySelector('#screen-event')?.textContent.includes({title!r})")
    assert seen.errors == []
