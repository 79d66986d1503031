"""The document of a page for a desk that needs no live link: its styles, its words for the browser, its one script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from layouts.config import embed
from layouts.words import Locale, catalogue

STYLES = ("/assets/1-tokens.css", "/assets/2-components.css", "/assets/wall/office/office.css")
PAGES = ("brief", "assessment", "deadletters", "feeds", "docs")


def office(page: str, locale: Locale, body: str, words: Sequence[str] = ()) -> str:
    """The HTML of the page named `page`, whose script is `assets/wall/office/PAGE.mjs`; `words`: what that says."""
    said = catalogue(locale)
    styles = "".join(f'<link rel="stylesheet" href="{style}">' for style in STYLES)
    links = "".join(
        f'<a href="/{name}"{" aria-current=page" * (name == page)}>{escape(said[f"{name}.page"])}</a>' for name in PAGES
    )
    other, tongue = ("en", "English") if locale == "zh" else ("zh", "中文")
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if locale == "zh" else "en"}" data-theme="day"><head>'
        f'<meta charset="utf-8"><link rel="icon" href="data:,">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(said[f'{page}.page'])}</title>{styles}"
        f'<script type="application/json" id="words">{embed({key: said[key] for key in words})}</script>'
        f'<script type="module" src="/assets/wall/office/{page}.mjs"></script></head>'
        f'<body class="office" data-page="{page}"><header class="of-top"><h1>{escape(said[f"{page}.page"])}</h1>'
        f'<nav>{links}</nav><a class="of-lang" href="?lang={other}">{tongue}</a></header><main>{body}</main>'
        "</body></html>\n"
    )
