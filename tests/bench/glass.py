"""From append to glass: a fix goes into the log under the full demo load; when has the browser drawn it?

Measured by the page itself (`window.wall.debug().glass`): every frame's oldest record, so never the kinder half. The
baseline is a plain Dash page that polls once a second, measured in the same run with the same fixes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import redis
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from conftest import FLAGS
from walls import App, free_port, holds, now_ms, wait_for, xadd

from tests.bench.measure import Line

FIXES = 1000
PER_SECOND = 20
SETTLE_S = 20


def run() -> Iterator[Line]:
    """1,000 fixes of one worker among 1,500 a second of the others, in a headless Chromium at 1920×1080."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder, sync_playwright() as playwright:
        wall = App("run", data_dir=Path(folder) / "data")
        plain_port = free_port()
        found = os.environ.get("WALL_CHROMIUM") or shutil.which("chromium")
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        plain = None
        try:
            wait_for(lambda: (wall.health() or {}).get("workers", 0) >= 13_080, 90)
            page = chromium.new_page(viewport={"width": 1920, "height": 1080})
            page.goto(wall.url)
            holds(page, "window.wall?.debug?.().workers >= 13080")
            time.sleep(SETTLE_S)
            glass = ours(page, wall.client())
            busy = page.evaluate(BUSY)
            page.close()
            socket = str(wall.data_dir / "valkey.sock")
            module = [sys.executable, "-m", "tests.bench.plain_dash", socket, str(plain_port)]
            plain = subprocess.Popen(module, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            base = baseline(chromium.new_page(), wall.client(), f"http://127.0.0.1:{plain_port}")
        finally:
            if plain:
                plain.terminate()
            chromium.close()
            wall.stop()
    print(f"{glass['n']} frames drawn; {busy['fps']:.0f} fps; {busy['long']} long tasks in {busy['seconds']:.0f} s")
    print(f"p50 {glass['p50']:.0f} ms (aim 60), p99 {glass['p99']:.0f} ms (aim 140)")
    yield Line("append to glass, median (baseline: plain Dash)", glass["p50"], median(base), "ms", 0.2)
    yield Line("append to glass, 99th percentile", glass["p99"], max(base), "ms", 0.25)


WATCH = """() => {
  window.busy = { frames: 0, long: 0, since: performance.now() };
  const count = () => { window.busy.frames++; requestAnimationFrame(count); };
  requestAnimationFrame(count);
  new PerformanceObserver((list) => (window.busy.long += list.getEntries().length)).observe({ type: "longtask" });
  window.wall.resetGlass();
}"""
BUSY = """() => {
  const seconds = (performance.now() - window.busy.since) / 1000;
  return { seconds, fps: window.busy.frames / seconds, long: window.busy.long };
}"""


def ours(page: Page, client: redis.Redis) -> dict[str, Any]:
    """The page's own glass times while 1,000 fixes go in."""
    page.evaluate(WATCH)
    for n in range(FIXES):
        append(client, n)
        time.sleep(1 / PER_SECOND)
    holds(page, f"window.wall.worker('BENCH').lat === {lat(FIXES - 1)}")
    glass: dict[str, Any] = page.evaluate("window.wall.debug().glass")
    return glass


def baseline(page: Page, client: redis.Redis, url: str) -> list[float]:
    """Glass times of a page that polls, for a fix every 1.3 s."""
    wait_for(lambda: reachable(page, url), 30, 0.5)
    for n in range(FIXES, FIXES + 30):
        append(client, n)
        time.sleep(1.3)
    times: list[float] = page.evaluate("window.glass ?? []")
    assert len(times) > 15, f"the baseline page showed only {len(times)} fixes"
    return times


def reachable(page: Page, url: str) -> bool:
    try:
        page.goto(url)
    except Exception:
        return False
    return True


def append(client: redis.Redis, n: int) -> None:
    fix = {"worker_id": "BENCH", "lat": lat(n), "lon": 119.95, "fix_time": now_ms()}
    xadd(client, "worker.fix", fix, id=f"bench{n}-{now_ms()}", source="bench")


def lat(n: int) -> float:
    return 31.7 + (n % 10) / 100
