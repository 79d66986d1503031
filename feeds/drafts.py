"""From an event as an outside system sent it to a record: its datum declared, its clock judged, its type allowed.

Pure. What every way in shares (HTTP, another platform's stream); the transport has already taken the event apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec.structs import fields

from dashboard import codec
from dashboard.arearecords import AreaPut
from dashboard.areas import checked
from dashboard.codec import Malformed
from dashboard.model import TYPES, Data, WorkerFix, WorkerFixes
from dashboard.record import Record
from dashboard.terms import Crs, When
from feeds.protocols.cloudevents import Draft
from feeds.tally import clock_of

_LOCATED: Final = frozenset(
    name for name, (data, _) in TYPES.items() if "crs" in getattr(data, "__struct_fields__", ())
)
_INSTANTS: Final = {
    kind: [(one.name, f"data.{one.encode_name}") for one in fields(data) if one.type in (When, When | None)]
    for kind, (data, _) in TYPES.items()
}
"""The fields of each type that are instants, which a decoder takes for any text."""
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def record(draft: Draft, crs: Crs, sources: Sequence[str], accepts: Sequence[str], now_ms: int) -> Record:
    """The record that `draft`, received now, is. `crs`: the datum its source declares, where the record says none.

    Raises:
        Malformed: naming the first field that is missing or wrong; a source or a type it may not send.
    """
    identity, source = codec.attribute("id", draft.id), codec.attribute("source", draft.source)
    if source not in sources:
        raise Malformed("source", source, f"is not what this sender may call itself: {', '.join(sources)}")
    if draft.type in TYPES and not draft.type.startswith(tuple(accepts)):
        raise Malformed("type", draft.type, f"is not accepted from this source, but {', '.join(accepts)}")
    time_ms = codec.instant("time", draft.time) if draft.time else now_ms
    data = codec.decode_data(draft.type, _declared(draft, crs))
    _check(draft.type, data)
    return Record(identity, source, draft.type, time_ms, _believed(data, now_ms))


def _check(kind: str, data: Data) -> None:
    """What the fold would refuse whatever it has seen before, its sender is told. Raises Malformed."""
    for name, field in _INSTANTS[kind]:
        if (said := getattr(data, name)) is not None:
            codec.instant(field, said)
    if isinstance(data, WorkerFixes):
        for at in data.fix_time:
            codec.instant("data.fix_time", at)
    if isinstance(data, AreaPut):
        checked(data)


def _declared(draft: Draft, crs: Crs) -> bytes:
    """The data with the datum in it: what the record says, else what its source declares."""
    if crs == "wgs84" or draft.type not in _LOCATED:
        return draft.data
    try:
        said = msgspec.json.decode(draft.data, type=dict[str, msgspec.Raw])
    except _NOT_JSON:  # the codec will say it better
        return draft.data
    said.setdefault("crs", msgspec.Raw(f'"{crs}"'.encode()))
    return msgspec.json.encode(said)


def _believed(data: Data, now_ms: int) -> Data:
    """A fix from the future is one of now, marked with what its device claimed."""
    if isinstance(data, WorkerFix):
        at = codec.instant("data.fix_time", data.fix_time)
        if clock_of(at, now_ms) == "ahead":
            return msgspec.structs.replace(data, fix_time=now_ms, claimed=data.fix_time)
    elif isinstance(data, WorkerFixes):
        ahead = [clock_of(at, now_ms) == "ahead" for at in data.fix_time]
        if any(ahead):
            pairs = list(zip(data.fix_time, ahead, strict=True))
            times = [now_ms if early else at for at, early in pairs]
            return msgspec.structs.replace(data, fix_time=times, claimed=[at if early else None for at, early in pairs])
    return data
