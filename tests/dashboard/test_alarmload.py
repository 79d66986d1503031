"""The load of alarms on a seat."""

from __future__ import annotations

import json
from collections import Counter, deque

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from dashboard.alarmload import DAY_MIN, MINUTE_MS, RING, Load, LoadState, Transition, transitions
from dashboard.alarmrules import Rule, Rules, Suppression
from dashboard.alarmstates import (
    Alarm,
    AlarmData,
    AlarmServiced,
    AlarmUnshelved,
)
from dashboard.annunciator import Annunciator
from dashboard.clock import DAY_MS, HOUR_MS
from dashboard.model import AlarmAcked, AlarmCleared, AlarmRaised, AlarmShelved
from tests.support import T0

START = T0 - T0 % HOUR_MS
"""A full hour, so that minutes and hours can be told by heart."""


def alarm(n: int = 0, kind: str = "smoke", at_ms: int = START, **more: object) -> Alarm:
    fields = {"priority": 3, "called_ms": at_ms, "since_ms": at_ms, "area": "东"} | more
    return Alarm(f"a{n}", f"d{n}", kind, active=True, **fields)  # type: ignore[arg-type]


def called(*alarms: Alarm, since_ms: int = START) -> Load:
    load = Load(since_ms, lambda one: (one.area,))
    for one in alarms:
        load.add(Transition("called", one), one.called_ms)
    return load


def raised(alarm_id: str = "a1", kind: str = "smoke", device: str = "d1") -> AlarmRaised:
    return AlarmRaised(alarm_id, device, kind, "serious", 30.0, 110.0, area_id="f1")


