"""Nothing is lost: processes are killed under load, and everybody comes back to the same picture."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

from conftest import Open
from walls import App, command_of, descendants, holds, now_ms, report, wait_for, xadd


def web_worker(wall: App) -> int:
    """The process that holds the web replica: the newest descendant that runs `serve`."""
    return max(pid for pid in descendants(wall.process.pid) if " serve" in command_of(pid))


class Load:
    """Events and fixes, a few hundred a second, until stopped; counts what the log has accepted."""

    def __init__(self, wall: App) -> None:
        self._client, self._stop = wall.client(), threading.Event()
        self.events = self.fixes = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Load:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._stop.is_set():
            for _ in range(20):
                n = self.fixes
                fix = {"worker_id": f"W{n % 500}", "lat": 31.6 + n % 97 / 500, "lon": 119.9, "fix_time": now_ms()}
                xadd(self._client, "worker.fix", fix, id=f"f{n}")
                self.fixes += 1
            report(self._client, f"L{self.events}", ["accepted"])
            self.events += 1
            time.sleep(0.05)


def test_killed_web_process_comes_back_to_the_state_of_one_that_never_died(wall: App, open_page: Open) -> None:
    survivor = App("serve", data_dir=wall.data_dir)
    try:
        survivor.ready()
        page, _ = open_page(wall.url)
        with Load(wall) as load:
            holds(page, "window.wall.debug().events > 5")
            epoch = page.evaluate("window.wall.debug().epoch")
            os.kill(web_worker(wall), signal.SIGKILL)
            holds(page, "window.wall.debug().link === 'down'")
            wait_for(wall.health)
            holds(page, f"window.wall.debug().link === 'live' && window.wall.debug().epoch !== '{epoch}'")
            time.sleep(0.5)
        # Seats are found for the last events meanwhile: the two are compared once nothing more comes.
        wait_for(lambda: wall.caught_up()["feeds"]["routing"]["records"] == load.events)
        mine, other = wall.caught_up(), survivor.caught_up()
        assert mine["state_hash"] == other["state_hash"]
        assert mine["events"] == load.events
        assert mine["feeds"]["test"]["duplicates"] == 0
        assert mine["feeds"]["test"]["records"] == load.events * 2 + load.fixes
        holds(page, f"window.wall.debug().stateHash === '{mine['state_hash']}'")
        assert page.evaluate("window.wall.debug().events") == load.events
    finally:
        survivor.stop()


def test_everything_killed_at_once_loses_nothing_that_was_accepted(short_dir: Path) -> None:
    first = App("run", "--no-simulator", data_dir=short_dir / "data")
    first.ready()
    with Load(first) as load:
        wait_for(lambda: load.events > 10)
        accepted = load.events - 1
        processes = descendants(first.process.pid)
        first.process.kill()
    wait_for(lambda: not any(command_of(pid) for pid in processes))
    again = App("run", "--no-simulator", data_dir=short_dir / "data")
    try:
        again.ready()
        assert again.caught_up()["events"] >= accepted
    finally:
        again.stop()


def test_a_silent_server_is_not_mistaken_for_a_calm_city(wall: App, open_page: Open) -> None:
    report(wall.client(), "E1")
    page, _ = open_page(wall.url)
    page.wait_for_selector("[data-testid=event-row]")
    frozen = [pid for pid in descendants(wall.process.pid) if "serve" in command_of(pid)]
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        holds(page, "window.wall.debug().link === 'down'")
        for screen in ("map", "queue", "workers", "kpi"):
            page.wait_for_selector(f"[data-testid=screen-{screen}].is-stale")
        assert "停更" in page.locator("[data-testid=screen-queue]").inner_text()
        assert "中断" in page.locator("[data-testid=link-state]").inner_text()
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
    holds(page, "window.wall.debug().link === 'live'")
    holds(page, "!document.querySelector('.is-stale')")
