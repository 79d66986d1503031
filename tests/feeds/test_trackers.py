"""Devices' words become records of workers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from dashboard.model import AlarmCleared, AlarmRaised, WorkerFixes
from dashboard.record import Record
from feeds import roster
from feeds.log import Log
from feeds.protocols.device import DeviceFix, DeviceSaid, Sighting
from feeds.roster import Listed
from feeds.tally import LATE_MS, Report, Tally
from feeds.trackers import RECALL_S, Trackers

NOW = 1_800_000_000_000


class Bench:
    """Trackers with a roster of two, and what they count."""

    def __init__(self, folder: Path) -> None:
        path = folder / "roster.csv"
        path.write_text("device,worker\n139,W1\n140,W2\n", encoding="utf-8")
        self.tally = Tally("jt808", NOW)
        self.roster = Listed(path, roster.workers, lambda: 0.0)
        self.trackers = self.again()

    def took(self, sightings: Sequence[Sighting], now_ms: int) -> list[Record]:
        """What they come to, once the log has it."""
        records = self.trackers.records(sightings, now_ms)
        self.trackers.taken(records)
        return records

    def again(self) -> Trackers:
        """Those of a run after this, or of another replica."""
        return Trackers("terminals", "gcj02", self.roster, self.tally)

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
    first = bench.trackers.records([fix(), fix()], NOW)
    assert len(first) == 1 and bench.report().repeated == 1
    assert bench.trackers.records([fix()], NOW + 900) == bench.trackers.records([fix()], NOW + 1800) != []
    bench.trackers.taken(first)
    assert bench.trackers.records([fix()], NOW + 2700) == []
    assert bench.report().repeated == 2


def test_a_fix_from_the_future_that_is_sent_again_is_known(bench: Bench) -> None:
    ahead = [fix(at=NOW + 3_600_000), fix("140")]
    bench.trackers.taken(bench.trackers.records(ahead, NOW))
    assert bench.trackers.records(ahead, NOW + 900) == []


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
    _, raised = bench.took([fix(sos=True)], NOW)
    assert isinstance(raised.data, AlarmRaised)
    assert (raised.data.kind, raised.data.device_id, raised.data.crs) == ("sos", "W1", "gcj02")
    assert len(bench.took([fix(at=NOW + 1, sos=True)], NOW + 1)) == 1
    assert bench.took([DeviceSaid("139", "heartbeat")], NOW + 1) == []
    _, cleared = bench.took([fix(at=NOW + 2)], NOW + 2)
    assert cleared.data == AlarmCleared(raised.data.alarm_id)
    assert len(bench.took([fix(at=NOW + 3)], NOW + 3)) == 1


def test_a_call_that_begins_and_ends_in_one_message(bench: Bench) -> None:
    said = [fix(sos=True), fix(at=NOW + 1), fix(at=NOW + 2), fix(at=NOW + 3, sos=True)]
    _, first, over, second = bench.took(said, NOW + 4)
    assert isinstance(first.data, AlarmRaised) and isinstance(second.data, AlarmRaised)
    assert over.data == AlarmCleared(first.data.alarm_id) and first.id != second.id
    _, cleared = bench.took([fix(at=NOW + 5)], NOW + 5)
    assert cleared.data == AlarmCleared(second.data.alarm_id)


def test_a_call_that_the_log_did_not_take_is_made_again(bench: Bench) -> None:
    _, lost = bench.trackers.records([fix(sos=True)], NOW)
    _, raised = bench.took([fix(at=NOW + 9)], NOW + 9)
    assert isinstance(raised.data, AlarmRaised) and raised == lost  # for the log may have it after all
    _, cleared = bench.took([fix(at=NOW + 10)], NOW + 10)
    assert cleared.data == AlarmCleared(raised.data.alarm_id)


def test_an_end_that_the_log_did_not_take_is_said_again(bench: Bench) -> None:
    _, raised = bench.took([fix(sos=True)], NOW)
    ending = [fix(at=NOW + 2)]
    bench.trackers.records(ending, NOW + 2)
    _, cleared = bench.took(ending, NOW + 3)
    assert isinstance(raised.data, AlarmRaised)
    assert cleared.data == AlarmCleared(raised.data.alarm_id)


def test_a_call_without_a_place_waits_for_the_first(bench: Bench) -> None:
    assert bench.trackers.records([DeviceSaid("139", "alarm", sos=True)], NOW) == []
    _, raised = bench.trackers.records([fix(at=NOW + 5)], NOW + 5)
    assert isinstance(raised.data, AlarmRaised) and raised.data.lat == 31.8


def test_a_call_outlasts_the_run_that_heard_it(bench: Bench, log: Log) -> None:
    [_, raised] = bench.took([fix(sos=True)], NOW)
    assert isinstance(raised.data, AlarmRaised)
    bench.trackers.remember(log)
    after = bench.again()
    after.recall(log, 0.0)
    assert [record.type for record in after.records([fix(at=NOW + 1, sos=True)], NOW + 1)] == ["worker.fixes"]
    [_, over] = after.records([fix(at=NOW + 2)], NOW + 2)
    assert isinstance(over.data, AlarmCleared) and over.data.alarm_id == raised.data.alarm_id


def test_of_two_replicas_each_hears_what_the_other_took(bench: Bench, log: Log) -> None:
    one, other = bench.again(), bench.again()
    for trackers in (one, other):
        trackers.recall(log, 0.0)
    for trackers, device in ((one, "139"), (other, "140")):  # neither knows yet of the other's
        trackers.taken(trackers.records([fix(device, sos=True)], NOW))
        trackers.remember(log)
    one.recall(log, RECALL_S / 2)  # it has looked just now
    assert len(one.records([fix("140", at=NOW + 1)], NOW + 1)) == 1
    one.recall(log, RECALL_S)
    over = one.records([fix("139", at=NOW + 1), fix("140", at=NOW + 1)], NOW + 1)
    assert [record.type for record in over] == ["worker.fixes", "alarm.cleared", "alarm.cleared"]
    one.taken(over)
    one.remember(log)
    other.recall(log, RECALL_S)
    assert len(other.records([fix("140", at=NOW + 2)], NOW + 2)) == 1
