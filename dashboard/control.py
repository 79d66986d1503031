"""Control charts for shares and for counts: which points are signals, and which are the noise of every day.

    shares, p:  p ± 3 √(p (1 − p) ÷ n), within 0 and 1;    counts, u:  u ± 3 √(u ÷ n), not below 0

(Shewhart 1931), where n is the point's cases, or how many days (or expected days' worth) a count is of; a u-chart whose
sizes are all 1 is a c-chart. Both take the cases for independent. Where they are not (one storm, one batch of entries),
every other point would lie outside, and the limits are as many times wider as the standardised points of the base vary
more than they should: z = mean moving range ÷ 1.128, charts p' and u' (Laney, Quality Engineering 14, 2002, pp.
531-537). That is done when z is above what chance makes of it in 95 of 100 charts (its variance is 0.8264 ÷ moving
ranges: Cryer and Ryan, J. Quality Technology 22, 1990, pp. 187-192); limits are never narrower than Shewhart's. Moving
ranges above 3.267 times the mean are left out once (D4; Nelson, J. Quality Technology 14, 1982, pp. 172-173).

The base line is of the first BASE points or of the window given. What lies outside its limits is taken out of it until
nothing more does, as long as LEAST points are left; the first limits are about the median. With fewer than LEAST usable
points there is no base line, so no signal.

The rules are those of `Rule`. A point of which fewer than FEW cases are expected (of a share: on either side) is small:
the normal approximation does not hold. It and missing points take part in no rule; a run goes on across them. Chance
breaks 3 sigma once in 370 points, and begins a signal by any of the rules about once in 110: `run` and `trend` tell
where to look, not that something is wrong (on rules together: Champ and Woodall, Technometrics 29, 1987, pp. 393-399).

A weekly rhythm is neither noise nor signal: give the days' worth by `forecast.worth` as sizes. It makes no picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from math import sqrt
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

SIGMAS: Final = 3.0
BASE: Final = 20
"""Points in the base line, where no window is given."""
LEAST: Final = 10
FEW: Final = 5.0
RUN: Final = 8
TREND: Final = 6

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Rule(StrEnum):
    """Why points are a signal.

    `beyond`: one point outside 3 sigma (Shewhart 1931). `run`: 8 or more in a row on one side of the centre (Western
    Electric, Statistical Quality Control Handbook, 1956; on the centre is neither). `trend`: 6 or more in a row, each
    above (or below) the one before (Nelson, J. Quality Technology 16, 1984, pp. 237-239).
    """

    beyond = "beyond"
    run = "run"
    trend = "trend"


class Signal(NamedTuple):
    """Points `first` to `last` break a rule, upwards (`side` 1) or downwards (−1)."""

    rule: Rule
    first: int
    last: int
    side: int


class Chart(NamedTuple):
    """A chart as columns, a value a point; None is a missing point or one without limits.

    `kind`: `p`, `p'`, `u` or `u'`. `spread`: how many times wider than Shewhart's the limits are (1 for `p` and `u`).
    `base`: the points that the base line is of; none if it could not be drawn. `centre` is a rate: of a count, multiply
    by the size.
    """

    kind: str
    centre: float | None
    spread: float
    base: list[int]
    values: list[float | None]
    low: list[float | None]
    high: list[float | None]
    small: list[bool]
    signals: list[Signal]


class _Data(NamedTuple):
    """The points as they came; `share` says which of the two variances holds."""

    num: F64
    size: F64
    share: bool

    @property
    def seen(self) -> Mask:
        return np.isfinite(self.num) & (self.size > 0)

    def centre(self, of: Mask) -> float:
        return float(self.num[of].sum() / self.size[of].sum())

    def sigma(self, centre: float) -> F64:
        return np.sqrt(centre * (1 - centre if self.share else 1) / self.size)

    def small(self, centre: float) -> Mask:
        return self.size * (min(centre, 1 - centre) if self.share else centre) < FEW


class _Line(NamedTuple):
    """A base line: its rate, how much wider than Shewhart's the limits are, and the points it is of."""

    centre: float
    spread: float
    of: Mask


def shares(hits: ArrayLike, cases: ArrayLike, window: tuple[int, int] | None = None) -> Chart:
    """A p-chart: so many of so many cases at each point. `window`: the first point of the base line, and the one after.

    Raises:
        ValueError: more hits than cases, or fewer than none.
    """
    return _chart(*_columns(hits, cases), True, window)


def counts(found: ArrayLike, sizes: ArrayLike | None = None, window: tuple[int, int] | None = None) -> Chart:
    """A u-chart: so many at each point, NaN where nobody counted; a c-chart where every size is 1. Values are rates.

    Raises:
        ValueError: fewer than none.
    """
    return _chart(*_columns(found, np.ones(np.shape(found)) if sizes is None else sizes), False, window)


def _columns(num: ArrayLike, size: ArrayLike) -> tuple[F64, F64]:
    return np.asarray(num, np.float64), np.asarray(size, np.float64)


