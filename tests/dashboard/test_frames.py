"""What leaves for the browsers, and the golden frames that both sides are tested with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import frames
from dashboard.clock import from_rfc3339
from dashboard.eventstate import EventState
from dashboard.fleet import NO_FIX, Fleet
from dashboard.model import Duty, Role, Step
from dashboard.procedure import Procedure
from dashboard.processbook import Choices
from tests.support import GRIDS, MAIN_ROAD, T0, Stage, Viewer, fix, profile, reported, small_regions, step

GOLDEN = Path(__file__).parents[1] / "golden"
INT = st.integers(-(2**31), 2**31 - 1)
COLUMNS = st.tuples(
    st.lists(INT, max_size=9).map(lambda v: ("a", np.array(v, np.int32))),
    st.lists(st.integers(0, 255), max_size=9).map(lambda v: ("b", np.array(v, np.uint8))),
    st.lists(st.integers(0, 2**32 - 1), max_size=9).map(lambda v: ("c", np.array(v, np.uint32))),
    st.lists(st.floats(allow_nan=False), max_size=9).map(lambda v: ("d", np.array(v, np.float64))),
)


@given(
    st.dictionaries(st.text(max_size=4).filter(lambda k: k != "cols"), st.integers() | st.text(max_size=9), max_size=4),
    COLUMNS,
)
def test_packed_and_unpacked(header: dict[str, object], columns: Any) -> None:
    blob = frames.pack(header, columns)
    found, arrays = frames.unpack(blob)
    assert found == header
    assert {name: array.tolist() for name, array in arrays.items()} == {name: array.tolist() for name, array in columns}
    assert len(blob) % 8 == 0  # a browser's typed arrays need it
    assert all(array.dtype.newbyteorder("=") == dict(columns)[name].dtype for name, array in arrays.items())


def test_the_bytes_are_little_endian() -> None:
    blob = frames.pack({}, [("x", np.array([1, -2], ">i4"))])
    assert blob.endswith(bytes([1, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF]))


@pytest.mark.parametrize("blob", [b"", b"4SF", b"JSON{}  "])
def test_what_is_no_frame(blob: bytes) -> None:
    with pytest.raises(ValueError, match="not a frame"):
        frames.unpack(blob)


@pytest.mark.parametrize(("text", "digest"), [("", 0x811C9DC5), ("a", 0xE40C292C), ("foobar", 0xBF9CF968)])
def test_text_digest_is_fnv1a(text: str, digest: int) -> None:
    """Test vectors of the function's authors."""
    assert frames.text_digest(text) == digest


def plain_digest(row: int, lon: int, lat: int, flag: int) -> int:
    """The definition of `worker_digest` in plain integers."""
    mask = 2**32 - 1
    h = (row + 1) * 0x9E3779B1 & mask
    h ^= (lon & mask) * 0x85EBCA6B & mask
    h ^= (lat & mask) * 0xC2B2AE35 & mask
    h ^= (flag + 1) * 0x27D4EB2F & mask
    h = (h ^ (h >> 15)) * 0x2C1B3C6D & mask
    return h ^ (h >> 12)


@given(st.lists(st.tuples(st.integers(0, 400_000), INT, INT, st.integers(0, 63)), min_size=1, max_size=9))
def test_worker_digest(workers: list[tuple[int, int, int, int]]) -> None:
    rows, lon, lat, flag = (np.array(column) for column in zip(*workers, strict=True))
    found = frames.worker_digest(
        rows.astype(np.int64), lon.astype(np.int32), lat.astype(np.int32), flag.astype(np.uint8)
    )
    assert found.tolist() == [plain_digest(*worker) for worker in workers]


def test_the_digest_is_the_sum_over_everything_held() -> None:
    fleet = Fleet()
    wire = frames.Wire(fleet, small_regions(), Procedure())
    assert wire.digest == 0
    rows = fleet.profiles([f"w{k}" for k in range(1500)], [""] * 1500, [Role.volunteer] * 1500, [""] * 1500)
    wire.workers(rows, T0)
    moved = fleet.fixes(["w0", "w1499"], [1.0, 2.0], [3.0, 4.0], [T0, T0])
    fleet.duties(["w1499"], [Duty.on_scene])
    wire.workers(moved, T0)
    flags = {1499: 36}
    expected = sum(plain_digest(r, int(fleet.lon[r]), int(fleet.lat[r]), flags.get(r, 32)) for r in range(1500))
    assert wire.digest == expected % 2**32


def state(event_id: str, version: int = 1, where: Step = Step.reported) -> EventState:
    """An event as it stands."""
    return EventState(event_id, "t", "c", 1, 0.0, 0.0, GRIDS[0], "", "", T0, where, version=version)


def test_events_are_put_replaced_and_deleted() -> None:
    wire = frames.Wire(Fleet(), small_regions(), Procedure())
    found: Any = wire.events([state("e1"), state("e2"), state("e3", 9, Step.merged)])
    assert ([row["id"] for row in found["put"]], found["del"]) == (["e1", "e2"], [])
    assert found["put"][0]["place"] == "东区 河街道 桥头社区"
    wire.events([state("e1", 2)])
    assert wire.digest == (frames.text_digest("e1:2") + frames.text_digest("e2:1")) % 2**32
    assert wire.events([state("e1", 3, Step.evaluated), state("e3", 10, Step.merged)]) == {"put": [], "del": ["e1"]}
    assert wire.digest == frames.text_digest("e2:1")


