"""The chance that an open event breaches its limit, from how long events like it have taken.

    chance = P(duration > limit | duration > age) = ∏ (1 − dᵢ ÷ nᵢ) over the tᵢ in (age, limit], limit = due − reported

the product-limit estimator (Kaplan and Meier 1958), so that open events count for as long as they have lasted
(censored) and not as if they never were. Of nᵢ at risk at the duration tᵢ, dᵢ were closed. Closed at the very limit is
in time, as in `kpi`.

Only the newest KEPT durations of a kind are kept. Closures and open events must be those of the same stretch of time,
so an event enters the risk set at the age it had when that stretch began (left truncation: Tsai, Jewell and Wang 1987;
Klein and Moeschberger 2003, §4.6). Without that, the backlog of a busy kind would make every event look hopeless.

A kind is the event's category and department; where fewer than AT_RISK have been watched at its age, the category, then
the severity, then everything; then nothing is said. Nor is a breach predicted from a limit that hardly any event has
been watched up to, as on the first day. The level is chosen by age alone: a later limit never has a greater chance.

It counts whole seconds of the clock it is given, also hours nobody works; merged and cancelled events count nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from dashboard.eventstate import NEVER, EventState
from dashboard.taxonomy import branch

KEPT = 500
"""Durations kept of each kind, the newest."""
AT_RISK = 30
"""The least at risk at an event's age, and the least closures, for a kind to say anything (as `kpi.MIN_SAMPLE`)."""
PREDICTED = 0.5
"""From this chance on a breach is predicted."""

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]
Kind = tuple[int, str, str]
"""A level and what it tells apart: category and department, category, severity, or nothing."""


class Level(IntEnum):
    """What a chance was computed from, the most telling first; `passed`: nothing, for the limit is behind."""

    nothing = 0
    department = 1
    category = 2
    severity = 3
    everything = 4
    passed = 5


@dataclass(frozen=True, slots=True)
class Chance:
    """The chance (0–1) of a breach, from which level, and from how many at risk at the event's age."""

    value: float
    level: Level
    n: int

    @property
    def predicted(self) -> bool:
        """The event is expected to breach."""
        return self.value >= PREDICTED


@dataclass(frozen=True, slots=True)
class Chances:
    """`Chance` as columns: `value` (NaN where nothing can be said), `level`, `n`."""

    value: F64
    level: I64
    n: I64

    @property
    def predicted(self) -> Flags:
        """The events expected to breach."""
        return np.asarray(self.value >= PREDICTED)

    def __getitem__(self, row: int) -> Chance | None:
        level = Level(int(self.level[row]))
        return None if level is Level.nothing else Chance(float(self.value[row]), level, int(self.n[row]))


@dataclass(frozen=True, slots=True)
class Standing:
    """Open events as columns: category and department, severity, `reported` and `due` (UTC ms; NEVER = no limit)."""

    category: Sequence[str]
    department: Sequence[str]
    severity: Sequence[int]
    reported: I64
    due: I64

    @classmethod
    def of(cls, events: Iterable[EventState]) -> Standing:
        """The open ones of these events, in their order."""
        opened = [one for one in events if one.open]
        due = np.array([NEVER if one.due_ms is None else one.due_ms for one in opened], np.int64)
        reported = np.array([one.reported_ms for one in opened], np.int64)
        names = [branch(one.category) for one in opened], [one.department for one in opened]
        return cls(*names, [one.severity for one in opened], reported, due)

    def codes(self, level: Level) -> I64:
        """A number for each event, the same for those of one kind."""
        if level >= Level.severity:
            return np.array(self.severity, np.int64) * (level == Level.severity)
        category = _numbers(self.category)
        return category * len(category) + _numbers(self.department) if level == Level.department else category


class SavedKind(msgspec.Struct, array_like=True):
    """One kind as exported: seconds as little-endian unsigned 32-bit integers, oldest first."""

    level: int
    first: str
    second: str
    since: int
    took: bytes
    at: bytes


