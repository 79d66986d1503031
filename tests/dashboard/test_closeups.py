"""The frames of views, folded as a browser folds them; the tile's are kept as golden frames."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashboard import frames
from dashboard.people import mercator
from dashboard.views import View
from tests.support import DISTRICTS, GRIDS, T0, Gap, Stage, Viewer, fix, profile, reported

GOLDEN = Path(__file__).parents[1] / "golden"
EAST = "10/824/422"
"""A map tile whose eastern border lies at 110.0390625° E."""


class Watcher(Viewer):
    """Holds one tile as a browser does, written a second time."""

    def __init__(self) -> None:
        super().__init__()
        self.tile_seq: int | None = None
        self.views: list[dict[str, Any]] = []
        self.columns: list[dict[str, Any]] = []

    def look(self, blob: bytes) -> None:
        """Fold one frame of a view. Raises Gap as `take` does."""
        header: dict[str, Any]
        header, columns = frames.unpack(blob)  # type: ignore[assignment]  # a header's values are of any type
        self.views.append(header)
        self.columns.append(columns)
        if header["kind"] != "tile":
            return
        if header["prev"] != (None if header["prev"] is None else self.tile_seq):
            raise Gap(f"{self.tile_seq}, then {header['prev']}")
        self.tile_seq = header["seq"]
        for row in columns["left"].tolist() if "left" in columns else []:
            del self.workers[row]
        self._fold({**header, "events": {"put": [], "del": []}}, columns)
        if self.digest != header["digest"]:
            raise Gap(f"digest {self.digest}, the server's is {header['digest']}")


def watch(stage: Stage, at: float, watcher: Watcher, *views: View, sent: list[bytes] | None = None) -> None:
    """From then on the watcher looks at these."""
    wanted = set(views)

    def take(blob: bytes) -> None:
        watcher.look(blob)
        if sent is not None:
            sent.append(blob)

    def hear(view: View, blob: bytes) -> None:
        if view in wanted:
            take(blob)

    def begin() -> None:
        stage.pipeline.look_at("seat", wanted, take, lambda new, left: None)
        stage.pipeline.whisper = hear

    stage.at(at, begin)


def crossing(stage: Stage) -> None:
    """Three workers; w1 walks, leaves the tile and comes back, w2 comes, w3 is never near."""
    stage.crowded()
    stage.push.epoch = "golden"
    stage.before(
        ("worker.profile", profile("w1", name="王芳")), ("worker.profile", profile("w2", GRIDS[2])),
        ("worker.fix", fix("w1", T0 - 4000, 30.05, 110.03)), ("worker.fix", fix("w2", T0 - 4000, 30.05, 110.05)),
        ("worker.fix", fix("w3", T0 - 4000, 31.9, 119.9)),
    )  # fmt: skip
    stage.append_at(0.2, ("worker.fix", fix("w1", T0 + 100, 30.0501, 110.0301)))
    stage.append_at(
        0.4, ("worker.fix", fix("w2", T0 + 300, 30.05, 110.02)), ("worker.fix", fix("w3", T0 + 300, 31.9, 119.8))
    )
    stage.append_at(0.6, ("worker.fix", fix("w1", T0 + 500, 30.05, 110.08)))
    stage.append_at(
        0.8, ("worker.fix", fix("w1", T0 + 700, 30.05, 110.01)), ("worker.fix", fix("w2", T0 + 700, 30.0502, 110.0202))
    )


def test_who_watches_a_tile_holds_who_stands_in_it(stage: Stage) -> None:
    crossing(stage)
    watcher = Watcher()
    watch(stage, 0.1, watcher, View("tile", EAST))
    stage.play(1.5)
    fleet = stage.replica.picture.fleet
    lon, lat = fleet.lon[:3], fleet.lat[:3]
    x, y = (np.floor(part * 1024).astype(int).tolist() for part in mercator(lon, lat))
    inside = [row for row in range(3) if f"10/{x[row]}/{y[row]}" == EAST]
    assert sorted(watcher.workers) == inside == [0, 1]
    assert {watcher.ids[row] for row in inside} == {"w1", "w2"}
    assert [v["seq"] for v in watcher.views] == [0, 1, 2, 3, 4]


def test_common_frames_of_a_crowd_hold_no_workers(stage: Stage) -> None:
    crossing(stage)
    viewer = Viewer()
    stage.at(0.1, lambda: stage.join(viewer))
    stage.play(0.7)
    for _, blob in stage.sent[1:]:
        viewer.take(blob)
    assert viewer.workers == {} and viewer.ids == {}
    assert all(header["partial"] for header in stage.deltas())
    assert viewer.sections["board"]["total"]["total"] == 3


def test_density_counts_those_on_duty(stage: Stage) -> None:
    crossing(stage)
    stage.append_at(0.3, *(("worker.duty", {"worker_id": f"w{n}", "status": "available"}) for n in (1, 3)))
    watcher = Watcher()
    watch(stage, 0.35, watcher, View("density", "9"))
    stage.play(0.9)
    assert [view["kind"] for view in watcher.views] == ["density"] * len(watcher.views)
    assert [columns["count"].sum() for columns in watcher.columns] == [2] * len(watcher.views)
    first, *later = watcher.views
    assert first["t0"] is None and all(view["t0"] for view in later) and later


def test_of_densities_two_may_follow_at_once_but_no_third(stage: Stage) -> None:
    crossing(stage)
    for k in range(40):
        move = {"worker_id": "w1", "lat": 30.0 + k / 1e4, "lon": 119.0, "fix_time": T0 + 500 + 50 * k}
        stage.append_at(0.5 + k / 20, ("worker.fix", move))
    watcher = Watcher()
    watch(stage, 0.35, watcher, View("density", "9"))
    stage.play(2.6)
    at = [view["as_of"] for view in watcher.views[1:]]
    gaps = [b - a for a, b in pairwise(at)]
    assert gaps[0] < 100 and all(t >= at[0] + 150 * (k - 1) for k, t in enumerate(at))
    assert max(gaps) <= 250


def test_a_regions_numbers_every_second(stage: Stage) -> None:
    stage.before(("event.reported", reported("e1")), ("event.reported", reported("e2", lon=110.25)))
    watcher = Watcher()
    watch(stage, 0.5, watcher, View("scope", DISTRICTS[1]), View("layer", "open"))
    stage.append_at(1.5, ("event.reported", reported("e3", lon=110.25)))
    stage.play(3.5)
    scopes = [view for view in watcher.views if view["kind"] == "scope"]
    assert [view["kpi"]["city"]["open"] for view in scopes] == [1, 1, 2, 2]
    layers = [columns for view, columns in zip(watcher.views, watcher.columns, strict=True) if view["kind"] == "layer"]
    assert [int(columns["num"][0]) for columns in layers] == [2, 3]
    assert layers[0]["den"].tolist() == [-1] * len(layers[0]["num"])


@pytest.mark.parametrize(
    "view", [View("scope", "777"), View("tile", "10/9999/0"), View("layer", "x"), View("density", "99")]
)
def test_an_unknown_view_is_passed_over(stage: Stage, view: View) -> None:
    watcher = Watcher()
    watch(stage, 0.1, watcher, view)
    stage.play(1.2)
    assert watcher.views == []


def test_golden_tile_frames(stage: Stage, request: pytest.FixtureRequest) -> None:
    """Byte for byte what tests/assets/closeups.test.mjs folds; `--write-golden` writes them anew."""
    crossing(stage)
    blobs: list[bytes] = []
    watch(stage, 0.1, Watcher(), View("tile", EAST), sent=blobs)
    stage.play(1.5)
    files = {f"tile-{k}.bin": blob for k, blob in enumerate(blobs)}
    if request.config.getoption("--write-golden"):
        for name, content in files.items():
            (GOLDEN / name).write_bytes(content)
    assert {path.name for path in GOLDEN.glob("tile-*.bin")} == set(files)
    for name, content in files.items():
        assert (GOLDEN / name).read_bytes() == content, f"{name} differs; if that is meant, run with --write-golden"
