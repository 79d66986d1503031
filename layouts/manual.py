"""The page of examples (接口示例) for whoever connects a system: what to run for each way in, with this address in it.

The examples are `manual/*.txt`, one a way and language; `assets/wall/office/docs.mjs` copies them.
"""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from typing import Final

from layouts.office import office
from layouts.words import Locale, Words, catalogue

WAYS: Final = ("event", "batch", "binary", "owntracks", "osmand", "cap", "open311", "read")
TONGUES: Final = {"curl": "curl", "python": "Python"}
STATUSES: Final = ("202", "401", "413", "422", "429", "503")
WORDS: Final = ("docs.copy", "docs.copied")
_FOLDER: Final = Path(__file__).with_name("manual")


def page(here: str, locale: Locale) -> str:
    """The page for a server at the address `here`."""
    words = catalogue(locale)
    body = "".join((_begin(here, words), *(_way(way, words) for way in WAYS), _answers(words)))
    return office("docs", locale, f"<article class=of-docs>{body}</article>", WORDS)


@cache
def example(way: str, tongue: str) -> str:
    """One example; it takes address and token from the environment."""
    return (_FOLDER / f"{way}.{tongue}.txt").read_text(encoding="utf-8").strip()


def _said(words: Words, key: str) -> str:
    return escape(words[f"docs.{key}"])


def _begin(here: str, words: Words) -> str:
    steps = "".join(f"<li>{_said(words, f'begin.{n}')}</li>" for n in (1, 2, 3))
    commands = f"python app.py token hotline-12345\npython app.py doctor\n\nexport WALL={here}\nexport TOKEN=…"
    return (
        f"<section><h2>{_said(words, 'begin')}</h2><ol>{steps}</ol>{_code('bash', commands, words)}"
        f'<p><a href="/openapi.json">/openapi.json</a> {_said(words, "openapi")}</p></section>'
    )


def _way(way: str, words: Words) -> str:
    codes = "".join(_code(tongue, example(way, tongue), words) for tongue in TONGUES)
    return f'<section id="{way}"><h2>{_said(words, way)}</h2><p>{_said(words, f"{way}.note")}</p>{codes}</section>'


def _code(tongue: str, text: str, words: Words) -> str:
    copy = f'<button class="btn sm" type="button" data-copy>{_said(words, "copy")}'
    return (
        f"<figure><figcaption>{TONGUES.get(tongue, tongue)}{copy}"
        f'</button></figcaption><pre data-tongue="{tongue}">{escape(text)}</pre></figure>'
    )


def _answers(words: Words) -> str:
    rows = "".join(
        f"<tr><td>{status}</td><td>{_said(words, f'status.{status}')}</td>"
        f"<td><code>{escape(ANSWERS[status])}</code></td></tr>"
        for status in STATUSES
    )
    heads = "".join(f"<th>{_said(words, key)}</th>" for key in ("status", "meaning", "answer"))
    return (
        f"<section><h2>{_said(words, 'answers')}</h2><table class=of-list><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></section>"
    )


ANSWERS: Final = {
    "202": '{"accepted": 1, "records": [{"id": "12345-1", "entry": "1773297128000-0"}], "refused": []}',
    "401": '{"error": {"field": "Authorization", "reason": "token is not known"}}',
    "413": '{"error": {"field": "body", "reason": "must be at most 4194304 bytes"}}',
    "422": '{"error": {"index": 1, "field": "data.lat", "value": "131.8", "reason": …}, "accepted": 0, …}',
    "429": 'Retry-After: 3   {"error": {"field": "rate", "reason": "more than 200 records a second; wait 2.4 s"}}',
    "503": 'Retry-After: 2   {"error": {"field": "", "reason": "the log did not take the records: …"}}',
}  # fmt: skip
