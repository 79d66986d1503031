"""The register of who looks at what."""

from __future__ import annotations

import msgspec
import pytest

from dashboard.views import MAX_TILES, Asked, View, Views, views_of


def test_what_is_asked_as_views() -> None:
    asked = Asked(scope="320402", layer="open", density=9, tiles=["10/1/2"])
    assert {str(view) for view in views_of(asked)} == {"scope:320402", "layer:open", "density:9", "tile:10/1/2"}
    assert views_of(Asked()) == set()
    assert len(views_of(Asked(tiles=[f"10/1/{n}" for n in range(500)]))) == MAX_TILES


@pytest.mark.parametrize("asked", [{"scope": 7}, {"tiles": "10/1/2"}, {"density": "9"}, {"room": "x"}, None, []])
def test_nonsense_is_refused(asked: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(asked, Asked)


def test_only_what_changed_is_told() -> None:
    views, a, b = Views(), View("scope", "a"), View("layer", "open")
    assert views.want("1", {a}) == ({a}, set())
    assert views.want("2", {a, b}) == ({a, b}, set())
    assert views.want("1", {b}) == ({b}, {a})
    assert (views.watched("scope"), views.watched("layer"), views.watched("tile")) == (["a"], ["open"], [])
    assert views.want("2", set()) == (set(), {a, b})
    assert views.watched("scope") == []
