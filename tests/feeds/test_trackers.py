"""Devices' words become records of workers."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from dashboard.model import AlarmCleared, AlarmRaised, WorkerFixes
from feeds import roster
from feeds.protocols.device import DeviceFix, DeviceSaid
from feeds.roster import Listed
from feeds.tally import LATE_MS, Report, Tally
from feeds.trackers import Trackers

NOW = 1_800_000_000_000


class Bench:
    """Trackers with a roster of two, and what they count."""

    def __init__(self, folder: Path) -> None:
        path = folder / "roster.csv"
        path.write_text("device,worker\n139,W1\n140,W2\n", encoding="utf-8")
        self.tally = Tally("jt808", NOW)
        self.trackers = Trackers("terminals", "gcj02", Listed(path, roster.workers, lambda: 0.0), self.tally)

    def report(self) -> Report:
        return msgspec.json.decode(self.tally.said(NOW)[0], type=Report)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def fix(device: str = "139", at: int = NOW, **more: object) -> DeviceFix:
    return DeviceFix(device, at, 31.8, 119.97, **more)  # type: ignore[arg-type]  # the caller names real fields


def test_fixes_of_known_devices_are_one_batch_in_the_sources_datum(bench: Bench) -> None:
    [record] = bench.trackers.records([fix(speed_mps=3.0), fix("140", NOW - 500, battery=70)], NOW)
    assert record.source == "terminals" and record.time_ms == NOW
    assert isinstance(record.data, WorkerFixes)
    assert record.data.worker_id == ["W1", "W2"] and record.data.crs == "gcj02"
    assert record.data.fix_time == [NOW, NOW - 500]
    assert (record.data.speed_mps, record.data.battery) == ([3.0, None], [None, 70])
    assert record.data.claimed is None


def test_a_fix_sent_again_is_counted_and_not_put_on_the_log_again(bench: Bench) -> None:
    assert len(bench.trackers.records([fix()], NOW)) == 1
    assert bench.trackers.records([fix()], NOW + 900) == []
    assert bench.report().repeated == 1
    bench.trackers.forget([fix()], [])
    assert len(bench.trackers.records([fix()], NOW + 1800)) == 1


def test_a_place_that_its_device_does_not_vouch_for_is_marked(bench: Bench) -> None:
    [record] = bench.trackers.records([fix(located=False), fix("140")], NOW)
    assert isinstance(record.data, WorkerFixes) and record.data.located == [False, True]


def test_the_same_batch_has_the_same_name(bench: Bench, tmp_path: Path) -> None:
    [first] = bench.trackers.records([fix()], NOW)
    [second] = Bench(tmp_path).trackers.records([fix()], NOW + 5)
    assert first.id == second.id


def test_a_device_nobody_knows_is_listed(bench: Bench) -> None:
    assert bench.trackers.records([fix("777"), fix("777", NOW + 1)], NOW) == []
    said, devices = bench.tally.said(NOW)
    assert msgspec.json.decode(said)["unknown"] == 2
    assert msgspec.json.decode(devices["777"]) == {"count": 2, "last_ms": NOW, "why": "unknown"}


def test_a_clock_that_is_ahead_is_not_believed_and_kept(bench: Bench) -> None:
    [record] = bench.trackers.records([fix(at=NOW + 3_600_000), fix("140", NOW - LATE_MS - 1)], NOW)
    assert isinstance(record.data, WorkerFixes)
    assert record.data.fix_time == [NOW, NOW - LATE_MS - 1]
    assert record.data.claimed == [NOW + 3_600_000, None]
    _, devices = bench.tally.said(NOW)
    assert {name: msgspec.json.decode(text)["why"] for name, text in devices.items()} == {"139": "ahead", "140": "late"}


def test_a_call_for_help_is_raised_once_and_cleared_by_the_next_place(bench: Bench) -> None:
    _, raised = bench.trackers.records([fix(sos=True)], NOW)
    assert isinstance(raised.data, AlarmRaised)
    assert (raised.data.kind, raised.data.device_id, raised.data.crs) == ("sos", "W1", "gcj02")
    assert len(bench.trackers.records([fix(at=NOW + 1, sos=True)], NOW + 1)) == 1
    assert bench.trackers.records([DeviceSaid("139", "heartbeat")], NOW + 1) == []
    _, cleared = bench.trackers.records([fix(at=NOW + 2)], NOW + 2)
    assert cleared.data == AlarmCleared(raised.data.alarm_id)


def test_a_call_that_the_log_did_not_take_is_made_again(bench: Bench) -> None:
    records = bench.trackers.records([fix(sos=True)], NOW)
    bench.trackers.forget([fix(sos=True)], records)
    _, raised = bench.trackers.records([fix(at=NOW + 9)], NOW + 9)
    assert isinstance(raised.data, AlarmRaised)


def test_an_end_that_the_log_did_not_take_is_said_again(bench: Bench) -> None:
    _, raised = bench.trackers.records([fix(sos=True)], NOW)
    ending = [fix(at=NOW + 2)]
    bench.trackers.forget(ending, bench.trackers.records(ending, NOW + 2))
    _, cleared = bench.trackers.records(ending, NOW + 3)
    assert isinstance(raised.data, AlarmRaised)
    assert cleared.data == AlarmCleared(raised.data.alarm_id)


def test_a_call_without_a_place_waits_for_the_first(bench: Bench) -> None:
    assert bench.trackers.records([DeviceSaid("139", "alarm", sos=True)], NOW) == []
    _, raised = bench.trackers.records([fix(at=NOW + 5)], NOW + 5)
    assert isinstance(raised.data, AlarmRaised) and raised.data.lat == 31.8
