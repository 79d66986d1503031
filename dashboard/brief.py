"""The content of a daily brief (《每日情况》): numbers with their parts, of a window of whole days, as plain data.

It is as of the window's end: what was reported or closed after it is not in it. The table of cases knows some things
only as they are now (paused, merged or cancelled, the department, an extended limit, urged, a rating given anew, a case
taken up again); so a brief drawn up later may differ in those, and an issued one is kept as it was (`briefshelf`). The
same cases give the same brief, but for `live`, which is of the moment it was made and stands only in a brief of a day
not older than yesterday. What is not known is None. The words are the documents' (`layouts/brief`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from dashboard import windows
from dashboard.briefnews import DISTRICT, Day, News, news, outlook
from dashboard.cases import RELATION, Asked, quiet
from dashboard.clock import DAY_MS, city_day, city_day_start, city_midnight
from dashboard.facts import TYPES
from dashboard.formula import parse
from dashboard.indicators import EVERYTHING, Indicators, one
from dashboard.kpicount import Row, Split
from dashboard.windows import Window
from dashboard.workdays import WorkClock

HEADLINE: Final = ("reported", "closed", "closure_rate", "ontime_rate", "satisfaction", "overdue_open", "time_to_close")
TABLE: Final = ("reported", "closed", "closure_rate", "ontime_rate", "overdue_open", "time_to_close", "satisfaction")
_LARGEST_FIRST: Final = (Split("department"), Split("branch"))
LISTED: Final = 20
"""So many overdue and supervised cases are named, the worst; all are counted."""
LONGEST_DAYS: Final = 366
_SUPERVISED: Final = parse("reported <= end and not left <= end and urged > 0", TYPES).sql
_LIST: Final = (
    "SELECT id, title, coalesce(region, '') AS region, coalesce(department, '') AS department,"
    ' coalesce(due, -1) AS due, severity, urged, count(*) OVER () AS total, $start AS "start", $end AS "end"'
    " FROM {relation} WHERE {where}"
    " ORDER BY (due IS NULL), due, id LIMIT {most}"
)


class Compared(Struct, frozen=True):
    """An indicator's row, and those of the period before and of a year before; None where no data was kept."""

    now: Row
    before: Row | None
    year: Row | None


class Group(Struct, frozen=True):
    """One line of a table: the key of a district, department or category, and its rows by indicator."""

    key: str
    rows: dict[str, Row]


class Listed(Struct, frozen=True):
    """A case by name; `due` UTC ms, None without a limit; `urged`: how often it was put under supervision."""

    id: str
    title: str
    region: str
    department: str
    severity: int
    due: int | None
    urged: int


class Cases(Struct, frozen=True):
    """The worst of some cases, and how many there are."""

    total: int
    worst: list[Listed]


class Live(Struct, frozen=True):
    """Workers and alarms as of `at`, UTC ms, which are counted from no case; figures by name, None: not known."""

    at: int
    workers: dict[str, float | None] = {}
    alarms: dict[str, float | None] = {}


class Brief(Struct, frozen=True):
    """A brief: its window (start, end] and when it was made, UTC ms; `since`: the first case there is."""

    start: int
    end: int
    made: int
    since: int | None
    headline: dict[str, Compared]
    news: News
    overdue: Cases
    supervised: Cases
    districts: list[Group]
    departments: list[Group]
    categories: list[Group]
    outlook: list[Day]
    live: Live | None = None

    @property
    def days(self) -> tuple[str, str]:
        """The first and the last day, such as `2026-11-21`."""
        return city_day(self.start + 1), city_day(self.end)

    @property
    def partial(self) -> bool:
        """Whether its last day was not over."""
        return city_midnight(self.end + 1) != self.end + 1


