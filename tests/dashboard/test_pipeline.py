"""From the log to the frames: pacing, joining, and that a viewer holds what the picture holds."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from threading import Thread
from typing import Any

import pytest

from dashboard import frames, pipeline
from dashboard.replica import LogUnavailable
from tests.support import GRIDS, MAIN_ROAD, T0, Stage, Viewer, fix, profile, reported, step

FRAME_S = pipeline.FRAME_MS / 1000


def agree(stage: Stage, viewer: Viewer) -> None:
    """The viewer holds the picture: the open events, everybody's place and duty."""
    picture = stage.replica.picture
    fleet = picture.fleet
    assert {i: e["v"] for i, e in viewer.events.items()} == {
        i: picture.events[i].version for i in picture.events.opened
    }
    assert [viewer.ids[row] for row in range(len(fleet))] == fleet.ids
    for row in range(len(fleet)):
        flag = int(fleet.duty[row]) + 8 * int(fleet.role[row])
        assert viewer.workers[row] == (int(fleet.lon[row]), int(fleet.lat[row]), flag)
    fixed = [row for row in range(len(fleet)) if fleet.fix_ms[row] >= 0]
    assert [viewer.fix_ms[row] for row in fixed] == fleet.fix_ms[fixed].tolist()


def follow(stage: Stage, viewer: Viewer) -> None:
    """Hand the viewer everything sent after what it holds."""
    for _, blob in stage.sent:
        header, _ = frames.unpack(blob)
        if header["seq"] > viewer.seq:  # type: ignore[operator]  # a number in every frame
            viewer.take(blob)


def test_a_frame_leaves_soon_after_a_record_and_not_sooner_after_the_last_frame(stage: Stage) -> None:
    at = [0.5, 0.501, 0.52, 0.545, 0.6, 0.95, 0.999, 1.003, 2.2]
    for k, seconds in enumerate(at):
        stage.append_at(seconds, ("worker.fix", fix("w1", T0 + k)))
    stage.play(4)
    left = [seconds for seconds, _ in stage.sent]
    for seconds in at:
        assert min(s for s in left if s >= seconds) - seconds <= FRAME_S + 1e-9
    assert len(stage.sent) < len(at) + 5 + 1
    ticks = {0.0, *(round(s, 3) for s in left if s % 1 < 0.01)}
    assert all(b - a >= FRAME_S - 0.001 for a, b in pairwise(s for s in left if round(s, 3) not in ticks))


def test_what_came_between_two_beats_of_a_source_keeps_it_waiting_for_a_few_beats_only(stage: Stage) -> None:
    beats = [0.1 + 0.04 * n for n in range(20)]
    for k, seconds in enumerate(sorted([0.12, *beats])):
        stage.append_at(seconds, ("worker.fix", fix("w1", T0 + k)))
    stage.play(0.95)
    left = [seconds for seconds, _ in stage.sent]
    waited = [min(s for s in left if s >= at - 1e-6) - at for at in beats]
    assert max(waited) > 0.01
    assert waited[6:] == pytest.approx([0] * len(waited[6:]), abs=1e-6)


def test_a_record_after_silence_leaves_at_once(stage: Stage) -> None:
    stage.append_at(0.5, ("worker.fix", fix()))
    stage.play(0.9)
    assert [seconds for seconds, _ in stage.sent] == [0.0, 0.5]
    assert stage.deltas()[-1]["t0"] == T0 + 500


def test_what_is_counted_once_a_second_rides_with_a_fleet_that_reports_once_a_second(stage: Stage) -> None:
    for second in range(1, 9):
        stage.append_at(second - 0.2, ("worker.fix", fix("w1", T0 + second)))
    stage.play(8.5)
    left = [round(seconds, 3) for seconds, _ in stage.sent]
    assert left == [0.0, *(second - 0.2 for second in range(1, 9))]
    counted = [seconds for (seconds, _), header in zip(stage.sent, stage.deltas(), strict=True) if "streams" in header]
    assert len(counted) == len(left)


@pytest.mark.parametrize("phase", [0.05, 0.25, 0.5, 0.75, 0.95])
def test_the_count_finds_into_step_with_a_fleet_whatever_its_phase(stage: Stage, phase: float) -> None:
    for second in range(1, 30):
        late = 0.04 * (second % 3)
        stage.append_at(second + phase + late, ("worker.fix", fix("w1", T0 + second)))
    stage.play(30)
    late_on = [seconds for seconds, _ in stage.sent if seconds > 5]
    assert len(late_on) <= 27


def test_a_steady_stream_is_still_counted_once_a_second(stage: Stage) -> None:
    for k in range(80):
        stage.append_at(0.05 * k + 0.01, ("worker.fix", fix("w1", T0 + k)))
    stage.play(4.4)
    counted = [seconds for (seconds, _), header in zip(stage.sent, stage.deltas(), strict=True) if "streams" in header]
    assert all(0.99 <= b - a <= 1.01 for a, b in pairwise(counted)), counted


