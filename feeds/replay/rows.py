"""From one row's text to a checked event or fix, as a mapping says.

Every refusal is a `Malformed` naming the column, what it held and why not; ranges and lengths are those
declared in `dashboard.model`. Instants are the tape's own (UTC milliseconds); `records` moves them to
the wall's.
"""

from __future__ import annotations

from collections.abc import Mapping as Fields
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from dashboard.codec import Malformed
from dashboard.model import EventRated, EventReported, EventStep, Id, Step
from feeds.replay.cells import Place, SecondCell, TimeCell, Values, pick
from feeds.replay.mapping import EventMapping, FixMapping, Mapping, SecondsOfDay, columns_of, names_in

MAX_ID = 110
"""An event id leaves room for the run token that `replay` adds."""
_T = TypeVar("_T")
_REPORT = ("event_id", "title", "category", "severity", "channel", "region", "address")
_TEXTS = (*_REPORT, "department", "note", "rated")


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of the tape; `closed`, `target` and `rated` are None where the row says nothing of them."""

    line: int
    opened: int
    handling: int
    target: int | None
    closed: int | None
    reported: EventReported
    feedback: EventStep
    rated: EventRated | None
    rated_at: int


@dataclass(frozen=True, slots=True)
class FixRow:
    """One position of the tape, already shifted."""

    line: int
    at: int
    worker_id: str
    lat: float
    lon: float


class EventReader:
    """Reads rows of an event table. `when` alone is cheap: it decides whether the rest is worth reading."""

    def __init__(self, mapping: EventMapping) -> None:
        columns, cells = columns_of(mapping), mapping.columns
        self._crs = mapping.crs
        self._handling_ms = round(mapping.handling_within_s * 1000)
        self._place = Place(cells.lat, cells.lon, columns, mapping.shift)
        self._pick = {name: pick(getattr(cells, name), columns) for name in _TEXTS}
        self._columns = {name: next(names_in(getattr(cells, name)), name) for name in _TEXTS}
        self._columns["score"] = self._columns["rated"]
        self._opened = _time(mapping, cells.opened)
        self._target, self._closed, self._rated_at = (
            _time(mapping, column) if column else None for column in (cells.target, cells.closed, cells.rated_at)
        )
        self.start = self._opened.read
        self.id_column = self._columns["event_id"]

    def when(self, values: Values) -> int:
        """When the event was opened. Raises Malformed."""
        return _needed(self._opened, values)

    def read(self, line: int, values: Values, opened: int) -> EventRow:
        """The whole event, `opened` being what `when` said. Raises Malformed."""
        closed = self._later(self._closed, values, opened)
        text = {name: read(values) for name, read in self._pick.items()}
        rated = self._rated(text)
        return EventRow(
            line=line,
            opened=opened,
            handling=opened + self._before_handling(opened, closed),
            target=self._target(values) if self._target else None,
            closed=closed,
            reported=self._reported(text, values),
            feedback=self._feedback(text),
            rated=rated,
            rated_at=self._rating(values, opened, closed) if rated else 0,
        )

    def _reported(self, text: Fields[str, str], values: Values) -> EventReported:
        if len(text["event_id"]) > MAX_ID:
            raise Malformed(self.id_column, text["event_id"], f"has more than {MAX_ID} characters")
        lat, lon = self._place(values)
        fields = {name: text[name] for name in _REPORT}
        said = {**fields, "lat": lat, "lon": lon, "crs": self._crs, "process": "external"}
        return self._checked(said, EventReported)

    def _feedback(self, text: Fields[str, str]) -> EventStep:
        step = {"event_id": text["event_id"], "step": Step.feedback}
        return self._checked({**step, "department": text["department"], "note": text["note"]}, EventStep)

    def _rated(self, text: Fields[str, str]) -> EventRated | None:
        if not text["rated"]:
            return None
        fields: dict[str, object] = {"event_id": text["event_id"], "score": text["rated"]}
        return self._checked(fields, EventRated)

    def _before_handling(self, opened: int, closed: int | None) -> int:
        return self._handling_ms if closed is None else min(self._handling_ms, (closed - opened) // 2)

    def _later(self, cell: TimeCell | None, values: Values, opened: int) -> int | None:
        """A time not before `opened`; in the hour that clocks repeat, the second reading may save it."""
        at = cell(values) if cell else None
        if cell is None or at is None or at >= opened:
            return at
        again = cell(values, fold=1)
        if again is None or again < opened:
            raise Malformed(cell.column, cell.text(values), f"is before {self._opened.column}")
        return again

    def _rating(self, values: Values, opened: int, closed: int | None) -> int:
        at = self._later(self._rated_at, values, opened)
        at = closed if at is None else at
        if at is None:
            raise Malformed(self._columns["rated"], "", "has no time: neither rated_at nor a close")
        return at

    def _checked(self, fields: Fields[str, object], kind: type[_T]) -> _T:
        try:
            return msgspec.convert(fields, kind, strict=False)
        except msgspec.ValidationError as error:
            reason, _, path = str(error).partition(" - at `$.")
            name = path.rstrip("`")
            value = str(fields.get(name, ""))
            raise Malformed(self._columns.get(name, name), value, reason if value else "is empty") from None


class FixReader:
    """Reads rows of a position table."""

    def __init__(self, mapping: FixMapping) -> None:
        columns, cells = columns_of(mapping), mapping.columns
        self._place = Place(cells.lat, cells.lon, columns, mapping.shift)
        self._worker = pick(cells.worker_id, columns)
        self.id_column = next(names_in(cells.worker_id), "worker_id")
        self._prefix = mapping.workers.id_prefix
        self._time = _fix_time(mapping, cells.time)
        self.start = self._time.read

    def when(self, values: Values) -> int:
        """When the position was taken. Raises Malformed."""
        return _needed(self._time, values)

    def read(self, line: int, values: Values, at: int) -> FixRow:
        """The whole fix, `at` being what `when` said. Raises Malformed."""
        return FixRow(line, at, self._id(values), *self._place(values))

    def _id(self, values: Values) -> str:
        worker = self._worker(values)
        try:
            return msgspec.convert(worker and self._prefix + worker, Id)
        except msgspec.ValidationError as error:
            raise Malformed(self.id_column, worker, str(error) if worker else "is empty") from None


def reader_of(mapping: Mapping) -> EventReader | FixReader:
    """The reader for a mapping's kind."""
    return EventReader(mapping) if isinstance(mapping, EventMapping) else FixReader(mapping)


def _time(mapping: Mapping, column: str) -> TimeCell:
    return TimeCell(column, columns_of(mapping).index(column), mapping.time_formats, mapping.timezone)


def _fix_time(mapping: FixMapping, cell: str | SecondsOfDay) -> TimeCell | SecondCell:
    if isinstance(cell, str):
        return _time(mapping, cell)
    column = cell.seconds_of_day
    return SecondCell(column, columns_of(mapping).index(column), mapping.timezone)


def _needed(cell: TimeCell | SecondCell, values: Values) -> int:
    at = cell(values)
    if at is None:
        raise Malformed(cell.column, "", "is empty")
    return at
