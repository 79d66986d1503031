"""Which cases an analyst looks at, as SQL: how many they are, what they are like, and their rows, page by page.

A `Scope` is a window, a choice (`filters`) and the cases that one indicator of the catalogue is about: those it divides
by, or counts. What can be drawn of them is `charts`' business. Nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from dashboard.cases import RELATION, RELEVANT, Asked, Columns, quiet
from dashboard.filters import Filter, condition
from dashboard.indicators import EVERYTHING, Indicators
from dashboard.kpibook import Book
from dashboard.regions import Regions
from dashboard.windows import Window

KINDS: Final = ("severity", "category", "department", "channel", "step", "process")
"""Kinds of choice that have a list of values, beside the region."""
SORTABLE: Final = (
    "id",
    "severity",
    "title",
    "region",
    "channel",
    "department",
    "category",
    "step",
    "reported",
    "due",
    "closed",
    "score",
)
_SHOWN: Final = (
    "id", "title", "address", "worker_id", "step", "region", "category", "department", "channel", "process", "severity",
    "reported", "accepted", "assigned", "closed", "due", "rated", "score", "returned", "urged", "lat", "lon", "open",
    "paused",
)  # fmt: skip
_NUMBERS: Final = {
    "severity", "reported", "accepted", "assigned", "closed", "due", "rated", "score", "returned", "urged",
}  # fmt: skip


Names = Mapping[str, Mapping[str, str]]
"""What keys are called, by column."""


class Scope(NamedTuple):
    """What is looked at: when, which choice, and the cases of which indicator (`code` of the catalogue)."""

    window: Window
    code: str
    chosen: Filter = EVERYTHING

    @property
    def values(self) -> dict[str, Any]:
        """The values of the window and of the choice."""
        return {"start": self.window.start, "end": self.window.end, **self.chosen.sql()[1]}


def about(book: Book, code: str) -> str:
    """The SQL by which a case is one that an indicator is about. Raises KeyError for one not counted from events."""
    measure = book.measures[code]
    formula = measure.whole or measure.part
    if formula is None:
        raise KeyError(code)
    return formula.sql


def cases(book: Book, scope: Scope, columns: str = "*") -> str:
    """The query of a scope's cases."""
    kept = f"{RELEVANT} AND {about(book, scope.code)} AND {scope.chosen.sql()[0]}"
    return f"(SELECT {columns} FROM {RELATION} WHERE {kept})"


def below(regions: Regions, code: str) -> int:
    """How many characters the codes of the regions have that are directly below one; 0: there are none."""
    children = regions.children(code or regions.city.code)
    return len(children[0].code) if children else 0


class Facets(NamedTuple):
    """Of each kind how many cases each value has; `hit` of all `n` cases are what is chosen."""

    counts: dict[str, dict[str, int]]
    hit: int
    n: int


def size(found: Indicators, scope: Scope, asked: Asked = quiet) -> int:
    """How many cases the scope has."""
    query = f"SELECT count(*) AS n FROM {cases(found.book, scope)}"
    return int(found.cases.ask(query, scope.values, asked)["n"][0])


def facets(found: Indicators, scope: Scope, length: int, asked: Asked = quiet) -> Facets:
    """The cases of each value of a kind, given all that is chosen of the other kinds.

    `length`: of the codes of the regions that are counted; 0: none.
    """
    chosen = scope.chosen.kinds()
    others = "".join(f', coalesce({condition(kind)}, false) AS "ok_{kind}"' for kind in chosen)
    names = ["region", *KINDS]
    listed = ", ".join(f'"{name}"' for name in names)
    groups = {"region": f"left(region, {length:d})"} | {kind: f"coalesce({kind}::VARCHAR, '')" for kind in KINDS}
    every = " AND ".join(f'"ok_{kind}"' for kind in chosen) or "true"
    parts = [f"SELECT 'hit' AS kind, '' AS v, count(*) FILTER (WHERE {every}) AS n FROM found"]
    parts.append("SELECT 'all' AS kind, '' AS v, count(*) AS n FROM found")
    for name in names if length else KINDS:
        kept = " AND ".join(f'"ok_{kind}"' for kind in chosen if kind != name or name == "region") or "true"
        parts.append(f"SELECT '{name}' AS kind, {groups[name]} AS v, count(*) AS n FROM found WHERE {kept} GROUP BY 2")
    head = f"WITH found AS MATERIALIZED {cases(found.book, _all(scope), listed + others)}"
    answer = found.cases.ask(f"{head} {' UNION ALL '.join(parts)} ORDER BY n DESC, v", scope.values, asked)
    counts: dict[str, dict[str, int]] = {name: {} for name in (*names, "hit", "all")}
    for kind, value, n in zip(answer["kind"], answer["v"], answer["n"], strict=True):
        counts[kind][value] = int(n)
    return Facets(counts, counts.pop("hit")[""], counts.pop("all")[""])


