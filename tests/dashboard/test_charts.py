"""Charts of cases against plain pandas on the same facts: random cities, and a whole quarter of a real one."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings

from dashboard import charts, facts
from dashboard.cases import Cases
from dashboard.events import Events
from dashboard.filters import Filter
from dashboard.indicators import Indicators, one
from dashboard.kpicount import Split
from dashboard.lifecycle import EventData
from dashboard.picture import Picture
from dashboard.procedure import Procedure
from dashboard.questions import Scope
from dashboard.scan import Scan
from dashboard.windows import Window
from tests.dashboard.test_cases import Held, followed
from tests.dashboard.test_indicators import BOOK, CITY, a_city
from tests.feeds.replay.test_player import BOSTON, Played, needs_data
from tests.support import T0, entry, small_picture, step

MAPPING = Path(__file__).parents[2] / "feeds" / "replay" / "mappings" / "boston311.yaml"
SPEED = 3600
"""The quarter is played so fast; a millisecond of it is 3.6 s of the city."""
WINDOW = Window(T0 - 1, T0 + 3_600_000)


def framed(picture: Picture) -> pd.DataFrame:
    """The facts of every event."""
    return pd.DataFrame(facts.table(list(picture.events), picture.events.procedure))


def over(code: str, **chosen: Any) -> Scope:
    """The cases of an indicator."""
    return Scope(WINDOW, code, Filter(**chosen))


def within(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Those of which an instant lies in the window."""
    return frame[(frame[name] > WINDOW.start) & (frame[name] <= WINDOW.end)]


def disc(values: pd.Series, share: float) -> float | None:
    """The least value that at least this share does not exceed."""
    at = sorted(values)
    return None if not at else float(at[max(0, int(np.ceil(len(at) * share - 1e-9)) - 1)])


@settings(max_examples=12, deadline=None)
@given(CITY)
def test_hours_and_times_are_those_of_pandas(cases: list[tuple[int, int, int]]) -> None:
    picture = a_city(cases)
    frame, found = framed(picture), Indicators(followed(picture), BOOK)
    seen = within(frame, "reported")
    local = pd.to_datetime(seen.reported, unit="ms", utc=True).dt.tz_convert("Asia/Shanghai")
    wanted = seen.groupby([local.dt.day_of_week, local.dt.hour]).size() if len(seen) else {}
    hours = charts.hours(found, over("reported"))
    assert {(r["weekday"], r["hour"]): r["n"] for r in hours.rows()} == dict(wanted)

    done = within(frame, "closed")
    took = (done.closed - done.reported - done.held_ms.fillna(0)).clip(lower=60_000) / 60_000
    times = charts.times(found, over("time_to_close"))
    assert dict(zip(times.columns["took"], times.columns["n"], strict=True)) == dict(
        np.floor(2 * np.log2(took)).astype(int).value_counts()
    )
    assert (times.said["n"], times.said["p50"]) == (len(done), disc(took * 60_000, 0.5) if len(done) else None)


@settings(max_examples=12, deadline=None)
@given(CITY)
def test_steps_and_funnel_are_those_of_pandas(cases: list[tuple[int, int, int]]) -> None:
    picture = a_city(cases)
    frame, found = framed(picture), Indicators(followed(picture), BOOK)
    steps = {row["step"]: row for row in charts.step_times(found, over("reported")).rows()}
    funnel = {row["step"]: row for row in charts.funnel(found, over("reported")).rows()}
    seen = within(frame, "reported")
    for before, name in pairwise(charts.STEPS):
        there = within(frame, name)
        took = (there[name] - there[before]).dropna()
        assert (steps[name]["n"], steps[name]["p50"], steps[name]["p90"]) == (
            len(took),
            disc(took, 0.5),
            disc(took, 0.9),
        )
        assert funnel[name]["n"] == int((seen[name] <= WINDOW.end).sum())
    assert funnel["reported"]["n"] == len(seen)


def test_the_times_of_steps_are_of_the_cases_that_the_cards_count() -> None:
    picture = a_city([(n % 4, n, 3 if n < 2 else 5) for n in range(9)])
    for n, (end, more) in enumerate([("cancelled", {}), ("merged", {"into": "e8"})]):
        said = step(f"e{n}", end, **more)
        picture.apply(entry("event.step", said, at=T0 + 900_000 + n, time_ms=T0 + 3_000_000))
    found = Indicators(followed(picture), BOOK)
    n = {row["step"]: row["n"] for row in charts.step_times(found, over("reported")).rows()}
    for name, code in (("accepted", "time_to_accept"), ("assigned", "time_to_assign"), ("closed", "closed")):
        row = one(found.over(WINDOW, [code]), code)
        assert n[name] == row.get("den", row["num"]) == 7


