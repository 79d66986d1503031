"""The replay feed: pace, the wall's mark, counts; and two real files against counts made another way."""

from __future__ import annotations

import io
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashboard.codec import encode
from dashboard.model import TYPES, EventReported, EventStep, Step, WallTape, WorkerFixes
from dashboard.picture import Picture
from dashboard.record import Entry, Record
from feeds.base import DeadLetter
from feeds.replay.mapping import load_mapping
from feeds.replay.player import MAX_TICK, TICK_MS, Replay
from feeds.replay.tape import TapeError

DATA = Path(os.environ.get("WALL_TEST_DATA") or Path(__file__).parents[4] / "shared" / "data")
BOSTON = DATA / "events" / "boston311_2011Q3.csv.gz"
GEOLIFE = DATA / "movers" / "geolife_a.csv.gz"
needs_data = pytest.mark.skipif(not BOSTON.is_file(), reason=f"no recorded files in {DATA}: set WALL_TEST_DATA")

WALL_START = 1_790_000_000_000
HEADER = "mover,ts_utc,sod,lat,lon"


class Clock:
    """A wall clock that moves only when somebody waits."""

    def __init__(self) -> None:
        self.ms = WALL_START

    def __call__(self) -> int:
        return self.ms


class Stop(Event):
    """A stop signal whose waiting moves the clock instead of taking time."""

    def __init__(self, clock: Clock, at_ms: float = float("inf")) -> None:
        super().__init__()
        self._clock, self._at_ms = clock, at_ms

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self._clock.ms = int(min(self._clock.ms + max(1, round(timeout * 1000)), self._at_ms))
        if self._clock.ms >= self._at_ms:
            self.set()
        return self.is_set()


class Sink:
    """Keeps what it is given, with the time; `slow_ms` is what an append takes."""

    def __init__(self, clock: Clock, slow_ms: int = 0) -> None:
        self._clock, self._slow_ms = clock, slow_ms
        self.calls: list[tuple[int, list[Record]]] = []
        self.letters: list[DeadLetter] = []

    def append(self, records: Sequence[Record]) -> list[str]:
        self._clock.ms += self._slow_ms
        self.calls.append((self._clock.ms, list(records)))
        return []

    def reject(self, letters: Sequence[DeadLetter]) -> None:
        self.letters.extend(letters)

    @property
    def records(self) -> list[Record]:
        return [record for _, records in self.calls for record in records]


class Played:
    """A tape played to its end, or to a stop, without waiting for it."""

    def __init__(
        self,
        file: Path,
        mapping: str | Path,
        *,
        stop_ms: float = float("inf"),
        slow_ms: int = 0,
        wall_start_ms: int | None = None,
        **options: Any,
    ) -> None:
        clock, self.out = Clock(), io.StringIO()
        self.sink = Sink(clock, slow_ms)
        found = load_mapping(mapping)
        replay = Replay(file, found, clock=clock, out=self.out, wall_start_ms=wall_start_ms, **options)
        replay.run(self.sink, Stop(clock, stop_ms))
        self.summary = replay.summary

    def steps(self, step: Step) -> list[Record]:
        return [r for r in self.sink.records if isinstance(r.data, EventStep) and r.data.step is step]

    def fixes(self) -> list[WorkerFixes]:
        return [record.data for record in self.sink.records if isinstance(record.data, WorkerFixes)]


def tape(folder: Path, rows: Sequence[str]) -> Path:
    file = folder / "tape.csv"
    file.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return file


def test_the_pace_is_the_tape_s_own_times_the_speed(tmp_path: Path) -> None:
    file = tape(tmp_path, [f"a,,{second},40,116" for second in (100, 110, 700)])
    played = Played(file, "geolife", speed=10)
    appended = [at - WALL_START for at, records in played.sink.calls if records[-1].type == "worker.fixes"]
    assert appended == [0, 1000, 60_000]
    assert [batch.fix_time[0] - WALL_START for batch in played.fixes()] == [0, 1000, 60_000]


def test_nothing_is_appended_before_it_falls_due_nor_a_tick_after(tmp_path: Path) -> None:
    file = tape(tmp_path, [f"a,,{second / 100},40,116" for second in range(500)])
    for at, records in Played(file, "geolife").sink.calls:
        for record in records:
            if isinstance(record.data, WorkerFixes):
                assert all(0 <= at - fix <= TICK_MS for fix in record.data.fix_time)


