"""The load alarms put on a seat over the last 24 hours, beside what EEMUA 191 and ISA-18.2 say a person can bear.

A fold over what the annunciator says has happened: counters by minute, so that memory does not grow with the alarms. It
is no part of the picture: after a start it counts anew, and says since when. It shows no alarm and changes none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from heapq import nsmallest
from typing import Any, Final, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from dashboard.alarmstates import Alarm, Priority, State, Step
from dashboard.annunciator import Annunciator
from dashboard.clock import DAY_MS, HOUR_MS
from dashboard.floods import WINDOW_MIN, flooded, per_window

MINUTE_MS: Final = 60_000
DAY_MIN: Final = 1440
RING: Final = DAY_MIN + 60
"""Minutes kept: a day, and an hour before it that says whether the day began in a flood."""
DAY_H: Final = 24
TOP: Final = 10
ALL: Final = ""
"""The seat that stands for all of them."""
CALLS, ACKS, WAITED, COLUMNS = slice(0, 3), 3, 4, 5
"""Columns of a ring: annunciations of priority high, medium, low; acknowledgements, and the ms they took together."""

RATE, PEAK = 1, 10
"""EEMUA 191: on average one annunciation in ten minutes is very likely acceptable; never more than ten."""
FLOOD_SHARE, STANDING, TOP_SHARE = 0.01, 5, 0.05
"""ISA-18.2: in flood below 1 % of the time; fewer than five stand over a day; the ten worst sources make up to 5 %."""
SHARES: Final = {Priority.high: 0.05, Priority.medium: 0.15, Priority.low: 0.8}
"""EEMUA 191 and ISA-18.2: about 5 % high, 15 % medium, 80 % low."""

I64 = NDArray[np.int64]
Source = tuple[str, str]
"""A device, and the kind of its alarms."""
Seats = Callable[[Alarm], Iterable[str]]
Standing = tuple[int, tuple[str, ...]]
"""Since when an alarm stands, UTC ms, and at which seats."""


class Transition(Struct, frozen=True):
    """An alarm called, was acknowledged, or left: it returned, or was set aside."""

    what: Literal["called", "acked", "left"]
    alarm: Alarm


def transitions(annunciator: Annunciator, steps: Iterable[Step]) -> list[tuple[Transition, int]]:
    """What steps come to for whoever sits there, each with its instant (UTC ms): what is suppressed calls nobody."""
    found = []
    for before, after, at_ms in steps:
        if after.calls > before.calls and annunciator.state(after, after.called_ms) is not State.suppressed:
            found.append((Transition("called", after), after.called_ms))
        if after.ack and not before.ack:
            found.append((Transition("acked", after), at_ms))
        stood = _stands(before) or after.calls > before.calls
        if stood and (not _stands(after) or after.device in annunciator.services):
            found.append((Transition("left", after), at_ms))
    return found


def _stands(alarm: Alarm) -> bool:
    return alarm.active and alarm.shelf is None


class SeatState(Struct):
    """One seat's counters as plain values: `counts` (RING, COLUMNS) int64, and by hour those of each source."""

    newest: int
    counts: bytes
    sources: dict[int, list[tuple[Source, int]]]


class LoadState(Struct):
    """The load as plain values."""

    since_ms: int
    seats: dict[str, SeatState]
    standing: dict[str, Standing]


class Seat:
    """What came to one seat, by minute and, of each source, by hour."""

    def __init__(self) -> None:
        self._newest = -1
        self._counts = np.zeros((RING, COLUMNS), np.int64)
        self._sources: dict[int, Counter[Source]] = {}

    def call(self, alarm: Alarm, at_ms: int) -> None:
        """An annunciation at `at_ms`, UTC."""
        self._add(at_ms, alarm.priority - 1, 1)
        hour = at_ms // HOUR_MS
        if hour not in self._sources:
            first = max([hour, *self._sources]) - DAY_H
            self._sources = {h: found for h, found in self._sources.items() if h >= first}
        self._sources.setdefault(hour, Counter())[alarm.device, alarm.kind] += 1

    def acknowledge(self, waited_ms: int, at_ms: int) -> None:
        """An acknowledgement at `at_ms` (UTC), `waited_ms` after the call."""
        self._add(at_ms, ACKS, 1)
        self._add(at_ms, WAITED, waited_ms)

    def _add(self, at_ms: int, column: int, amount: int) -> None:
        minute = at_ms // MINUTE_MS
        if minute > self._newest:
            passed = np.arange(max(self._newest + 1, minute - RING + 1), minute + 1)
            self._counts[passed % RING] = 0
            self._newest = minute
        if minute > self._newest - RING:
            self._counts[minute % RING, column] += amount

    def minutes(self, now_ms: int) -> I64:
        """(RING, COLUMNS): what came in each minute up to that of `now_ms`, the oldest first."""
        minute = now_ms // MINUTE_MS
        span = np.arange(minute - RING + 1, minute + 1)
        known = (span <= self._newest) & (span > self._newest - RING)
        found: I64 = np.where(known[:, None], self._counts[span % RING], 0)
        return found

    def sources(self, now_ms: int) -> Counter[Source]:
        """Annunciations by source in this hour and the 23 before it."""
        hour, found = now_ms // HOUR_MS, Counter[Source]()
        for h in range(hour - DAY_H + 1, hour + 1):
            found.update(self._sources.get(h, {}))
        return found

    def export(self) -> SeatState:
        """The counters as plain values."""
        sources = {hour: sorted(found.items()) for hour, found in self._sources.items()}
        return SeatState(self._newest, self._counts.tobytes(), sources)

    @classmethod
    def restore(cls, state: SeatState) -> Seat:
        """The seat that `export` described."""
        seat = cls()
        seat._newest = state.newest
        seat._counts = np.frombuffer(state.counts, np.int64).reshape(RING, COLUMNS).copy()
        seat._sources = {hour: Counter(dict(found)) for hour, found in state.sources.items()}
        return seat


