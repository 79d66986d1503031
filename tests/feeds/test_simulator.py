"""The demo city as the log gets it, from the real city pack: size, order, movement, life cycles, restarts."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import msgspec
import numpy as np
import pytest

from dashboard import codec
from dashboard.cities import City, load_city
from dashboard.clock import DAY_MS, HOUR_MS, from_rfc3339
from dashboard.model import TYPES, EventReported, EventStep, Role, Step, WorkerFixes
from dashboard.process import Actor
from dashboard.record import Entry, Record
from dashboard.regions import Level
from dashboard.taxonomy import branch
from feeds.base import DeadLetter
from feeds.demo.ground import distance_m
from feeds.demo.rhythm import local_hour
from feeds.simulator import OpenEvent, Simulator, show_progress
from tests.processes import SUZHOU

FRIDAY = from_rfc3339("2026-11-20T14:30:00+08:00")
LIVE_S = 40


class Clock:
    """A clock that stands still until told to move."""

    def __init__(self, ms: int) -> None:
        self.ms = ms

    def __call__(self) -> int:
        return self.ms


class Stop(Event):
    """Waiting moves the clock instead of waiting; set once `seconds` have passed."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        super().__init__()
        self._clock, self._end = clock, clock.ms + seconds * 1000

    def wait(self, timeout: float | None = None) -> bool:
        self._clock.ms += round((timeout or 0) * 1000)
        if self._clock.ms >= self._end:
            self.set()
        return self.is_set()


class Sheet:
    """A sink that keeps everything; it fails as often as told."""

    def __init__(self, failures: int = 0) -> None:
        self.records: list[Record] = []
        self.largest = 0
        self._failures = failures

    def append(self, records: Sequence[Record]) -> list[str]:
        if self._failures:
            self._failures -= 1
            raise OSError("the log is away")
        self.records.extend(records)
        self.largest = max(self.largest, len(records))
        return []

    def reject(self, letters: Sequence[DeadLetter]) -> None:
        raise AssertionError(letters)


def quiet(share: float, records: int) -> None:
    """No bar in tests."""


def played(city: City, at_ms: int, seconds: float, *, backfill: bool = False, **more: Any) -> Sheet:
    clock, sheet = Clock(at_ms), Sheet()
    Simulator(city, backfill=backfill, clock=clock, progress=quiet, **more).run(sheet, Stop(clock, seconds))
    return sheet


def fingerprint(records: Sequence[Record]) -> str:
    return hashlib.sha256(msgspec.json.encode(records)).hexdigest()


@dataclass
class Life:
    """One event's records."""

    reported: Record
    steps: list[Record] = field(default_factory=list)

    @property
    def due_ms(self) -> int | None:
        dues = [s.data.due for s in self.steps if isinstance(s.data, EventStep) and s.data.due is not None]
        return from_rfc3339(str(dues[-1])) if dues else None

    @property
    def closed_ms(self) -> int | None:
        last = self.steps[-1] if self.steps else None
        return last.time_ms if last and isinstance(last.data, EventStep) and last.data.step == "evaluated" else None


@pytest.fixture(scope="module")
def city() -> City:
    return load_city("changzhou")


@pytest.fixture(scope="module")
def first(city: City) -> Sheet:
    """A first start on a Friday afternoon: back-fill and a while of live city."""
    return played(city, FRIDAY, LIVE_S, backfill=True)


@pytest.fixture(scope="module")
def lives(first: Sheet) -> dict[str, Life]:
    found: dict[str, Life] = {}
    for record in first.records:
        if isinstance(record.data, EventReported):
            found[record.data.event_id] = Life(record)
        elif isinstance(record.data, EventStep):
            found[record.data.event_id].steps.append(record)
    return found


@pytest.fixture(scope="module")
def live_fixes(first: Sheet) -> list[Record]:
    return [r for r in first.records if r.type == "worker.fixes" and r.time_ms > FRIDAY]


def columns(records: Sequence[Record], name: str) -> list[Any]:
    return [value for r in records for value in getattr(r.data, name)]