def test_the_wall_is_told_when_the_tape_begins_and_ends(tmp_path: Path) -> None:
    records = Played(tape(tmp_path, ["a,,3600,40,116"]), "geolife", speed=2).sink.records
    marks = [record.data for record in (records[0], records[-1])]
    assert all(isinstance(mark, WallTape) for mark in marks)
    assert [(m.state, m.shifted, m.speed, m.wall_start) for m in marks if isinstance(m, WallTape)] == [
        ("playing", True, 2, WALL_START),
        ("ended", True, 2, WALL_START),
    ]


def test_a_stop_ends_the_tape_with_its_mark_and_summary(tmp_path: Path) -> None:
    file = tape(tmp_path, [f"a,,{second},40,116" for second in range(100)])
    played = Played(file, "geolife", stop_ms=WALL_START + 10_500)
    assert getattr(played.sink.records[-1].data, "state", "") == "ended"
    assert played.summary.rows == 11
    assert "11 rows in 10.5 s" in played.out.getvalue()


def test_ctrl_c_is_a_stop(tmp_path: Path) -> None:
    class Interrupted(Sink):
        def append(self, records: Sequence[Record]) -> list[str]:
            super().append(records)
            if len(self.calls) == 2:
                raise KeyboardInterrupt
            return []

    clock, out = Clock(), io.StringIO()
    sink, stop = Interrupted(clock), Stop(clock)
    Replay(tape(tmp_path, ["a,,0,40,116", "a,,9,40,116"]), load_mapping("geolife"), clock=clock, out=out).run(
        sink, stop
    )
    assert [record.type for record in sink.records][-1] == "wall.tape"
    assert stop.is_set()
    assert "tape.csv: " in out.getvalue()


def test_replays_started_together_share_the_wall_s_start(tmp_path: Path) -> None:
    start = WALL_START + 5000
    for second in (100, 50_000):
        file = tape(tmp_path, [f"a,,{second},40,116"])
        assert Played(file, "geolife", wall_start_ms=start).fixes()[0].fix_time == [start]


def test_a_late_start_is_made_up_for_in_bounded_appends(tmp_path: Path) -> None:
    file = tape(tmp_path, [f"a,,{n / 100},40,116" for n in range(3 * MAX_TICK)])
    played = Played(file, "geolife", wall_start_ms=WALL_START - 60_000)
    sizes = [sum(len(r.data.fix_time) for r in c if isinstance(r.data, WorkerFixes)) for _, c in played.sink.calls]
    assert [size for size in sizes if size] == [MAX_TICK] * 3
    assert played.summary.behind_ms >= 60_000


def test_falling_behind_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tape(tmp_path, [f"a,,{second},40,116" for second in range(0, 30, 10)])
    Played(file, "geolife", speed=100, slow_ms=4000)
    assert "s behind: the log is slower than the tape" in caplog.text


def test_until_counts_seconds_of_tape(tmp_path: Path) -> None:
    file = tape(tmp_path, [f"a,,{second},40,116" for second in (0, 60, 61, 120)])
    assert Played(file, "geolife", speed=7, until=60).summary.rows == 2


def test_the_summary_counts_and_explains(tmp_path: Path) -> None:
    rows = ["a,,0,40,116", "a,,1,99,116", "a,,2,98,116", ",,3,40,116", "a,,4,,116", "b,,5,40,116"]
    played = Played(tape(tmp_path, rows), "geolife")
    assert played.summary.rejected == Counter(
        {("lat", "Expected `float` <= 90.0"): 2, ("mover", "is empty"): 1, ("lat", "is empty"): 1}
    )
    assert played.summary.rows == 6
    assert played.summary.applied == {"worker.fix": 2, "worker.profile": 2, "worker.duty": 2}
    assert [letter.place for letter in played.sink.letters] == [f"tape.csv:{line}" for line in (3, 4, 5, 6)]
    assert "rejected: 4\n    2 × lat: Expected `float` <= 90.0\n" in played.out.getvalue()


def test_a_tape_with_nothing_to_play_appends_nothing(tmp_path: Path) -> None:
    played = Played(tape(tmp_path, ["a,,0,40,116"]), "geolife", start="23:00")
    assert (played.sink.calls, played.summary.skipped) == ([], 1)


def test_called_again_after_trouble_the_ids_are_the_same(tmp_path: Path) -> None:
    clock = Clock()
    replay = Replay(tape(tmp_path, ["a,,0,40,116"]), load_mapping("geolife"), clock=clock, out=io.StringIO())
    ids = []
    for _ in range(2):
        sink = Sink(clock)
        replay.run(sink, Stop(clock))
        ids.append([record.id for record in sink.records])
        clock.ms += 60_000
    assert ids[0] == ids[1]


