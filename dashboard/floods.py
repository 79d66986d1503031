"""Floods of alarms: when one begins and ends, what began it, and the standing alarms as groups that can be read.

EEMUA 191 and ISA-18.2 (clause 16): a flood begins with more than ten annunciations in ten minutes and ends with fewer
than five. Groups only count: no alarm is left out. What an alarm's state is says `annunciator`.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Final

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from dashboard.alarmstates import Alarm

I64 = NDArray[np.int64]
WINDOW_MS: Final = 600_000
WINDOW_MIN: Final = 10
BEGIN: Final = 10
"""More annunciations than this in the window begin a flood."""
END: Final = 5
"""Fewer than this end it."""

_SEQ, _ACKED = attrgetter("seq"), attrgetter("acked")
_PRIORITY, _SEV = attrgetter("priority"), attrgetter("sev")


class Call(Struct, frozen=True, order=True):
    """One annunciation: when (UTC ms), the alarm's first-out number, and its id."""

    at_ms: int
    seq: int
    id: str


class Flood(Struct):
    """Whether annunciations come as a flood; a fold that holds no more than the newest eleven. It is its own snapshot.

    `began_ms`: when the last flood began to be one (UTC ms; None: there has been none); `first_out` the first of its
    annunciations, the ten before it was one included; `count` how many it has had. `going` as of the last annunciation.
    """

    newest: list[Call] = field(default_factory=list)
    going: bool = False
    began_ms: int | None = None
    first_out: Call | None = None
    count: int = 0

    def add(self, alarm: Alarm, at_ms: int) -> None:
        """`alarm` was annunciated at `at_ms`, UTC."""
        self.going = self.active(at_ms)
        insort(self.newest, Call(at_ms, alarm.seq, alarm.id))
        del self.newest[: -BEGIN - 1]
        first, last = self.newest[0], self.newest[-1]
        if self.going:
            self.count += 1
        elif len(self.newest) > BEGIN and last.at_ms - first.at_ms < WINDOW_MS:
            self.going, self.began_ms, self.first_out, self.count = True, last.at_ms, first, len(self.newest)

    def active(self, now_ms: int) -> bool:
        """Whether there is a flood at `now_ms`, no earlier than the last annunciation."""
        return self.going and now_ms < self.newest[-END].at_ms + WINDOW_MS


class Group(Struct):
    """Standing alarms of one cause (`kind`) in one `area`: how many, how many of them wait for somebody to acknowledge
    them, their most pressing priority and gravest severity (as numbers), the first-out and its instant (UTC ms)."""

    area: str
    kind: str
    count: int
    waiting: int
    priority: int
    sev: int
    first: str
    first_ms: int


def groups(alarms: Iterable[Alarm], place_of: Callable[[Alarm], str]) -> list[Group]:
    """The alarms by area (`place_of`: a region's code, say its town's) and cause: by priority, then first-out."""
    found: defaultdict[tuple[str, str], list[Alarm]] = defaultdict(list)
    for alarm in sorted(alarms, key=_SEQ):
        found[place_of(alarm), alarm.kind].append(alarm)
    return sorted((_group(area, kind, alarms) for (area, kind), alarms in found.items()), key=_PRIORITY)


def members(alarms: Iterable[Alarm], group: Group, place_of: Callable[[Alarm], str]) -> list[Alarm]:
    """The alarms behind a group, first-out first."""
    found = [alarm for alarm in alarms if alarm.kind == group.kind and place_of(alarm) == group.area]
    return sorted(found, key=_SEQ)


def per_window(counts: I64) -> I64:
    """Annunciations in the ten minutes up to each minute, from those in each (n,); before the first there were none."""
    total = np.concatenate([np.zeros(WINDOW_MIN, np.int64), np.cumsum(counts)])
    rate: I64 = total[WINDOW_MIN:] - total[:-WINDOW_MIN]
    return rate


def flooded(counts: I64) -> NDArray[np.bool_]:
    """Whether each minute is in a flood, from the annunciations in each (n,); before the first there was none."""
    rate = per_window(counts)
    decides = np.where((rate > BEGIN) | (rate < END), np.arange(len(rate)), -1)
    last = np.maximum.accumulate(decides)
    return (last >= 0) & (rate[last] > BEGIN)


def _group(area: str, kind: str, alarms: list[Alarm]) -> Group:
    """The group of alarms in order of first-out."""
    waiting, first = len(alarms) - sum(map(_ACKED, alarms)), alarms[0]
    priority, sev = min(map(_PRIORITY, alarms)), max(map(_SEV, alarms))
    return Group(area, kind, len(alarms), waiting, priority, sev, first.id, first.since_ms)
