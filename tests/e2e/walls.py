"""A real wall for the tests: app.py in processes of its own on a log of its own, and a plain client on that log."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import redis
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 90
"""How long something may take: only what hangs takes longer, on however busy a machine."""

TOLD = 4000
"""So many characters of what a wall logged last, and of what stands on a page, are told of a test that has failed."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], Any], seconds: float = PATIENCE_S, pause: float = 0.05) -> Any:
    """The first true answer of `what`; AssertionError when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        if answer := what():
            return answer
        assert time.monotonic() < deadline, f"nothing within {seconds} s"
        time.sleep(pause)


def holds(page: Page, expression: str) -> None:
    """Wait until a page's expression is true; unlike Playwright's own way, within the page's security policy."""
    wait_for(lambda: page.evaluate(expression))


def view(page: Page) -> dict[str, float]:
    """Centre and zoom of the situation map."""
    found: dict[str, float] = page.evaluate("window.wall.views()['map-situation']")
    return found


def came_to_rest(page: Page, other_than: dict[str, float] | None = None) -> dict[str, float]:
    """The situation map's view when two looks at it agree: nothing glides any more, however slowly frames come."""
    last: dict[str, float] | None = None

    def rests() -> dict[str, float] | None:
        nonlocal last
        page.evaluate("new Promise(requestAnimationFrame)")
        before, last = last, view(page)
        return last if last == before and last != other_than else None

    return wait_for(rests, pause=0.3)


class App:
    """One app.py process; `health` asks its web replica when it has one."""

    def __init__(self, *arguments: str, data_dir: Path, port: int | None = None, **environment: str) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.data_dir = data_dir
        variables = {
            "WALL_DATA_DIR": str(data_dir),
            "WALL_PORT": str(self.port),
            "WALL_DEMO_MONTHS": "0",
            **environment,
        }
        self.log = (data_dir.parent / f"app-{self.port}.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), *arguments],
            env={**os.environ, **variables}, stdout=self.log, stderr=self.log,
        )  # fmt: skip

    def health(self) -> dict[str, Any] | None:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=20) as answer:
                health: dict[str, Any] = json.load(answer)
                return health
        except OSError:
            return None

    def ready(self) -> dict[str, Any]:
        return wait_for(self.health)

    def client(self) -> redis.Redis:
        """A plain client on the log: what any integrator has."""
        return redis.Redis(unix_socket_path=str(self.data_dir / "valkey.sock"))

    def caught_up(self) -> dict[str, Any]:
        """The health once the replica stands at the end of every stream."""

        def settled() -> dict[str, Any] | None:
            health = self.health()
            ends = ends_of(self.client())
            return health if health and health["position"] == ends else None

        return wait_for(settled)

    def end(self) -> None:
        """End it with everything it has started, at once: for a wall that has been looked at and is of no more use."""
        started = [self.process.pid, *descendants(self.process.pid)]
        for pid in started:  # the parent first, for it would start the others again
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        wait_for(lambda: not any(command_of(pid) for pid in started))
        self.log.close()
        print(Path(self.log.name).read_text("utf-8", "replace")[-TOLD:])  # shown of a test that has failed

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def ends_of(client: redis.Redis) -> dict[str, str]:
    """Last entry id of every stream that folds."""
    names = ["events", "positions", "workers", "alarms", "readings", "control"]
    ends = {f"wall:{name}": client.xrevrange(f"wall:{name}", count=1) for name in names}
    return {stream: end[0][0].decode() for stream, end in ends.items() if end}


def children(pid: int) -> list[int]:
    """Process ids whose parent is `pid` (Linux)."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


def descendants(pid: int) -> list[int]:
    found = children(pid)
    return found + [grandchild for child in found for grandchild in descendants(child)]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except FileNotFoundError:
        return ""


def xadd(client: redis.Redis, kind: str, data: Mapping[str, Any], *, id: str, source: str = "test") -> str:
    """One record, happening now, as any client would add it."""
    streams = {"event": "wall:events", "worker.fix": "wall:positions", "worker": "wall:workers"}
    stream = next(name for prefix, name in sorted(streams.items(), reverse=True) if kind.startswith(prefix))
    at = datetime.now(UTC).isoformat()
    entry = client.xadd(stream, {"id": id, "source": source, "type": kind, "time": at, "data": json.dumps(data)})
    return entry.decode()


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def report(client: redis.Redis, event_id: str, steps: Iterable[str] = (), **fields: Any) -> None:
    """An event, and the steps it has taken, all now."""
    data = {
        "event_id": event_id, "title": "路灯不亮", "category": "public_facility", "severity": "normal",
        "lat": 31.78, "lon": 119.95, "channel": "grid_worker",
    }  # fmt: skip
    xadd(client, "event.reported", {**data, **fields}, id=f"{event_id}-0")
    for n, step in enumerate(steps, 1):
        due = {"due": now_ms() + 3_600_000} if step == "accepted" else {}
        xadd(client, "event.step", {"event_id": event_id, "step": step, **due}, id=f"{event_id}-{n}")
