from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from dash import Dash

from callbacks import view
from dashboard.cities import load_city
from layouts import ids
from layouts.shell import index_string, layout, page_config
from layouts.words import LOCALES, Locale

ROOT = Path(__file__).parents[2]


def config(locale: Locale = "zh", **changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"version": "1", "track_minutes": 60, "fix_stale_s": 60, "fix_lost_s": 600}
    return page_config(load_city("changzhou"), locale=locale, **(given | changes))


def props(locale: Locale, name: str) -> list[str]:
    tree = layout(load_city("changzhou"), locale)
    everything = [tree, *tree._traverse()]
    return [value for part in everything if isinstance(value := getattr(part, name, None), str)]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_has_the_hooks_of_the_outside_contract(locale: Locale) -> None:
    found = props(locale, "data-testid")
    wanted = {*ids.SCREENS, "kpi-closure-rate", "kpi-ontime-rate", "kpi-satisfaction", "freshness", "link-state"}
    assert wanted <= set(found)
    assert max(Counter(found).values()) == 1


def test_every_id_is_given_once() -> None:
    found = Counter(props("zh", "id"))
    assert {ids.TOP, *ids.SCREENS, *ids.SPARKS.values(), ids.HOURLY, ids.THEME_TOGGLE} <= found.keys()
    assert max(found.values()) == 1


def test_every_slot_the_browser_asks_for_is_in_the_page() -> None:
    asked = {
        name
        for path in ROOT.glob("assets/wall/**/*.mjs")
        for name in re.findall(r"slot\([a-z]+, '([a-z-]+)'\)", path.read_text(encoding="utf-8"))
    }
    assert asked
    assert asked <= set(props("zh", "data-slot"))


def test_the_english_page_says_english() -> None:
    page = str(layout(load_city("changzhou"), "en").to_plotly_json())
    assert "Event queue" in page
    assert "事件队列" not in page


def test_the_document_is_accepted_by_dash_and_carries_the_config() -> None:
    app = Dash(__name__, assets_folder=str(ROOT / "assets"), assets_path_ignore=["wall", "vendor"])
    app.index_string = index_string(config("en", insecure="0.0.0.0:8050</script>"))
    app.layout = layout(load_city("changzhou"), "en")
    view.register(app)
    page = app.server.test_client().get("/").get_data(as_text=True)
    assert '<html lang="en"' in page
    assert 'id="wall-config">{"locale":"en"' in page
    assert "8050</script>" not in page
    assert "3-wall.css" in page and page.index("1-tokens.css") < page.index("2-components.css") < page.index(
        "3-wall.css"
    )
