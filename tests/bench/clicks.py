"""Glass times of the wall while ten analysts click through the workbench, beside those when nobody does.

Demo wall with thirteen months of history, `/` in a headless Chromium at 1920×1080. A click is what one on the
workbench's page asks: the address, the column, the cards and every chart of a tab, at once; each comes every `PAUSE_S`.
Analysts' own browsers draw on machines of their own, so what is replayed here is what they ask.

`python -m tests.bench.clicks PORT SECONDS FILE` clicks by itself; the file holds a click, as JSON.
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
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from statistics import fmean, median, quantiles
from threading import Thread
from typing import Any

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from conftest import FLAGS
from walls import App, holds, now_ms, wait_for

from tests.bench.measure import Line, Stolen

ANALYSTS, PAUSE_S, WATCH_S, ROUNDS, SETTLE_S = 10, 4.0, 25, 5, 12
WORSE = 1.1
ANSWER = "_dash-update-component"
CHOICES = (
    "when=7d", "when=today", "when=month", "when=year", "region=320412", "region=320481", "region=320402", "severity=1",
    "severity=2", "category=city_appearance", "category=dispute", "department=police", "department=fire",
    "channel=grid_worker", "channel=hotline_12345", "against=before",
)  # fmt: skip
Body = dict[str, Any]


def run() -> Iterator[Line]:
    """Alone and with the ten in turns, for the machine's host is not as busy at all times."""
    found = os.environ.get("WALL_CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory(prefix="bench") as folder, sync_playwright() as playwright:
        wall = App("run", data_dir=Path(folder) / "data", WALL_DEMO_MONTHS="13")
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        try:
            wait_for(lambda: (wall.health() or {}).get("events", 0) > 1_000_000, 400, 1.0)
            click = Path(folder) / "click.json"
            click.write_text(json.dumps(one_click(chromium.new_page(), wall.url)))
            page = chromium.new_page(viewport={"width": 1920, "height": 1080})
            page.goto(wall.url)
            holds(page, "window.wall?.debug?.().workers >= 13080")
            page.wait_for_timeout(SETTLE_S * 1000)
            stolen = Stolen()
            seen = [(watched(page), beside(page, wall.port, click)) for _ in range(ROUNDS)]
        finally:
            chromium.close()
            wall.stop()
    for name, word in (("p50", "median"), ("p99", "99th percentile")):
        alone, clicked = (fmean(side[name] for side in sides) for sides in zip(*seen, strict=True))
        yield Line(f"glass while {ANALYSTS} click, {word} (baseline: nobody)", clicked, alone, "ms", WORSE)
    yield Line("stolen by the host (no target)", stolen.percent(), 100.0, "%")


def one_click(page: Page, url: str) -> list[Body]:
    """What a click on the workbench's page asks, the address first; once the history is all there."""
    asked: list[Body] = []
    page.on("request", lambda request: ANSWER in request.url and asked.append(json.loads(request.post_data or "{}")))

    def there() -> bool:
        page.goto(f"{url}/analyst")
        page.wait_for_timeout(8000)
        return bool(page.query_selector(".js-plotly-plot"))

    wait_for(there, 120, 1.0)
    asked.clear()
    page.click('a[href="/analyst?against=year"]')
    page.wait_for_timeout(4000)
    page.close()
    assert len(asked) > 5, f"a click asked {len(asked)} questions"
    return asked


def watched(page: Page) -> dict[str, float]:
    """The page's own glass times over a while."""
    page.evaluate("window.wall.resetGlass()")
    page.wait_for_timeout(WATCH_S * 1000)
    glass: dict[str, float] = page.evaluate("window.wall.debug().glass")
    return glass


def beside(page: Page, port: int, click: Path) -> dict[str, float]:
    """Those while the analysts click, in a process of their own."""
    module = [sys.executable, "-m", "tests.bench.clicks", str(port), str(WATCH_S + 3), str(click)]
    with subprocess.Popen(module) as analysts:
        page.wait_for_timeout(2000)
        glass = watched(page)
        assert analysts.wait() == 0, "an analyst got no answer"
    return glass


class Analyst:
    """Clicks something else every `PAUSE_S`, and notes how long each answer took, ms."""

    def __init__(self, number: int, port: int, click: list[Body]) -> None:
        self.name, self._port, self._click = f"analyst{number}", port, click
        self._dice, self._late_s = Random(number), number * PAUSE_S / ANALYSTS
        self.took: list[float] = []

    def run(self, until: float) -> None:
        """Click until then (seconds of the monotonic clock)."""
        time.sleep(self._late_s)
        while (began := time.monotonic()) < until:
            first, *others = self._bodies("?" + "&".join(self._dice.sample(CHOICES, 2)))
            self._ask(first)
            asking = [Thread(target=self._ask, args=(body,)) for body in others]
            for thread in asking:
                thread.start()
            for thread in asking:
                thread.join()
            time.sleep(max(0.0, began + PAUSE_S - time.monotonic()))

    def _bodies(self, search: str) -> list[Body]:
        """The click again, for another address, by this analyst."""
        bodies: list[Body] = json.loads(json.dumps(self._click))
        for body in bodies:
            for part in (*body.get("inputs", []), *body.get("state", [])):
                value = part.get("value")
                if isinstance(value, dict) and "page" in value:
                    value |= {"page": self.name}
                    value |= {"search": search, "at": now_ms()} if "search" in value else {}
                elif isinstance(value, str) and value.startswith("?"):
                    part["value"] = search
                elif part.get("property") == "data-drawn":
                    part["value"] = None
        return bodies

    def _ask(self, body: Body) -> None:
        began = time.monotonic()
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        connection.request("POST", f"/analyst/{ANSWER}", json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status in (200, 204), answer.status
        self.took.append((time.monotonic() - began) * 1000)


def main(port: int, seconds: float, click: Path) -> int:
    analysts = [Analyst(n, port, json.loads(click.read_text())) for n in range(ANALYSTS)]
    until = time.monotonic() + seconds
    threads = [Thread(target=analyst.run, args=(until,)) for analyst in analysts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = [ms for analyst in analysts for ms in analyst.took]
    print(f"{len(took)} answers, p50 {median(took):.0f} ms, p95 {quantiles(took, n=20)[-1]:.0f} ms", flush=True)
    return 0 if len(took) > seconds * ANALYSTS / PAUSE_S else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3])))
