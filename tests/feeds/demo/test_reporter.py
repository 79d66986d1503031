"""A drawn matter: it names an item, and everything else about it goes by the category of the item."""

from __future__ import annotations

import pytest

from dashboard.cities import City
from dashboard.clock import from_rfc3339
from feeds.demo.dice import Dice
from feeds.demo.ground import Ground
from feeds.demo.matter import Matter, due_hours, usual_minutes
from feeds.demo.reporter import DEVICES_WATCH, Reporter
from feeds.demo.titles import PhraseBook, load_book

TEN = from_rfc3339("2026-11-18T10:00:00+08:00")


@pytest.fixture(scope="module")
def book(city: City) -> PhraseBook:
    return load_book(city.folder / "phrases.yaml")


@pytest.fixture(scope="module")
def matters(city: City, ground: Ground, book: PhraseBook) -> list[Matter]:
    reporter = Reporter(city, book, ground, Dice(3))
    return [reporter.draw(TEN + second * 1000) for second in range(1500)]


def test_what_is_reported_is_of_an_item(city: City, matters: list[Matter]) -> None:
    keys = {matter.category for matter in matters}
    assert keys <= city.items.keys()
    assert len(keys) > 35
    assert {m.category for m in matters if "共享单车" in m.title} == {"city_appearance.clutter"}


def test_limits_departments_and_calls_go_by_the_category(city: City, book: PhraseBook, matters: list[Matter]) -> None:
    usual = {category.key: category.department for category in city.categories}
    for m in matters:
        theme = book.categories[key := m.category.partition(".")[0]]
        assert m.first_department == usual[key]
        assert (m.due_h, m.minutes) == (due_hours(m.severity, theme.due_h), usual_minutes(m.severity, theme.minutes))
        assert m.whistle == (theme.whistle if m.severity in DEVICES_WATCH else [])
        assert theme.channels[m.channel]  # type: ignore[index]  # a channel of the book
