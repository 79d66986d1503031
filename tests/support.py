"""Real parts in small sizes for the tests: a city of two districts, log entries, a log in a list, a viewer.

Nothing here stands in for the code under test: `ListLog` keeps the order and the ids a Redis Stream would, `Viewer`
folds frames the way a browser does, `Stage` runs a pipeline on a clock that only its reader moves.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import numpy as np

from dashboard import clock, frames
from dashboard.codec import Malformed
from dashboard.model import TYPES
from dashboard.picture import Picture
from dashboard.pipeline import Pipeline
from dashboard.push import Push
from dashboard.record import Entry
from dashboard.regions import GridIndex, Level, Region, Regions
from dashboard.replica import Replica
from dashboard.stats import Freshness
from dashboard.tracks import Tracks

T0 = clock.from_rfc3339("2026-03-12T14:32:08+08:00")
DISTRICTS = ("990101", "990102")
GRIDS = ("990101001001001", "990101001001002", "990102001001001", "990102001001002")
"""Squares of 0.1° from 30.0 N 110.0 E eastwards, in this order."""


def small_regions() -> Regions:
    """甲市: 东区 and 西区, a town and a community in each, two square grids in each community."""
    nodes = [Region("9901", "甲市", Level.city, None, 30.05, 110.2)]
    for k, (code, name) in enumerate(zip(DISTRICTS, ("东区", "西区"), strict=True)):
        here = (30.05, 110.1 + 0.2 * k)
        nodes += [
            Region(code, name, Level.district, "9901", *here),
            Region(f"{code}001", "河街道", Level.town, code, *here),
            Region(f"{code}001001", "桥头社区居委会", Level.community, f"{code}001", *here),
        ]
    nodes += [Region(c, "网格", Level.grid, c[:12], 30.05, 110.05 + 0.1 * k) for k, c in enumerate(GRIDS)]
    squares = [[1100 + k, 300, 1, 0, 0, 1, -1, 0] for k in range(len(GRIDS))]
    return Regions(nodes, GridIndex.from_rings(GRIDS, squares, 10))


def small_picture() -> Picture:
    """An empty picture of 甲市."""
    regions = small_regions()
    return Picture(regions.locate, regions.node)


def entry(kind: str, data: object, *, at: int = T0, n: int = 0, time_ms: int | None = None, **attributes: str) -> Entry:
    """A stream entry the log took at `at` (UTC ms) as number `n` of that millisecond.

    `data` is JSON text, or what to make it of; `attributes` may replace `id`, `source` and `time`, and `stream`.
    """
    stream = attributes.pop("stream", TYPES[kind][1] if kind in TYPES else "wall:events")
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    happened = clock.to_rfc3339(at if time_ms is None else time_ms)
    fields = {"id": f"{at}-{n}", "source": "test", "type": kind, "time": happened, "data": text} | attributes
    return Entry(stream, f"{at}-{n}", {key.encode(): value.encode() for key, value in fields.items()})


def reported(event_id: str = "e1", **more: object) -> dict[str, Any]:
    """The data of an `event.reported` in 东区."""
    place = {"lat": 30.05, "lon": 110.05}
    return {"event_id": event_id, "title": "井盖缺失", "category": "road", "severity": "major"} | place | more


def step(event_id: str, name: str, **more: object) -> dict[str, Any]:
    """The data of an `event.step`."""
    return {"event_id": event_id, "step": name} | more


def fix(worker_id: str = "w1", fix_time: object = T0, lat: float = 30.05, lon: float = 110.05) -> dict[str, Any]:
    """The data of a `worker.fix`."""
    return {"worker_id": worker_id, "lat": lat, "lon": lon, "fix_time": fix_time}


def profile(worker_id: str = "w1", region: str = GRIDS[0], **more: object) -> dict[str, Any]:
    """The data of a `worker.profile`."""
    return {"worker_id": worker_id, "name": f"张{worker_id}", "role": "full_time", "region": region} | more


MAIN_ROAD = ("accepted", "assigned", "handling", "feedback", "evaluated")
"""The shortest way through the steps after `reported`."""


def _order(entry_id: str) -> tuple[int, int]:
    ms, _, n = entry_id.partition("-")
    return int(ms), int(n or 0)


@dataclass
class ListLog:
    """A log in a list: what `Replica` and `past` need of one."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[tuple[Entry, Malformed]] = field(default_factory=list)
    saved: bytes | None = None

    def read(self, position: Mapping[str, str], block_ms: int | None, count: int) -> list[Entry]:
        """What comes after `position`; never waits."""
        after = [e for e in self.entries if _order(e.entry_id) > _order(position.get(e.stream, "0-0"))]
        return [e for stream in position for e in [x for x in after if x.stream == stream][:count]]

    def refuse(self, entry: Entry, fault: Malformed) -> None:
        """Keep it."""
        self.refused.append((entry, fault))

    def snapshot(self) -> bytes | None:
        """What the test saved."""
        return self.saved

    def oldest(self, stream: str) -> str:
        """The first one left."""
        return next((e.entry_id for e in self.entries if e.stream == stream), "0-0")

    def between(self, stream: str, first: str, last: str, count: int) -> list[Entry]:
        """Entries whose milliseconds lie in [first, last]."""
        inside = (e for e in self.entries if int(first) <= e.appended_ms <= int(last) and e.stream == stream)
        return list(inside)[:count]


