"""The assessment in words: the page with a table of scores, each opening its reasons; the same as rows for a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Final

from dashboard.assessment import Period, Reason, Score
from dashboard.kpibook import Book
from dashboard.scoresheet import Item, Sheets
from layouts.brief import numbers
from layouts.office import office
from layouts.words import Locale, catalogue

MOST: Final = 200
"""So many lines a page has; a file has all."""
COLUMNS: Final = ("rank", "who", "total", "stars", "reasons")
Who = Callable[[str], str]
"""A key → a name."""


class Sayer:
    """What is said of scores by one sheet, in one language."""

    def __init__(self, sheets: Sheets, key: str, book: Book, locale: Locale) -> None:
        self.sheets, self.key, self.sheet, self.book = sheets, key, sheets.sheets[key], book
        self.words, self.locale = catalogue(locale), locale

    def say(self, key: str, *parts: object) -> str:
        """A sentence of the catalogue."""
        return self.words[f"assessment.{key}"].format(*parts)

    def reasons(self, score: Score) -> Iterator[str]:
        """Why so many points, an item a line."""
        for item, reason in zip(self.sheet.items, score.items, strict=True):
            yield self._item(item, reason)
        if score.total is not None and score.judged < 100:
            yield self.say("scaled", f"{score.judged:g}")
        for extra, reason in zip(self.sheet.extras, score.extras, strict=True):
            if reason.why == "extra":
                said = self._told(reason)
                yield self.say("extra", *said, numbers.signed(reason.points or 0, 2), f"{extra.cap:g}")

    def _item(self, item: Item, reason: Reason) -> str:
        name, value, parts = self._told(reason)
        if reason.why == "nothing":
            return self.say("nothing", name, f"{item.weight:g}")
        if reason.points is None:
            return self.say("small", name, value, parts, f"{item.weight:g}")
        lines = (self._unit(item.kpi, f"{end:g}") for end in (item.full, item.none))
        lost = item.weight - reason.points
        return self.say("scored", name, value, parts, *lines, f"{reason.points:.2f}", f"{item.weight:g}", f"{lost:.2f}")

    def _told(self, reason: Reason) -> tuple[str, str, str]:
        """The indicator's name, its value with unit, and what that is made of."""
        kpi = self.book.kpis[reason.kpi]
        plain = numbers.value(kpi, reason.row).removesuffix(numbers.SMALL)
        value = plain if kpi.kind == "rate" else self._unit(reason.kpi, plain)
        parts = numbers.parts(kpi, reason.row)
        if kpi.kind == "duration":
            parts = self.say("cases", parts)
        bracket = self.words["brief.rate"].format("", parts).strip() if parts else ""
        return str(getattr(kpi.name, self.locale)), value, bracket if self.locale == "zh" else f" {bracket}".rstrip()

    def _unit(self, code: str, number: str) -> str:
        kpi = self.book.kpis[code]
        unit = str(getattr(self.book.units[kpi.unit], self.locale))
        return f"{number}{unit}" if self.locale == "zh" or unit == "%" else f"{number} {unit}"

    def rows(self, scores: Sequence[Score], who: Who) -> Iterator[list[str | float | None]]:
        """A table for a file: a head, then a line each; an item's points, and the reasons in words."""
        codes = [item.kpi for item in self.sheet.items]
        names = [str(getattr(self.book.kpis[code].name, self.locale)) for code in codes]
        heads = [self.say(key) for key in ("rank", "worker", "who", "total", "stars")]
        yield [*heads, *names, self.say("reasons")]
        for one in scores:
            points = [reason.points for reason in one.items]
            yield [one.rank, one.key, who(one.key), one.total, one.stars, *points, "\n".join(self.reasons(one))]

    def page(self, scores: Sequence[Score], who: Who, chosen: Period, periods: Sequence[str]) -> str:
        """The page."""
        lines = "".join(self._line(one, who(one.key)) for one in scores[:MOST])
        heads = "".join(f'<th><button type="button">{escape(self.say(key))}</button></th>' for key in COLUMNS[:4])
        head = f"<thead><tr>{heads}<th>{escape(self.say(COLUMNS[4]))}</th></tr></thead>"
        table = f'<table class="of-list" data-slot="scores">{head}<tbody>{lines}</tbody></table>'
        if not scores:
            table = f"<p class=of-none>{escape(self.say('none'))}</p>"
        more = self.say("more", MOST, f"{len(scores):,}") if len(scores) > MOST else ""
        note = f"<p class=of-note>{escape(self.say('asof', self.period(chosen.key)))} {escape(more)}</p>"
        return office("assessment", self.locale, f"{self._form(chosen.key, periods)}<section>{note}{table}</section>")

    def period(self, key: str) -> str:
        """A period by name."""
        year, _, part = key.partition("-")
        if part.startswith("Q"):
            return self.say("quarter", year, part[1:])
        return self.say("month", year, part) if part else self.say("year", year)

    def _form(self, chosen: str, periods: Sequence[str]) -> str:
        of = [(key, str(getattr(sheet.name, self.locale))) for key, sheet in self.sheets.sheets.items()]
        picks = _select("of", self.say("sheet"), of, self.key)
        when = _select("period", self.say("period"), [(key, self.period(key)) for key in periods], chosen)
        files = "".join(
            f'<a class="btn" href="/api/assessment?of={self.key}&amp;period={chosen}&amp;format={form}">'
            f"{escape(self.say(form))}</a>"
            for form in ("csv", "xlsx")
        )
        show = f'<button class="btn pri">{escape(self.say("show"))}</button>'
        return f'<form class="of-bar">{picks}{when}{show}<span class="of-sp"></span>{files}</form>'

    def _line(self, one: Score, name: str) -> str:
        reasons = "".join(f"<li>{escape(line)}</li>" for line in self.reasons(one))
        opened = f"<details><summary>{escape(self.say('open'))}</summary><ul>{reasons}</ul></details>"
        rank = "—" if one.rank is None else f"{one.rank}" + (f" {escape(self.say('tied'))}" if one.tied else "")
        total = escape(self.say("unjudged")) if one.total is None else f"<b>{one.total:.2f}</b>"
        stars = "—" if one.stars is None else "★" * one.stars + "☆" * (5 - one.stars)
        small = ' class="small"' if one.total is None else ""
        return (
            f'<tr{small}><td class=n data-value="{one.rank or 1e9:g}">{rank}</td><td>{escape(name)}</td>'
            f'<td class=n data-value="{-1 if one.total is None else one.total}">{total}</td>'
            f'<td class=of-stars data-value="{-1 if one.stars is None else one.stars}">{stars}</td>'
            f"<td>{opened}</td></tr>"
        )


def _select(name: str, label: str, options: Sequence[tuple[str, str]], chosen: str) -> str:
    listed = "".join(
        f'<option value="{escape(key)}"{" selected" * (key == chosen)}>{escape(said)}</option>' for key, said in options
    )
    return f'<label>{escape(label)}<select name="{name}">{listed}</select></label>'
