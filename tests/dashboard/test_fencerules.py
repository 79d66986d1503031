"""What the rules make of it: alarms once, with names that follow from the facts, and over when they are over."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dashboard import clock
from dashboard.alarmstates import Alarm
from dashboard.areas import AreaState, checked
from dashboard.fencerules import MINUTE_MS, SILENT_MS, Fence, Rules, in_force, name_of, shift_began
from dashboard.fences import I64, SLOTS, Crossing, Fixes
from dashboard.fleet import Fleet
from dashboard.record import Record
from tests.dashboard.test_areas import put
from tests.dashboard.test_fences import INSIDE, fixes
from tests.support import T0

SLOT = 3


def state(at_ms: int = T0 - MINUTE_MS, **rules: Any) -> AreaState:
    return AreaState(checked(put("f1", severity="serious", rules={"on": ["enter"], **rules})), at_ms)


def fleet(count: int = 3) -> Fleet:
    """Workers w0 … standing inside; even ones work full time, in 990101; the others are volunteers in 990102."""
    made = Fleet()
    ids = [f"w{n}" for n in range(count)]
    roles, regions = ([pair[n % 2] for n in range(count)] for pair in ((1, 4), ("990101001", "990102001")))
    made.profiles(ids, ids, roles, regions)
    made.fixes(ids, [INSIDE[1]] * count, [INSIDE[0]] * count, [T0] * count)
    return made


def rules_of(found: AreaState, known: set[str] | None = None) -> Rules:
    rules = Rules(fleet(), (known or set()).__contains__)
    rules.begin(T0 - MINUTE_MS)
    assert rules.fence({SLOT: Fence(SLOT, found)}, T0) == []
    return rules


def standing(name: str, kind: str = "fence.enter", at_ms: int = T0, area: str = "f1") -> Alarm:
    return Alarm(name, "w0", kind, area=area, on=True, on_ms=at_ms)


def crossing(row: int = 0, entered: bool = True, at_ms: int = T0) -> Crossing:
    return Crossing(row, SLOT, entered, at_ms, at_ms + 1000)


def kinds(records: list[Record]) -> list[tuple[str, str]]:
    """(type, kind or id) of each."""
    return [(r.type, getattr(r.data, "kind", r.data.alarm_id)) for r in records]  # type: ignore[union-attr]


def memberships(*rows: int) -> I64:
    return np.array([row * SLOTS + SLOT for row in rows], np.int64)


def seen(rules: Rules, ms: int, *rows: int) -> list[Record]:
    where: Fixes = fixes(*((row, INSIDE, ms) for row in (*rows, 9)))
    return rules.seen(memberships(*rows), where)


def test_entering_is_told_once_and_over_when_left() -> None:
    rules = rules_of(state())
    [raised] = rules.crossed([crossing()])
    data: Any = raised.data
    assert (raised.source, raised.type, raised.time_ms, raised.id) == ("fences", "alarm.raised", T0, data.alarm_id)
    assert (data.kind, data.device_id, data.area_id, data.severity) == ("fence.enter", "w0", "f1", "serious")
    assert (data.lat, data.lon) == (INSIDE[1], INSIDE[0])
    assert rules.crossed([crossing()]) == []
    [over] = rules.crossed([crossing(entered=False, at_ms=T0 + 5000)])
    assert kinds([over]) == [("alarm.cleared", data.alarm_id)]
    assert rules.crossed([crossing(entered=False, at_ms=T0 + 9000)]) == []


def test_leaving_is_over_when_they_are_back() -> None:
    rules = rules_of(state(on=["leave"]))
    assert rules.crossed([crossing()]) == []
    assert kinds(rules.crossed([crossing(entered=False, at_ms=T0 + 1)])) == [("alarm.raised", "fence.leave")]
    assert [kind for kind, _ in kinds(rules.crossed([crossing(at_ms=T0 + 9000)]))] == ["alarm.cleared"]


@pytest.mark.parametrize(
    ("who", "rows"),
    [
        ({}, [0, 1, 2]), ({"roles": ["volunteer"]}, [1]), ({"region": "990101"}, [0, 2]),
        ({"workers": ["w2", "x"]}, [2]),
        ({"roles": ["full_time"], "workers": ["w1", "w2"]}, [2]),
    ],
)  # fmt: skip
def test_whom_it_is_about(who: dict[str, Any], rows: list[int]) -> None:
    entered = rules_of(state(who=who)).crossed([crossing(row) for row in range(3)])
    assert [r.data.device_id for r in entered] == [f"w{row}" for row in rows]  # type: ignore[union-attr]
    late = T0 + 20 * MINUTE_MS
    for row in range(3):  # the array of everybody says the same
        rules = rules_of(state(on=["absence"], who=who))
        seen(rules, late, row)
        assert bool(rules.absent(late)) == (row not in rows)


def test_what_was_before_the_fence_or_outside_its_hours_is_no_alarm() -> None:
    assert rules_of(state(at_ms=T0 + 1)).crossed([crossing(at_ms=T0)]) == []
    assert rules_of(state(hours=["08:00-12:00"])).crossed([crossing()]) == []  # T0 is 14:32
    assert len(rules_of(state(hours=["08:00-12:00", "13:00-15:00"])).crossed([crossing()])) == 1


def test_a_watcher_that_starts_again_says_nothing_twice() -> None:
    first = rules_of(state())
    [raised] = first.crossed([crossing()])
    name = raised.id
    assert name == name_of("f1", "enter", "w0", T0)
    known = {name}
    again = rules_of(state(), known)
    assert again.adopt([standing(name, at_ms=T0)], T0) == []
    assert again.crossed([crossing()]) == []
    earlier = [crossing(entered=False, at_ms=T0 - 9000), crossing(at_ms=T0)]
    assert again.crossed(earlier) == []  # the past ends no alarm that began later
    assert len(again.crossed([crossing(entered=False, at_ms=T0 + 1)])) == 1
    assert again.crossed([crossing()]) == []  # told before, and over


def test_alarms_of_fences_gone_or_drawn_anew_are_over() -> None:
    rules = rules_of(state())
    [raised] = rules.crossed([crossing()])
    assert kinds(rules.fence({SLOT: Fence(SLOT, state(at_ms=T0 + 5))}, T0 + 6)) == [("alarm.cleared", raised.id)]
    old = standing("old", at_ms=T0 - 2 * MINUTE_MS)
    gone = standing("gone", kind="fence.leave", area="f2")
    other = standing("smoke", kind="smoke", area="")
    assert [name for _, name in kinds(rules_of(state()).adopt([old, gone, other], T0))] == ["old", "gone"]


def test_an_alarm_the_log_took_late_is_over_when_its_worker_had_left_before() -> None:
    name = name_of("f1", "enter", "w0", T0)
    rules = rules_of(state(), {name})
    rules.adopt([standing(name, at_ms=T0 + 9000)], T0 + 9000)
    left = [crossing(), crossing(entered=False, at_ms=T0 + 5000)]
    assert kinds(rules.crossed(left)) == [("alarm.cleared", name)]


def test_absence() -> None:
    rules = rules_of(state(on=["absence"], absence_min=10))
    seen(rules, T0, 0)
    at = T0 + 10 * MINUTE_MS
    rules.seen(memberships(), fixes((1, INSIDE, at)))  # others send fixes elsewhere
    assert rules.absent(at) == []
    [raised] = rules.absent(at + 1)
    assert kinds([raised]) == [("alarm.raised", "fence.absence")]
    assert (raised.data.device_id, raised.time_ms) == ("f1", at + 1)  # type: ignore[union-attr]
    assert rules.absent(at + 2000) == []
    assert seen(rules, at, 0) == []  # a fix from before it
    assert kinds(seen(rules, at + 5000, 0)) == [("alarm.cleared", raised.id)]


def test_nobody_is_absent_while_no_fix_comes_at_all() -> None:
    rules = rules_of(state(on=["absence"], absence_min=1))
    seen(rules, T0, 0)
    assert rules.absent(T0 + SILENT_MS + 1) == []
    rules.seen(memberships(), fixes((1, INSIDE, T0 + SILENT_MS)))
    assert len(rules.absent(T0 + SILENT_MS + 1)) == 1


def test_absence_is_counted_from_the_beginning_of_the_hours_and_ends_with_them() -> None:
    rules = rules_of(state(on=["absence"], absence_min=10, hours=["14:30-14:50"]))
    half_past = clock.city_midnight(T0) + (14 * 60 + 30) * MINUTE_MS
    for minute, expected in ((9, []), (13, ["alarm.raised"]), (19, []), (21, ["alarm.cleared"]), (30, [])):
        now = half_past + minute * MINUTE_MS
        rules.seen(memberships(), fixes((1, INSIDE, now)))
        assert [kind for kind, _ in kinds(rules.absent(now))] == expected, minute


@pytest.mark.parametrize(
    ("spans", "clock_time", "began"),
    [
        ([], "03:00", 0), (["08:00-18:00"], "08:00", "08:00"), (["08:00-18:00"], "18:00", None),
        (["22:00-06:00"], "23:30", "22:00"), (["22:00-06:00"], "05:59", "-22:00"), (["22:00-06:00"], "06:00", None),
        (["18:00-24:00"], "23:59", "18:00"), (["00:00-24:00"], "12:00", "00:00"),
    ],
)  # fmt: skip
def test_when_the_hours_began(spans: list[str], clock_time: str, began: str | int | None) -> None:
    def at(text: str) -> int:
        hours, minutes = map(int, text.lstrip("-").split(":"))
        day = clock.city_midnight(T0) - (clock.DAY_MS if text.startswith("-") else 0)
        return day + (hours * 60 + minutes) * MINUTE_MS

    expected = at(began) if isinstance(began, str) else began
    assert shift_began(spans, at(clock_time)) == expected


def test_in_force() -> None:
    def area(**more: Any) -> AreaState:
        return AreaState(checked(put(**({"rules": {"on": ["enter"]}} | more))), T0)

    assert in_force(area(), T0)
    assert not in_force(area(rules=None), T0)
    assert not in_force(area(rules={"on": []}), T0)
    assert [in_force(area(**{"from": T0, "until": T0 + 5}), T0 + d) for d in (-1, 0, 4, 5)] == [
        False,
        True,
        True,
        False,
    ]
