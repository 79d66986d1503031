"""The working-day clock: deadlines in working days, working hours and clock time, and how much of them is left.

It knows which days are worked (public holidays and weekend days worked in exchange, 调休, from `chinesecalendar`, then
the city's own dates) and when the offices are open. It reads no clock and knows nothing of events or of who may pause.

* **Working days** are counted from the day after the start (民法典 Art. 201: 开始的当日不计入) and end when the offices
  close on the last of them (Art. 203: where there are business hours, the end of business is the end of the period).
* **Working hours** run while the offices are open, to the millisecond; what starts while they are closed begins at the
  next opening, what is used up at a closing ends there (Art. 201: hours run from the time laid down).
* **Clock units** always run; a `d` is 24 hours, not a calendar day. (Art. 204: a rule of its own goes before the code.)
* **A pause** leaves what was left: the same clock time, the same working time, or as many closings of working days: a
  working day is used up when it closes while the limit runs, and a pause over a night or a weekend moves nothing.

Opening hours are local times, turned into instants day by day, so that summer time (China's until 1991, another zone's
today) is right. Of a year the library does not know, `WorkClock.known` says so, and Monday to Friday are worked.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import accumulate
from typing import Final

import msgspec
from chinese_calendar import holidays, workdays

from dashboard.clock import CITY_ZONE, DAY_MS, HOUR_MS

LONGEST_DAYS: Final = 3660
"""Spans beyond ten years are slips of the pen."""
YEARS: Final = range(1900, 2301)
"""Where instants may lie (the log takes those of 1970 to 2199). A clock keeps a table of the years it was asked for."""

_OFF: Final[frozenset[date]] = frozenset(holidays)
_WORKED: Final[frozenset[date]] = frozenset(workdays)
_LISTED: Final = frozenset(day.year for day in _OFF if (day.month, day.day) == (10, 1))
"""The years the library knows: a year's notice names National Day last, so that half a year does not count."""


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


_FROM_MS, _TO_MS = (_ms(datetime(year, 1, 1, tzinfo=UTC)) for year in (YEARS.start, YEARS.stop))


class Unit(StrEnum):
    """What a span is counted in; the value is how it is written."""

    minute = "m"
    hour = "h"
    day = "d"
    working_hour = "wh"
    working_day = "wd"


_WORKING_DAY, _WORKING_HOUR = Unit.working_day, Unit.working_hour
_UNIT_MS: Final = {"m": 60_000, "h": HOUR_MS, "d": DAY_MS, "wh": HOUR_MS}
_SPAN: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,2})?)(m|h|d|wh|wd)")
_ALLOWED: Final = (
    "m, h, d (minutes, hours, 24-hour days of the clock), wh (working hours), wd (whole working days), "
    f"such as 30m, 1.5h or 7wd: more than nothing, at most {LONGEST_DAYS} days, two decimals"
)


@dataclass(frozen=True, slots=True)
class Span:
    """So much of a unit: `30m`, `2h`, `3d`, `4wh`, `7wd`.

    In msgspec structs keep it as a plain `str` field, which reads like the YAML it came from, and call `Span.parse` in
    `__post_init__`: the ValueError becomes a ValidationError that names the field.

    Raises:
        ValueError: nothing, too much, or parts the unit does not have.
    """

    amount: float
    unit: Unit

    def __post_init__(self) -> None:
        most = LONGEST_DAYS if self.unit is _WORKING_DAY else LONGEST_DAYS * DAY_MS
        parts = 1 if self.unit is _WORKING_DAY else 100  # a hundredth of any other unit is a whole number of ms
        if not 0 < self.size <= most or round(self.amount * parts) / parts != self.amount:
            raise ValueError(f"{str(self)!r} is no span; allowed are {_ALLOWED}")

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read `7wd`. Raises ValueError with the text and what is allowed."""
        found = _SPAN.fullmatch(text)
        if not found:
            raise ValueError(f"{text!r} is no span; allowed are {_ALLOWED}")
        return cls(float(found[1]), Unit(found[2]))

    @property
    def size(self) -> int:
        """Working days, or milliseconds (of work or of the clock) for the other units."""
        return round(self.amount * _UNIT_MS.get(self.unit, 1))

    def __str__(self) -> str:
        return f"{self.amount:.15g}{self.unit}"


class OfficeHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a city's offices are open.

    `periods`: (from, to) in minutes since local midnight, in order, apart, within one day. `closed`, `worked`: dates of
    the city's own, which win over the country's calendar. `years`: years whose holidays those dates give in full, for a
    wall that knows next year's notice before its library does.

    Raises:
        ValueError: no period, periods out of order or of the day, or a date both closed and worked.
    """

    periods: tuple[tuple[int, int], ...] = ((510, 720), (810, 1050))
    closed: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        edges = [0, *(minute for period in self.periods for minute in period), 1440]
        inner = edges[1:-1]
        if not inner or edges != sorted(edges) or len(set(inner)) < len(inner):
            raise ValueError(f"periods {self.periods} are not in order, apart, and between minute 0 and 1440 of a day")
        if both := self.closed & self.worked:
            raise ValueError(f"both closed and worked: {', '.join(map(str, sorted(both)))}")

    @staticmethod
    def period(text: str) -> tuple[int, int]:
        """A period as people write it, `08:30-12:00`, in minutes. Raises ValueError for anything else."""
        found = re.fullmatch(r"([0-9]{1,2}):([0-5][0-9])-([0-9]{1,2}):([0-5][0-9])", text)
        if not found:
            raise ValueError(f"{text!r} is no period; allowed are two times of a day, such as 08:30-12:00")
        return int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])


