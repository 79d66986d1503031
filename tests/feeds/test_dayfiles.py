"""A part of the archive that is kept by day. What its two kinds do with real files is in `test_archivist` and
`test_logwriter`; here is what any kind does when its files cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.pieces import NOTHING, Id, Piece
from feeds.dayfiles import DayFiles
from feeds.log import Log, LogError
from tests.support import T0


class Broken(DayFiles):
    """One whose every file fails in the way it is told to."""

    def __init__(self, log: Log, folder: Path) -> None:
        super().__init__(log, "wall:events", folder, folder / "days", 10)
        self.fault: Exception | None = None

    @property
    def taken(self) -> Id:
        return NOTHING

    def flush(self, now_ms: int) -> int:
        if self.fault:
            raise self.fault
        return 0

    def _join(self, group: list[Piece]) -> None:
        raise AssertionError("there is nothing to join")


@pytest.mark.parametrize("fault", [OSError("disk full"), ValueError("year 318857 is out of range")])
def test_trouble_is_said_when_it_begins_and_when_it_ends(
    log: Log, tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    files = Broken(log, tmp_path)
    assert files.tend(T0)
    files.fault = fault
    assert not files.tend(T0)
    files.fault = OSError("disk full, said in other words")
    assert not files.tend(T0)
    assert [str(fault) in record.getMessage() for record in caplog.records] == [True]
    files.fault = None
    assert files.tend(T0)
    assert files.tend(T0)
    assert len(caplog.records) == 2


def test_a_log_that_is_gone_ends_the_round(log: Log, tmp_path: Path) -> None:
    files = Broken(log, tmp_path)
    files.fault = LogError("gone")
    with pytest.raises(LogError):
        files.tend(T0)


def test_only_the_days_that_are_too_old_are_dropped(log: Log, tmp_path: Path) -> None:
    for day in ("2026-03-01", "2026-03-02", "2026-03-12"):
        (tmp_path / "days" / f"day={day}").mkdir(parents=True)
    (tmp_path / "days" / "notes").mkdir()
    assert Broken(log, tmp_path).tend(T0)
    assert sorted(path.name for path in (tmp_path / "days").iterdir()) == ["day=2026-03-02", "day=2026-03-12", "notes"]
