"""A replica: reads a log and folds it, from a snapshot if there is one."""

from __future__ import annotations

import zlib

import pytest

import dashboard.replica as replica_module
from dashboard.codec import Malformed
from dashboard.record import Entry
from dashboard.replica import BATCH, SLEPT_S, LeftBehind, LogUnavailable, Replica
from tests.support import T0, ListLog, entry, fix, reported, small_picture, step


def replica_of(log: ListLog) -> Replica:
    """An empty one."""
    return Replica(log, small_picture())


def test_it_catches_up_in_batches_and_then_has_nothing() -> None:
    log = ListLog([entry("worker.fix", fix("w1", T0 + k), at=T0 + k) for k in range(BATCH + 5)])
    replica = replica_of(log)
    assert replica.catch_up() == BATCH + 5
    assert replica.wait() == []
    assert replica.picture.fleet.fix_ms[0] == T0 + BATCH + 4


def test_what_cannot_be_accepted_is_refused_and_the_rest_goes_on() -> None:
    log = ListLog([
        entry("event.reported", reported("e1")), entry("event.step", step("e1", "feedback"), n=1),
        entry("event.step", "[" * 100_000, n=2), entry("event.step", step("e1", "accepted"), n=3),
    ])  # fmt: skip
    replica = replica_of(log)
    replica.catch_up()
    assert [(e.entry_id, fault.field) for e, fault in log.refused] == [(f"{T0}-1", "data.step"), (f"{T0}-2", "data")]
    assert replica.picture.events["e1"].step == "accepted"


def test_a_record_the_fold_itself_fails_on_does_not_stop_it(caplog: pytest.LogCaptureFixture) -> None:
    replica = replica_of(log := ListLog([entry("event.reported", reported("e1")), entry("worker.fix", fix("w1"), n=1)]))
    replica.picture.events.procedure = None  # type: ignore[assignment]  # an error of the program, as good as any
    replica.catch_up()
    assert [(e.entry_id, "the wall itself fails" in fault.reason) for e, fault in log.refused] == [(f"{T0}-0", True)]
    assert "goes on without it" in caplog.text
    assert len(replica.picture.fleet) == 1
    assert sum(stat.rejected for stat in replica.picture.feeds.values()) == 1


def test_saved_and_restored() -> None:
    log = ListLog([entry("event.reported", reported("e1")), entry("worker.fix", fix("w1"))])
    first = replica_of(log)
    first.catch_up()
    log.saved = first.save()
    log.entries.append(entry("event.step", step("e1", "accepted"), at=T0 + 1))
    first.catch_up()
    second = replica_of(log)
    assert second.restore()
    assert second.catch_up() == 1
    assert second.picture.state_hash == first.picture.state_hash
    assert second.picture.feeds == first.picture.feeds


def test_no_snapshot_is_no_matter() -> None:
    assert not replica_of(ListLog()).restore()


def test_the_lag_is_that_of_the_oldest_entry_read() -> None:
    replica = replica_of(ListLog())
    replica.fold([entry("worker.fix", fix(), at=T0 + 5), entry("worker.fix", fix(), at=T0)], T0 + 30)
    assert replica.lag_ms == 30
    replica.fold([], T0 + 99)
    assert replica.lag_ms == 30
    replica.fold([entry("worker.fix", fix(), at=T0 + 5)], T0)
    assert replica.lag_ms == 0


def test_a_snapshot_of_another_shape_is_passed_over() -> None:
    for blob in (b"not zlib", zlib.compress(b"\x81\xa1x\x01")):
        assert not replica_of(ListLog(saved=blob)).restore()


def test_one_that_slept_through_a_trim_says_so_and_one_that_did_not_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    log = ListLog([entry("worker.fix", fix("w1", T0 + k), at=T0 + k) for k in range(3)])
    now = [0.0]
    monkeypatch.setattr(replica_module.clock, "monotonic", lambda: now[0])
    replica = replica_of(log)
    replica.fold(replica.wait()[:2], T0)
    del log.entries[0]
    now[0] += SLEPT_S + 1
    assert len(replica.wait()) == 1  # what was read last is still there, so nothing is missing
    del log.entries[0]
    assert len(replica.wait()) == 1  # it did not sleep
    now[0] += SLEPT_S + 1
    with pytest.raises(LeftBehind, match="wall:positions"):
        replica.wait()


def test_a_letter_the_log_does_not_take_is_offered_again() -> None:
    class Deaf(ListLog):
        def refuse(self, fault_of: Entry, fault: Malformed) -> None:
            if not self.saved:
                raise LogUnavailable("gone")
            super().refuse(fault_of, fault)

    log = Deaf([entry("event.step", step("nobody", "accepted")), entry("worker.fix", fix("w1"))])
    replica = replica_of(log)
    with pytest.raises(LogUnavailable):
        replica.catch_up()
    assert "w1" in replica.picture.fleet.row_of
    log.saved = b"the log is back"
    replica.fold([], T0)
    assert [e.stream for e, _ in log.refused] == ["wall:events"]
