"""What somebody looks at on the workbench, as the query of an address: to be shared, kept, and gone back to.

What an address says wrongly is as if it said nothing. It asks nobody anything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from msgspec import Struct, structs

from dashboard.clock import DAY_MS, city_day_start
from dashboard.daycharts import AGAINST, GRAINS, Against, Grain, grain_of
from dashboard.filters import Filter
from dashboard.kpibook import Book
from dashboard.kpicount import Split
from dashboard.questions import SORTABLE, Scope, below
from dashboard.regions import Regions
from dashboard.taxonomy import branch
from dashboard.windows import KEYS, Window, window

TABS: Final = ("overview", "flow", "signals")
BY: Final = ("department", "region", "category", "channel")
KINDS: Final = tuple(f.name for f in structs.fields(Filter) if f.name != "region")
_NUMBERS: Final = ("severity", "weekday", "hour", "score", "took")
_PATH: Final = "/analyst"
_MOST: Final = 400
"""So many days are the most that a window of one's own has."""
_YEARS: Final = range(1970, 2200)
"""The years that records can be of: around these every calendar has a day before and a year before."""


class State(Struct, frozen=True):
    """What is looked at.

    `when`: a key of `windows.KEYS` or two dates (`2026-03-01..2026-03-07`, both inside); `span`: two dates within that,
    to which everything but what shows days is narrowed; `rows`: the indicator whose cases are listed, if another than
    `kpi`; `sort`: a column, with a minus before it for downwards.
    """

    when: str = "30d"
    span: str = ""
    kpi: str = "ontime_rate"
    against: Against = ""
    by: str = "department"
    grain: Grain | None = None
    tab: str = "overview"
    rows: str = ""
    sort: str = ""
    chosen: Filter = Filter()

    def outer(self, now_ms: int) -> Window:
        """The window, ending now at the latest."""
        return window(self.when, now_ms) if self.when in KEYS else _between(self.when, now_ms)

    def inner(self, now_ms: int) -> Window:
        """The window as the span narrows it."""
        whole = self.outer(now_ms)
        if not self.span:
            return whole
        part = _between(self.span, now_ms)
        start, end = max(whole.start, part.start), min(whole.end, part.end)
        return Window(start, end) if start < end else part

    def scope(self, now_ms: int, code: str = "") -> Scope:
        """The cases of an indicator (`kpi` if none is named) within the narrowed window and the choice."""
        return Scope(self.inner(now_ms), code or self.kpi, self.chosen)

    def pieces(self, now_ms: int) -> Grain:
        """By what the trend is divided."""
        return self.grain or grain_of(self.outer(now_ms))

    def split(self, regions: Regions, by: str = "") -> Split:
        """What rankings are by; regions are those right below the chosen one, or it itself."""
        by = by or self.by
        if by != "region":
            return Split(by)
        return Split(by, below(regions, self.chosen.region) or len(self.chosen.region))

    def href(self, **changes: Any) -> str:
        """The address of this state with some fields changed; fields of the choice by their own names."""
        inside = {name: changes.pop(name) for name in ("region", *KINDS) if name in changes}
        state = structs.replace(self, **changes) if changes else self
        return state._href(structs.replace(state.chosen, **inside) if inside else state.chosen)

    def query(self) -> str:
        """What stands behind the question mark."""
        return self.href().partition("?")[2]

    def _href(self, chosen: Filter) -> str:
        plain = {name: getattr(self, name) for name in _PLAIN}
        said = {name: value for name, value in plain.items() if value != getattr(_DEFAULT, name)}
        query = urlencode(said | chosen.kinds(), doseq=True)
        return f"{_PATH}?{query}" if query else _PATH

    def toggled(self, kind: str, *values: Any) -> Filter:
        """The choice with these values of a kind chosen, or no longer chosen if they all were."""
        now = getattr(self.chosen, kind)
        left = {v for v in now if v not in values} if set(values) <= set(now) else {*now, *values}
        if kind == "category":
            left = _of_one_level(left, values)
        return structs.replace(self.chosen, **{kind: tuple(sorted(left))})


def _of_one_level(left: set[str], clicked: Collection[str]) -> set[str]:
    """The categories that are chosen, once something was chosen or let go: an item takes its category's place, and the
    other way round; who lets the last item go is at its category again."""
    gone = {branch(one) for one in clicked if one not in left and one != branch(one)}
    back = gone - {branch(one) for one in left}
    above = {branch(one) for one in clicked if one != branch(one)}
    whole = {one for one in clicked if one in left and one == branch(one)}
    return {one for one in left if one not in above and (one in whole or branch(one) not in whole)} | back


_DEFAULT: Final = State()
_PLAIN: Final = tuple(name for name in State.__struct_fields__ if name != "chosen")


def read(query: str | None, book: Book) -> State:
    """The state in a query (with its question mark or without)."""
    given = parse_qs((query or "").removeprefix("?"))
    one = {name: values[0] for name, values in given.items()}
    checks: dict[str, Callable[[str], bool]] = {
        "when": lambda v: v in KEYS or _dates(v), "span": _dates, "kpi": lambda v: v in book.measures,
        "against": lambda v: v in AGAINST, "by": lambda v: v in BY, "grain": lambda v: v in GRAINS,
        "tab": lambda v: v in TABS, "rows": lambda v: v in book.measures, "sort": lambda v: v.lstrip("-") in SORTABLE,
    }  # fmt: skip
    fields: dict[str, Any] = {name: one[name] for name, right in checks.items() if name in one and right(one[name])}
    kinds = {kind: _values(kind, given[kind]) for kind in KINDS if kind in given}
    region = one.get("region", "")
    return State(**fields, chosen=Filter(region=region if region.isalnum() else "", **kinds))


def _values(kind: str, given: list[str]) -> tuple[Any, ...]:
    if kind in _NUMBERS:
        return tuple(sorted({int(v) for v in given if v.isascii() and v.isdigit() and len(v) < 4}))
    return tuple(sorted(set(given)))


def _dates(text: str) -> bool:
    """Whether it is two dates, the first not after the second and not too long before it."""
    try:
        first, last = map(date.fromisoformat, text.split(".."))
    except ValueError:
        return False
    plain = f"{first}..{last}" == text  # dates can be written otherwise, too, but not for whoever shows them
    return plain and first.year in _YEARS and last.year in _YEARS and 0 <= (last - first).days < _MOST


def _between(text: str, now_ms: int) -> Window:
    first, _, last = text.partition("..")
    start = city_day_start(first) - 1
    return Window(start, max(start + 1, min(city_day_start(last) + DAY_MS - 1, now_ms)))
