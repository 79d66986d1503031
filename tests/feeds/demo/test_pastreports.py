"""A day's reports: the city's shares, its words, and what the sort of day makes of them."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pytest

from dashboard.cities import City
from dashboard.clock import DAY_MS
from feeds.demo import rhythm
from feeds.demo.dice import Dice
from feeds.demo.ground import Ground
from feeds.demo.pastdays import Day, Spot
from feeds.demo.pastreports import PastReporter, Reports, midnight
from feeds.demo.titles import MAX_TITLE, MIN_TITLE, load_book

AT = date(2026, 10, 14)
PLAIN = Day(AT, AT.weekday(), 1.0, {}, {}, 1.0, {}, 1.0)


@pytest.fixture(scope="module")
def reporter(city: City, ground: Ground) -> PastReporter:
    return PastReporter(city, load_book(city.folder / "phrases.yaml"), ground, 7)


@pytest.fixture(scope="module")
def plain(reporter: PastReporter) -> Reports:
    return reporter.draw(PLAIN, [], Dice(1))


def test_a_day_has_as_many_as_its_rhythm_says_in_order_of_time(reporter: PastReporter, plain: Reports) -> None:
    usual = rhythm.reports_by_minute(AT.weekday()).sum()
    assert len(plain.title) == pytest.approx(usual, rel=0.06)
    assert (np.diff(plain.at_ms) >= 0).all()
    assert midnight(AT) <= plain.at_ms[0] <= plain.at_ms[-1] < midnight(AT) + DAY_MS
    hours = np.bincount((plain.at_ms - midnight(AT)) // 3_600_000, minlength=24)
    assert hours[3] * 5 < hours[9]
    half = reporter.draw(PLAIN._replace(volume=0.5), [], Dice(1))
    assert len(half.title) == pytest.approx(usual / 2, rel=0.08)


def test_everything_said_fits_where_it_is_said(city: City, ground: Ground, plain: Reports) -> None:
    for row, title in enumerate(plain.title):
        assert MIN_TITLE <= len(title) <= MAX_TITLE
        assert "§" not in title + plain.address[row]
        assert plain.department[row] in {department.key for department in city.departments}
    found = ground.regions.locate_many(np.array(plain.lat), np.array(plain.lon))
    assert (found >= 0).all()


def test_what_is_said_is_of_an_item_of_its_category(city: City, reporter: PastReporter, plain: Reports) -> None:
    keys = [reporter.categories[one] for one in plain.category.tolist()]
    assert [key.partition(".")[0] for key in plain.key] == keys
    assert set(plain.key) <= city.items.keys()
    assert len(set(plain.key)) > 35
    told = list(zip(plain.title, plain.key, strict=True))
    known = {"油烟未净化": "environment.air", "共享单车": "city_appearance.clutter", "拖欠": "labour.wages"}
    for word, key in known.items():
        assert {one for title, one in told if word in title} == {key}


def test_weights_and_words_of_a_day_are_heard(reporter: PastReporter, plain: Reports) -> None:
    safety = reporter.categories.index("safety_hazard")
    day = PLAIN._replace(weights={"safety_hazard": 2.0}, words={"safety_hazard": "燃气"})
    winter = reporter.draw(day, [], Dice(1))

    def gas(reports: Reports) -> float:
        here = [title for title, key in zip(reports.title, reports.category.tolist(), strict=True) if key == safety]
        return sum("燃气" in title for title in here) / len(here)

    assert (winter.category == safety).mean() > 1.4 * (plain.category == safety).mean()
    assert gas(winter) > 1.7 * gas(plain)


def test_a_surge_is_one_category_in_one_district(
    city: City, ground: Ground, reporter: PastReporter, plain: Reports
) -> None:
    surging = reporter.draw(PLAIN._replace(surge=6.0), [], Dice(1))

    def counted(reports: Reports) -> Counter[str]:
        rows = np.flatnonzero(reports.category == reporter.categories.index("environment"))
        return Counter(ground.grids[reports.grid[row]].code[:6] for row in rows)

    more = {code: counted(surging)[code] / counted(plain)[code] for code in counted(plain)}
    assert sum(ratio > 3 for ratio in more.values()) == 1
    assert sum(ratio < 2 for ratio in more.values()) == len(more) - 1


def test_from_a_sore_spot_comes_the_same_complaint_again_and_again(reporter: PastReporter) -> None:
    spots = [Spot((7, 10, 1, k), 5.0) for k in range(3)]
    found = reporter.draw(PLAIN, spots, Dice(2))
    [(address, times), *_] = Counter(found.address).most_common(1)
    rows = [row for row, one in enumerate(found.address) if one == address]
    assert times >= 3
    assert len({(found.key[row], found.department[row]) for row in rows}) == 1
    assert np.ptp([found.lat[row] for row in rows]) < 0.001