def test_silence_is_a_frame_a_second_that_says_nothing(stage: Stage) -> None:
    stage.play(4.5)
    left = [seconds for seconds, _ in stage.sent]
    assert all(0.99 <= b - a <= 1.01 for a, b in pairwise(left))
    assert len(left) == 5
    assert [h["seq"] for h in stage.deltas()] == [1, 2, 3, 4, 5]
    quiet: Any = stage.deltas()[-1]
    assert (quiet["events"], quiet["t0"], "board" in quiet, "kpi" in quiet) == (
        {"put": [], "del": []},
        None,
        False,
        False,
    )


def test_what_was_on_the_log_before_is_in_the_first_snapshot(stage: Stage) -> None:
    stage.before(("event.reported", reported("e1")), ("worker.fix", fix("w1")), ("worker.profile", profile("w2")))
    viewer = Viewer()
    stage.at(0.01, lambda: stage.join(viewer))
    stage.play(1.5)
    assert viewer.kinds == ["snapshot"]
    follow(stage, viewer)
    agree(stage, viewer)
    assert viewer.sections["kpi"]["city"]["open"] == 1
    assert viewer.sections["board"]["total"]["total"] == 2
    assert viewer.sections["streams"] == dict.fromkeys(("wall:events", "wall:positions", "wall:workers"), T0)


def test_a_join_during_pending_changes_fits_the_next_delta(stage: Stage) -> None:
    """Pending when the viewer comes: a new event, a new worker, and an event that left."""
    viewer, seen = Viewer(), {}
    stage.append_at(0.5, ("event.reported", reported("e1")))
    leaving = ("event.step", step("e1", "merged"))
    stage.append_at(0.51, ("event.reported", reported("e2")), ("worker.fix", fix("w1")), leaving)
    stage.at(0.52, lambda: stage.join(viewer))
    stage.at(0.521, lambda: seen.update(viewer.events))
    stage.append_at(0.53, ("event.step", step("e2", "accepted")))
    stage.play(2)
    assert set(seen) == {"e2"}
    follow(stage, viewer)
    assert viewer.kinds[0] == "snapshot"
    assert len(viewer.kinds) > 2
    agree(stage, viewer)


def test_a_viewer_who_comes_back_gets_what_it_missed(stage: Stage) -> None:
    viewer = Viewer()
    stage.at(0.1, lambda: stage.join(viewer))
    for k in range(5):
        stage.append_at(0.5 + k, ("worker.fix", fix("w1", T0 + k)))
    stage.at(4.8, lambda: stage.join(viewer))
    stage.play(4.9)
    assert viewer.kinds == ["snapshot"] + ["delta"] * (stage.push.seq - 1)
    agree(stage, viewer)


@pytest.mark.parametrize("epoch", ["", "another"])
def test_a_viewer_of_another_run_gets_a_snapshot(stage: Stage, epoch: str) -> None:
    viewer = Viewer()
    viewer.epoch, viewer.seq = epoch, 1
    stage.append_at(0, ("event.reported", reported("e1")))
    stage.at(0.5, lambda: stage.join(viewer))
    stage.play(0.9)
    assert viewer.kinds == ["snapshot"]
    agree(stage, viewer)


def test_a_viewer_enters_after_it_was_served(stage: Stage) -> None:
    order: list[str] = []
    send, enter = (lambda blob: order.append("frame")), (lambda: order.append("in"))
    stage.at(0.5, lambda: stage.pipeline.join("", -1, send, enter))
    stage.play(0.9)
    assert order == ["frame", "in"]


def test_a_snapshot_is_encoded_once_for_all_who_come_between_two_frames(stage: Stage) -> None:
    blobs: list[bytes] = []
    for k in range(3):
        stage.at(0.5 + k / 100, lambda: stage.pipeline.join("", -1, blobs.append, lambda: None))
    stage.play(0.9)
    assert blobs[0] is blobs[1] is blobs[2]


def test_a_closed_event_leaves_and_a_closed_one_is_never_told(stage: Stage) -> None:
    stage.before(("event.reported", reported("e1")))
    viewer = Viewer()
    stage.at(0.1, lambda: stage.join(viewer))
    stage.append_at(0.5, *(("event.step", step("e1", name)) for name in MAIN_ROAD))
    stage.append_at(0.6, ("event.reported", reported("e2")), ("event.step", step("e2", "merged")))
    stage.play(0.9)
    follow(stage, viewer)
    assert viewer.events == {}
    assert [h["events"]["del"] for h in stage.deltas()[1:]] == [["e1"], []]


def test_a_malformed_entry_stops_nothing(stage: Stage) -> None:
    stage.append_at(
        0.5, ("event.step", "[" * 100_000), ("event.reported", '{"event_id": 5, x'), ("event.reported", reported())
    )
    stage.play(1.5)
    assert len(stage.refused) == 2
    assert stage.pipeline.health["open"] == 1
    feeds: Any = stage.pipeline.health["feeds"]
    assert feeds["test"] == {"records": 1, "duplicates": 0, "rejected": 2, "last": T0 + 500}


