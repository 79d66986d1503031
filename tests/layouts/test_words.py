from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from dashboard.model import Duty, Role, Severity
from layouts.words import LOCALES, catalogue, choose

ROOT = Path(__file__).parents[2]
KEY = re.compile(r"""(?:\bt\(|\bwords\[|_word\(words, )\s*['"]([a-z_.:]+)['"]""")


def places(sentence: str) -> Counter[str]:
    return Counter(re.findall(r"\{\d\}", sentence))


def test_both_languages_have_the_same_keys() -> None:
    assert catalogue("zh").keys() == catalogue("en").keys()


def test_no_sentence_is_empty() -> None:
    assert [key for locale in LOCALES for key, said in catalogue(locale).items() if not said.strip()] == []


def test_english_holds_no_chinese() -> None:
    assert [key for key, said in catalogue("en").items() if re.search(r"[\u3400-\u9fff]", said)] == []


def test_both_languages_use_the_same_arguments() -> None:
    dates = {"time.date", "time.day"}  # an English month has a name, a Chinese one a number
    chinese, english = catalogue("zh"), catalogue("en")
    assert [key for key in chinese if key not in dates and places(chinese[key]) != places(english[key])] == []


@pytest.mark.parametrize("folder", ["assets/wall/**/*.mjs", "layouts/*.py"])
def test_every_key_the_code_names_has_words(folder: str) -> None:
    words = catalogue("zh")
    named = {key for path in ROOT.glob(folder) for key in KEY.findall(path.read_text(encoding="utf-8"))}
    assert named
    assert sorted(named - words.keys()) == []


def test_every_term_of_the_vocabulary_has_words() -> None:
    terms = [f"severity.{s.name}" for s in Severity]
    terms += [f"duty.{d.name}" for d in Duty] + [f"role.{r.name}" for r in Role]
    assert [term for term in terms if term not in catalogue("zh")] == []


@pytest.mark.parametrize(
    ("wanted", "locale"), [("en", "en"), ("EN-gb", "en"), ("zh-CN", "zh"), ("fr", "zh"), ("", "zh"), (None, "zh")]
)
def test_choose(wanted: str | None, locale: str) -> None:
    assert choose(wanted, "zh") == locale


def test_an_unknown_language_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="'fr'"):
        catalogue("fr")  # type: ignore[arg-type]  # the point of the test
