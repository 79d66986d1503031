"""An outside event becomes a record: its datum, its clock, its right to say what it says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashboard.codec import Malformed
from dashboard.model import EventReported, WorkerFixes
from dashboard.terms import Crs
from feeds import drafts
from feeds.protocols.cloudevents import Draft

NOW = 1_800_000_000_000
FIXES = {"worker_id": ["a", "b"], "lat": [31.8, 31.8], "lon": [119.9, 119.9], "fix_time": [NOW, NOW + 10**7]}


def made(kind: str, data: Any, *, crs: Crs = "wgs84", time: str = "", source: str = "us") -> Any:
    draft = Draft("1", source, kind, time, json.dumps(data).encode(), b"")
    return drafts.record(draft, crs, ("us", "also"), ("event.", "worker."), NOW)


def test_an_event_without_a_time_is_of_now() -> None:
    assert made("event.rated", {"event_id": "e", "score": 1}).time_ms == NOW
    assert made("event.rated", {"event_id": "e", "score": 1}, time="2026-01-01T00:00:00Z").time_ms < NOW


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
def test_a_place_without_a_datum_is_in_the_sources(crs: Crs) -> None:
    place = {"event_id": "e", "title": "t", "category": "c", "severity": "normal", "lat": 31.8, "lon": 119.97}
    found = made("event.reported", place, crs=crs).data
    assert isinstance(found, EventReported) and found.crs == "wgs84" and abs(found.lat - 31.8) > 0.001
    said = made("event.reported", place | {"crs": "wgs84"}, crs=crs).data
    assert (said.lat, said.lon) == (31.8, 119.97)


def test_only_the_fixes_that_are_ahead_are_marked() -> None:
    found = made("worker.fixes", FIXES).data
    assert isinstance(found, WorkerFixes)
    assert (found.fix_time, found.claimed) == ([NOW, NOW], [None, NOW + 10**7])
    assert made("worker.fixes", FIXES | {"fix_time": [NOW, 1]}).data.claimed is None


@pytest.mark.parametrize(("kind", "source", "field"), [
    ("event.rated", "them", "source"), ("alarm.cleared", "us", "type"), ("event.sung", "us", "type"),
    ("event.rated", "", "source"),
])  # fmt: skip
def test_who_may_say_what(kind: str, source: str, field: str) -> None:
    with pytest.raises(Malformed) as fault:
        made(kind, {"event_id": "e", "score": 1}, source=source)
    assert fault.value.field == field


def test_data_that_are_no_object_are_refused_by_their_name() -> None:
    with pytest.raises(Malformed) as fault:
        drafts.record(Draft("1", "us", "worker.fix", "", b"[", b""), "gcj02", ("us",), ("worker.",), NOW)
    assert fault.value.field == "data"


AREA = {"area_id": "a", "kind": "fence", "name": "n", "by": "b"}
CIRCLE = {"type": "Circle", "lat": 31.8, "lon": 119.97, "radius_m": 50}


@pytest.mark.parametrize(("kind", "data", "field"), [
    ("event.step", {"event_id": "e", "step": "accepted", "due": "tomorrow"}, "data.due"),
    ("worker.fix", {"worker_id": "a", "lat": 1, "lon": 2, "fix_time": NOW, "claimed": "?"}, "data.claimed"),
    ("worker.fixes", FIXES | {"fix_time": [NOW, -5]}, "data.fix_time"),
    ("area.put", AREA | {"geometry": CIRCLE, "from": "?"}, "data.from"),
])  # fmt: skip
def test_what_the_fold_would_refuse_in_any_case_is_refused_here(kind: str, data: Any, field: str) -> None:
    draft = Draft("1", "us", kind, "", json.dumps(data).encode(), b"")
    with pytest.raises(Malformed) as fault:
        drafts.record(draft, "wgs84", ("us",), ("event.", "worker.", "area."), NOW)
    assert fault.value.field == field


def test_an_outline_that_is_none_is_refused_here() -> None:
    shape = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}
    draft = Draft("1", "us", "area.put", "", json.dumps(AREA | {"geometry": shape}).encode(), b"")
    with pytest.raises(Malformed, match="geometry"):
        drafts.record(draft, "wgs84", ("us",), ("area.",), NOW)
