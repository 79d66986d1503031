"""When a flood begins and ends, and the groups it is read by."""

from __future__ import annotations

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard.alarmstates import Alarm, State
from dashboard.annunciator import Annunciator
from dashboard.floods import BEGIN, END, WINDOW_MS, Flood, flooded, groups, members, per_window
from dashboard.model import AlarmRaised
from tests.support import T0

SECOND, MINUTE = 1000, 60_000


def alarm(n: int, kind: str = "smoke", area: str = "990101", at_ms: int = T0, **more: int) -> Alarm:
    fields = {"priority": 3, "called_ms": at_ms, "since_ms": at_ms, "seq": n, "acked": False} | more
    return Alarm(f"a{n}", f"d{n}", kind, area=area, active=True, **fields)  # type: ignore[arg-type]


def place_of(one: Alarm) -> str:
    return one.area


def test_more_than_ten_in_ten_minutes_begin_a_flood() -> None:
    flood = Flood()
    for n in range(BEGIN):
        flood.add(alarm(n), T0 + n * MINUTE)
    assert not flood.active(T0 + 9 * MINUTE)
    flood.add(alarm(10), T0 + WINDOW_MS - 1)
    assert flood.active(T0 + WINDOW_MS - 1)
    assert flood.first_out is not None
    assert (flood.first_out.id, flood.first_out.at_ms, flood.began_ms, flood.count) == (
        "a0",
        T0,
        T0 + WINDOW_MS - 1,
        11,
    )


def test_ten_and_one_a_moment_too_late_are_none() -> None:
    flood = Flood()
    for n in range(BEGIN):
        flood.add(alarm(n), T0 + n * MINUTE)
    flood.add(alarm(10), T0 + WINDOW_MS)
    assert not flood.active(T0 + WINDOW_MS)


def test_fewer_than_five_in_ten_minutes_end_it() -> None:
    flood = Flood()
    for n in range(100):
        flood.add(alarm(n), T0 + n * SECOND)
    ends = T0 + 95 * SECOND + WINDOW_MS
    assert (flood.active(ends - 1), flood.active(ends), flood.count) == (True, False, 100)
    for n in range(6):
        flood.add(alarm(100 + n), ends + n)
    assert not flood.active(ends + 6)
    assert flood.first_out is not None
    assert (flood.first_out.id, flood.count) == ("a0", 100)


def test_its_memory_is_small_and_its_own_snapshot() -> None:
    flood = Flood()
    for n in range(5000):
        flood.add(alarm(n), T0 + n)
    again = msgspec.json.decode(msgspec.json.encode(flood), type=Flood)
    assert (len(flood.newest), again) == (BEGIN + 1, flood)


GAPS = st.lists(st.integers(0, 200), max_size=80)


@given(GAPS)
def test_as_counting_the_window_every_second(gaps: list[int]) -> None:
    flood, calls, going = Flood(), np.cumsum(gaps, dtype=int).tolist(), False
    for t in range(sum(gaps) + 700):
        for n, at in enumerate(calls):
            if at == t:
                flood.add(alarm(n), T0 + t * SECOND)
                # each of several calls in one second counts as it comes
                known = [c for c in calls[: n + 1] if t - 600 < c <= t]
                going = (going and len([c for c in calls[:n] if t - 600 < c]) >= END) or len(known) > BEGIN
        count = sum(t - 600 < at <= t for at in calls)
        going = going and count >= END
        assert flood.active(T0 + t * SECOND) == going


COUNTS = st.lists(st.integers(0, 4), max_size=120)


@given(COUNTS)
def test_minutes_in_flood_as_one_by_one(counts: list[int]) -> None:
    going, slow, rates = False, [], []
    for minute in range(len(counts)):
        rate = sum(counts[max(0, minute - 9) : minute + 1])
        going = rate > BEGIN or (going and rate >= END)
        slow.append(going)
        rates.append(rate)
    assert flooded(np.array(counts, np.int64)).tolist() == slow
    assert per_window(np.array(counts, np.int64)).tolist() == rates


def test_groups_by_area_and_cause() -> None:
    alarms = [
        alarm(4, "noise", at_ms=T0 + 4), alarm(1, at_ms=T0, sev=2), alarm(3, at_ms=T0 + 9, priority=1, sev=3),
        alarm(2, at_ms=T0 + 9, acked=True), alarm(5, area="990102"),
    ]  # fmt: skip
    smoke, other, noise = groups(alarms, place_of)[0], *groups(alarms, place_of)[1:][::-1]
    assert (smoke.area, smoke.kind, smoke.count, smoke.waiting, smoke.priority) == ("990101", "smoke", 3, 2, 1)
    assert (smoke.first, smoke.first_ms, smoke.sev) == ("a1", T0, 3)
    assert (noise.kind, other.area) == ("noise", "990102")
    assert [one.id for one in members(alarms, smoke, place_of)] == ["a1", "a2", "a3"]
    assert groups([], place_of) == []


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(1, 3)), max_size=40))
def test_nothing_is_dropped(rows: list[tuple[str, str, int]]) -> None:
    alarms = [alarm(n, kind, area, priority=priority) for n, (area, kind, priority) in enumerate(rows)]
    found = groups(alarms, place_of)
    assert sum(group.count for group in found) == len(alarms)
    behind = [one for group in found for one in members(alarms, group, place_of)]
    assert sorted(behind, key=lambda one: one.seq) == alarms
    assert all(group.count == len(members(alarms, group, place_of)) for group in found)
    assert [group.priority for group in found] == sorted(group.priority for group in found)


def test_500_alarms_in_a_minute_stay_readable_and_whole() -> None:
    annunciator, flood = Annunciator(), Flood()
    for n in range(500):
        data = AlarmRaised(f"a{n}", f"d{n}", f"k{n % 4}", "serious", 30.0, 110.0, area_id=f"9901{n % 3}")
        for _, after, at_ms in annunciator.fold(data, T0 + n * 120):
            flood.add(after, at_ms)
    now = T0 + MINUTE
    standing = [one for one, state in annunciator.listed(now) if state is State.unacknowledged]
    found = groups(standing, place_of)
    assert (len(found), sum(group.count for group in found), flood.count) == (12, 500, 500)
    assert flood.active(now)
    assert flood.first_out is not None
    assert flood.first_out.id == found[0].first == "a0"
    assert flood.active(now + WINDOW_MS) is False


def test_ten_thousand_are_grouped_and_none_is_lost() -> None:
    alarms = [alarm(n, f"k{n % 20}", f"9901{n % 61:03}") for n in range(10_000)]
    assert sum(group.count for group in groups(alarms, place_of)) == 10_000
