"""Seeded chance: the few draws the demo city needs, each from one numpy generator.

The same seed and the same order of draws give the same city. It holds no state but the generator's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Dice:
    """One stream of chance.

    Args:
        seeds: integers that name the stream; other integers, another stream.
    """

    def __init__(self, *seeds: int) -> None:
        self.rng = np.random.default_rng(seeds)

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return bool(self.rng.random() < probability)

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return float(low + (high - low) * self.rng.random())

    def whole(self, low: int, high: int) -> int:
        """An integer in low … high, both included."""
        return int(low + (high + 1 - low) * self.rng.random())

    def around(self, median: float, spread: float = 0.6) -> float:
        """A log-normal number with this median; `spread` is the sigma of its logarithm."""
        return float(median * np.exp(spread * self.rng.standard_normal()))

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[int(len(items) * self.rng.random())]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """One key, as often as its weight says; the weights need not add up to one.

        Raises:
            ValueError: no weights.
        """
        left = self.rng.random() * sum(weights.values())
        for key, weight in weights.items():
            left -= weight
            if left < 0:
                return key
        if not weights:
            raise ValueError("nothing to choose from")
        return next(reversed(list(weights)))
