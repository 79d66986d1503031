"""How fast the past answers: 30 days of 13,080 workers, a fix a minute for eight hours a day, 188 million fixes.

The archive's files are written as a finished day's are: sixteen shares, sorted by worker and time. The baseline is what
one gets by writing the same fixes as they come, a Parquet file an hour, for the first three days.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np

from dashboard import archive, clock, history
from dashboard.history import History
from dashboard.picture import Picture
from dashboard.pieces import SHARES
from dashboard.tracks import Tracks
from feeds.archivist import GROUP
from feeds.parquet import FORMAT
from tests.bench import scene
from tests.bench.measure import Line

DAYS, PER_DAY, BASELINE_DAYS, QUERIES = 30, 480, 3, 200
HOUR, DAY = clock.HOUR_MS, clock.DAY_MS
START = clock.city_midnight(scene.NOW_MS - DAYS * DAY)
LIMIT_MS = 300.0
Columns = dict[str, np.ndarray]


class Memory:
    """A replica that has just started and has nothing in memory."""

    def __init__(self) -> None:
        self._picture = scene.picture()
        self.tracks = Tracks(self._picture.fleet, HOUR)

    def look(self, read: Callable[[Picture], history.T]) -> history.T:
        """What `read` finds."""
        return read(self._picture)


def run() -> Iterator[Line]:
    """Tracks and neighbours, p50 and p95, after writing it all."""
    folder = Path(tempfile.mkdtemp(prefix="wall-bench-"))
    try:
        began = time.perf_counter()
        _write(folder)
        size = sum(path.stat().st_size for path in archive.fixes_dir(folder).rglob("*.parquet"))
        rows = DAYS * scene.WORKERS * PER_DAY
        print(f"{rows:,} fixes, {size / 2**30:.2f} GiB, written in {time.perf_counter() - began:.0f} s", flush=True)
        yield from _measure(History(folder, Memory(), None), sorted(map(str, (folder / "hours").iterdir())))
    finally:
        shutil.rmtree(folder)


def _measure(past: History, hours: list[str]) -> Iterator[Line]:
    dice = np.random.default_rng(7)
    spans = np.exp(dice.uniform(np.log(HOUR), np.log(DAYS * DAY), QUERIES))
    asked = [(_who(dice), *_window(dice, span, DAYS)) for span in spans]
    taken = [_ms(lambda q=q: past.track([q[0]], q[1], q[2])) for q in asked]
    yield Line("a worker's track, 1 h to 30 days: p50 (baseline: limit)", _p(taken, 50), LIMIT_MS, "ms")
    yield Line("a worker's track, 1 h to 30 days: p95 (baseline: limit)", _p(taken, 95), LIMIT_MS, "ms", 1)
    month = [_ms(lambda: past.track([_who(dice)], START, START + DAYS * DAY)) for _ in range(20)]
    yield Line("a worker's track, all 30 days: p95 (baseline: limit)", _p(month, 95), LIMIT_MS, "ms", 1)

    few = [(_who(dice), *_window(dice, span, BASELINE_DAYS)) for span in dice.uniform(HOUR, 3 * DAY, 20)]
    ours = [_ms(lambda q=q: past.track([q[0]], q[1], q[2])) for q in few]
    plain = [_ms(lambda q=q: _plain_track(hours, *q)) for q in few]
    yield Line("a track within 3 days: p95 (baseline: a file an hour)", _p(ours, 95), _p(plain, 95), "ms", 0.5)

    places = [(*_place(dice), *_window(dice, HOUR / 2, BASELINE_DAYS)) for _ in range(20)]
    ours = [_ms(lambda q=q: past.near(q[0], q[1], 500, q[2], q[3])) for q in places]
    plain = [_ms(lambda q=q: _plain_near(hours, *q)) for q in places]
    yield Line("near a place for half an hour: p95 (baseline: the same)", _p(ours, 95), _p(plain, 95), "ms")


def _write(folder: Path) -> None:
    ids = [f"W{n:05d}" for n in range(scene.WORKERS)]
    shares = {share: [n for n, worker in enumerate(ids) if archive.share_of(worker) == share] for share in SHARES}
    (folder / "hours").mkdir()
    with duckdb.connect() as database:
        for day in range(DAYS):
            midnight = START + day * DAY
            span = (midnight, 0), (midnight + DAY - 1, 0)
            fixes = _day(day)
            for share, workers in shares.items():
                path = archive.path_of(folder, clock.city_day(midnight), *span, share)
                path.parent.mkdir(parents=True, exist_ok=True)
                _save(database, {name: column[workers] for name, column in fixes.items()}, path)
            if day < BASELINE_DAYS:
                _write_hours(database, fixes, folder / "hours", midnight)


def _write_hours(database: duckdb.DuckDBPyConnection, fixes: Columns, folder: Path, midnight: int) -> None:
    order = np.argsort(fixes["t"].ravel(), kind="stable")
    flat = {name: column.ravel()[order] for name, column in fixes.items()}
    for hour in range(24):
        start = midnight + hour * HOUR
        inside = slice(*np.searchsorted(flat["t"], [start, start + HOUR]))
        _save(database, {name: column[inside] for name, column in flat.items()}, folder / f"{start}.parquet")


def _save(database: duckdb.DuckDBPyConnection, fixes: Columns, path: Path) -> None:
    database.register("part", {name: np.ascontiguousarray(column.ravel()) for name, column in fixes.items()})
    query = "SELECT format('W{:05d}', n) AS worker, t, lat, lon FROM part"
    database.execute(f"COPY ({query}) TO '{path}' ({FORMAT} {GROUP})")


def _day(day: int) -> Columns:
    """(workers, fixes) of one day: a shift of eight hours, a random walk, a fix a minute, a little late."""
    dice = np.random.default_rng(day)
    shape = (scene.WORKERS, PER_DAY)
    starts = dice.integers(0, 16 * 60, (scene.WORKERS, 1)) * 60_000
    t = START + day * DAY + starts + np.arange(PER_DAY) * 60_000 + dice.integers(0, 400, shape)
    homes = np.random.default_rng(99).uniform((31.5, 119.5), (32.0, 120.2), (scene.WORKERS, 2)) * 1e6
    lat = homes[:, :1] + np.cumsum(dice.integers(-500, 501, shape), axis=1)
    lon = homes[:, 1:] + np.cumsum(dice.integers(-600, 601, shape), axis=1)
    who = np.broadcast_to(np.arange(scene.WORKERS)[:, None], shape)
    return {"n": who, "t": t, "lat": lat.astype(np.int32), "lon": lon.astype(np.int32)}


def _plain_track(hours: list[str], worker: str, start: int, end: int) -> None:
    query = "SELECT t, lat, lon FROM read_parquet(?) WHERE worker = ? AND t BETWEEN ? AND ? ORDER BY t"
    with duckdb.connect(config={"threads": 1}) as database:
        database.execute(query, [_touched(hours, start, end), worker, start, end]).fetchnumpy()


def _plain_near(hours: list[str], lat: float, lon: float, start: int, end: int) -> None:
    query = (
        "SELECT worker, min(t), max(t), count(*) FROM read_parquet(?)"
        " WHERE lat BETWEEN ? AND ? AND lon BETWEEN ? AND ? AND t BETWEEN ? AND ? GROUP BY worker"
    )
    box = [lat * 1e6 - 4500, lat * 1e6 + 4500, lon * 1e6 - 5300, lon * 1e6 + 5300]
    with duckdb.connect(config={"threads": 1}) as database:
        database.execute(query, [_touched(hours, start, end), *box, start, end]).fetchnumpy()


def _touched(hours: list[str], start: int, end: int) -> list[str]:
    return [path for path in hours if start - HOUR < int(Path(path).stem) <= end]


def _who(dice: np.random.Generator) -> str:
    return f"W{dice.integers(scene.WORKERS):05d}"


def _place(dice: np.random.Generator) -> tuple[float, float]:
    return float(dice.uniform(31.5, 32.0)), float(dice.uniform(119.5, 120.2))


def _window(dice: np.random.Generator, span: float, days: int) -> tuple[int, int]:
    start = START + int(dice.uniform(0, days * DAY - span))
    return start, start + int(span)


def _ms(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _p(taken: list[float], percent: int) -> float:
    return float(np.percentile(taken, percent))
