"""Files of an archive that each hold what came of a range of log entries: how they are named, and which of them count.

`<first>-<last>.parquet` names the range by entry ids. A range may be spread over sixteen files by worker,
`<first>-<last>.0.parquet` to `….f.parquet`; they count when all are there. What lies within another's range has been
merged into that, and is passed over. It reads names, not files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dashboard import clock

Id = tuple[int, int]
"""An entry id: when the log took it (UTC ms), and the number within that millisecond."""
NOTHING = (0, 0)
"""The entry id before all others."""
SHARES = "0123456789abcdef"
_DAY = re.compile(r"day=(\d{4}-\d\d-\d\d)")
_FILE = re.compile(r"(\d+)-(\d+)-(\d+)-(\d+)(?:\.([0-9a-f]))?\.parquet")


@dataclass(frozen=True, slots=True)
class Piece:
    """What came of the entries `first` to `last`, of the city's day `day` where the archive is kept by day: files by
    share, or one, "", of everything."""

    paths: dict[str, Path]
    day: str
    first: Id
    last: Id

    @property
    def whole(self) -> bool:
        """Whether all its files are there."""
        return "" in self.paths or len(self.paths) == len(SHARES)

    def files(self, share: str = "") -> list[Path]:
        """The files of everything, or those that have one share in them."""
        return [self.paths[share]] if share in self.paths else list(self.paths.values())

    @property
    def home(self) -> bool:
        """Whether it was the last to be written of its range."""
        return clock.city_day(self.last[0]) == self.day


def name_of(first: Id, last: Id, share: str = "") -> str:
    """The name of the file of a range of entries."""
    return f"{text_of(first)}-{text_of(last)}" + (f".{share}.parquet" if share else ".parquet")


def text_of(entry_id: Id) -> str:
    """An entry id as the log writes it."""
    return f"{entry_id[0]}-{entry_id[1]}"


def id_of(text: str) -> Id:
    """The entry id in `1700000000000-0`."""
    ms, _, number = text.partition("-")
    return int(ms), int(number or 0)


def following(entry_id: Id) -> Id:
    """The first entry id that can come after one."""
    return entry_id[0], entry_id[1] + 1


def day_dir(root: Path, day: str) -> Path:
    """Where the pieces of one of the city's days are, in an archive that is kept by day."""
    return root / f"day={day}"


def days(root: Path) -> dict[str, Path]:
    """The folders of the days, in order. A missing folder is an empty archive; else raises OSError."""
    if not root.exists():
        return {}
    return dict(sorted((found[1], path) for path in root.iterdir() if (found := _DAY.fullmatch(path.name))))


def by_day(root: Path, since: str = "") -> dict[str, list[Piece]]:
    """All pieces of the days from `since` on, also those that do not count. Raises OSError."""
    return {day: listed(path, day) for day, path in days(root).items() if day >= since}


def listed(folder: Path, day: str = "") -> list[Piece]:
    """The pieces in one folder, also those that do not count; none where there is no folder. Raises OSError."""
    try:
        paths = list(folder.iterdir())
    except FileNotFoundError:  # nothing yet, or dropped for its age meanwhile
        return []
    found: dict[tuple[int, ...], Piece] = {}
    for path in paths:
        if parts := _FILE.fullmatch(path.name):
            a, b, c, d = span = tuple(int(part) for part in parts.groups()[:4])
            piece = found.setdefault(span, Piece({}, day, (a, b), (c, d)))
            piece.paths[parts[5] or ""] = path
    return list(found.values())


def live(found: Iterable[Piece]) -> list[Piece]:
    """The whole ones whose range lies in no other's, in order of the log."""
    kept: list[Piece] = []
    whole = (piece for piece in found if piece.whole)
    for piece in sorted(whole, key=lambda p: (p.first, (-p.last[0], -p.last[1]))):
        if not kept or piece.last > kept[-1].last:
            kept.append(piece)
    return kept
