"""Categories of events are a tree, by a convention of their keys: `environment.noise` is an item of `environment`.

Whatever holds of a category holds of its items: a rule for it, a choice of it. What they are called is the city pack's
to say; an item no pack knows counts with its category all the same.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

BRANCH: Final = "split_part(category, '.', 1)"
"""The SQL of `branch` of the column `category`."""


def branch(category: str) -> str:
    """The category that an item is of; a category itself."""
    return category.partition(".")[0]


def within(category: str, chosen: Collection[str]) -> bool:
    """Whether it is one of those chosen, or an item of one."""
    return category in chosen or branch(category) in chosen
