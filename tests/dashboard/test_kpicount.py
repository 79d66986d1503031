"""Indicators counted in memory and in SQL: the same rows; and the rates the wall has always shown."""

from __future__ import annotations

from itertools import product
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import kpi as wall
from dashboard.eventcolumns import Columns
from dashboard.eventstate import Call, EventState
from dashboard.facts import TYPES, Table, relation, table
from dashboard.kpibook import load_book
from dashboard.kpicount import ALL, Figure, Row, Rows, Split, answered, count, figure, met, query, wilson
from dashboard.lifecycle import held
from dashboard.model import Step
from dashboard.procedure import Procedure
from dashboard.scan import Scan

BOOK = load_book()
MEASURES = BOOK.measures.values()
SCAN = Scan()
PROCEDURE = Procedure()
RUNS_ON = msgspec.structs.replace(PROCEDURE.processes["suzhou"], key="runs_on", hold=False)
PROCEDURE = Procedure(PROCEDURE.processes | {"runs_on": RUNS_ON})

MOMENT = st.integers(0, 8)
"""Few moments, so that cases close at their very limit and at the very ends of windows."""
NUMBER = st.none() | MOMENT
REGION = st.sampled_from(["", "9901", "990101", "990101001001001", "990102001001001", "甲", "甲.乙"])
DRAWN = {"number": NUMBER, "flag": st.booleans(), "text": REGION}
ROWS = st.lists(st.fixed_dictionaries({name: DRAWN[kind] for name, kind in TYPES.items()}), max_size=12)
WINDOW = st.tuples(st.integers(-1, 9), st.integers(-1, 9))
SPLITS = st.sampled_from([None, Split("category"), Split("branch"), Split("region"), Split("region", 6)])
RATES = (("closure_rate", "closure"), ("ontime_rate", "ontime"), ("satisfaction", "satisfaction"))
"""The rates that `dashboard.kpi` counts, too, and what they are called there."""
DTYPES: dict[str, type] = {"number": float, "flag": bool, "text": object}


def columns(rows: list[dict[str, Any]]) -> Table:
    """Facts as columns."""
    return {name: np.array([row[name] for row in rows], DTYPES[kind]) for name, kind in TYPES.items()}


def in_sql(facts: Table, start: int, end: int, split: Split | None) -> Rows:
    """What the database counts."""
    with SCAN.turn() as cursor:
        asked = query(MEASURES, f"({relation('t')})", split)
        return answered(MEASURES, cursor.run(asked, {"start": start, "end": end}, t=facts))


@given(ROWS, WINDOW, SPLITS)
def test_memory_and_sql_count_the_same(
    rows: list[dict[str, Any]], window: tuple[int, int], split: Split | None
) -> None:
    here = count(MEASURES, columns(rows), *window, split)
    assert here.keys() == BOOK.measures.keys()
    assert here == in_sql(columns(rows), *window, split)


@given(ROWS, WINDOW, SPLITS)
def test_no_part_is_more_than_its_whole_and_groups_add_up(
    rows: list[dict[str, Any]], window: tuple[int, int], split: Split | None
) -> None:
    facts = columns(rows)
    whole, parts = count(MEASURES, facts, *window), count(MEASURES, facts, *window, split)
    for code, measure in BOOK.measures.items():
        row = whole[code][ALL]
        if measure.whole and measure.part:
            assert 0 <= (row["num"] or 0) <= (row["den"] or 0)
        for part in {"num", "den"} & row.keys():
            assert sum(group[part] or 0 for group in parts[code].values()) == row[part]


def test_of_several_hundred_cases_too() -> None:
    dice = np.random.default_rng(7)
    n = 997
    facts: Table = {}
    for name, kind in TYPES.items():
        if kind == "number":
            facts[name] = np.where(dice.random(n) < 0.2, np.nan, dice.integers(0, 2_000_000, n).astype(float))
        elif kind == "flag":
            facts[name] = dice.random(n) < 0.1
        else:
            facts[name] = np.array([f"g{k}" for k in dice.integers(0, 9, n)], object)
    for split in (None, Split("department"), Split("process", 1)):
        here = count(MEASURES, facts, 100_000, 1_900_000, split)
        assert here == in_sql(facts, 100_000, 1_900_000, split)
        assert all(row["den"] for row in here["time_to_close"].values())


