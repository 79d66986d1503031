"""A city's rules on alarms, as its pack says them."""

from __future__ import annotations

import msgspec
import pytest

from dashboard.alarmrules import EventRule, Rule, Rules
from dashboard.cities import load_city

TEXT = b"""
kinds: {smoke: {on_delay_s: 5, priority: low}}
default: {off_delay_s: 7}
suppress: [{kind: smoke, while: power, area: "9901"}]
events: {smoke: {from: major, category: fire, title: "\xe7\x83\x9f"}}
"""


def test_rules_are_read() -> None:
    rules = msgspec.yaml.decode(TEXT, type=Rules)
    assert (rules.of("smoke"), rules.of("x")) == (Rule(on_delay_s=5, priority="low"), Rule(off_delay_s=7))
    assert rules.suppress[0].while_ == "power"
    assert [rules.event("smoke", sev) for sev in (2, 3)] == [None, EventRule("fire", "烟", "major")]
    assert rules.event("gas", 4) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"suppress: [{kind: a, while: power}, {kind: power, while: b}]", "power both suppresses and is suppressed"),
        (b"kinds: {smoke: {on_delay: 5}}", "unknown field `on_delay`"),
        (b"kinds: {smoke: {off_delay_s: -1}}", ">= 0"),
        (b"events: {smoke: {category: fire}}", "`title`"),
    ],
)
def test_what_makes_no_sense_is_refused(text: bytes, why: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=why):
        msgspec.yaml.decode(text, type=Rules)


def test_the_demo_city_has_rules_for_its_devices() -> None:
    rules = load_city("changzhou").alarms
    assert rules.of("sos").re_alarm_s == 120
    assert rules.event("gas", 2) is not None
    assert rules.event("gas", 1) is None
