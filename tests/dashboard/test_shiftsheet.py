"""The draft of a handover: which shift it is, what is counted, what stands on it and in which order."""

from __future__ import annotations

from itertools import count

import pytest

from dashboard.clock import DAY_MS, HOUR_MS, from_rfc3339
from dashboard.picture import Picture
from dashboard.shiftsheet import MOST, Sheet, draft, shift_at
from tests.support import MAIN_ROAD, T0, entry, profile, reported, small_picture, small_regions, step

SHIFT = shift_at(T0)
HERE = "东区 河街道 桥头社区"


@pytest.mark.parametrize(
    ("now", "name", "day", "start"),
    [
        ("08:00:00", "day", "2026-03-12", "2026-03-12T08:00:00+08:00"),
        ("19:59:59", "day", "2026-03-12", "2026-03-12T08:00:00+08:00"),
        ("20:00:00", "night", "2026-03-12", "2026-03-12T20:00:00+08:00"),
        ("00:00:00", "night", "2026-03-11", "2026-03-11T20:00:00+08:00"),
        ("07:59:59", "night", "2026-03-11", "2026-03-11T20:00:00+08:00"),
    ],
)
def test_the_shift_of_an_instant(now: str, name: str, day: str, start: str) -> None:
    at = from_rfc3339(f"2026-03-12T{now}+08:00")
    shift = shift_at(at)
    assert (shift.name, shift.day, shift.start_ms) == (name, day, from_rfc3339(start))
    assert shift.end_ms - shift.start_ms == 12 * HOUR_MS
    assert shift_at(shift.end_ms).start_ms == shift.end_ms


class Scene:
    """A picture to which records are told one after the other."""

    def __init__(self) -> None:
        self.picture: Picture = small_picture()
        self._n = count()

    def tell(self, kind: str, data: object, at: int = T0) -> None:
        """One record of when `at` (UTC ms)."""
        self.picture.apply(entry(kind, data, at=at, n=next(self._n)))

    def event(self, event_id: str, *steps: str, at: int = T0, due: int | None = None, **more: object) -> None:
        """An event (一般 unless said) that takes these steps; `due` its limit."""
        self.tell("event.reported", reported(event_id, **({"severity": "normal"} | more)), at)
        for n, name in enumerate(steps):
            limit = {"due": due} if due is not None and n == 0 else {}
            self.tell("event.step", step(event_id, name, note="n", **limit), at)

    def sheet(self, now: int = T0 + HOUR_MS) -> Sheet:
        """The draft."""
        return draft(self.picture, SHIFT, now, small_regions().place)


def kinds(sheet: Sheet) -> dict[str, str]:
    return {line.id: line.kind for line in sheet.items}


def test_what_happened_in_the_shift_is_counted_and_what_is_open_now() -> None:
    scene = Scene()
    scene.event("before", "accepted", at=SHIFT.start_ms - 1, due=T0 + DAY_MS, severity="urgent")
    scene.event("done", *MAIN_ROAD)
    scene.event("new", severity="serious")
    scene.event("late", "accepted", due=T0 + 1)
    counts = scene.sheet().counts
    assert counts == {
        "reported": 3, "accepted": 2, "closed": 1, "open": 3, "overdue": 1,
        "urgent": 1, "major": 0, "serious": 1, "normal": 1,
    }  # fmt: skip


def test_the_sheet_of_the_shift_before_does_not_count_what_came_after_it() -> None:
    scene = Scene()
    scene.event("now")
    before = shift_at(SHIFT.start_ms - 1)
    scene.event("then", at=before.start_ms)
    assert draft(scene.picture, before, T0 + 1, small_regions().place).counts["reported"] == 1