def until(done: Callable[[], object], seconds: float = 5.0) -> bool:
    """Whether `done()` came true in time; for what another process or thread does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if done():
            return True
        time.sleep(0.02)
    return False


class Gap(Exception):  # noqa: N818 - it is said of the frames
    """A frame does not fit on what the viewer holds."""


class Viewer:
    """What a browser does with frames, written a second time: fold, then prove by the digest."""

    def __init__(self) -> None:
        self.epoch, self.seq = "", -1
        self.events: dict[str, dict[str, Any]] = {}
        self.workers: dict[int, tuple[int, int, int]] = {}
        self.fix_ms: dict[int, int] = {}
        self.ids: dict[int, str] = {}
        self.sections: dict[str, Any] = {}
        self.kinds: list[str] = []

    @property
    def digest(self) -> int:
        """From scratch, over everything held."""
        rows = np.array(sorted(self.workers), np.int64)
        values = np.array([self.workers[row] for row in rows.tolist()], np.int64).reshape(-1, 3)
        lon, lat = (np.ascontiguousarray(values[:, k].astype(np.int32)) for k in (0, 1))
        sums = frames.worker_digest(rows, lon, lat, values[:, 2].astype(np.uint8)).sum(dtype=np.uint64)
        return (int(sums) + sum(frames.text_digest(f"{i}:{e['v']}") for i, e in self.events.items())) % 2**32

    def take(self, blob: bytes) -> None:
        """Fold one frame. Raises Gap when it does not follow, or the digests differ."""
        header: dict[str, Any]
        header, columns = frames.unpack(blob)  # type: ignore[assignment]  # a header's values are of any type
        if header["kind"] == "snapshot":
            self.__init__()  # type: ignore[misc]  # forget everything, as a browser does
        elif (header["epoch"], header["seq"]) != (self.epoch, self.seq + 1):
            raise Gap(f"{self.epoch} {self.seq}, then {header['epoch']} {header['seq']}")
        self.epoch, self.seq = header["epoch"], header["seq"]
        self.kinds.append(header["kind"])
        self._fold(header, columns)
        if self.digest != header["digest"]:
            raise Gap(f"digest {self.digest}, the server's is {header['digest']}")

    def _fold(self, header: dict[str, Any], columns: Mapping[str, Any]) -> None:
        self.events |= {row["id"]: row for row in header["events"]["put"]}
        for event_id in header["events"]["del"]:
            del self.events[event_id]
        roster = header.get("roster", {"rows": [], "ids": []})
        self.ids |= dict(zip(roster["rows"], roster["ids"], strict=True))
        self.sections |= {key: header[key] for key in ("board", "kpi", "feeds", "streams", "tapes") if key in header}
        if "row" not in columns:
            return
        row = -1
        for gap, dlon, dlat, age in zip(*(columns[f"near.{c}"].tolist() for c in _NEAR_COLUMNS), strict=True):
            row += gap + 1
            lon, lat, flag = self.workers[row]
            self.workers[row] = (lon + dlon, lat + dlat, flag)
            self.fix_ms[row] = header["as_of"] - age
        for row, lon, lat, age, flag in zip(*(columns[c].tolist() for c in _WORKER_COLUMNS), strict=True):
            self.workers[row] = (lon, lat, flag)
            self.fix_ms[row] = header["as_of"] - age


_NEAR_COLUMNS = ("gap", "lon", "lat", "age")
_WORKER_COLUMNS = ("row", "lon", "lat", "age", "flag")


class Stage(ListLog):
    """A pipeline on a clock of its own: a blocking read moves the clock to the next thing that happens.

    Use with `clock.monotonic` and `clock.sleep` patched to the stage's. `sent` holds every delta with the second it
    left.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        self.stop = Event()
        self.sent: list[tuple[float, bytes]] = []
        self._plan: list[tuple[float, Callable[[], None]]] = []
        self.push = Push(lambda blob: self.sent.append((round(self.seconds, 6), blob)))
        self.replica = Replica(self, small_picture())
        self.pipeline = self._pipeline()

    def crowded(self) -> None:
        """From now on two workers are already too many to be sent whole."""
        self.pipeline = self._pipeline(people=1)

    def _pipeline(self, people: int = 20_000) -> Pipeline:
        tracks = Tracks(self.replica.picture.fleet, 3_600_000)
        self.replica.picture.on_fixes = tracks.add
        return Pipeline(self.replica, self.push, small_regions(), tracks, Freshness(), self.now_ms, people)

    def monotonic(self) -> float:
        """Seconds since the curtain rose."""
        return self.seconds

    def now_ms(self) -> int:
        """The stage's wall clock."""
        return T0 + round(self.seconds * 1000)

    def at(self, seconds: float, act: Callable[[], None]) -> None:
        """Do `act` then."""
        self._plan = sorted([*self._plan, (seconds, act)], key=lambda item: item[0])

    def before(self, *records: tuple[str, object]) -> None:
        """Put records on the log that the replica will find when it starts."""
        self.entries.extend(entry(k, d, n=n) for n, (k, d) in enumerate(records))

    def append_at(self, seconds: float, *records: tuple[str, object]) -> None:
        """Put records on the log then."""
        at = T0 + round(seconds * 1000)
        self.at(seconds, lambda: self.entries.extend(entry(k, d, at=at, n=n) for n, (k, d) in enumerate(records)))

    def join(self, viewer: Viewer) -> None:
        """A viewer comes now."""
        self.pipeline.join(viewer.epoch, viewer.seq, viewer.take, lambda: None)

    def read(self, position: Mapping[str, str], block_ms: int | None, count: int) -> list[Entry]:
        """As the log would, on the stage's clock."""
        found = super().read(position, None, count)
        if found or block_ms is None:
            return found
        until = self.seconds + block_ms / 1000
        if self._happens(until):
            return super().read(position, None, count)
        self.seconds = until
        return []

    def sleep(self, seconds: float) -> None:
        """Let everything planned for meanwhile happen."""
        until = self.seconds + seconds
        while self._happens(until):
            pass
        self.seconds = until

    def _happens(self, until: float) -> bool:
        """The next thing planned, if it is due by then."""
        if not self._plan or self._plan[0][0] > until:
            return False
        moment, act = self._plan.pop(0)
        self.seconds = max(self.seconds, moment)
        act()
        return True

    def play(self, seconds: float) -> None:
        """Run the pipeline for so long."""
        self.at(seconds, self.stop.set)
        self.pipeline.run(self.stop)

    def deltas(self) -> Sequence[dict[str, Any]]:
        """The headers of everything sent."""
        return [frames.unpack(blob)[0] for _, blob in self.sent]
