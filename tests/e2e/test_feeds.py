"""Feeds that are in trouble, seen on the wall and on their page; the examples, copied."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from conftest import Open, Start
from playwright.sync_api import Page
from walls import App, holds, wait_for

TOKEN = "let-me-in"
FILE = """
feeds:
  - {name: phones, kind: http, crs: wgs84, token: "sha256:TOKEN", roster: roster.csv}
  - {name: panels, kind: gb26875, listen: "127.0.0.1:0", devices: panels.csv}
"""


@pytest.fixture
def declared(tmp_path: Path) -> str:
    """A file of feeds, one of which cannot be used."""
    (tmp_path / "roster.csv").write_text("device,worker\n139,W1\n")
    path = tmp_path / "feeds.yaml"
    path.write_text(FILE.replace("TOKEN", hashlib.sha256(TOKEN.encode()).hexdigest()))
    return str(path)


def text(page: Page, what: str) -> str:
    return str(page.evaluate(f"document.querySelector({what!r})?.textContent ?? ''"))


def test_a_feed_in_trouble_says_so_on_the_wall_and_on_its_page(start: Start, open_page: Open, declared: str) -> None:
    wall = start(WALL_FEEDS_FILE=declared)
    page, _ = open_page(wall.url)
    chip = "[data-source=panels]"
    wait_for(lambda: "配置有误" in text(page, chip))
    assert "crs is missing" in page.evaluate(f"document.querySelector('{chip}').title")
    page.request.get(f"{wall.url}/ingest/osmand?token={TOKEN}&id=140&lat=31.8&lon=119.9")
    page.goto(f"{wall.url}/feeds?lang=en")
    holds(page, "document.querySelector('[data-feed=panels]')?.dataset.state === 'refused'")
    page.click("[data-feed=phones]")
    wait_for(lambda: "140" in text(page, "[data-slot=rows]"))
    assert "in no roster" in text(page, "[data-slot=rows]")


@pytest.mark.replica
def test_an_example_is_copied(wall: App, open_page: Open) -> None:
    page, _ = open_page(f"{wall.url}/docs?lang=en", live=False)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("#event [data-copy]")
    holds(page, "document.querySelector('#event [data-copy]').textContent === 'Copied'")
    assert '"type": "event.reported"' in page.evaluate("navigator.clipboard.readText()")
    assert f"export WALL={wall.url}" in text(page, "pre")
