"""What stands out: each test by values from the literature, the control of false finds, and what is ranked first."""

from __future__ import annotations

from itertools import pairwise
from math import erfc, inf, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.standout import (
    Finding,
    Kind,
    Method,
    Pair,
    conditional,
    false_discovery,
    fisher,
    newcombe,
    standout,
)


def share(num: int, den: int, num_before: int, den_before: int, **more: Any) -> Pair:
    return Pair(
        **({"group": "天宁", "indicator": "on_time"} | more), **_numbers(Kind.share, num, den, num_before, den_before)
    )


def rate(num: int, den: float, num_before: int, den_before: float, **more: Any) -> Pair:
    return Pair(
        **({"group": "天宁", "indicator": "reported"} | more), **_numbers(Kind.rate, num, den, num_before, den_before)
    )


def _numbers(kind: Kind, num: int, den: float, num_before: int, den_before: float) -> dict[str, Any]:
    return {"kind": kind, "num": num, "den": den, "num_before": num_before, "den_before": den_before}


def only(pair: Pair, **more: Any) -> Finding:
    """What is found of one pair, however small and little it is."""
    return standout([pair], **({"rate": 1.0, "cases": 1, "points": 0.0, "ratio": 1.0} | more)).findings[0]


def test_false_discovery_on_the_papers_own_example() -> None:
    """Benjamini and Hochberg 1995, section 4.1: four of fifteen at 0.05, where Bonferroni finds three."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    adjusted = false_discovery(p)
    assert sum(q <= 0.05 for q in adjusted) == 4
    assert adjusted[:3] == pytest.approx([0.0015, 0.003, 0.0095])
    assert false_discovery(p[::-1]) == adjusted[::-1]
    assert false_discovery([]) == []


def test_the_lady_tasting_tea() -> None:
    assert fisher(3, 4, 1, 4) == pytest.approx(34 / 70)
    assert fisher(4, 4, 0, 4) == pytest.approx(2 / 70)


def test_two_rates_as_r_compares_them() -> None:
    """R's `poisson.test(c(11, 6+8+7), c(800, 1083+1050+878))`: p 0.07967, ratio 1.971488."""
    found = only(rate(11, 800, 21, 1083 + 1050 + 878))
    assert found.method is Method.conditional_exact
    assert found.p == pytest.approx(0.07967, abs=5e-6)
    assert found.effect == pytest.approx(1.971488, abs=5e-7)
    assert found.low < 1 < found.high


def test_newcombes_own_interval() -> None:
    """Newcombe 1998, table II: 56/70 and 48/80 by method 10."""
    assert newcombe(share(56, 70, 48, 80)) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert newcombe(share(10, 10, 0, 20)) == pytest.approx((0.6791, 1.0), abs=5e-5)


def test_pearsons_chi_squared() -> None:
    chi_squared = 150 * (56 * 32 - 14 * 48) ** 2 / (70 * 80 * 104 * 46)
    found = only(share(56, 70, 48, 80))
    assert (found.method, found.p) == (Method.two_proportion, pytest.approx(erfc(sqrt(chi_squared / 2))))
    assert found.p == pytest.approx(0.0080, abs=5e-5)
    assert (found.now, found.before, found.effect) == pytest.approx((0.8, 0.6, 0.2))
    assert found.cases == pytest.approx(14)
    assert found.surely == pytest.approx(0.0524 * 70, abs=0.01)


def test_the_exact_tests_go_over_into_the_normal_ones() -> None:
    assert fisher(5600, 7000, 5450, 7000) == pytest.approx(only(share(5600, 7000, 5450, 7000)).p, rel=0.1)
    large = only(rate(540, 7, 1900, 28))
    assert large.method is Method.conditional
    assert conditional(540, 1900, 7 / 35) == pytest.approx(large.p, rel=0.1)
    assert only(share(1, 30, 9, 4000)).method is Method.fisher


def test_too_few_cases_are_not_tested_whatever_they_say() -> None:
    told = standout([share(19, 19, 0, 19), rate(19, 7, 0, 28), share(0, 0, 0, 0), rate(60, 7, 60, 28)])
    assert (told.tested, told.small) == (1, 3)
    assert [one.pair.num for one in told.findings] == [60]
    assert standout([]) == ([], 0, 0)


def test_what_is_sure_but_slight_is_not_worth_a_mention() -> None:
    assert standout([share(51_000, 100_000, 50_000, 100_000), rate(11_000, 7, 40_000, 28)]).findings == []


