"""The page of briefs: one can be made now for any days; below, the issues, the newest first. Links and forms only."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboard.briefshelf import FORMATS, Issued
from layouts.brief import numbers
from layouts.office import office
from layouts.words import Locale, Words, catalogue

WORDS = ("brief.issuing", "brief.no.taken", "brief.no.other", "brief.correct.ask")


def listing(issues: Sequence[Issued], locale: Locale, day: str, latest: str, at: str) -> str:
    """The page; `day` is what the pickers start with, `latest` the last day they offer, `at` when issues are made."""
    words = catalogue(locale)
    when = words["brief.at"].format(at) if at else words["brief.at.never"]
    rows = "".join(_row(one, words) for one in issues)
    heads = "".join(f"<th>{escape(words[f'brief.list.{key}'])}</th>" for key in ("number", "days", "issued", "open"))
    shelf = (
        f"<table class=of-list><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        if issues
        else f"<p class=of-none>{escape(words['brief.list.none'])}</p>"
    )
    note = f"<p class=of-note>{escape(when)}</p>"
    return office("brief", locale, f"{_form(words, day, latest)}<section>{note}{shelf}</section>", WORDS)


def _form(words: Words, day: str, latest: str) -> str:
    """Previews need no script; issuing does."""
    picks = "".join(
        f"<label>{escape(words[f'brief.{name}.label'])}"
        f'<input type="date" name="{name}" value="{day}" max="{latest}" required></label>'
        for name in ("from", "to")
    )
    shows = "".join(
        f'<button class="btn" name="format" value="{form}">{escape(words[f"brief.preview.{form}"])}</button>'
        for form in FORMATS
    )
    issue = f'<button class="btn pri" type="button" data-slot="issue">{escape(words["brief.issue"])}</button>'
    return (
        f'<form class="of-bar" action="/api/briefs/preview" target="_blank">{picks}<span class="of-sp"></span>{shows}'
        f'{issue}<output data-slot="said" role="status"></output></form>'
    )


def _row(one: Issued, words: Words) -> str:
    first, last = (numbers.day(day, words) for day in (one.first, one.last))
    days = first if one.first == one.last else words["brief.days"].format(first, last)
    marks = [words["brief.mark.missed"]] * one.missed
    if one.corrects:
        marks.append(words["brief.mark.corrects"].format(words["brief.number"].format(one.year, one.corrects)))
    if one.brief.partial:
        marks.append(words["brief.mark.partial"])
    said = "".join(f'<span class="chip">{escape(mark)}</span>' for mark in marks)
    files = "".join(f'<a class="btn sm" href="/api/briefs/{one.id}.{form}">{form.upper()}</a>' for form in FORMATS)
    number = words["brief.number"].format(one.year, one.number)
    return (
        f'<tr data-issue="{one.id}"><td><b>{escape(number)}</b></td><td>{escape(days)} {said}</td>'
        f"<td>{escape(numbers.moment(one.issued, words))}</td><td>{files}</td></tr>"
    )
