"""The catalogue that is shipped is complete, and one that cannot be counted is told why."""

from __future__ import annotations

import msgspec
import pytest

from dashboard.clock import DAY_MS, HOUR_MS
from dashboard.kpibook import SHIPPED, BookError, Kpi, load_book, read_book
from dashboard.process import Label

BOOK = load_book()
OF_EVENTS = {
    "reported", "accepted", "due_to_close", "closed", "open", "overdue_open", "closure_rate", "ontime_rate",
    "ontime_unextended_rate", "extension_rate", "return_rate", "reopened", "urged", "whistle_ontime", "time_to_accept",
    "time_to_assign", "time_to_close", "satisfaction", "satisfaction_mean", "rated_share",
}  # fmt: skip
SURVEYED = {
    "public_safety": "公众安全感", "grid_standard_rate": "网格规范达标率", "home_link_rate": "人房关联率",
    "party_coverage_rate": "党建覆盖率", "centre_standard_rate": "三级中心达标率",
}  # fmt: skip
SMALL = """
units: {case: {zh: 件, en: cases}, percent: {zh: '%', en: '%'}, minute: {zh: 分钟, en: min}}
exclusions: [{key: merged, name: {zh: 重复, en: Duplicate}, when: merged}]
kpis:
  - {code: closed, name: {zh: 办结数, en: Closed}, formula: {zh: 办结, en: closed}, kind: count, unit: case,
     num: {zh: 办结, en: closed, when: start < closed <= end}}
  - code: ontime
    name: {zh: 按期率, en: On time}
    formula: {zh: 按期 ÷ 办结, en: on time ÷ closed}
    kind: rate
    num: {zh: 按期, en: on time, when: closed <= due}
    den: {zh: 办结, en: closed, when: start < closed <= end}
    exclude: [merged]
    unit: percent
    better: higher
    target: 95
  - code: speed
    name: {zh: 用时, en: Time}
    formula: {zh: 办结 − 上报, en: closed − reported}
    kind: duration
    value: {zh: 用时, en: time, is: closed - reported}
    den: {zh: 办结, en: closed, when: start < closed <= end}
    unit: minute
    better: lower
    target: 30m
  - {code: safety, name: {zh: 安全感, en: Safety}, formula: {zh: 占比, en: share}, kind: value, from: readings,
     unit: percent}
"""


def test_everything_is_declared_and_that_once() -> None:
    assert BOOK.measures.keys() == OF_EVENTS
    assert {code: kpi.name.zh for code, kpi in BOOK.kpis.items() if kpi.origin == "readings"} == SURVEYED
    assert {kpi.origin for kpi in BOOK.kpis.values()} == {"events", "readings", "workers", "alarms"}
    assert set(BOOK.exclusions) == {"paused", "extended", "merged", "cancelled"}
    assert {key for kpi in BOOK.kpis.values() for key in kpi.exclude} == BOOK.exclusions.keys()
    assert {kpi.unit for kpi in BOOK.kpis.values()} == BOOK.units.keys()


def test_no_name_stands_for_two_things() -> None:
    for language in ("zh", "en"):
        names = [getattr(kpi.name, language) for kpi in BOOK.kpis.values()]
        assert sorted(names) == sorted(set(names))


def test_the_standard_is_named_for_its_own_terms_alone() -> None:
    named = {code for code, kpi in BOOK.kpis.items() if kpi.standard.startswith("GB/T")}
    assert named == {"accepted", "due_to_close", "closure_rate", "ontime_rate"}
    assert {BOOK.kpis[code].standard for code in named} == {"GB/T 30428.4-2016"}


def test_rates_are_over_the_cases_that_are_counted_beside_them() -> None:
    due = BOOK.measures["due_to_close"].part
    assert due is not None
    for code in ("closure_rate", "ontime_rate", "extension_rate"):
        whole = BOOK.measures[code].whole
        assert whole is not None
        assert whole.text == due.text


def test_a_small_book_says_what_it_says_and_nothing_else() -> None:
    book = read_book(SMALL.encode())
    ontime, speed = book.measures["ontime"], book.measures["speed"]
    assert (ontime.kpi.window_ms, ontime.kpi.min_sample, ontime.kpi.goal, ontime.kpi.standard) == (DAY_MS, 30, 95, "")
    assert ontime.whole is not None
    assert ontime.part is not None
    assert ontime.whole.text == "(start < closed <= end) and not (merged)"
    assert ontime.part.text == "(start < closed <= end) and (closed <= due) and not (merged)"
    assert speed.part is not None
    assert speed.part.text.endswith("(closed - reported) <= 1800000")
    assert speed.kpi.goal == HOUR_MS / 2
    assert book.measures.keys() == {"closed", "ontime", "speed"}
    assert book.kpis["safety"].name == Label("安全感", "Safety")


