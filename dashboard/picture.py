"""The common operating picture: the fold of the whole log.

`apply` takes one entry and either changes the picture or raises `Malformed`; either way it is counted. The streams do
not interact, so any interleaving of them that keeps each stream's own order gives the same picture, and `state_hash`
proves it: a sum, modulo 2**64, of one hash per event, worker and reading. The picture does not know what time it is.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

import msgspec
import numpy as np

from dashboard.alarmrules import Rules
from dashboard.alarmstates import AlarmData, Step
from dashboard.annunciator import Annunciator, AnnunciatorState
from dashboard.areas import AreaData, Areas, AreaState
from dashboard.codec import Malformed, decode, instant
from dashboard.cold import STREAM, Arrived, Cold
from dashboard.events import Events, Left, Locate
from dashboard.eventstate import EventState
from dashboard.fixbatch import as_batch
from dashboard.fleet import Fleet, FleetState, Rows
from dashboard.handover import Handover, Handovers
from dashboard.lifecycle import EventData
from dashboard.model import (
    AlarmShelved,
    Duty,
    EventsImported,
    Reading,
    Role,
    ShiftHanded,
    ShiftTaken,
    WallTape,
    WorkerDuties,
    WorkerDuty,
    WorkerFix,
    WorkerFixes,
    WorkerProfile,
    WorkerProfiles,
)
from dashboard.pieces import Id, id_of
from dashboard.pins import Pin, PinData, Pins
from dashboard.procedure import Procedure
from dashboard.record import Entry, Record

MAX_FEEDS, OTHER_FEEDS = 500, "…"
"""Sources counted one by one; those that come after are counted together, so that no sender can fill the memory."""
PLACES = 65_536
"""How many places of alarms are remembered."""
SEEN_PER_STREAM = 400_000
"""How many of the newest `(source, id)` each stream remembers."""


_OURS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What an error in the fold raises, in every replica at the same entry; not what the machine raises, such as a lack of
memory or an archive that does not answer."""
logger = logging.getLogger(__name__)


class FeedStat(msgspec.Struct):
    """What one source has sent: records applied, repeated and refused, and when the log took the newest (UTC ms)."""

    records: int = 0
    duplicates: int = 0
    rejected: int = 0
    last_ms: int = 0


@dataclass(slots=True)
class Changes:
    """What a run of entries changed, until somebody takes it."""

    events: set[str] = field(default_factory=set)
    rows: list[Rows] = field(default_factory=list)
    roster: list[Rows] = field(default_factory=list)
    tapes: bool = False
    oldest_ms: int | None = None
    """When the log took the oldest of them, UTC ms."""


class PictureState(msgspec.Struct):
    """The picture as plain values, for snapshots."""

    position: dict[str, str]
    events: list[EventState]
    fleet: FleetState
    feeds: dict[str, FeedStat]
    readings: dict[str, tuple[float, int]]
    tapes: dict[str, WallTape]
    seen: dict[str, bytes]
    applied: int
    areas: list[AreaState] = []
    annunciator: AnnunciatorState | None = None
    handovers: list[Handover] = []
    left: Left | None = None
    imports: dict[str, Id] = {}
    pins: list[Pin] = []


