"""The wall's own words, Chinese and English, one catalogue a language (`locale/*.json`).

Holds the lookup only; names that belong to a city (districts, channels, departments) come from the city pack.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal

Locale = Literal["zh", "en"]
Words = Mapping[str, str]
"""key → sentence; `{0}`, `{1}` … stand for arguments."""

LOCALES: Final[tuple[Locale, ...]] = ("zh", "en")
_FOLDER = Path(__file__).with_name("locale")


@cache
def catalogue(locale: Locale) -> Words:
    """All words of one language. Raises KeyError for a language there is no catalogue of."""
    if locale not in LOCALES:
        raise KeyError(f"no catalogue for {locale!r}; there are {', '.join(LOCALES)}")
    words: dict[str, str] = json.loads((_FOLDER / f"{locale}.json").read_text(encoding="utf-8"))
    return words


def choose(wanted: str | None, default: Locale) -> Locale:
    """The locale for a request that asks for `wanted` (`?lang=en`, `en-GB`, None), else `default`."""
    for locale in LOCALES:
        if wanted and wanted.lower().split("-")[0] == locale:
            return locale
    return default


def cut(percent: float) -> str:
    """A percentage with two decimals, never rounded up: 99.996 % is not 100.00 %."""
    return f"{int(percent * 100 + 1e-9) / 100:.2f}"