_Workday = tuple[int, ...]
"""A working day, UTC ms: its local midnight, then its openings and closings by turns."""


class _Table:
    """The working time of the years `first` to `last` as sorted columns, UTC ms; never changed once made.

    By period: `opens`, `closes`, and `done`, the working ms of the table until it closes. By working day: `mornings`
    (local midnight) and `ends` (the last closing).
    """

    def __init__(self, first: int, last: int, start: int, end: int, days: list[_Workday]) -> None:
        self.first, self.last, self.start, self.end = first, last, start, end
        self.opens = [edge for day in days for edge in day[1::2]]
        self.closes = [edge for day in days for edge in day[2::2]]
        self.done = list(accumulate(b - a for a, b in zip(self.opens, self.closes, strict=True)))
        self.mornings = [day[0] for day in days]
        self.ends = [day[-1] for day in days]

    def worked(self, ms: int) -> int:
        """Working ms from the start of the table to an instant in it."""
        row = bisect_right(self.opens, ms) - 1
        return self.done[row] - max(0, self.closes[row] - ms) if row >= 0 else 0


class WorkClock:
    """Working time of a city. Instants are UTC ms; any method raises ValueError for one outside `YEARS`.

    Tables of years are made when first asked for and then kept; threads may share a clock.
    """

    def __init__(self, hours: OfficeHours | None = None, zone: tzinfo = CITY_ZONE) -> None:
        self.hours = hours or OfficeHours()
        self.zone = zone
        self._edges = [timedelta(minutes=minute) for period in self.hours.periods for minute in period]
        self._years: dict[int, list[_Workday]] = {}
        self._table = _Table(YEARS.stop, YEARS.start, 0, 0, [])

    def known(self, year: int) -> bool:
        """Whether the holidays of a year are known; else its Mondays to Fridays count as worked.

        A year's last days may still be changed by the notice of the next one, as those of 2018 were.
        """
        return year in _LISTED or year in self.hours.years

    def unknown(self, from_ms: int, to_ms: int) -> tuple[int, ...]:
        """The local years from one instant to another that are not `known`, in order."""
        return tuple(year for year in range(self._year(from_ms), self._year(to_ms) + 1) if not self.known(year))

    def is_working_day(self, day: date) -> bool:
        """Whether the offices open on a local date: the city's own dates first, then the country's, then Mon–Fri."""
        if day in self.hours.closed or day in self.hours.worked:
            return day in self.hours.worked
        return day in _WORKED or (day.weekday() < 5 and day not in _OFF)

    def is_working(self, ms: int) -> bool:
        """Whether the offices are open: from the instant of opening until just before that of closing."""
        table = self._at(ms)
        row = bisect_right(table.opens, ms) - 1
        return row >= 0 and ms < table.closes[row]

    def add(self, start_ms: int, span: Span) -> int:
        """When a limit ends that starts now. For `wd` a closing; for `wh` within office hours or at a closing."""
        unit = span.unit
        if unit is _WORKING_DAY:
            table = self._at(start_ms)
            return self._closing(table, bisect_right(table.mornings, start_ms) + span.size - 1)
        if unit is _WORKING_HOUR:
            table = self._at(start_ms)
            return self._reached(table, table.worked(start_ms) + span.size)
        return start_ms + span.size

    def between(self, a_ms: int, b_ms: int) -> int:
        """Working ms from one instant to another; negative if `b_ms` is the earlier."""
        table = self._at(a_ms, b_ms)
        return table.worked(b_ms) - table.worked(a_ms)

    def left(self, at_ms: int, due_ms: int, unit: Unit) -> int:
        """What is left of a limit: working ms (`wh`), closings of working days (`wd`), else ms of the clock.

        Of working days the present one counts until it closes: 1 means that the next closing is the last. A limit that
        has passed has less than nothing left; in `wd`, 0 until the next closing.
        """
        if unit is _WORKING_DAY:
            ends = self._at(at_ms, due_ms).ends
            return bisect_left(ends, due_ms) - bisect_left(ends, at_ms) + 1
        return self.between(at_ms, due_ms) if unit is _WORKING_HOUR else due_ms - at_ms

    def resume(self, at_ms: int, left: int, unit: Unit) -> int:
        """When a limit ends that goes on now with so much `left`; never before `at_ms`.

        Raises:
            ValueError: `left` is of a limit that has passed.
        """
        least = 1 if unit is _WORKING_DAY else 0
        if left < least:
            raise ValueError(f"{left} {unit} left: the limit has passed")
        if unit is not _WORKING_DAY and unit is not _WORKING_HOUR:
            return at_ms + left
        table = self._at(at_ms)
        if unit is _WORKING_DAY:
            return self._closing(table, bisect_left(table.ends, at_ms) + left - 1)
        due = self._reached(table, table.worked(at_ms) + left)
        return due if due >= at_ms else self._reached(table, table.worked(at_ms) + 1) - 1  # the next opening

    def moved(self, due_ms: int, unit: Unit, paused_ms: int, resumed_ms: int) -> int:
        """Where a pause moves the end of a limit; never back.

        What had passed before the pause stays where it was, for it has been judged. A `wd` limit that does not end at a
        closing counts as ending at the next one.
        """
        if paused_ms > due_ms or resumed_ms <= paused_ms:
            return due_ms
        return max(due_ms, self.resume(resumed_ms, self.left(paused_ms, due_ms, unit), unit))

    def _closing(self, table: _Table, row: int) -> int:
        """The last closing of the table's n-th working day, in whatever year."""
        while row >= len(table.ends):
            table = self._grown(table, table.last + 1)
        return table.ends[row]

    def _reached(self, table: _Table, worked: int) -> int:
        """The first instant by which so many working ms of the table have passed."""
        while not table.done or worked > table.done[-1]:
            table = self._grown(table, table.last + 1)
        row = bisect_left(table.done, worked)
        return table.closes[row] - (table.done[row] - worked)

    def _at(self, *instants: int) -> _Table:
        """A table that holds these instants."""
        table = self._table
        for ms in instants:
            if not table.start <= ms < table.end:
                table = self._grown(table, self._year(ms))
        return table

    def _grown(self, table: _Table, year: int) -> _Table:
        """A table that reaches to a year; what is counted from the start of the old one holds if the year is later."""
        first, last = min(table.first, year), max(table.last, year)
        days = [day for y in range(first, last + 1) for day in self._days(y)]
        start, end = (_ms(datetime(y, 1, 1, tzinfo=self.zone)) for y in (first, last + 1))
        self._table = _Table(first, last, start, end, days)
        return self._table

    def _days(self, year: int) -> list[_Workday]:
        """The working days of a year, in order."""
        if year not in self._years:
            start, n = date(year, 1, 1), (date(year + 1, 1, 1) - date(year, 1, 1)).days
            dates = (start + timedelta(days=k) for k in range(n))
            self._years[year] = [self._workday(day) for day in dates if self.is_working_day(day)]
        return self._years[year]

    def _workday(self, day: date) -> _Workday:
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        edges = (_ms(midnight + edge) for edge in self._edges)
        return _ms(midnight), *accumulate(edges, max)  # hours that a change to summer time skips are empty

    def _year(self, ms: int) -> int:
        if not _FROM_MS <= ms < _TO_MS:
            raise ValueError(f"{ms} ms is not in the years {YEARS.start} to {YEARS.stop - 1}")
        return datetime.fromtimestamp(ms / 1000, self.zone).year
