"""Drawing up and issuing daily briefs: on demand, and by itself every day at a set time.

The clerk is a thread of the web replica: it asks the table of cases that is there anyway, and a child process makes the
documents. Days that nobody was there for are issued at the next start, and say so. What is shown where is `briefs`'.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, Final

from dashboard import clock
from dashboard.brief import Brief, Live, draw_up, window_of, yesterday
from dashboard.briefshelf import FORMATS, Issued, Shelf, Taken
from dashboard.cases import Filling
from dashboard.cities import City
from dashboard.clock import DAY_MS, HOUR_MS
from dashboard.indicators import Indicators
from dashboard.scan import Busy, TookTooLong, Unreadable
from dashboard.settings import Settings
from layouts.brief.order import Order, Unmade, made, made_aside
from layouts.brief.text import Issue
from layouts.words import Locale

logger = logging.getLogger(__name__)
AGAIN_S: Final = 20.0
MOST_MISSED: Final = 31
"""So many days are made up; of a wall that was off for longer the older ones are not."""
GRACE_MS: Final = HOUR_MS
Sections = Callable[[], Mapping[str, Any]]
"""What was counted last of the whole city, by section (`dashboard.sections`, `dashboard.alarmdesk`)."""


class NoCases(RuntimeError):  # noqa: N818 - it is said of the days
    """There is no case of so long ago: a brief would say that nothing happened."""


@dataclass(frozen=True)
class Desk:
    """Where briefs are drawn up; methods raise what `draw_up` raises."""

    indicators: Indicators
    city: City
    shelf: Shelf
    fonts: Path
    locale: Locale
    sections: Sections = dict
    now: Callable[[], int] = clock.now_ms

    def draw(self, first: str, last: str) -> Brief:
        """The brief of these days as of now. Raises ValueError for days that make no window."""
        now_ms, city = self.now(), self.city
        window = window_of(first, last, now_ms)
        self.indicators.cases.reach(now_ms)
        codes = [region.code for region in city.regions.districts]
        return draw_up(
            self.indicators, window, city.procedure.clock, now_ms, codes, live(self.sections(), now_ms)
        )  # fmt: skip

    def document(self, brief: Brief, form: str, locale: Locale, issue: Issue = Issue()) -> bytes:  # noqa: B008
        """One document of a brief. Raises Unmade."""
        order = Order(brief, issue, self.city.key, locale, str(self.fonts))
        return made(order, form) if form == "html" else made_aside(order, [form])[form]

    def issue(
        self, first: str, last: str, *, by: str = "", daily: bool = False, correct: bool = False, missed: bool = False
    ) -> Issued:
        """Draw up and issue. Raises Taken, NoCases, Unmade, ValueError."""
        was = self.shelf.newest(window_of(first, last, self.now()))
        if was and not correct:
            raise Taken(was)
        brief = self.draw(first, last)
        if brief.since is None or brief.since > brief.start + DAY_MS:
            raise NoCases(f"there is no case before {first}")

        def documents(issued: Issued) -> Mapping[str, bytes]:
            named = Issue(issued.year, issued.number, issued.corrects, issued.missed)
            return made_aside(Order(brief, named, self.city.key, self.locale, str(self.fonts)), FORMATS)

        return self.shelf.issue(
            brief, documents, self.now(), by=by, daily=daily, correct=correct, missed=missed
        )  # fmt: skip


def desk_of(indicators: Indicators, city: City, settings: Settings, sections: Sections) -> Desk:
    """The desk of this wall, over the shelf in its archive."""
    folder = settings.archive / "briefs"
    locale: Locale = "en" if settings.locale == "en" else "zh"
    return Desk(indicators, city, Shelf(folder), settings.data_dir / "fonts", locale, sections)


def live(sections: Mapping[str, Any], at_ms: int) -> Live | None:
    """Workers and alarm load out of what was counted last; None before anything was."""
    if not {"board", "staff", "desk"} <= sections.keys():
        return None
    board, staff, load = sections["board"]["total"], sections["staff"]["total"], sections["desk"]["load"]
    workers = {"on_duty": board["on"], "workers": board["total"], "visited": staff["visited"], "grids": staff["grids"]}
    return Live(at_ms, workers, {name: load[name] for name in ("average", "peak", "standing")})


def due(now_ms: int, at: str, last_day: str) -> list[str]:
    """The days whose brief should be there by now, the oldest first.

    `at` is the city's time of day of issue (`07:30`), `last_day` the last that has one; without any, the first is the
    one that becomes due next.
    """
    after_ms = clock_ms(at)
    newest = yesterday(now_ms - after_ms)  # of the day before its time has come, it is the day before that
    if not last_day:
        just = now_ms - after_ms - clock.city_midnight(now_ms)
        return [newest] if 0 <= just < GRACE_MS else []
    midnight = clock.city_day_start(newest)
    days = [clock.city_day(midnight - k * DAY_MS) for k in range(MOST_MISSED)]
    return sorted(day for day in days if day > last_day)


def keep_issuing(desk: Desk, at: str, stop: Event) -> None:
    """Issue every day at `at` until `stop` is set; an empty `at` never."""
    while at and not stop.wait(AGAIN_S):
        try:
            issue_due(desk, at)
        except (Filling, Busy, TookTooLong, Unreadable, Unmade, NoCases, OSError) as fault:
            logger.debug("no brief yet: %s", fault)


def issue_due(desk: Desk, at: str) -> list[Issued]:
    """Issue what is due now; what another replica issues meanwhile is passed over."""
    now_ms, issued = desk.now(), []
    for day in due(now_ms, at, desk.shelf.last_day()):
        late_ms = now_ms - clock.city_day_start(day) - DAY_MS - clock_ms(at)
        try:
            one = desk.issue(day, day, daily=True, missed=late_ms > GRACE_MS)
        except Taken:
            continue
        logger.info("brief %s of %s issued", one.id, day)
        issued.append(one)
    return issued


def clock_ms(at: str) -> int:
    """How long after midnight `07:30` is."""
    hours, minutes = map(int, at.split(":"))
    return (hours * 60 + minutes) * 60_000
