"""Everybody moves every second: our wall against dash-leaflet fed by an interval and by WebSocket callbacks.

For 1,000, 13,080 and 300,000 workers, at 1920×1080 and 3840×2160, without a GPU: append to glass, bytes and server time
per update, how busy the page's main thread is, frames per second; and what the machine's host took away meanwhile.
Everybody reports in the same instant; 300,000 also evenly over the second.
`CROWD="13080" make bench BENCH=crowd` picks sizes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from conftest import FLAGS
from walls import App, children, command_of, descendants, free_port, holds, wait_for

from feeds.embedded import EmbeddedServer
from tests.bench.measure import Line, Stolen

SIZES = tuple(int(n) for n in os.environ.get("CROWD", "1000 13080 300000").split())
SCREENS = ((1920, 1080), (3840, 2160))
WATCH_S = 30
SETTLE_S = 12
CITY = 13_080
"""The size the aims are for. With more points than this the rivals' pages no longer answer; it was tried."""
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Seen:
    """What one page showed in `WATCH_S`: glass times in ms, and per update (one a second) bytes and milliseconds."""

    p50: float
    p99: float
    bytes: float
    server_ms: float
    page_ms: float
    fps: float
    long_tasks: int
    stolen: float

    def text(self, who: str) -> str:
        return (
            f"{who:24} glass {self.p50:7,.0f} / {self.p99:7,.0f} ms  {self.bytes / 1000:9,.1f} kB"
            f"  server {self.server_ms:7,.1f} ms  page {self.page_ms:7,.1f} ms"
            f"  {self.fps:5.1f} fps  {self.long_tasks:3d} long tasks"
            f"  {self.stolen:4.1f} % stolen"
        )


