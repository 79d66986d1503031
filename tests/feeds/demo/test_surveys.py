"""The demo city's surveyed indicators."""

from __future__ import annotations

from dashboard import clock
from dashboard.kpibook import load_book
from feeds.demo.dice import Dice
from feeds.demo.surveys import surveys

NOW = clock.from_rfc3339("2026-03-12T14:32:08+08:00")


def test_every_surveyed_indicator_has_a_reading_in_every_region() -> None:
    found = [*surveys(["3204", "320402"], Dice(1), NOW)]
    surveyed = {kpi.code for kpi in load_book().kpis.values() if kpi.origin == "readings"}
    assert {(reading.kpi, reading.region) for reading in found} == {
        (k, r) for k in surveyed for r in ("3204", "320402")
    }
    assert all(90 < reading.value <= 100 for reading in found)
    assert {reading.as_of for reading in found} == {clock.from_rfc3339("2026-03-01T00:00:00+08:00") - 1}


def test_the_same_dice_find_the_same() -> None:
    assert [*surveys(["3204"], Dice(1), NOW)] == [*surveys(["3204"], Dice(1), NOW)]
