"""Which events may be about the same matter: near in place, near in time, told in the same words.

    score = words^WORDS × place^PLACE × time^TIME × (1, or OTHER_CATEGORY where the categories differ)

a weighted geometric mean, so that one part near nothing cannot be made up for by the others: the same words two streets
away are another matter. Every part is handed on, so that a card can say why (120 米 · 2 小时前 · 用词 71 %).

Words are bigrams of Chinese characters (no dictionary, no segmentation), and whole runs of Latin letters and digits,
which name buildings, bus lines and companies and count CODE times. They are compared by the cosine of their inverse
document frequencies (Salton and Buckley 1988) over the events held, so that 投诉 and 小区, which are everywhere, count
little. Edit distances do worse, because people word one complaint in any order: on hand-judged pairs of real titles (in
the tests) average precision is 0.92 for this and 0.76 to 0.78 for the ratios of `rapidfuzz` 3.14.6.

It proposes and decides nothing: merging is an officer's act. It reads events and no clock.
"""

from __future__ import annotations

import bisect
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from dashboard.clock import DAY_MS, HOUR_MS
from dashboard.eventstate import EventState
from dashboard.journey import EARTH_M
from dashboard.model import Step
from dashboard.taxonomy import branch

DUPLICATE, RELATED = 0.7, 0.45
"""From the one on an event is proposed as the same matter, from the other on as related."""
WORDS, PLACE, TIME = 0.45, 0.30, 0.15
"""Exponents of the parts: words tell most, the hour least."""
OTHER_CATEGORY = 0.93
"""Two channels file one matter under two categories often enough that this may only weigh a little."""
PLACE_M = 150.0
"""Standard deviation of the bell over the distance: a block of flats, and the error of a place that was typed in."""
TIME_MS = 48 * HOUR_MS
"""Reports so far apart count half. The curve is hyperbolic, because a matter nobody mends is reported for weeks."""
KEEP_MS = 7 * DAY_MS
"""Closed events are looked at for so long: a repeated report after a closure says that it mended nothing."""
CODE = 2.0
REPEATS = 3
"""Events from which on a group counts as a repeated complaint (重复投诉)."""
REACH_M = PLACE_M * math.sqrt(-2 * math.log(RELATED) / PLACE)
"""Farther away nothing scores RELATED, whatever its words."""

_CELL_DEG = 0.005
_METRES_A_DEGREE = EARTH_M * math.pi / 180
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_HANS = re.compile(rf"[{_HAN}]")
_UNIT = 2**20


@dataclass(frozen=True, slots=True)
class Lookalike:
    """An event that may be about the same matter, and why: the score and its parts `place`, `time` and `words`, 0–1;
    metres between; `earlier_ms`: by how much it was reported before the event asked about (negative: after it)."""

    id: str
    score: float
    metres: float
    earlier_ms: int
    place: float
    time: float
    words: float
    same_category: bool

    @property
    def duplicate(self) -> bool:
        """Possibly the same matter; otherwise related."""
        return self.score >= DUPLICATE


@dataclass(frozen=True, slots=True)
class Cluster:
    """A repeated complaint: ids in the order of reporting, and the most telling phrases that half of them share."""

    ids: tuple[str, ...]
    label: tuple[str, ...]


class _Entry(NamedTuple):
    id: str
    title: str
    words: frozenset[str]
    category: str
    lat: float
    lon: float
    reported_ms: int
    closed_ms: int | None

    @classmethod
    def of(cls, event: EventState) -> _Entry:
        told = (event.title, _telling(event.title, event.address), branch(event.category))
        return cls(event.id, *told, event.lat, event.lon, event.reported_ms, None if event.open else event.closed_ms)

    @property
    def cell(self) -> tuple[int, int]:
        return math.floor(self.lat / _CELL_DEG), math.floor(self.lon / _CELL_DEG)

    def counts(self, now_ms: int) -> bool:
        """Open, or closed not long ago."""
        return self.closed_ms is None or now_ms - self.closed_ms <= KEEP_MS


_Near = tuple[float, _Entry, float, float, float]
"""What a candidate would score if its words were the same, and: it, metres, the parts place and time."""


def tokens(title: str) -> frozenset[str]:
    """The words of a title, in half width and lower case (NFKC, casefold): bigrams of Chinese characters, one that has
    no Chinese neighbour by itself, runs of other letters and digits. Nothing but punctuation gives none."""
    return frozenset(word for word, _ in _spans(title))


