"""What goes away comes back, under load: mosquitto ended and started again, another Valkey killed, the wall's own log
paused for 30 s, while phones, terminals, an app and a neighbour send. What they sent is on the log once each.
"""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import redis

from feeds.embedded import EmbeddedServer
from tests.bench.measure import Line
from tests.bench.ways import TOKEN, ended, listening, on_the_log, started
from tests.brokers import Mosquitto
from tests.e2e.walls import App, children, wait_for

SECONDS, RATE, PAUSE_S, AWAY_S = 90, 200, 30, 5
_FEEDS = """
feeds:
  - {{name: terminals, kind: jt808, crs: wgs84, listen: "127.0.0.1:{port}", roster: roster.csv}}
  - {{name: app, kind: http, crs: wgs84, token: "sha256:{hash}", accepts: [worker.], rate: 10000, burst: 20000}}
  - {{name: phones, kind: owntracks, crs: wgs84, broker: "{broker}", roster: roster.csv}}
  - {{name: neighbour, kind: redis, crs: wgs84, url: "{other}", stream: s}}
"""


def run() -> Iterator[Line]:
    """One wall, four loads, three outages."""
    with tempfile.TemporaryDirectory(prefix="wb") as name, tempfile.TemporaryDirectory(prefix="wb") as away:
        folder, other = Path(name), EmbeddedServer(Path(away))
        (folder / "mqtt").mkdir()
        broker = Mosquitto(folder / "mqtt")
        other.__enter__()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        code = hashlib.sha256(TOKEN.encode()).hexdigest()
        (folder / "feeds.yaml").write_text(_FEEDS.format(port=port, hash=code, broker=broker.url, other=other.url))
        rows = [f"{13_000_000_000 + n},T{n}" for n in range(2000)] + [f"u/{n},W{n}" for n in range(100)]
        (folder / "roster.csv").write_text("device,worker\n" + "\n".join(rows) + "\n")
        wall = App("run", "--no-simulator", data_dir=folder / "data", WALL_FEEDS_FILE=str(folder / "feeds.yaml"))
        try:
            wall.ready()
            wait_for(lambda: listening(port), 60)
            time.sleep(5)
            loads = {
                "terminals": started("terminals", str(port), SECONDS, RATE),
                "app": started("posts", wall.url, SECONDS, RATE),
                "phones": started("phones", str(broker.port), SECONDS, RATE),
                "neighbour": started("entries", other.url, SECONDS, RATE),
            }
            _outages(wall, broker, other)
            told = {source: ended(load) for source, load in loads.items()}
            time.sleep(10)
            counted = on_the_log(folder / "data" / "valkey.sock")
        finally:
            wall.stop()
            broker.kill()
            other.__exit__()
    for source, said in told.items():
        fixes, distinct = counted.get(source, (0, 0))
        print(f"{source}: {said.acknowledged:,} sent, {fixes:,} on the log", flush=True)
        yield Line(f"{source}: sent and not on the log", said.acknowledged - distinct, 1, "", 0)
        yield Line(f"{source}: on the log twice", fixes - distinct, 1, "", 0)


def _outages(wall: App, broker: Mosquitto, other: EmbeddedServer) -> None:
    time.sleep(10)
    print(f"mosquitto away for {AWAY_S} s", flush=True)
    broker.end()
    time.sleep(AWAY_S)
    broker.start()
    time.sleep(10)
    print(f"the other Valkey killed, away for {AWAY_S} s", flush=True)
    with redis.Redis.from_url(other.url) as client:
        os.kill(client.info("server")["process_id"], signal.SIGKILL)
    other.__exit__()
    time.sleep(AWAY_S)
    other.__enter__()
    time.sleep(10)
    [log] = [pid for pid in children(wall.process.pid) if "valkey" in Path(f"/proc/{pid}/comm").read_text()]
    print(f"the log paused for {PAUSE_S} s", flush=True)
    os.kill(log, signal.SIGSTOP)
    time.sleep(PAUSE_S)
    os.kill(log, signal.SIGCONT)
