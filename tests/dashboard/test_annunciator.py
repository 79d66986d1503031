"""The alarm states of ISA-18.2: every state and every record, delays, chatter, shelves, service, sounds."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.alarmrules import Rule, Rules, Suppression
from dashboard.alarmstates import (
    NOTHING,
    AlarmData,
    AlarmLinked,
    AlarmServiced,
    AlarmUnshelved,
    Priority,
    State,
    heard,
    sounding,
)
from dashboard.annunciator import KEEP_MS, SWEEP, Annunciator, AnnunciatorState
from dashboard.codec import Malformed
from dashboard.model import AlarmAcked, AlarmCleared, AlarmRaised, AlarmShelved
from tests.support import T0

SECOND = 1000
HOUR = 3_600_000
LONG = T0 + 100 * HOUR


def raised(alarm_id: str = "a1", severity: str = "serious", kind: str = "smoke", **more: object) -> AlarmRaised:
    fields = {"device_id": "d1", "lat": 30.0, "lon": 110.0, "area_id": "f1"} | more
    return AlarmRaised(alarm_id=alarm_id, severity=severity, kind=kind, **fields)  # type: ignore[arg-type]


def serviced(state: str, device_id: str = "d1") -> AlarmServiced:
    return AlarmServiced(device_id, "张三", state, "检修")  # type: ignore[arg-type]


def folded(*records: AlarmData, rules: Rules | None = None, at: int = T0) -> Annunciator:
    """The records, a second apart, the first at `at`."""
    annunciator = Annunciator(rules)
    for n, data in enumerate(records):
        annunciator.fold(data, at + n * SECOND)
    return annunciator


ACK, CLEAR = AlarmAcked("a1", "值班长"), AlarmCleared("a1")
SHELVE, UNSHELVE = AlarmShelved("a1", "值班长", LONG, "施工"), AlarmUnshelved("a1", "值班长")
RECORDS: dict[str, AlarmData] = {
    "raise": raised(), "worse": raised(severity="urgent"), "clear": CLEAR, "ack": ACK, "shelve": SHELVE,
    "unshelve": UNSHELVE, "out": serviced("out"), "in": serviced("in"), "link": AlarmLinked("a1", "e1", "值班长"),
}  # fmt: skip
WAYS: dict[str, list[AlarmData]] = {
    "N": [raised(), ACK, CLEAR], "U": [raised()], "A": [raised(), ACK], "R": [raised(), CLEAR],
    "S": [raised(), SHELVE], "P": [raised("p1", kind="power", device_id="d2"), raised()],
    "O": [raised(), serviced("out")],
}  # fmt: skip
LETTERS = dict(zip("NUARSPO", State, strict=True))
TABLE = """
   raise worse clear ack shelve unshelve out in link
