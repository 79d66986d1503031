"""Which of many groups changed compared with before, so surely and so much that a brief should say so.

A pair is one indicator of one group, now and before: a share (`num` of `den` cases) or a rate (`num` in `den` days or
expected days' worth). Each is tested by what fits its size:

* `two-proportion z`: shares; the variance is the pooled share's, so that its square is Pearson's chi-squared (1900).
* `Fisher exact`: shares, where fewer than FEW cases are expected in a cell (Fisher 1935; all tables no likelier).
* `conditional z`: rates; given both numbers together, the one of now is binomial (Przyborowski and Wilenski, Biometrika
  31, 1940, pp. 313-323).
* `conditional exact`: the same for fewer than EXACT cases together (all outcomes no likelier).

All are two-sided. Where cases do not come independently, `dispersion` (the square of `control.Chart.spread`, or φ of
`forecast.Forecast`) divides what they weigh, in the test and in the interval; the test is a z then.

Of many pairs some differ by chance: `q` is the p adjusted by Benjamini and Hochberg (J. Royal Statistical Society B 57,
1995, pp. 289-300). Among the pairs with q ≤ RATE, chance is expected to be at most so large a share. Pairs with too few
cases are left out before that, by their size alone, never by how much they differ.

The effect is a difference of shares (95 % interval: Newcombe's hybrid score, Statistics in Medicine 17, 1998, pp.
873-890, method 10) or a ratio of rates (from the score interval of the binomial share). What stands out is ranked by
the cases it is surely about: how far `num` is from what was usual, taken at the end of the interval that is nearer to
no change. It makes no sentences, and does not know which direction is good.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from math import erfc, hypot, inf, sqrt
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.kpicount import wilson

RATE: Final = 0.05
"""The share of chance finds among those that stand out (false-discovery rate)."""
CASES: Final = 20
"""The least cases of a share, now and before; the least of a rate, both together."""
POINTS: Final = 0.05
"""The least difference of shares worth a mention."""
RATIO: Final = 1.2
"""The least ratio of rates worth a mention, or one divided by it."""
FEW: Final = 5
EXACT: Final = 1000

F64 = NDArray[np.float64]


class Kind(StrEnum):
    """What a pair compares."""

    share = "share"
    rate = "rate"


class Method(StrEnum):
    """The test by which a pair was judged; see the module."""

    two_proportion = "two-proportion z"
    fisher = "Fisher exact"
    conditional = "conditional z"
    conditional_exact = "conditional exact"


class Pair(NamedTuple):
    """One indicator of one group, now and before."""

    group: str
    indicator: str
    kind: Kind
    num: int
    den: float
    num_before: int
    den_before: float
    dispersion: float = 1.0


class Finding(NamedTuple):
    """A pair with its numbers. `now` and `before` are shares or rates.

    `effect`: the difference of shares, or the ratio of rates (inf where there was nothing before); `low` to `high` its
    95 % interval. `cases`: by how many `num` differs from what was usual; `surely`: by how many at least, 0 where the
    interval holds no change.
    """

    pair: Pair
    method: Method
    p: float
    q: float
    now: float
    before: float
    effect: float
    low: float
    high: float
    cases: float
    surely: float


class Standout(NamedTuple):
    """What stands out, most first; of how many that were tested; how many had too few cases to be."""

    findings: list[Finding]
    tested: int
    small: int


def standout(
    pairs: Iterable[Pair], rate: float = RATE, cases: int = CASES, points: float = POINTS, ratio: float = RATIO
) -> Standout:
    """The pairs that differ at the false-discovery rate by at least so many points, or at least by that ratio.

    Raises:
        ValueError: a pair that counts nothing: no size, fewer than no cases, or more cases in a share than there are.
    """
    asked = [_checked(pair) for pair in pairs]
    large = [pair for pair in asked if _enough(pair, cases)]
    judged = [_test(pair) for pair in large]
    adjusted = false_discovery([p for _, p in judged])
    found = [_finding(pair, *test, q) for pair, test, q in zip(large, judged, adjusted, strict=True) if q <= rate]
    worth = [one for one in found if _matters(one, points, ratio)]
    worth.sort(key=lambda one: (-one.surely, one.p, one.pair.group, one.pair.indicator))
    return Standout(worth, len(large), len(asked) - len(large))


def false_discovery(p: Sequence[float]) -> list[float]:
    """Each p adjusted to the least false-discovery rate at which it is a find (Benjamini and Hochberg 1995)."""
    n = len(p)
    order = np.argsort(p, kind="stable")
    scaled = np.asarray(p, np.float64)[order] * n / np.arange(1, n + 1)
    adjusted = np.empty(n)
    adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    adjusted = np.maximum(adjusted, p)  # the last one times n ÷ n may come out a rounding below itself
    return [min(1.0, each) for each in adjusted.tolist()]


def _checked(pair: Pair) -> Pair:
    sides = (pair.num, pair.den), (pair.num_before, pair.den_before)
    if pair.dispersion < 1 or any(num < 0 or den < 0 for num, den in sides):
        raise ValueError(f"{pair} has fewer than no cases, or a dispersion below 1")
    if pair.kind is Kind.share and any(num > den for num, den in sides):
        raise ValueError(f"{pair} has a share above 1")
    if pair.kind is Kind.rate and not (pair.den > 0 and pair.den_before > 0):
        raise ValueError(f"{pair} was counted over no time")
    return pair


def _enough(pair: Pair, cases: int) -> bool:
    """By what says nothing of a difference: both sides together, and the sizes of a share."""
    if pair.kind is Kind.share:
        exact = pair.dispersion == 1
        return min(pair.den, pair.den_before) >= max(cases * pair.dispersion, 1) and (exact or not _few(pair))
    return pair.num + pair.num_before >= max(cases * pair.dispersion, 1)


def _test(pair: Pair) -> tuple[Method, float]:
    return _share_test(pair) if pair.kind is Kind.share else _rate_test(pair)


def _share_test(pair: Pair) -> tuple[Method, float]:
    hits, cases = pair.num + pair.num_before, pair.den + pair.den_before
    share = hits / cases
    if _few(pair) and pair.dispersion == 1:
        return Method.fisher, fisher(pair.num, int(pair.den), pair.num_before, int(pair.den_before))
    variance = pair.dispersion * share * (1 - share) * (1 / pair.den + 1 / pair.den_before)
    return Method.two_proportion, _normal(pair.num / pair.den - pair.num_before / pair.den_before, variance)


def _few(pair: Pair) -> bool:
    """Whether the normal approximation does not hold: too few cases expected in a cell of the table."""
    share = (pair.num + pair.num_before) / (pair.den + pair.den_before)
    return min(pair.den, pair.den_before) * min(share, 1 - share) < FEW * pair.dispersion


def _rate_test(pair: Pair) -> tuple[Method, float]:
    both, share = pair.num + pair.num_before, pair.den / (pair.den + pair.den_before)
    if both < EXACT and pair.dispersion == 1:
        return Method.conditional_exact, conditional(pair.num, pair.num_before, share)
    return Method.conditional, _normal(pair.num - both * share, pair.dispersion * both * share * (1 - share))


def fisher(num: int, den: int, num_before: int, den_before: int) -> float:
    """Fisher's exact test of two shares, two-sided."""
    hits = num + num_before
    k = np.arange(max(0, hits - den_before), min(hits, den) + 1)
    logs = _choose(den, k) + _choose(den_before, hits - k)
    return _no_likelier(logs, num - int(k[0]))


