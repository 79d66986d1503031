"""Workers who call for help: now and then somebody on duty presses the button, and a while later all is well.

The alarm's kind is `sos` and its device the worker's id. It plays on the desk's schedule and changes nobody's state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

import numpy as np

from dashboard.model import AlarmAcked, AlarmCleared, AlarmRaised, Data, Duty
from feeds.demo.alarms import SEAT
from feeds.demo.dice import Dice
from feeds.demo.matter import MINUTE_MS
from feeds.demo.walkers import Crew

KIND: Final = "sos"
_FIRST_MIN: Final = (1, 4)
_EVERY_MIN: Final = (20, 60)
_LASTS_MIN: Final = (4, 14)
_SOURCE: Final = "positioning"


class Distress:
    """Calls for help from `crew`; `later` and `emit` as of `alarms.Devices`."""

    def __init__(
        self,
        crew: Crew,
        dice: Dice,
        later: Callable[[int, Callable[[int], object]], None],
        emit: Callable[[int, str, str, Data], None],
    ) -> None:
        self._crew, self._dice, self._later, self._emit = crew, dice, later, emit

    def start(self, at_ms: int, standing: Iterable[str] = ()) -> None:
        """Let calls come from now on; those `standing` from an earlier run (alarm ids) will soon be over."""
        for alarm in standing:
            self._later(at_ms + self._minutes(_FIRST_MIN), partial(self._over, alarm))
        self._later(at_ms + self._minutes(_FIRST_MIN), self._call)

    def _call(self, at_ms: int) -> None:
        self._later(at_ms + self._minutes(_EVERY_MIN), self._call)
        free = np.flatnonzero(self._crew.duty == Duty.available)
        if not len(free):
            return
        worker = int(self._dice.pick(free.tolist()))
        lat, lon = self._crew.where(worker, at_ms)
        alarm, who = f"SOS{np.base_repr(at_ms, 36)}", str(self._crew.roster.worker_id[worker])
        call = AlarmRaised(alarm, who, KIND, "urgent", round(lat, 6), round(lon, 6))
        self._emit(at_ms, _SOURCE, "alarm.raised", call)
        self._later(at_ms + self._minutes(_LASTS_MIN), partial(self._over, alarm))

    def _over(self, alarm: str, at_ms: int) -> None:
        self._emit(at_ms, _SOURCE, "alarm.acked", AlarmAcked(alarm, SEAT))
        self._emit(at_ms, _SOURCE, "alarm.cleared", AlarmCleared(alarm))

    def _minutes(self, span: tuple[float, float]) -> int:
        return int(self._dice.between(*span) * MINUTE_MS)