def test_scores_and_what_cases_are_about() -> None:
    picture = a_city([(n % 4, n, 5) for n in range(20)])
    for n in range(20):
        rated = {"event_id": f"e{n}", "score": n % 5 + 1}
        picture.apply(entry("event.rated", rated, at=T0 + 900_000 + n, time_ms=T0 + 3_000_000))
    found, frame = Indicators(followed(picture), BOOK), framed(picture)
    rows = {row["group"]: row for row in charts.scores(found, over("satisfaction"), Split("department")).rows()}
    for department, mine in frame[frame.score > 0].groupby("department"):
        row = rows[department]
        assert [row[f"s{n}"] for n in range(1, 6)] == [int((mine.score == n).sum()) for n in range(1, 6)]
        assert row["share"] == pytest.approx(100 * (mine.score >= 4).mean())
        assert row["low"] < row["share"] < row["high"]
        assert row["small"]
    due = frame[frame.due.notna() & (frame[["closed", "due"]].min(axis=1) <= WINDOW.end)]
    for level, mapping in (("category", lambda key: key), ("branch", lambda key: key.split(".")[0])):
        told = charts.makeup(found, over("ontime_rate"), level).rows()
        pairs = {(row["category"], row["department"]): (row["num"], row["den"]) for row in told}
        wanted = due.groupby([due.category.map(mapping), "department"])
        assert len(pairs) == len(wanted)
        for pair, mine in wanted:
            assert pairs[pair] == (int((mine.closed <= mine.due).sum()), len(mine))


def test_a_small_sample_is_listed_behind_and_the_worst_comes_first() -> None:
    picture = a_city([(n % 2 if n < 80 else 2, n % 40, 5 if n % 3 else 2) for n in range(90)])
    found = charts.ranking(Indicators(followed(picture), BOOK), over("ontime_rate"), Split("category"))
    rows = found.rows()
    assert [row["small"] for row in rows] == [False, False, True]
    assert rows[0]["value"] <= rows[1]["value"]
    assert all(row["low"] <= row["value"] <= row["high"] for row in rows)
    assert found.said["goal"] == 95


def test_where_nothing_is_there_is_nothing() -> None:
    found = Indicators(followed(small_picture()), BOOK)
    assert len(charts.ranking(found, over("ontime_rate"), Split("department"))) == 0
    assert len(charts.times(found, over("time_to_close"))) == 0
    assert charts.times(found, over("time_to_close")).said == {"n": 0, "p50": None, "p90": None}
    assert len(charts.scores(found, over("satisfaction"), Split("region", 6))) == 0
    assert [row["n"] for row in charts.funnel(found, over("reported")).rows()] == [0] * 7


def test_a_choice_holds_for_every_chart() -> None:
    picture = a_city([(n % 4, n, 5) for n in range(20)])
    found = Indicators(followed(picture), BOOK)
    wanted = framed(picture).category.isin(["c1", "c1.x"]).sum()
    assert sum(charts.hours(found, over("reported", category=("c1",))).columns["n"]) == wanted
    assert charts.funnel(found, over("reported", category=("c1",))).rows()[0]["n"] == wanted


@needs_data
def test_a_real_quarter_by_department_is_what_pandas_counts_on_the_file() -> None:
    events = Events(lambda lat, lon: "", lambda code: -1, Procedure())
    for record in Played(BOSTON, "boston311", speed=SPEED).sink.records:
        if isinstance(record.data, EventData):
            events.fold(record.data, record.time_ms, record.source)
    cases = Cases(Held(SimpleNamespace(events=events)), Scan(), fresh_s=0)  # type: ignore[arg-type]
    events.on_change = cases.note
    cases.fill()
    found = Indicators(cases, BOOK)
    last = max(one.reported_ms for one in events) + 400 * 86_400_000
    scope = Scope(Window(0, last), "time_to_close")
    table = pd.read_csv(BOSTON, dtype=str)
    known = yaml.safe_load(MAPPING.read_text("utf-8"))["columns"]["department"]
    at = {
        name: pd.to_datetime(table[name]).dt.tz_localize("America/New_York")
        for name in ("open_dt", "target_dt", "closed_dt")
    }
    table = table.assign(**at, department=table.department.map(known["values"]).fillna(known["default"]))

    def by_department(code: str) -> dict[str, dict[str, Any]]:
        told = charts.ranking(found, scope._replace(code=code), Split("department"))
        return {row["group"]: row for row in told.rows()}

    ours, late, done = map(by_department, ("time_to_close", "ontime_rate", "closure_rate"))
    assert len(ours) > 5
    for department, mine in table.groupby("department"):
        closed, limited = mine[mine.closed_dt.notna()], mine[mine.target_dt.notna()]
        if len(closed):
            hours = (closed.closed_dt - closed.open_dt).dt.total_seconds() / 3600
            assert ours[department]["value"] * SPEED == pytest.approx(disc(hours, 0.5), abs=0.005)
            assert ours[department]["den"] == len(closed)
        if len(limited):
            assert done[department]["num"] == int(limited.closed_dt.notna().sum())
            assert late[department]["num"] == int((limited.closed_dt <= limited.target_dt).sum())
            assert late[department]["den"] == len(limited)