class Outlook:
    """The newest durations of every kind. The same closures in the same order give the same chances, bit for bit."""

    def __init__(self) -> None:
        self._kept: dict[Kind, _Kept] = {}

    def closed(self, category: str, department: str, severity: int, duration_ms: int, at_ms: int) -> None:
        """An event was closed at `at_ms` (UTC ms), `duration_ms` after it was reported (negative counts as 0)."""
        for level in _LEVELS:
            kind = _kind(level, category, department, severity)
            if kind not in self._kept:
                self._kept[kind] = _Kept()
            self._kept[kind].add(max(0, duration_ms) // 1000, max(0, at_ms) // 1000)

    def breach(self, event: EventState, now_ms: int, others: Iterable[EventState] = ()) -> Chance | None:
        """The chance that this event breaches; None if it is not open, has no limit, or nothing can be said. The
        `others` are those open now; it may be among them."""
        standing = Standing.of([event, *others])
        return self.breaches(standing, now_ms, np.arange(len(standing.due)) == 0)[0] if event.open else None

    def breaches(self, standing: Standing, now_ms: int, ask: Flags | None = None) -> Chances:
        """The chance of each open event, or of those that `ask` marks; `standing` must be all that are open, for they
        are the censored ones."""
        n, limited = len(standing.due), (standing.due != NEVER) & (True if ask is None else ask)
        found = Chances(np.full(n, np.nan), np.zeros(n, np.int64), np.zeros(n, np.int64))
        passed = limited & (standing.due <= now_ms)
        found.value[passed], found.level[passed] = 1.0, Level.passed
        ages = np.maximum(0, now_ms - standing.reported) // 1000
        limits = np.maximum(0, standing.due - standing.reported) // 1000
        for level in _LEVELS:
            pending = limited & (found.level == Level.nothing)
            for kept, rows in self._groups(standing, level, pending):
                wanted = rows[pending[rows]]
                curve = _Curve.of(kept, standing.reported[rows] // 1000, ages[rows])
                at_risk = curve.at_risk(ages[wanted])
                wanted = wanted[at_risk >= AT_RISK]
                found.n[wanted], found.level[wanted] = at_risk[at_risk >= AT_RISK], level
                found.value[wanted] = curve.chances(ages[wanted], limits[wanted])
        found.level[np.isnan(found.value)] = found.n[np.isnan(found.value)] = 0
        return found

    def export(self) -> list[SavedKind]:
        """Everything, to be saved: 8 bytes a duration, at most KEPT of a kind."""
        return [SavedKind(*kind, one.since, *one.packed()) for kind, one in self._kept.items()]

    @classmethod
    def restore(cls, saved: Iterable[SavedKind]) -> Outlook:
        """The outlook that was exported."""
        outlook = cls()
        for one in saved:
            kept = outlook._kept[one.level, one.first, one.second] = _Kept()
            for took, at in zip(np.frombuffer(one.took, "<u4"), np.frombuffer(one.at, "<u4"), strict=True):
                kept.add(int(took), int(at))
            kept.since = one.since
        return outlook

    def _groups(self, standing: Standing, level: Level, pending: Flags) -> Iterator[tuple[_Kept, I64]]:
        """Of each kind that is asked for and has closures enough: what is kept of it, and all its rows."""
        code = standing.codes(level)
        order = np.argsort(code, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(code[order])) + 1):
            if pending[rows].any():
                one = int(rows[0])
                names = standing.category[one], standing.department[one]
                kept = self._kept.get(_kind(level, *names, standing.severity[one]))
                if kept is not None and kept.n >= AT_RISK:
                    yield kept, rows


class _Kept:
    """The newest durations of one kind, in seconds, and `since` when none is missing."""

    def __init__(self) -> None:
        self.n, self.since = 0, 0
        self._data = np.zeros((2, KEPT), np.int64)
        self._next = 0
        self._sorted: _Closures | None = None

    def add(self, took: int, at: int) -> None:
        """One more; the oldest gives way to it."""
        if self.n == KEPT:
            self.since = max(self.since, int(self._data[1, self._next]))
        self._data[:, self._next] = took, at
        self._next, self.n, self._sorted = (self._next + 1) % KEPT, min(KEPT, self.n + 1), None

    def packed(self) -> tuple[bytes, bytes]:
        """Durations and instants, oldest first."""
        took, at = np.roll(self._data, -self._next, axis=1)[:, KEPT - self.n :].astype("<u4")
        return took.tobytes(), at.tobytes()

    @property
    def closures(self) -> _Closures:
        if self._sorted is None:
            took, at = self._data[:, : self.n]
            self._sorted = _Closures.of(took, np.minimum(took, np.maximum(0, self.since - (at - took))))
        return self._sorted


@dataclass(frozen=True, slots=True)
class _Closures:
    """Closed events: sorted ages of leaving and entering the risk set; at `times`, how many `left` of those `there`."""

    leaves: I64
    enters: I64
    times: I64
    left: I64
    there: I64

    @classmethod
    def of(cls, took: I64, entered: I64) -> _Closures:
        leaves, enters = np.sort(took), np.sort(entered)
        times, left = np.unique(took[entered < took], return_counts=True)  # who left on entering was never at risk
        return cls(leaves, enters, times, left, _there(leaves, enters, times, "left"))


@dataclass(frozen=True, slots=True)
class _Curve:
    """A survival curve: before each of `times`, the logarithms of its factors added up, and how many of them are 0."""

    closures: _Closures
    leaves: I64
    enters: I64
    logs: F64
    zeros: I64

    @classmethod
    def of(cls, kept: _Kept, reported: I64, ages: I64) -> _Curve:
        """Of the closures and the open events of one kind."""
        closures, leaves = kept.closures, np.sort(ages)
        enters = np.sort(np.minimum(ages, np.maximum(0, kept.since - reported)))
        there = closures.there + _there(leaves, enters, closures.times, "left")
        none_left = closures.left >= there
        logs = np.log1p(-np.where(none_left, 0, closures.left / there))
        return cls(closures, leaves, enters, _before(logs), _before(none_left.astype(np.int64)))

    def at_risk(self, at: I64) -> I64:
        """How many have been watched at these ages and beyond."""
        closed = _there(self.closures.leaves, self.closures.enters, at, "right")
        return closed + _there(self.leaves, self.enters, at, "right")

    def chances(self, ages: I64, limits: I64) -> F64:
        """P(duration > limit | duration > age); NaN for a prediction of what too few have been watched up to."""
        a, b = (self.closures.times.searchsorted(at, "right") for at in (ages, limits))
        value = np.where(self.zeros[b] > self.zeros[a], 0.0, np.exp(self.logs[b] - self.logs[a]).round(9))
        unknown = (value >= PREDICTED) & (self.at_risk(limits) < AT_RISK * PREDICTED)
        return np.where(unknown, np.nan, value)


_LEVELS = (Level.department, Level.category, Level.severity, Level.everything)


def _kind(level: Level, category: str, department: str, severity: int) -> Kind:
    if level is Level.department:
        return level, category, department
    if level is Level.category:
        return level, category, ""
    return level, str(severity) if level is Level.severity else "", ""


def _numbers(names: Sequence[str]) -> I64:
    known = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.fromiter(map(known.__getitem__, names), np.int64, len(names))


def _there(leaves: I64, enters: I64, at: I64, side: Literal["left", "right"]) -> I64:
    """How many entered before and left at or after (`left`), or entered by and left after (`right`), each instant."""
    return np.asarray(enters.searchsorted(at, side) - leaves.searchsorted(at, side))


def _before(values: NDArray[Any]) -> NDArray[Any]:
    """The sum of all values before each, and of all."""
    return np.concatenate([np.zeros(1, values.dtype), np.cumsum(values)])
