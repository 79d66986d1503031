"""A brief in words: the one place that says what its numbers mean, for whichever file it becomes. Counts nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from dashboard.brief import HEADLINE, TABLE, Brief, Cases, Group, Listed
from dashboard.briefnews import Found
from dashboard.cities import City
from dashboard.clock import city_day
from dashboard.kpibook import Book
from dashboard.kpicount import Row, figure
from layouts.brief import numbers
from layouts.brief.document import Block, Document, Heading, Line, Paragraph, Table
from layouts.brief.map import choropleth, english_names
from layouts.words import Locale, catalogue, cut

MOST_NEWS = 12
"""So many things that stood out are told; how many more there are is said."""
STEPS = (80.0, 90.0, 95.0, 98.0)
"""Shares at which the map's tones change."""
_ALWAYS = ("on_duty", "workers", "visited", "grids", "average", "peak", "standing")


class Issue(NamedTuple):
    """What an issued brief is called: the n-th of its year; `corrects` another of the year, 0: none; 0: not issued.

    `missed`: it was issued after its time, because nobody was there.
    """

    year: int = 0
    number: int = 0
    corrects: int = 0
    missed: bool = False


def document(brief: Brief, city: City, book: Book, locale: Locale, issue: Issue = Issue()) -> Document:  # noqa: B008
    """The whole document."""
    return _Writer(brief, city, book, locale).document(issue)


