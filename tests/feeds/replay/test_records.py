"""Records of a replay: the map of time, stages, ids."""

from __future__ import annotations

import pytest

from dashboard.model import EventReported, EventStep, Step, WorkerFixes, WorkerProfile
from feeds.replay.mapping import load_mapping
from feeds.replay.records import MAX_FIXES, STAGES, Records, TimeMap, base36, stages
from feeds.replay.rows import EventRow, FixRow

HOUR = 3_600_000


def row(closed: int | None, target: int | None) -> EventRow:
    reported = EventReported("7", "t", "c", "normal", 31.0, 119.0)
    feedback = EventStep("7", Step.feedback, department="roads", note="mended")
    return EventRow(2, HOUR, HOUR + 1000, target, closed, reported, feedback, None, 0)


def records(speed: float = 1.0, wall_start: int = 10 * HOUR, mapping: str = "boston311") -> Records:
    return Records(load_mapping(mapping), "tape.csv", TimeMap(HOUR, wall_start, speed), 5)


def test_time_shrinks_by_the_speed_from_the_start() -> None:
    time = TimeMap(HOUR, 10 * HOUR, 60)
    assert [time.wall(HOUR), time.wall(2 * HOUR)] == [10 * HOUR, 10 * HOUR + 60_000]


def test_late_stays_late_and_on_time_stays_on_time_however_fast() -> None:
    time = TimeMap(0, 0, 1e6)
    assert time.wall(HOUR + 1000) == time.wall(HOUR)
    assert time.after(HOUR + 1000, HOUR) > time.wall(HOUR)
    assert time.after(HOUR, HOUR) <= time.wall(HOUR)
    assert time.after(HOUR, None) == time.wall(HOUR)


def test_an_open_event_stops_at_handling() -> None:
    assert [STAGES[stage] for stage, _ in stages(row(None, None))] == ["reported", "accepted", "assigned", "handling"]


def test_a_closed_event_goes_through_every_stage_in_order() -> None:
    event = row(2 * HOUR, 3 * HOUR)
    order = list(stages(event))
    made = records(speed=60).of((stage, event) for stage, _ in order)
    assert [at for _, at in order] == sorted(at for _, at in order)
    assert [record.time_ms - 10 * HOUR for record in made] == [0, 0, 0, 17, 60_000, 60_000]
    accepted, evaluated = made[1].data, made[-1].data
    assert isinstance(accepted, EventStep)
    assert isinstance(evaluated, EventStep)
    assert accepted.due == 10 * HOUR + 120_000
    assert (evaluated.step, evaluated.department) == (Step.evaluated, "roads")
    assert [getattr(record.data, "note", "") for record in made] == ["", "", "", "", "mended", ""]


def test_ids_differ_between_runs_and_not_within_a_repeated_one() -> None:
    first, same, later = (records(wall_start=start).of([(0, row(None, None))])[0] for start in (1, 1, 2))
    assert first == same
    assert first.id != later.id
    assert isinstance(first.data, EventReported)
    assert isinstance(later.data, EventReported)
    assert (first.data.event_id, later.data.event_id) == ("7-1", "7-2")


def test_somebody_new_is_introduced_once_before_their_first_fix() -> None:
    tape = records(mapping="geolife")
    made = tape.of([(0, FixRow(2, HOUR, "a", 31.0, 119.0)), (0, FixRow(3, HOUR, "b", 31.0, 119.0))])
    assert [record.type for record in made] == [*["worker.profile", "worker.duty"] * 2, "worker.fixes"]
    assert isinstance(made[2].data, WorkerProfile)
    assert (made[2].data.worker_id, made[2].data.name, made[2].data.region) == ("b", "真实轨迹 002", "")
    assert [record.type for record in tape.of([(0, FixRow(4, HOUR, "a", 31.0, 119.0))])] == ["worker.fixes"]


def test_batches_are_bounded_and_keep_their_order() -> None:
    rows = [(0, FixRow(n, HOUR + n, "a", 31.0, 119.0)) for n in range(MAX_FIXES + 1)]
    batches = [record.data for record in records(mapping="geolife").of(rows) if isinstance(record.data, WorkerFixes)]
    assert [len(batch.fix_time) for batch in batches] == [MAX_FIXES, 1]
    assert [at for batch in batches for at in batch.fix_time] == [10 * HOUR + n for n in range(MAX_FIXES + 1)]


def test_base36() -> None:
    assert [base36(n) for n in (0, 35, 36, 1295)] == ["0", "z", "10", "zz"]
    with pytest.raises(ValueError, match="below 0"):
        base36(-1)
