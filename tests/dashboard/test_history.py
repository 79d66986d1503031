"""The past, wherever the seams between archive, memory and log lie; on a real log, real files and a real fold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import redis

from dashboard import archive
from dashboard import history as module
from dashboard.history import History, TooMuch
from dashboard.journey import distance_m
from dashboard.picture import Picture
from dashboard.replica import Replica
from dashboard.tracks import Tracks
from feeds.archivist import Archivist
from feeds.log import Log
from tests.support import T0, entry, small_picture

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


class Wall:
    """A log with its archive, and a replica that has some of it in memory."""

    def __init__(self, log: Log, broker: redis.Redis, folder: Path) -> None:
        self.log, self._broker, self.folder = log, broker, folder
        self.keeper = Archivist(log, folder, 60)
        self._replica = Replica(log, small_picture())
        self._follow()
        self.history = History(folder, self, log)

    def _follow(self) -> None:
        self.tracks = Tracks(self._replica.picture.fleet, 24 * HOUR)
        self._replica.picture.on_fixes = self.tracks.add

    def look(self, read: Callable[[Picture], module.T]) -> module.T:
        """What `read` finds in the picture."""
        return read(self._replica.picture)

    def tell(self, worker: str, at_s: int, lat: float = 30.0, lon: float = 110.0, late_s: int = 1) -> None:
        """A fix taken `at_s` seconds after T0 and appended `late_s` seconds later."""
        data = {"worker_id": worker, "lat": lat, "lon": lon, "fix_time": T0 + at_s * 1000}
        at = T0 + (at_s + late_s) * 1000
        self._broker.xadd("wall:positions", dict(entry("worker.fix", data, at=at).fields), id=f"{at}-*")

    def fold(self) -> None:
        """Take what is on the log into memory."""
        self._replica.catch_up()

    def restart(self) -> None:
        """Forget everything but the picture, as after a start from a snapshot."""
        self.fold()
        self.log.save_snapshot(self._replica.save())
        self._replica = Replica(self.log, small_picture())
        self._replica.restore()
        self._follow()

    def seconds(self, worker: str, first_s: int, last_s: int) -> list[int]:
        """When the fixes of a worker's track were taken, in seconds after T0."""
        found = self.history.track([worker], T0 + first_s * 1000, T0 + last_s * 1000).found[worker]
        return ((found["t"] - T0) // 1000).tolist()


@pytest.fixture
def wall(log: Log, broker: redis.Redis, tmp_path: Path) -> Wall:
    """Nothing has happened yet."""
    return Wall(log, broker, tmp_path)


@pytest.mark.parametrize("merged", [False, True])
def test_a_track_out_of_archive_and_memory(wall: Wall, merged: bool) -> None:
    for s in range(0, 600, 60):
        wall.tell("w1", s, 30 + s / 1e6)
        wall.tell("w2", s)
        if s in (120, 360):
            wall.keeper.flush(T0)
    if merged:
        wall.keeper.merge(T0 + 2 * HOUR)
    wall.fold()
    assert wall.seconds("w1", 0, 600) == list(range(0, 600, 60))
    assert wall.seconds("w1", 61, 480) == list(range(120, 481, 60)), "both ends are inside"
    assert wall.seconds("stranger", 0, 600) == []
    answer = wall.history.track(["w2", "w1"], T0 + 1000, T0 + DAY)
    assert (answer.since_ms, answer.complete, list(answer.found)) == (T0 + 1000, True, ["w2", "w1"])
    assert answer.found["w1"]["lat"].tolist() == [30_000_000 + s for s in range(60, 600, 60)]
    assert {name: str(column.dtype) for name, column in answer.found["w1"].items()} == {
        "t": "int64", "lat": "int32", "lon": "int32",
    }  # fmt: skip


def test_late_fixes_and_fixes_sent_twice(wall: Wall) -> None:
    for s in (0, 60, 120):
        wall.tell("w1", s)
    wall.tell("w1", 30, late_s=100)
    wall.tell("w1", 60, late_s=90)
    wall.keeper.flush(T0)
    wall.tell("w1", 120, late_s=60)
    wall.keeper.flush(T0)
    wall.fold()
    assert wall.seconds("w1", 0, 600) == [0, 30, 60, 120]


@pytest.mark.parametrize("archived", [0, 3, 5, 7, 9])
@pytest.mark.parametrize("restarted", [None, 0, 4, 6, 9])
def test_no_hole_and_no_double_wherever_the_seam_lies(wall: Wall, archived: int, restarted: int | None) -> None:
    """Archived up to one fix, in memory since another: the log closes what is between."""
    wall.tell("w1", -60)
    wall.keeper.flush(T0)
    for k in range(10):
        wall.tell("w1", k * 30)
        wall.tell("w2", k * 30 + 1)
        if k == archived:
            wall.keeper.flush(T0)
        if k == restarted:
            wall.restart()
    wall.fold()
    assert wall.seconds("w1", 0, 600) == list(range(0, 300, 30))
    assert wall.history.track(["w1"], T0, T0 + HOUR).complete
    near = wall.history.near(30.0, 110.0, 10.0, T0, T0 + HOUR)
    assert near.found["fixes"].tolist() == [10, 10]


def test_a_hole_too_wide_to_be_closed_is_admitted(wall: Wall) -> None:
    """With and without a fix in memory since the restart."""
    wall.tell("w1", 0)
    wall.keeper.flush(T0)
    wall.tell("w1", 300)
    wall.tell("w1", 1100)
    wall.restart()
    assert not wall.history.track(["w1"], T0 + 1000, T0 + HOUR).complete
    wall.tell("w1", 1200)
    wall.fold()
    answer = wall.history.track(["w1"], T0 + 1000, T0 + HOUR)
    assert (answer.complete, answer.since_ms) == (False, T0 + 1_200_000)
    assert wall.seconds("w1", 0, 3600) == [0, 1200]


def test_without_an_archive_memory_answers_and_says_since_when(log: Log, broker: redis.Redis, tmp_path: Path) -> None:
    wall = Wall(log, broker, tmp_path / "nowhere")
    assert wall.history.track(["w1"], T0, T0 + HOUR).complete is False, "nobody knows anything yet"
    wall.tell("w1", 0)
    wall.tell("w1", 60)
    wall.fold()
    answer = wall.history.track(["w1"], T0 - HOUR, T0 + HOUR)
    assert (answer.complete, answer.since_ms) == (False, T0)
    assert wall.seconds("w1", 0, 600) == [0, 60]
    assert wall.history.near(30.0, 110.0, 5.0, T0, T0 + HOUR).found["worker"].tolist() == ["w1"]


@pytest.mark.parametrize("damage", ["a file that is none", "a folder that is none"])
def test_an_archive_that_cannot_be_read(wall: Wall, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    wall.tell("w1", 0)
    wall.keeper.flush(T0)
    wall.restart()
    wall.tell("w1", 60)
    wall.fold()
    if damage == "a file that is none":
        [piece] = archive.pieces(wall.folder)["2026-03-12"]
        piece.files()[0].write_bytes(b"nonsense" * 9)
    else:
        archive.fixes_dir(wall.folder).rename(wall.folder / "elsewhere")
        archive.fixes_dir(wall.folder).write_text("in the way")
    answer = wall.history.track(["w1"], T0, T0 + HOUR)
    assert (answer.complete, answer.since_ms) == (False, T0 + MINUTE)
    assert answer.found["w1"]["t"].tolist() == [T0 + MINUTE]
    assert "cannot be read" in caplog.text


def test_files_merged_while_they_are_being_read(wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    for s in range(0, 180, 60):
        wall.tell("w1", s)
        wall.keeper.flush(T0)
    before = archive.pieces(wall.folder)
    wall.keeper.merge(T0 + 2 * HOUR)
    wall.keeper.merge(T0 + 2 * HOUR)
    stale = [before, before]
    listed = archive.pieces
    monkeypatch.setattr(archive, "pieces", lambda folder: stale.pop() if stale else listed(folder))
    assert wall.seconds("w1", 0, 600) == [0, 60, 120]
    assert stale == []


def test_several_days_and_days_that_have_been_dropped(wall: Wall) -> None:
    days = [k * 86_400 for k in range(-3, 1)]
    for s in days:
        wall.tell("w1", s)
        wall.keeper.flush(T0)
    wall.restart()
    wall.tell("w1", 60)
    wall.fold()
    assert wall.seconds("w1", days[0], 60) == [*days, 60]
    assert wall.seconds("w1", days[1] - 60, days[2]) == days[1:3]
    Archivist(wall.log, wall.folder, 1).drop(T0)
    answer = wall.history.track(["w1"], T0 - 3 * DAY, T0 + HOUR)
    assert (answer.since_ms, answer.complete) == (T0 - DAY + 1000, False)
    assert wall.seconds("w1", days[0], 60) == [*days[2:], 60]


def test_near_as_if_every_fix_were_measured(wall: Wall) -> None:
    dice = np.random.default_rng(1)
    told = []
    for k in range(300):
        worker, s = f"w{dice.integers(12)}", int(dice.integers(0, 1200))
        lat, lon = 30 + dice.normal() / 500, 110 + dice.normal() / 500
        told.append((worker, s, round(lat * 1e6), round(lon * 1e6)))
        wall.tell(worker, s, lat, lon, late_s=1200 - s + k)
        if k == 150:
            wall.keeper.flush(T0)
    wall.fold()
    wall.keeper.flush(T0)
    expected: dict[str, list[tuple[float, int]]] = {}
    for worker, s, lat, lon in told:
        away = float(distance_m(*(np.array([v], np.int32) for v in (30_000_000, 110_000_000, lat, lon)))[0])
        if away <= 250 and 100 <= s <= 900:
            expected.setdefault(worker, []).append((away, T0 + s * 1000))
    found = wall.history.near(30.0, 110.0, 250.0, T0 + 100_000, T0 + 900_000).found
    assert found["worker"].tolist() == sorted(expected, key=lambda worker: min(expected[worker]))
    for k, worker in enumerate(found["worker"].tolist()):
        times = [t for _, t in expected[worker]]
        closest = min(expected[worker])
        assert (found["first"][k], found["last"][k]) == (min(times), max(times))
        assert found["fixes"][k] == len(set(times))
        assert found["closest_m"][k] == pytest.approx(closest[0], abs=0.5)
        assert found["closest_at"][k] == closest[1]


def test_a_chatty_phone_does_not_weigh_more(wall: Wall) -> None:
    for s in range(300):
        wall.tell("chatty", s, 30.0 + s / 1e4)
    for s in range(0, 300, 60):
        wall.tell("calm", s + 59, 31.0, late_s=400)
    wall.keeper.flush(T0)
    wall.fold()
    answer, share = wall.history.presence(T0, T0 + 5 * MINUTE)
    assert (share, answer.complete) == (1, False)
    north = answer.found["lat"] > 30_500_000
    minutes = len({(T0 // 1000 + s) // 60 for s in range(300)})
    assert [int((~north).sum()), int(north.sum())] == [minutes, 5]
    first = [s for s in range(300) if s == 0 or (T0 // 1000 + s) % 60 == 0]
    assert sorted(answer.found["lat"][~north].tolist()) == [30_000_000 + s * 100 for s in first]


def test_of_a_long_window_a_share_of_the_minutes_stands_for_all(wall: Wall) -> None:
    for s in range(0, 4 * 3600, 10):
        wall.tell("w1", s)
    wall.keeper.flush(T0)
    wall.fold()
    answer, share = wall.history.presence(T0, T0 + 4 * HOUR)
    assert share == 4
    assert 160 <= len(answer.found["lat"]) * share <= 320, "240 minutes, about"
    assert wall.history.presence(T0, T0 + 4 * HOUR)[0].found["lat"].tolist() == answer.found["lat"].tolist()


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (lambda past: past.track([f"w{k}" for k in range(21)], T0, T0 + 1), "worker"),
        (lambda past: past.track(["w1"], T0, T0), "to"),
        (lambda past: past.track(["w1"], T0, T0 + 31 * DAY + 1), "to"),
        (lambda past: past.near(30, 110, 100, T0, T0 + DAY + 1), "to"),
        (lambda past: past.near(30, 110, 0, T0, T0 + DAY), "r"),
        (lambda past: past.near(30, 110, 5001, T0, T0 + DAY), "r"),
        (lambda past: past.presence(T0, T0 - 1), "to"),
        (lambda past: past.presence(T0, T0 + 31 * DAY + 1), "to"),
    ],
)
def test_what_is_too_much_is_said(wall: Wall, ask: Callable[[History], object], field: str) -> None:
    with pytest.raises(TooMuch, match=f"^{field}=") as caught:
        ask(wall.history)
    assert caught.value.field == field