def page(
    found: Indicators,
    scope: Scope,
    first: int,
    size: int,
    order: tuple[tuple[str, bool], ...] = (),
    asked: Asked = quiet,
) -> list[dict[str, Any]]:
    """Rows `first` … of the scope, by the columns of `order` (name, and whether downwards), else the newest first.

    Raises KeyError for a column there is none of.
    """
    if strange := [name for name, _ in order if name not in SORTABLE]:
        raise KeyError(strange[0])
    by = ", ".join(
        [f'c."{name}" {"DESC" if down else "ASC"} NULLS LAST' for name, down in order] or ["c.reported DESC"]
    )
    # What is long is read of one page only: the order needs few columns.
    keys = cases(found.book, scope, ", ".join({"key", "reported", *(f'"{name}"' for name, _ in order)}))
    wanted = f"SELECT key, reported FROM {keys} c ORDER BY {by}, key LIMIT $size OFFSET $first"
    these = found.cases.ask(wanted, {**scope.values, "size": size, "first": first}, asked)
    if not len(these["key"]):
        return []
    shown = ", ".join(_shown(name) for name in _SHOWN)
    at = ", ".join(str(ms) for ms in sorted(set(these["reported"].tolist())))
    these_only = f"reported IN ({at}) AND key IN (SELECT unnest($keys))"  # the first skips most of the table
    query = f"SELECT {shown} FROM {RELATION} c WHERE {these_only} ORDER BY {by}, c.key"
    return rows(found.cases.ask(query, {"keys": these["key"].tolist()}, asked))


def rows(columns: Columns) -> list[dict[str, Any]]:
    """A mapping a row, None where a number is missing."""
    lists = {name: column.tolist() for name, column in columns.items()}
    for name in _NUMBERS & lists.keys():
        lists[name] = [None if value == _MISSING else value for value in lists[name]]
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]


def export(found: Indicators, scope: Scope, regions: Regions, names: Names) -> tuple[str, dict[str, Any]]:
    """The query of all rows as people read them, about in the order of reporting, and its values: the city's
    time, places by name, and `names` in the place of keys (by column)."""

    def told(name: str) -> str:
        if name in _INSTANTS:
            return f"strftime(make_timestamp(({name} + 28800000) * 1000), '%Y-%m-%d %H:%M:%S') AS {name}"
        pairs = " ".join(f"WHEN {_text(key)} THEN {_text(said)}" for key, said in names.get(name, {}).items())
        return f"CASE {name}::VARCHAR {pairs} ELSE {name}::VARCHAR END AS {name}" if pairs else f'"{name}"'

    shown = ", ".join([told(name) for name in _SHOWN] + ["place"])
    places = "(SELECT unnest($codes) AS code, unnest($places) AS place)"
    query = f"SELECT {shown} FROM {cases(found.book, scope)} LEFT JOIN {places} ON code = region"
    codes = [region.code for region in regions]
    return query, {**scope.values, "codes": codes, "places": [regions.place(code) for code in codes]}


_MISSING: Final = -(2**62)
_INSTANTS: Final = ("reported", "accepted", "assigned", "closed", "due", "rated")


def _shown(name: str) -> str:
    """Numbers that are missing come as `_MISSING`: a masked array would make 0 of them."""
    return f'coalesce("{name}", {_MISSING}) AS "{name}"' if name in _NUMBERS else f'"{name}"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _all(scope: Scope) -> Scope:
    return scope._replace(chosen=EVERYTHING)