def _telling(title: str, address: str) -> frozenset[str]:
    """The words of a title without the names in its address: the place counts by itself, and would count twice."""
    words = tokens(title)
    return words - {word for word in tokens(address) if _HANS.match(word)} or words


def metres_between(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Great-circle metres between two places in degrees (haversine)."""
    a, b = math.radians(lat_a), math.radians(lat_b)
    across = math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * across))


class Lookalikes:
    """The events among which others are looked for, by cells of the ground; kept up to date event by event.

    What it answers depends on the events it holds alone, not on the order in which they came. Places across the 180th
    meridian are not near each other here.
    """

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._cells: dict[tuple[int, int], dict[str, _Entry]] = defaultdict(dict)
        self._weights = _Weights()

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, event: EventState) -> None:
        """Take in an event as it stands now; one that was merged or cancelled is dropped, for it is no matter."""
        self.drop(event.id)
        if event.step not in (Step.merged, Step.cancelled):
            entry = _Entry.of(event)
            self._entries[entry.id] = self._cells[entry.cell][entry.id] = entry
            self._weights.add(entry.words, 1)

    def drop(self, event_id: str) -> None:
        """Forget an event; nothing happens if it is not held."""
        entry = self._entries.pop(event_id, None)
        if entry is not None:
            del self._cells[entry.cell][event_id]
            self._weights.add(entry.words, -1)

    def expire(self, now_ms: int) -> int:
        """Forget the events closed more than KEEP_MS ago; how many."""
        old = [entry for entry in self._entries.values() if not entry.counts(now_ms)]
        for entry in old:
            self.drop(entry.id)
        return len(old)

    def words(self, one: str, other: str) -> float:
        """How alike two titles are, 0–1, by what is common among the events held."""
        a, b = tokens(one), tokens(other)
        return self._weights.cosine(a, self._weights.total(a), b)

    def of(self, event: EventState, now_ms: int, wanted: int = 5) -> list[Lookalike]:
        """The `wanted` likest events that are open or were closed within KEEP_MS, from RELATED on, best first, then by
        id. The event itself need not be held, and is never among them."""
        this, weights = _Entry.of(event), self._weights
        square = weights.total(this.words)
        found: list[Lookalike] = []
        for near in sorted(self._near(this, self._around(this), now_ms), key=lambda one: -one[0]):
            if len(found) >= wanted > 0 and near[0] < found[wanted - 1].score:
                break  # and so are all that follow
            one = _told(this, near, weights.cosine(this.words, square, near[1].words))
            if one.score >= RELATED:
                bisect.insort(found, one, key=lambda each: (-each.score, each.id))
        return found[:wanted]

    def clusters(self, now_ms: int, least: float = DUPLICATE, size: int = REPEATS) -> list[Cluster]:
        """Repeated complaints: events connected by scores of at least `least` (from RELATED on), largest group first.
        A chain may join what its ends would not. For analysts, for it looks at all pairs of neighbours."""
        parent = {event_id: event_id for event_id in self._entries}
        for this in (entry for entry in self._entries.values() if entry.counts(now_ms)):
            square = self._weights.total(this.words)
            others = (o for o in self._around(this) if _root(parent, o.id) != _root(parent, this.id))
            for near in self._near(this, others, now_ms):
                words = self._weights.cosine(this.words, square, near[1].words) if near[0] >= least else 0.0
                if _told(this, near, words).score >= least:
                    low, high = sorted((_root(parent, this.id), _root(parent, near[1].id)))
                    parent[high] = low
        groups: dict[str, list[_Entry]] = defaultdict(list)
        for entry in sorted(self._entries.values(), key=lambda entry: (entry.reported_ms, entry.id)):
            groups[_root(parent, entry.id)].append(entry)
        large = [group for group in groups.values() if len(group) >= size]
        found = [Cluster(tuple(one.id for one in group), _label(group, self._weights)) for group in large]
        return sorted(found, key=lambda one: (-len(one.ids), one.ids))

    def _near(self, this: _Entry, others: Iterable[_Entry], now_ms: int) -> Iterator[_Near]:
        """Those of the others that have a word in common and could be RELATED by all but their words."""
        for other in others:
            if other.id != this.id and other.counts(now_ms) and not other.words.isdisjoint(this.words):
                metres = metres_between(this.lat, this.lon, other.lat, other.lon)
                place = math.exp(-((metres / PLACE_M) ** 2) / 2)
                time = 1 / (1 + abs(this.reported_ms - other.reported_ms) / TIME_MS)
                most = place**PLACE * time**TIME * (1 if this.category == other.category else OTHER_CATEGORY)
                if most >= RELATED:
                    yield most, other, metres, place, time

    def _around(self, this: _Entry) -> Iterator[_Entry]:
        """The events in a box around a place that holds all within REACH_M."""
        lat, lon, north = this.lat, this.lon, REACH_M / _METRES_A_DEGREE
        east = min(180.0, north / max(1e-9, math.cos(math.radians(min(90.0, abs(lat) + north)))))
        columns = range(math.floor((lon - east) / _CELL_DEG), math.floor((lon + east) / _CELL_DEG) + 1)
        for row in range(math.floor((lat - north) / _CELL_DEG), math.floor((lat + north) / _CELL_DEG) + 1):
            for column in columns:
                for entry in self._cells.get((row, column), {}).values():
                    if abs(entry.lat - lat) <= north and abs(entry.lon - lon) <= east:
                        yield entry


class _Weights(dict[str, int]):
    """The squared weight of every word asked for, by how many of the events held have it.

    Whole numbers, because sets are walked in another order in every process, and sums of floats would differ. The
    number of events counts by its power of two, so that one more event changes the weights of its own words only.
    """

    def __init__(self) -> None:
        self.found_in: Counter[str] = Counter()
        self._events = 0

    def add(self, words: frozenset[str], by: int) -> None:
        """One event with these words more (`by` 1) or less (-1)."""
        before, self._events = self._events, self._events + by
        for word in words:
            self.found_in[word] += by
            self.pop(word, None)
            if not self.found_in[word]:
                del self.found_in[word]
        if before.bit_length() != self._events.bit_length():
            self.clear()

    def __missing__(self, word: str) -> int:
        weight = math.log(1 + 2 ** self._events.bit_length() / max(1, self.found_in[word]))
        self[word] = square = round(_UNIT * (weight * (1 if _HANS.match(word) else CODE)) ** 2)
        return square

    def total(self, words: Iterable[str]) -> int:
        """The squared length of the vector of these words."""
        return sum(map(self.__getitem__, words))

    def cosine(self, words: frozenset[str], square: int, others: frozenset[str]) -> float:
        """How alike two sets of words are, 0–1; `square` is the total of `words`."""
        common = words & others
        return min(1.0, self.total(common) / math.sqrt(square * self.total(others))) if common else 0.0


def _spans(title: str) -> Iterator[tuple[str, int]]:
    """The words of a title with where they begin, in order."""
    for run in _RUNS.finditer(unicodedata.normalize("NFKC", title).casefold()):
        if len(run[0]) == 1 or not _HANS.match(run[0]):
            yield run[0], run.start()
        else:
            yield from ((run[0][k : k + 2], run.start() + k) for k in range(len(run[0]) - 1))


def _told(this: _Entry, near: _Near, words: float) -> Lookalike:
    """A candidate with its words compared."""
    most, other, metres, place, time = near
    earlier_ms, same = this.reported_ms - other.reported_ms, this.category == other.category
    return Lookalike(other.id, most * words**WORDS, metres, earlier_ms, place, time, words, same)


def _root(parent: dict[str, str], one: str) -> str:
    """The least id of its group (union-find with path halving)."""
    while parent[one] != one:
        parent[one] = parent[parent[one]]
        one = parent[one]
    return one


def _label(group: list[_Entry], weights: _Weights) -> tuple[str, ...]:
    """Stretches of words that at least half of the titles have, from the title that has most of them."""
    shared = {word for word, n in Counter(w for one in group for w in one.words).items() if 2 * n >= len(group)}
    title = max(group, key=lambda one: weights.total(one.words & shared)).title
    kept = {start + k: word[k] for word, start in _spans(title) if word in shared for k in range(len(word))}
    line = "".join(kept.get(k, " ") for k in range(max(kept, default=-1) + 1))
    return tuple(sorted(line.split(), key=lambda phrase: (-weights.total(tokens(phrase)), phrase))[:3])
