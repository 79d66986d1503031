"""Everything at once through the ways in: 2,000 terminals on JT/T 808 at 1,500 fixes a second, and 1,000 a second in
batches over HTTP, for `WALL_BENCH_S` seconds (300), into a whole wall on this machine.

What was acknowledged is counted on the log: nothing may be missing or doubled. The time from sending to the answer,
which comes when it is on the log, is printed for each way.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import redis

from tests.bench.measure import Line, Stolen
from tests.e2e.walls import App, wait_for

SECONDS = int(os.environ.get("WALL_BENCH_S", "300"))
CONNECTIONS, FIXES, POSTED = 2000, 1500, 1000
TOKEN = "bench"
_FEEDS = """
feeds:
  - {{name: terminals, kind: jt808, crs: wgs84, listen: "127.0.0.1:{port}", roster: roster.csv}}
  - {{name: app, kind: http, crs: wgs84, token: "sha256:{hash}", accepts: [worker.], rate: 10000, burst: 20000}}
"""


@dataclass
class Told:
    """What a load says when it is over: fixes acknowledged, and how long each answer took, ms, sorted."""

    acknowledged: int = 0
    took: list[float] = field(default_factory=list)

    def share(self, part: float) -> float:
        return self.took[min(len(self.took) - 1, int(len(self.took) * part))]


def run() -> Iterator[Line]:
    """One wall, two loads."""
    with tempfile.TemporaryDirectory(prefix="wb") as name:
        folder = Path(name)
        port = _configured(folder)
        wall = App("run", "--no-simulator", data_dir=folder / "data", WALL_FEEDS_FILE=str(folder / "feeds.yaml"))
        try:
            wall.ready()
            wait_for(lambda: listening(port), 60)
            stolen = Stolen()
            terminals = started("terminals", str(port), SECONDS, FIXES)
            posts = started("posts", wall.url, SECONDS, POSTED)
            told = {"JT/T 808": ended(terminals), "HTTP": ended(posts)}
            print(f"stolen {stolen.percent():.1f} %", flush=True)
            counted = on_the_log(folder / "data" / "valkey.sock")
        finally:
            wall.stop()
    for way, said in told.items():
        parts = ", ".join(f"p{part * 100:g} {said.share(part):.0f}" for part in (0.5, 0.95, 0.99))
        print(f"{way}: {said.acknowledged:,} fixes acknowledged; ms to the answer {parts}", flush=True)
    for way, source in (("JT/T 808", "terminals"), ("HTTP", "app")):
        fixes, distinct = counted[source]
        yield Line(f"{way}: fixes acknowledged and not on the log", told[way].acknowledged - distinct, 1, "", 0)
        yield Line(f"{way}: fixes on the log twice", fixes - distinct, 1, "", 0)
    wanted = (FIXES * 0.97 * SECONDS, POSTED * 0.97 * SECONDS)
    for (way, said), least in zip(told.items(), wanted, strict=True):
        yield Line(f"{way}: fixes wanted (baseline: acknowledged)", least, said.acknowledged, "", 1)


def _configured(folder: Path) -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    text = _FEEDS.format(port=port, hash=hashlib.sha256(TOKEN.encode()).hexdigest())
    (folder / "feeds.yaml").write_text(text)
    rows = "".join(f"{13_000_000_000 + n},T{n}\n" for n in range(CONNECTIONS))
    (folder / "roster.csv").write_text("device,worker\n" + rows)
    return port


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def started(kind: str, where: str, seconds: int, rate: int) -> subprocess.Popen[str]:
    """A load that has begun."""
    command = [sys.executable, "-m", "tests.bench.wayload", kind, where, str(seconds), str(rate)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def ended(load: subprocess.Popen[str]) -> Told:
    """What it says."""
    out, _ = load.communicate(timeout=SECONDS + 300)
    said = json.loads(out)
    return Told(said["acknowledged"], sorted(said["took"]))


def on_the_log(server: Path) -> dict[str, tuple[int, int]]:
    """Fixes by source: how many there are, and how many different ones."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    with redis.Redis(unix_socket_path=str(server)) as client:
        at = b"-"
        while page := client.xrange("wall:positions", at, "+", count=2000):
            for _, fields in page:
                data = msgspec.json.decode(fields[b"data"])
                workers, times = data["worker_id"], data["fix_time"]
                pairs = zip(workers, times, strict=True) if isinstance(workers, list) else [(workers, times)]
                found[fields[b"source"].decode()].extend(pairs)
            at = b"(" + page[-1][0]
    return {source: (len(pairs), len(set(pairs))) for source, pairs in found.items()}
