"""What was reported on one day of the demo city's past: what `reporter` draws, for a whole day at once.

The same shares out of the same book, as columns, for a year has a million of them. What became of it is the business of
`paststeps`; what sort of day it was is told by `pastdays`.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import product
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.cities import City
from dashboard.clock import CITY_ZONE, HOUR_MS
from dashboard.regions import short_name
from feeds.demo import rhythm
from feeds.demo.dice import Dice
from feeds.demo.ground import METRES_PER_DEGREE, Ground, is_village
from feeds.demo.matter import MINUTE_MS
from feeds.demo.pastdays import SURGE, Day, Spot
from feeds.demo.reporter import DEVICES_WATCH
from feeds.demo.titles import MAX_TITLE, MIN_TITLE, PLACE_FIRST, SEVERITIES, Channel, PhraseBook, Writer, expand

I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]
_WAYS: Final = 32
"""In how many ways a phrase is said."""
_TRIES: Final = 12
_FAVOUR: Final = 0.45
_SPREAD: Final = 25 / METRES_PER_DEGREE
CHANNELS: Final[tuple[Channel, ...]] = ("grid_worker", "urban_mgmt", "hotline_12345", "pingan_app", "iot")
IOT: Final = CHANNELS.index("iot")


class Said(NamedTuple):
    """A finished phrase with § for the place; the whole key of what it is about, where it happens, who handles it ("":
    the usual department), and of what it was made."""

    text: str
    key: str
    spot: str
    department: str
    phrase: str


class Sore(NamedTuple):
    """A sore spot: an index of a category and of a grid, where in it, and what is said from there."""

    category: int
    grid: int
    lat: float
    lon: float
    address: str
    ways: list[Said]


@dataclass(slots=True)
class Reports:
    """n reports in order of time, as columns; `category` and `severity` are indices, `key` is the whole key of what
    it is about, with its item; instants UTC ms."""

    at_ms: I64
    grid: I64
    category: I64
    severity: I64
    channel: list[Channel]
    lat: list[float]
    lon: list[float]
    title: list[str]
    key: list[str]
    address: list[str]
    department: list[str]


class PastReporter:
    """Draws the reports of whole days for one city."""

    def __init__(self, city: City, book: PhraseBook, ground: Ground, seed: int) -> None:
        self._ground, self._seed, self.book = ground, seed, book
        self._writer = Writer(book, Dice(seed, 8))
        known = [category for category in city.categories if category.key in book.categories]
        self.categories, self.usual = [c.key for c in known], [c.department for c in known]
        self.themes = [book.categories[key] for key in self.categories]
        self._village = np.array([is_village(grid) for grid in ground.grids], np.int64)
        self._place = [short_name(_name(city, grid.code[:12])) for grid in ground.grids]
        self._town = [_name(city, grid.code[:9]) for grid in ground.grids]
        self._district = np.array([int(grid.code[:6]) for grid in ground.grids])
        self._severity = np.array([theme.severity for theme in self.themes])
        self._sore, self._addresses = cache(self._drawn_sore), cache(self._drawn_addresses)
        self._ways, self._pool = cache(self._drawn_ways), cache(self._drawn_pool)
        self._channel, self._sayable = self._tables()
        self._surging = int(sorted(set(self._district.tolist()))[seed % len(set(self._district.tolist()))])

    def draw(self, day: Day, spots: Sequence[Spot], dice: Dice) -> Reports:
        """Everything that was reported on a day."""
        minutes = rhythm.reports_by_minute(day.weekday) * day.volume
        plain = int(dice.rng.poisson(minutes.sum()))
        surge = self._surge(day, plain, dice)
        sore = [self._sore(spot.seed) for spot in spots for _ in range(dice.rng.poisson(spot.a_day * day.volume))]
        n = plain + len(surge) + len(sore)
        at_ms = dice.rng.choice(1440, n, p=minutes / minutes.sum()) * MINUTE_MS + dice.rng.integers(0, MINUTE_MS, n)
        at_ms.sort()
        night = ((at_ms < 6 * HOUR_MS) | (at_ms >= 21 * HOUR_MS)).astype(np.int64)
        which = dice.rng.permutation(n)
        given = np.full((2, n), -1)
        surging, aching = (which >= plain) & (which < plain + len(surge)), which >= plain + len(surge)
        given[0, surging], given[1, surging] = self.categories.index(SURGE[0]), surge[which[surging] - plain]
        of = {row: sore[which[row] - plain - len(surge)] for row in np.flatnonzero(aching).tolist()}
        for row, one in of.items():
            given[:, row] = one.category, one.grid
        category, grid, severity, channel = self._rows(day, night, given[0], given[1], dice)
        severity[aching] = 0
        channel[aching & (channel == IOT)] = 0
        lat, lon = (values.round(6).tolist() for values in self._ground.points(grid.astype(np.int32), dice))
        words = self._words(day, np.stack([category, severity, channel == IOT, self._village[grid], night]), grid, dice)
        found = Reports(
            at_ms + midnight(day.date), grid, category, severity, [CHANNELS[k] for k in channel], lat, lon, *words
        )
        _ache(found, of, self._place, self.usual, dice)
        return found

    def _rows(self, day: Day, night: I64, category: I64, grid: I64, dice: Dice) -> tuple[I64, I64, I64, I64]:
        """Category, grid, severity and channel, but for those given; drawn anew until it is something one can say."""
        weights = np.array([
            [theme.weight * day.weights.get(key, 1.0) * (theme.night if dark else 1.0)
             for key, theme in zip(self.categories, self.themes, strict=True)]
            for dark in (False, True)
        ])  # fmt: skip
        found = np.zeros((4, len(night)), np.int64)
        wait = np.arange(len(night))
        while len(wait):
            dark = night[wait]
            c = np.where(category[wait] >= 0, category[wait], _pick(weights[dark], dice))
            g = np.where(grid[wait] >= 0, grid[wait], self._ground.draw_grids(len(wait), dice))
            s = _pick(self._severity[c], dice)
            k = _pick(self._channel[c, s, self._village[g], dark], dice)
            found[:, wait] = c, g, s, k
            wait = wait[~self._sayable[c, s, (k == IOT).astype(np.int64), self._village[g], dark]]
        return found[0], found[1], found[2], found[3]

    def _words(self, day: Day, kind: I64, grid: I64, dice: Dice) -> tuple[list[str], ...]:
        """Titles, keys, addresses and departments; a row of `kind` each: category, severity, seen, village, night."""
        titles, keys, addresses, departments = [], [], [], []
        start, spot = dice.rng.random(len(grid)).tolist(), dice.rng.random(len(grid)).tolist()
        favoured = (dice.rng.random(len(grid)) < _FAVOUR).tolist()
        for row, (where, key) in enumerate(zip(grid.tolist(), map(tuple, kind.T.tolist()), strict=True)):
            words = day.words.get(self.categories[key[0]], "") if favoured[row] else ""
            said, title = _fitting(self._pool(key, words), start[row], self._place[where])
            titles.append(title)
            keys.append(said.key)
            ways = self._addresses(said.spot, key[3])
            addresses.append(f"{self._town[where]}{self._place[where]}{ways[int(spot[row] * len(ways))]}")
            departments.append(said.department or self.usual[key[0]])
        return titles, keys, addresses, departments

    def _surge(self, day: Day, plain: int, dice: Dice) -> I64:
        """The grids from which more than usual came of the surging category."""
        here = np.flatnonzero(self._district == self._surging)
        if day.surge <= 1 or SURGE[0] not in self.categories:
            return here[:0]
        share = self.themes[self.categories.index(SURGE[0])].weight / sum(theme.weight for theme in self.themes)
        usual = plain * share * len(here) / len(self._district)
        return dice.rng.choice(here, dice.rng.poisson(usual * (day.surge - 1)))

    def _drawn_sore(self, seed: tuple[int, ...]) -> Sore:
        dice = Dice(*seed)
        while True:
            grid = self._ground.draw_grid(dice)
            category = dice.weighted({k: theme.weight for k, theme in enumerate(self.themes)})
            village = int(self._village[grid])
            dark = set(self._pool((category, 0, 0, village, 1), ""))
            both = [said for said in self._pool((category, 0, 0, village, 0), "") if said in dark]
            if both:
                break
        one = dice.pick(both)
        ways = [said for said in both if said.phrase == one.phrase]
        lat, lon = self._ground.points(np.array([grid], np.int32), dice)
        address = f"{self._town[grid]}{self._place[grid]}{dice.pick(self._addresses(one.spot, village))}"
        return Sore(category, grid, float(lat[0]), float(lon[0]), address, ways)

    def _drawn_pool(self, key: tuple[int, ...], words: str) -> list[Said]:
        """Everything that can be said of such a matter there and then; of it what has the words, where there is any."""
        category, severity, seen, village, night = key
        phrases = self._writer.fitting(
            self.categories[category], SEVERITIES[severity], seen=bool(seen), village=bool(village), night=bool(night)
        )
        found = [
            Said(way, phrase.category(self.categories[category]), phrase.spot, phrase.department, phrase.text)
            for phrase in phrases
            for way in self._ways(phrase.text)
        ]
        return ([said for said in found if re.search(words, said.text)] or found) if words else found

    def _drawn_ways(self, text: str) -> list[str]:
        dice = Dice(self._seed, 12, zlib.crc32(text.encode()))
        ways = [expand(text, dice) for _ in range(_WAYS)]
        return [
            f"§{way}" if not way.startswith("村") and "§" not in way and dice.chance(PLACE_FIRST) else way
            for way in ways
        ]

    def _drawn_addresses(self, spot: str, village: int) -> list[str]:
        spots = self.book.spots[spot + ("村" if village else "城")]
        dice = Dice(self._seed, 13, zlib.crc32("".join(spots).encode()))
        return [expand(text, dice) for text in spots for _ in range(_WAYS)]

    def _tables(self) -> tuple[NDArray[np.float64], Flags]:
        """Shares of the channels by category, severity, village, night; and what can be said (seen before village)."""
        size = len(self.categories), len(SEVERITIES)
        channel, sayable = np.zeros((*size, 2, 2, len(CHANNELS))), np.zeros((*size, 2, 2, 2), bool)
        for c, s, seen, v, n in product(range(size[0]), range(size[1]), (0, 1), (0, 1), (0, 1)):
            sayable[c, s, seen, v, n] = bool(self._pool((c, s, seen, v, n), ""))
        for c, s, v, n in product(range(size[0]), range(size[1]), (0, 1), (0, 1)):
            shares = [self.themes[c].channels.get(name, 0.0) for name in CHANNELS]
            shares[IOT] *= DEVICES_WATCH.get(SEVERITIES[s], 1.0) * bool(sayable[c, s, 1, v, n])
            channel[c, s, v, n] = shares
        return channel, sayable


def _fitting(pool: Sequence[Said], start: float, place: str) -> tuple[Said, str]:
    """One of what can be said, and the title it makes: the first of some that is neither too long nor too short."""
    at = int(start * len(pool))
    for k in range(_TRIES):
        said = pool[(at + 7 * k) % len(pool)]
        title = said.text.replace("§", place)
        if MIN_TITLE <= len(title) <= MAX_TITLE:
            break
    return said, title[:MAX_TITLE]


def _ache(found: Reports, sore: Mapping[int, Sore], place: Sequence[str], usual: Sequence[str], dice: Dice) -> None:
    """What comes from sore spots is always said of the same place, in other words."""
    for row, one in sore.items():
        said, found.title[row] = _fitting(one.ways, dice.rng.random(), place[one.grid])
        found.key[row] = said.key
        found.address[row] = one.address
        found.department[row] = said.department or usual[one.category]
        found.lat[row] = round(one.lat + dice.between(-_SPREAD, _SPREAD), 6)
        found.lon[row] = round(one.lon + dice.between(-_SPREAD, _SPREAD), 6)


def _pick(weights: NDArray[np.float64], dice: Dice) -> I64:
    """A column for each row, as often as the row's weights say."""
    sums = weights.cumsum(axis=1)
    found: I64 = (dice.rng.random(len(weights))[:, None] * sums[:, -1:] >= sums).sum(axis=1)
    return found


def midnight(day: date) -> int:
    """When a day begins in the city, UTC ms."""
    return int(datetime(day.year, day.month, day.day, tzinfo=CITY_ZONE).timestamp() * 1000)


def _name(city: City, code: str) -> str:
    region = city.regions.get(code)
    return region.name if region else ""
