"""Control charts: textbook charts by value, each rule, what takes part in none, how often chance is called a signal."""

from __future__ import annotations

from itertools import pairwise
from math import nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.control import BASE, LEAST, Chart, Rule, Signal, counts, shares

BOARDS = [21, 24, 16, 12, 15, 5, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 39, 30, 24, 16, 19, 17, 15]
"""Nonconformities in 26 samples of circuit boards (Montgomery, Statistical Quality Control, example of the c-chart)."""
JUICE = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
"""Leaking cans in 30 samples of 50 (Montgomery, example of the p-chart)."""
CALM = [98, 103, 97, 104, 100, 95, 105, 99, 102, 96] * 2


def of(chart: Chart, rule: Rule) -> list[Signal]:
    return [signal for signal in chart.signals if signal.rule is rule]


def test_a_c_chart_is_the_textbooks_once_its_two_outliers_are_out_of_the_base_line() -> None:
    chart = counts(BOARDS, window=(0, 26))
    assert (chart.kind, chart.spread) == ("u", 1.0)
    assert chart.centre == pytest.approx(19.67, abs=0.005)
    assert (chart.low[0], chart.high[0]) == (pytest.approx(6.36, abs=0.005), pytest.approx(32.97, abs=0.005))
    assert chart.signals == [Signal(Rule.beyond, 5, 5, -1), Signal(Rule.beyond, 19, 19, 1)]
    assert chart.base == [k for k in range(26) if k not in (5, 19)]


def test_leaking_cans_vary_more_than_their_shares_allow_so_that_limits_are_laneys() -> None:
    chart = shares(JUICE, [50] * 30, (0, 30))
    z = [(hits / 50 - 0.231333) / sqrt(0.231333 * 0.768667 / 50) for hits in JUICE]
    ranges = [abs(b - a) for a, b in pairwise(z)]
    kept = [each for each in ranges if each <= 3.267 * sum(ranges) / len(ranges)]
    assert chart.kind == "p'"
    assert chart.centre == pytest.approx(0.2313, abs=5e-5)
    assert chart.spread == pytest.approx(sum(kept) / len(kept) / 1.128, rel=1e-4)
    assert chart.high[0] == pytest.approx(0.2313 + chart.spread * (0.4102 - 0.2313), abs=3e-4), (
        "the book's limit, wider"
    )
    assert chart.low[0] == 0.0


def test_limits_follow_the_cases_and_stay_within_a_share() -> None:
    chart = shares([88] * 24 + [980], [100] * 24 + [1000])
    high, higher = chart.high[24], chart.high[0]
    assert high is not None
    assert high == pytest.approx(0.88 + 3 * sqrt(0.88 * 0.12 / 1000))
    assert higher == pytest.approx(0.88 + 3 * sqrt(0.88 * 0.12 / 100))
    assert of(chart, Rule.beyond) == [Signal(Rule.beyond, 24, 24, 1)]
    assert shares([95] * 20, [100] * 20).high[0] == 1.0


def test_each_rule_tells_from_where_to_where_and_which_way() -> None:
    run = counts([*CALM, 102, 104, 101, 103, 102, 101, 104, 102, 97])
    assert of(run, Rule.run) == [Signal(Rule.run, 20, 27, 1)]
    trend = counts([*CALM, 108, 104, 101, 99, 97, 94, 96])
    assert of(trend, Rule.trend) == [Signal(Rule.trend, 20, 25, -1)]
    assert of(counts([*CALM, 131]), Rule.beyond) == [Signal(Rule.beyond, 20, 20, 1)]
    assert counts([*CALM, 102, 104, 101, 103, 102, 101, 104, 97]).signals == [], "seven are no run"


def test_a_point_on_the_centre_is_on_neither_side() -> None:
    centre = sum(CALM) / len(CALM)
    signals = counts([*CALM, 102, 104, 101, centre, 103, 102, 101, 104, 102, 97], window=(0, 20)).signals
    assert [signal.rule for signal in signals] == []


def test_small_and_missing_points_take_part_in_no_rule_and_do_not_end_a_run() -> None:
    hits, cases = [30] * 10 + [20] * 10 + [30] * 5 + [4, 0, 30, 30, 30], [100] * 25 + [4, 0, 100, 100, 100]
    chart = shares(hits, cases, (0, 20))
    assert chart.small == [k == 25 for k in range(30)]
    assert (chart.values[26], chart.low[26], chart.high[26]) == (None, None, None)
    assert Signal(Rule.run, 20, 29, 1) in chart.signals
    assert of(chart, Rule.beyond) == [], "4 of 4 is no signal"
    assert counts([*CALM, nan, 300]).values[20] is None


