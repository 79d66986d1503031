"""The archive of events on real files: everything once, whatever comes back and whatever is killed when."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard import clock, cold
from dashboard.cold import Cold
from dashboard.events import Events
from dashboard.model import EventRated, EventReported, EventStep, Step
from dashboard.pieces import Id, listed, live
from feeds.coldwriter import ColdWriter
from tests.support import MAIN_ROAD, T0, reported, small_regions

DAY, HOUR = clock.DAY_MS, clock.HOUR_MS


class Scene:
    """Events that follow a log, the archive under a folder, and its writer; an event stays hot for a week."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.writer = folder, ColdWriter(folder, 7 * DAY)
        self.events = Events(small_regions().locate, small_regions().node, cold=Cold(folder))

    def closed(self, event_id: str, at: int, **more: object) -> None:
        """A matter reported and closed then."""
        self.events.fold(EventReported(**reported(event_id, **more)), at)
        for name in MAIN_ROAD:
            self.events.fold(EventStep(event_id, Step(name)), at)

    def put(self, read_to: Id, now_ms: int = T0) -> int:
        """What the historian does, having read the log so far."""
        self.events.read_to = read_to
        written = self.writer.put(self.events, now_ms)
        self.events.release(self.events.cold.news(read_to))
        return written

    def files(self) -> list[str]:
        return [path.name for piece in live(listed(cold.folder_of(self.folder))) for path in piece.files()]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_what_is_closed_and_quiet_for_a_week_leaves(scene: Scene) -> None:
    scene.closed("old", T0 - 8 * DAY)
    scene.closed("new", T0 - 6 * DAY)
    scene.closed("rated", T0 - 8 * DAY)
    scene.events.fold(EventRated("rated", 5), T0 - 6 * DAY)
    scene.events.fold(EventReported(**reported("open")), T0 - 9 * DAY)
    digest = scene.events.total_digest
    assert scene.put((T0, 0)) == 1
    assert [one.id for one in scene.events] == ["new", "rated", "open"]
    assert (scene.events.total, scene.events.total_digest) == (4, digest)
    assert "old" in scene.events
    assert scene.events["old"].closed_ms == T0 - 8 * DAY
    assert len(scene.events.columns["node"]) == 3


def test_nothing_is_archived_twice_after_a_crash(scene: Scene) -> None:
    scene.closed("old", T0 - 8 * DAY)
    again = Scene(scene.folder)
    again.closed("old", T0 - 8 * DAY)  # it had been archived, and no snapshot was saved
    assert scene.put((T0, 0)) == 1
    again.events.release(again.events.cold.news((T0 + 5, 0)))
    assert again.put((T0 + 5, 0)) == 0
    assert again.events.total == 1


def test_without_news_on_the_log_no_second_file_takes_the_name_of_the_first(scene: Scene) -> None:
    scene.closed("a", T0 - 8 * DAY)
    scene.closed("b", T0 - 7 * DAY + HOUR)
    assert [scene.put((T0, 0)), scene.put((T0, 0), T0 + DAY), scene.put((T0, 1), T0 + DAY)] == [1, 0, 1]


def test_one_that_comes_back_leaves_again_and_its_newest_row_counts(scene: Scene) -> None:
    scene.closed("old", T0 - 8 * DAY)
    scene.put((T0, 0))
    scene.events.fold(EventRated("old", 2), T0)
    assert [one.id for one in scene.events] == ["old"]
    assert scene.put((T0 + 1, 0)) == 0, "it has just been rated"
    assert scene.put((T0 + 2, 0), T0 + 8 * DAY) == 1
    assert (len(scene.events), scene.events["old"].score, scene.events.total) == (0, 2, 1)
    fresh = Cold(scene.folder)
    assert len(fresh.begin((T0 + 9, 0)).keys) == 1
    before, after = fresh.fetch("old", (T0 + 1, 0)), Cold(scene.folder)
    after.begin((T0 + 9, 0))
    newest = after.fetch("old", (T0 + 9, 0))
    assert before and newest
    assert (before[0].score, newest[0].score) == (None, 2), "of two rows, the newest the asker can know"


def test_files_of_a_finished_hour_day_and_month_become_one(scene: Scene) -> None:
    midnight = clock.city_midnight(T0)
    for n, at in enumerate(
        (midnight - 39 * DAY, midnight - 38 * DAY, midnight - DAY, midnight - HOUR, midnight + HOUR)
    ):
        scene.closed(f"e{n}", at - 8 * DAY)
        scene.put((at, 0), at)
    for n in (5, 6):
        scene.closed(f"e{n}", midnight + 3 * HOUR - 8 * DAY)
        scene.put((midnight + 3 * HOUR + n, 0), midnight + 3 * HOUR)
    scene.writer.merge(midnight + 3 * HOUR + 9)
    spans = [(piece.first[0] - midnight, piece.last[0] - midnight) for piece in live(listed(scene.folder / "events"))]
    assert spans == [
        (-39 * DAY, -38 * DAY), (-DAY, -HOUR), (HOUR, HOUR), (3 * HOUR + 5,) * 2, (3 * HOUR + 6,) * 2,
    ]  # fmt: skip
    scene.writer.merge(midnight + 4 * HOUR)
    assert len(scene.files()) == 4
    assert all(scene.events[f"e{n}"].id == f"e{n}" for n in range(7)), "found though their files have changed"
    scene.writer.merge(midnight + 4 * HOUR)
    assert len(list((scene.folder / "events").iterdir())) == 4, "what has been merged is gone one time later"


def test_an_archive_that_cannot_be_written_costs_nothing(scene: Scene) -> None:
    scene.closed("old", T0 - 8 * DAY)
    (scene.folder / "events").write_text("in the way of the folder")
    assert not scene.writer.tend(scene.events, T0)
    assert len(scene.events) == 1