def test_the_roster_is_changzhous(city: City, first: Sheet) -> None:
    rosters = [r for r in first.records if r.type == "worker.profiles"]
    assert len(set(columns(rosters, "worker_id"))) == 13_080
    roles = Counter(columns(rosters, "role"))
    assert set(roles) == {r.name for r in Role} - {"unknown"}
    assert roles["full_time"] == 3420
    regions = columns(rosters, "region")
    assert {len(city.regions[code].code) for code in set(regions)} == {12, 15}
    levels = {role: len(region) for role, region in zip(columns(rosters, "role"), regions, strict=True)}
    assert levels == {role: 12 if role == "grid_head" else 15 for role in roles}


def test_a_few_posts_are_vacant(city: City, first: Sheet) -> None:
    rosters = [r for r in first.records if r.type == "worker.profiles"]
    people = list(zip(columns(rosters, "role"), columns(rosters, "region"), strict=True))
    hands = {region for role, region in people if role in ("full_time", "part_time")}
    heads = {region for role, region in people if role == "grid_head"}
    assert 3 <= len(city.regions.of_level(Level.grid)) - len(hands) <= 15
    assert len(city.regions.of_level(Level.community)) - len(heads) == 1


def test_every_position_tells_the_charge_of_the_phone(live_fixes: list[Record]) -> None:
    charge = columns(live_fixes[-200:], "battery")
    assert all(1 <= percent <= 100 for percent in charge)
    assert len(set(charge)) > 20


def test_every_record_reads_back_and_ids_are_unique(first: Sheet) -> None:
    assert len({(r.source, r.id) for r in first.records}) == len(first.records)
    for n, record in enumerate(first.records[::7]):
        fields = {name.encode(): value for name, value in codec.encode(record).items()}
        assert codec.decode(Entry(TYPES[record.type][1], f"1-{n}", fields)) == record


def test_each_stream_is_in_time_order_and_chunks_are_small(first: Sheet) -> None:
    streams: defaultdict[str, list[int]] = defaultdict(list)
    for record in first.records:
        streams[TYPES[record.type][1]].append(record.time_ms)
    assert {"wall:events", "wall:workers", "wall:positions", "wall:alarms", "wall:readings"} == set(streams)
    assert all(times == sorted(times) for times in streams.values())
    assert min(streams["wall:events"]) >= FRIDAY - DAY_MS
    assert max(streams["wall:events"]) <= FRIDAY + LIVE_S * 1000
    assert first.largest <= 1000


def test_all_sources_are_the_citys(city: City, first: Sheet) -> None:
    assert {r.source for r in first.records} == set(city.sources)


def test_a_day_of_events(city: City, lives: dict[str, Life]) -> None:
    reports = [life.reported.data for life in lives.values() if isinstance(life.reported.data, EventReported)]
    assert 2900 < len(reports) < 3600
    assert {branch(r.category) for r in reports} == {c.key for c in city.categories}
    assert {r.channel for r in reports} == set(city.channels)
    share = {name: n / len(reports) for name, n in Counter(r.severity for r in reports).items()}
    assert 0.78 < share["normal"] < 0.86
    assert 0.11 < share["serious"] < 0.17
    assert 0.02 < share["major"] < 0.06
    assert 0.002 < share["urgent"] < 0.02


def test_ten_in_the_morning_is_busier_than_three_at_night(lives: dict[str, Life]) -> None:
    hours = Counter(int(local_hour(life.reported.time_ms)[1]) for life in lives.values())
    assert hours[10] > 6 * hours[3] > 0


def test_events_follow_the_citys_process_to_the_end(lives: dict[str, Life]) -> None:
    for event_id, life in lives.items():
        step = Step.reported
        for record in life.steps:
            assert isinstance(record.data, EventStep)
            SUZHOU.judge(step, record.data.step, Actor(record.data.role), reason=record.data.note)
            step = SUZHOU.after(step, record.data.step)
        assert life.due_ms is None or life.due_ms > life.reported.time_ms, event_id


def test_closed_open_overdue_and_on_time_are_believable(lives: dict[str, Life]) -> None:
    now = FRIDAY + LIVE_S * 1000
    closed = [(life.closed_ms, life.due_ms) for life in lives.values() if life.closed_ms]
    overdue = sum(1 for life in lives.values() if not life.closed_ms and life.due_ms and life.due_ms < now)
    on_time = sum(1 for end, due in closed if due and end <= due) / (len(closed) + overdue)
    assert 0.92 < on_time < 0.985
    assert 150 < len(lives) - len(closed) < 550
    assert overdue < 25


