"""Issued briefs on the shared shelf: numbered by year, each written once, never changed.

`<year>/<number>-<days>.json` holds what was issued, with its documents beside it under the same name. Whoever issues
holds the shelf's lock, which the system gives back if its holder dies; documents are written first, then the JSON
file, and only what has one is issued. So what two replicas or a restart try to issue twice is issued once; on a shared
folder of several machines its file system must know locks (NFS 4 does). A correction is a number of its own. It makes
no documents.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from dashboard import clock
from dashboard.brief import Brief
from dashboard.windows import Window

FORMATS: Final = ("html", "pdf", "docx")
_NAME: Final = re.compile(r"(\d+)-[\d_-]+\.json")
_ID: Final = re.compile(r"(\d{4})-(\d{1,5})")


class Issued(Struct, frozen=True):
    """A brief as issued: the `number`th of its `year`, at `issued` (UTC ms) by a seat, empty for the wall itself.

    `corrects` is the number of the same year it stands in for, 0: none; `missed`: made up after its time; `daily`: the
    regular brief of its day.
    """

    year: int
    number: int
    first: str
    last: str
    issued: int
    by: str
    daily: bool
    corrects: int
    missed: bool
    brief: Brief

    @property
    def id(self) -> str:
        """As it is asked for: `2026-326`."""
        return f"{self.year}-{self.number}"


Documents = Callable[[Issued], Mapping[str, bytes]]
"""An issued brief → its documents by format."""


class Taken(RuntimeError):  # noqa: N818 - it is said of the days
    """These days have been issued already; `was` is the newest issue of them."""

    def __init__(self, was: Issued) -> None:
        super().__init__(f"{was.first} to {was.last} is issue {was.id}")
        self.was = was


class Shelf:
    """The issues in one folder; every method may be called from any thread or process, and raises OSError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[Path, Issued] = {}

    def issues(self) -> list[Issued]:
        """All of them, the newest first."""
        files = (path for path in self.folder.glob("*/*.json") if _NAME.fullmatch(path.name))
        found = [self._of(path) for path in files]
        return sorted(found, key=lambda one: (one.year, one.number), reverse=True)

    def document(self, issue_id: str, form: str) -> bytes:
        """A document as it was issued. Raises KeyError for what was not."""
        found = _ID.fullmatch(issue_id)
        if not found or form not in (*FORMATS, "json"):
            raise KeyError(issue_id)
        for path in (self.folder / found[1]).glob("*.json"):
            name = _NAME.fullmatch(path.name)
            if name and int(name[1]) == int(found[2]):
                return path.with_suffix(f".{form}").read_bytes()
        raise KeyError(issue_id)

    def newest(self, window: Window) -> Issued | None:
        """The newest issue of a window."""
        return next((one for one in self.issues() if (one.brief.start, one.brief.end) == window[:2]), None)

    def last_day(self) -> str:
        """The last day that has its regular brief; empty: none has."""
        return max((one.last for one in self.issues() if one.daily), default="")

    def issue(
        self, brief: Brief, documents: Documents, now_ms: int, *, by: str = "", daily: bool = False,
        correct: bool = False, missed: bool = False,
    ) -> Issued:  # fmt: skip
        """Number a brief and put it on the shelf; what is there once is there whole.

        Raises:
            Taken: these days have been issued, and this is no correction.
        """
        first, last = brief.days
        year = int(clock.city_day(now_ms)[:4])
        with self._alone():
            was = self.newest(Window(brief.start, brief.end))
            if was and not correct:
                raise Taken(was)
            corrects = was.number if was and was.year == year else 0
            number = 1 + max((one.number for one in self.issues() if one.year == year), default=0)
            issued = Issued(year, number, first, last, now_ms, by, daily, corrects, missed, brief)
            self._put(issued, documents(issued))
        return issued

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _put(self, issued: Issued, documents: Mapping[str, bytes]) -> None:
        folder = self.folder / str(issued.year)
        folder.mkdir(exist_ok=True)
        days = issued.first if issued.first == issued.last else f"{issued.first}_{issued.last}"
        path = folder / f"{issued.number:03d}-{days}.json"
        for form, content in documents.items():
            _written(path.with_suffix(f".{form}.part"), content).replace(path.with_suffix(f".{form}"))
        part = _written(path.with_suffix(".json.part"), msgspec.json.encode(issued))
        part.rename(path)
        _synced(folder)

    def _of(self, path: Path) -> Issued:
        """An issue never changes: each is read once."""
        if path not in self._read:
            self._read[path] = msgspec.json.decode(path.read_bytes(), type=Issued)
        return self._read[path]


def _written(path: Path, content: bytes) -> Path:
    """A file that is on disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return path


def _synced(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
