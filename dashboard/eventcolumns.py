"""The instants of every event as numpy columns, one row an event, which the KPI are counted from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dashboard.eventstate import NEVER, EventState
from dashboard.model import MAIN_STEPS, Step

_KIND = np.dtype(
    [(t, "i8") for t in ("reported", "due", "closed", "rated", "score", "step")]
    + [("open", "?"), ("counted", "?"), ("node", "i8"), ("entered", "i8", (len(MAIN_STEPS),))]
)


class Columns:
    """A row an event, in no order.

    `reported due closed rated`: UTC ms, NEVER where none (`due` while the case is held, too); `score` 0–5; `step` the
    place 1–8 among the eight steps, whatever the process calls them; `open` bool; `counted` False for merged and
    cancelled events; `node` the region's number (see `regions`); `entered` (n, 8) UTC ms.
    """

    def __init__(self) -> None:
        self.n = 0
        self._data = np.zeros(1024, _KIND)

    def put(self, row: int, state: EventState, node: int, *, held: bool = False) -> None:
        """Write one event's row; `held`: its limit stands still at present."""
        if row >= len(self._data):
            self._data = np.concatenate([self._data, np.zeros_like(self._data)])
        self.n = max(self.n, row + 1)
        place = MAIN_STEPS.index(state.step) + 1 if state.step in MAIN_STEPS else len(MAIN_STEPS)
        self._data[row] = (
            state.reported_ms, NEVER if held else _or_never(state.due_ms), _or_never(state.closed_ms),
            _or_never(state.rated_ms), state.score or 0, place, state.open,
            state.step not in (Step.merged, Step.cancelled), node, state.entered,
        )  # fmt: skip

    def drop(self, row: int) -> None:
        """Take a row out; the last takes its place."""
        self.n -= 1
        self._data[row] = self._data[self.n]

    def recent(self, since_ms: int) -> Columns:
        """The rows on which anything after `since_ms` can depend: open, or touched, due or rated since (a copy)."""
        data = self._data[: self.n]
        keep = data["open"] | (data["entered"] > since_ms).any(axis=1)
        for name in ("reported", "due", "closed", "rated"):
            keep |= data[name] > since_ms
        return self.where(keep)

    def where(self, keep: NDArray[np.bool_]) -> Columns:
        """The rows that `keep` marks (a copy)."""
        picked = Columns()
        picked._data = self._data[: self.n][keep]
        picked.n = len(picked._data)
        return picked

    def __getitem__(self, name: str) -> NDArray[np.int64]:
        column: NDArray[np.int64] = self._data[name][: self.n]
        return column


def _or_never(value: int | None) -> int:
    return NEVER if value is None else value
