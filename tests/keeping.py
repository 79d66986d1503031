"""The historian killed again and again while records pour in; then what is in the archive against what went in.

Records carry times of the past, so that their hours and days are over and every kind of merging happens, too.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import redis

from dashboard import archive, clock, logfiles
from dashboard.pieces import by_day, live
from dashboard.record import Entry
from dashboard.replica import Replica
from feeds.log import Log
from feeds.logwriter import LogWriter
from feeds.wholelog import WholeLog
from tests.support import ListLog, entry, fix, profile, reported, small_picture, until

APP = Path(__file__).resolve().parents[1] / "app.py"
START_MS = 40 * clock.DAY_MS
"""How long ago the first record was, by the log."""
STEP_MS = 60_000
SETTINGS = {
    "WALL_SNAPSHOT_S": "1", "WALL_KEEP_LOG_DAYS": "0.2", "WALL_TRACK_MINUTES": "60", "WALL_KEEP_FIXES_DAYS": "9999",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What there was in the end: records that went in, rows that are in the archive too few, too many or otherwise than
    they went in, files left half written, entries still on the log, whether a replica of all of it has the same state.
    """

    records: int
    missing: int
    doubled: int
    changed: int
    drafts: int
    on_log: int
    files: int
    same_state: bool


class Load(threading.Thread):
    """A record a stream and log minute, as fast as a durable log takes them; `told` is what it has taken."""

    def __init__(self, broker: redis.Redis, pause_s: float) -> None:
        super().__init__(daemon=True)
        self._broker, self._pause_s, self._ended = broker, pause_s, threading.Event()
        self._start_ms = clock.now_ms() - START_MS
        self.told: list[Entry] = []

    def run(self) -> None:
        turn = 0
        while not self._ended.wait(self._pause_s):
            entries = self._minute(turn)
            pipe = self._broker.pipeline(transaction=True)
            for one in entries:
                pipe.xadd(one.stream, dict(one.fields), id=one.entry_id)
            pipe.execute()
            self.told += entries
            turn += 1

    def end(self) -> None:
        """Write no more."""
        self._ended.set()
        self.join()

    def _minute(self, turn: int) -> list[Entry]:
        at = self._start_ms + turn * STEP_MS
        alarm = {"alarm_id": f"a{turn}", "device_id": "d", "kind": "sos", "severity": "major", "lat": 30, "lon": 110}
        said: list[tuple[str, dict[str, Any]]] = [
            ("event.reported", reported(f"e{turn}")), ("worker.profile", profile(f"w{turn % 999}")),
            ("alarm.raised", alarm), ("reading", {"kpi": "k", "region": "", "value": turn, "as_of": at}),
            ("wall.scene", {"wall": "a", "scene": f"s{turn}"}), ("worker.fix", fix(f"w{turn % 99}", at)),
        ]  # fmt: skip
        entries = [entry(kind, data, at=at) for kind, data in said]
        audit = {b"by": "03席".encode(), b"command": b"accept", b"event_id": b"e%d" % turn}
        letter = {b"source": b"s", b"raw": b"\xff\x00%d" % turn, b"reason": b"because"}
        return [*entries, Entry(logfiles.AUDIT, f"{at}-0", audit), Entry(logfiles.DEAD_LETTERS, f"{at}-0", letter)]


class Keeping:
    """One log and one archive in `folder`, and a historian that is killed."""

    def __init__(self, url: str, folder: Path, seed: int, pause_s: float = 0.01) -> None:
        self._log, self._folder, self._dice = Log(url), folder / "archive", random.Random(seed)
        self._broker = redis.Redis.from_url(url, protocol=2)
        self._environment = os.environ | SETTINGS | {"WALL_REDIS_URL": url, "WALL_DATA_DIR": str(folder)}
        self._output = (folder / "historian.log").open("ab")
        self.in_the_act = 0
        """How many kills have left a file half written."""
        self._load = Load(self._broker, pause_s)
        self._load.start()

    def kill(self, within_s: float = 0.7) -> None:
        """Start the historian, and kill it at a moment of its first rounds of work."""
        assert self._load.is_alive()
        before = self._names()
        historian = self._historian()
        assert until(lambda: self._names() != before, 30), "it has not written anything"
        time.sleep(self._dice.random() * within_s)
        historian.send_signal(signal.SIGKILL)
        historian.wait()
        self.in_the_act += any(path.suffix != ".parquet" for path in self._names())

    def end(self) -> Found:
        """Let the historian finish, end it as Ctrl-C does, and look."""
        self._load.end()
        historian = self._historian()
        last = {one.stream: one.entry_id for one in self._load.told}
        assert until(lambda: self._taken() == last, 30), "it has not taken everything"
        time.sleep(0.5)  # in the middle of its round
        historian.terminate()
        historian.wait(20)
        self._output.close()
        return self._found()

    def _historian(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(APP), "historian"]
        return subprocess.Popen(command, env=self._environment, stdout=self._output, stderr=self._output)

    def _names(self) -> set[Path]:
        return set(self._folder.rglob("*.*"))

    def _taken(self) -> dict[str, str]:
        found = {stream: LogWriter(self._log, stream, self._folder).taken for stream in logfiles.LOGGED}
        found[archive.STREAM] = archive.newest(archive.pieces(self._folder))
        return {stream: f"{ms}-{n}" for stream, (ms, n) in found.items()}

    def _found(self) -> Found:
        told = self._load.told
        wanted: Counter[tuple[str, str]] = Counter((one.stream, one.entry_id) for one in told)
        kept = [one for stream in logfiles.LOGGED for one in self._entries(stream)]
        rows = Counter((one.stream, one.entry_id) for one in kept) + Counter(self._fixes())
        as_told = {(one.stream, one.entry_id): one.fields for one in told}
        changed = sum(as_told.get((one.stream, one.entry_id)) != one.fields for one in kept)
        drafts = [path for path in self._names() if path.suffix != ".parquet"]
        on_log = sum(self._broker.xlen(stream) for stream in {one.stream for one in told})
        return Found(
            len(told), (wanted - rows).total(), (rows - wanted).total(), changed, len(drafts), on_log,
            len(self._names()), self._same_state(),
        )  # fmt: skip

    def _entries(self, stream: str) -> list[Entry]:
        found = by_day(logfiles.root_of(self._folder, stream)).values()
        paths = [str(path) for pieces in found for piece in live(pieces) for path in piece.files()]
        query = logfiles.PAGE_QUERY.replace("$file", "$files")
        values = {"files": paths, "ms": 0, "n": 0, "most": 10**9}
        return logfiles.entries_of(stream, duckdb.execute(query, values).fetchnumpy())

    def _fixes(self) -> list[tuple[str, str]]:
        """Each as if it were its entry: here a fix is taken when its entry is appended."""
        found = archive.pieces(self._folder).values()
        paths = [str(path) for pieces in found for piece in pieces for path in piece.files()]
        times = duckdb.execute("SELECT t FROM read_parquet(?)", [paths]).fetchall()
        return [(archive.STREAM, f"{t}-0") for (t,) in times]

    def _same_state(self) -> bool:
        """Whether what archive and log say together folds to what was told."""
        streams = [stream for stream in logfiles.LOGGED if stream not in (logfiles.AUDIT, logfiles.DEAD_LETTERS)]
        kept = Replica(WholeLog(self._log, self._folder), small_picture(), streams)
        plain = Replica(ListLog([one for one in self._load.told if one.stream in streams]), small_picture(), streams)
        for one in self._load.told:
            if one.stream in streams:
                plain.picture.apply(one)
        kept.catch_up()
        return kept.picture.state_hash == plain.picture.state_hash