@pytest.mark.parametrize(("options", "says"), [({"speed": 0}, "speed 0 must"), ({"start": "noon"}, "such as 08:30")])
def test_impossible_wishes_are_refused(tmp_path: Path, options: dict[str, float | str], says: str) -> None:
    with pytest.raises(TapeError, match=says):
        Played(tape(tmp_path, []), "geolife", **options)


def test_an_absent_file_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="is not a file: pass a CSV or NDJSON export"):
        Replay(tmp_path / "none.csv", load_mapping("geolife"))


@needs_data
def test_the_whole_of_boston_agrees_with_pandas() -> None:
    played = Played(BOSTON, "boston311", speed=86_400)
    table = pd.read_csv(BOSTON, dtype=str)
    opened, target, closed = (_boston(table[name]) for name in ("open_dt", "target_dt", "closed_dt"))
    reported = [record for record in played.sink.records if isinstance(record.data, EventReported)]
    evaluated = played.steps(Step.evaluated)
    assert (played.summary.rows, played.summary.refused, played.summary.late) == (len(table), 0, 0)
    assert len(reported) == len(table)
    assert len(evaluated) == int(closed.notna().sum())
    due = {r.data.event_id: r.data.due for r in played.steps(Step.accepted) if isinstance(r.data, EventStep)}
    assert sum(at is not None for at in due.values()) == int(target.notna().sum())
    on_time = [_closed_by(record, due) for record in evaluated]
    no_limit = int((closed.notna() & target.isna()).sum())
    assert Counter(on_time) == {
        None: no_limit,
        True: int((closed <= target).sum()),
        False: int((closed > target).sum()),
    }
    wall = WALL_START + ((opened - opened.iloc[0]).dt.total_seconds() * 1000 / 86_400).to_numpy()
    assert np.abs(np.array([record.time_ms for record in reported]) - wall).max() <= 1


def _boston(column: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    return pd.to_datetime(column).dt.tz_localize("America/New_York", ambiguous=True, nonexistent="shift_forward")


def _closed_by(record: Record, due: dict[str, Any]) -> bool | None:
    assert isinstance(record.data, EventStep)
    limit = due[record.data.event_id]
    return None if limit is None else bool(record.time_ms <= limit)


@needs_data
def test_an_hour_of_boston_folds_without_a_refusal() -> None:
    picture = Picture(lambda lat, lon: "", lambda code: -1)
    played = Played(BOSTON, "boston311", speed=60, start="2011-07-06 11:00", until=3600)
    for count, record in enumerate(played.sink.records, start=1):
        fields = {name.encode(): value for name, value in encode(record).items()}
        picture.apply(Entry(TYPES[record.type][1], f"{record.time_ms + 60_000}-{count}", fields))
    table = pd.read_csv(BOSTON, dtype=str)
    first = table.open_dt[table.open_dt >= "2011-07-06 11:00"].iloc[0]
    end = str(pd.Timestamp(first) + pd.Timedelta(hours=1))
    window = table[(table.open_dt >= first) & (table.open_dt <= end)]
    assert len(picture.events) == len(window)
    assert sum(not event.open for event in picture.events) == int((window.closed_dt <= end).sum())


@needs_data
def test_twenty_minutes_of_geolife_agree_with_pandas() -> None:
    played = Played(GEOLIFE, "geolife", speed=20, until=1200)
    table = pd.read_csv(GEOLIFE, dtype={"mover": str}, nrows=100_000)
    assert table.sod.iloc[-1] > table.sod.iloc[0] + 1200
    table = table[table.sod <= table.sod.iloc[0] + 1200]
    batches = played.fixes()
    assert played.summary.applied == {
        "worker.fix": len(table),
        "worker.profile": table.mover.nunique(),
        "worker.duty": table.mover.nunique(),
    }
    workers = [worker for batch in batches for worker in batch.worker_id]
    lat, lon, times = (
        np.array([value for batch in batches for value in getattr(batch, name)]) for name in ("lat", "lon", "fix_time")
    )
    assert workers == ("geolife-" + table.mover).tolist()
    scale = np.cos(np.radians(39.95)) / np.cos(np.radians(31.78))
    assert np.abs(lat - (table.lat - 39.95 + 31.78)).max() < 1e-6
    assert np.abs(lon - ((table.lon - 116.40) * scale + 119.95)).max() < 1e-6
    assert np.array_equal(times, WALL_START + table.sod.to_numpy() * 50)
