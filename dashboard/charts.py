"""What an analyst's charts are drawn of: each question's answer as columns of numbers, and what is said beside them.

Of the cases of a `questions.Scope`. Percentages are 0–100, instants UTC ms, times ms; None is a number that does not
exist. It draws nothing; repeated complaints, days and what follows from them are `daycharts`'.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf
from typing import Any, Final, NamedTuple

from dashboard.cases import RELATION, RELEVANT, Asked, Columns, quiet
from dashboard.facts import TYPES
from dashboard.filters import COLUMNS, TOOK_MS
from dashboard.formula import parse
from dashboard.indicators import Indicators
from dashboard.kpibook import Book, Measure
from dashboard.kpicount import Figure, Row, Split, figure, wilson
from dashboard.questions import Scope, about, cases

STEPS: Final = ("reported", "accepted", "assigned", "handling", "feedback", "closed", "rated")
"""The instants of a case that steps are timed by, in order."""
_TIMED: Final = "time_to_close"
"""The indicator whose exclusions hold for the times of steps, too."""
_MISSING: Final = "'nan'::DOUBLE"
_INSTANTS: Final = ", ".join(STEPS)
"""What is kept of the chosen cases: all of their columns would take five times as long."""


class Found(NamedTuple):
    """An answer: columns of equal length, by name, and numbers about all of it."""

    columns: dict[str, list[Any]]
    said: dict[str, Any] = {}  # noqa: RUF012 - nobody writes into it

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), []))

    def rows(self) -> list[dict[str, Any]]:
        """A mapping a row."""
        return [dict(zip(self.columns, row, strict=True)) for row in zip(*self.columns.values(), strict=True)]


def ranking(found: Indicators, scope: Scope, split: Split, asked: Asked = quiet) -> Found:
    """The scope's indicator by a dimension, the worst first; what has too few cases (`small`) stands behind."""
    kpi = found.book.kpis[scope.code]
    counted = found.over(scope.window, [scope.code], scope.chosen, split, asked).rows[scope.code]
    told = [(group, row, figure(kpi, row)) for group, row in counted.items() if _any(row)]
    worse = 1 if kpi.better == "higher" else -1  # of what has no better side the most come first

    def place(one: tuple[str, Row, Figure]) -> tuple[bool, float, str]:
        group, _, value = one
        return value.small, inf if value.value is None else worse * value.value, group

    return Found(_ranked(sorted(told, key=place)), {"goal": kpi.goal})


def _any(row: Row) -> bool:
    return bool(row.get("num") or row.get("den"))


def _ranked(told: Sequence[tuple[str, Row, Figure]]) -> dict[str, list[Any]]:
    return {
        "group": [group for group, _, _ in told],
        "value": [value.value for _, _, value in told],
        "low": [value.low for _, _, value in told],
        "high": [value.high for _, _, value in told],
        "num": [row.get("num") for _, row, _ in told],
        "den": [row.get("den", row.get("num")) for _, row, _ in told],
        "small": [value.small for _, _, value in told],
        "met": [value.met for _, _, value in told],
    }


def hours(found: Indicators, scope: Scope, asked: Asked = quiet) -> Found:
    """How many cases were reported on each weekday (0 Monday) at each hour."""
    keys = ", ".join(f"({COLUMNS[name]})::INTEGER AS {name}" for name in ("weekday", "hour"))
    query = f"SELECT {keys}, count(*) AS n FROM {cases(found.book, scope)} GROUP BY 1, 2 ORDER BY 1, 2"
    return Found(_lists(found.cases.ask(query, scope.values, asked)))


def step_times(found: Indicators, scope: Scope, asked: Asked = quiet) -> Found:
    """How long each step took that was reached in the window: 10th, 50th and 90th percentile, of how many cases."""
    counted = [
        _seconds(step, f"{step} - {before}", f"$start < {step} AND {step} <= $end AND {step} >= {before}")
        for before, step in pairwise(STEPS)
    ]
    return _timed(found, scope, _chosen(found.book, scope), counted, STEPS[1:], asked)


def funnel(found: Indicators, scope: Scope, asked: Asked = quiet) -> Found:
    """Of the scope's cases how many have reached each step, and how long it took from the one before."""
    counted = [
        _seconds(step, f"CASE WHEN {step} >= {before} THEN {step} - {before} END", f"{step} <= $end")
        for before, step in zip(("reported", *STEPS), STEPS, strict=False)
    ]
    chosen = f"WITH chosen AS MATERIALIZED {cases(found.book, scope, _INSTANTS)}"
    return _timed(found, scope, chosen, counted, STEPS, asked)


def _seconds(step: str, took: str, kept: str) -> str:
    """How many of the chosen cases took how many seconds: percentiles of those that occur are found twice as quickly as
    of a million times, and are less than a second below."""
    return f"SELECT '{step}' AS step, ({took}) // 1000 AS s, count(*) AS n FROM chosen WHERE {kept} GROUP BY 2"


