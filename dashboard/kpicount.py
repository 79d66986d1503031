"""Counts the indicators of the catalogue over a window: over facts in memory, or as one SQL query over facts in files.

Both ways give the same rows, for all cases or by a dimension. A row has what can be added or compared further: `num`
and `den` of a rate; `num` of a count; of a mean the sum and the number of values; of a duration `den` cases, `num` of
them within the target, and the times `p50` and `p90` in ms. `figure` divides: into a value in the indicator's unit,
and what may be said of it. It reads no file and knows no event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import sqrt
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.facts import DIMENSIONS, Table
from dashboard.formula import SPANS, Formula
from dashboard.kpibook import Kpi, Measure
from dashboard.taxonomy import BRANCH, branch

PERCENTILES: Final = (50, 90)
"""Each is the time of a case: the shortest that at least so many in a hundred cases did not exceed."""
_Z: Final = 1.959964
"""The normal distribution has 95 % within so many standard deviations."""
ALL: Final = ""
"""The one group where nothing is grouped by."""

Row = dict[str, float | None]
Rows = dict[str, dict[str, Row]]
"""By the indicator's code, then by group."""
Columns = dict[str, NDArray[Any]]
"""`code.part` → a value for each group."""


class Split(NamedTuple):
    """A dimension to group by; `length`: by so many first characters of it, which for a region is one above it; the
    dimension `branch` is of a category's items the category."""

    dimension: str
    length: int | None = None


class Figure(NamedTuple):
    """What a row comes to, in the indicator's unit (of a duration the median); None where it divides by nothing.

    `low` and `high`: the 95 % interval of a rate in percent; `small`: fewer cases than its least sample; `met`: whether
    the target is.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    small: bool = False
    met: bool | None = None


def count(measures: Iterable[Measure], table: Table, start_ms: int, end_ms: int, split: Split | None = None) -> Rows:
    """The rows of each measure over (start, end], from facts in memory."""
    measures, (groups, index) = list(measures), _grouped(table, split)
    columns: Columns = {}
    for measure in measures:
        for part, values in _parts(measure, table, start_ms, end_ms, index, len(groups)):
            columns[f"{measure.kpi.code}.{part}"] = values
    return _rows(measures, groups, columns)


def query(measures: Iterable[Measure], relation: str, split: Split | None = None) -> str:
    """The SQL of the same question: `relation` is a table, view or `(query)` with a column for each fact, NULL where it
    is missing; `$start` and `$end` are the window. `answered` makes rows of what it finds.
    """
    parts, inner = _selected(measures, _group(split))
    group, tail = ('"group"', " GROUP BY 1") if split else (f"'{ALL}' AS \"group\"", "")
    # Every query names both ends, for DuckDB refuses a value that is not asked for.
    return f'SELECT {group}, $start AS "start", $end AS "end", {parts} FROM (SELECT {inner} FROM {relation}){tail}'


def query_by(measures: Iterable[Measure], relation: str, splits: Sequence[Split]) -> str:
    """The SQL of the same question by several dimensions in one pass; `answered_by` makes rows of what it finds."""
    parts, inner = _selected(measures, _group(None))
    keys = [f"by{n}" for n in range(len(splits))]
    groups = ", ".join(f"{_group(split)} AS {key}" for key, split in zip(keys, splits, strict=True))
    sets = ", ".join(f"({key})" for key in keys)
    which = ", ".join(f"grouping({key}) = 0" for key in keys)
    head = f'list_position([{which}], true) - 1 AS nth, coalesce({", ".join(keys)}) AS "group"'
    bounds = 'any_value($start) AS "start", any_value($end) AS "end"'
    rows = f"(SELECT {groups}, {inner} FROM {relation})"
    return f"SELECT {head}, {bounds}, {parts} FROM {rows} GROUP BY GROUPING SETS ({sets})"


def query_each(measures: Iterable[Measure], relation: str) -> str:
    """The SQL of the same question for many windows at once; the groups are the windows, by their number from 0.

    `relation` has a row for every case in every window it may lie in, with the window's `start_ms`, `end_ms` and number
    `nth`. A window in which nothing lies has no group.
    """
    parts, inner = _selected(measures, "nth")
    bounds = inner.replace("$start::DOUBLE", "start_ms::DOUBLE").replace("$end::DOUBLE", "end_ms::DOUBLE")
    return f'SELECT "group"::VARCHAR AS "group", {parts} FROM (SELECT {bounds} FROM {relation}) f GROUP BY f."group"'


def answered(measures: Iterable[Measure], found: Mapping[str, NDArray[Any]]) -> Rows:
    """The rows in what `query` found."""
    return _rows(measures, found["group"].tolist(), found)


def answered_by(measures: Sequence[Measure], found: Columns, splits: int) -> list[Rows]:
    """The rows of each split in what `query_by` found."""
    return [
        answered(measures, {name: column[found["nth"] == n] for name, column in found.items()}) for n in range(splits)
    ]


def figure(kpi: Kpi, row: Row) -> Figure:
    """What a row says."""
    num, den = row.get("num") or 0, row.get("den") or 0
    low = high = None
    if kpi.kind == "count":
        value: float | None = num
    elif kpi.kind == "duration":
        value = None if row["p50"] is None else row["p50"] / SPANS[kpi.unit]
    else:
        value = num / den * (100 if kpi.kind == "rate" else 1) if den else None
    if kpi.kind == "rate" and den:
        low, high = (100 * bound for bound in wilson(num, den))
    return Figure(value, low, high, kpi.kind != "count" and den < kpi.min_sample, met(kpi, value))


def met(kpi: Kpi, value: float | None) -> bool | None:
    """Whether a value in the indicator's unit reaches its target; None where either is not there."""
    if value is None or kpi.goal is None:
        return None
    goal = kpi.goal / SPANS[kpi.unit] if kpi.kind == "duration" else kpi.goal
    return value >= goal if kpi.better == "higher" else value <= goal