def test_windows() -> None:
    kpi = BOOK.kpis["closure_rate"]
    assert [msgspec.structs.replace(kpi, window=text).window_ms for text in ("30m", "24h", "7d")] == [
        HOUR_MS / 2, DAY_MS, 7 * DAY_MS,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: {zh: 按期率, en: On time}", "name: {zh: 按期率}", r"missing required field `en`.*kpis\[1\] \(ontime\)"),
        ("    name: {zh: 按期率, en: On time}\n", "", r"missing required field `name`.*kpis\[1\] \(ontime\)"),
        ("{zh: 按期率, en: On time}", "{zh: '', en: On time}", r"length >= 1.*kpis\[1\] \(ontime\)\.name\.zh"),
        ("code: ontime", "code: closed", "kpis: closed stands twice"),
        ("code: ontime", "code: 按期", r"kpis\[1\] \(按期\)\.code"),
        ("exclusions: [", "exclusions: [{key: merged, name: {zh: 重, en: D}, when: merged}, ", "merged stands twice"),
        ("when: merged}]", "when: severity}]", r"exclusions \(merged\)\.when: 'severity' is a number, and a flag is"),
        ("when: merged}]", "when: absorbed}]", r"exclusions \(merged\)\.when: 'absorbed', column 1: absorbed is no"),
        ("closed <= due", "closd <= due",
         r"kpis\[1\] \(ontime\)\.num\.when: 'closd <= due', column 1: closd is no fact; did you mean closed\?"),
        ("closed <= due", "due", r"kpis\[1\] \(ontime\)\.num\.when: 'due' is a number, and a flag is needed"),
        ("closed <= due", "region < 3", "region is a text to group by"),
        ("is: closed - reported", "is: closed < reported",
         r"kpis\[2\] \(speed\)\.value\.is: 'closed < reported' is a flag, and a number is needed"),
        ("    den: {zh: 办结, en: closed, when: start < closed <= end}\n    exclude", "    exclude",
         r"kpis\[1\] \(ontime\)\.den: is missing: a rate needs it"),
        ("kind: rate", "kind: count", r"kpis\[1\] \(ontime\)\.den: does not belong to a count"),
        ("kind: rate", "kind: share", r"kpis\[1\] \(ontime\)\.kind"),
        ("exclude: [merged]", "exclude: [lost]", r"\(ontime\)\.exclude: lost is none of the exclusions"),
        ("from: readings", "from: readings, exclude: [merged]", "exclude: a value has no cases to leave out"),
        ("from: readings,", "", r"\(safety\)\.from: events does not go with value"),
        ("kind: rate", "kind: rate\n    from: readings", r"\(ontime\)\.from: readings does not go with rate"),
        ("unit: minute", "unit: parsec", r"\(speed\)\.unit: parsec is none of the units"),
        ("unit: minute", "unit: case", r"\(speed\)\.unit: a duration is in second, minute, hour, day, not in case"),
        ("exclude: [merged]\n    unit: percent", "unit: case", r"\(ontime\)\.unit: a rate is in percent, not in case"),
        ("target: 95", "target: 950", r"\(ontime\)\.target: 950.0 is no share in percent"),
        ("target: 95", "target: 95d", r"\(ontime\)\.target: 95d should be a number"),
        ("target: 30m", "target: 30", r"\(speed\)\.target: 30.0 should be a span such as 30m"),
        ("target: 30m", "target: 30 minutes", r"kpis\[2\] \(speed\)\.target"),
        ("    better: higher\n", "", r"\(ontime\)\.target: is set, but `better` does not say"),
        ("better: higher", "better: more", r"kpis\[1\] \(ontime\)\.better"),
        ("better: higher", "beter: higher", r"unknown field `beter`.*kpis\[1\] \(ontime\)"),
        ("better: higher", "min_sample: 0", r"kpis\[1\] \(ontime\)\.min_sample"),
        ("kpis:", "kpis: {", "mine.yaml: "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(old: str, new: str, said: str) -> None:
    assert SMALL.count(old) == 1
    with pytest.raises(BookError, match=said) as caught:
        read_book(SMALL.replace(old, new).encode(), "mine.yaml")
    assert str(caught.value).startswith("mine.yaml: ")


def test_all_that_is_wrong_is_said_at_once() -> None:
    text = SMALL.replace("target: 95", "target: 950").replace("unit: minute", "unit: case")
    with pytest.raises(BookError) as caught:
        read_book(text.encode())
    assert len(str(caught.value).splitlines()) == 2


def test_the_file_explains_every_field() -> None:
    head = SHIPPED.read_text(encoding="utf-8").split("\nunits:")[0]
    plain = {"code", "name", "formula", "num", "den", "value"}
    fields = {field.encode_name for field in msgspec.structs.fields(Kpi)}
    assert {name for name in fields - plain if f"# {name}" not in head} == set()