def test_every_event_stands_once_for_the_first_reason_that_fits() -> None:
    scene = Scene()
    soon, far = T0 + 2 * HOUR_MS, T0 + 5 * DAY_MS
    scene.event("urgent", "accepted", due=T0 + 1, severity="urgent")
    scene.event("overdue", "accepted", due=T0 + 1)
    scene.event("paused", "accepted", "assigned", "paused", due=far)
    scene.event("urged", "accepted", "assigned", "handling", "supervised", due=far)
    scene.event("promised", "accepted", due=soon)
    scene.event("quiet", "accepted", due=far)
    scene.event("called", "accepted", due=far)
    call = {"event_id": "called", "level": "serious", "departments": ["fire", "road"], "report_within_h": 2}
    scene.tell("event.whistle", call)
    scene.tell("event.checkin", {"event_id": "called", "department": "road"})
    scene.event("told", "accepted", due=far)
    scene.tell("event.escalated", {"event_id": "told", "to": "chief", "why": "step", "step": "accepted"})
    found = scene.sheet()
    names = {"urgent", "overdue", "promised", "paused", "urged"}
    assert kinds(found) == {name: name for name in names} | {"called": "whistle", "told": "late"}
    order = ["urgent", "overdue", "late", "whistle", "paused", "urged", "promised"]
    assert [line.kind for line in found.items] == order
    facts = {line.id: line.facts for line in found.items}
    assert facts["called"]["missing"] == ["fire"]
    assert (facts["told"]["told"], facts["promised"]["due"], facts["paused"]["due"]) == ("chief", soon, None)
    assert {line.place for line in found.items} == {HERE}


def test_a_worker_is_told_by_name_where_one_is_known() -> None:
    scene = Scene()
    scene.tell("worker.profile", profile("w1"))
    for event_id, worker in (("e1", "w1"), ("e2", "w9")):
        scene.event(event_id, severity="major")
        scene.tell("event.step", step(event_id, "accepted", worker_id=worker))
    assert [line.facts["worker"] for line in scene.sheet().items] == ["张w1", "w9"]


def test_once_everybody_has_reported_in_a_whistle_needs_no_line() -> None:
    scene = Scene()
    scene.event("called", "accepted", due=T0 + 5 * DAY_MS)
    call = {"event_id": "called", "level": "serious", "departments": ["road"], "report_within_h": 2}
    scene.tell("event.whistle", call)
    scene.tell("event.checkin", {"event_id": "called", "department": "road"})
    assert scene.sheet().items == []


def test_the_worst_come_first_and_what_has_no_room_is_counted() -> None:
    scene = Scene()
    for n in range(MOST + 3):
        scene.event(f"e{n}", "accepted", due=T0 + 1000 - n)
    scene.event("major", severity="major")
    scene.event("urgent", severity="urgent")
    found = scene.sheet()
    assert [line.id for line in found.items[:4]] == ["urgent", "major", f"e{MOST + 2}", f"e{MOST + 1}"]
    assert (len(found.items), found.counts["overdue"], found.counts["rest.overdue"]) == (MOST + 2, MOST + 3, 3)


def test_alarms_on_a_shelf_and_devices_out_of_service_are_handed_over() -> None:
    scene = Scene()
    for name in ("a", "b", "c"):
        alarm = {"alarm_id": name, "device_id": f"d-{name}", "kind": "smoke", "severity": "major"}
        scene.tell("alarm.raised", alarm | {"lat": 30.05, "lon": 110.05})
    shelf = {"alarm_id": "a", "by": "王敏", "until": T0 + 8 * HOUR_MS, "reason": "动火作业"}
    scene.tell("alarm.shelved", shelf)
    scene.tell("alarm.serviced", {"device_id": "d-b", "by": "李刚", "state": "out", "reason": "检修"})
    scene.tell("alarm.serviced", {"device_id": "mute", "by": "李刚", "state": "out", "reason": "换电池"})
    lines = scene.sheet().items
    assert [(line.kind, line.id, line.title, line.place) for line in lines] == [
        ("shelved", "a", "smoke", HERE), ("shelved", "d-b", "smoke", HERE), ("shelved", "mute", "mute", ""),
    ]  # fmt: skip
    assert lines[0].facts == {"sev": 3, "out": False, "until": T0 + 8 * HOUR_MS, "by": "王敏", "reason": "动火作业"}
    assert (lines[1].facts["out"], lines[2].facts["reason"]) == (True, "换电池")
    assert [line.id for line in scene.sheet(T0 + 9 * HOUR_MS).items] == ["d-b", "mute"]