def test_some_are_extended_returned_supervised_and_rated(first: Sheet, lives: dict[str, Life]) -> None:
    steps = Counter(r.data.step for life in lives.values() for r in life.steps if isinstance(r.data, EventStep))
    assert all(2 < steps[s] < 0.06 * len(lives) for s in (Step.extended, Step.returned, Step.supervised))
    scores = [r.data.score for r in first.records if r.type == "event.rated"]  # type: ignore[union-attr]  # by type
    assert 0.2 < len(scores) / steps[Step.evaluated] < 0.35
    assert 0.87 < sum(score >= 4 for score in scores) / len(scores) < 0.95


def test_events_happen_in_their_grid_and_read_well(city: City, lives: dict[str, Life]) -> None:
    reports = [life.reported.data for life in lives.values() if isinstance(life.reported.data, EventReported)]
    lat, lon = np.array([r.lat for r in reports]), np.array([r.lon for r in reports])
    inside = [city.regions.locate(y, x) == r.region for y, x, r in zip(lat, lon, reports, strict=True)]
    assert sum(inside) >= len(inside) - 2
    for r in reports:
        assert 12 <= len(r.title) <= 60
        assert not set("{}[]<>|@§") & set(r.title + r.address)
        assert r.address.startswith(city.regions[r.region[:9]].name)
    assert len({r.title for r in reports}) > 0.55 * len(reports)


def test_alarms_belong_to_device_reports_and_are_cleared(first: Sheet, lives: dict[str, Life]) -> None:
    raised = {r.data.alarm_id: r.data for r in first.records if r.type == "alarm.raised"}  # type: ignore[union-attr]  # by type
    cleared = {r.data.alarm_id for r in first.records if r.type == "alarm.cleared"}  # type: ignore[union-attr]  # by type
    noted = {r.data.alarm_id for r in first.records if r.type == "alarm.acked"}  # type: ignore[union-attr]  # by type
    assert noted <= raised.keys()
    assert len(noted) > 0.9 * len(raised)
    seen = {e for e, life in lives.items() if life.reported.source == "iot"}
    assert {a.event_id for a in raised.values() if a.event_id} == seen  # type: ignore[union-attr]  # by type
    assert cleared <= set(raised)
    assert len(set(raised) - cleared) < 40


def test_last_positions_and_tracks_are_there_at_once(first: Sheet) -> None:
    past = [r for r in first.records if r.type == "worker.fixes" and r.time_ms <= FRIDAY]
    assert len(set(columns(past, "worker_id"))) == 13_080
    counts = Counter(columns(past, "worker_id"))
    tracked = [n for n in counts.values() if n > 1]
    assert 20 < len(tracked) <= 300
    assert min(tracked) > 100


def test_about_1500_fixes_a_second_evenly_spread(live_fixes: list[Record]) -> None:
    sizes = [len(r.data.worker_id) for r in live_fixes if isinstance(r.data, WorkerFixes)]
    assert 1470 < sum(sizes) / LIVE_S < 1510
    assert len(sizes) / LIVE_S == pytest.approx(25, abs=0.5)
    assert max(sizes) < 70


def test_everybody_reports_in_nine_seconds_but_the_lost(live_fixes: list[Record]) -> None:
    recent = [r for r in live_fixes if r.time_ms > FRIDAY + (LIVE_S - 9) * 1000]
    assert 13_080 * 0.99 < len(set(columns(recent, "worker_id"))) < 13_080
    ages = [r.time_ms - t for r in live_fixes if isinstance(r.data, WorkerFixes) for t in r.data.fix_time]
    assert min(ages) >= 0
    assert max(ages) <= 400


