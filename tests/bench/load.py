"""A crowd in the log: everybody moves a step or two every second, all at once, which is harder than any real city.

`python -m tests.bench.load SOCKET WORKERS SECONDS` runs it by itself.
"""

from __future__ import annotations

import sys
import time
from threading import Event

import msgspec
import numpy as np
import redis

BATCH = 2000
SOUTH, NORTH, WEST, EAST = 31.55, 31.95, 119.7, 120.15
_STEP = 2e-5


class Crowd:
    """`n` workers on duty in a rectangle around the demo city's middle."""

    def __init__(self, client: redis.Redis, n: int) -> None:
        self.client, self.ids = client, [f"C{k:06d}" for k in range(n)]
        self.dice = np.random.default_rng(n)
        self.lat = SOUTH + self.dice.random(n) * (NORTH - SOUTH)
        self.lon = WEST + self.dice.random(n) * (EAST - WEST)
        self.turn = 0

    def enlist(self) -> None:
        """Say who they are and that they are on duty."""
        for k in range(0, len(self.ids), BATCH):
            ids = self.ids[k : k + BATCH]
            n = len(ids)
            who = {"worker_id": ids, "name": ids, "role": ["full_time"] * n, "region": ["320402"] * n}
            self._add("worker.profiles", "wall:workers", f"p{k}", who)
            self._add("worker.duties", "wall:workers", f"d{k}", {"worker_id": ids, "status": ["available"] * n})

    def move(self) -> None:
        """One fix of everybody."""
        self.turn += 1
        self.lat += (self.dice.random(len(self.ids)) - 0.5) * _STEP
        self.lon += (self.dice.random(len(self.ids)) - 0.5) * _STEP
        lat, lon, now = np.round(self.lat, 6).tolist(), np.round(self.lon, 6).tolist(), time.time_ns() // 1_000_000
        pipe = self.client.pipeline(transaction=False)
        for k in range(0, len(self.ids), BATCH):
            ids, end = self.ids[k : k + BATCH], k + BATCH
            data = {"worker_id": ids, "lat": lat[k:end], "lon": lon[k:end], "fix_time": [now] * len(ids)}
            self._add("worker.fixes", "wall:positions", f"f{self.turn}-{k}", data, pipe)
        pipe.execute()

    def run(self, stop: Event) -> None:
        """Move once a second until told to stop."""
        due = time.monotonic()
        while not stop.wait(max(0.0, due - time.monotonic())):
            due += 1
            self.move()

    def _add(self, kind: str, stream: str, id: str, data: object, pipe: redis.Redis | None = None) -> None:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        fields = {
            "id": id,
            "source": f"crowd{len(self.ids)}",
            "type": kind,
            "time": at,
            "data": msgspec.json.encode(data),
        }
        (pipe or self.client).xadd(stream, fields, maxlen=5000 if stream == "wall:positions" else None)


def main(socket: str, workers: int, seconds: float) -> None:
    crowd = Crowd(redis.Redis(unix_socket_path=socket), workers)
    crowd.enlist()
    stop, until = Event(), time.monotonic() + seconds
    due = time.monotonic()
    while due < until:
        crowd.move()
        due += 1
        stop.wait(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
