"""What feeds yield and what the log returns: a typed record, and a raw entry that nobody has checked yet.

Between the two stands `codec`.
"""

from __future__ import annotations

from msgspec import Struct

from dashboard.model import Data


class Record(Struct, frozen=True):
    """What a feed yields: CloudEvents 1.0 attributes and the data, not yet on the log.

    `time_ms` is when it happened (UTC milliseconds); `data` is the JSON object of `type`.
    """

    id: str
    source: str
    type: str
    time_ms: int
    data: Data


class Entry(Struct, frozen=True):
    """One raw stream entry as the log returns it: nothing in it has been checked."""

    stream: str
    entry_id: str
    fields: dict[bytes, bytes]

    @property
    def appended_ms(self) -> int:
        """When the log took it, by the log's own clock: UTC milliseconds."""
        return int(self.entry_id.split("-", 1)[0])