def run(annunciator: Annunciator, *records: AlarmData) -> list[tuple[str, str, int]]:
    """What the records come to, a minute apart: what, which alarm, in which minute."""
    found = []
    for n, data in enumerate(records):
        found += transitions(annunciator, annunciator.fold(data, START + n * MINUTE_MS))
    return [(record.what, record.alarm.id, (at_ms - START) // MINUTE_MS) for record, at_ms in found]


def test_where_there_is_nothing_to_divide() -> None:
    load = Load(START)
    for now in (START - HOUR_MS, START):
        row = load.summary(now)["all"]
        assert row["rate"]["mean"] == {"value": None, "target": 1}
        assert [row["priority"][name]["value"] for name in ("high", "medium", "low")] == [None] * 3
        assert (row["sources"], row["acknowledged"]) == (
            {"share": {"value": None, "target": 0.05}, "top": []},
            {"count": 0, "mean_s": {"value": None, "target": None}},
        )
    assert load.summary(START - HOUR_MS)["all"]["flood"]["share"]["value"] is None
    assert load.summary(START)["all"]["flood"]["share"]["value"] == 0.0


def test_rates() -> None:
    load = called(*(alarm(n, at_ms=START + n * MINUTE_MS) for n in range(20)))
    row = load.summary(START + 99 * MINUTE_MS)["all"]
    assert (row["calls"], row["rate"]["now"]) == (20, {"value": 0, "target": 1})
    assert row["rate"]["mean"] == {"value": 2.0, "target": 1}
    assert row["rate"]["peak"] == {"value": 10, "target": 10}
    assert (len(row["rate"]["series"]), sum(row["rate"]["series"])) == (144, 20)
    assert row["rate"]["series"][-10:-7] == [10, 10, 0]


def test_time_in_flood() -> None:
    load = called(*(alarm(n, at_ms=START + (n // 11) * MINUTE_MS) for n in range(22)))
    now = START + 99 * MINUTE_MS
    assert load.summary(START + MINUTE_MS)["all"]["flood"] == {"now": True, "share": {"value": 1.0, "target": 0.01}}
    assert load.summary(now)["all"]["flood"] == {"now": False, "share": {"value": 0.11, "target": 0.01}}


def test_seats_and_all_of_them() -> None:
    load = called(alarm(1), alarm(2, area="西"), alarm(3))
    summary = load.summary(START)
    assert summary["all"]["calls"] == 3
    assert {name: row["calls"] for name, row in summary["seats"].items()} == {"东": 2, "西": 1}
    assert (summary["since"], summary["as_of"]) == (START, START)
    assert json.loads(json.dumps(summary)) == summary


def test_standing_for_more_than_a_day() -> None:
    load = called(alarm(1), alarm(2, at_ms=START + 1))
    assert load.summary(START + DAY_MS)["all"]["standing"] == {"value": 0, "target": 5}
    assert load.summary(START + DAY_MS + 1)["seats"]["东"]["standing"]["value"] == 1
    load.add(Transition("left", alarm(1)), START + DAY_MS)
    load.add(Transition("left", alarm(9)), START + DAY_MS)
    assert load.summary(START + DAY_MS + 2)["all"]["standing"]["value"] == 1


def test_the_ten_worst_sources() -> None:
    load = called(*(alarm(n, at_ms=START + k) for n in range(12) for k in range(n + 1)))
    row = load.summary(START)["all"]["sources"]
    assert [source["device"] for source in row["top"]] == [f"d{n}" for n in range(11, 1, -1)]
    assert row["top"][0] == {"device": "d11", "kind": "smoke", "count": 12, "share": round(12 / 78, 4)}
    assert row["share"] == {"value": round(75 / 78, 4), "target": 0.05}
    assert load.summary(START + DAY_MS)["all"]["sources"]["top"] == []


def test_the_split_of_priorities() -> None:
    load = called(*(alarm(n, priority=1 if n == 0 else 2 if n < 4 else 3) for n in range(20)))
    assert load.summary(START)["all"]["priority"] == {
        "high": {"value": 0.05, "target": 0.05},
        "medium": {"value": 0.15, "target": 0.15},
        "low": {"value": 0.8, "target": 0.8},
    }


def test_mean_time_to_acknowledge() -> None:
    load = called(alarm(1), alarm(2))
    for n, seconds in ((1, 10), (2, 35)):
        load.add(Transition("acked", alarm(n)), START + seconds * 1000)
    row = load.summary(START + HOUR_MS)["all"]["acknowledged"]
    assert row == {"count": 2, "mean_s": {"value": 22.5, "target": None}}
    assert load.summary(START + DAY_MS + HOUR_MS)["all"]["acknowledged"]["mean_s"]["value"] is None


def test_what_comes_late_is_counted_where_it_belongs_for_a_day() -> None:
    load = called(alarm(1, at_ms=START + DAY_MS), alarm(2, at_ms=START + HOUR_MS), alarm(3, at_ms=START - HOUR_MS))
    row = load.summary(START + DAY_MS)["all"]
    assert (row["calls"], row["rate"]["series"][5]) == (2, 1)


def test_memory_does_not_grow() -> None:
    load = called(*(alarm(n, at_ms=START + n * 10 * MINUTE_MS) for n in range(1000)))
    seat = load.export().seats[""]
    assert len(seat.counts) == RING * 5 * 8
    assert len(seat.sources) <= 25


CALLS = st.lists(st.tuples(st.integers(0, 700), st.integers(1, 3), st.sampled_from("abc")), max_size=60)


@given(CALLS, st.integers(0, 2000))
def test_as_a_list_of_the_last_day(calls: list[tuple[int, int, str]], later: int) -> None:
    load, minute, known = Load(START), 0, deque[tuple[int, int, str]]()
    for gap, priority, device in calls:
        minute += gap
        known.append((minute, priority, device))
        one = msgspec.structs.replace(alarm(at_ms=START + minute * MINUTE_MS, priority=priority), device=device)
        load.add(Transition("called", one), one.called_ms)
    now = minute + later
    row = load.summary(START + now * MINUTE_MS)["all"]
    day = [one for one in known if now - DAY_MIN < one[0] <= now]
    hours = Counter(device for at, _, device in known if now // 60 - 24 < at // 60)
    assert row["calls"] == len(day) == sum(row["rate"]["series"])
    assert row["rate"]["now"]["value"] == sum(now - 10 < at for at, _, _ in known)
    assert {source["device"]: source["count"] for source in row["sources"]["top"]} == hours
    lows = [priority for _, priority, _ in day].count(3)
    assert row["priority"]["low"]["value"] == (round(lows / len(day), 4) if day else None)


@given(CALLS)
def test_a_snapshot_holds_all(calls: list[tuple[int, int, str]]) -> None:
    load, at_ms = Load(START, lambda one: (one.device,)), START
    for gap, priority, device in calls:
        at_ms += gap * MINUTE_MS
        one = msgspec.structs.replace(alarm(at_ms=at_ms, priority=priority), device=device)
        load.add(Transition("called" if gap % 3 else "acked", one), at_ms)
    state = msgspec.msgpack.decode(msgspec.msgpack.encode(load.export()), type=LoadState)
    again = Load.restored(state, lambda one: (one.device,))
    assert again.export() == load.export()
    assert again.summary(at_ms + HOUR_MS) == load.summary(at_ms + HOUR_MS)


def test_what_records_come_to() -> None:
    until = START + 6 * MINUTE_MS
    happened = run(
        Annunciator(), raised(), raised(), AlarmAcked("a1", "x"), AlarmCleared("a1"), raised(),
        AlarmShelved("a1", "x", until, ""), raised(), AlarmCleared("a1"), AlarmAcked("a1", "x"),
    )  # fmt: skip
    assert happened == [
        ("called", "a1", 0), ("acked", "a1", 2), ("left", "a1", 3), ("called", "a1", 4), ("left", "a1", 5),
        ("called", "a1", 6), ("left", "a1", 7), ("acked", "a1", 8),
    ]  # fmt: skip


def test_a_device_out_of_service_loads_nobody() -> None:
    out, back = AlarmServiced("d1", "x", "out"), AlarmServiced("d1", "x", "in")
    assert run(Annunciator(), raised(), out, raised("a2"), back) == [
        ("called", "a1", 0), ("left", "a1", 1), ("called", "a1", 3), ("called", "a2", 3),
    ]  # fmt: skip


def test_what_is_suppressed_loads_nobody() -> None:
    annunciator = Annunciator(Rules(suppress=[Suppression("smoke", "power")]))
    assert run(annunciator, raised("p", "power", "d2"), raised()) == [("called", "p", 0)]


def test_what_ended_while_nobody_looked_has_called_and_left() -> None:
    annunciator = Annunciator(Rules(default=Rule(off_delay_s=90)))
    shelf = AlarmShelved("a1", "x", START + 3 * MINUTE_MS, "")
    happened = run(annunciator, raised(), shelf, AlarmCleared("a1"), AlarmUnshelved("?", "x"), raised("a2"), raised())
    assert happened == [
        ("called", "a1", 0), ("left", "a1", 1), ("called", "a2", 4),
        ("called", "a1", 3), ("left", "a1", 5), ("called", "a1", 5),
    ]  # fmt: skip


def test_what_time_alone_has_brought_is_counted_once() -> None:
    annunciator, load = Annunciator(Rules(default=Rule(on_delay_s=60))), Load(START)
    assert transitions(annunciator, annunciator.fold(raised(), START)) == []
    now = START + HOUR_MS
    pending = transitions(annunciator, annunciator.lapsed(now))
    assert [(record.what, at_ms - START) for record, at_ms in pending] == [("called", 60_000)]
    assert (load.summary(now)["all"]["calls"], load.summary(now, pending)["all"]["calls"]) == (0, 1)
    for record, at_ms in transitions(annunciator, annunciator.fold(AlarmAcked("a1", "x"), now)):
        load.add(record, at_ms)
    row = load.summary(now)["all"]
    assert (row["calls"], row["acknowledged"]["mean_s"]["value"]) == (1, 3540.0)
    assert transitions(annunciator, annunciator.lapsed(now)) == []
