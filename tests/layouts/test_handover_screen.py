from __future__ import annotations

import re
from pathlib import Path

import pytest
from dash.development.base_component import Component

from dashboard.shiftsheet import DAY_BEGINS_H, DAY_ENDS_H, ORDER
from layouts import handover_screen, ids
from layouts.words import LOCALES, Locale, catalogue

ROOT = Path(__file__).parents[2]
HANDOVER = ROOT / "assets" / "wall" / "handover"


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_has_every_slot_that_is_filled_once(locale: Locale) -> None:
    screen = handover_screen.screen(catalogue(locale))
    parts: list[Component] = [screen, *screen._traverse()]
    found = [value for part in parts if isinstance(value := getattr(part, "data-slot", None), str)]
    asked = re.findall(r"\bslot\([a-z]+, '([a-z-]+)'\)", (HANDOVER / "handover.mjs").read_text(encoding="utf-8"))
    assert sorted(asked) == sorted(found)


def test_it_is_a_panel_that_says_its_state_shown_on_its_page_only() -> None:
    assert handover_screen.screen(catalogue("zh")).id == ids.SCREEN_HANDOVER
    assert f"'{ids.SCREEN_HANDOVER}': [" in text("assets/wall/panel.mjs")
    css = text("assets/9b-handover.css")
    assert f"body:not([data-page=handover]) .wall main>#{ids.SCREEN_HANDOVER}" in css
    assert "@media print" in css


def test_the_sheet_has_the_kinds_of_the_records_in_their_order_and_the_shift_of_the_top_bar() -> None:
    kinds = re.search(r"export const KINDS = \[([^\]]+)\]", text("assets/wall/handover/sheet.mjs"))
    assert kinds is not None
    assert tuple(re.findall(r"'(\w+)'", kinds[1])) == ORDER
    assert f"hourOf(ms) >= {DAY_BEGINS_H} && hourOf(ms) < {DAY_ENDS_H} ? 'shift.day'" in text("assets/wall/i18n.mjs")


def test_every_word_of_the_handover_is_used() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in HANDOVER.glob("*.mjs")) + text(
        "layouts/handover_screen.py"
    )
    whole = {key for key in catalogue("zh") if key.startswith("handover.")}
    made = ("handover.kind.", "handover.count.", "handover.no.")
    assert (
        sorted(key for key in whole if not key.startswith(made) and f"'{key}'" not in code and f'"{key}"' not in code)
        == []
    )
    assert {key.rpartition(".")[2] for key in whole if key.startswith("handover.kind.")} == set(ORDER)