def case(n: int, **more: Any) -> EventState:
    """An event as it stands."""
    return EventState(
        id=f"e{n}", title="t", category="c", severity=1, lat=0, lon=0, region="", channel="", address="", **more
    )


@st.composite
def cases(draw: st.DrawFn) -> list[EventState]:
    """Events with instants that coincide: open, paused, closed, merged, cancelled, rated or not."""
    found = []
    for n in range(draw(st.integers(0, 15))):
        step = draw(st.sampled_from([Step.handling, Step.evaluated, Step.merged, Step.cancelled]))
        score = draw(st.none() | st.integers(1, 5))
        found.append(
            case(
                n, reported_ms=draw(MOMENT), step=step, step_ms=draw(MOMENT), due_ms=draw(NUMBER),
                closed_ms=draw(MOMENT) if step is Step.evaluated else None,
                paused_ms=draw(NUMBER), process=draw(st.sampled_from(["suzhou", "runs_on"])),
                score=score, rated_ms=draw(MOMENT) if score else None,
            )
        )  # fmt: skip
    return found


def as_the_wall_has_them(states: list[EventState]) -> Columns:
    """The same events for `dashboard.kpi`."""
    found = Columns()
    for row, state in enumerate(states):
        found.put(row, state, 0, held=held(state, PROCEDURE))
    return found


def rows_of(*states: EventState, start: int = 0, end: int = 100) -> dict[str, Row]:
    """The rows of some events, all in one."""
    return {code: rows[ALL] for code, rows in count(MEASURES, table(states, PROCEDURE), start, end).items()}


@given(cases(), WINDOW)
def test_the_rates_are_those_of_the_wall(states: list[EventState], window: tuple[int, int]) -> None:
    found, shown = count(MEASURES, table(states, PROCEDURE), *window), wall.rates(as_the_wall_has_them(states), *window)
    for code, name in RATES:
        assert found[code][ALL] == shown[name]
    assert found["due_to_close"][ALL]["num"] == shown["closure"]["den"]


@pytest.mark.parametrize("window", list(product(range(4), range(4))))
def test_so_they_are_at_every_boundary(window: tuple[int, int]) -> None:
    closed: dict[str, Any] = {"step": Step.evaluated, "score": 4}
    states = [
        case(n, reported_ms=0, due_ms=due, closed_ms=at, rated_ms=at, **(closed if at is not None else {}))
        for n, (due, at) in enumerate(product((None, 0, 1, 2, 3), repeat=2))
    ]
    found, shown = rows_of(*states, start=window[0], end=window[1]), wall.rates(as_the_wall_has_them(states), *window)
    assert [found[code] for code, _ in RATES] == [shown[name] for _, name in RATES]


@given(cases())
def test_so_are_the_counts_of_this_moment(states: list[EventState]) -> None:
    now = 8
    found, shown = count(MEASURES, table(states, PROCEDURE), 3, now), as_the_wall_has_them(states)
    marks = wall.marks(shown, 3, now)
    assert found["open"][ALL]["num"] == marks["open"].sum()
    assert found["overdue_open"][ALL]["num"] == marks["overdue"].sum()


def test_exclusions() -> None:
    done: dict[str, Any] = {"reported_ms": 1, "due_ms": 50, "closed_ms": 40, "step": Step.evaluated}
    states = [case(1, **done), case(2, **done, extended=1), case(3, reported_ms=1, due_ms=50)]
    states += [case(4, reported_ms=1, due_ms=50, paused_ms=20)]
    states += [case(5 + k, reported_ms=1, due_ms=50, step=s) for k, s in enumerate((Step.merged, Step.cancelled))]
    found = rows_of(*states)
    assert found["ontime_rate"] == {"num": 2, "den": 3}
    assert found["ontime_unextended_rate"] == {"num": 1, "den": 2}
    assert found["extension_rate"] == {"num": 1, "den": 3}
    assert (found["reported"], found["overdue_open"]) == ({"num": 6}, {"num": 1})