def _timed(
    found: Indicators, scope: Scope, chosen: str, counted: Sequence[str], steps: Sequence[str], asked: Asked
) -> Found:
    """A row a step, of what `_seconds` counts; a time that cannot be told (no `s`) counts as a case only."""
    run = "sum(n) OVER (PARTITION BY step ORDER BY s NULLS LAST) AS upto"
    whole = "sum(n) FILTER (WHERE s IS NOT NULL) OVER (PARTITION BY step) AS whole"
    query = f"{chosen}, counted AS ({' UNION ALL '.join(counted)}) SELECT step, sum(n)::BIGINT AS n, {_percentiles()}"
    query += f" FROM (SELECT *, {run}, {whole} FROM counted) GROUP BY 1"
    told = {row["step"]: row for row in Found(_plain(found.cases.ask(query, scope.values, asked))).rows()}
    nothing = {"n": 0, "p10": None, "p50": None, "p90": None}
    return Found({"step": list(steps)} | {name: [told.get(one, nothing)[name] for one in steps] for name in nothing})


def times(found: Indicators, scope: Scope, asked: Asked = quiet) -> Found:
    """How many cases took how long to close, by the stretches `filters.TOOK`; of all: median and 90th percentile."""
    counted = (
        f"SELECT ({COLUMNS['took']}) AS took, {TOOK_MS} // 1000 AS s, count(*) AS n"
        f" FROM {cases(found.book, scope)} WHERE {TOOK_MS} IS NOT NULL GROUP BY 1, 2"
    )
    run = "sum(n) OVER (ORDER BY s, took) AS upto, sum(n) OVER () AS whole"
    query = f"SELECT coalesce(took, -1) AS took, coalesce(sum(n), 0)::BIGINT AS n, {_percentiles()} FROM"
    query += f" (SELECT *, {run} FROM ({counted})) GROUP BY GROUPING SETS ((took), ()) ORDER BY 1"
    found_rows = Found(_plain(found.cases.ask(query, scope.values, asked))).rows()
    bins = [row for row in found_rows if row["took"] >= 0]
    total = next((row for row in found_rows if row["took"] < 0), {"n": 0})
    said = {"n": total["n"], "p50": total.get("p50"), "p90": total.get("p90")}
    return Found({"took": [row["took"] for row in bins], "n": [row["n"] for row in bins]}, said)


def scores(found: Indicators, scope: Scope, split: Split, asked: Asked = quiet) -> Found:
    """How often each score was given, by a dimension; the share that is satisfied, its interval, and of how many."""
    group = f"coalesce(\"{split.dimension}\", '')" if split.length is None else f"left(region, {split.length:d})"
    each = ", ".join(f"count(*) FILTER (WHERE score = {n}) AS s{n}" for n in range(1, 6))
    query = f'SELECT {group} AS "group", {each}, count(*) AS n FROM {cases(found.book, scope)} GROUP BY 1'
    query += " ORDER BY n DESC, 1"
    table = _lists(found.cases.ask(query, scope.values, asked))
    happy = [a + b for a, b in zip(table["s4"], table["s5"], strict=True)]
    ends = [wilson(num, den) for num, den in zip(happy, table["n"], strict=True)]
    least = found.book.kpis[scope.code].min_sample
    return Found(
        table
        | {
            "share": [100 * num / den for num, den in zip(happy, table["n"], strict=True)],
            "low": [100 * low for low, _ in ends],
            "high": [100 * high for _, high in ends],
            "small": [n < least for n in table["n"]],
        }
    )


def makeup(found: Indicators, scope: Scope, level: str = "branch", asked: Asked = quiet) -> Found:
    """The cases of a rate by category (`level`: `branch`, or `category` with its items) and department: how many
    (`den`), and for how many of them it holds (`num`)."""
    measure: Measure = found.book.measures[scope.code]
    held = measure.part.sql if measure.part else "false"
    query = (
        f"SELECT coalesce({level}, '') AS category, coalesce(department, '') AS department, count(*) AS den,"
        f" count(*) FILTER (WHERE {held}) AS num FROM {cases(found.book, scope)} GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"
    )
    return Found(_lists(found.cases.ask(query, scope.values, asked)))


def rows_of(columns: Columns) -> list[dict[str, Any]]:
    """A mapping a row."""
    return Found(_lists(columns)).rows()


def _chosen(book: Book, scope: Scope) -> str:
    """The cases of a choice that anything lies in the window of, without those that no indicator of time counts."""
    left_out = (parse(f"not ({book.exclusions[key].when})", TYPES).sql for key in book.kpis[_TIMED].exclude)
    kept = " AND ".join([RELEVANT, scope.chosen.sql()[0], *left_out])
    return f"WITH chosen AS MATERIALIZED (SELECT {_INSTANTS} FROM {RELATION} WHERE {kept}) "


def _percentiles() -> str:
    """Of rows of `n` cases of `s` seconds, `upto` so many of `whole`: the least time that so many do not exceed."""
    each = "coalesce(min(s) FILTER (WHERE 100 * upto >= {0} * whole) * 1000, {1}) AS p{0}"
    return ", ".join(each.format(percent, _MISSING) for percent in (10, 50, 90))


def _lists(columns: Columns) -> dict[str, list[Any]]:
    return {name: column.tolist() for name, column in columns.items()}


def _plain(columns: Columns) -> dict[str, list[Any]]:
    """None for NaN."""
    return {name: [None if v != v else v for v in values] for name, values in _lists(columns).items()}


__all__ = [
    "STEPS",
    "Found",
    "about",
    "funnel",
    "hours",
    "makeup",
    "ranking",
    "rows_of",
    "scores",
    "step_times",
    "times",
]