def test_without_enough_points_there_are_no_limits_and_no_signals() -> None:
    for chart in (counts([*CALM[: LEAST - 1], nan]), shares([1] * 30, [9] * 30), counts([]), counts([0] * 30)):
        assert (chart.centre, chart.base, chart.signals) == (None, [], [])
        assert set(chart.low) | set(chart.high) <= {None}


def test_points_that_are_all_small_once_the_outliers_are_out_break_no_rule() -> None:
    chart = counts([5] * 7 + [4] * 5 + [30] * 2)
    assert chart.centre == pytest.approx(55 / 12)
    assert (all(chart.small), chart.signals) == (True, [])


def test_the_base_line_is_of_the_first_points_or_of_a_window() -> None:
    series = CALM + [2 * each for each in CALM]
    assert counts(series).centre == pytest.approx(sum(CALM) / BASE)
    assert counts(series, window=(20, 40)).centre == pytest.approx(2 * sum(CALM) / BASE)


def test_one_storm_in_the_base_line_neither_moves_nor_widens_it() -> None:
    calm, stormy = counts(CALM), counts([*CALM[:7], 900, *CALM[8:]])
    assert (stormy.kind, stormy.centre) == ("u", pytest.approx(calm.centre, rel=0.01))
    assert of(stormy, Rule.beyond) == [Signal(Rule.beyond, 7, 7, 1)]


def test_sizes_take_a_rhythm_out() -> None:
    week = [1.2, 1.2, 1.2, 1.2, 1.2, 0.5, 0.5]
    chart = counts([round(100 * each) for each in week * 5], week * 5)
    assert chart.signals == []
    assert chart.spread == 1.0
    assert len(of(counts([round(100 * each) for each in week * 5]), Rule.beyond)) == 10, "every weekend day"


def test_what_cannot_be_is_refused() -> None:
    for hits, cases in (([3], [2]), ([-1], [2]), ([1, 1], [2])):
        with pytest.raises(ValueError, match="go together"):
            shares(hits, cases)


def test_chance_is_called_a_signal_as_often_as_the_books_say() -> None:
    """Beyond 3 sigma 1 in 370 for the normal, a little more where counts are skewed; all rules about 1 in 110."""
    random = np.random.default_rng(1984)
    cases = random.integers(300, 500, 60_000)
    for chart in (
        shares(random.binomial(cases, 0.3), cases, (0, 5000)),
        counts(random.poisson(400, 60_000), window=(0, 5000)),
    ):
        assert chart.spread == 1.0
        assert 0.0020 < len(of(chart, Rule.beyond)) / 60_000 < 0.0036
        assert 1 / 140 < len(chart.signals) / 60_000 < 1 / 90


def test_where_cases_come_in_clusters_laneys_limits_keep_chance_rare() -> None:
    random = np.random.default_rng(2002)
    cases = np.full(60_000, 2000)
    clustered = random.binomial(cases, random.beta(60, 140, 60_000))
    chart = shares(clustered, cases, (0, 5000))
    sigmas = sqrt(1 + 1999 / 201)  # of a beta-binomial, in those of a binomial
    assert chart.kind == "p'"
    assert chart.spread == pytest.approx(sigmas, rel=0.03)
    assert len(of(chart, Rule.beyond)) / 60_000 < 0.005
    outside = np.abs(clustered / cases - 0.3) > 3 * sqrt(0.3 * 0.7 / 2000)
    assert outside.mean() > 0.3, "Shewhart's would call every third point a signal"


def test_base_lines_as_short_as_a_walls_call_chance_beyond_seldom() -> None:
    random = np.random.default_rng(1956)
    charts = [counts(series) for series in random.poisson(100, (300, 60))]
    assert sum(chart.kind == "u'" for chart in charts) / 300 < 0.1
    assert sum(len(of(chart, Rule.beyond)) for chart in charts) / (300 * 60) < 0.012


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=60))
def test_a_chart_is_whole_whatever_it_is_of(pairs: list[tuple[int, int]]) -> None:
    chart = shares([min(pair) for pair in pairs], [max(pair) for pair in pairs])
    assert {len(column) for column in (chart.values, chart.low, chart.high, chart.small)} == {len(pairs)}
    for value, low, high in zip(chart.values, chart.low, chart.high, strict=True):
        if value is not None and low is not None and high is not None:
            assert 0 <= low <= high <= 1
    for signal in chart.signals:
        assert not any(chart.small[k] for k in (signal.first, signal.last))
        assert signal.first <= signal.last < len(pairs)
