"""The archive of the log, on a real log and real files: every entry once, whatever is lost when."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
import redis

from dashboard import clock, logfiles
from dashboard.logfiles import AUDIT, DEAD_LETTERS, days_kept
from dashboard.pieces import by_day, live
from dashboard.record import Entry
from feeds import log as log_module
from feeds import logwriter
from feeds.log import Log
from feeds.logwriter import LogWriter
from tests.support import T0, entry, reported

EVENTS = "wall:events"
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
MIDNIGHT = clock.city_midnight(T0) + DAY


@pytest.fixture
def writer(log: Log, tmp_path: Path) -> LogWriter:
    """One of events, for ever."""
    return LogWriter(log, EVENTS, tmp_path)


def told(broker: redis.Redis, *at: int, stream: str = EVENTS) -> list[Entry]:
    """Put an entry on the log for each of these instants (ms after T0)."""
    found = [entry("event.reported", reported(f"e{ms}"), at=T0 + ms, stream=stream) for ms in at]
    for one in found:
        broker.xadd(stream, dict(one.fields), id=one.entry_id)
    return found


def files(folder: Path, stream: str = EVENTS) -> dict[str, list[str]]:
    """The names of the files that count, by day."""
    found = by_day(logfiles.root_of(folder, stream))
    return {day: [path.name for piece in live(pieces) for path in piece.files()] for day, pieces in found.items()}


def kept(folder: Path, stream: str = EVENTS) -> list[Entry]:
    """All that is archived of a stream, in the order of the files."""
    root = logfiles.root_of(folder, stream)
    paths = [root / f"day={day}" / name for day, names in files(folder, stream).items() for name in names]
    pages = [logfiles.PAGE_QUERY.replace("$file", f"'{path}'") for path in paths]
    values = {"ms": 0, "n": 0, "most": 10**6}
    return [e for page in pages for e in logfiles.entries_of(stream, duckdb.execute(page, values).fetchnumpy())]


def test_every_entry_once_by_the_day_the_log_took_it(writer: LogWriter, broker: redis.Redis, tmp_path: Path) -> None:
    before = MIDNIGHT - T0
    expected = told(broker, 0, before - 1, before, before + 5)
    assert writer.flush(T0) == 4
    assert writer.flush(T0) == 0
    assert kept(tmp_path) == expected
    assert files(tmp_path) == {
        "2026-03-12": [f"0-1-{MIDNIGHT - 1}-0.parquet"],
        "2026-03-13": [f"{MIDNIGHT - 1}-1-{MIDNIGHT + 5}-0.parquet"],
    }
    assert writer.taken == (MIDNIGHT + 5, 0)


def test_a_restart_goes_on_where_it_ended(writer: LogWriter, log: Log, broker: redis.Redis, tmp_path: Path) -> None:
    expected = told(broker, 0, 1)
    writer.flush(T0)
    expected += told(broker, 2)
    assert LogWriter(log, EVENTS, tmp_path).flush(T0) == 1
    assert kept(tmp_path) == expected


def test_much_is_taken_in_parts(
    writer: LogWriter, broker: redis.Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_module, "_PAGE", 2)
    monkeypatch.setattr(logwriter, "RUN", 1)
    expected = told(broker, *range(7))
    assert writer.flush(T0) == 7
    assert kept(tmp_path) == expected
    assert len(files(tmp_path)["2026-03-12"]) == 4


def test_a_finished_hour_then_the_finished_day_becomes_one_file(
    writer: LogWriter, broker: redis.Redis, tmp_path: Path
) -> None:
    expected = []
    for minute in range(0, 90, 10):
        expected += told(broker, minute * MINUTE)
        assert writer.tend(T0 + minute * MINUTE)
    assert len(files(tmp_path)["2026-03-12"]) == 7, "three of the hour that is over, in one, and those of this hour"
    writer.tend(T0 + 90 * MINUTE)
    assert len(files(tmp_path)["2026-03-12"]) == 2
    writer.tend(T0 + 90 * MINUTE)
    assert len(list(tmp_path.rglob("*.parquet"))) == 2, "what has been merged has gone"
    expected += told(broker, MIDNIGHT - T0)
    writer.tend(MIDNIGHT + HOUR - 1)
    assert len(files(tmp_path)["2026-03-12"]) == 2, "left alone for an hour"
    writer.tend(MIDNIGHT + HOUR)
    assert len(files(tmp_path)["2026-03-12"]) == 1
    writer.tend(MIDNIGHT + HOUR)
    assert kept(tmp_path) == expected
    assert len(list(tmp_path.rglob("*.parquet"))) == 2


def test_killed_before_what_has_been_merged_was_removed(
    writer: LogWriter, log: Log, broker: redis.Redis, tmp_path: Path
) -> None:
    expected = []
    for k in range(3):
        expected += told(broker, k)
        writer.flush(T0)
    writer.merge(T0 + 2 * DAY)
    assert len(list(tmp_path.rglob("*.parquet"))) == 4
    assert kept(tmp_path) == expected
    LogWriter(log, EVENTS, tmp_path).merge(T0 + 3 * DAY)
    assert len(list(tmp_path.rglob("*.parquet"))) == 1
    assert kept(tmp_path) == expected


@pytest.mark.parametrize(("stream", "days"), [(EVENTS, None), (AUDIT, 200), (DEAD_LETTERS, 180)])
def test_each_class_is_kept_as_long_as_it_should_be(
    log: Log, broker: redis.Redis, tmp_path: Path, stream: str, days: int | None
) -> None:
    kept_days = days_kept(stream, 200)
    writer = LogWriter(log, stream, tmp_path, kept_days)
    told(broker, 0, DAY, stream=stream)
    assert (kept_days, writer.tend(T0 + DAY)) == (days, True)
    writer.tend(T0 + (days or 9999) * DAY)
    assert len(kept(tmp_path, stream)) == 2, "the last day is kept whole"
    writer.tend(T0 + (days or 9999) * DAY + DAY)
    assert len(kept(tmp_path, stream)) == (2 if days is None else 1)
    writer.tend(T0 + 20_000 * DAY)
    assert len(kept(tmp_path, stream)) == (2 if days is None else 0)


def test_what_has_been_dropped_for_its_age_is_no_trouble(log: Log, broker: redis.Redis, tmp_path: Path) -> None:
    writer = LogWriter(log, AUDIT, tmp_path, 200)
    told(broker, 0, 1, stream=AUDIT)
    writer.tend(T0)
    log.trim(AUDIT, f"{T0 + 1}-0")
    writer.tend(T0 + 300 * DAY)
    last = told(broker, 300 * DAY, stream=AUDIT)
    assert LogWriter(log, AUDIT, tmp_path, 200).tend(T0 + 300 * DAY)
    assert kept(tmp_path, AUDIT) == last


@pytest.mark.parametrize("stream", [EVENTS, AUDIT])
def test_a_folder_that_disappears_is_said_once_and_goes_on_when_it_is_back(
    log: Log, broker: redis.Redis, tmp_path: Path, caplog: pytest.LogCaptureFixture, stream: str
) -> None:
    writer = LogWriter(log, stream, tmp_path / "a", days_kept(stream, 366))
    expected = told(broker, 0, 1, stream=stream)
    assert writer.tend(T0)
    log.trim(stream, f"{T0 + 1}-0")
    (tmp_path / "a").rename(tmp_path / "b")
    expected += told(broker, 2, stream=stream)
    assert not any(writer.tend(T0 + k) for k in range(3))
    assert len(caplog.records) == 1
    assert "wall:trimmed" in caplog.text
    assert writer.taken == (0, 0), "so nothing is trimmed behind it"
    assert not (tmp_path / "a").exists()
    (tmp_path / "b").rename(tmp_path / "a")
    assert writer.tend(T0)
    assert kept(tmp_path / "a", stream) == expected
    shutil.rmtree(tmp_path / "a")
    broker.delete("wall:trimmed")
    assert writer.tend(T0), "somebody has decided to begin anew"
    assert kept(tmp_path / "a", stream) == expected[1:]


def test_a_lost_archive_is_begun_anew_while_the_log_has_everything(
    writer: LogWriter, broker: redis.Redis, tmp_path: Path
) -> None:
    expected = told(broker, 0, 1)
    writer.tend(T0)
    shutil.rmtree(tmp_path / "log")
    expected += told(broker, 2)
    assert writer.tend(T0)
    assert kept(tmp_path) == expected


def test_an_entry_of_no_time_does_not_end_the_archivist(writer: LogWriter, broker: redis.Redis, tmp_path: Path) -> None:
    told(broker, 0)
    broker.xadd(EVENTS, {"id": "1"}, id=f"{10**17}-0")
    assert not writer.tend(T0)
    assert (writer.taken, broker.xlen(EVENTS)) == ((0, 0), 2)
