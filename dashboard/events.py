"""Events folded from their records: every one by id, the sum of their hashes, and the columns the KPI are counted from.

What a record does to an event is in `lifecycle`. The fold knows no time but the records' own, so the same records give
the same book, bit for bit. An event in the archive (`cold`) may leave memory: it is read again when somebody asks for
it, and comes back when something is said of it, so that neither the sum nor any answer depends on who has left.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from dashboard import lifecycle
from dashboard.clock import DAY_MS
from dashboard.codec import Malformed, instant
from dashboard.cold import Arrived, Cold, Index, key_of
from dashboard.coldrows import digest_of
from dashboard.eventcolumns import Columns
from dashboard.eventstate import NEVER, EventState
from dashboard.lifecycle import EventData
from dashboard.model import EventReported, EventsImported, EventStep
from dashboard.pieces import NOTHING, Id
from dashboard.procedure import Procedure
from dashboard.scan import Unreadable

logger = logging.getLogger(__name__)
LATELY_MS = 3 * DAY_MS
Locate = Callable[[float, float], str]
_ENCODER = msgspec.msgpack.Encoder()


class Left(msgspec.Struct):
    """Of the events that have left memory: how many, and the sum of their hashes."""

    count: int = 0
    digest: int = 0


class Events:
    """Every event by id; `fold` applies one record and returns the events it changed. Iteration, `len` and `columns`
    are of those in memory.

    `locate(lat, lon)` names the grid of a place for reports that declare no region; `node(code)` numbers a region for
    `Columns`.
    """

    def __init__(
        self, locate: Locate, node: Callable[[str], int], procedure: Procedure | None = None, cold: Cold | None = None
    ) -> None:
        self._locate, self._node = locate, node
        self.procedure, self.cold = procedure or Procedure(), cold or Cold(None)
        self.read_to: Id = NOTHING
        """The entry of the log that is being folded, or was last."""
        self.left = Left()
        self.imports: dict[str, Id] = {}
        """The imports there are, and the entry of the log that says so of each."""
        self._closed_at = np.zeros(0, np.int64)
        self._states: dict[str, EventState] = {}
        self._row: dict[str, int] = {}
        self._ids: list[str] = []
        self._hash: dict[str, int] = {}
        self.columns = Columns()
        self.total_digest = 0
        self.opened: set[str] = set()
        """Ids of open events."""
        self.on_change: Callable[[str, bool], object] = lambda event_id, left: None
        """Told of every event that has changed, or (`left`) has left memory; may be set."""

    def __len__(self) -> int:
        return len(self._states)

    def __iter__(self) -> Iterator[EventState]:
        return iter(self._states.values())

    def __getitem__(self, event_id: str) -> EventState:
        """One event, read only. Raises KeyError when it was never reported, Unreadable when the archive is."""
        state = self._states.get(event_id)
        if state is None and (found := self.cold.fetch(event_id, self.read_to)):
            state, _ = found
        if state is None:
            raise KeyError(event_id)
        return state

    def __contains__(self, event_id: str) -> bool:
        return event_id in self._states or event_id in self.cold

    @property
    def total(self) -> int:
        """How many there are, in memory or not."""
        return len(self._states) + self.left.count

    def warm(self, event_id: str) -> bool:
        """Whether it is in memory."""
        return event_id in self._states

    def where(self, keep: NDArray[np.bool_]) -> list[EventState]:
        """The events of the rows of `columns` that `keep` marks."""
        return [self._states[self._ids[row]] for row in np.flatnonzero(keep).tolist()]

    def closed_before(self, low: int, high: int) -> int:
        """When one that has left memory was last closed in the regions [low, high), UTC ms; NEVER when none was."""
        return int(self._closed_at[low + 1 : high + 1].max(initial=NEVER))

    def quiet(self, before_ms: int) -> list[EventState]:
        """The events off the queue of which nothing has been said since `before_ms`, UTC."""
        return [one for one in self._states.values() if not one.open and one.told_ms < before_ms]

    def digest_of(self, event_id: str) -> int:
        """The hash of an event in memory."""
        return self._hash[event_id]

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
        self._row[state.id] = len(self._ids)
        self._ids.append(state.id)
        return self._changed(state)

    def take_in(self, data: EventsImported) -> None:
        """Take in events of before the wall, which are in the archive and not in memory.

        The sum becomes what the record says; an archive that has not got them so is said in this process's output.

        Raises:
            Malformed: a name that is taken, or a span that is none; nothing has changed then.
        """
        if data.name in self.imports:
            raise Malformed("data.name", data.name, "has been imported already")
        if instant("data.start", data.start) > instant("data.end", data.end):
            raise Malformed("data.end", str(data.end), "is before data.start")
        digest = int(data.digest, 16)
        self.imports[data.name] = self.read_to
        self.left = Left(self.left.count + data.count, (self.left.digest + digest) % 2**64)
        self.total_digest = (self.total_digest + digest) % 2**64
        found = self._admitted(data.name, self.read_to)
        if found and (len(found.keys), int(found.digests.sum(dtype=np.uint64))) != (data.count, digest):
            logger.error("import %s has other events in the archive than the log says", data.name)
        if found:
            self._take_back(data.name)

    def _take_back(self, name: str) -> None:
        """Have the newest events of an import in memory, for there the numbers of every second look back two days."""
        try:
            lately = self.cold.lately(name, self.read_to[0] - LATELY_MS, self.read_to)
        except Unreadable as fault:
            logger.error("import %s cannot be read (%s): its newest events are in no number", name, fault)
            return
        for state, digest in lately:
            if state.id not in self._states:
                self._hash[state.id] = digest
                self.left = Left(self.left.count - 1, (self.left.digest - digest) % 2**64)
                self.restore(state)

    def recall(self, left: Left | None, imports: Mapping[str, Id] | None = None) -> None:
        """After the events of a snapshot: take in which others the archive holds; the snapshot said these had `left`,
        and these imports had been taken in.

        What the archive does not tell is said in the log; the sum stays what it was.
        """
        self.imports = dict(imports or {})
        try:
            found = [self._indexed(self.cold.begin(self.read_to))]
        except (OSError, Unreadable) as fault:
            logger.error("the archive cannot be read (%s): closed events that have left memory are missing", fault)
        else:
            found += [index for name, at in self.imports.items() if (index := self._admitted(name, at))]
            here = np.array([key_of(event_id) for event_id in self._states], np.uint64)
            for index in found:  # in an import is the older of two
                gone = index.digests[~np.isin(index.keys, here)]
                here = np.r_[here, index.keys]
                count, digest = self.left.count + len(gone), self.left.digest + int(gone.sum(dtype=np.uint64))
                self.left = Left(count, digest % 2**64)
        if left is not None and left.count != self.left.count:
            logger.error("%d closed events are in the archive, and %d should be", self.left.count, left.count)
            self.left = left
        self.total_digest = (self.total_digest + self.left.digest) % 2**64

    def _admitted(self, name: str, at: Id) -> Index | None:
        try:
            return self._indexed(self.cold.admit(name, at))
        except Unreadable as fault:
            logger.error("import %s cannot be read (%s): its events are missing", name, fault)
            return None

    def _indexed(self, index: Index) -> Index:
        for region, at_ms in index.closed.items():
            self._note_closed(region, at_ms)
        return index

    def release(self, arrived: Arrived, keep: Iterable[str] = ()) -> Arrived:
        """Let those go that the archive has as they are here, but for `keep`; returns those kept so."""
        kept = set(keep)
        for event_id, digest in arrived:
            if event_id not in kept and self._hash.get(event_id) == digest:
                self._drop(event_id)
        return [one for one in arrived if one[0] in kept]

    def _drop(self, event_id: str) -> None:
        state, row, last = self._states.pop(event_id), self._row.pop(event_id), self._ids.pop()
        self.on_change(event_id, True)
        self.columns.drop(row)
        if last != event_id:
            self._ids[row], self._row[last] = last, row
        self.left = Left(self.left.count + 1, (self.left.digest + self._hash.pop(event_id)) % 2**64)
        if state.closed_ms is not None:
            self._note_closed(state.region, state.closed_ms)

    def _note_closed(self, region: str, at_ms: int) -> None:
        place = self._node(region) + 1  # 0 is nowhere
        if place >= len(self._closed_at):
            self._closed_at = np.append(self._closed_at, np.full(place + 1024 - len(self._closed_at), NEVER))
        self._closed_at[place] = max(self._closed_at[place], at_ms)

    def _thawed(self, event_id: str) -> EventState | None:
        """An event back from the archive, for something is said of it."""
        try:
            found = self.cold.fetch(event_id, self.read_to)
        except Unreadable as fault:
            raise Malformed("data.event_id", event_id, f"is in the archive, which cannot be read: {fault}") from None
        if found is None:
            return None
        state, digest = found
        self._hash[event_id] = digest
        self.left = Left(self.left.count - 1, (self.left.digest - digest) % 2**64)
        return self.restore(state)

    def _report(self, data: EventReported, time_ms: int, source: str) -> EventState:
        if data.event_id in self:
            raise Malformed("data.event_id", data.event_id, "is already reported")
        region = data.region or self._locate(data.lat, data.lon)
        return self.restore(lifecycle.reported(data, time_ms, region, self.procedure, source))

    def _target(self, state: EventState, data: EventStep) -> EventState:
        """The event another is merged into."""
        if data.into == state.id or data.into not in self:
            raise Malformed("data.into", data.into, "is no other event that was reported")
        return self._known(data.into)

    def _known(self, event_id: str) -> EventState:
        state = self._states.get(event_id) or self._thawed(event_id)
        if state is None:
            raise Malformed("data.event_id", event_id, "was never reported")
        return state

    def _grown(self, state: EventState) -> EventState:
        state.version += 1
        return self._changed(state)

    def _changed(self, state: EventState) -> EventState:
        digest = digest_of(_ENCODER.encode(state))
        self.total_digest = (self.total_digest + digest - self._hash.get(state.id, 0)) % 2**64
        self._hash[state.id] = digest
        held = lifecycle.held(state, self.procedure)
        self.columns.put(self._row[state.id], state, self._node(state.region), held=held)
        (self.opened.add if state.open else self.opened.discard)(state.id)
        self.on_change(state.id, False)
        return state
