"""The workers' phones: how full their batteries are, at any instant.

A function of the instant and of who asks alone, so that a restart finds the same phones. Everybody unplugs in the early
morning; some drain fast, a few forgot to charge; whoever falls too low finds a power bank.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dashboard.clock import HOUR_MS
from feeds.demo.ground import F64

_DAY_H: Final = 24.0
_UNPLUGGED_H: Final = 6.0
_PER_HOUR: Final = (2.0, 5.5)
"""Percent an hour, of the frugal and of the thirsty."""
_FORGOT: Final = 0.012
_FORGOTTEN: Final = 35.0
"""What is left in the morning of a phone nobody charged, in percent."""
_BANK: Final = (6.0, 55.0)
"""Below the first percent a power bank is found; it brings the phone up by the second."""
_ZONE_H: Final = 8.0


def charge(at_ms: NDArray[np.int64] | int, phase: F64) -> NDArray[np.int64]:
    """The charge in percent, 1 to 100, of n phones of which `phase` in [0, 1) tells which they are, at n instants."""
    hours = (np.asarray(at_ms) / HOUR_MS + _ZONE_H - _UNPLUGGED_H - phase) % _DAY_H
    thirst = (phase * 104_729.0) % 1.0
    start = np.where((phase * 7919.0) % 1.0 < _FORGOT, _FORGOTTEN, 100.0)
    level = start - hours * (_PER_HOUR[0] + (_PER_HOUR[1] - _PER_HOUR[0]) * thirst)
    floor, bank = _BANK
    level = np.where(level < floor, floor + (level - floor) % bank, level)
    return np.rint(np.clip(level, 1.0, 100.0)).astype(np.int64)