def conditional(num: int, num_before: int, share: float) -> float:
    """The exact test that of all cases this share is expected now, two-sided; `share` within 0 and 1."""
    both = num + num_before
    k = np.arange(both + 1)
    return _no_likelier(_choose(both, k) + k * np.log(share) + (both - k) * np.log1p(-share), num)


def _no_likelier(logs: F64, seen: int) -> float:
    """The probability of all outcomes that are no likelier than the one seen, but for rounding."""
    chances = np.exp(logs - logs.max())
    return float(min(1.0, chances[chances <= chances[seen] * (1 + 1e-7)].sum() / chances.sum()))


def _choose(n: int, k: NDArray[np.int_]) -> F64:
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    return np.asarray(logs[n] - logs[k] - logs[n - k])


def _normal(difference: float, variance: float) -> float:
    """The two-sided p of a difference; 1 where nothing varies."""
    return erfc(abs(difference) / sqrt(2 * variance)) if variance > 0 else 1.0


def _finding(pair: Pair, method: Method, p: float, q: float) -> Finding:
    now, before = pair.num / pair.den, pair.num_before / pair.den_before
    if pair.kind is Kind.share:
        effect, (low, high) = now - before, newcombe(pair)
        least = (low if low > 0 else min(high, 0.0)) * pair.den
    else:
        effect, (low, high) = (now / before if before else inf), _ratios(pair)
        # Of `num` cases, so many would have come at the rate that the nearer end leaves to the time before.
        near = low if low > 1 else min(high, 1.0)
        least = pair.num * (1 - 1 / near) if pair.num else -before * pair.den * (1 - near)
    cases = pair.num - before * pair.den
    return Finding(pair, method, p, q, now, before, effect, low, high, cases, abs(least))


def newcombe(pair: Pair) -> tuple[float, float]:
    """The 95 % interval of the difference of two shares, now less before."""
    n, m = pair.den / pair.dispersion, pair.den_before / pair.dispersion
    now, before = pair.num / pair.den, pair.num_before / pair.den_before
    (low, high), (low_before, high_before) = wilson(now * n, n), wilson(before * m, m)
    effect = now - before
    return effect - hypot(now - low, high_before - before), effect + hypot(high - now, before - low_before)


def _ratios(pair: Pair) -> tuple[float, float]:
    """The 95 % interval of the ratio of two rates."""
    scale = pair.den_before / pair.den
    ends = wilson(pair.num / pair.dispersion, (pair.num + pair.num_before) / pair.dispersion)
    low, high = (inf if end >= 1 else end / (1 - end) * scale for end in ends)
    return low, high


def _matters(one: Finding, points: float, ratio: float) -> bool:
    if one.pair.kind is Kind.share:
        return abs(one.effect) >= points
    return one.effect >= ratio or one.effect <= 1 / ratio
