"""What became of the reports of one day of the demo city's past: when each step was taken.

The durations of `matter` and the moves of `events`, drawn for a whole day at once, as columns. Whom the city would send
is not played: somebody goes as often, and is there as soon, as the live city has it. A few closings were taken back at
once, and the matter closed again later. The events as the fold would have them are made in `pastevents`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dashboard.clock import HOUR_MS
from dashboard.eventstate import NEVER
from feeds.demo import events as live
from feeds.demo import matter as times
from feeds.demo.dice import Dice
from feeds.demo.matter import MINUTE_MS
from feeds.demo.pastdays import Day
from feeds.demo.pastreports import PastReporter, Reports
from feeds.demo.reporter import SOURCE_OF
from feeds.demo.titles import SEVERITIES

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]
_RIDE_MIN: Final = (3.72, 0.46)
"""Minutes from assignment until who was sent is there, and how they spread: measured in the live city."""
_REOPENED_SHARE: Final = 0.003
_WITHIN: Final = np.array([hours for hours, _ in times.LATE_SHARE])
_MISSED: Final = np.array([share for _, share in times.LATE_SHARE])


Steps = dict[str, I64]
"""When the steps of n matters were taken, UTC ms, by their names; NEVER: it was not.

A first assignment at `misled` ended at `returned`. A closing at `too_soon` was taken back at `undone`; `evaluated` is
the last one. Beside them `first_due`, `due`, `score`, and `sent`: whether (1) a worker of ours went.
"""


class _Draw:
    """Many draws at once, of n each."""

    def __init__(self, n: int, dice: Dice) -> None:
        self._n, self._rng = n, dice.rng

    def chance(self, share: float | F64) -> Flags:
        found: Flags = self._rng.random(self._n) < share
        return found

    def between(self, low: float, high: float) -> F64:
        return self._rng.uniform(low, high, self._n)

    def span(self, low: float, high: float, unit_ms: int) -> I64:
        return (self.between(low, high) * unit_ms).astype(np.int64)

    def around(self, median: float | F64, spread: float) -> F64:
        found: F64 = median * np.exp(spread * self._rng.standard_normal(self._n))
        return found

    def minutes(self, median: float | F64, spread: float) -> I64:
        return (self.around(median, spread) * MINUTE_MS).astype(np.int64)

    def score(self, late: Flags) -> I64:
        """Ratings, of matters that were late and of others."""
        sums = np.array([np.cumsum([scores[k] for k in range(5, 0, -1)]) for scores in (live.SCORES, live.LATE_SCORES)])
        drawn = self._rng.random(self._n)[:, None] * sums[:, -1:][late.astype(np.int64)]
        found: I64 = 5 - (drawn >= sums[late.astype(np.int64)]).sum(axis=1)
        return found


def draw(reports: Reports, reporter: PastReporter, day: Day, lateness: F64, dice: Dice) -> Steps:
    """The steps of a day's reports; `lateness`: of each of them, for its district."""
    of = _Draw(len(reports.at_ms), dice)
    urgent = reports.severity == SEVERITIES.index("urgent")
    due_h, usual_min = (table[reports.category, reports.severity] for table in _kinds(reporter))
    source_min = np.array([times.ACCEPT_MIN[SOURCE_OF[channel]] for channel in reports.channel])
    accepted = reports.at_ms + 1000 + of.minutes(source_min * np.where(urgent, times.ACCEPT_URGENT, 1.0), 0.7)
    worse = np.array([day.worse.get(name, 1.0) for name in reports.department])
    end = accepted + _to_close(due_h, usual_min, lateness * day.late * worse, of)
    steps = {"accepted": accepted} | _assigned(accepted, urgent, of)
    first_due = accepted + (due_h * HOUR_MS).astype(np.int64)
    extended = of.chance(live.EXTEND_SHARE) & (due_h >= 12)
    begun = np.where(extended, steps["handling"] + of.span(5, 40, MINUTE_MS), steps["handling"])
    end = np.where(extended, first_due + of.span(1, 20, HOUR_MS), end)
    due = first_due + extended * 24 * HOUR_MS
    limits = {"extended": _if(extended, begun), "first_due": first_due, "due": due}
    return steps | limits | _wound_up(begun, end, due, due_h, of)


