"""The four screens show what the log holds, whoever put it there."""

from __future__ import annotations

import pytest
from conftest import Open
from walls import App, holds, now_ms, report, xadd

HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>{{7*7}}'


def test_records_from_a_plain_client_appear_on_all_four_screens(wall: App, open_page: Open) -> None:
    client = wall.client()
    for n in range(3):
        worker = f"W{n}"
        profile = {"worker_id": worker, "name": "周建平", "role": "full_time", "region": "320402004001001"}
        xadd(client, "worker.profile", profile, id=f"p{n}")
        xadd(client, "worker.duty", {"worker_id": worker, "status": "available"}, id=f"d{n}")
        fix = {"worker_id": worker, "lat": 31.78, "lon": 119.95 + n / 100, "fix_time": now_ms()}
        xadd(client, "worker.fix", fix, id=f"f{n}")
    title = "电动车棚起火冒浓烟，楼上疑有人员被困"
    report(client, "E1", ["accepted", "assigned", "handling"], title=title, severity="urgent")
    done = ["accepted", "assigned", "handling", "feedback", "evaluated"]
    report(client, "E2", done)
    xadd(client, "event.rated", {"event_id": "E2", "score": 5}, id="r1", source="survey")

    page, seen = open_page(wall.url)
    row = page.locator('[data-testid=event-row][data-event-id="E1"]')
    row.wait_for()
    assert row.get_attribute("data-step") == "handling"
    assert "电动车棚起火冒浓烟" in row.inner_text()
    assert page.locator('[data-testid=event-row][data-event-id="E2"]').count() == 0
    holds(page, "document.querySelector('[data-testid=worker-count]').textContent.trim() === '3'")
    for card in ("kpi-closure-rate", "kpi-ontime-rate", "kpi-satisfaction"):
        holds(page, f"document.querySelector('[data-testid={card}]').textContent.includes('100.00')")
        assert page.locator(f".kc:has([data-testid={card}])").inner_text().split()[-6:-3] == ["1", "/", "1"]
    for screen in ("map", "queue", "workers", "kpi"):
        assert page.locator(f"[data-testid=screen-{screen}]").is_visible()
    assert page.evaluate("window.wall.debug().transport") == "websocket"
    assert page.evaluate("window.wall.debug().stateHash") == wall.caught_up()["state_hash"]
    assert seen.errors == []
    assert seen.hosts == {f"127.0.0.1:{wall.port}"}


@pytest.mark.replica
def test_a_fix_moves_the_worker_and_a_step_moves_the_row(wall: App, open_page: Open) -> None:
    client = wall.client()
    report(client, "E1")
    fix = {"worker_id": "W1", "lat": 31.7, "lon": 119.9, "fix_time": now_ms()}
    xadd(client, "worker.fix", fix, id="f1")
    page, _ = open_page(wall.url)
    holds(page, "window.wall.worker('W1')?.lat === 31.7")
    moved = {**fix, "lat": 31.712345, "lon": 119.954321, "fix_time": now_ms() + 1}
    xadd(client, "worker.fix", moved, id="f2")
    holds(page, "window.wall.worker('W1')?.lat === 31.712345")
    assert page.evaluate("window.wall.worker('W1')") == {
        "lat": 31.712345, "lon": 119.954321, "fixTime": moved["fix_time"],
    }  # fmt: skip
    xadd(client, "event.step", {"event_id": "E1", "step": "accepted"}, id="s1")
    page.wait_for_selector('[data-testid=event-row][data-event-id="E1"][data-step=accepted]')


@pytest.mark.replica
def test_text_from_feeds_never_becomes_markup(wall: App, open_page: Open) -> None:
    client = wall.client()
    report(client, "E<b>1", severity="urgent", title=HOSTILE, address=HOSTILE, channel=HOSTILE)
    profile = {"worker_id": "W1", "name": HOSTILE[:90], "role": "full_time", "region": HOSTILE}
    xadd(client, "worker.profile", profile, id="p1", source=HOSTILE[:80])
    page, _ = open_page(wall.url)
    page.get_by_text("onerror=").first.wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    assert page.locator("#wall img[src], #wall img[onerror], #wall b[onclick]").count() == 0


@pytest.mark.replica
def test_a_bad_entry_goes_to_the_dead_letters_and_the_stream_goes_on(wall: App, open_page: Open) -> None:
    client = wall.client()
    client.xadd("wall:events", {"id": "x", "source": "broken", "type": "event.reported", "time": "now", "data": "{"})
    xadd(client, "worker.fix", {"worker_id": "W1", "lat": 99, "lon": 119.9, "fix_time": 1}, id="bad", source="broken")
    report(client, "E1")
    page, _ = open_page(wall.url)
    page.wait_for_selector('[data-testid=event-row][data-event-id="E1"]')
    wall.caught_up()
    letters = [fields for _, fields in client.xrange("wall:deadletter")]
    assert {(letter[b"field"], letter[b"value"]) for letter in letters} == {(b"time", b"now"), (b"data.lat", b"99")}
    health = wall.health()
    assert health and health["feeds"]["broken"]["rejected"] == 2


@pytest.mark.replica
def test_a_picked_worker_shows_the_last_hour(wall: App, open_page: Open) -> None:
    client, now = wall.client(), now_ms()
    profile = {"worker_id": "W1", "name": "许文娟", "role": "full_time", "region": "320402004001001"}
    xadd(client, "worker.profile", profile, id="p1")
    xadd(client, "worker.duty", {"worker_id": "W1", "status": "available"}, id="d1")
    for n, minutes in enumerate((90, 30, 29, 28, 10)):  # one too old, and a gap before the last
        fix = {"worker_id": "W1", "lat": 31.78 + n / 1000, "lon": 119.95, "fix_time": now - minutes * 60_000}
        xadd(client, "worker.fix", fix, id=f"f{n}")
    page, _ = open_page(wall.url)
    page.locator("#screen-workers").get_by_role("tab", name="失联").click()
    page.locator("#screen-workers").get_by_text("许文娟").first.click()
    page.get_by_text("0.22 km").first.wait_for()  # two legs of 111 m; the gap is not walked


@pytest.mark.replica
@pytest.mark.parametrize("screen", ["map", "queue", "workers", "kpi"])
def test_each_screen_has_a_page_of_its_own(wall: App, open_page: Open, screen: str) -> None:
    page, seen = open_page(f"{wall.url}/{screen}")
    shown = [s for s in ("map", "queue", "workers", "kpi") if page.locator(f"[data-testid=screen-{s}]").is_visible()]
    assert shown == [screen]
    assert page.locator("[data-testid=link-state]").is_visible()
    assert page.locator("[data-testid=freshness]").is_visible()
    assert seen.errors == []
