"""What stands round a brief comes from the city pack."""

from __future__ import annotations

from dashboard.cities import load_city
from dashboard.masthead import Masthead


def test_the_shipped_city_has_its_own() -> None:
    head = load_city("changzhou").brief
    assert (head.title.zh, len(head.copies)) == ("每日情况", 3)
    assert head.issuer.zh.startswith("常州市")


def test_a_city_without_one_has_a_plain_one() -> None:
    assert (Masthead().title.en, Masthead().copies) == ("Daily Brief", ())
