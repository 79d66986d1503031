"""Events folded from their records: where each stands now, and the columns the KPI are computed from.

The fold follows `workflow`'s graph and refuses what it forbids. It knows no time but the records' own, so the same
records give the same book, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b

import msgspec
import numpy as np
from numpy.typing import NDArray

from dashboard import workflow
from dashboard.codec import Malformed, instant
from dashboard.model import MAIN_STEPS, EventRated, EventReported, EventStep, Severity, Step

NEVER = -1
Locate = Callable[[float, float], str]
_ENCODER = msgspec.msgpack.Encoder()
_KIND = np.dtype(
    [(t, "i8") for t in ("reported", "due", "closed", "rated", "score", "step")]
    + [("open", "?"), ("counted", "?"), ("node", "i8"), ("entered", "i8", (len(MAIN_STEPS),))]
)


class EventState(msgspec.Struct):
    """One event: what was reported, and where it stands. Instants are UTC ms; None or NEVER = not (yet)."""

    id: str
    title: str
    category: str
    severity: int
    lat: float
    lon: float
    region: str
    channel: str
    address: str
    reported_ms: int
    step: Step = Step.reported
    step_ms: int = NEVER
    due_ms: int | None = None
    closed_ms: int | None = None
    department: str = ""
    worker_id: str = ""
    score: int | None = None
    rated_ms: int | None = None
    entered: list[int] = msgspec.field(default_factory=lambda: [NEVER] * len(MAIN_STEPS))
    version: int = 1
    """Counts the records folded into it."""

    @property
    def open(self) -> bool:
        """Still on the queue."""
        return self.step not in workflow.TERMINAL


class Columns:
    """The instants of every event as numpy columns (row = order of arrival), for `kpi`.

    `reported due closed rated`: UTC ms, NEVER where none; `score` 0–5; `step` place 1–8; `open` bool; `counted` False
    for merged and cancelled events; `node` the region's number (see `regions`); `entered` (n, 8) UTC ms.
    """

    def __init__(self) -> None:
        self.n = 0
        self._data = np.zeros(1024, _KIND)

    def put(self, row: int, state: EventState, node: int) -> None:
        """Write one event's row."""
        if row >= len(self._data):
            self._data = np.concatenate([self._data, np.zeros_like(self._data)])
        self.n = max(self.n, row + 1)
        self._data[row] = (
            state.reported_ms, _or_never(state.due_ms), _or_never(state.closed_ms), _or_never(state.rated_ms),
            state.score or 0, workflow.place(state.step), state.open,
            state.step not in (Step.merged, Step.cancelled), node, state.entered,
        )  # fmt: skip

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


class Events:
    """Every event by id; each method folds one record and returns the event it changed.

    `locate(lat, lon)` names the grid of a place for reports that declare no region; `node(code)` numbers a region for
    `Columns`.
    """

    def __init__(self, locate: Locate, node: Callable[[str], int]) -> None:
        self._locate, self._node = locate, node
        self._states: dict[str, EventState] = {}
        self._row: dict[str, int] = {}
        self._hash: dict[str, int] = {}
        self.columns = Columns()
        self.total_digest = 0
        self.opened: set[str] = set()
        """Ids of open events."""

    def __len__(self) -> int:
        return len(self._states)

    def __iter__(self) -> Iterator[EventState]:
        return iter(self._states.values())

    def __getitem__(self, event_id: str) -> EventState:
        return self._states[event_id]

    def __contains__(self, event_id: str) -> bool:
        return event_id in self._states

    def report(self, data: EventReported, time_ms: int) -> EventState:
        """A new event. Raises Malformed when the id is taken."""
        if data.event_id in self._states:
            raise Malformed("data.event_id", data.event_id, "is already reported")
        state = EventState(
            id=data.event_id, title=data.title, category=data.category, severity=int(Severity[data.severity]),
            lat=data.lat, lon=data.lon, region=data.region or self._locate(data.lat, data.lon),
            channel=data.channel, address=data.address, reported_ms=time_ms,
        )  # fmt: skip
        self._enter(state, Step.reported, time_ms)
        return self.restore(state)

    def advance(self, data: EventStep, time_ms: int) -> EventState:
        """One step. Raises Malformed for an unknown event, or a step the graph forbids."""
        state = self._known(data.event_id)
        try:
            step = workflow.after(state.step, data.step)
        except ValueError as error:
            raise Malformed("data.step", data.step, str(error)) from None
        if data.due is not None:
            state.due_ms = instant("data.due", data.due)
        state.department = data.department or state.department
        state.worker_id = data.worker_id or state.worker_id
        if data.step is not Step.extended:
            self._enter(state, step, time_ms)
        state.version += 1
        return self._changed(state)

    def rate(self, data: EventRated, time_ms: int) -> EventState:
        """The reporter's score; a later one replaces it. Raises Malformed for an unknown event."""
        state = self._known(data.event_id)
        state.score, state.rated_ms = data.score, time_ms
        state.version += 1
        return self._changed(state)

    def restore(self, state: EventState) -> EventState:
        """Take in an event as it stands: a new one, or one from a snapshot."""
        self._states[state.id] = state
        self._row[state.id] = len(self._row)
        return self._changed(state)

    def _known(self, event_id: str) -> EventState:
        state = self._states.get(event_id)
        if state is None:
            raise Malformed("data.event_id", event_id, "was never reported")
        return state

    def _enter(self, state: EventState, step: Step, time_ms: int) -> None:
        state.step, state.step_ms = step, time_ms
        if step in MAIN_STEPS:
            state.entered[workflow.place(step) - 1] = time_ms
        if step is Step.evaluated:
            state.closed_ms = time_ms

    def _changed(self, state: EventState) -> EventState:
        digest = int.from_bytes(blake2b(_ENCODER.encode(state), digest_size=8).digest(), "little")
        self.total_digest = (self.total_digest + digest - self._hash.get(state.id, 0)) % 2**64
        self._hash[state.id] = digest
        self.columns.put(self._row[state.id], state, self._node(state.region))
        (self.opened.add if state.open else self.opened.discard)(state.id)
        return state


def _or_never(value: int | None) -> int:
    return NEVER if value is None else value
