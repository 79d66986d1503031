"""What anybody may read of the city's events over Open311: found in the table of every case, told without the people.

A title or address is told without what looks like a number somebody has (telephone, identity card) or an e-mail
address; media, notes and who did what are not told at all. A name in a title is not recognised. It changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from threading import BoundedSemaphore
from typing import Any, Final, Literal, NamedTuple, Protocol, TypeVar

from dashboard.cases import RELATION, Cases
from dashboard.cities import City, Text
from dashboard.cold import key_of
from dashboard.eventstate import EventState
from dashboard.filters import condition
from dashboard.model import Step
from dashboard.picture import Picture
from dashboard.process import Label
from dashboard.scan import Busy
from dashboard.taxonomy import branch
from feeds.protocols.open311 import CLOSED, Service, ServiceRequest, Status, status_of

T = TypeVar("T")
Language = Literal["zh", "en"]
MOST: Final = 50
"""Requests in one answer."""
_WAIT_S: Final = 5.0
_PRIVATE: Final = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+|\+?\d(?:[ -]?\d){6,}[Xx]?")
_MASK: Final = "＊＊＊"
_INSTANTS: Final = 'reported, accepted, assigned, handling, feedback, closed, "left", rated'
_SHOWN: Final = (
    "SELECT id, title, category, department, process, address, step, lat, lon, reported, updated,"
    " coalesce(due, -1)::BIGINT AS due"
    f" FROM (SELECT *, greatest({_INSTANTS})::BIGINT AS updated FROM {RELATION})"
)
_DONE: Final = ", ".join(f"'{step}'" for step in sorted(CLOSED))


class Memory(Protocol):
    """What is needed of the pipeline."""

    def look(self, read: Callable[[Picture], T]) -> T:
        """What `read` finds in the picture."""


class Wanted(NamedTuple):
    """Which requests: of these services (none named: all) and this status, told between two instants (UTC ms) by the
    time of reporting or, `updated`, of the last step; `page` counts from 1."""

    start: int
    end: int
    services: tuple[str, ...] = ()
    status: Status | None = None
    updated: bool = False
    page: int = 1
    size: int = MOST


class _Shown(NamedTuple):
    """What is told of one event; instants in UTC ms, a limit of -1 where there is none."""

    id: str
    title: str
    category: str
    department: str
    process: str
    address: str
    step: str
    lat: float
    lon: float
    reported: int
    updated: int
    due: int


class Public:
    """The city's services and their requests; any thread may call. `cases` None: there is no looking back."""

    def __init__(self, memory: Memory, cases: Cases | None, city: City) -> None:
        self._memory, self._cases, self._city = memory, cases, city
        self._departments = {one.key: one.name for one in city.departments}
        self._categories = {one.key: one.name for one in city.categories}
        self._turn = BoundedSemaphore(1)  # strangers ask one at a time, so that they do not crowd out the city's own

    def services(self, language: Language) -> list[Service]:
        """The city's categories, each in the group of the department that usually handles it."""
        return [
            Service(one.key, _in(one.name, language), group=_in(self._departments.get(one.department), language))
            for one in self._city.categories
        ]

    def by_ids(self, ids: Sequence[str], language: Language) -> list[ServiceRequest]:
        """The requests of these ids that there are, in this order. Raises what `Cases.ask` raises."""
        here = self._memory.look(lambda picture: _in_memory(picture, ids))
        if left := [str(key_of(event_id)) for event_id in ids if event_id not in here]:
            here |= {row.id: row for row in self._ask(f"{_SHOWN} WHERE key IN ({', '.join(left)})", {})}
        return [self._told(here[event_id], language) for event_id in ids if event_id in here]

    def page(self, wanted: Wanted, language: Language) -> list[ServiceRequest]:
        """A page of the requests that are wanted, the newest first. Raises what `Cases.ask` raises."""
        by = "updated" if wanted.updated else "reported"
        status = {None: "true", "closed": f"step IN ({_DONE})", "open": f"step NOT IN ({_DONE})"}[wanted.status]
        where = f"{by} BETWEEN $start AND $end AND {status}"
        values: dict[str, Any] = {"start": wanted.start, "end": wanted.end}
        if wanted.services:
            where += f" AND {condition('category')}"
            values["category"] = list(wanted.services)
        part = f"LIMIT {wanted.size} OFFSET {(wanted.page - 1) * wanted.size}"
        rows = self._ask(f"{_SHOWN} WHERE {where} ORDER BY {by} DESC, id {part}", values)
        return [self._told(row, language) for row in rows]

    def _ask(self, query: str, values: dict[str, Any]) -> Iterable[_Shown]:
        if self._cases is None:
            return []
        if not self._turn.acquire(timeout=_WAIT_S):
            raise Busy
        try:
            found = self._cases.ask(query, values)
        finally:
            self._turn.release()
        return map(_Shown._make, zip(*(found[name].tolist() for name in _Shown._fields), strict=True))

    def _told(self, event: _Shown, language: Language) -> ServiceRequest:
        step, service = Step(event.step), branch(event.category)
        label = self._city.procedure.of(event.process).label(step)
        return ServiceRequest(
            event.id, status_of(step), service, event.reported,
            _in(self._categories.get(service), language), _in(label, language), masked(event.title),
            _in(self._departments.get(event.department), language), updated_ms=event.updated,
            expected_ms=None if event.due < 0 else event.due, address=masked(event.address),
            lat=round(event.lat, 6), lon=round(event.lon, 6),
        )  # fmt: skip


def masked(text: str) -> str:
    """A text without numbers of people and e-mail addresses."""
    return _PRIVATE.sub(_MASK, text)


def _in_memory(picture: Picture, ids: Iterable[str]) -> dict[str, _Shown]:
    events = picture.events
    return {event_id: _shown(events[event_id]) for event_id in ids if events.warm(event_id)}


def _shown(event: EventState) -> _Shown:
    due = -1 if event.due_ms is None else event.due_ms
    return _Shown(
        event.id, event.title, event.category, event.department, event.process, event.address, event.step,
        event.lat, event.lon, event.reported_ms, event.told_ms, due,
    )  # fmt: skip


def _in(name: Text | Label | None, language: Language) -> str:
    return "" if name is None else (name.en if language == "en" else name.zh)
