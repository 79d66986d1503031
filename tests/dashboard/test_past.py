"""Tracks that reach back beyond the start, whatever stands on the log."""

from __future__ import annotations

from threading import Event

from dashboard import past
from dashboard.fleet import Fleet
from dashboard.record import Entry
from dashboard.tracks import Tracks
from tests.support import T0, ListLog, entry, fix


def filled(entries: list[Entry], start_ms: int, end_ms: int = T0) -> tuple[Tracks, Fleet]:
    """Tracks filled from a log that holds `entries`; workers w1 and w2 are known."""
    fleet = Fleet()
    fleet.rows(["w1", "w2"])
    tracks = Tracks(fleet, 3_600_000)
    past.fill(tracks, fleet, ListLog(entries), end_ms, start_ms, Event())
    return tracks, fleet


def seconds(tracks: Tracks, row: int = 0) -> list[int]:
    """When the fixes of a row were taken, in seconds after T0."""
    return [(int(f["fix_ms"]) - T0) // 1000 for f in tracks.of(row, 0)]


def single(at_s: int) -> Entry:
    """A fix of w1, taken and appended `at_s` seconds after T0."""
    return entry("worker.fix", fix("w1", T0 + at_s * 1000), at=T0 + at_s * 1000)


def test_the_past_is_read_in_bites_and_told_in_order() -> None:
    tracks, _ = filled([single(s) for s in (-13, -12, -8, -1)], T0 - 12_500)
    assert seconds(tracks) == [-12, -8, -1]
    assert tracks.since_ms == T0 - 12_500


def test_single_fixes_batches_and_any_time_notation() -> None:
    batch = {"worker_id": ["w2", "w1", "stranger"], "lat": [1, 2, 3], "lon": [4, 5, 6], "fix_time": [T0 - 3000] * 3}
    text = fix("w1", "2026-03-12T14:32:06+08:00")
    tracks, _ = filled([entry("worker.fixes", batch, at=T0 - 2000), entry("worker.fix", text, at=T0 - 1000)], T0 - 5000)
    assert seconds(tracks) == [-3, -2]
    assert [(f["lat"], f["lon"]) for f in tracks.of(1, 0)] == [(1_000_000, 4_000_000)]


def test_what_the_live_fold_refused_is_no_track_either() -> None:
    at = T0 - 2000
    wrong = [
        entry("worker.fix", fix("w1", "yesterday"), at=at),
        entry("worker.fix", fix("w1", T0 + 600_000), at=at, n=1),
        entry("worker.fixes", {"worker_id": ["w1"], "lat": [1, 2], "lon": [1], "fix_time": [at]}, at=at, n=2),
        entry("worker.fixes", {"worker_id": ["w1"], "lat": [1], "lon": [1], "fix_time": [10**30]}, at=at, n=3),
        entry("worker.fix", "[", at=at, n=4),
        entry("worker.duty", {"worker_id": "w1", "status": "available"}, at=at, n=5, stream="wall:positions"),
        entry("worker.fixes", {"worker_id": [], "lat": [], "lon": [], "fix_time": []}, at=at, n=6),
    ]
    tracks, _ = filled([*wrong, single(-1)], T0 - 5000)
    assert seconds(tracks) == [-1]


def test_it_stops_when_told() -> None:
    fleet = Fleet()
    fleet.rows(["w1"])
    tracks, stop = Tracks(fleet, 3_600_000), Event()
    stop.set()
    past.fill(tracks, fleet, ListLog([single(-1), single(-9)]), T0, T0 - 60_000, stop)
    assert (seconds(tracks), tracks.since_ms) == ([-1], T0 - past.BITE_MS)
