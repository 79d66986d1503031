"""Fixtures: a wall on an empty log, and pages of it in a real Chromium that note whatever goes wrong."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, sync_playwright

from feeds.embedded import EmbeddedServer

sys.path.insert(0, str(Path(__file__).parent))
from walls import PATIENCE_S, TOLD, App, holds

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
HANGS_S = 400
"""A test of several processes and a browser hangs when it takes longer, on however busy a machine."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker("e2e")
            item.add_marker(pytest.mark.timeout(HANGS_S))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = os.environ.get("WALL_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def short_dir() -> Iterator[Path]:
    """A folder whose path fits a unix socket."""
    with tempfile.TemporaryDirectory(prefix="wall") as name:
        yield Path(name)


Start = Callable[..., App]


@pytest.fixture
def start(request: pytest.FixtureRequest, short_dir: Path) -> Iterator[Start]:
    """Starts a wall on a log of its own: all but the demo city, or the web replica alone where a test is marked so."""
    with ExitStack() as stack:

        def started(**environment: str) -> App:
            data_dir, role = short_dir / "data", ["run", "--no-simulator"]
            if request.node.get_closest_marker("replica"):
                role = ["serve", "--redis-url", stack.enter_context(EmbeddedServer(data_dir)).url]
            app = App(*role, data_dir=data_dir, **environment)
            stack.callback(app.end)  # also one that never gets ready
            app.ready()
            return app

        yield started


@pytest.fixture
def wall(start: Start) -> App:
    """A wall with an empty log."""
    return start()


@dataclass
class Seen:
    """What a page did that nobody should have to see."""

    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)


Opened = tuple[Page, Seen]
Open = Callable[..., Opened]


def _said(message: ConsoleMessage) -> str:
    return f"{message.text} {message.location.get('url', '')}"


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens a page, waits until the link is live, and watches console and requests."""
    pages: list[Page] = []

    def opened(url: str, *, width: int = 1920, height: int = 1080, live: bool = True) -> Opened:
        page, seen = browser.new_page(viewport={"width": width, "height": height}), Seen()
        pages.append(page)
        page.set_default_timeout(PATIENCE_S * 1000)
        page.on("console", lambda message: seen.errors.append(_said(message)) if message.type == "error" else None)
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.on("request", lambda request: seen.hosts.add(request.url.split("/")[2]))
        page.goto(url)
        if live:
            holds(page, "window.wall?.debug?.().link === 'live'")
        return page, seen

    yield opened
    for page in pages:
        with suppress(Error):
            print(page.url, page.inner_text("body", timeout=2000)[:TOLD], sep="\n")  # shown of a test that has failed
        page.close()
