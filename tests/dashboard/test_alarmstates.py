"""One alarm, by hand: what a record or time makes of it. Sequences of them are in `test_annunciator`."""

from __future__ import annotations

from dashboard.alarmrules import Rule
from dashboard.alarmstates import Alarm, changed, raised, rests, settled
from dashboard.model import AlarmAcked, AlarmCleared, AlarmRaised
from tests.support import T0

RAISE = AlarmRaised("a", "d", "smoke", "serious", 30.0, 110.0)
RULE = Rule(on_delay_s=10, off_delay_s=20)


def test_the_delays_of_one_alarm() -> None:
    alarm = raised(Alarm("a", "d", "smoke"), RAISE, RULE, False, T0)
    assert (alarm.on, alarm.active, rests(alarm)) == (True, False, False)
    assert settled(alarm, RULE, False, T0 + 9_999) is alarm
    begun = settled(alarm, RULE, False, T0 + 99_000)
    assert (begun.active, begun.acked, begun.since_ms, begun.calls) == (True, False, T0 + 10_000, 1)
    over = changed(begun, AlarmCleared("a"), RULE, False, T0 + 100_000)
    assert over is not None
    assert (over.active, settled(over, RULE, False, T0 + 120_000).active) == (True, False)


def test_a_record_that_makes_no_sense() -> None:
    assert changed(Alarm("a", "d", "smoke"), AlarmAcked("a", "x"), RULE, False, T0) is None


def test_out_of_service_it_begins_without_a_call() -> None:
    alarm = settled(raised(Alarm("a", "d", "smoke"), RAISE, RULE, True, T0), RULE, True, T0 + 99_000)
    assert (alarm.active, alarm.calls) == (True, 0)