class Picture:
    """Everything the log says, as of `position` (stream → id of the last entry applied)."""

    def __init__(
        self,
        locate: Locate,
        node: Callable[[str], int],
        procedure: Procedure | None = None,
        rules: Rules | None = None,
        cold: Cold | None = None,
    ) -> None:
        """`rules`: the city's, on alarms; `cold`: where events are that have left memory."""
        self.position: dict[str, str] = {}
        self.events = Events(locate, node, procedure, cold)
        self.fleet = Fleet()
        self.feeds: dict[str, FeedStat] = {}
        self.readings: dict[str, tuple[float, int]] = {}
        self.tapes: dict[str, WallTape] = {}
        self.areas = Areas()
        self.handovers = Handovers()
        self.pins = Pins()
        at = lru_cache(PLACES)(locate)  # most devices stand still: each is located once
        self.alarms = Annunciator(rules, lambda alarm: at(alarm.lat, alarm.lon))
        self.applied = 0
        self.on_fixes: Callable[[Rows], None] = lambda rows: None
        """Called with the rows that got a newer fix, right after they got it."""
        self.on_alarms: Callable[[list[Step], int], None] = lambda steps, time_ms: None
        """Called with what a record has done to alarms and when it happened, UTC ms; told late, that is long ago."""
        self._seen: dict[str, OrderedDict[int, None]] = {}
        self._changes = Changes()
        self._facts_digest = 0

    @property
    def state_hash(self) -> str:
        """16 hex digits that two replicas at the same position share."""
        parts = (self.events, self.fleet, self.areas, self.alarms, self.handovers, self.pins)
        return f"{(self._facts_digest + sum(part.total_digest for part in parts)) % 2**64:016x}"

    def take_changes(self) -> Changes:
        """What changed since the last call."""
        taken, self._changes = self._changes, Changes()
        return taken

    def apply(self, entry: Entry) -> None:
        """Fold one entry.

        Raises:
            Malformed: the entry says nothing the picture can accept; it is counted, and the picture is as before.
                Also when the fold itself fails on it, which else would stop every replica, now and after each start;
                what had been taken of it by then is kept, the same in each.
        """
        self.position[entry.stream] = entry.entry_id
        if entry.stream == STREAM:
            self.events.read_to = id_of(entry.entry_id)
        source = entry.fields.get(b"source", b"?").decode("utf-8", "replace")[:128] or "?"
        if source not in self.feeds and len(self.feeds) >= MAX_FEEDS:
            source = OTHER_FEEDS
        stat = self.feeds.setdefault(source, FeedStat())
        stat.last_ms = max(stat.last_ms, entry.appended_ms)
        try:
            record = decode(entry)
            seen = self._seen.setdefault(entry.stream, OrderedDict())
            key = _digest(f"{record.source}\0{record.id}".encode())
            if key in seen:
                stat.duplicates += 1
                return
            known = len(self.fleet)
            self._fold(record, entry.appended_ms)
        except Malformed:
            stat.rejected += 1
            raise
        except _OURS as fault:
            stat.rejected += 1
            logger.exception("the fold fails on %s %s and goes on without it", entry.stream, entry.entry_id)
            raise Malformed("", "", f"the wall itself fails on it ({type(fault).__name__}); see its log") from fault
        if len(self.fleet) > known:  # a worker may be seen before anybody says who it is
            self._changes.roster.append(np.arange(known, len(self.fleet)))
        _remember(seen, key)
        stat.records += 1
        self.applied += 1
        if self._changes.oldest_ms is None:
            self._changes.oldest_ms = entry.appended_ms

    def release(self, arrived: Arrived) -> Arrived:
        """Let the events go that the archive has; returns those it keeps until `take_changes` has told of them."""
        return self.events.release(arrived, self._changes.events)

    def wire(self) -> dict[str, object]:
        """What browsers are told whole whenever it changes."""
        return {"areas": self.areas.wire(), "pins": self.pins.wire()}

    def export(self) -> PictureState:
        """Everything but the events that have left memory, as plain values."""
        seen = {stream: np.fromiter(ids, np.uint64, len(ids)).tobytes() for stream, ids in self._seen.items()}
        return PictureState(
            dict(self.position), list(self.events), self.fleet.export(), self.feeds, self.readings, self.tapes,
            seen, self.applied, self.areas.export(), self.alarms.export(), self.handovers.export(), self.events.left,
            dict(self.events.imports), self.pins.export(),
        )  # fmt: skip

    def restore(self, state: PictureState) -> None:
        """Become, from empty, the picture that `export` described."""
        self.position, self.feeds, self.readings = state.position, state.feeds, state.readings
        self.tapes, self.applied = state.tapes, state.applied
        self._facts_digest = sum(_fact("r", *item) for item in self.readings.items())
        self.fleet = Fleet.restore(state.fleet)
        if state.annunciator:
            self.alarms.restore(state.annunciator)
        self.handovers.restore(state.handovers)
        self.pins.restore(state.pins)
        for area in state.areas:
            self.areas.restore(area)
        for event in state.events:
            self.events.restore(event)
        self.events.read_to = id_of(self.position.get(STREAM, "0"))
        self.events.recall(state.left, state.imports)
        for stream, ids in state.seen.items():
            self._seen[stream] = OrderedDict.fromkeys(np.frombuffer(ids, np.uint64).tolist())

    def _fold(self, record: Record, appended_ms: int) -> None:
        data = record.data
        if isinstance(data, WorkerFix | WorkerFixes):
            self._fixes(data, appended_ms)
        elif isinstance(data, EventData):
            self._event(data, record)
        elif isinstance(data, EventsImported):
            self.events.take_in(data)
        elif isinstance(data, WorkerDuty | WorkerDuties | WorkerProfile | WorkerProfiles):
            self._worker(data)
        elif isinstance(data, Reading):
            self._reading(f"{data.kpi}@{data.region}", (data.value, instant("data.as_of", data.as_of)))
        elif isinstance(data, WallTape):
            self._tape(data)
        elif isinstance(data, AreaData):
            self.areas.fold(data, record.time_ms)
        elif isinstance(data, PinData):
            self.pins.fold(data, record.time_ms)
        elif isinstance(data, ShiftHanded | ShiftTaken):
            self.handovers.fold(data, record.time_ms)
        elif isinstance(data, AlarmData):
            self._alarm(data, record.time_ms, appended_ms)

    def _reading(self, key: str, value: tuple[float, int]) -> None:
        """Keep a reading, and bring the sum of hashes along: it is asked for with every frame."""
        old = _fact("r", key, self.readings[key]) if key in self.readings else 0
        self._facts_digest += _fact("r", key, value) - old
        self.readings[key] = value

    def _tape(self, data: WallTape) -> None:
        start, wall = instant("data.tape_start", data.tape_start), instant("data.wall_start", data.wall_start)
        self.tapes[data.tape] = msgspec.structs.replace(data, tape_start=start, wall_start=wall)
        self._changes.tapes = True

    def _event(self, data: EventData, record: Record) -> None:
        changed = self.events.fold(data, record.time_ms, record.source)
        self._changes.events.update(state.id for state in changed)

    def _alarm(self, data: AlarmData, time_ms: int, appended_ms: int) -> None:
        """By the log's clock: it never goes back, and an alarm calls when people can hear of it."""
        if isinstance(data, AlarmShelved):
            instant("data.until", data.until)  # refused even where nobody knows such an alarm
        self.on_alarms(self.alarms.fold(data, appended_ms), time_ms)

    def _fixes(self, data: WorkerFix | WorkerFixes, appended_ms: int) -> None:
        fixes = as_batch(data, appended_ms)
        rows = self.fleet.fixes(fixes.worker_id, fixes.lat, fixes.lon, fixes.fix_time, fixes.battery)
        self._changes.rows.append(rows)
        self.on_fixes(rows)

    def _worker(self, data: WorkerDuty | WorkerDuties | WorkerProfile | WorkerProfiles) -> None:
        if isinstance(data, WorkerDuty):
            data = WorkerDuties([data.worker_id], [data.status])
        if isinstance(data, WorkerProfile):
            data = WorkerProfiles([data.worker_id], [data.name], [data.role], [data.region])
        if isinstance(data, WorkerDuties):
            rows = self.fleet.duties(data.worker_id, [Duty[s] for s in data.status])
        else:
            rows = self.fleet.profiles(data.worker_id, data.name, [Role[r] for r in data.role], data.region)
            self._changes.roster.append(rows)
        self._changes.rows.append(rows)


def _remember(seen: OrderedDict[int, None], key: int) -> None:
    seen[key] = None
    if len(seen) > SEEN_PER_STREAM:
        seen.popitem(last=False)


def _digest(text: bytes) -> int:
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little")


def _fact(kind: str, key: str, value: object) -> int:
    return _digest(f"{kind}:{key}={value}".encode())
