"""The workbench's words, colours and names."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from dash import html
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import Found
from dashboard.cities import load_city
from dashboard.daycharts import Against
from dashboard.filters import Filter
from dashboard.kpibook import load_book
from layouts.analyst import figures, figuresmap, head, palette
from layouts.analyst.figuresdays import signals
from layouts.analyst.figuresflow import funnel, makeup, scores
from layouts.analyst.figuresrank import ranking
from layouts.analyst.ground import outlines
from layouts.analyst.names import Names, catalogue, definition
from layouts.analyst.page import PANELS
from layouts.analyst.state import State
from layouts.analyst.told import told
from layouts.words import cut
from tests.layouts.test_words import places

ROOT = Path(__file__).parents[3]
BOOK = load_book()
CITY = load_city("changzhou")
CHINESE = Names(CITY, BOOK, "zh")


@pytest.fixture(params=["zh", "en"])
def names(request: pytest.FixtureRequest) -> Names:
    return Names(CITY, BOOK, request.param)


def test_both_languages_say_the_same_things() -> None:
    chinese, english = catalogue("zh"), catalogue("en")
    assert chinese.keys() == english.keys()
    assert [key for key in chinese if places(chinese[key]) != places(english[key])] == []
    assert [key for key, said in english.items() if re.search(r"[\u3400-\u9fff]", said)] == []


def test_every_word_is_used_and_every_word_used_is_there() -> None:
    code = "".join(
        path.read_text("utf-8")
        for folder in ("layouts", "callbacks")
        for path in (ROOT / folder / "analyst").glob("*.py")
    )
    named = set(re.findall(r"""\bt\(\s*["']([a-z_.0-9]+)["']""", code))
    stems = set(re.findall(r"""\bt\(\s*f"([a-z_.]+?)\{""", code))
    assert sorted(named - catalogue("zh").keys()) == []
    assert [
        key for key in catalogue("zh") if key not in named and not any(key.startswith(stem) for stem in stems)
    ] == []
    panels = [key for keys in PANELS.values() for key in keys]
    assert [
        f"{kind}.{key}" for kind in ("panel", "note", "def") for key in panels if f"{kind}.{key}" not in catalogue("zh")
    ] == []


def tokens_of(theme: str) -> dict[str, str]:
    block = (ROOT / "assets" / "1-tokens.css").read_text("utf-8").split(f"[data-theme={theme}]")[1].split("}")[0]
    return dict(re.findall(r"--([\w-]+):(#[0-9a-f]{6})\b", block))


def test_by_night_each_colour_is_the_nights_own() -> None:
    day, night = tokens_of("day"), tokens_of("night")
    for name in ("ink", "ink-2", "ink-3", "line", "grid", "track", "focus", "sev-major"):
        assert palette.NIGHT[day[name]] == night[name]
    for name in [f"d{n}" for n in range(1, 7)] + [f"ramp{n}" for n in range(6)]:
        assert palette.NIGHT[day[name]] == night[name], name
    assert palette.NIGHT[day["panel"]] == night["raised"]
    figure = {
        "a": [palette.INK, palette.faded(palette.FOCUS, 0.25), palette.shade(0.37)],
        "b": f"<i color:{palette.D[1]}>",
    }
    red, green, blue = (int(night["focus"][n : n + 2], 16) for n in (1, 3, 5))
    dark = palette.by_night(figure)
    assert dark["a"][:2] == [night["ink"], f"rgba({red},{green},{blue},0.25)"]
    assert dark["b"] == f"<i color:{night['d2']}>"
    assert dark["a"][2] not in (figure["a"][2], night["ramp1"], night["ramp2"]), "between two of them"


def test_the_palette_is_the_stylesheets_by_day() -> None:
    tokens = tokens_of("day")
    ours = {name.lower().replace("_", "-"): value for name, value in vars(palette).items() if name.isupper()}
    single = {name: value for name, value in ours.items() if isinstance(value, str) and value.startswith("#")}
    assert {name: tokens[name] for name in single} == single
    assert tuple(tokens[f"d{n}"] for n in range(1, 7)) == palette.D
    assert tuple(tokens[f"ramp{n}"] for n in range(6)) == palette.RAMP


def test_times_are_said_in_two_units(names: Names) -> None:
    said = [names.took(ms) for ms in (None, 4_000, 59_000_000, 90_000_000_000)]
    assert said[0] == "—"
    assert "4" in said[1]
    assert [part for part in said[2].split() if part.isdigit()] == ["16", "23"]


@given(st.integers(0, 10_000_000_000))
def test_a_time_cut_to_whole_seconds_is_said_alike(ms: int) -> None:
    """The card has the median to the millisecond, the chart of times to the second."""
    assert CHINESE.took(ms) == CHINESE.took(ms // 1000 * 1000)


@given(st.integers(1, 100_000).flatmap(lambda den: st.tuples(st.integers(0, den), st.just(den))))
def test_a_percentage_is_cut_exactly(parts: tuple[int, int]) -> None:
    num, den = parts
    assert cut(100 * num / den) == f"{num * 10_000 // den / 100:.2f}"


def test_a_share_is_cut_alike_in_every_chart(names: Names) -> None:
    row = {"group": ["housing"], "share": [200 / 3], "low": [1.0], "high": [99.0], "n": [3], "small": [False]}
    stars = {f"s{n}": [3 if n == 5 else 0] for n in range(1, 6)}
    drawn = scores(Found(row | stars), names, State(), "department", 1.0)
    assert drawn["layout"]["annotations"][0]["text"].startswith("66.66%")
    box = {"category": ["road"], "department": ["housing"], "den": [125], "num": [23]}
    tree = makeup(Found(box), names, 1.0)["data"][0]
    assert "18.40%" in tree["hovertext"][0] and tree["text"][0].endswith("18.40%")
    steps = {"step": ["reported", "accepted"], "n": [30_000, 29_999], "p50": [None, 1000], "p90": [None, 2000]}
    assert [text[-7:] for text in funnel(Found(steps), names, 1.0)["data"][0]["text"]] == ["100.00%", "\u300099.99%"]
    day = {"start": [0], "num": [2], "den": [3], "value": [200 / 3], "small": [False]}
    day |= {key: [1.0] for key in ("low", "high", "centre")}
    points = signals(Found(day, {"signals": []}), names, BOOK.kpis["ontime_rate"], 1.0)["data"][-1]
    assert "66.66%" in points["hovertext"][0]


def test_a_small_sample_has_no_colour_on_the_map(names: Names) -> None:
    codes = [district.code for district in CITY.regions.districts[:2]]
    row = {"group": codes, "value": [80.0, 0.0], "num": [80, 0], "den": [100, 1], "small": [False, True]}
    drawn = figuresmap.regions(Found(row), names, State(), BOOK.kpis["ontime_rate"], CITY.regions, 6, 1.0)
    pale, coloured, _ = drawn["data"]
    z = dict(zip(coloured["locations"], coloured["z"], strict=True))
    assert (z[codes[0]], z[codes[1]]) == (80.0, None)
    assert names.t("small.why", BOOK.kpis["ontime_rate"].min_sample) in pale["text"][pale["locations"].index(codes[1])]


def test_a_rate_that_was_0_has_changed_by_points(names: Names) -> None:
    code = "ontime_rate"
    rows, then = ({one: {"num": num, "den": 2, "p50": None} for one in head.shown_codes(State())} for num in (1, 0))
    assert "▲50.00" in told(cards=head.cards(names, State(kpi=code, against="before"), rows, then))


def test_what_there_is_nothing_to_compare_with_is_said_where_somebody_compares(names: Names) -> None:
    rows = {one: {"num": 1, "den": 2, "p50": 3.0} for one in head.shown_codes(State())}

    def changes(against: Against) -> list[Any]:
        cards = head.cards(names, State(against=against), rows, None)
        return [part.children for card in cards for part in card._traverse() if isinstance(part, html.Small)]

    assert changes("before") == changes("year") == ["—"] * len(rows)
    assert changes("") == []


def test_a_rate_is_cut_and_nothing_divided_by_nothing_is_a_dash(names: Names) -> None:
    rate = BOOK.kpis["ontime_rate"]
    assert names.value(rate, 99.996) == "99.99"
    assert names.value(rate, None) == "—"
    assert names.parts(rate, {"num": 0, "den": 0}) == "0 / 0"


def test_every_indicator_has_a_definition(names: Names) -> None:
    for code in BOOK.measures:
        assert definition(names, code)[0].startswith(names.kpi(code))


def test_a_bar_by_itself_is_no_taller_than_one_of_several(names: Names) -> None:
    alone, many = (figures.listed([str(n) for n in range(rows)], 1.0)["range"] for rows in (1, 9))
    assert alone == [4.5, -0.5]
    assert many == [8.5, -0.5]


def test_what_is_chosen_is_listed_wherever_it_ranks(names: Names) -> None:
    n = 12
    groups = [f"d{k}" for k in range(n)]
    columns = {"group": groups, "value": [50.0 + k for k in range(n)], "num": [50] * n, "den": [100] * n}
    columns |= {"low": [40.0] * n, "high": [70.0] * n, "small": [False] * n, "met": [False] * n}
    kpi, found = BOOK.kpis["ontime_rate"], Found(columns, {"goal": 95})
    for chosen, listed in (((), groups[:9]), (("d2",), groups[:9]), (("d11",), [*groups[:8], "d11"])):
        state = State(chosen=Filter(department=chosen))
        [bar] = ranking(found, names, state, kpi, "department", 1.0)["data"]
        assert [group for _, group in bar["customdata"]] == listed


def test_below_a_chosen_category_its_items_are_listed(names: Names) -> None:
    counts = {"dispute": 4, "environment.noise": 3, "environment.air": 2, "environment": 1, "labour.wages": 9}
    every: dict[str, dict[str, int]] = {key: {} for key in head.LISTED} | {"category": counts, "region": {}}

    def listed(*chosen: str) -> list[tuple[str, str, str]]:
        state = State(chosen=Filter(category=chosen))
        parts = head.facets(names, state, every)
        [facet] = [one for one in parts if one.children[0].children[0] == names.t("kind.category")]
        return [(a.children[0].children, a.children[1].children, a.className) for a in facet.children[1].children]

    def of(key: str) -> str:
        return names.of("category", key)

    assert listed() == [(of("labour"), "9", ""), (of("environment"), "6", ""), (of("dispute"), "4", "")]
    below = [(of("environment.noise"), "3", " sub"), (of("environment.air"), "2", " sub")]
    rest = [(of("labour"), "9", ""), (of("dispute"), "4", "")]
    assert listed("environment") == [(of("environment"), "6", "on"), *below, *rest]
    assert listed("environment.noise")[1] == (of("environment.noise"), "3", "on sub")


def test_an_item_that_nobody_has_named_is_called_by_its_category(names: Names) -> None:
    assert names.of("category", "environment.unheard") == f"{names.of('category', 'environment')}·unheard"
    assert names.of("category", "unheard") == "unheard"


def test_a_small_sample_is_pale_and_says_so(names: Names) -> None:
    row = {"group": ["housing", "gas"], "value": [80.0, 50.0], "low": [70.0, 9.0], "high": [90.0, 91.0], "num": [80, 1],
           "den": [100, 2], "small": [False, True], "met": [False, False]}  # fmt: skip
    drawn = ranking(Found(row, {"goal": 95.0}), names, State(), BOOK.kpis["ontime_rate"], "department", 1.0)
    assert drawn["data"][0]["marker"]["color"] == [palette.D[1], palette.TRACK]
    assert names.t("small") in drawn["layout"]["annotations"][1]["text"]
    assert drawn["layout"]["annotations"][0]["font"]["color"] == palette.SEV_MAJOR
    assert drawn["layout"]["annotations"][1]["font"]["color"] != palette.SEV_MAJOR


def test_boxes_lie_in_one_another_and_all_in_one(names: Names) -> None:
    pairs = [("environment", "housing", 9), ("environment", "gas", 3), ("dispute", "gas", 10)]
    categories, departments, num = (list(column) for column in zip(*pairs, strict=True))
    columns = {"category": categories, "department": departments, "num": num, "den": [10, 10, 10]}
    [tree] = makeup(Found(columns, {}), names, 1.0)["data"]
    boxes = dict(zip(tree["ids"], zip(tree["parents"], tree["values"], strict=True), strict=True))
    assert boxes["c"] == ("", 30)
    assert boxes["c/environment"] == ("c", 20)
    assert boxes["c/environment/gas"] == ("c/environment", 10)
    assert tree["customdata"][:3] == [None, ["category", "environment"], ["category", "dispute"]]
    assert tree["customdata"][3] == ["pair", "environment", "housing"]
    colours = dict(zip(tree["ids"], tree["marker"]["colors"], strict=True))
    assert colours["c/environment/gas"] == palette.RAMP[5], "the lowest is the darkest"
    assert colours["c/dispute/gas"] == palette.RAMP[0]


def test_a_component_is_told_as_plain_values() -> None:
    row = html.A([html.B("x & y"), 7, None, ""], href="/analyst", className="on", style={"--share": "3%"}, hidden=False)
    assert json.loads(told(head_rows=[row, [html.Details("z", open=True)]], views="none")) == {
        "head-rows": [["a", {"href": "/analyst", "class": "on", "style": "--share:3%"}, ["b", {}, "x & y"], "7"],
                      ["details", {"open": ""}, "z"]],
        "views": ["none"],
    }  # fmt: skip


def test_outlines_hold_what_they_should() -> None:
    shapes = outlines(CITY.regions, "", 6)
    assert [one["id"] for one in shapes["features"]] == [region.code for region in CITY.regions.districts]
    assert len(outlines(CITY.regions, "320412", 9)["features"]) == len(CITY.regions.children("320412"))
    west, south, east, north = shapes["bbox"]
    assert all(west < one.lon < east and south < one.lat < north for one in CITY.regions.districts)


def test_a_label_stands_where_it_covers_none_before_it() -> None:
    labels = [(31.0, 120.0, "天宁区<br>75.00"), (31.0, 119.8, "钟楼区"), (30.8, 120.0, "武进区"), (30.9, 120.0, "溧阳")]
    assert figuresmap.sides(labels, 185) == ["middle center", "middle left", "middle center", ""]
    assert figuresmap.sides([], 185) == []


def test_what_has_nothing_to_show_draws_nothing() -> None:
    assert figures.nothing("x", 1.0)["data"] == []