def test_most_surely_affected_cases_come_first_up_or_down_share_or_rate() -> None:
    told = standout(
        [
            rate(60, 7, 80, 28, group="a"),
            rate(600, 7, 800, 28, group="b"),
            share(100, 1000, 300, 1000, group="c"),
            rate(0, 7, 400, 28, group="d"),
        ]
    )
    assert [one.pair.group for one in told.findings] == ["b", "c", "d", "a"]
    assert [one.cases for one in told.findings] == pytest.approx([400, -200, -100, 40])
    assert all(0 < one.surely < abs(one.cases) for one in told.findings)


def test_a_rate_where_there_was_none_before() -> None:
    found = only(rate(40, 7, 0, 28))
    assert (found.effect, found.high) == (inf, inf)
    assert 1 < found.low < inf
    assert 0 < found.surely < 40


def test_clustered_cases_weigh_less() -> None:
    alone, clustered = rate(120, 7, 360, 28), rate(120, 7, 360, 28, dispersion=6.0)
    assert only(alone).p < 0.02 < 0.2 < only(clustered).p
    assert only(clustered).low < only(alone).low
    assert only(share(56, 70, 48, 80, dispersion=2.0)).p == pytest.approx(0.0608, abs=5e-4)
    assert standout([share(2, 100, 9, 100, dispersion=2.0)]).small == 1, "neither z nor exact fits"


@pytest.mark.parametrize(
    "pair", [share(3, 2, 1, 2), share(-1, 2, 1, 2), rate(1, 0, 1, 1), rate(1, 1, 1, 1, dispersion=0.5)]
)
def test_what_cannot_be_is_refused(pair: Pair) -> None:
    with pytest.raises(ValueError, match="Pair"):
        standout([pair])


def null_pairs(random: np.random.Generator, n: int) -> list[Pair]:
    """Groups of all sizes of which nothing changed."""
    sizes, chances = random.integers(20, 600, (2, n)), random.beta(2, 2, n)
    hits, means = random.binomial(sizes, chances), random.uniform(1, 40, n)
    weeks = random.poisson(means * 7), random.poisson(means * 28)
    return [
        *(share(int(a), int(m), int(b), int(k)) for a, b, m, k in zip(*hits, *sizes, strict=True)),
        *(rate(int(a), 7, int(b), 28) for a, b in zip(*weeks, strict=True)),
    ]


def test_where_nothing_changed_hardly_ever_anything_stands_out() -> None:
    """200 briefs over 60 pairs each: at most about 5 % of them may say anything at all."""
    random = np.random.default_rng(1995)
    told = [standout(null_pairs(random, 30), points=0.0, ratio=1.0) for _ in range(200)]
    assert sum(bool(one.findings) for one in told) <= 17, "0.05 of 200 and two standard deviations"
    assert sum(one.tested for one in told) > 11_000


def test_where_some_changed_they_are_found_and_few_others() -> None:
    random = np.random.default_rng(57)
    true = false = 0
    for _ in range(40):
        week, before = random.poisson(140, 10), random.poisson(280, 10)
        changed = [rate(int(a), 7, int(b), 28, group="changed") for a, b in zip(week, before, strict=True)]
        for one in standout([*changed, *null_pairs(random, 20)], points=0.0, ratio=1.0).findings:
            true, false = true + (one.pair.group == "changed"), false + (one.pair.group != "changed")
    assert true >= 396
    assert false / (true + false) < 0.06


COUNT = st.integers(0, 300)


@given(st.lists(st.tuples(COUNT, COUNT, COUNT, COUNT), max_size=30), st.floats(1.0, 9.0))
def test_every_number_is_sound(numbers: list[tuple[int, int, int, int]], dispersion: float) -> None:
    pairs = [share(min(a, b), max(a, b), min(c, d), max(c, d), dispersion=dispersion) for a, b, c, d in numbers]
    pairs += [rate(a, b + 1, c, d + 1, dispersion=dispersion) for a, b, c, d in numbers]
    told = standout(pairs, rate=1.0, points=0.0, ratio=1.0)
    assert told.tested + told.small == len(pairs)
    assert all(0 <= one.p <= one.q <= 1 for one in told.findings)
    assert all(one.low - 1e-9 <= one.effect <= one.high + 1e-9 for one in told.findings)
    assert all(one.surely <= abs(one.cases) + 1e-6 for one in told.findings if one.before)
    assert all(a.surely >= b.surely for a, b in pairwise(told.findings))