N    U     U     .    .    S       .      O  .   N
U    U     U     R    A    S       .      O  .   U
A    A     U     N    .    S       .      O  .   A
R    U     U     .    N    S       .      O  .   R
S    S     S     S    .    S       U      O  .   S
P    P     P     P    P    S       .      O  .   P
O    O     O     O    .    O       .      .  U   O
"""
"""From each state by each record; a dot: it makes no sense there."""
HEAD, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CASES = [(row[0], name, target) for row in ROWS for name, target in zip(HEAD, row[1:], strict=True)]
QUIET = {("N", "out"), ("O", "clear")}
"""The device is out of service, and nothing stands."""
SUPPRESS = Rules(suppress=[Suppression("smoke", "power")])


@pytest.mark.parametrize(("state", "name", "target"), CASES)
def test_every_record_in_every_state(state: str, name: str, target: str) -> None:
    annunciator = folded(*WAYS[state], rules=SUPPRESS)
    now, before = T0 + 10 * SECOND, annunciator.total_digest
    assert annunciator.state(annunciator["a1"], now) is LETTERS[state]
    steps = annunciator.fold(RECORDS[name], now)
    wanted = LETTERS[state if target == "." else target]
    assert annunciator.state(annunciator["a1"], now) is wanted
    senseless = target == "."
    assert (sum(annunciator.ignored.values()) == 1) == (steps == []) == senseless
    assert (annunciator.total_digest == before) == senseless
    listed = wanted is not State.normal and (state, name) not in QUIET
    assert [state for alarm, state in annunciator.listed(now) if alarm.id == "a1"] == [wanted][:listed]


def test_what_is_said_of_unknown_alarms_is_counted() -> None:
    records = [record for name, record in RECORDS.items() if name in ("clear", "ack", "shelve", "unshelve", "link")]
    annunciator = folded(*records)
    assert (len(annunciator), annunciator.total_digest) == (0, 0)
    names = ("AlarmCleared", "AlarmAcked", "AlarmShelved", "AlarmUnshelved", "AlarmLinked")
    assert annunciator.ignored == dict.fromkeys(names, 1)


def test_a_raise_of_what_stands_is_a_repeat() -> None:
    annunciator = folded(raised(), ACK, raised(severity="normal"))
    alarm = annunciator["a1"]
    assert (alarm.repeats, alarm.last_ms, alarm.since_ms, alarm.occurrence) == (1, T0 + 2 * SECOND, T0, 1)
    assert (alarm.sev, alarm.priority, alarm.calls) == (1, Priority.low, 1)
    assert annunciator.state(alarm, alarm.at_ms) is State.acknowledged


def test_a_raise_after_the_return_is_another_occurrence() -> None:
    annunciator = folded(raised(), ACK, CLEAR, raised())
    alarm = annunciator["a1"]
    assert (alarm.occurrence, alarm.repeats, alarm.ack, alarm.calls, alarm.seq) == (2, 0, "", 2, 4)
    assert annunciator.annunciated(T0 + HOUR) == [alarm]


def test_more_severe_calls_again_and_keeps_its_place() -> None:
    annunciator = folded(raised("a0"), raised(), raised("a2"), ACK, raised(severity="major"), raised("a2", "urgent"))
    assert [alarm.id for alarm in annunciator.annunciated(T0 + HOUR)] == ["a1", "a2", "a0"]
    alarm = annunciator["a1"]
    assert (alarm.ack, alarm.called_ms, alarm.seq, alarm.occurrence) == ("", T0 + 4 * SECOND, 2, 1)


def test_linked() -> None:
    annunciator = folded(raised(event_id="e0"), AlarmLinked("a1", "e1", "x"), raised())
    assert annunciator["a1"].event == "e1"


def test_out_of_order_records_of_one_alarm_do_not_turn_its_time_back() -> None:
    annunciator = folded(raised(), ACK)
    annunciator.fold(CLEAR, T0 - HOUR)
    assert annunciator["a1"].at_ms == T0 + SECOND
    assert annunciator.state(annunciator["a1"], T0) is State.normal


def test_on_delay() -> None:
    rules = Rules(kinds={"smoke": Rule(on_delay_s=10)})
    annunciator = folded(raised(), raised("x", kind="other"), rules=rules)
    assert [alarm.id for alarm in annunciator.annunciated(T0 + 9_999)] == ["x"]
    [first, _] = annunciator.annunciated(T0 + 10_000)
    assert (first.id, first.called_ms, first.since_ms) == ("a1", T0 + 10_000, T0 + 10_000)
    [(before, after, at_ms)] = annunciator.lapsed(T0 + 11_000)
    assert (before.calls, after.calls, at_ms) == (0, 1, T0 + 11_000)
    annunciator.fold(CLEAR, T0 + 9_000)
    assert annunciator.state(annunciator["a1"], T0 + HOUR) is State.normal
    assert annunciator["a1"].occurrence == 0


def test_off_delay() -> None:
    rules = Rules(default=Rule(off_delay_s=10))
    annunciator = folded(raised(), ACK, CLEAR, raised(), CLEAR, rules=rules)
    cleared = T0 + 4 * SECOND
    assert annunciator["a1"].occurrence == 1
    assert annunciator.state(annunciator["a1"], cleared + 9_999) is State.acknowledged
    assert annunciator.state(annunciator["a1"], cleared + 10_000) is State.normal
    assert annunciator.listed(cleared + 10_000) == []


def test_chatter_is_one_alarm_with_its_count_until_calm() -> None:
    annunciator = Annunciator()
    for n in range(20):
        annunciator.fold(raised(), T0 + n * 10 * SECOND)
        annunciator.fold(CLEAR, T0 + n * 10 * SECOND + 5 * SECOND)
        if n == 4:
            annunciator.fold(ACK, T0 + n * 10 * SECOND + 6 * SECOND)
    alarm, last = annunciator["a1"], T0 + 190 * SECOND
    assert (alarm.chattering, alarm.occurrence, alarm.calls, alarm.repeats + 1) == (True, 3, 3, 20)
    assert annunciator.state(alarm, last + 59_999) is State.acknowledged
    assert annunciator.state(alarm, last + 60_000) is State.normal
    assert annunciator.at(alarm, last + 60_000).chattering is False
    annunciator.fold(raised(), last + 60_000)
    assert (annunciator["a1"].occurrence, annunciator["a1"].repeats) == (4, 0)


def test_chatter_hears_each_severity_once() -> None:
    swings = [raised(severity=severity) for severity in ("normal", "normal", "normal", "urgent", "normal", "urgent")]
    annunciator = folded(*swings)
    assert (annunciator["a1"].calls, annunciator["a1"].sev) == (2, 4)


def test_two_raises_a_minute_are_no_chatter() -> None:
    annunciator = Annunciator()
    for n in range(10):
        annunciator.fold(raised(), T0 + n * 30 * SECOND)
        annunciator.fold(CLEAR, T0 + n * 30 * SECOND + 1)
    assert (annunciator["a1"].chattering, annunciator["a1"].occurrence) == (False, 10)


def test_urgent_ones_call_again() -> None:
    rules = Rules(default=Rule(re_alarm_s=60))
    annunciator = folded(raised("u", "urgent"), raised("m", "major"), rules=rules)
    now = T0 + 150 * SECOND
    assert [(alarm.id, alarm.called_ms - T0) for alarm in annunciator.annunciated(now)] == [("u", 120_000), ("m", 1000)]
    assert annunciator.sounds(T0 + 59_999, heard(annunciator.annunciated(T0 + 59_999))) == []
    assert annunciator.sounds(now, heard(annunciator.annunciated(T0 + 59_999))) == [Priority.high]
    annunciator.fold(AlarmAcked("u", "x"), now)
    assert [alarm.id for alarm in annunciator.annunciated(now + HOUR)] == ["m"]


def test_a_shelf_ends_by_itself_and_what_stands_calls_anew() -> None:
    until = T0 + HOUR
    annunciator = folded(raised(), ACK, AlarmShelved("a1", "李四", until, "施工"), raised(severity="urgent"))
    alarm = annunciator["a1"]
    assert alarm.shelf is not None
    assert (alarm.shelf.by, alarm.shelf.reason, alarm.shelf.until_ms) == ("李四", "施工", until)
    assert annunciator.state(alarm, until - 1) is State.shelved
    assert annunciator.sounds(until - 1) == []
    [again] = annunciator.annunciated(until)
    assert (again.shelf, again.called_ms, again.calls, again.ack) == (None, until, 2, "")


def test_what_returned_on_the_shelf_waits_for_nobody() -> None:
    annunciator = folded(raised(), AlarmShelved("a1", "x", T0 + HOUR, ""), CLEAR, raised(), CLEAR)
    assert annunciator.state(annunciator["a1"], T0 + HOUR - 1) is State.shelved
    assert annunciator.state(annunciator["a1"], T0 + HOUR) is State.normal


def test_a_shelf_needs_an_end_to_come() -> None:
    annunciator = folded(raised(), AlarmShelved("a1", "x", T0 + SECOND, ""))
    assert annunciator.ignored == {"AlarmShelved": 1}
    before = annunciator.export()
    with pytest.raises(Malformed, match=r"data\.until"):
        annunciator.fold(AlarmShelved("a1", "x", "tomorrow", ""), T0)
    assert annunciator.export() == before


def test_a_device_put_back_calls_for_what_stands() -> None:
    annunciator = folded(raised(), ACK, raised("a2"), AlarmCleared("a2"), serviced("out"), raised("a3"))
    now = T0 + 10 * SECOND
    assert annunciator.annunciated(now) == []
    assert {state for _, state in annunciator.listed(now)} == {State.out_of_service}
    assert (annunciator.services.keys(), list(annunciator.out_since)) == ({"d1"}, ["d1"])
    annunciator.fold(serviced("in"), now)
    assert [(alarm.id, alarm.called_ms) for alarm in annunciator.annunciated(now)] == [("a1", now), ("a3", now)]
    assert (annunciator.services, annunciator.out_since) == ({}, {})
    assert annunciator.state(annunciator["a2"], now) is State.normal


def test_suppression_by_area_and_by_place() -> None:
    rules = Rules(suppress=[Suppression("smoke", "power", area="9901"), Suppression("noise", "power")])
    annunciator = Annunciator(rules, lambda alarm: alarm.area)
    for n, (kind, area) in enumerate(
        [("power", "990101"), ("smoke", "990102"), ("smoke", "9802"), ("noise", "990101"), ("noise", "990102")]
    ):
        annunciator.fold(raised(f"{kind}{area}", kind=kind, area_id=area, device_id=f"d{n}"), T0 + n)
    states = {alarm.id: state for alarm, state in annunciator.listed(T0 + HOUR)}
    hidden = {alarm_id for alarm_id, state in states.items() if state is State.suppressed}
    assert hidden == {"smoke990102", "noise990101"}
    annunciator.fold(serviced("out", "d0"), T0 + HOUR)
    assert State.suppressed not in {state for _, state in annunciator.listed(T0 + HOUR)}


def test_what_returns_while_it_is_suppressed_waits_for_nobody_before_the_cause_is_over() -> None:
    annunciator = folded(raised("p", kind="power", device_id="d2"), raised(), CLEAR, rules=SUPPRESS)
    assert annunciator.state(annunciator["a1"], T0 + HOUR) is State.suppressed
    annunciator.fold(AlarmCleared("p"), T0 + HOUR)
    assert annunciator.state(annunciator["a1"], T0 + HOUR) is State.returned_unacknowledged


def test_an_unknown_place_suppresses_nothing() -> None:
    annunciator = folded(raised("p", kind="power", area_id=""), raised(area_id=""), rules=SUPPRESS)
    assert {state for _, state in annunciator.listed(T0 + HOUR)} == {State.unacknowledged}


def test_a_rule_may_set_the_priority() -> None:
    rules = Rules(kinds={"smoke": Rule(priority="low")})
    assert folded(raised(severity="urgent"), rules=rules)["a1"].priority == Priority.low


def test_those_whose_devices_say_so_stand() -> None:
    annunciator = folded(raised(), ACK, raised("a2"), SHELVE, raised("a3"), AlarmCleared("a3"))
    assert [alarm.id for alarm in annunciator.standing()] == ["a2", "a1"]


def test_priorities_follow_severity() -> None:
    annunciator = folded(*(raised(severity, severity) for severity in ("normal", "major", "serious", "urgent")))
    calling = annunciator.annunciated(T0 + HOUR)
    assert [(alarm.id, alarm.priority) for alarm in calling] == [
        ("major", 1), ("urgent", 1), ("serious", 2), ("normal", 3),
    ]  # fmt: skip
    assert annunciator.sounds(T0 + HOUR) == [Priority.high, Priority.medium, Priority.low]


def test_silence_is_not_to_acknowledge_and_a_new_call_breaks_it() -> None:
    annunciator = folded(raised("a", "urgent"), raised("b", "normal"))
    now = T0 + HOUR
    silenced = heard(annunciator.annunciated(now))
    assert annunciator.sounds(now, silenced) == []
    assert len(annunciator.annunciated(now)) == 2
    annunciator.fold(raised("c", "normal"), T0 - HOUR)  # its device's clock is slow: it calls all the same
    assert annunciator.sounds(now, silenced) == [Priority.low]
    assert (sounding([]), heard([])) == ([], NOTHING)


def test_a_normal_alarm_is_forgotten_after_a_day() -> None:
    annunciator = folded(raised(), ACK, CLEAR)
    annunciator.fold(raised(), T0 + 2 * SECOND + KEEP_MS)
    assert annunciator["a1"].occurrence == 1
    annunciator.fold(ACK, T0 + 2 * KEEP_MS)
    annunciator.fold(CLEAR, T0 + 2 * KEEP_MS)
    annunciator.fold(raised(), T0 + 3 * KEEP_MS - 1)
    assert annunciator["a1"].occurrence == 2


def test_memory_holds_a_day_of_normal_alarms_and_the_digest_does_not_tell() -> None:
    annunciator, digests = Annunciator(), 0
    for n in range(4 * SWEEP):
        at = T0 + n * KEEP_MS // SWEEP
        one = Annunciator()
        for data in (raised(f"a{n}"), AlarmAcked(f"a{n}", "x"), AlarmCleared(f"a{n}")):
            annunciator.fold(data, at)
            one.fold(data, at)
        digests += one.total_digest
    assert len(annunciator) <= 2 * SWEEP
    assert "a0" not in annunciator
    assert annunciator.total_digest == digests % 2**64


ACTS = ("raise", "worse", "clear", "ack", "shelve", "unshelve", "out", "in", "link")
Act = tuple[int, str]


def record(act: str, t: int, alarm_id: str = "a1") -> AlarmData:
    """The record of an act at second `t`; alarms differ in their devices."""
    if act == "shelve":
        return AlarmShelved(alarm_id, "x", T0 + (t + 7) * SECOND, "")
    if act in ("out", "in"):
        return serviced(act, alarm_id)
    if act in ("raise", "worse"):
        return raised(alarm_id, "urgent" if act == "worse" else "serious", device_id=alarm_id)
    known: dict[str, AlarmData] = {
        "clear": AlarmCleared(alarm_id), "ack": AlarmAcked(alarm_id, "y"),
        "unshelve": AlarmUnshelved(alarm_id, "z"), "link": AlarmLinked(alarm_id, "e", "x"),
    }  # fmt: skip
    return known[act]


@dataclass
class Slow:
    """One alarm, second by second: every timer is looked at in every second."""

    rule: Rule
    t: int = 0
    known: bool = False
    on: bool = False
    changed: int = 0
    active: bool = False
    waits: bool = False
    shelf: int | None = None
    out: bool = False
    severity: str = ""
    raises: list[int] = field(default_factory=list)
    chattering: bool = False
    occurrence: int = 0
    called: list[int] = field(default_factory=list)
    ignored: int = 0

    def state(self) -> State:
        if self.out:
            return State.out_of_service
        if self.shelf is not None:
            return State.shelved
        if self.active:
            return State.unacknowledged if self.waits else State.acknowledged
        return State.returned_unacknowledged if self.waits else State.normal

    def quiet(self) -> bool:
        return self.out or self.shelf is not None

    def call(self) -> None:
        self.waits = True
        self.called.append(self.t)

    def resume(self) -> None:
        if not self.quiet():
            self.waits = False
            if self.active:
                self.call()

    def timers(self) -> None:
        calm = bool(self.raises) and self.t - self.raises[-1] >= self.rule.chatter_s
        for_s = self.t - self.changed
        if self.on and not self.active and for_s >= self.rule.on_delay_s:
            self.active = self.waits = True
            self.occurrence += 1
            if not self.quiet():
                self.call()
        elif self.active and not self.on and for_s >= self.rule.off_delay_s and (calm or not self.chattering):
            self.active = False
            self.waits = self.waits and not self.quiet()
        self.chattering = self.chattering and not calm

    def tick(self) -> None:
        self.t += 1
        self.timers()
        if self.shelf == self.t:
            self.shelf = None
            self.resume()

    def act(self, act: str) -> None:
        getattr(self, f"on_{act}")() if self.sense(act) else self.ignore()
        self.timers()

    def ignore(self) -> None:
        self.ignored += 1

    def sense(self, act: str) -> bool:
        if act in ("raise", "worse", "out", "in"):
            return act != ("out" if self.out else "in")
        if act == "ack":
            return self.waits and not self.quiet()
        wanted = {"clear": self.on, "unshelve": self.shelf is not None}
        return self.known and wanted.get(act, True)

    def on_raise(self, severity: str = "serious") -> None:
        worse = self.active and severity == "urgent" != self.severity
        self.known = True
        self.raises.append(self.t)
        recent = [t for t in self.raises if self.t - t < self.rule.chatter_s]
        self.chattering = self.chattering or len(recent) >= 3
        if not (self.active and self.chattering and self.severity == "urgent"):
            self.severity = severity
        if not self.on:
            self.on, self.changed = True, self.t
        if worse and not self.quiet():
            self.call()

    def on_worse(self) -> None:
        self.on_raise("urgent")

    def on_clear(self) -> None:
        self.on, self.changed = False, self.t

    def on_ack(self) -> None:
        self.waits = False

    def on_shelve(self) -> None:
        self.shelf = self.t + 7

    def on_unshelve(self) -> None:
        self.shelf = None
        self.resume()

    def on_out(self) -> None:
        self.out = True

    def on_in(self) -> None:
        self.out = False
        self.resume()

    def on_link(self) -> None:
        return


DELAYS = st.integers(0, 4)
SCRIPT = st.lists(st.tuples(st.integers(0, 6), st.sampled_from(ACTS)), max_size=25)


@given(SCRIPT, DELAYS, DELAYS)
def test_as_a_slow_clock_that_looks_every_second(script: list[Act], on_delay: int, off_delay: int) -> None:
    rule = Rule(on_delay_s=on_delay, off_delay_s=off_delay, chatter_s=9)
    annunciator, slow = Annunciator(Rules(default=rule)), Slow(rule)
    for gap, act in [*script, (20, "link")]:
        for _ in range(gap):
            slow.tick()
            if "a1" in annunciator:
                now = T0 + slow.t * SECOND
                alarm = annunciator.at(annunciator["a1"], now)
                assert annunciator.state(annunciator["a1"], now) is slow.state()
                assert (alarm.occurrence, alarm.calls, alarm.chattering, alarm.active) == (
                    slow.occurrence, len(slow.called), slow.chattering, slow.active,
                )  # fmt: skip
                assert not slow.called or alarm.called_ms == T0 + slow.called[-1] * SECOND
        slow.act(act)
        annunciator.fold(record(act, slow.t), T0 + slow.t * SECOND)
    assert sum(annunciator.ignored.values()) == slow.ignored


MANY = st.lists(st.tuples(st.integers(0, 6), st.sampled_from(ACTS), st.sampled_from("abc")), max_size=30)
DELAYED = Rules(default=Rule(on_delay_s=2, off_delay_s=3, chatter_s=9))


@given(MANY)
def test_it_does_not_matter_how_alarms_are_interleaved(script: list[tuple[int, str, str]]) -> None:
    t, stamped = 0, []
    for gap, act, alarm_id in script:
        t += gap
        stamped.append((alarm_id, record(act, t, alarm_id), T0 + t * SECOND))
    mixed, sorted_ = Annunciator(DELAYED), Annunciator(DELAYED)
    for _, data, at_ms in stamped:
        mixed.fold(data, at_ms)
    for _, data, at_ms in sorted(stamped, key=lambda item: item[0]):
        sorted_.fold(data, at_ms)
    assert mixed.total_digest == sorted_.total_digest
    assert (mixed.ignored, mixed.services) == (sorted_.ignored, sorted_.services)
    now = T0 + (t + 5) * SECOND
    assert {a.id: s for a, s in mixed.listed(now)} == {a.id: s for a, s in sorted_.listed(now)}


@given(MANY, MANY)
def test_a_snapshot_holds_all(before: list[tuple[int, str, str]], after: list[tuple[int, str, str]]) -> None:
    whole, again, t = Annunciator(DELAYED), Annunciator(DELAYED), 0
    for gap, act, alarm_id in before:
        t += gap
        whole.fold(record(act, t, alarm_id), T0 + t * SECOND)
    raw = msgspec.msgpack.encode(whole.export())
    again.restore(msgspec.msgpack.decode(raw, type=AnnunciatorState))
    assert again.export() == whole.export()
    for gap, act, alarm_id in after:
        t += gap
        data = record(act, t, alarm_id)
        assert whole.fold(data, T0 + t * SECOND) == again.fold(data, T0 + t * SECOND)
    assert again.export() == whole.export()
    assert again.listed(T0 + t * SECOND) == whole.listed(T0 + t * SECOND)
