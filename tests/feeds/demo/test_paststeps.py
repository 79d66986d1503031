"""A day's steps: in an order the process allows, as long as they take live, and late as often as the day says."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from dashboard.cities import City
from feeds.demo.dice import Dice
from feeds.demo.ground import Ground
from feeds.demo.pastdays import Day
from feeds.demo.pastreports import PastReporter
from feeds.demo.paststeps import Steps, draw
from feeds.demo.titles import load_book

AT = date(2026, 10, 14)
PLAIN = Day(AT, AT.weekday(), 3.0, {}, {}, 1.0, {}, 1.0)
ORDER = (
    "accepted", "misled", "returned", "assigned", "handling", "extended", "tracked", "supervised", "feedback",
    "too_soon", "undone", "evaluated", "rated",
)  # fmt: skip


def steps(city: City, ground: Ground, day: Day) -> tuple[Steps, list[str]]:
    reporter = PastReporter(city, load_book(city.folder / "phrases.yaml"), ground, 7)
    reports = reporter.draw(PLAIN, [], Dice(1))
    return draw(reports, reporter, day, np.ones(len(reports.title)), Dice(2)), reports.department


@pytest.fixture(scope="module")
def plain(city: City, ground: Ground) -> tuple[Steps, list[str]]:
    return steps(city, ground, PLAIN)


def test_every_step_comes_after_the_one_before(plain: tuple[Steps, list[str]]) -> None:
    table = np.stack([plain[0][name] for name in ORDER], axis=1)
    for row in table:
        taken = row[row >= 0]
        assert (np.diff(taken) > 0).all()
    for always in ("accepted", "assigned", "handling", "feedback", "evaluated"):
        assert (plain[0][always] > 0).all()
    again = plain[0]["undone"] - plain[0]["too_soon"]
    assert (again[plain[0]["undone"] >= 0] <= 120_000).all()
    assert (plain[0]["undone"] >= 0).sum() > 5


def test_rare_moves_are_as_rare_as_they_are_live(plain: tuple[Steps, list[str]]) -> None:
    share = {name: float((column >= 0).mean()) for name, column in plain[0].items()}
    assert share["returned"] == pytest.approx(0.03, abs=0.006)
    assert share["tracked"] == pytest.approx(0.25, abs=0.02)
    assert share["rated"] == pytest.approx(0.3, abs=0.02)
    assert 0.001 < share["extended"] < 0.009
    assert set(plain[0]["score"].tolist()) == {1, 2, 3, 4, 5}


def test_a_bad_month_makes_one_department_late(city: City, ground: Ground, plain: tuple[Steps, list[str]]) -> None:
    bad, departments = steps(city, ground, PLAIN._replace(worse={"housing": 4.0}))
    housing = np.array(departments) == "housing"

    def late(of: Steps, where: np.ndarray) -> float:
        return float((of["evaluated"] > of["due"])[where].mean())

    assert late(bad, housing) > 2.5 * late(plain[0], housing)
    assert late(bad, ~housing) == pytest.approx(late(plain[0], ~housing), abs=0.01)