def test_workers_move_at_human_speed(first: Sheet) -> None:
    fixes = [r for r in first.records if r.type == "worker.fixes"]
    ids = np.unique(columns(fixes, "worker_id"), return_inverse=True)[1]
    at, lat, lon = (np.array(columns(fixes, name), np.float64) for name in ("fix_time", "lat", "lon"))
    order = np.lexsort((at, ids))
    ids, at, lat, lon = ids[order], at[order], lat[order], lon[order]
    same = (ids[1:] == ids[:-1]) & (at[1:] > at[:-1])
    metres = distance_m(lat[:-1], lon[:-1], lat[1:], lon[1:])[same]
    speed = metres / (at[1:] - at[:-1])[same] * 1000
    assert speed.max() < 6.6
    assert np.percentile(speed, 99) < 1.8
    assert (metres > 1).mean() > 0.1


def test_workers_stay_in_their_grid_unless_sent(city: City, first: Sheet, live_fixes: list[Record]) -> None:
    rosters = [r for r in first.records if r.type == "worker.profiles"]
    home = dict(zip(columns(rosters, "worker_id"), columns(rosters, "region"), strict=True))
    batch = live_fixes[-200:]
    grids = city.regions.locate_many(np.array(columns(batch, "lat")), np.array(columns(batch, "lon")))
    assert (grids >= 0).mean() > 0.9995
    codes = [r.code for r in city.regions if len(r.code) == 15]
    at_home = [codes[g].startswith(home[w]) for w, g in zip(columns(batch, "worker_id"), grids, strict=True)]
    assert sum(at_home) / len(at_home) > 0.985


def test_duty_by_day(first: Sheet) -> None:
    duty: dict[str, str] = {}
    for record in first.records:
        if record.type == "worker.duties":
            duty.update(zip(columns([record], "worker_id"), columns([record], "status"), strict=True))
    counts = Counter(duty.values())
    assert len(duty) == 13_080
    assert 3900 < 13_080 - counts["off_duty"] < 4500
    assert min(counts[s] for s in ("dispatched", "en_route", "on_scene", "out_of_service")) > 0


def test_the_same_seed_and_clock_give_the_same_records(city: City) -> None:
    one, two, other = (played(city, FRIDAY, 8, seed=s, workers=2000, send_roster=True) for s in (7, 7, 8))
    assert fingerprint(one.records) == fingerprint(two.records) != fingerprint(other.records)


def test_a_restart_sends_no_roster_and_no_id_again(city: City, first: Sheet) -> None:
    again = played(city, FRIDAY + (LIVE_S + 5) * 1000, 30)
    assert "worker.profiles" not in {r.type for r in again.records}
    assert not {(r.source, r.id) for r in again.records} & {(r.source, r.id) for r in first.records}
    ids = [{r.data.event_id for r in s.records if isinstance(r.data, EventReported)} for s in (first, again)]
    assert ids[1]
    assert not ids[0] & ids[1]


def test_a_restart_carries_on_what_was_left_open(city: City) -> None:
    clock, sheet = Clock(FRIDAY), Sheet()
    left = [OpenEvent(f"E{i}", s, "serious", FRIDAY - HOUR_MS) for i, s in enumerate(("reported", "handling"))]
    simulator = Simulator(city, backfill=False, workers=100, clock=clock, open_events=left, progress=quiet)
    simulator.run(sheet, Stop(clock, 1))
    for _ in range(48):
        clock.ms += HOUR_MS // 2
        simulator.run(sheet, Stop(clock, 0.01))
    closed = {r.data.event_id for r in sheet.records if isinstance(r.data, EventStep) and r.data.step == "evaluated"}
    assert {"E0", "E1"} <= closed


def test_a_failing_log_loses_and_doubles_nothing(city: City) -> None:
    clock, sheet = Clock(FRIDAY), Sheet(failures=3)
    simulator = Simulator(city, backfill=False, send_roster=True, workers=3000, clock=clock, progress=quiet)
    stop = Stop(clock, 5)
    for _ in range(3):
        with pytest.raises(OSError, match="away"):
            simulator.run(sheet, stop)
    simulator.run(sheet, stop)
    assert fingerprint(sheet.records) == fingerprint(played(city, FRIDAY, 5, workers=3000, send_roster=True).records)


def test_the_bar_is_one_line_and_ends_at_a_hundred(capsys: pytest.CaptureFixture[str]) -> None:
    for share in (0.0, 0.5, 1.0):
        show_progress(share, 1234)
    printed = capsys.readouterr().err
    assert "100%" in printed
    assert "1,234 records" in printed
    assert "50%" not in printed