def test_a_log_that_does_not_answer_for_a_while(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """No frame claims that the city is quiet; when the log is back, everything is."""
    monkeypatch.setattr("dashboard.pipeline.RETRY_S", 0.001)
    said: list[object] = []

    def unplug() -> None:
        stage.at(stage.seconds, unplug if len(said) < 3 else lambda: None)
        said.append(stage.pipeline.health["status"])
        raise LogUnavailable("the log does not answer")

    stage.at(0.5, unplug)
    viewer = Viewer()
    stage.at(0.1, lambda: stage.join(viewer))
    stage.append_at(0.6, ("event.reported", reported("e1")))
    stage.play(1.5)
    assert said == ["ok", *["log unavailable"] * 3]
    assert stage.pipeline.health["status"] == "ok"
    follow(stage, viewer)
    assert list(viewer.events) == ["e1"]


def test_health_says_where_it_stands(stage: Stage) -> None:
    assert stage.pipeline.health["status"] == "starting"
    stage.append_at(0.5, ("event.reported", reported()), ("worker.fix", fix()))
    stage.play(1.5)
    health = stage.pipeline.health
    assert (health["status"], health["epoch"], health["seq"]) == ("ok", stage.push.epoch, stage.push.seq)
    assert health["state_hash"] == stage.replica.picture.state_hash == stage.deltas()[-1]["hash"]
    assert (health["applied"], health["workers"], health["events"], health["open"]) == (2, 1, 1, 1)
    assert health["position"] == {"wall:events": f"{T0 + 500}-0", "wall:positions": f"{T0 + 500}-1"}


def test_a_workers_track(stage: Stage) -> None:
    for k in range(3):
        stage.append_at(k, ("worker.fix", fix("w1", T0 + k * 1000, lat=30 + k / 10)))
    stage.play(3.5)
    found = stage.pipeline.track("w1", T0)
    assert found is not None
    assert ([int(f["lat"]) for f in found[0]], found[1]) == ([30_100_000, 30_200_000], T0)
    assert stage.pipeline.track("nobody", 0) is None


def test_a_viewer_who_comes_before_the_replica_has_caught_up(stage: Stage) -> None:
    stage.before(("event.reported", reported("e1")), ("worker.fix", fix("w1")))
    viewer = Viewer()
    early = Thread(target=stage.join, args=(viewer,), daemon=True)
    early.start()
    early.join(0.05)
    assert viewer.kinds == []
    stage.play(0.5)
    early.join(5)
    assert viewer.kinds == ["snapshot"]
    agree(stage, viewer)


@pytest.mark.parametrize("seed", range(6))
def test_viewers_hold_what_the_picture_holds(stage: Stage, seed: int) -> None:
    """Four seconds of everything at random; one viewer follows from the start, one drops out, some come late."""
    random = Random(seed)
    for k in range(160):
        worker, event = f"w{random.randrange(7)}", f"e{random.randrange(9)}"
        options: list[tuple[str, object]] = [
            (
                "worker.fix",
                fix(worker, T0 + k * 25 - random.randrange(500), 30 + random.random(), 110 + random.random()),
            ),
            ("worker.profile", profile(worker, random.choice(GRIDS))),
            ("worker.duty", {"worker_id": worker, "status": random.choice(["available", "on_scene", "off_duty"])}),
            ("event.reported", reported(event)),
            *[("event.step", step(event, random.choice([*MAIN_ROAD, "merged"])))] * 4,
        ]
        stage.append_at(k * 0.025, *random.sample(options, random.randrange(1, 4)))
    viewers = [Viewer() for _ in range(5)]
    for k, viewer in enumerate(viewers):
        stage.at(0.01 + k * 0.77, lambda viewer=viewer: stage.join(viewer))  # type: ignore[misc]  # bound now
    stage.at(2.5, lambda: stage.join(viewers[0]))
    stage.play(4.2)
    for viewer in viewers:
        follow(stage, viewer)
        agree(stage, viewer)
        assert viewer.sections["streams"] == viewers[0].sections["streams"]
        assert viewer.sections["board"] == viewers[0].sections["board"]
    assert len(stage.replica.picture.fleet) == 7


def test_alarms_and_the_desk_travel_when_they_change(stage: Stage) -> None:
    alarm = {"alarm_id": "a", "device_id": "d", "kind": "smoke", "severity": "urgent", "lat": 30.05, "lon": 110.05}
    stage.before(("alarm.raised", alarm))
    stage.append_at(2.5, ("alarm.acked", {"alarm_id": "a", "by": "值班长"}))
    stage.play(5.5)
    told: list[Any] = [(h["alarms"][0]["state"], h["desk"]["sounds"]) for h in stage.deltas() if "alarms" in h]  # type: ignore[index]
    assert told == [("unacknowledged", [1]), ("acknowledged", [])]
