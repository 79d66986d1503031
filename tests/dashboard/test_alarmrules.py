"""A city's rules on alarms, as its pack says them."""

from __future__ import annotations

import msgspec
import pytest

from dashboard.alarmrules import EventRule, Rule, Rules, SeatRule, When
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
        (b"seats: [{seat: ''}]", "length >= 1"),
        (b"seats: [{seat: a, when: {hours: [08:00-20:00]}}]", "unknown field `hours`"),
    ],
)
def test_what_makes_no_sense_is_refused(text: bytes, why: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=why):
        msgspec.yaml.decode(text, type=Rules)


@pytest.mark.parametrize(
    ("kind", "place", "seat"),
    [
        ("smoke", "320402001", "03席"),
        ("smoke", "320481003", "05席"),
        ("lift", "320481003", "05席"),
        ("lift", "", "02席"),
    ],
)
def test_the_first_rule_that_fits_says_at_which_seat(kind: str, place: str, seat: str) -> None:
    seats = (SeatRule("05席", When(regions=("320481",))), SeatRule("03席", When(kinds=("smoke",))), SeatRule("02席"))
    assert Rules(seats=seats).seat(kind, place) == seat
    assert Rules().seat(kind, place) == ""


@pytest.mark.parametrize(
    "seats",
    [
        b"[{seat: a, when: {kinds: [smoke]}}]",
        b"[{seat: a}, {seat: a, when: {kinds: [smoke]}}]",
        b"[{seat: a}, {seat: b}]",
        b"[{seat: a, when: {}}, {seat: b}]",
    ],
)
def test_every_alarm_is_at_a_seat_where_there_are_seats(seats: bytes) -> None:
    with pytest.raises(msgspec.ValidationError, match="the last rule, and no other, is without `when`"):
        msgspec.yaml.decode(b"seats: " + seats, type=Rules)


def test_the_demo_city_has_rules_for_its_devices() -> None:
    rules = load_city("changzhou").alarms
    assert rules.of("sos").re_alarm_s == 120
    assert rules.event("gas", 2) is not None
    assert rules.event("gas", 1) is None
    assert (rules.seat("gas", "320402"), rules.seat("gas", "320481")) == ("03席", "05席")