def run() -> Iterator[Line]:
    """Each size on a log of its own."""
    with sync_playwright() as playwright:
        found = os.environ.get("WALL_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        for workers in SIZES:
            yield from _of(browser, workers)
            if workers > CITY:
                yield from _of(browser, workers, spread=True)
        browser.close()


def _of(browser: Browser, workers: int, *, spread: bool = False) -> Iterator[Line]:
    with tempfile.TemporaryDirectory(prefix="bench") as folder, EmbeddedServer(Path(folder) / "data") as server:
        # One web replica alone: on two cores the historian's work would be measured with it.
        wall = App("serve", data_dir=Path(folder) / "data", WALL_REDIS_URL=server.url)
        try:
            wall.ready()
            socket = str(wall.data_dir / "valkey.sock")
            with _load(socket, workers, *["spread"] * spread):
                wait_for(lambda: (wall.health() or {}).get("workers", 0) >= workers, 120)
                for width, height in SCREENS:
                    print(f"-- {workers:,} workers, {width}×{height}{', spread' * spread}", flush=True)
                    yield from _screen(browser, wall, socket, workers, (width, height))
                if workers == CITY:
                    yield _viewers(wall)
        finally:
            wall.stop()


def _screen(browser: Browser, wall: App, socket: str, workers: int, size: tuple[int, int]) -> Iterator[Line]:
    ours = _ours(browser, wall, size)
    print(ours.text("FourScreens"), flush=True)
    goal = 400 if workers > 100_000 else 140
    yield Line(f"{workers:,}: append to glass, 99th percentile (baseline: aim)", ours.p99, goal, "ms", 1)
    yield Line(
        f"{workers:,}: frames a second (baseline: aim)", 55, max(ours.fps, 1e-3), "fps", 1 if size[0] < 3000 else None
    )
    if workers > CITY:
        return
    for kind in ("interval", "websocket"):
        rival = _rival(browser, kind, socket, size)
        print(rival.text(f"dash-leaflet, {kind}"), flush=True)
        what, aims = f"{workers:,} at {size[0]}: ", (0.2, 0.2, 0.5) if workers == CITY else (None, None, None)
        yield Line(f"{what}glass, median (baseline: {kind})", ours.p50, rival.p50, "ms", aims[0])
        yield Line(f"{what}bytes (baseline: {kind})", ours.bytes / 1000, rival.bytes / 1000, "kB", aims[1])
        yield Line(f"{what}main thread (baseline: {kind})", ours.page_ms, rival.page_ms, "ms", aims[2])


def _ours(browser: Browser, wall: App, size: tuple[int, int]) -> Seen:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(f"{wall.url}/map")
    holds(page, "window.wall?.debug?.().link === 'live'")
    time.sleep(SETTLE_S)
    page.evaluate("window.wall.resetGlass()")
    [server] = [p for p in descendants(wall.process.pid) if "app.py serve" in command_of(p) and not children(p)]
    seen = _watched(page, server)
    glass = page.evaluate("window.wall.debug().glass")
    page.close()
    return Seen(glass["p50"] or float("inf"), glass["p99"] or float("inf"), **seen)


def _rival(browser: Browser, kind: str, socket: str, size: tuple[int, int]) -> Seen:
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.rivals", kind, socket, str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    try:
        wait_for(lambda: _reachable(page, f"http://127.0.0.1:{port}"), 40, 0.5)
        page.wait_for_selector("#start", timeout=30_000)
        page.evaluate("document.getElementById('start').click()")
        time.sleep(SETTLE_S)
        page.evaluate("window.glass = []")
        seen = _watched(page, server.pid)
        if kind == "websocket":
            seen["bytes"] = _sent_a_second(port)
        times = page.evaluate("window.glass")
        return Seen(
            median(times or [float("inf")]), quantiles(times, n=100)[98] if len(times) > 1 else float("inf"), **seen
        )
    finally:
        page.close()
        server.terminate()
        server.wait()


COUNT = """() => {
  window.counted = { frames: 0, long: 0, since: performance.now() };
  const count = () => { window.counted.frames++; requestAnimationFrame(count); };
  requestAnimationFrame(count);
  new PerformanceObserver((list) => (window.counted.long += list.getEntries().length)).observe({ type: "longtask" });
}"""
COUNTED = "({ ...window.counted, seconds: (performance.now() - window.counted.since) / 1000 })"


def _watched(page: Page, server: int) -> dict[str, Any]:
    """What the page and the server did for `WATCH_S`; then, apart, what came over the wire."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    busy, cpu, stolen = _task_s(session), _cpu_s(server), Stolen()
    page.evaluate(COUNT)
    time.sleep(WATCH_S)
    counted = page.evaluate(COUNTED)
    seconds = counted["seconds"]
    found = {
        "page_ms": 1000 * (_task_s(session) - busy) / seconds, "server_ms": 1000 * (_cpu_s(server) - cpu) / seconds,
        "fps": counted["frames"] / seconds, "long_tasks": counted["long"],
        "stolen": stolen.percent(),
    }  # fmt: skip
    return {**found, "bytes": _bytes_a_second(page, session)}


def _bytes_a_second(page: Page, session: Any) -> float:
    sizes: list[float] = []
    session.on("Network.webSocketFrameReceived", lambda e: sizes.append(_payload(e["response"])))
    session.on("Network.dataReceived", lambda e: sizes.append(e["encodedDataLength"] or e["dataLength"]))
    session.send("Network.enable")
    page.wait_for_timeout(8000)
    session.send("Network.disable")
    return sum(sizes) / 8


def _sent_a_second(port: int) -> float:
    def sent() -> int:
        with urlopen(f"http://127.0.0.1:{port}/sent") as answer:
            return int(answer.read())

    before, at = sent(), time.monotonic()
    time.sleep(8)
    return (sent() - before) / (time.monotonic() - at)


def _payload(response: dict[str, Any]) -> float:
    return len(response["payloadData"]) * (0.75 if response["opcode"] == 2 else 1)


def _task_s(session: Any) -> float:
    metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"])


def _cpu_s(pid: int) -> float:
    """User and system time of a process and those it started."""
    total = 0
    for one in (pid, *descendants(pid)):
        fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICK


def _viewers(wall: App, count: int = 100) -> Line:
    [server] = [p for p in descendants(wall.process.pid) if "app.py serve" in command_of(p) and not children(p)]

    def share() -> float:
        before, at = _cpu_s(server), time.monotonic()
        time.sleep(20)
        return 100 * (_cpu_s(server) - before) / (time.monotonic() - at)

    alone = share()
    module = [sys.executable, "-m", "tests.bench.viewers", str(wall.port), str(count), "45"]
    crowd = subprocess.Popen(module, stdout=subprocess.PIPE, text=True)
    time.sleep(15)
    watched = share()
    got = json.loads(crowd.communicate()[0])
    print(f"{count} viewers: {watched:.1f} % of a core, {alone:.1f} % with nobody; each got {got}", flush=True)
    return Line("100 viewers, share of a core (baseline: aim)", watched - alone, 4, "%", 1)


@contextmanager
def _load(socket: str, workers: int, *how: str) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.bench.load", socket, str(workers), "1200", *how]
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _reachable(page: Page, url: str) -> bool:
    try:
        page.goto(url)
    except Exception:
        return False
    return True
