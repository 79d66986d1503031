"""What keys and numbers are called on the workbench, in one language: names of the city pack, times, rates, days.

The words are in `locale/`, apart from the wall's, which never need them.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from dashboard.cities import City
from dashboard.clock import CITY_ZONE
from dashboard.formula import SPANS
from dashboard.kpibook import Book, Kpi, Measure
from dashboard.kpicount import Figure, Row, figure
from dashboard.regions import short_name
from dashboard.taxonomy import branch
from layouts.config import english_names
from layouts.words import Locale, Words, cut
from layouts.words import catalogue as wall_words

NOTHING: Final = "—"
_FOLDER: Final = Path(__file__).with_name("locale")
_SEVERITY: Final = ("", "normal", "serious", "major", "urgent")
_SIGNS: Final = {4: "◆", 3: "▲", 2: "■", 1: "○"}
_UNITS: Final = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "m"))


@cache
def catalogue(locale: Locale) -> Words:
    """The workbench's words of one language."""
    words: dict[str, str] = json.loads((_FOLDER / f"{locale}.json").read_text(encoding="utf-8"))
    return words


class Names:
    """Words and names of one city in one language."""

    def __init__(self, city: City, book: Book, locale: Locale) -> None:
        self.city, self.book, self.locale = city, book, locale
        self._words, self._wall = catalogue(locale), wall_words(locale)
        self._english = english_names(city.basemap)
        self.steps = _steps(city, locale)
        self.lists: dict[str, dict[str, str]] = {
            "category": {key: getattr(name, locale) for key, name in city.category_names.items()},
            "department": {one.key: getattr(one.name, locale) for one in city.departments},
            "channel": {key: getattr(name, locale) for key, name in city.channels.items()},
            "process": {key: getattr(one.name, locale) for key, one in city.processes.items()},
            "step": self.steps,
            "severity": {str(n): self._wall[f"severity.{_SEVERITY[n]}"] for n in (4, 3, 2, 1)},
            "weekday": {str(n): self.t(f"weekday.{n}") for n in range(7)},
            "hour": {str(n): f"{n:02d}:00" for n in range(24)},
            "score": {str(n): self.t("score", n) for n in range(1, 6)},
        }

    def t(self, key: str, *values: object) -> str:
        """A sentence. Raises KeyError."""
        said = self._words[key]
        for n, value in enumerate(values):
            said = said.replace(f"{{{n}}}", str(value))
        return said

    def of(self, kind: str, value: Any) -> str:
        """What a value of a kind of choice is called."""
        if kind == "region":
            return self.region(str(value))
        if kind == "took":
            return self.stretch(int(value))
        if kind == "place":
            return self.place(str(value))
        return self.lists.get(kind, {}).get(str(value)) or self._item(kind, str(value)) or self.t("none")

    def _item(self, kind: str, value: str) -> str:
        """A value without a name: by its key, of an item behind its category's name."""
        above = self.lists[kind].get(branch(value)) if kind == "category" else None
        return f"{above}·{value.partition('.')[2]}" if above else value

    def deed(self, what: str) -> str:
        """What was done, as a line of an event's record has it."""
        return self.steps.get(what) or self._wall.get(f"console.what.{what}", what)

    def region(self, code: str) -> str:
        """A region's name."""
        if not code or code == self.city.regions.city.code:
            return str(getattr(self.city.name, self.locale))
        found = self.city.regions.get(code)
        if found and self.locale == "en" and found.name in self._english:
            return self._english[found.name]
        return short_name(found.name) if found else code or self.t("none")

    def place(self, key: str) -> str:
        """The place of `filters.PLACE`: the address, or the region's path."""
        return key.partition(" ")[2] or self.city.regions.place(key) or key

    def stretch(self, number: int) -> str:
        """A stretch of `filters.TOOK`: from when to when."""
        low, high = (60_000 * 2 ** (n / 2) for n in (number, number + 1))
        return f"{self.took(low)}–{self.took(high)}"

    def kpi(self, code: str) -> str:
        """What an indicator is called."""
        return str(getattr(self.book.kpis[code].name, self.locale))

    def took(self, ms: float | None) -> str:
        """A length of time, in its two largest units."""
        if ms is None:
            return NOTHING
        minutes = int(ms + 30_000) // 60_000  # a half goes up, so that times cut to whole seconds say the same
        if minutes < 1:
            return self.t("took.s", int(ms) // 1000)
        left, said = minutes * 60_000, []
        for size, unit in _UNITS:
            if left >= size:
                said.append(self.t(f"took.{unit}", int(left // size)))
                left %= size
        return " ".join(said[:2])

    def value(self, kpi: Kpi, value: float | None) -> str:
        """A value of an indicator without its unit; rates are cut, not rounded."""
        if value is None:
            return NOTHING
        if kpi.kind == "duration":
            return self.took(value * SPANS[kpi.unit])
        if kpi.kind == "count":
            return f"{value:,.0f}"
        return cut(value) if kpi.kind == "rate" else f"{value:,.1f}"

    def unit(self, kpi: Kpi) -> str:
        """The unit that stands behind a value of an indicator; a length of time has it in it."""
        return "" if kpi.kind == "duration" else str(getattr(self.book.units[kpi.unit], self.locale))

    def parts(self, kpi: Kpi, row: Row) -> str:
        """What an indicator's value is made of."""
        num, den = row.get("num"), row.get("den")
        if kpi.kind == "rate":
            return f"{num or 0:,} / {den or 0:,}"
        if kpi.kind == "duration":
            return self.t("card.nine", self.took(row.get("p90"))) + " · " + self.t("cases", f"{den or 0:,}")
        return self.t("cases", f"{den or 0:,}") if kpi.kind == "mean" else ""

    def told(self, code: str, row: Row) -> tuple[Kpi, Figure]:
        """An indicator and what a row of it says."""
        kpi = self.book.kpis[code]
        return kpi, figure(kpi, row)

    def about(self, code: str) -> str:
        """What the cases are called that an indicator divides by, or counts."""
        kpi = self.book.kpis[code]
        cases = kpi.den or kpi.num
        return str(getattr(cases, self.locale)) if cases else self.kpi(code)

    def held(self, kpi: Kpi) -> str:
        """What the cases are called for which a rate holds."""
        return str(getattr(kpi.num, self.locale)) if kpi.num else self.kpi(kpi.code)

    def sign(self, severity: int) -> str:
        """A severity's shape and word."""
        return f"{_SIGNS.get(severity, '')} {self.of('severity', severity)}".strip()

    def goal(self, kpi: Kpi) -> str:
        """The target in words; empty where there is none."""
        if kpi.goal is None:
            return ""
        said = self.took(kpi.goal) if kpi.kind == "duration" else f"{kpi.goal:g}"
        return self.t("goal", said)

    def day(self, ms: int) -> str:
        """The city's day of an instant: 3/12."""
        at = _local(ms)
        return f"{at.month}/{at.day}" if self.locale == "zh" else f"{at.day} {at:%b}"

    def date(self, ms: int) -> str:
        """The city's date of an instant."""
        return f"{_local(ms):%Y-%m-%d}"

    def minute(self, ms: int | None) -> str:
        """The city's date and minute of an instant."""
        return NOTHING if ms is None else f"{_local(ms):%Y-%m-%d %H:%M}"

    def clock(self, ms: int) -> str:
        """The city's time of day of an instant."""
        return f"{_local(ms):%H:%M:%S}"


def definition(names: Names, code: str) -> list[str]:
    """An indicator in sentences: formula, what is left out, least sample, target, source."""
    kpi, locale = names.book.kpis[code], names.locale
    said = [f"{names.kpi(code)} = {getattr(kpi.formula, locale)}"]
    measure: Measure | None = names.book.measures.get(code)
    if measure and kpi.exclude:
        left = names.t("comma").join(getattr(names.book.exclusions[key].name, locale) for key in kpi.exclude)
        said.append(names.t("definition.without", left))
    if kpi.kind in ("rate", "mean", "duration"):
        said.append(names.t("definition.sample", kpi.min_sample))
    if kpi.goal is not None:
        said.append(names.goal(kpi))
    if kpi.standard:
        said.append(kpi.standard)
    return said


def _local(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, CITY_ZONE)


def _steps(city: City, locale: Locale) -> dict[str, str]:
    """What steps are called, by the process most events follow, then by the others."""
    found: dict[str, str] = {}
    for key in (city.process, *city.processes):
        for step in city.processes[key].steps:
            found.setdefault(str(step.step), str(getattr(step.name, locale)))
        for move in city.processes[key].moves:
            found.setdefault(str(move), str(getattr(city.processes[key].label(move), locale)))
    return found
