"""Which cases an analyst looks at, as SQL: how many they are, what they are like, and their rows, page by page.

A `Scope` is a window, a choice (`filters`) and the cases that one indicator of the catalogue is about: those it divides
by, or counts. What can be drawn of them is `charts`' business. Nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from dashboard.cases import RELATION, RELEVANT, Asked, Columns, quiet
from dashboard.clock import DAY_MS
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
    marks = "".join(f', coalesce({condition(kind)}, false) AS "ok_{kind}"' for kind in chosen)
    names = ["region", *KINDS] if length else list(KINDS)
    kept = {kind: _count("n_" + kind, [one for one in chosen if one != kind]) for kind in chosen if kind in KINDS}
    counts = ", ".join([_count("hit", chosen), _count("n", ()), *kept.values()])
    kinds = " ".join(f"WHEN grouping({name}) = 0 THEN '{name}'" for name in names)
    value = f"coalesce(left(region, {length:d}), " + ", ".join(f"{kind}::VARCHAR" for kind in KINDS) + ", '')"
    inner = cases(found.book, _all(scope), ", ".join(["region", *KINDS]) + marks)
    sets = ", ".join(f"({name})" for name in names)  # one pass, and no string is made before it is counted
    each = f"SELECT CASE {kinds} END AS kind, {value} AS v, {counts} FROM {inner} GROUP BY GROUPING SETS ({sets})"
    mine = " ".join(f"WHEN '{kind}' THEN \"n_{kind}\"" for kind in kept)
    wanted = f"CASE kind {mine} ELSE hit END" if mine else "hit"
    asking = f"SELECT kind, v, sum({wanted})::BIGINT AS m, sum(hit)::BIGINT AS hit, sum(n)::BIGINT AS n FROM ({each})"
    answer = found.cases.ask(f"{asking} GROUP BY 1, 2 ORDER BY m DESC, v", scope.values, asked)
    told: dict[str, dict[str, int]] = {name: {} for name in ("region", *KINDS)}
    for kind, v, m in zip(answer["kind"], answer["v"], answer["m"].tolist(), strict=True):
        if m:
            told[kind][v] = m
    every = answer["kind"] == KINDS[0]  # each case has one value of a kind
    return Facets(told, int(answer["hit"][every].sum()), int(answer["n"][every].sum()))


def _count(name: str, kinds: Iterable[str]) -> str:
    """How many cases there are for which what is chosen of these kinds holds."""
    return f'count(*) FILTER (WHERE {" AND ".join(f"ok_{kind}" for kind in kinds) or "true"}) AS "{name}"'


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
    wanted = f"SELECT key, reported FROM {keys} c WHERE reported > $since ORDER BY {by}, key LIMIT $size OFFSET $first"
    for days in () if order else _NEWEST:  # the newest lie at the end of the table, of which that reads little
        values = {**scope.values, "size": size, "first": first, "since": scope.window.end - days * DAY_MS}
        these = found.cases.ask(wanted, values, asked)
        if len(these["key"]) == size:
            break
    else:
        these = found.cases.ask(wanted, {**scope.values, "size": size, "first": first, "since": -_FAR}, asked)
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


_FAR: Final = 2**62
_MISSING: Final = -_FAR
_NEWEST: Final = (1, 14)
"""Within how many days before a window's end its newest cases are looked for first."""
_INSTANTS: Final = ("reported", "accepted", "assigned", "closed", "due", "rated")


def _shown(name: str) -> str:
    """Numbers that are missing come as `_MISSING`: a masked array would make 0 of them."""
    return f'coalesce("{name}", {_MISSING}) AS "{name}"' if name in _NUMBERS else f'"{name}"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _all(scope: Scope) -> Scope:
    return scope._replace(chosen=EVERYTHING)
