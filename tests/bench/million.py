"""A million events within reach: what they cost the wall when all but 20,000 have left its memory.

What is counted every second is measured against the same 20,000 events with nobody gone: the million must cost nothing.
How it would be with everybody in memory is measured with a tenth of them.
"""

from __future__ import annotations

import shutil
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import msgspec
import numpy as np

from dashboard import clock, cold
from dashboard.cities import load_city
from dashboard.cold import Cold
from dashboard.eventstate import EventState, Trace
from dashboard.lookup import Wanted, find
from dashboard.model import MAIN_STEPS, EventRated, Step
from dashboard.picture import Picture, PictureState
from dashboard.pieces import Id, name_of
from dashboard.regions import Level
from dashboard.sections import Sections
from dashboard.stats import Freshness
from feeds.coldwriter import GROUP
from feeds.parquet import save
from tests.bench import scene
from tests.bench.measure import Line, taken

GONE, HOT, OPEN, TENTH = 980_000, 20_000, 10_000, 100_000
FILES = 20
ASKED = 200
RESTORE_S, ANSWER_MS, SEARCH_MS = 3.0, 100.0, 1000.0
CITY = load_city("changzhou")
GRIDS = [grid.code for grid in CITY.regions.of_level(Level.grid)]
WORDS = ("井盖缺失", "楼道堆物", "夜间施工噪音", "路灯不亮", "电动车飞线充电", "垃圾满溢", "消防通道被占", "邻里纠纷")


def event(number: int, *, is_open: bool = False) -> EventState:
    """A matter of the last thirteen months, with a record of nine lines, or one that is being handled."""
    age = number % (OPEN * 6 if is_open else 396 * 1440) * clock.HOUR_MS // 60
    at = scene.NOW_MS - age - (0 if is_open else 8 * clock.DAY_MS)
    steps = MAIN_STEPS[:4] if is_open else MAIN_STEPS
    lines = [
        Trace(at + k * 600_000, step, f"0{k % 6 + 1}席", "seat", "hotline", "city_management")
        for k, step in enumerate(steps)
    ]
    entered = [line.at_ms for line in lines] + [-1] * (8 - len(lines))
    return EventState(
        f"SJ{number:09d}", f"{number % 997}号院{WORDS[number % 8]}，居民多次反映未解决", "road", number % 4 + 1,
        31.3 + number % 6000 / 1e4, 119.2 + number % 9000 / 1e4, GRIDS[number % len(GRIDS)], "hotline", "工人新村",
        at, Step(steps[-1]), lines[-1].at_ms, at + clock.DAY_MS, None if is_open else lines[-1].at_ms, "urban",
        f"W{number % 13080:05d}", entered=entered, process="suzhou", trail=lines,
    )  # fmt: skip


def archive(folder: Path) -> int:
    """Write those who are gone; returns bytes."""
    for k in range(FILES):
        some = [event(n) for n in range(k, GONE, FILES)]
        upto: Id = (scene.NOW_MS - FILES + k, 0)
        rows = cold.table(some, [n + 1 for n in range(len(some))], upto, CITY.procedure)
        path = cold.folder_of(folder) / name_of(upto, upto)
        save(folder, f"{cold.row_query()} ORDER BY key", [], path, GROUP, rows)
    return sum(path.stat().st_size for path in cold.folder_of(folder).iterdir())


def snapshot(hot: int) -> bytes:
    """As the historian saves it, with so many events in memory."""
    picture = Picture(CITY.regions.locate, CITY.regions.node, CITY.procedure)
    for n in range(GONE, GONE + hot):
        picture.events.restore(event(n, is_open=n < GONE + OPEN))
    picture.position = {"wall:events": f"{scene.NOW_MS}-0"}
    return zlib.compress(msgspec.msgpack.encode(picture.export()), 1)


def restored(blob: bytes, folder: Path | None) -> Picture:
    """A replica that starts from it."""
    picture = Picture(CITY.regions.locate, CITY.regions.node, CITY.procedure, cold=Cold(folder))
    state = msgspec.msgpack.decode(zlib.decompress(blob), type=PictureState)
    picture.restore(msgspec.structs.replace(state, left=None))
    return picture


def seconds(*pictures: Picture) -> list[float]:
    """What is counted of the whole city once a second, ms, of several pictures by turns."""
    books = [(picture, Sections(CITY.regions, Freshness())) for picture in pictures]
    found: list[list[float]] = [[] for _ in pictures]

    def count(picture: Picture, sections: Sections, now_ms: int) -> None:
        sections.follow(picture, now_ms)
        sections.of(picture, "", now_ms)

    for k in range(60):
        now_ms = scene.NOW_MS + k * 1000
        for (picture, sections), times in zip(books, found, strict=True):
            times += taken(lambda p=picture, s=sections, at=now_ms: count(p, s, at), 1)
    return [median(times) for times in found]


def resident_mb() -> float:
    """What this process holds in memory (Linux)."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


class Look:
    """A pipeline that holds still."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture

    def look(self, read):  # type: ignore[no-untyped-def]  # generic, as the pipeline's
        return read(self._picture)


def run() -> Iterator[Line]:
    """Memory, start, what a second costs, and how long an answer from the archive takes."""
    folder = Path(tempfile.mkdtemp(prefix="wall-bench-"))
    try:
        size = archive(folder)
        print(f"{GONE:,} events in {size / 2**20:.0f} MiB, {size / GONE:.0f} bytes each", flush=True)
        yield from _measure(folder)
    finally:
        shutil.rmtree(folder)


def _measure(folder: Path) -> Iterator[Line]:
    blob, start_mb = snapshot(HOT), resident_mb()
    plain = restored(blob, None)
    plain_mb = resident_mb() - start_mb
    began = clock.monotonic()
    lean = restored(blob, folder)
    took_s, lean_mb = clock.monotonic() - began, resident_mb() - start_mb - plain_mb
    assert (plain.events.total, lean.events.total) == (HOT, HOT + GONE)
    yield Line("a replica's start, a million events (baseline: limit)", took_s, RESTORE_S, "s", 1)
    yield Line("memory of a million events (baseline: of 20,000 alone)", lean_mb, plain_mb, "MiB")
    yield Line("a second's counting (baseline: of 20,000 alone)", *seconds(lean, plain), "ms", 1.1)
    many = snapshot(TENTH)
    yield Line("a snapshot (baseline: of a tenth, all in memory)", len(blob) / 2**20, len(many) / 2**20, "MiB")
    yield Line("a second's counting (baseline: a tenth, in memory)", *seconds(lean, restored(many, None)), "ms")
    yield from _asked(lean)


def _asked(lean: Picture) -> Iterator[Line]:
    ids = iter([f"SJ{n:09d}" for n in np.random.default_rng(3).integers(0, GONE, 2 * ASKED)])
    p95 = quantiles(taken(lambda: lean.events[next(ids)], ASKED), n=20)[18]
    yield Line("one event from the archive, p95 (baseline: limit)", p95, ANSWER_MS, "ms", 1)
    rated = quantiles(taken(lambda: lean.events.fold(EventRated(next(ids), 4), scene.NOW_MS), 100), n=20)[18]
    yield Line("a late rating folded, p95 (baseline: limit)", rated, ANSWER_MS, "ms", 1)
    words = (f"{n}号院" for n in range(100, 990, 30))
    searches = taken(lambda: find(Look(lean), Wanted(next(words), 0, 2**53, most=50), CITY.regions), 20)
    yield Line(
        "a search by words in all of them, p95 (baseline: limit)", quantiles(searches, n=20)[18], SEARCH_MS, "ms", 1
    )