def wilson(num: float, den: float) -> tuple[float, float]:
    """The 95 % score interval of a share (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927, pp. 209-212); `den` > 0."""
    share, z2 = num / den, _Z * _Z
    middle = (share + z2 / (2 * den)) / (1 + z2 / den)
    half = _Z / (1 + z2 / den) * sqrt(share * (1 - share) / den + z2 / (4 * den * den))
    # At the ends the interval touches 0 and 1 exactly, which rounding misses.
    return 0.0 if num == 0 else middle - half, 1.0 if num == den else middle + half


def _grouped(table: Table, split: Split | None) -> tuple[list[str], NDArray[np.intp]]:
    """The groups, and each row's number among them."""
    if split is None:
        return [ALL], np.zeros(len(table["reported"]), np.intp)
    seen: dict[str, int] = {}
    named = map(branch, table["category"].tolist()) if split.dimension == "branch" else table[_known(split)].tolist()
    names = (name[: split.length] for name in named)
    index = np.fromiter((seen.setdefault(name, len(seen)) for name in names), np.intp)
    return list(seen), index


def _group(split: Split | None) -> str:
    if split is None:
        return f"'{ALL}'"
    column = BRANCH if split.dimension == "branch" else f'"{_known(split)}"'
    name = f"coalesce({column}, '')"
    return name if split.length is None else f"left({name}, {split.length:d})"


def _known(split: Split) -> str:
    if split.dimension not in DIMENSIONS:
        raise ValueError(f"{split.dimension} is no dimension; there are: {', '.join(DIMENSIONS)}")
    return split.dimension


def _selected(measures: Iterable[Measure], group: str) -> tuple[str, str]:
    """What is counted, and of which columns."""
    asked: dict[str, str] = {}  # many indicators share their cases: each formula is worked out once

    def named(formula: Formula) -> str:
        return asked.setdefault(formula.sql, f"f{len(asked)}")

    parts = ", ".join(f'{sql} AS "{m.kpi.code}.{part}"' for m in measures for part, sql in _aggregates(m, named))
    return parts, ", ".join([f'{group} AS "group"', *(f"{sql} AS {name}" for sql, name in asked.items())])


def _parts(
    measure: Measure, table: Table, start_ms: int, end_ms: int, index: NDArray[np.intp], groups: int
) -> Iterator[tuple[str, NDArray[Any]]]:
    """The parts of a measure's rows, each with a value for every group."""
    if measure.part:
        yield "num", np.bincount(index[measure.part.over(table, start_ms, end_ms)], minlength=groups)
    if measure.whole is None:
        return
    whole = measure.whole.over(table, start_ms, end_ms)
    mine = index[whole]
    yield "den", np.bincount(mine, minlength=groups)
    if measure.value is None:
        return
    values = measure.value.over(table, start_ms, end_ms)[whole]
    if measure.kpi.kind == "mean":
        yield "num", np.bincount(mine, values, groups)
    else:
        yield from _percentiles(values, mine, groups)


def _percentiles(values: NDArray[Any], index: NDArray[np.intp], groups: int) -> Iterator[tuple[str, NDArray[Any]]]:
    values = values[np.lexsort((values, index))]
    size = np.bincount(index, minlength=groups)
    first = np.cumsum(size) - size
    for percent in PERCENTILES:
        found = np.full(groups, np.nan)
        rank = (size * percent + 99) // 100 - 1  # whole numbers, as DuckDB counts it
        found[size > 0] = values[(first + rank)[size > 0]]
        yield f"p{percent}", found


def _aggregates(measure: Measure, named: Callable[[Formula], str]) -> Iterator[tuple[str, str]]:
    """The same parts as SQL."""
    kpi, whole, part, value, more = measure
    if part:
        both = (named(whole), named(more)) if whole and more else (named(part),)
        yield "num", f"count(*) FILTER (WHERE {' AND '.join(both)})"
    if whole is None:
        return
    cases = f"FILTER (WHERE {named(whole)})"
    yield "den", f"count(*) {cases}"
    if value and kpi.kind == "mean":
        yield "num", f"coalesce(sum({named(value)}) {cases}, 0)"
    elif value:  # all of one pass over the values: the database asks once for what is asked twice
        shares = ", ".join(f"0.{percent}" for percent in PERCENTILES)
        for n, percent in enumerate(PERCENTILES, 1):
            found = f"(quantile_disc({named(value)}, [{shares}]) {cases})"
            yield f"p{percent}", f"coalesce({found}[{n}], 'nan'::DOUBLE)"


def _rows(measures: Iterable[Measure], groups: list[str], columns: Mapping[str, NDArray[Any]]) -> Rows:
    rows: Rows = {}
    for measure in measures:
        head = f"{measure.kpi.code}."
        mine = {name.removeprefix(head): c.tolist() for name, c in columns.items() if name.startswith(head)}
        rows[measure.kpi.code] = {
            group: {part: _plain(values[k]) for part, values in mine.items()} for k, group in enumerate(groups)
        }
    return rows


def _plain(value: float) -> float | None:
    """None for NaN, and whole numbers as such."""
    return None if value != value else int(value) if value == int(value) else value
