"""The demo city's devices: the alarm behind a matter a device saw, and small alarms that pass by themselves.

It draws alarms' contents; when a seat takes note of them and when they are cleared is scheduled through the desk's
`later`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from dashboard.model import AlarmAcked, AlarmCleared, AlarmRaised, Data
from feeds.demo.dice import Dice
from feeds.demo.ground import Ground
from feeds.demo.matter import MINUTE_MS, Matter

_EVERY_MIN: Final = (4, 12)
_LASTS_MIN: Final = (2, 20)
_NOTED_S: Final = (20, 240)
SEAT: Final = "02席"
_SERIOUS_SHARE: Final = 0.12
_SOURCE: Final = "iot"


class Devices:
    """Every sensor of the city.

    Args:
        kinds: the kinds of device there are.
        later: calls an action at an instant (UTC milliseconds).
        emit: takes (instant, source, record type, data).
    """

    def __init__(
        self,
        kinds: tuple[str, ...],
        ground: Ground,
        dice: Dice,
        later: Callable[[int, Callable[[int], object]], None],
        emit: Callable[[int, str, str, Data], None],
    ) -> None:
        self._kinds, self._ground, self._dice, self._later, self._emit = kinds, ground, dice, later, emit

    def start(self, at_ms: int) -> None:
        """Let small alarms come from now on."""
        if self._kinds:
            self._later(at_ms + self._minutes(_EVERY_MIN), self._small)

    def report(self, m: Matter, at_ms: int) -> None:
        """The alarm of a matter a device saw."""
        alarm = f"A{m.event_id[1:]}"
        self._raise(at_ms, AlarmRaised(
            alarm_id=alarm, device_id=self._device(m.device or "sensor", m.grid), kind=m.device or "sensor",
            severity=m.severity, lat=m.lat, lon=m.lon, event_id=m.event_id,
        ))  # fmt: skip

    def over(self, m: Matter, at_ms: int) -> None:
        """The alarm of a closed matter is cleared."""
        self._clear(f"A{m.event_id[1:]}", at_ms)

    def _small(self, at_ms: int) -> None:
        grid, kind = self._ground.draw_grid(self._dice), self._dice.pick(self._kinds)
        lat, lon = self._ground.points(np.array([grid], np.int32), self._dice)
        alarm = f"AS{np.base_repr(at_ms, 36)}"
        self._raise(at_ms, AlarmRaised(
            alarm_id=alarm, device_id=self._device(kind, grid), kind=kind,
            severity="serious" if self._dice.chance(_SERIOUS_SHARE) else "normal",
            lat=round(float(lat[0]), 6), lon=round(float(lon[0]), 6),
        ))  # fmt: skip
        self._later(at_ms + self._minutes(_LASTS_MIN), partial(self._clear, alarm))
        self._later(at_ms + self._minutes(_EVERY_MIN), self._small)

    def _raise(self, at_ms: int, alarm: AlarmRaised) -> None:
        self._emit(at_ms, _SOURCE, "alarm.raised", alarm)
        self._later(at_ms + int(self._dice.between(*_NOTED_S) * 1000), partial(self._noted, alarm.alarm_id))

    def _noted(self, alarm: str, at_ms: int) -> None:
        self._emit(at_ms, _SOURCE, "alarm.acked", AlarmAcked(alarm, SEAT))

    def _clear(self, alarm: str, at_ms: int) -> None:
        self._emit(at_ms, _SOURCE, "alarm.cleared", AlarmCleared(alarm))

    def _device(self, kind: str, grid: int) -> str:
        """Such as ``smoke-320402006011003-2``: a grid has a few of every kind."""
        return f"{kind}-{self._ground.grids[grid].code}-{self._dice.whole(1, 4)}"

    def _minutes(self, span: tuple[float, float]) -> int:
        return int(self._dice.between(*span) * MINUTE_MS)
