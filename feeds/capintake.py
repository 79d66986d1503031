"""Public warnings from outside: a CAP 1.2 alert becomes areas on the map, an update replaces them, a cancellation ends
them. An alert that draws nothing is accepted, and its sender told so.

What an alert says is read by `protocols.cap`; what it does to the map is said by `protocols.capareas`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from hashlib import blake2b
from threading import Lock
from typing import Any, Final

import msgspec

from dashboard import codec
from dashboard.arearecords import AreaPut, AreaRemoved
from dashboard.areas import checked
from dashboard.codec import Malformed
from dashboard.record import Record
from dashboard.terms import Crs
from feeds.intake import Answer, Fault, Intake, Sender
from feeds.protocols import cap, capareas
from feeds.protocols.cap import Alert

MOST_KNOWN: Final = 10_000


class Warnings:
    """The way in for alerts. `standing`: the ids of the areas the picture has."""

    def __init__(self, intake: Intake, standing: Callable[[], Iterable[str]]) -> None:
        self._intake, self._standing = intake, standing
        self._put: OrderedDict[str, None] = OrderedDict()  # lately: the picture may not have folded them yet
        self._lock = Lock()

    def take(self, sender: Sender, raw: bytes) -> Answer:
        """Put on the log what an alert changes. Raises Turned."""
        self._intake.allow(sender, "area.put")
        try:
            alert = cap.decode(raw)
        except Malformed as fault:
            raise self._intake.refuse(sender, fault, raw) from None
        with self._lock:  # a cancellation on another thread must find what it cancels
            changes = capareas.records(alert, {*self._standing(), *self._put})
            records, faults = _records(alert, changes, sender, raw)
            answer = self._intake.put(sender, records, faults)
            self._know(record.data.area_id for record in records if isinstance(record.data, AreaPut))
        drawn = sum(isinstance(record.data, AreaPut) for record in records)
        return answer._replace(body=answer.body | _said(alert, drawn, len(records) - drawn))

    def _know(self, area_ids: Iterable[str]) -> None:
        self._put.update(dict.fromkeys(area_ids))
        while len(self._put) > MOST_KNOWN:
            self._put.popitem(last=False)


def _records(
    alert: Alert, changes: Iterable[AreaPut | AreaRemoved], sender: Sender, raw: bytes
) -> tuple[list[Record], list[Fault]]:
    records: list[Record] = []
    faults: list[Fault] = []
    for at, data in enumerate(changes):
        try:
            records.append(_record(alert, data, sender.entry.name, sender.entry.crs))
        except Malformed as fault:
            faults.append((at, fault, raw))
    return records, faults


def _record(alert: Alert, data: AreaPut | AreaRemoved, source: str, crs: Crs) -> Record:
    """The same alert again is the same records. Raises Malformed for what could not be drawn."""
    if isinstance(data, AreaRemoved):
        by = blake2b(f"{alert.sender},{alert.identifier}".encode(), digest_size=6).hexdigest()
        return Record(f"{data.area_id}/removed-{by}", source, "area.removed", alert.sent_ms, data)
    said = msgspec.json.encode(msgspec.structs.replace(data, crs=crs))
    placed = codec.decode_data("area.put", said)
    assert isinstance(placed, AreaPut)
    checked(placed)
    key = blake2b(said, digest_size=6).hexdigest()
    return Record(f"{data.area_id}/{key}", source, "area.put", alert.sent_ms, placed)


def _said(alert: Alert, drawn: int, removed: int) -> dict[str, Any]:
    """What the sender is told beside the records."""
    said = {"identifier": alert.identifier, "sender": alert.sender, "status": alert.status, "msgType": alert.message}
    note = "" if drawn or removed else _why_nothing(alert)
    return {"alert": said, "drawn": drawn, "removed": removed} | ({"note": note} if note else {})


def _why_nothing(alert: Alert) -> str:
    if alert.status not in ("Actual", "Exercise"):
        return f"an alert of status {alert.status} is not shown"
    if alert.message in ("Ack", "Error"):
        return f"a message of type {alert.message} changes nothing on the map"
    if alert.message == "Cancel":
        return "no area on the map is of an alert that it cancels"
    return "it gives no polygon or circle, so there is nothing to draw"
