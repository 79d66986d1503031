from __future__ import annotations

import re
from pathlib import Path

import pytest
from dash.development.base_component import Component

from layouts import console_screen, ids
from layouts.words import LOCALES, Locale, catalogue

ROOT = Path(__file__).parents[2]
CONSOLE = ROOT / "assets" / "wall" / "console"


def slots(*columns: Component) -> list[str]:
    parts = [part for column in columns for part in (column, *column._traverse())]
    return [value for part in parts if isinstance(value := getattr(part, "data-slot", None), str)]


@pytest.mark.parametrize("locale", LOCALES)
def test_both_columns_have_every_slot_the_console_fills_once(locale: Locale) -> None:
    words = catalogue(locale)
    found = slots(console_screen.worklist(words), console_screen.event(words))
    asked = [
        name
        for path in CONSOLE.glob("*.mjs")
        for name in re.findall(r"\bslot\([a-z]+, '([a-z-]+)'\)", path.read_text(encoding="utf-8"))
    ]
    assert set(asked) == set(found)
    assert len(found) == len(set(found))


def test_the_columns_are_panels_that_say_their_state() -> None:
    words = catalogue("zh")
    left, middle = console_screen.worklist(words), console_screen.event(words)
    assert (left.id, middle.id) == ids.CONSOLE
    listed = (ROOT / "assets/wall/panel.mjs").read_text(encoding="utf-8")
    assert [screen for screen in ids.CONSOLE if f"'{screen}': [" not in listed] == []


def test_alarms_wait_behind_their_tab() -> None:
    left = console_screen.worklist(catalogue("zh"))
    by_slot = {getattr(part, "data-slot", ""): part for part in left._traverse() if isinstance(part, Component)}
    assert by_slot["desk-alarms"].hidden is True
    assert getattr(by_slot["desk-events"], "hidden", None) is None


def test_the_stylesheet_shows_the_columns_on_their_page_only() -> None:
    css = (ROOT / "assets/9a-console.css").read_text(encoding="utf-8")
    assert "body:not([data-page=console]) .wall main>:is(#screen-desk,#screen-event){display:none}" in css
    assert "@media print" in css
