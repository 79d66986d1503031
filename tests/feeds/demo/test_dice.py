from __future__ import annotations

import pytest

from feeds.demo.dice import Dice


def test_the_same_seed_draws_the_same() -> None:
    def draws(*seeds: int) -> list[float]:
        dice = Dice(*seeds)
        return [dice.between(0, 1), dice.around(10), dice.whole(1, 6), dice.pick([1, 2, 3])]

    assert draws(1, 2) == draws(1, 2)
    assert draws(1, 2) != draws(1, 3)


def test_weighted_follows_the_weights() -> None:
    dice = Dice(1)
    drawn = [dice.weighted({"a": 3, "b": 1, "never": 0}) for _ in range(4000)]
    assert drawn.count("never") == 0
    assert 0.71 < drawn.count("a") / 4000 < 0.79


def test_nothing_to_choose_from_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing"):
        Dice(1).weighted({})


def test_whole_reaches_both_ends() -> None:
    dice = Dice(1)
    assert {dice.whole(1, 3) for _ in range(100)} == {1, 2, 3}


def test_around_has_its_median() -> None:
    dice = Dice(1)
    drawn = sorted(dice.around(40, 0.6) for _ in range(2001))
    assert 37 < drawn[1000] < 43