def test_how_far_back_a_backlog_is_known() -> None:
    states = [case(1, reported_ms=10), case(2, reported_ms=10, step=Step.evaluated, step_ms=30, closed_ms=30)]
    states += [case(3, reported_ms=10, step=Step.merged, step_ms=20)]
    assert [rows_of(*states, end=end)["open"]["num"] for end in (9, 10, 19, 20, 29, 30)] == [0, 3, 3, 2, 2, 1]


def test_a_whistle_is_judged_once() -> None:
    def called(n: int, *came: int) -> EventState:
        names = ["fire", "water"]
        answers = dict(zip(names, came, strict=False))
        return case(n, reported_ms=1, call=Call(1, 1, 50, names, answers))

    states = [called(1, 10, 50), called(2, 10, 51), called(3, 10), called(4, 70, 10)]
    assert rows_of(*states)["whistle_ontime"] == {"num": 1, "den": 4}
    assert rows_of(*states, end=49)["whistle_ontime"] == {"num": 0, "den": 0}
    assert rows_of(*states, start=50)["whistle_ontime"] == {"num": 0, "den": 0}


def test_times_are_those_of_cases() -> None:
    hour = 3_600_000
    took = [1, 2, 3, 4, 5, 6, 7, 8, 9, 200]
    closed: dict[str, Any] = {"step": Step.evaluated}
    states = [case(n, reported_ms=0, closed_ms=h * hour, held_ms=hour // 2, **closed) for n, h in enumerate(took)]
    row = rows_of(*states, end=1000 * hour)["time_to_close"]
    assert row == {"num": 9, "den": 10, "p50": 4.5 * hour, "p90": 8.5 * hour}
    said = figure(BOOK.kpis["time_to_close"], row)
    assert said == Figure(4.5, None, None, small=True, met=True)


def test_nothing_to_divide_by_is_no_figure() -> None:
    found = rows_of()
    for code, kpi in BOOK.kpis.items():
        if kpi.origin == "events":
            said = figure(kpi, found[code])
            assert said.value == (0 if kpi.kind == "count" else None)
            assert (said.low, said.high, said.small) == (None, None, kpi.kind != "count")
    assert found["time_to_accept"] == {"num": 0, "den": 0, "p50": None, "p90": None}
    assert found["satisfaction_mean"] == {"num": 0, "den": 0}


def test_figures() -> None:
    kpis = BOOK.kpis
    tianmen = figure(kpis["closure_rate"], {"num": 911, "den": 972})
    assert f"{tianmen.value:.2f}" == "93.72"
    assert (tianmen.small, tianmen.met) == (False, False)
    assert figure(kpis["closure_rate"], {"num": 29, "den": 29})[3:] == (True, True)
    assert figure(kpis["closure_rate"], {"num": 30, "den": 30})[3:] == (False, True)
    assert figure(kpis["satisfaction_mean"], {"num": 9, "den": 2}) == Figure(4.5, small=True, met=True)
    assert figure(kpis["overdue_open"], {"num": 1}) == Figure(1, met=False)
    assert figure(kpis["reported"], {"num": 1}) == Figure(1)
    assert [met(kpis["alarms_standing"], value) for value in (4, 5, None)] == [True, False, None]


@pytest.mark.parametrize(
    ("num", "den", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(num: int, den: int, low: float, high: float) -> None:
    """Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    assert wilson(num, den) == pytest.approx((low, high), abs=5e-5)
    assert wilson(den - num, den) == pytest.approx((1 - high, 1 - low), abs=5e-5)


@given(st.integers(1, 10**6).flatmap(lambda den: st.tuples(st.integers(0, den), st.just(den))))
def test_the_interval_holds_the_share(parts: tuple[int, int]) -> None:
    low, high = wilson(*parts)
    assert 0 <= low <= parts[0] / parts[1] <= high <= 1


def test_only_dimensions_can_be_grouped_by() -> None:
    for wrong in ("due", 'region" FROM t; --'):
        with pytest.raises(ValueError, match="is no dimension; there are: region, category"):
            query(MEASURES, "t", Split(wrong))
        with pytest.raises(ValueError, match="is no dimension"):
            count(MEASURES, columns([]), 0, 1, Split(wrong))
