"""A crowd in the log: everybody moves a step or two every second, all at once, which is harder than any real city.

`python -m tests.bench.load SOCKET WORKERS SECONDS [spread]` runs it by itself; with `spread` the second's reports come
evenly over the second, as phones do that know nothing of each other.
"""

from __future__ import annotations

import sys
import time
from threading import Event
from typing import Any

import msgspec
import numpy as np
import redis

BATCH = 2000
SOUTH, NORTH, WEST, EAST = 31.55, 31.95, 119.7, 120.15
_STEP = 2e-5
_SPREAD_S = 0.98
_PARTS = 20
_TURNS = 8
"""So many turns are encoded beforehand, then walked to and fro: the load shall not compete with the wall."""


class Crowd:
    """`n` workers on duty in a rectangle around the demo city's middle."""

    def __init__(self, client: redis.Redis, n: int) -> None:
        self.client, self.ids = client, [f"C{k:06d}" for k in range(n)]
        self.dice = np.random.default_rng(n)
        lat = SOUTH + self.dice.random(n) * (NORTH - SOUTH)
        lon = WEST + self.dice.random(n) * (EAST - WEST)
        walk = [self._encoded(lat + self._strayed(), lon + self._strayed()) for _ in range(_TURNS)]
        self._walk, self.turn = [*walk, *walk[-2:0:-1]], 0

    def enlist(self) -> None:
        """Say who they are and that they are on duty."""
        for k in range(0, len(self.ids), BATCH):
            ids = self.ids[k : k + BATCH]
            n = len(ids)
            who = {"worker_id": ids, "name": ids, "role": ["full_time"] * n, "region": ["320402"] * n}
            self._add("worker.profiles", "wall:workers", f"p{k}", msgspec.json.encode(who))
            duties = {"worker_id": ids, "status": ["available"] * n}
            self._add("worker.duties", "wall:workers", f"d{k}", msgspec.json.encode(duties))

    def move(self, spread_s: float = 0) -> None:
        """One fix of everybody, evenly over so many seconds, a twentieth at a time."""
        self.turn += 1
        began, turn = time.monotonic(), self._walk[self.turn % len(self._walk)]
        parts = _PARTS if spread_s else 1
        for part in range(parts):
            time.sleep(max(0.0, began + part / parts * spread_s - time.monotonic()))
            now = b"%d" % (time.time_ns() // 1_000_000)
            pipe = self.client.pipeline(transaction=False)
            for k in range(part, len(turn), parts):
                n, places = turn[k]
                data = places[:-1] + b',"fix_time":[' + b",".join([now] * n) + b"]}"
                self._add("worker.fixes", "wall:positions", f"f{self.turn}-{k}", data, pipe)
            pipe.execute()

    def _strayed(self) -> np.ndarray:
        return (self.dice.random(len(self.ids)) - 0.5) * _STEP

    def _encoded(self, lat: np.ndarray, lon: np.ndarray) -> list[tuple[int, bytes]]:
        """Everybody's place as JSON without the time, in batches of so many."""
        places = np.round(lat, 6).tolist(), np.round(lon, 6).tolist()
        found = []
        for k in range(0, len(self.ids), BATCH):
            ids, lats, lons = (part[k : k + BATCH] for part in (self.ids, *places))
            found.append((len(ids), msgspec.json.encode({"worker_id": ids, "lat": lats, "lon": lons})))
        return found

    def run(self, stop: Event) -> None:
        """Move once a second until told to stop."""
        due = time.monotonic()
        while not stop.wait(max(0.0, due - time.monotonic())):
            due += 1
            self.move()

    def _add(self, kind: str, stream: str, id: str, data: bytes, pipe: redis.Redis | None = None) -> None:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        fields: dict[Any, Any] = {
            "id": id,
            "source": f"crowd{len(self.ids)}",
            "type": kind,
            "time": at,
            "data": data,
        }
        (pipe or self.client).xadd(stream, fields, maxlen=5000 if stream == "wall:positions" else None)


def main(socket: str, workers: int, seconds: float, spread: bool) -> None:
    crowd = Crowd(redis.Redis(unix_socket_path=socket), workers)
    crowd.enlist()
    stop, until = Event(), time.monotonic() + seconds
    due = time.monotonic()
    while due < until:
        crowd.move(_SPREAD_S if spread else 0)
        due += 1
        stop.wait(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:] == ["spread"])
