"""From rows of a tape to records on the wall's clock: the map of time, stages of events, batches of fixes.

Ids carry a run token, so that a tape played again shows again, while a run that was interrupted and repeated
is recognised by the fold. Nothing here waits or appends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from dashboard.model import Data, EventStep, Step, WallTape, WorkerDuty, WorkerFixes, WorkerProfile
from dashboard.record import Record
from feeds.replay.mapping import FixMapping, Mapping
from feeds.replay.rows import EventRow, FixRow

MAX_FIXES = 500
"""Positions in one `worker.fixes` entry, at most."""
STAGES = (Step.reported, Step.accepted, Step.assigned, Step.handling, Step.feedback, Step.evaluated, "rated")
_RATED = STAGES.index("rated")


@dataclass(frozen=True, slots=True)
class TimeMap:
    """Tape instant → wall instant, both UTC ms; never turns two instants round."""

    tape_start: int
    wall_start: int
    speed: float

    def wall(self, at: int) -> int:
        """When a tape instant is played."""
        return self.wall_start + round((at - self.tape_start) / self.speed)

    def after(self, at: int, limit: int | None) -> int:
        """As `wall`, but what came after `limit` stays after it, however fast the tape: late stays late."""
        played = self.wall(at)
        return played if limit is None or at <= limit else max(played, self.wall(limit) + 1)


def stages(row: EventRow) -> Iterator[tuple[int, int]]:
    """The stages (index into STAGES) an event goes through and the tape instant of each, in order."""
    yield from enumerate((row.opened, row.opened, row.opened, row.handling))
    if row.closed is not None:
        yield from enumerate((row.closed, row.closed), start=4)
    if row.rated is not None:
        yield _RATED, row.rated_at


class Records:
    """Makes the records of one run of one tape."""

    def __init__(self, mapping: Mapping, tape: str, time: TimeMap, salt: int) -> None:
        self.time = time
        self._mapping = mapping
        self._tape = tape[:128]
        self._run = base36(time.wall_start)
        self._token = f"{self._run}.{base36(salt)}"
        self._workers: set[str] = set()

    def tape(self, state: Literal["playing", "ended"], now_ms: int) -> Record:
        """The record that puts the wall's mark up, or takes it down."""
        time = self.time
        shifted = self._mapping.shift is not None
        data = WallTape(self._tape, state, time.tape_start, time.wall_start, time.speed, shifted)
        return self._record(state, "wall.tape", now_ms, data)

    def of(self, due: Iterable[tuple[int, EventRow | FixRow]]) -> list[Record]:
        """The records of one tick: events one by one, in order; new workers; positions, in batches."""
        made: list[Record] = []
        fixes: list[FixRow] = []
        for stage, row in due:
            if isinstance(row, FixRow):
                fixes.append(row)
            else:
                made.append(self._event(stage, row))
        for row in fixes:
            made.extend(self._joined(row))
        made.extend(self._fixes(fixes[k : k + MAX_FIXES]) for k in range(0, len(fixes), MAX_FIXES))
        return made

    def _event(self, stage: int, row: EventRow) -> Record:
        event_id = f"{row.reported.event_id}-{self._run}"
        step = STAGES[stage]
        key = f"{row.line}-{step}"
        if stage == 0:
            data = replace(row.reported, event_id=event_id)
            return self._record(key, "event.reported", self.time.wall(row.opened), data)
        if step == "rated" and row.rated is not None:
            rated_ms = self.time.wall(row.rated_at)
            return self._record(key, "event.rated", rated_ms, replace(row.rated, event_id=event_id))
        moved = self._step(Step(step), row, event_id)
        return self._record(key, "event.step", self._step_ms(stage, row), moved)

    def _step_ms(self, stage: int, row: EventRow) -> int:
        if stage < 3 or row.closed is None:
            return self.time.wall(row.opened if stage < 3 else row.handling)
        return self.time.wall(row.handling) if stage == 3 else self.time.after(row.closed, row.target)

    def _step(self, step: Step, row: EventRow, event_id: str) -> EventStep:
        due = self.time.wall(row.target) if step is Step.accepted and row.target is not None else None
        department = "" if step is Step.accepted else row.feedback.department
        note = row.feedback.note if step is Step.feedback else ""
        return EventStep(event_id, step, department=department, note=note, due=due)

    def _joined(self, row: FixRow) -> Iterator[Record]:
        """Profile and duty of a worker seen for the first time."""
        if row.worker_id in self._workers or not isinstance(self._mapping, FixMapping):
            return
        self._workers.add(row.worker_id)
        kind, at = self._mapping.workers, self.time.wall(row.at)
        name = f"{kind.name} {len(self._workers):03d}"
        profile = WorkerProfile(row.worker_id, name, kind.role, region="")
        yield self._record(f"{row.line}-profile", "worker.profile", at, profile)
        yield self._record(f"{row.line}-duty", "worker.duty", at, WorkerDuty(row.worker_id, "available"))

    def _fixes(self, rows: list[FixRow]) -> Record:
        times = [self.time.wall(row.at) for row in rows]
        data = WorkerFixes(
            worker_id=[row.worker_id for row in rows],
            lat=[row.lat for row in rows],
            lon=[row.lon for row in rows],
            fix_time=times,
            crs=self._mapping.crs,
        )
        return self._record(f"{rows[0].line}-{rows[-1].line}", "worker.fixes", max(times), data)

    def _record(self, key: str, kind: str, at: int, data: Data) -> Record:
        return Record(f"{self._token}-{key}", self._mapping.source, kind, at, data)


def base36(number: int) -> str:
    """A number in digits and small letters; 0 → "0". Raises ValueError below 0."""
    if number < 0:
        raise ValueError(f"{number} is below 0")
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
        if not number:
            return digits
