"""An assessment (考核, 星级考评): points for regions, departments and workers by a score sheet, each with its reason.

An item with fewer cases than its least sample, or none, is shown but not judged: its weight is left out, and the
points of the others are brought to 100. With too little weight judged there is no total, no rank and no star. Equal
totals (to two decimals) share a rank, and the next one is as much lower. It makes no sentences.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from dashboard.cases import RELATION, RELEVANT, Asked, quiet
from dashboard.clock import CITY_ZONE
from dashboard.indicators import EVERYTHING, Indicators
from dashboard.kpibook import Kpi
from dashboard.kpicount import Row, Rows, Split, answered, figure, query
from dashboard.scoresheet import FULL, Extra, Item, Sheet, Sheets
from dashboard.windows import Window

_PERIOD: Final = re.compile(r"(20\d\d)(?:-(0[1-9]|1[0-2])|-Q([1-4]))?")
_BY_WORKER: Final = f"(SELECT * REPLACE (worker_id AS department) FROM {RELATION} WHERE {RELEVANT} AND worker_id <> '')"
"""The worker in the place of a dimension, for a case's worker is none."""
Why = Literal["scored", "small", "nothing", "extra"]


class Reason(Struct, frozen=True):
    """Why so many points: the indicator's row and value; `points` None where it was not judged (`small`, `nothing`).

    `most`: the item's weight, or an extra's cap.
    """

    kpi: str
    why: Why
    value: float | None
    row: Row
    points: float | None
    most: float


class Score(Struct, frozen=True):
    """One who is assessed; `total`, `rank`, `stars` None where too little could be judged; `tied`: shares its rank."""

    key: str
    total: float | None
    stars: int | None
    rank: int | None
    tied: bool
    items: tuple[Reason, ...]
    extras: tuple[Reason, ...]

    @property
    def judged(self) -> float:
        """The weight that was judged."""
        return sum(reason.most for reason in self.items if reason.points is not None)


class Period(NamedTuple):
    """A month, a quarter or a year, up to now where it is not over; `key` as `2026-11`, `2026-Q4`, `2026`."""

    key: str
    window: Window
    over: bool


def period(key: str, now_ms: int) -> Period:
    """The period of this name. Raises ValueError for what is none, or has not begun."""
    found = _PERIOD.fullmatch(key)
    if not found:
        raise ValueError(f"{key} is no period: write 2026, 2026-Q4 or 2026-11")
    year, month, quarter = int(found[1]), found[2], found[3]
    first = int(month) if month else 3 * int(quarter) - 2 if quarter else 1
    last = int(month) if month else 3 * int(quarter) if quarter else 12
    start = _midnight(year, first, 1)
    end = _midnight(year, last, monthrange(year, last)[1]) + 86_400_000
    if start > now_ms:
        raise ValueError(f"{key} has not begun yet")
    return Period(key, Window(start - 1, min(end - 1, now_ms)), end <= now_ms)


def periods(now_ms: int, since_ms: int) -> list[str]:
    """The periods that can be chosen, the newest first: years, then quarters, then months."""
    now, since = (datetime.fromtimestamp(ms / 1000, CITY_ZONE) for ms in (now_ms, since_ms))
    months = [divmod(n, 12) for n in range(now.year * 12 + now.month - 1, since.year * 12 + since.month - 2, -1)]
    years = dict.fromkeys(str(year) for year, _ in months)
    quarters = dict.fromkeys(f"{year}-Q{month // 3 + 1}" for year, month in months)
    return [*years, *quarters, *(f"{year}-{month + 1:02d}" for year, month in months)]


def assess(
    asking: Indicators, sheets: Sheets, key: str, window: Window, groups: Iterable[str] = (), asked: Asked = quiet
) -> list[Score]:
    """The scores by a sheet, best first; `groups` are those assessed, none named: all in whose name there are cases.

    Raises:
        KeyError: an unknown sheet.
        Filling, Busy, TookTooLong, Unreadable: there is no answer.
    """
    sheet = sheets.sheets[key]
    codes = list(dict.fromkeys([*(item.kpi for item in sheet.items), *(extra.kpi for extra in sheet.extras)]))
    rows = _rows(asking, sheet, codes, window, asked)
    chosen = list(groups) or sorted({group for found in rows.values() for group in found} - {""})
    nothing: Row = {"num": 0, "den": 0, "p50": None, "p90": None}
    table = {group: {code: rows[code].get(group, nothing) for code in codes} for group in chosen}
    return ranked(scored(sheets, sheet, asking.book.kpis, group, table[group]) for group in chosen)


def scored(sheets: Sheets, sheet: Sheet, kpis: Mapping[str, Kpi], key: str, rows: Mapping[str, Row]) -> Score:
    """One score, without a rank."""
    items = tuple(_item(item, kpis[item.kpi], rows[item.kpi]) for item in sheet.items)
    extras = tuple(_extra(extra, kpis[extra.kpi], rows[extra.kpi]) for extra in sheet.extras)
    judged = sum(reason.most for reason in items if reason.points is not None)
    if judged < sheets.judged:
        return Score(key, None, None, None, False, items, extras)
    points = sum(reason.points or 0 for reason in items) / judged * FULL
    total = round(min(FULL, max(0.0, points + sum(reason.points or 0 for reason in extras))), 2)
    return Score(key, total, sheets.stars_of(total), None, False, items, extras)


def ranked(scores: Iterable[Score]) -> list[Score]:
    """With ranks, best first; who has no total comes last."""
    found = sorted(scores, key=lambda one: (one.total is None, -(one.total or 0), one.key))
    totals = [one.total for one in found if one.total is not None]
    return [
        one if one.total is None else _placed(one, totals.index(one.total) + 1, totals.count(one.total) > 1)
        for one in found
    ]


def _placed(one: Score, rank: int, tied: bool) -> Score:
    return Score(one.key, one.total, one.stars, rank, tied, one.items, one.extras)


def _item(item: Item, kpi: Kpi, row: Row) -> Reason:
    value, den = figure(kpi, row).value, row.get("den") or 0
    if value is None:
        return Reason(item.kpi, "nothing", None, row, None, item.weight)
    if kpi.kind != "count" and den < (item.min_sample or kpi.min_sample):
        return Reason(item.kpi, "small", value, row, None, item.weight)
    share = min(1.0, max(0.0, (value - item.none) / (item.full - item.none)))
    return Reason(item.kpi, "scored", value, row, round(item.weight * share, 2), item.weight)


def _extra(extra: Extra, kpi: Kpi, row: Row) -> Reason:
    found = figure(kpi, row)
    if found.value is None or found.small:
        return Reason(extra.kpi, "nothing" if found.value is None else "small", found.value, row, None, extra.cap)
    points = round(max(-extra.cap, min(extra.cap, extra.each * max(0.0, found.value - extra.over))), 2)
    return Reason(extra.kpi, "extra", found.value, row, points or 0.0, extra.cap)  # and not −0


def _rows(asking: Indicators, sheet: Sheet, codes: list[str], window: Window, asked: Asked) -> Rows:
    if sheet.by != "worker":
        return asking.over(window, codes, EVERYTHING, Split(sheet.by, sheet.digits), asked).rows
    measures = [asking.book.measures[code] for code in codes]
    question = query(measures, _BY_WORKER, Split("department"))
    return answered(measures, asking.cases.ask(question, {"start": window.start, "end": window.end}, asked))


def _midnight(year: int, month: int, day: int) -> int:
    return round(datetime(year, month, day, tzinfo=CITY_ZONE).timestamp() * 1000)
