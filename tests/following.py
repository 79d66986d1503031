"""A picture that is as new as the log whenever somebody looks: what the web application has in its pipeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from dashboard.picture import Picture
from dashboard.replica import Replica
from feeds.log import Log
from tests.support import small_picture

T = TypeVar("T")


class Following:
    """Folds what the log has, then lets look."""

    def __init__(self, log: Log) -> None:
        self.replica = Replica(log, small_picture())

    def look(self, read: Callable[[Picture], T]) -> T:
        """What `read` finds in the picture."""
        self.replica.catch_up()
        return read(self.replica.picture)