def _chart(num: F64, size: F64, share: bool, window: tuple[int, int] | None) -> Chart:
    if num.shape != size.shape or np.any(num < 0) or np.any(size < 0) or (share and np.any(num > size)):
        raise ValueError("counts and sizes go together, none is negative, and no share is above 1")
    seen = _Data(num, size, share).seen
    data = _Data(num, np.where(seen, size, np.nan), share)
    values = data.num / data.size
    inside = np.zeros(len(num), bool)
    inside[slice(*(window or (0, BASE)))] = True
    line = _line(data, inside & seen)
    letter = "p" if share else "u"
    if line is None:
        nothing: list[float | None] = [None] * len(num)
        return Chart(letter, None, 1.0, [], _plain(values), nothing, [*nothing], [False] * len(num), [])
    width = SIGMAS * line.spread * data.sigma(line.centre)
    low, high = np.maximum(line.centre - width, 0), np.minimum(line.centre + width, 1 if share else np.inf)
    small = seen & data.small(line.centre)
    signals = _signals(values, low, high, line.centre, np.flatnonzero(seen & ~small))
    kind = letter + "'" * (line.spread > 1)
    edges = _plain(values), _plain(low), _plain(np.where(seen, high, np.nan))
    return Chart(kind, line.centre, line.spread, np.flatnonzero(line.of).tolist(), *edges, small.tolist(), signals)


def _line(data: _Data, seen: Mask) -> _Line | None:
    """Shewhart's base line, or Laney's if what is left in Shewhart's still varies too much; None for too few points.

    In this order, because one point far outside must not pass for variation of them all.
    """
    if not seen.any() or (seen & ~data.small(data.centre(seen))).sum() < LEAST:
        return None
    shewhart = _trimmed(data, seen, 1.0)
    spread, ranges = _spread(data, seen, shewhart)
    if spread <= 1 + 1.645 * sqrt(0.8264 / max(ranges, 1)):
        return shewhart
    spread, _ = _spread(data, seen, shewhart._replace(of=seen))
    line = _trimmed(data, seen, max(spread, 1.0))
    spread, _ = _spread(data, seen, line._replace(of=seen))
    return line._replace(spread=max(spread, 1.0))


def _trimmed(data: _Data, seen: Mask, spread: float) -> _Line:
    """The line of the points that lie within its own limits."""
    kept, centre, values = seen, _median(data, seen), data.num / data.size
    judged = ~data.small(centre)
    for _ in range(10):  # limits that take turns are as good as each other
        off = np.abs(values - centre) > SIGMAS * spread * data.sigma(centre)
        rest = seen & ~(off & judged)
        if rest.sum() < LEAST or (rest == kept).all():
            break
        kept, centre = rest, data.centre(rest)
    return _Line(data.centre(kept), spread, kept)


def _median(data: _Data, seen: Mask) -> float:
    """The rate that half of all sizes are at or below: where no single point can draw the limits after itself."""
    values, sizes = data.num[seen] / data.size[seen], data.size[seen]
    order = np.argsort(values)
    upto = np.cumsum(sizes[order])
    return float(values[order][np.searchsorted(upto, upto[-1] / 2)])


def _spread(data: _Data, seen: Mask, line: _Line) -> tuple[float, int]:
    """Laney's sigma of z from the moving ranges between neighbours in the line, and of how many ranges it is."""
    use = np.flatnonzero(seen & ~data.small(line.centre))
    if line.centre in (0, 1) or len(use) < 2:
        return 1.0, 0
    z = (data.num[use] / data.size[use] - line.centre) / data.sigma(line.centre)[use]
    ranges = np.abs(np.diff(z))[line.of[use][1:] & line.of[use][:-1]]
    if not len(ranges):
        return 1.0, 0
    ranges = ranges[ranges <= 3.267 * ranges.mean()]
    return float(ranges.mean()) / 1.128, len(ranges)


def _signals(values: F64, low: F64, high: F64, centre: float, use: NDArray[np.intp]) -> list[Signal]:
    """All signals among the points in use, in the order in which they begin."""
    v = values[use]
    outside = (v > high[use]).astype(int) - (v < low[use])
    found = [Signal(Rule.beyond, int(use[k]), int(use[k]), int(outside[k])) for k in np.flatnonzero(outside)]
    for first, last, side in _runs(_signs(v - centre, centre), RUN):
        found.append(Signal(Rule.run, int(use[first]), int(use[last]), side))
    for first, last, side in _runs(_signs(np.diff(v), centre), TREND - 1):
        found.append(Signal(Rule.trend, int(use[first]), int(use[last + 1]), side))
    return sorted(found, key=lambda signal: (signal.first, signal.last))


def _signs(differences: F64, centre: float) -> F64:
    """1, 0 or −1; what rounding makes of equal rates is 0."""
    return np.where(np.abs(differences) > 1e-9 * centre, np.sign(differences), 0.0)


def _runs(signs: F64, least: int) -> Iterator[tuple[int, int, int]]:
    """Stretches of at least so many equal signs other than 0: first, last, sign."""
    starts = np.flatnonzero(np.diff(signs, prepend=np.nan) != 0)
    ends = np.append(starts[1:], len(signs))[: len(starts)] - 1
    for first, last in zip(starts.tolist(), ends.tolist(), strict=True):
        if signs[first] and last - first + 1 >= least:
            yield first, last, int(signs[first])


def _plain(values: F64) -> list[float | None]:
    """None for NaN."""
    return [None if value != value else value for value in values.tolist()]