def test_only_a_limit_in_a_year_of_unknown_holidays_says_so() -> None:
    procedure = Procedure(choices=Choices("huaian"))
    wire = frames.Wire(Fleet(), small_regions(), procedure)
    event = state("e1")
    event.process, event.reported_ms = "huaian", from_rfc3339("2026-12-24T10:00:00+08:00")
    assert "uncertain" not in wire.event(event)
    event.due_ms = from_rfc3339("2027-01-05T17:30:00+08:00")
    assert wire.event(event)["uncertain"] == [2027]


def test_the_age_of_a_fix_is_cut_to_what_fits() -> None:
    fleet = Fleet()
    fleet.fixes(["old", "new"], [1.0, 1.0], [1.0, 1.0], [0, T0 + 5])
    fleet.rows(["none"])
    columns = dict(frames.Wire(fleet, small_regions(), Procedure()).workers(np.arange(3), T0))
    assert columns["age"].tolist() == [2**31 - 1, -5, 2**31 - 1]
    assert columns["lon"].tolist() == [1_000_000, 1_000_000, NO_FIX]


def performed(stage: Stage) -> tuple[list[bytes], Viewer]:
    """A short play with everything a frame can carry: the snapshot, then every delta after it."""
    viewer, blobs = Viewer(), []
    stage.push.epoch = "golden"
    stage.before(
        ("worker.profile", profile("w1", name="王芳")),
        ("worker.profile", profile("工-2", GRIDS[2], role="grid_head")),
        ("worker.duty", {"worker_id": "w1", "status": "available"}),
        ("worker.fix", fix("w1", T0 - 4000)),
        ("event.reported", reported("e1")),
        ("event.reported", reported("事件😀2", title='<b>&"井盖"\u2028', severity="urgent", lon=110.25)),
        ("event.reported", reported("e3", lat=0.0)),
    )
    stage.at(0.1, lambda: stage.pipeline.join("", -1, lambda b: (blobs.append(b), viewer.take(b)), lambda: None))  # type: ignore[func-returns-value]  # two in one
    stage.append_at(0.2, ("worker.fix", fix("w1", T0 + 100, -33.5, -70.25)), ("worker.fix", fix("新3", T0 + 150)))
    stage.append_at(
        0.3, *(("event.step", step("e1", name)) for name in MAIN_ROAD[:2]), ("event.step", step("e3", "merged"))
    )
    tape = {"tape": "磁带", "state": "playing", "tape_start": 0, "wall_start": T0, "speed": 60, "shifted": True}
    stage.append_at(0.4, ("worker.profile", profile("新3", role="volunteer")), ("wall.tape", tape))
    stage.append_at(0.5, ("event.step", step("e1", "handling", due=T0 + 1)), ("event.reported", reported("e4")))
    stage.append_at(0.6, ("worker.fix", fix("w1", T0 + 600, -33.4999, -70.2512)), ("worker.fix", fix("新3", T0 + 580)))
    stage.play(1.3)
    for _, blob in stage.sent[1:]:
        blobs.append(blob)
        viewer.take(blob)
    return blobs, viewer


def expected(blobs: list[bytes], viewer: Viewer) -> str:
    """What a browser must hold after each golden frame, as JSON."""
    headers: list[Any] = [frames.unpack(blob)[0] for blob in blobs]
    frames_ = [
        {
            "file": f"frame-{k}.bin",
            "kind": h["kind"],
            "seq": h["seq"],
            "digest": h["digest"],
            "put": [e["id"] for e in h["events"]["put"]],
            "del": h["events"]["del"],
        }
        for k, h in enumerate(headers)
    ]
    workers = [
        {
            "row": r,
            "id": viewer.ids[r],
            "lon": lon,
            "lat": lat,
            "flag": flag,
            "fix": None if lon == NO_FIX else viewer.fix_ms[r],
        }
        for r, (lon, lat, flag) in sorted(viewer.workers.items())
    ]
    final = {
        "epoch": viewer.epoch,
        "seq": viewer.seq,
        "workers": workers,
        "events": list(viewer.events.values()),
        **viewer.sections,
    }
    return json.dumps({"frames": frames_, "final": final}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def test_golden_frames(stage: Stage, request: pytest.FixtureRequest) -> None:
    """Byte for byte what is committed, which tests/assets/picture.test.mjs folds; `--write-golden` writes it anew."""
    blobs, viewer = performed(stage)
    files = {f"frame-{k}.bin": blob for k, blob in enumerate(blobs)} | {
        "expected.json": expected(blobs, viewer).encode()
    }
    if request.config.getoption("--write-golden"):
        GOLDEN.mkdir(exist_ok=True)
        for old in [*GOLDEN.glob("frame-*"), *GOLDEN.glob("expected*")]:
            old.unlink()
        for name, content in files.items():
            (GOLDEN / name).write_bytes(content)
    assert {path.name for path in GOLDEN.glob("frame-*")} | {"expected.json"} == set(files)
    for name, content in files.items():
        assert (GOLDEN / name).read_bytes() == content, f"{name} differs; if that is meant, run with --write-golden"


def test_the_golden_play_shows_every_kind_of_change(stage: Stage) -> None:
    blobs, viewer = performed(stage)
    assert viewer.kinds == ["snapshot"] + ["delta"] * (len(blobs) - 1)
    headers: list[Any] = [frames.unpack(blob)[0] for blob in blobs]
    assert any(h["events"]["del"] for h in headers)
    assert any("roster" in h for h in headers[1:])
    assert {"board", "kpi", "feeds", "streams", "tapes"} <= viewer.sections.keys()
    assert NO_FIX in {lon for lon, _, _ in viewer.workers.values()}
