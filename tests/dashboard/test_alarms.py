"""Alarms that stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dashboard.alarms import WIRE_MOST, Alarms
from dashboard.model import AlarmAcked, AlarmCleared, AlarmRaised, AlarmShelved
from tests.support import T0


def raised(alarm_id: str = "a1", **more: object) -> AlarmRaised:
    fields = {
        "device_id": "w1",
        "kind": "fence.enter",
        "severity": "serious",
        "lat": 30.0,
        "lon": 110.0,
        "area_id": "f1",
    }
    return AlarmRaised(alarm_id=alarm_id, **{**fields, **more})  # type: ignore[arg-type]


def test_one_stands_until_it_is_cleared() -> None:
    alarms = Alarms()
    alarms.fold(raised(), T0)
    [alarm] = alarms.wire()
    assert (alarm.device, alarm.kind, alarm.sev, alarm.since, alarm.area, alarm.ack) == (
        "w1",
        "fence.enter",
        2,
        T0,
        "f1",
        "",
    )
    alarms.fold(AlarmAcked("a1", "值班长"), T0 + 1)
    assert alarms.wire()[0].ack == "值班长"
    alarms.fold(raised(severity="major"), T0 + 2)
    assert (alarms.wire()[0].since, alarms.wire()[0].sev, alarms.wire()[0].ack) == (T0, 3, "值班长")
    alarms.fold(AlarmCleared("a1"), T0 + 3)
    assert (alarms.wire(), alarms.total_digest) == ([], 0)


def test_what_is_said_of_one_that_does_not_stand_is_passed_over() -> None:
    alarms = Alarms()
    for data in (AlarmCleared("x"), AlarmAcked("x", "a"), AlarmShelved("x", "a", T0, "")):
        alarms.fold(data, T0)
    assert (alarms.wire(), alarms.total_digest) == ([], 0)


def test_browsers_are_told_the_newest() -> None:
    alarms = Alarms()
    for n in range(WIRE_MOST + 5):
        alarms.fold(raised(f"a{n}"), T0 + n)
    told = alarms.wire()
    assert (len(told), told[0].id, told[-1].id) == (WIRE_MOST, f"a{WIRE_MOST + 4}", "a5")
    assert alarms.wire() is told


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2)), max_size=20))
def test_a_snapshot_holds_all(acts: list[tuple[str, int]]) -> None:
    alarms = Alarms()
    for n, (alarm_id, what) in enumerate(acts):
        data = [raised(alarm_id), AlarmCleared(alarm_id), AlarmAcked(alarm_id, "x")][what]
        alarms.fold(data, T0 + n)
    again = Alarms()
    again.restore(alarms.export())
    assert (again.total_digest, again.wire()) == (alarms.total_digest, alarms.wire())