class _Writer:
    def __init__(self, brief: Brief, city: City, book: Book, locale: Locale) -> None:
        self.brief, self.city, self.book, self.locale = brief, city, book, locale
        self.words = catalogue(locale)
        regions = english_names(city) if locale == "en" else {r.code: r.name for r in city.regions.districts}
        self.names: Mapping[str, Mapping[str, str]] = {
            "region": regions,
            "department": {one.key: getattr(one.name, locale) for one in city.departments},
            "category": {key: getattr(name, locale) for key, name in city.category_names.items()},
        }

    def say(self, key: str, *parts: object) -> str:
        return self.words["brief." + key].format(*parts)

    def name(self, dimension: str, key: str) -> str:
        return self.names[dimension].get(key) or key or self.say("other")

    def wide(self, zh: tuple[float, ...], en: tuple[float, ...]) -> tuple[float, ...]:
        return zh if self.locale == "zh" else en

    def kpi_name(self, code: str) -> str:
        return str(getattr(self.book.kpis[code].name, self.locale))

    def value(self, code: str, row: Row) -> str:
        return numbers.value(self.book.kpis[code], row)

    def document(self, issue: Issue) -> Document:
        head, brief = self.city.brief, self.brief
        day = numbers.day(city_day(brief.made), self.words)
        number = self.say("number", issue.year, issue.number) if issue.number else self.say("preview")
        said = {
            name: str(getattr(getattr(head, name), self.locale)) for name in ("title", "issuer", "signed", "printed")
        }
        copies = self.say("comma").join(str(getattr(label, self.locale)) for label in head.copies)
        lines = (("copies", copies), ("printed", self.say("printed.on", said["printed"], day)))
        return Document(
            self.words["brief.lang"], said["title"], number, self.period(), said["issuer"], day,
            self.say("signed", said["signed"]), (*self.remarks(issue), *self.sections()),
            self.say(*lines[0]) if copies else "", lines[1][1], f"{said['title']} {number} {self.period()}",
        )  # fmt: skip

    def period(self) -> str:
        first, last = self.brief.days
        days = self.say("days", *(numbers.day(day, self.words) for day in (first, last)))
        if self.brief.partial:
            return self.say("until", numbers.day(first, self.words) if first == last else days, self.clock())
        return self.say("day", numbers.day(first, self.words)) if first == last else days

    def clock(self) -> str:
        return numbers.moment(self.brief.end, self.words)

    def remarks(self, issue: Issue) -> Iterator[Block]:
        if issue.corrects:
            yield Paragraph(self.say("corrects", self.say("number", issue.year, issue.corrects)))
        if issue.missed:
            yield Paragraph(self.say("missed", numbers.moment(self.brief.made, self.words)))

    def sections(self) -> Iterator[Block]:
        parts = (
            ("headline", self.headline), ("news", self.news), ("cases", self.cases), ("districts", self.districts),
            ("departments", self.departments), ("categories", self.categories), ("rated", self.rated),
            ("outlook", self.outlook), ("live", self.live),
        )  # fmt: skip
        for n, (key, part) in enumerate(parts):
            yield Heading(self.say("section", self.words["brief.numerals"].split()[n], self.say("section." + key)))
            yield from part()
        yield Paragraph(self.say("notes", numbers.moment(self.brief.made, self.words)), note=True)

    def headline(self) -> Iterator[Block]:
        rows = {code: each.now for code, each in self.brief.headline.items()}

        def rate(code: str) -> str:
            return self.say("rate", self.value(code, rows[code]), numbers.parts(self.book.kpis[code], rows[code]))

        values = [self.value(code, rows[code]) for code in ("reported", "closed")]
        rates = [rate(code) for code in ("closure_rate", "ontime_rate", "satisfaction")]
        rest = self.value("overdue_open", rows["overdue_open"]), self.value("time_to_close", rows["time_to_close"])
        yield Paragraph(self.say("summary", self.period(), *values, *rates, *rest))
        yield self.compared()
        if any(each.before is None or each.year is None for each in self.brief.headline.values()):
            yield Paragraph(self.say("no.data"), note=True)

    def compared(self) -> Table:
        one_day = self.brief.days[0] == self.brief.days[1]
        before, year = ("before.day", "year.day") if one_day else ("before.days", "year.days")
        head = tuple(self.say(key) for key in ("indicator", "value", "parts", "target", before, year))
        rows = []
        for code in HEADLINE:
            kpi, each = self.book.kpis[code], self.brief.headline[code]
            unit = str(getattr(self.book.units[kpi.unit], self.locale))
            name = self.say("with.unit", self.kpi_name(code), unit) if kpi.kind != "rate" else self.kpi_name(code)
            changes = (numbers.change(kpi, each.now, other, self.words) for other in (each.before, each.year))
            told = numbers.value(kpi, each.now), numbers.parts(kpi, each.now) or numbers.DASH, numbers.target(kpi)
            rows.append(Line((name, *told, *changes)))
        return Table(self.say("table.headline"), head, tuple(rows), (22, 12, 17, 11, 19, 19))

    def news(self) -> Iterator[Block]:
        news = self.brief.news
        if not news.tested:
            yield Paragraph(self.say("news.short", news.days))
            return
        if not news.found:
            yield Paragraph(self.say("news.none", news.days, news.tested))
        for n, found in enumerate(news.found[:MOST_NEWS], 1):
            yield Paragraph(self.say("item", n, self.found(found)))
        if len(news.found) > MOST_NEWS:
            yield Paragraph(self.say("news.more", len(news.found) - MOST_NEWS))
        yield Paragraph(self.say("news.how", news.days, news.tested, news.small), note=True)

    def found(self, one: Found) -> str:
        names = [self.name(dimension, key) for dimension, key in one.group.items()]
        who = self.say("pair", *names) if len(names) == 2 else names[0]
        method = "method." + one.method.replace(" ", "_").replace("-", "_").lower()
        test = self.say("test", self.say(method), numbers.p_value(one.q))
        return self.rate_found(one, who, test) if one.kind == "rate" else self.share_found(one, who, test)

    def rate_found(self, one: Found, who: str, test: str) -> str:
        ratio = self.say("from.nothing")
        if one.before:
            high = "∞" if one.high is None else f"{one.high:.1f}"
            ratio = self.say("ratio", f"{one.now / one.before:.1f}", f"{one.low:.1f}", high)
        return self.say("news.rate", who, f"{one.num:,}", f"{one.expected:,.1f}", ratio, test)

    def share_found(self, one: Found, who: str, test: str) -> str:
        gap, ends = 100 * (one.now - one.before), (one.low, one.high or 0.0)
        shares = f"{cut(100 * one.now)}%", f"{one.num:,}/{one.den:,.0f}", f"{cut(100 * one.before)}%", f"{abs(gap):.1f}"
        key, interval = "news.lower" if gap < 0 else "news.higher", (numbers.signed(100 * end, 1) for end in ends)
        return self.say(key, who, self.kpi_name(one.code), *shares, *interval, test)

    def cases(self) -> Iterator[Block]:
        for key, cases in (("overdue", self.brief.overdue), ("supervised", self.brief.supervised)):
            yield Paragraph(self.say(key if cases.total else key + ".none", f"{cases.total:,}", len(cases.worst)))
            if cases.worst:
                yield self.listed(key, cases)

    def listed(self, key: str, cases: Cases) -> Table:
        head = tuple(self.say(name) for name in ("case", "title", "place", "department", "late"))
        rows = tuple(Line(self.case(one)) for one in cases.worst)
        return Table(
            self.say("table." + key), head, rows, self.wide((23, 27, 24, 13, 13), (22, 25, 24, 16, 13)), texts=4
        )

    def case(self, one: Listed) -> tuple[str, ...]:
        late = numbers.late(one.due, self.brief.end, self.words)
        where = self.city.regions.place(one.region) or numbers.DASH
        return one.id, one.title, where, self.name("department", one.department), late

    def groups(self, dimension: str, groups: list[Group]) -> Table:
        head = (self.say(dimension), *(self.short(code) for code in TABLE))
        rows = [(self.name(dimension, g.key), g.rows) for g in groups]
        lines = [Line((name, *(self.value(code, found[code]) for code in TABLE))) for name, found in rows]
        total = (self.value(code, self.brief.headline[code].now) for code in TABLE)
        lines.append(Line((self.say("total"), *total), total=True))
        return Table(
            self.say("table." + dimension),
            head,
            tuple(lines),
            self.wide((22, 9, 9, 14, 15, 12, 11, 14), (19, 13, 10, 13, 13, 12, 11, 15)),
        )

    def short(self, code: str) -> str:
        return self.say("short." + code)

    def districts(self) -> Iterator[Block]:
        ontime = self.book.kpis["ontime_rate"]
        rows = {g.key: g.rows["ontime_rate"] for g in self.brief.districts}
        values = {key: (figure(ontime, row).value, numbers.value(ontime, row)) for key, row in rows.items()}
        ends = [f"{step:.0f}" for step in STEPS]
        between = (self.say("between", *pair) for pair in pairwise(ends))
        legend = (self.say("below", ends[0]), *between, self.say("from", ends[-1]))
        yield choropleth(self.city, self.locale, values, self.say("map"), STEPS, legend, self.say("map.none"))
        yield self.groups("region", self.brief.districts)

    def departments(self) -> Iterator[Block]:
        yield self.groups("department", self.brief.departments)

    def categories(self) -> Iterator[Block]:
        yield self.groups("category", self.brief.categories)

    def rated(self) -> Iterator[Block]:
        row = self.brief.headline["satisfaction"].now
        found = figure(self.book.kpis["satisfaction"], row)
        if found.low is None or found.high is None:
            yield Paragraph(self.say("rated.none"))
            return
        parts = numbers.count(row["den"]), numbers.count(row["num"]), self.value("satisfaction", row)
        yield Paragraph(self.say("rated", *parts, f"{found.low:.2f}", f"{found.high:.2f}"))

    def outlook(self) -> Iterator[Block]:
        days = self.brief.outlook
        if not days:
            yield Paragraph(self.say("outlook.none"))
            return
        head = tuple(self.say(key) for key in ("date.head", "weekday", "expected", "interval"))
        names = [(numbers.day(d.day, self.words, short=True), self.weekday(d.day, d.works)) for d in days]
        spans = [(f"{d.mean:,.0f}", f"{d.low:,}—{d.high:,}") for d in days]
        lines = tuple(Line((*name, *span)) for name, span in zip(names, spans, strict=True))
        yield Table(self.say("table.outlook"), head, lines, (30, 30, 20, 20), texts=2)
        yield Paragraph(self.say("outlook.how"), note=True)

    def weekday(self, iso: str, works: bool) -> str:
        return self.say("worked" if works else "off", self.words[f"weekday.{numbers.weekday(iso)}"])

    def live(self) -> Iterator[Block]:
        live = self.brief.live
        if live is None:
            yield Paragraph(self.say("live.none"))
            return
        figures = {**live.workers, **live.alarms}
        said = [numbers.count(figures.get(key)) for key in _ALWAYS if key != "average"]
        average = figures.get("average")
        said.insert(_ALWAYS.index("average"), numbers.DASH if average is None else f"{average:.2f}")
        yield Paragraph(self.say("live", numbers.moment(live.at, self.words), *said))
