"""The page of dead letters (拒收数据): which there are, and beside them the frame in which one is opened and corrected.

The list needs no script; what is in a letter, and what is done with it, is `assets/wall/office/deadletters.mjs`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from dashboard.clock import CITY_ZONE
from layouts.office import office
from layouts.words import Locale, Words, catalogue

STATES: Final = ("open", "retried", "discarded", "all")
COLUMNS: Final = ("at", "source", "field", "why")
WORDS: Final = tuple(
    f"deadletters.{key}"
    for key in (
        "fine", "retried.as", "retried.by", "discarded.by", "wrong", "cut", "bytes", "no.frame", "no.source", "settled",
        "failed", "unnamed",
    )
)  # fmt: skip
"""What the script says."""


class Asked(NamedTuple):
    """Which letters a reader asks for; `before`: those older than this one."""

    source: str = ""
    field: str = ""
    state: str = "open"
    before: str = ""


def page(rows: Sequence[Mapping[str, Any]], after: str, asked: Asked, locale: Locale) -> str:
    """The page with these letters; `after`: before which letter those after them begin, if there are more."""
    words = catalogue(locale)
    body = f'{_filters(words, asked, rows)}<div class="of-split"><section>{_list(rows, words)}'
    links = [("newest", "")] * bool(asked.before) + [("older", after)] * bool(after)
    turns = "".join(
        f'<a class="btn" href="?{escape(urlencode(asked._replace(before=at)._asdict()))}">{_said(words, key)}</a>'
        for key, at in links
    )
    return office("deadletters", locale, f"{body}<p>{turns}</p></section>{_opened(words)}</div>", WORDS)


def _said(words: Words, key: str) -> str:
    return escape(words[f"deadletters.{key}"])


def _filters(words: Words, asked: Asked, rows: Sequence[Mapping[str, Any]]) -> str:
    texts = "".join(
        _text(words, name, getattr(asked, name), {row[name] for row in rows}) for name in ("source", "field")
    )
    states = "".join(
        f'<option value="{state}"{" selected" * (state == asked.state)}>{_said(words, f"state.{state}")}</option>'
        for state in STATES
    )
    pick = f'<label>{_said(words, "state")}<select name="state">{states}</select></label>'
    show = f'<button class="btn pri">{_said(words, "show")}</button>'
    return f'<form class="of-bar">{texts}{pick}{show}</form>'


def _text(words: Words, name: str, value: str, known: set[str]) -> str:
    """A field to type in, with what the list has to choose from."""
    options = "".join(f'<option value="{escape(one)}">' for one in sorted(known) if one)
    return (
        f'<label>{_said(words, name)}<input name="{name}" value="{escape(value)}" list="known-{name}" maxlength="512">'
        f'</label><datalist id="known-{name}">{options}</datalist>'
    )


def _list(rows: Sequence[Mapping[str, Any]], words: Words) -> str:
    if not rows:
        return f"<p class=of-none>{_said(words, 'none')}</p>"
    heads = "".join(f"<th>{_said(words, key)}</th>" for key in COLUMNS)
    lines = "".join(_row(row, words) for row in rows)
    return f"<table class=of-list><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"


def _row(row: Mapping[str, Any], words: Words) -> str:
    at = f"{datetime.fromtimestamp(row['at_ms'] / 1000, CITY_ZONE):%m-%d %H:%M:%S}"
    state = "" if row["state"] == "open" else f'<span class="chip">{_said(words, "state." + row["state"])}</span>'
    wrong = f"<b>{escape(row['value'][:40])}</b> {escape(row['reason'][:300])}"
    return (
        f'<tr data-letter="{escape(row["id"])}"><td><button type="button">{at}</button></td>'
        f"<td>{escape(row['source'][:60])}</td><td>{escape(row['field'][:60])}</td><td>{wrong} {state}</td></tr>"
    )


def _opened(words: Words) -> str:
    """The frame of one letter; the script shows it."""
    facts = "".join(
        f'<dt>{_said(words, name)}</dt><dd data-slot="{name}"></dd>'
        for name in ("id", "at", "source", "place", "field", "value", "why", "outcome")
    )
    kinds = {"check": "btn", "retry": "btn pri", "discard": "btn"}
    deeds = "".join(
        f'<button class="{kind}" type="button" data-deed="{deed}">{_said(words, deed)}</button>'
        for deed, kind in kinds.items()
    )
    return (
        f'<aside class="of-letter" data-slot="letter" hidden><dl>{facts}</dl>'
        f'<label class="of-sent">{_said(words, "content")}<span data-slot="size"></span>'
        f'<textarea data-slot="content" spellcheck="false" rows="16"></textarea></label>'
        f'<label class="of-why">{_said(words, "reason")}<input data-slot="reason" maxlength="500"></label>'
        f'<div class="of-deeds">{deeds}</div><output data-slot="said" role="status"></output></aside>'
    )
