"""Pages without a live link: in the language asked for, with their words and no more."""

from __future__ import annotations

import json
import re

import pytest

from layouts.office import PAGES, office
from layouts.words import LOCALES, Locale, catalogue


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_its_script_and_a_way_to_the_others(page: str, locale: Locale) -> None:
    found = office(page, locale, "<p>x</p>", ("brief.issuing",))
    assert f"/assets/wall/office/{page}.mjs" in found
    assert [name for name in PAGES if f'href="/{name}"' not in found] == []
    assert f'href="/{page}" aria-current=page' in found
    words = re.search(r'id="words">(.*?)</script>', found)
    assert words is not None
    assert json.loads(words[1]) == {"brief.issuing": catalogue(locale)["brief.issuing"]}
    assert f'lang="{ {"zh": "zh-CN", "en": "en"}[locale] }"' in found
