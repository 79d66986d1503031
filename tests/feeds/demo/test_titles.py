from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.cities import City
from dashboard.model import SeverityName, Step
from feeds.demo.dice import Dice
from feeds.demo.titles import MAX_TITLE, MIN_TITLE, SEVERITIES, PhraseBook, Writer, expand, load_book, parse

LEFT_OVER = re.compile(r"[\[\]<>|@§{}=/]")


@pytest.fixture(scope="module")
def book(city: City) -> PhraseBook:
    return load_book(city.folder / "phrases.yaml")


def phrases(book: PhraseBook) -> list[tuple[str, bool]]:
    return [
        (text, name.startswith("iot"))
        for theme in book.categories.values()
        for name in (*SEVERITIES, "iot", "iot_serious", "iot_major", "iot_urgent")
        for text in getattr(theme, name)
    ]


def test_every_category_has_phrases(city: City, book: PhraseBook) -> None:
    assert {c.key for c in city.categories} == set(book.categories)
    assert all(len(theme.normal) >= 7 for theme in book.categories.values())


def test_every_phrase_comes_out_whole_and_of_the_right_length(book: PhraseBook) -> None:
    dice = Dice(1)
    for text, _ in phrases(book):
        for _ in range(40):
            title = expand(parse(text).text, dice).replace("§", "工人新村")
            assert not LEFT_OVER.search(title), text
            assert MIN_TITLE <= len(title) <= MAX_TITLE, (text, title)


def test_departments_and_devices_are_known(city: City, book: PhraseBook) -> None:
    departments = {d.key for d in city.departments}
    for text, seen in phrases(book):
        phrase = parse(text)
        assert not phrase.department or phrase.department in departments, text
        assert bool(phrase.device) == seen == ("感" in phrase.tags), text
    assert {d for theme in book.categories.values() for d in theme.whistle} <= departments


def test_a_severity_that_can_happen_can_be_said(book: PhraseBook) -> None:
    writer = Writer(book, Dice(1))
    for key, theme in book.categories.items():
        for severity, share in zip(SEVERITIES, theme.severity, strict=True):
            if share:
                assert writer.say(key, severity, "工人新村", seen=False, village=False, night=False), (key, severity)


def test_there_are_notes_for_every_step_and_spots_for_every_place(book: PhraseBook) -> None:
    assert {str(s) for s in Step} - set(book.notes) == {"reported", "merged", "cancelled", "paused", "resumed"}
    assert all(spot + kind in book.spots for spot in "楼路店企水园校田" for kind in "城村")


@pytest.mark.parametrize(("village", "night", "absent"), [(True, False, "城夜"), (False, True, "村昼")])
def test_phrases_fit_place_and_hour(book: PhraseBook, village: bool, night: bool, absent: str) -> None:
    fitting = [parse(text) for text, _ in phrases(book) if parse(text).fits(village, night)]
    assert len(fitting) > 60
    assert not any(p.tags & set(absent) for p in fitting)


def test_titles_vary(book: PhraseBook) -> None:
    writer = Writer(book, Dice(1))
    severity: SeverityName = "normal"
    said = [writer.say("dispute", severity, f"{n}村", seen=False, village=True, night=False) for n in range(200)]
    assert len({saying.title for saying in said if saying}) > 110


def test_about_means_a_round_number() -> None:
    dice = Dice(1)
    said = {expand("约<20-90>人", dice) for _ in range(50)}
    assert all(int(text[1:-1]) % 5 == 0 for text in said)


def test_an_unknown_tag_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown tags"):
        parse("路灯不亮 @街")


def test_a_missing_book_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"cannot be read: phrases\.yaml"):
        load_book(tmp_path / "phrases.yaml")
