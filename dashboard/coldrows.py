"""The files of the archive of events: where they are, and what is in their rows. Neither reads nor writes them.

`events/<first>-<last>.parquet` holds events as the fold of the log up to `as_of` left them, a row each, sorted by
`key`: the facts that KPI are counted from (`facts`), what people look for, and the whole event (`state`, MessagePack).
`events/imports/<name>/*.parquet` hold events of before the wall in the same columns, with `as_of` 0: older than all
that is archived. They count once the log says so (`events.imported`), and no event may be there twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from dashboard import facts
from dashboard.eventstate import EventState
from dashboard.pieces import Id
from dashboard.procedure import Procedure

_A_MS: Final = 1_000_000
"""`as_of` is an entry id in one number: its milliseconds times this, and the number within the millisecond."""
_ENCODER: Final = msgspec.msgpack.Encoder()
_TEXTS: Final = ("id", "title", "address", "worker_id", "step")
"""Beside the facts."""

Columns = dict[str, NDArray[Any]]


def folder_of(archive: Path) -> Path:
    """Where the events are in the archive."""
    return archive / "events"


def import_of(archive: Path, name: str) -> Path:
    """The folder of an import's files."""
    return folder_of(archive) / "imports" / name


def key_of(event_id: str) -> int:
    """64 bits that stand for an id: among a million, two ids share one with a chance of 3 in 10⁸."""
    return int.from_bytes(blake2b(event_id.encode(), digest_size=8).digest(), "little")


def digest_of(blob: bytes) -> int:
    """The hash of an event, from its MessagePack."""
    return int.from_bytes(blake2b(blob, digest_size=8).digest(), "little")


def as_of(entry_id: Id) -> int:
    """An entry id in one number, in the same order."""
    return entry_id[0] * _A_MS + entry_id[1]


def table(
    states: Sequence[EventState], digests: Sequence[int] | None, upto: Id, procedure: Procedure,
    known: facts.Table | None = None,
) -> Columns:  # fmt: skip
    """The rows of these events; without `digests` they are taken of the events as they are. `known`: their facts, from
    who has them already."""
    blobs = [_ENCODER.encode(one) for one in states]
    texts = {name: np.array([str(getattr(one, name)) for one in states], object) for name in _TEXTS}
    places = {name: np.array([getattr(one, name) for one in states], float) for name in ("lat", "lon")}
    return (facts.table(states, procedure) if known is None else known) | texts | places | {
        "key": np.array([key_of(one.id) for one in states], np.uint64),
        "digest": np.array([digest_of(blob) for blob in blobs] if digests is None else digests, np.uint64),
        "as_of": np.full(len(states), as_of(upto)),
        "state": np.array(blobs, object),
    }  # fmt: skip


def row_query() -> str:
    """What makes rows of files out of a `part` that `table` has made."""
    texts = ", ".join(f"{name}::VARCHAR AS {name}" for name in _TEXTS)
    return f"SELECT key, digest, as_of, lat, lon, {texts}, {facts.selected()}, state::BLOB AS state FROM part"
