"""The indicators of events over any window, part of the city and choice of cases, out of the table of every case.

An answer has the rows (`kpicount`), as of when they are, and since when there are cases at all: before that nothing can
be said, so that a comparison with it is none. What the live picture counts every second is the same by definition; a
property test proves it. What is not counted from events (`from` in the catalogue) is not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from dashboard.cases import RELATION, RELEVANT, Asked, Cases, Columns, quiet
from dashboard.filters import Filter
from dashboard.kpibook import Book, Measure
from dashboard.kpicount import ALL, Row, Rows, Split, answered, answered_by, query, query_by, query_each
from dashboard.windows import Window

EVERYTHING: Final = Filter()
_EACH: Final = (
    "(SELECT *, greatest($first, $origin + nth * $step) AS start_ms,"
    " least($last, $origin + (nth + 1) * $step) AS end_ms FROM"
    " (SELECT *, unnest(range(greatest(reported - $origin - 1, 0) // $step,"
    " least($n, greatest(last_ms - $origin - 1, 0) // $step + 1))) AS nth"
    f" FROM {RELATION} WHERE reported <= $last AND last_ms > $first AND {{where}}))"
)
"""Each case in the windows between its report and the last of it, found by counting steps: three times as quick for a
year of days as a join over the bounds."""
_AT: Final = (
    "(SELECT *, greatest($first, $origin + nth * $step) AS start_ms,"
    " least($last, $origin + (nth + 1) * $step) AS end_ms FROM"
    " (SELECT *, least(ceil(({instant} - $origin) / $step)::BIGINT, $n) - 1 AS nth"
    f" FROM {RELATION} WHERE reported <= $last AND last_ms > $first AND {{where}}"
    " AND {instant} > $first AND {instant} <= $last))"
)
"""Each case in the one window that its instant lies in, of indicators that say by which instant a case counts
(`Formula.instant`): three times as quick again."""
_ALONE: Final = (
    "(SELECT *, {n} AS nth, {start} AS start_ms, {end} AS end_ms"
    f" FROM {RELATION} WHERE reported <= {{end}} AND last_ms > {{start}} AND {{where}})"
)


class Counted(NamedTuple):
    """Rows by indicator and group; `as_of` and `since` in UTC ms (`since` None where there is no case at all)."""

    rows: Rows
    as_of: int
    since: int | None


class Indicators:
    """Counts what is asked; every method may be called from any thread, and raises what `Cases.ask` raises."""

    def __init__(self, cases: Cases, book: Book) -> None:
        self.cases, self.book = cases, book

    def over(
        self, window: Window, codes: Sequence[str] = (), chosen: Filter = EVERYTHING, split: Split | None = None,
        asked: Asked = quiet,
    ) -> Counted:  # fmt: skip
        """The indicators `codes` (none named: all) of one window. Raises KeyError for an unknown one."""
        where, values = chosen.sql()
        asking = query(self._measures(codes), f"(FROM {RELATION} WHERE {RELEVANT} AND {where})", split)
        return self._counted(codes, asking, {"start": window.start, "end": window.end, **values}, asked)

    def each(
        self, windows: Sequence[Window], codes: Sequence[str], chosen: Filter = EVERYTHING, asked: Asked = quiet
    ) -> list[dict[str, Row]]:
        """The indicators `codes` of each of many windows, such as the days of a month: rows by indicator."""
        found: dict[Window, dict[str, Row]] = {}
        for steady, run in _runs(windows):
            count = self._steady if steady else self._alone
            found |= zip(run, count(run, codes, chosen, asked), strict=True)
        return [found[window] for window in windows]

    def by(
        self, window: Window, codes: Sequence[str], chosen: Filter, splits: Sequence[Split], asked: Asked = quiet
    ) -> list[Rows]:
        """The indicators `codes` of one window by each of some dimensions, in one pass."""
        where, values = chosen.sql()
        measures = self._measures(codes)
        asking = query_by(measures, f"(FROM {RELATION} WHERE {RELEVANT} AND {where})", splits)
        found = self.cases.ask(asking, {"start": window.start, "end": window.end, **values}, asked)
        return answered_by(measures, found, len(splits))

    def known(self, window: Window) -> bool:
        """Whether there were cases already when it began: what is only partly known is compared with nothing."""
        return self.cases.since is not None and self.cases.since <= window.start + 1

    def _steady(self, run: list[Window], codes: Sequence[str], chosen: Filter, asked: Asked) -> list[dict[str, Row]]:
        """Windows that follow one another, of which all but the first and the last are equally long."""
        where, values = chosen.sql()
        step = run[1].end - run[1].start
        values |= {"first": run[0].start, "last": run[-1].end, "origin": run[0].end - step, "step": step, "n": len(run)}
        instants = {formula.instant for m in self._measures(codes) if (formula := m.whole or m.part)}
        relation = _AT if len(instants) == 1 and "" not in instants else _EACH
        return self._rows(len(run), relation.format(where=where, instant=min(instants)), codes, values, asked)

    def _alone(self, some: list[Window], codes: Sequence[str], chosen: Filter, asked: Asked) -> list[dict[str, Row]]:
        """Any windows."""
        where, values = chosen.sql()
        each = (_ALONE.format(n=n, start=one.start, end=one.end, where=where) for n, one in enumerate(some))
        return self._rows(len(some), f"({' UNION ALL '.join(each)})", codes, values, asked)

    def _rows(
        self, n: int, relation: str, codes: Sequence[str], values: dict[str, Any], asked: Asked
    ) -> list[dict[str, Row]]:
        rows = self._counted(codes, query_each(self._measures(codes), relation), values, asked).rows
        return [{code: rows[code].get(str(k), self.nothing(code)) for code in codes} for k in range(n)]

    def _measures(self, codes: Sequence[str]) -> list[Measure]:
        return [self.book.measures[code] for code in codes or self.book.measures]

    def _counted(self, codes: Sequence[str], asking: str, values: dict[str, Any], asked: Asked) -> Counted:
        found: Columns = self.cases.ask(asking, values, asked)
        return Counted(answered(self._measures(codes), found), self.cases.as_of, self.cases.since)

    def nothing(self, code: str) -> Row:
        """The row of an indicator where there is no case."""
        kind = self.book.kpis[code].kind
        empty: Row = {"num": 0} if kind == "count" else {"num": 0, "den": 0}
        return empty | ({"p50": None, "p90": None} if kind == "duration" else {})


def one(counted: Counted, code: str) -> Row:
    """The row of an indicator that was not split."""
    return counted.rows[code].get(ALL, {})


def _runs(windows: Sequence[Window]) -> Iterator[tuple[bool, list[Window]]]:
    """The windows in as few parts as can be counted at once: those that follow one another steadily, and all others."""
    runs: list[list[Window]] = []
    for window in windows:
        if runs and _goes_on(runs[-1], window):
            runs[-1].append(window)
        else:
            runs.append([window])
    yield from ((True, run) for run in runs if len(run) > 2)
    if others := [window for run in runs if len(run) <= 2 for window in run]:
        yield False, others


def _goes_on(run: list[Window], window: Window) -> bool:
    if run[-1].end != window.start:
        return False
    lengths = [one.end - one.start for one in (*run, window)]
    step = lengths[1]
    return lengths[0] <= step and lengths[-1] <= step and all(length == step for length in lengths[1:-1])
