"""The real city and its ground, read once; both are read-only."""

from __future__ import annotations

import pytest

from dashboard.cities import City, load_city
from feeds.demo.dice import Dice
from feeds.demo.ground import Ground


@pytest.fixture(scope="session")
def city() -> City:
    return load_city("changzhou")


@pytest.fixture(scope="session")
def ground(city: City) -> Ground:
    return Ground(city.regions, Dice(1))