class Load:
    """The load of every seat, and of all, since `since_ms` (UTC); `seats_of` says at which seats an alarm is listed.

    `seats` are those that have figures from the start; others have with their first alarm.
    """

    def __init__(self, since_ms: int, seats_of: Seats = lambda alarm: (), seats: Iterable[str] = ()) -> None:
        self._since_ms, self._seats_of = since_ms, seats_of
        self._seats: dict[str, Seat] = {name: Seat() for name in (ALL, *seats)}
        self._standing: dict[str, Standing] = {}

    def add(self, record: Transition, time_ms: int) -> None:
        """Fold one transition of `time_ms`, UTC. What comes more than a day late is not counted."""
        alarm = record.alarm
        if record.what == "left":
            self._standing.pop(alarm.id, None)
            return
        names = (ALL, *self._seats_of(alarm))
        for name in names:
            seat = self._seats.setdefault(name, Seat())
            if record.what == "called":
                seat.call(alarm, time_ms)
            else:
                seat.acknowledge(max(0, time_ms - alarm.called_ms), time_ms)
        if record.what == "called":
            self._standing[alarm.id] = (alarm.since_ms, names)

    def summary(self, now_ms: int, pending: Iterable[tuple[Transition, int]] = ()) -> dict[str, Any]:
        """The load as of `now_ms`, ready for JSON: each figure a `value` beside its `target` (None: there is none).

        `value` is None where there is nothing to divide. `pending`: what time alone has brought since the last record
        (`transitions` of `Annunciator.lapsed`); it is counted here only, as its record will bring it again.
        """
        waiting = list(pending)
        if waiting:
            load = self.restored(self.export(), self._seats_of)
            for record, time_ms in waiting:
                load.add(record, time_ms)
            return load.summary(now_ms)
        old: Counter[str] = Counter()
        for since_ms, names in self._standing.values():
            old.update(names if now_ms - since_ms > DAY_MS else ())
        first = self._since_ms // MINUTE_MS
        span = max(0, min(DAY_MIN, now_ms // MINUTE_MS - first + 1))
        rows = {name: _figures(seat, now_ms, span, old[name]) for name, seat in sorted(self._seats.items())}
        return {"as_of": now_ms, "since": self._since_ms, "all": rows.pop(ALL), "seats": rows}

    def export(self) -> LoadState:
        """Everything, as plain values."""
        seats = {name: seat.export() for name, seat in self._seats.items()}
        return LoadState(self._since_ms, seats, dict(self._standing))

    @classmethod
    def restored(cls, state: LoadState, seats_of: Seats = lambda alarm: ()) -> Load:
        """The load that `export` described."""
        load = cls(state.since_ms, seats_of)
        load._seats = {name: Seat.restore(seat) for name, seat in state.seats.items()}
        load._standing = dict(state.standing)
        return load


def _figures(seat: Seat, now_ms: int, span: int, old: int) -> dict[str, Any]:
    """One seat's figures; `span`: for how many minutes of the day there are any."""
    minutes = seat.minutes(now_ms)
    per_minute: I64 = minutes[:, CALLS].sum(axis=1)
    day, rates = minutes[-DAY_MIN:], per_window(per_minute)[-DAY_MIN:]
    calls, flood = int(per_minute[-DAY_MIN:].sum()), flooded(per_minute)
    acks = int(day[:, ACKS].sum())
    by_priority = day[:, CALLS].sum(axis=0).tolist()
    return {
        "calls": calls,
        "rate": {
            "now": _beside(int(rates[-1]), RATE),
            "mean": _beside(_share(calls * WINDOW_MIN, span if span >= WINDOW_MIN else 0), RATE),
            "peak": _beside(int(rates.max()), PEAK),
            "series": per_minute[-DAY_MIN:].reshape(-1, WINDOW_MIN).sum(axis=1).tolist(),
        },
        "flood": {"now": bool(flood[-1]), "share": _beside(_share(int(flood[-DAY_MIN:].sum()), span), FLOOD_SHARE)},
        "standing": _beside(old, STANDING),
        "sources": _worst(seat.sources(now_ms)),
        "priority": {p.name: _beside(_share(by_priority[p - 1], calls), target) for p, target in SHARES.items()},
        "acknowledged": {"count": acks, "mean_s": _beside(_share(int(day[:, WAITED].sum()), 1000 * acks), None)},
    }


def _worst(found: Counter[Source]) -> dict[str, Any]:
    total, top = found.total(), nsmallest(TOP, found.items(), key=lambda item: (-item[1], item[0]))
    rows = [{"device": d, "kind": k, "count": n, "share": _share(n, total)} for (d, k), n in top]
    return {"share": _beside(_share(sum(n for _, n in top), total), TOP_SHARE), "top": rows}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _beside(value: float | None, target: float | None) -> dict[str, float | None]:
    return {"value": value, "target": target}
