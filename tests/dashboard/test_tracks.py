"""The fixes of the last hour."""

from __future__ import annotations

import numpy as np

from dashboard.fleet import Fleet
from dashboard.tracks import CHUNK, KIND, Tracks
from tests.support import T0


def told(fleet: Fleet, tracks: Tracks, ids: list[str], lat: float, fix_ms: int) -> None:
    """Everybody reports the same place at once."""
    tracks.add(fleet.fixes(ids, [lat] * len(ids), [110.0] * len(ids), [fix_ms] * len(ids)))


def path(tracks: Tracks, row: int, since_ms: int = 0) -> list[tuple[int, int]]:
    """(latitude in 1e-6°, seconds after T0) of one worker."""
    return [(int(f["lat"]), (int(f["fix_ms"]) - T0) // 1000) for f in tracks.of(row, since_ms)]


def test_a_track_is_in_time_order_and_since_an_instant() -> None:
    fleet = Fleet()
    tracks = Tracks(fleet, 3_600_000)
    for k in range(5):
        told(fleet, tracks, ["a", "b"], 30 + k / 10, T0 + k * 1000)
    assert path(tracks, 0) == [(30_000_000 + k * 100_000, k) for k in range(5)]
    assert path(tracks, 1, T0 + 3000) == [(30_400_000, 4)]
    assert path(tracks, 7) == []
    assert tracks.since_ms == T0


def test_nothing_yet() -> None:
    fleet = Fleet()
    tracks = Tracks(fleet, 1000)
    tracks.add(np.zeros(0, np.int64))
    assert tracks.since_ms is None
    assert len(tracks.of(0, 0)) == 0


def test_what_is_older_than_the_limit_is_dropped_in_chunks() -> None:
    fleet = Fleet()
    tracks = Tracks(fleet, 10_000)
    crowd = [f"w{k}" for k in range(CHUNK // 4)]
    for k in range(40):
        told(fleet, tracks, crowd, 30.0, T0 + k * 1000)
    seconds = [s for _, s in path(tracks, 0)]
    assert seconds == list(range(seconds[0], 40))
    assert 39 - 20 <= seconds[0] <= 39 - 10
    assert tracks.since_ms is not None
    assert T0 + 20_000 <= tracks.since_ms <= T0 + 30_000


def test_what_is_too_much_is_dropped_and_said() -> None:
    fleet = Fleet()
    tracks = Tracks(fleet, 3_600_000, most=2 * CHUNK)
    crowd = [f"w{k}" for k in range(CHUNK // 4)]
    for k in range(40):
        told(fleet, tracks, crowd, 30.0, T0 + k * 1000)
    seconds = [s for _, s in path(tracks, 0)]
    assert seconds == list(range(28, 40))
    assert tracks.since_ms == T0 + 27_001


def test_more_fixes_at_once_than_a_chunk_holds() -> None:
    fleet = Fleet()
    tracks = Tracks(fleet, 10_000)
    crowd = [f"w{k}" for k in range(CHUNK + 1)]
    for k in range(3):
        told(fleet, tracks, crowd, 30.0, T0 + k * 1000)
    told(fleet, tracks, ["w0"], 31.0, T0 + 3000)
    assert path(tracks, 0) == [(30_000_000, 0), (30_000_000, 1), (30_000_000, 2), (31_000_000, 3)]
    assert path(tracks, CHUNK)[-1] == (30_000_000, 2)


def test_the_past_goes_before_and_counts_once() -> None:
    fleet = Fleet()
    tracks = Tracks(fleet, 3_600_000)
    told(fleet, tracks, ["a"], 30.0, T0)
    past = np.array([(0, 1, 2, T0 - 5000), (0, 110_000_000, 30_000_000, T0), (1, 1, 2, T0 - 1)], KIND)
    tracks.prepend(past, T0 - 9000)
    assert path(tracks, 0) == [(2, -5), (30_000_000, 0)]
    assert tracks.since_ms == T0 - 9000
    tracks.prepend(np.zeros(0, KIND), T0 - 60_000)
    assert tracks.since_ms == T0 - 60_000
