"""The watcher of the fences: follows the log with a replica of its own and appends the alarms their rules call for.

What it knows is the picture and the last minutes of fixes on the log; when it starts it reads both, so that a crossing
while nobody watched is still told, and one already told is not told again. What is inside what is told by
`dashboard.fences`, and what that gives rise to by `dashboard.fencerules`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from threading import Event
from typing import Final

import numpy as np

from dashboard import archive, clock, past
from dashboard.areas import AreaState, outline
from dashboard.fencerules import MINUTE_MS, Fence, Rules, in_force, located
from dashboard.fences import SLOTS, Fixes, Presence
from dashboard.fleet import Rows
from dashboard.record import Entry, Record
from dashboard.replica import Replica
from feeds.base import Sink

logger = logging.getLogger(__name__)
LOOK_BACK_MS: Final = 10 * MINUTE_MS
_BITE_MS: Final = 5_000
_POLL_MS: Final = 1000
_PAUSE_S: Final = 0.2
"""Between two looks: fixes come in many small entries, and are cheapest by the hundred."""


class FenceWatch:
    """The feed of fence alarms. `replica` makes an empty replica of `history`'s log; `now` is the clock, UTC ms."""

    name = "fences"

    def __init__(
        self, history: past.History, replica: Callable[[], Replica], now: Callable[[], int] = clock.now_ms
    ) -> None:
        self._history, self._make, self._now = history, replica, now

    def run(self, sink: Sink, stop: Event) -> None:
        """Watch until `stop` is set. Raises LogUnavailable and LeftBehind: then all starts again from the log."""
        watch = Watch(self._make(), self._now)
        _append(sink, watch.start(self._history, stop))
        while not stop.is_set():
            _append(sink, watch.look(_POLL_MS))
            stop.wait(_PAUSE_S)


class Watch:
    """One run of the watcher over one replica, caught up with its log; every call returns the records to append."""

    def __init__(self, replica: Replica, now: Callable[[], int]) -> None:
        replica.restore()
        replica.catch_up()
        self._replica, self._now = replica, now
        self._picture = replica.picture
        self._presence = Presence()
        self._rules = Rules(self._picture.fleet, self._picture.alarms.__contains__)
        self._states: list[AreaState] = []
        self._fences: dict[int, Fence] = {}
        self._came: list[Fixes] = []
        self._ticked_ms = 0

    def start(self, history: past.History, stop: Event) -> list[Record]:
        """Go through the log's last minutes again with the fences of now."""
        now_ms = self._now()
        records = self._fence(now_ms) + self._rules.adopt(self._picture.alarms.standing(), now_ms)
        since_ms = now_ms - self._look_back()
        self._rules.begin(since_ms)
        for entries in _between(history, since_ms, self._end(), stop) if self._fences else ():
            found = past.fixes_of(entries, self._picture.fleet)
            fixes = Fixes(found["row"].astype(np.int64), found["lon"], found["lat"], found["fix_ms"])
            records += self._see(fixes)
        records += self._see(located(self._picture.fleet))
        self._picture.take_changes()
        self._picture.on_fixes = self._note
        logger.info("%d fences, %d workers inside one", len(self._fences), len(self._presence.inside))
        return records

    def look(self, block_ms: int | None) -> list[Record]:
        """Fold what the log has, waiting up to `block_ms` for it, and judge it.

        Fences before fixes: who enters one that has just been drawn was outside when it was.
        """
        entries = self._replica.wait(block_ms)
        now_ms = self._now()
        self._replica.fold([entry for entry in entries if entry.stream != archive.STREAM], now_ms)
        records = self._fence(now_ms)
        self._replica.fold([entry for entry in entries if entry.stream == archive.STREAM], now_ms)
        if self._picture.take_changes().roster:
            self._rules.roster()
        came, self._came = self._came, []
        records += self._see(_joined(came)) if came else []
        if now_ms - self._ticked_ms >= 1000:
            self._ticked_ms = now_ms
            records += self._rules.absent(now_ms)
        return records

    def _note(self, rows: Rows) -> None:
        fleet = self._picture.fleet
        self._came.append(Fixes(rows, fleet.lon[rows], fleet.lat[rows], fleet.fix_ms[rows]))

    def _see(self, fixes: Fixes) -> list[Record]:
        records: list[Record] = []
        for batch in self._presence.rounds(fixes):
            crossings, seen, fresh = self._presence.see(batch)
            records += self._rules.crossed(crossings) + self._rules.seen(seen, fresh)
        return records

    def _fence(self, now_ms: int) -> list[Record]:
        """Take over the fences in force now, if they are others than before."""
        states = [state for state in self._picture.areas if in_force(state, now_ms)][:SLOTS]
        if states == self._states:
            return []
        self._states, before = states, self._fences
        self._fences = _slotted(states, before)
        new = [slot for slot, fence in self._fences.items() if before.get(slot) != fence]
        records = self._rules.fence(self._fences, now_ms)
        shapes = {slot: outline(fence.state.area.geometry) for slot, fence in self._fences.items()}
        dwell = {s: round(f.state.area.rules.dwell_s * 1000) for s, f in self._fences.items() if f.state.area.rules}
        where = located(self._picture.fleet)
        return records + self._rules.seen(self._presence.fence(shapes, dwell, new, where), where)

    def _look_back(self) -> int:
        waits = [state.area.rules.absence_min for state in self._states if state.area.rules]
        return max(LOOK_BACK_MS, round(max(waits, default=0) * MINUTE_MS))

    def _end(self) -> int:
        """When the log took the last fixes folded, UTC ms."""
        return int(self._picture.position.get(archive.STREAM, "0-0").split("-")[0])


def _slotted(states: list[AreaState], before: dict[int, Fence]) -> dict[int, Fence]:
    """A slot for every fence: its old one if it had one."""
    slot_of = {fence.id: slot for slot, fence in before.items()}
    free = (slot for slot in range(SLOTS) if slot not in before)
    slots = [slot_of[state.area.area_id] if state.area.area_id in slot_of else next(free) for state in states]
    return {slot: Fence(slot, state) for slot, state in zip(slots, states, strict=True)}


def _between(history: past.History, start_ms: int, end_ms: int, stop: Event) -> Iterator[list[Entry]]:
    for lower in range(start_ms, end_ms + 1, _BITE_MS):
        if stop.is_set():
            return
        upper = min(lower + _BITE_MS - 1, end_ms)
        if entries := history.between(archive.STREAM, str(lower), str(upper), 100_000):
            yield entries


def _joined(parts: list[Fixes]) -> Fixes:
    return Fixes(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("row", "lon", "lat", "fix_ms")))


def _append(sink: Sink, records: list[Record]) -> None:
    if records:
        sink.append(records)
