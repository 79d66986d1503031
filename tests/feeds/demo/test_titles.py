from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from dashboard.cities import City
from dashboard.model import SeverityName, Step
from feeds.demo.dice import Dice
from feeds.demo.titles import MAX_TITLE, MIN_TITLE, SEVERITIES, PhraseBook, Writer, expand, load_book, parse

LEFT_OVER = re.compile(r"[\[\]<>|@#§{}=/]")


@pytest.fixture(scope="module")
def book(city: City) -> PhraseBook:
    return load_book(city.folder / "phrases.yaml")


def phrases(book: PhraseBook, category: str = "") -> list[tuple[str, bool]]:
    return [
        (text, name.startswith("iot"))
        for key, theme in book.categories.items()
        if category in ("", key)
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


def test_every_phrase_names_an_item_and_every_item_is_spoken_of(city: City, book: PhraseBook) -> None:
    parsed = [(key, parse(text)) for key in book.categories for text, _ in phrases(book, key)]
    assert [phrase.text for _, phrase in parsed if not phrase.item] == []
    assert {phrase.category(key) for key, phrase in parsed} == city.items.keys()


@pytest.mark.parametrize(
    ("tags", "department", "device", "item"),
    [
        (" @路城=agriculture/camera#garbage", "agriculture", "camera", "garbage"),
        (" @路#garbage", "", "", "garbage"),
        (" @#fire_safety", "", "", "fire_safety"),
        (" @=fire#gas", "fire", "", "gas"),
        (" @路/camera", "", "camera", ""),
        ("", "", "", ""),
    ],
)
def test_tags_are_taken_apart(tags: str, department: str, device: str, item: str) -> None:
    phrase = parse(f"路灯不亮{tags}")
    assert (phrase.text, phrase.department, phrase.device, phrase.item) == ("路灯不亮", department, device, item)
    assert phrase.category("public_facility") == "public_facility" + (f".{item}" if item else "")


@pytest.mark.parametrize(
    "tags",
    [
        "#noise", " #noise", " @路 #noise", " @路#noise=fire", " @路#Noise", " @路#", " @路#a#b", " @路#a.b", " @路=#a",
        "@路", " @路/a=b",
    ],
)  # fmt: skip
def test_a_book_with_broken_tags_names_the_phrase(city: City, tmp_path: Path, tags: str) -> None:
    text = (city.folder / "phrases.yaml").read_text(encoding="utf-8")
    told = "小区消防通道长期被私家车占用，物业多次劝离无果"
    broken = "\n".join(f'      - "{told}{tags}"' if told in line else line for line in text.splitlines())
    (tmp_path / "phrases.yaml").write_text(broken, encoding="utf-8")
    with pytest.raises(ValueError, match=f"phrase '{told}{tags}': not of the form"):
        load_book(tmp_path / "phrases.yaml")


def test_what_is_said_is_of_the_item_or_else_of_the_category(book: PhraseBook) -> None:
    theme = msgspec.structs.replace(book.categories["labour"], normal=["包工头失联多日，工人工资未结清 @企#wages"])
    for text, key in ((theme.normal[0], "labour.wages"), (theme.normal[0].partition("#")[0], "labour")):
        plain = msgspec.structs.replace(theme, normal=[text])
        writer = Writer(msgspec.structs.replace(book, categories={"labour": plain}), Dice(1))
        saying = writer.say("labour", "normal", "工人新村", seen=False, village=False, night=False)
        assert saying is not None
        assert saying.category == key


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