def _assigned(accepted: I64, urgent: Flags, of: _Draw) -> Steps:
    """From acceptance to the first hand on it; some were sent to the wrong department first."""
    assign, handle = (np.where(urgent, few, usual) for usual, few in (times.ASSIGN_MIN, times.HANDLE_MIN))
    first = accepted + 1000 + of.minutes(assign, 0.7)
    misled = of.chance(live.RETURN_SHARE) & ~urgent
    returned = first + 5000 + of.minutes(handle, 0.6)
    assigned = np.where(misled, returned + 1000 + of.minutes(assign, 0.7), first)
    sent = of.chance(live.WORKER_SHARE)
    handling = assigned + np.where(sent, 1000 + of.minutes(*_RIDE_MIN), 5000 + of.minutes(handle, 0.6))
    return {
        "misled": _if(misled, first), "returned": _if(misled, returned), "assigned": assigned, "handling": handling,
        "sent": sent.astype(np.int64),
    }  # fmt: skip


def _wound_up(begun: I64, end: I64, due: I64, due_h: F64, of: _Draw) -> Steps:
    """The rest of matters being handled since `begun`: perhaps tracked or supervised, then fed back, closed, rated."""
    end = np.maximum(end, begun + of.span(4, 12, MINUTE_MS))
    feedback = begun + ((end - begun) * of.between(0.8, 0.94)).astype(np.int64)
    tracked = begun + ((feedback - begun) * of.between(0.2, 0.5)).astype(np.int64)
    followed = of.chance(live.TRACK_SHARE)
    near = due - (of.between(0.02, 0.15) * due_h * HOUR_MS).astype(np.int64)
    urged = np.minimum(np.maximum(near, np.where(followed, tracked, begun) + 1000), feedback - 1000)
    supervised = (end > due - 0.1 * due_h * HOUR_MS) & of.chance(live.SUPERVISE_SHARE)
    reopened = of.chance(_REOPENED_SHARE)
    undone = end + of.span(20, 100, 1000)
    closed = np.where(reopened, undone + of.span(20, 240, MINUTE_MS), end)
    return {
        "tracked": _if(followed, tracked), "supervised": _if(supervised, urged), "feedback": feedback,
        "too_soon": _if(reopened, end), "undone": _if(reopened, undone), "evaluated": closed,
        "rated": _if(of.chance(live.RATE_SHARE), closed + of.span(2, 60, MINUTE_MS)), "score": of.score(closed > due),
    }  # fmt: skip


def _to_close(due_h: F64, usual_min: F64, lateness: F64, of: _Draw) -> I64:
    """As `matter.to_close_ms`."""
    allowed = due_h * HOUR_MS
    late = of.chance(_MISSED[_WITHIN.searchsorted(due_h)] * lateness)
    over = allowed + np.minimum(of.around(30, 0.8), 240) * MINUTE_MS
    within = np.minimum(of.around(usual_min, 0.75) * MINUTE_MS, allowed * of.between(0.6, 0.93))
    return np.where(late, over, within).astype(np.int64)


def _kinds(reporter: PastReporter) -> tuple[F64, F64]:
    """Hours allowed and median minutes, by category and severity."""
    due = [[times.due_hours(severity, theme.due_h) for severity in SEVERITIES] for theme in reporter.themes]
    usual = [[times.usual_minutes(severity, theme.minutes) for severity in SEVERITIES] for theme in reporter.themes]
    return np.array(due), np.array(usual)


def _if(flags: Flags, at_ms: I64) -> I64:
    return np.where(flags, at_ms, NEVER)