def window_of(first: str, last: str, now_ms: int) -> Window:
    """The days `first` to `last` (`2026-11-21`), as far as they are over.

    Raises:
        ValueError: no dates, the wrong way round, too many, or not begun yet.
    """
    start, end = city_day_start(first), city_midnight(city_day_start(last) + DAY_MS + DAY_MS // 2)
    if start >= end:
        raise ValueError(f"{last} is before {first}")
    if end - start > LONGEST_DAYS * DAY_MS:
        raise ValueError(f"{first} to {last} is more than {LONGEST_DAYS} days")
    if start >= now_ms:
        raise ValueError(f"{first} has not begun yet")
    return Window(start - 1, min(end - 1, now_ms))


def yesterday(now_ms: int) -> str:
    """The city's day before that of `now_ms`."""
    return city_day(city_midnight(now_ms) - 1)


def current(window: Window, now_ms: int) -> bool:
    """Whether what is so now may stand in a brief of it: it ended today, or with yesterday."""
    return window.end >= city_midnight(now_ms) - 1


def draw_up(
    asking: Indicators, window: Window, calendar: WorkClock, made: int, districts: Sequence[str] = (),
    live: Live | None = None, asked: Asked = quiet,
) -> Brief:  # fmt: skip
    """The brief of a window; `districts` are those that have a line whatever happened there. May ask for seconds.

    Raises:
        Filling, Busy, TookTooLong, Unreadable: there is no answer.
    """
    found = asking.over(window, HEADLINE, asked=asked)
    overdue = asking.book.measures["overdue_open"].part
    departments, categories = (_largest(_table(asking, window, split, asked)) for split in _LARGEST_FIRST)
    return Brief(
        window.start, window.end, made, found.since, _headline(asking, window, asked),
        news(asking, window, calendar, asked), _listed(asking, window, overdue.sql if overdue else "false", asked),
        _listed(asking, window, _SUPERVISED, asked), _districts(asking, window, districts, asked), departments,
        categories, outlook(asking, window, calendar, asked), live if live and current(window, live.at) else None,
    )  # fmt: skip


def _headline(asking: Indicators, window: Window, asked: Asked) -> dict[str, Compared]:
    """A comparison is with a period that was on record as a whole."""
    periods = window, windows.before(window), windows.year_ago(window)
    counted = [asking.over(each, HEADLINE, asked=asked) for each in periods]
    since = counted[0].since
    kept = [since is not None and city_midnight(since) <= each.start + 1 for each in periods]
    return {
        code: Compared(
            one(counted[0], code), *(one(c, code) if k else None for c, k in zip(counted[1:], kept[1:], strict=True))
        )
        for code in HEADLINE
    }


def _districts(asking: Indicators, window: Window, order: Sequence[str], asked: Asked) -> list[Group]:
    """Those of `order` in it, then any others."""
    table = _table(asking, window, Split("region", DISTRICT), asked)
    others = sorted(table.keys() - set(order))
    return [Group(code, table.get(code) or _nothing()) for code in (*order, *others)]


def _table(asking: Indicators, window: Window, split: Split, asked: Asked) -> dict[str, dict[str, Row]]:
    """Rows by group and indicator, of groups in which anything was counted."""
    rows = asking.over(window, TABLE, EVERYTHING, split, asked).rows
    groups = {key for found in rows.values() for key, row in found.items() if row.get("num") or row.get("den")}
    return {key: {code: rows[code].get(key, _nothing()[code]) for code in TABLE} for key in groups}


def _nothing() -> dict[str, Row]:
    return {code: {"num": 0, "den": 0, "p50": None, "p90": None} for code in TABLE}


def _largest(table: dict[str, dict[str, Row]]) -> list[Group]:
    """Most cases first."""

    def size(key: str) -> tuple[float, float, str]:
        rows = table[key]
        return -(rows["reported"]["num"] or 0), -(rows["ontime_rate"]["den"] or 0), key

    return [Group(key, table[key]) for key in sorted(table, key=size)]


def _listed(asking: Indicators, window: Window, where: str, asked: Asked) -> Cases:
    asking_for = _LIST.format(relation=RELATION, where=where, most=LISTED)
    found = asking.cases.ask(asking_for, {"start": window.start, "end": window.end}, asked)
    names = ("id", "title", "region", "department", "severity", "due", "urged")
    rows = zip(*(found[name].tolist() for name in names), strict=True)
    worst = [
        Listed(
            str(event), str(title), str(region), str(department), int(severity), int(due) if due >= 0 else None, int(n)
        )
        for event, title, region, department, severity, due, n in rows
    ]
    return Cases(int(found["total"][0]) if len(worst) else 0, worst)
