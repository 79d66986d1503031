"""Events folded from their records: every one by id, the sum of their hashes, and the columns the KPI are counted from.

What a record does to an event is in `lifecycle`. The fold knows no time but the records' own, so the same records give
the same book, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b

import msgspec

from dashboard import lifecycle
from dashboard.codec import Malformed
from dashboard.eventcolumns import Columns
from dashboard.eventstate import EventState
from dashboard.lifecycle import EventData
from dashboard.model import EventReported, EventStep
from dashboard.procedure import Procedure

Locate = Callable[[float, float], str]
_ENCODER = msgspec.msgpack.Encoder()


class Events:
    """Every event by id; `fold` applies one record and returns the events it changed.

    `locate(lat, lon)` names the grid of a place for reports that declare no region; `node(code)` numbers a region for
    `Columns`.
    """

    def __init__(self, locate: Locate, node: Callable[[str], int], procedure: Procedure | None = None) -> None:
        self._locate, self._node = locate, node
        self.procedure = procedure or Procedure()
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

    def fold(self, data: EventData, time_ms: int, source: str = "") -> list[EventState]:
        """Apply one record of when `time_ms` (UTC), sent by `source`.

        Raises:
            Malformed: an id taken or unknown, or what the event's process forbids; nothing has changed then.
        """
        if isinstance(data, EventReported):
            return [self._report(data, time_ms, source)]
        state = self._known(data.event_id)
        into = self._target(state, data) if isinstance(data, EventStep) and data.into else None
        lifecycle.apply(state, data, time_ms, self.procedure, source)
        if into is None:
            return [self._grown(state)]
        lifecycle.absorbed(into, state, time_ms)
        return [self._grown(state), self._grown(into)]

    def restore(self, state: EventState) -> EventState:
        """Take in an event as it stands: a new one, or one from a snapshot."""
        self._states[state.id] = state
        self._row[state.id] = len(self._row)
        return self._changed(state)

    def _report(self, data: EventReported, time_ms: int, source: str) -> EventState:
        if data.event_id in self._states:
            raise Malformed("data.event_id", data.event_id, "is already reported")
        region = data.region or self._locate(data.lat, data.lon)
        return self.restore(lifecycle.reported(data, time_ms, region, self.procedure, source))

    def _target(self, state: EventState, data: EventStep) -> EventState:
        """The event another is merged into."""
        if data.into == state.id or data.into not in self._states:
            raise Malformed("data.into", data.into, "is no other event that was reported")
        return self._states[data.into]

    def _known(self, event_id: str) -> EventState:
        state = self._states.get(event_id)
        if state is None:
            raise Malformed("data.event_id", event_id, "was never reported")
        return state

    def _grown(self, state: EventState) -> EventState:
        state.version += 1
        return self._changed(state)

    def _changed(self, state: EventState) -> EventState:
        digest = int.from_bytes(blake2b(_ENCODER.encode(state), digest_size=8).digest(), "little")
        self.total_digest = (self.total_digest + digest - self._hash.get(state.id, 0)) % 2**64
        self._hash[state.id] = digest
        held = lifecycle.held(state, self.procedure)
        self.columns.put(self._row[state.id], state, self._node(state.region), held=held)
        (self.opened.add if state.open else self.opened.discard)(state.id)
        return state
