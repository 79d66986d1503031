"""The map from MQTT messages to alarms: its format, its faults, topics, paths and conditions."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.codec import Malformed
from feeds.protocols.sensormap import MISSING, SHIPPED, Cases, at, filled, holds, load, loads, number, pattern

RULE = "{name: smoke, topic: 'z/{device}', device: '{device}', kind: smoke, severity: major, raise: {smoke: true}, %s}"


def cases(text: str) -> Cases:
    """Conditions as a map says them."""
    cases: Cases = msgspec.yaml.decode(text.encode(), type=Cases)
    return cases


def map_of(rule: str, more: str = "") -> bytes:
    """A map of one rule."""
    return f"name: z\nrules: [{rule}]\n{more}".encode()


def test_the_shipped_maps_are_sound() -> None:
    assert sorted(path.stem for path in SHIPPED.glob("*.yaml")) == ["frigate", "zigbee2mqtt"]
    assert load("zigbee2mqtt").filters == ("zigbee2mqtt/+",)
    assert load("frigate").filters == ("frigate/events",)


def test_a_map_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_bytes(map_of(RULE % "clear: {smoke: false}"))
    assert load(tmp_path / "own.yaml").rules[0].kind == "smoke"
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("raw", "field", "reason"),
    [
        (map_of(RULE % "clear: {smoke: false}, colour: red"), "rules[0]", "colour"),
        (map_of(RULE.replace("major", "grave") % "clear_after_s: 9"), "rules[0].severity", "grave"),
        (map_of(RULE % "clear_after_s: 0"), "rules[0].clear_after_s", ">= 1"),
        (map_of(RULE % "clear: {}"), "rules[0]", "stand for ever"),
        (map_of(RULE.replace("{smoke: true}", "{}") % "clear_after_s: 9"), "rules[0]", "without any condition"),
        (map_of(RULE.replace("z/{device}", "z/a{device}") % "clear_after_s: 9"), "rules[0]", "is no level"),
        (map_of(RULE % "clear_after_s: 9, raise: {smoke: {over: 1}}"), "rules[0].raise[...]", "over"),
        (map_of(RULE % "clear_after_s: 9", "devices: {a: {lat: 31.7, lon: 119.9}}"), "map", "devices.a.crs"),
        (
            map_of(RULE % "clear_after_s: 9", "crs: gcj02\ndevices: {a: {lat: 131.7, lon: 119.9}}"),
            "devices[...].lat",
            "90",
        ),
        (map_of(", ".join([RULE % "clear_after_s: 9"] * 2)), "map", "smoke is there twice"),
        (b"name: z", "map", "rules"),
        (b"\xff", "map", ""),
        (b"rules: [", "map", ""),
    ],
)
def test_what_is_wrong_is_named(raw: bytes, field: str, reason: str) -> None:
    with pytest.raises(Malformed) as said:
        loads(raw)
    assert said.value.field == field and reason in said.value.reason


@pytest.mark.parametrize(
    ("topic", "matches", "not_"),
    [
        ("z/{device}", ["z/a", "z/客厅 烟感"], ["z", "z/", "z/a/b", "y/a"]),
        ("+/x/#", ["a/x", "/x", "a/x/b/c"], ["a/xy", "a/y"]),
        ("#", ["a", "a/b", ""], []),
        ("a.b/{x}/{y}", ["a.b/1/2"], ["acb/1/2"]),
    ],
)
def test_topics(topic: str, matches: list[str], not_: list[str]) -> None:
    assert [t for t in matches + not_ if pattern(topic).fullmatch(t)] == matches


@pytest.mark.parametrize("topic", ["a/#/b", "a+", "{a b}/c", "{a}{b}", "x{a}", "#/a"])
def test_topics_that_are_none(topic: str) -> None:
    with pytest.raises(ValueError, match="is no level"):
        pattern(topic)


PAYLOAD = {"a": {"b": [10, {"c": "x"}], "t": True, "n": None, "s": "12.50"}, "one": 1}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", PAYLOAD),
        ("a.b.1.c", "x"),
        ("a.b.0", 10),
        ("a.b.2", MISSING),
        ("a.b.x", MISSING),
        ("a.n", None),
        ("q", MISSING),
    ],
)
def test_paths(path: str, value: object) -> None:
    assert at(PAYLOAD, path) is value or at(PAYLOAD, path) == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{a.t: true}", True), ("{one: true}", False), ("{one: 1}", True), ("{a.t: 1}", False), ("{a.n: null}", True),
        ("{q: null}", False), ("{one: [2, 1]}", True), ("{one: [2, 3]}", False), ("{a.s: {above: 12}}", True),
        ("{a.s: {above: 12, below: 12.5}}", False), ("{a.n: {below: 99}}", False), ("{a.b: {has: 10}}", True),
        ("{a.b: {has: [11, 12]}}", False), ("{a.b: {lacks: 11}}", True), ("{q: {lacks: 11}}", True),
        ("{q: {present: false}}", True), ("{a.n: {present: true}}", True), ("{one: {not: 2}}", True),
        ("{q: {not: 2}}", False), ("{q: {has: 11}}", False),
        ("{one: {not: [1, 2]}}", False), ("[{one: 2}, {one: 1}]", True), ("{one: 1, a.t: false}", False), ("[]", False),
    ],
)  # fmt: skip
def test_conditions(text: str, expected: bool) -> None:
    assert holds(cases(text), PAYLOAD) is expected


def test_texts_are_filled_in_from_topic_and_payload() -> None:
    assert filled("{room}-{a.b.0}", {"room": "x"}, PAYLOAD) == "x-10"
    assert filled("{room}-{q}", {"room": "x"}, PAYLOAD) == ""
    assert filled("{a.t}", {}, PAYLOAD) == ""
    assert filled("{x}", {"x": "{y}"}, PAYLOAD) == "{y}"


@pytest.mark.parametrize(("value", "expected"), [("100.00", 100.0), (" 7 ", 7.0), (3, 3.0), ("-1e2", -100.0)])
def test_numbers(value: object, expected: float) -> None:
    assert number(value) == expected


@pytest.mark.parametrize("value", ["", "nan", "inf", "1_0", True, None, [], "9" * 400, "1.1.1", 10**400])
def test_what_is_no_number_compares_with_nothing(value: object) -> None:
    assert math.isnan(number(value))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "1", ""]), inner, max_size=3)
    ),
    max_leaves=9,
)


@given(JSON, st.text(alphabet="ab1.$", max_size=9))
def test_any_payload_can_be_asked_for_anything(payload: object, path: str) -> None:
    wanted = cases("{x: {above: 1, below: 5, has: [a, 1], lacks: b, not: 3}, y: [1, a, null]}")
    assert isinstance(wanted, dict)
    for value in wanted.values():
        holds({path: value}, payload)
    filled("{" + path.replace("{", "") + "}", {}, payload)
