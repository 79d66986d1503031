"""The one thread that owns a web replica's picture: read, fold, and send what changed.

A frame leaves at most `FRAME_MS` after a record reaches the log, sooner when the wall has been quiet, and at least once
a second so that viewers can tell silence from death. It knows nothing of sockets: `Push` is given its `broadcast`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, RLock
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dashboard import clock, frames, stats
from dashboard.alarmdesk import AlarmDesk
from dashboard.casefile import casefile
from dashboard.closeups import Closeups
from dashboard.insight import Insight
from dashboard.picture import Changes, FeedStat, Picture
from dashboard.push import Push
from dashboard.regions import Regions
from dashboard.replica import LogUnavailable, Replica
from dashboard.sections import Sections
from dashboard.tracks import Fixes, Tracks
from dashboard.views import View

logger = logging.getLogger(__name__)
T = TypeVar("T")
Move = Callable[[set[View], set[View]], None]

FRAME_MS = 33
"""Less than the 40 ms of sources' usual beat: with as many, a frame that was late once makes each after it late."""
TICK_MS, RETRY_S = 1000, 0.5
RIDE_MS, JITTER_MS = 500, 100
"""What is counted once a second goes out with the first news after `RIDE_MS` without any, when it is due so soon, and
is due again `JITTER_MS` later than else: a fleet that reports once a second costs one frame a second instead of two."""
PEOPLE = 20_000
"""Up to so many workers everybody gets all of them; more are sent to who looks at their place."""


class Pipeline:
    """Reads through `replica`, sends through `push`; every public method may be called from any thread."""

    def __init__(
        self,
        replica: Replica,
        push: Push,
        regions: Regions,
        tracks: Tracks,
        freshness: stats.Freshness,
        now: Callable[[], int] = clock.now_ms,
        people: int = PEOPLE,
    ) -> None:
        self._replica, self._push, self.tracks = replica, push, tracks
        self._now, self._people = now, people
        self._picture = replica.picture
        self._wire = frames.Wire(self._picture.fleet, regions, self._picture.events.procedure)
        self.sections = Sections(regions, freshness)
        self._insight = Insight(self._picture.events)
        read_to = int(self._picture.position.get("wall:alarms", "0").split("-")[0])
        self._desk = AlarmDesk(self._picture.alarms, regions, read_to or None)
        self._picture.on_alarms = self._desk.note
        self._closeups = Closeups(self._picture, self._wire, self.sections)
        self.whisper: Callable[[View, bytes], None] = lambda view, blob: None
        """Hands a frame to those who look at a view; may be set later."""
        self._lock = RLock()
        self._caught_up = Event()
        self.counted: dict[str, object] = {}  # of the whole city, by section; replaced whole once a second
        self._pending = False
        self._tick_at = self._frame_at = self._news_at = 0.0
        self._snapshot: tuple[int, bytes] | None = None
        self.health: dict[str, object] = {"status": "starting", "epoch": push.epoch, "seq": 0}
        """What `/healthz` says; replaced whole after every frame."""

    def run(self, stop: Event) -> None:
        """Catch up with the log, then follow it until `stop` is set."""
        with self._lock:
            self._replica.catch_up()
            self._wire.events(self._picture.events)
            self._insight.begin()
            self._wire.moved(np.arange(len(self._picture.fleet)), self._now())
            self._picture.take_changes()
            self._frame(tick=True)
        self._caught_up.set()
        workers, events = len(self._picture.fleet), self._picture.events.total
        logger.info("caught up: %d workers, %d events; the wall is live", workers, events)
        while not stop.is_set():
            try:
                self._follow()
            except LogUnavailable as fault:
                # No frame leaves: within seconds every wall says so.
                logger.warning("%s; trying again", fault)
                self.health = {**self.health, "status": "log unavailable"}
                stop.wait(RETRY_S)

    def join(self, epoch: str, seq: int, send: Callable[[bytes], None], enter: Callable[[], None]) -> None:
        """Bring one viewer up to date with `send`, then `enter` it into the room, with no frame in between.

        Waits until the replica has caught up: half a picture would look like a quiet city.
        """
        self._caught_up.wait()
        with self._lock:
            missed = self._push.missed(epoch, seq)
            for blob in [self._current()] if missed is None else missed:
                send(blob)
            enter()

    def look_at(self, viewer: str, wanted: set[View], send: Callable[[bytes], None], move: Move) -> None:
        """From now on `viewer` looks at `wanted` and nothing else (unknown views are passed over).

        `send`s all of what is new to the viewer, then has it `move` in and out of rooms, with no frame in between.
        """
        self._caught_up.wait()
        with self._lock:
            if self._pending:
                self._frame(tick=False)
            views = self._closeups
            new, left = views.views.want(viewer, {view for view in wanted if views.known(view)})
            views.watch()
            for view in sorted(new):
                send(views.first(view, self._now()))
            move(new, left)

    def track(self, worker_id: str, since_ms: int) -> tuple[Fixes, int] | None:
        """A worker's fixes after `since_ms` and from when on the replica holds fixes; None for an unknown id."""
        row = self._picture.fleet.row_of.get(worker_id)
        if row is None:
            return None
        with self._lock:
            return self.tracks.of(row, since_ms), self.tracks.since_ms or self._now()

    def look(self, read: Callable[[Picture], T]) -> T:
        """What `read` finds in the picture, which does not change meanwhile. Keep it short: frames wait for it."""
        self._caught_up.wait()
        with self._lock:
            return read(self._picture)

    def case(self, event_id: str) -> dict[str, object]:
        """One event with everything known of it (see `casefile`).

        Raises:
            KeyError: nobody has reported it.
            Unreadable: it is in the archive, which cannot be read.
        """
        self._caught_up.wait()
        events = self._picture.events
        found = None if events.warm(event_id) else events.cold.fetch(event_id, events.read_to)  # slow: before the lock
        with self._lock:
            event, now_ms = found[0] if found and not events.warm(event_id) else events[event_id], self._now()
            related = self._insight.related(event, now_ms)
            alarms = self._desk.of_event(event_id, now_ms)
            return casefile(self._picture, event, self._wire.event(event), related, now_ms, alarms)

    def _follow(self) -> None:
        tick_due, frame_due = self._tick_at + TICK_MS / 1000, self._frame_at + FRAME_MS / 1000
        owed = self._closeups.density_due_ms
        if self._pending or owed is not None:
            # Not a blocking read: a broker wakes its waiters for news at once, but for a time-out some 40 ms late.
            waits = [tick_due - clock.monotonic()]
            waits += [frame_due - clock.monotonic()] if self._pending else []
            waits += [max(FRAME_MS, owed - self._now()) / 1000] if owed is not None else []
            clock.sleep(max(0.0, min(waits)))
            self._take(None)
        else:
            self._take(max(1, round((tick_due - clock.monotonic()) * 1000)))
        now = clock.monotonic()
        if now >= tick_due:
            self._frame(tick=True)
        elif self._pending and now >= frame_due:
            self._news(now, tick_due)
        elif owed is not None:
            with self._lock:
                self._whisper(self._closeups.density(self._now()))

    def _news(self, now: float, tick_due: float) -> None:
        """A frame of what has been folded; the first after a quiet while brings what is counted into step with it."""
        first = now - self._news_at >= (ride := RIDE_MS / 1000)
        self._frame(tick=first and tick_due - now <= ride)
        if first and now - self._tick_at <= ride:
            self._tick_at = now + JITTER_MS / 1000

    def _take(self, block_ms: int | None) -> None:
        """Wait outside the lock for news, fold it inside.

        A broker wakes its waiters at the first entry of a burst; the rest, a moment behind, shall be in the same frame.
        """
        entries = self._replica.wait(block_ms)
        until = clock.monotonic() + FRAME_MS / 1000
        while entries:
            with self._lock:
                self._replica.fold(entries, self._now())
                self._pending = True
            entries = self._replica.wait(None) if clock.monotonic() < until else []

    def _frame(self, *, tick: bool) -> None:
        with self._lock:
            now_ms, self._frame_at = self._now(), clock.monotonic()
            changes = self._picture.take_changes()
            self._insight.follow(changes.events)
            rows = _merged(changes.rows)
            header = self._header("delta", self._push.seq + 1, now_ms, changes)
            header["events"] = self._wire.events(self._picture.events[i] for i in sorted(changes.events))
            moved = self._wire.moved(rows, now_ms)
            # First, for what is counted once a second takes longer to count than this to draw.
            self._whisper(self._closeups.frame(moved, now_ms, changes.oldest_ms))
            if changes.roster and not self._partial:
                header["roster"] = self._wire.roster(_merged(changes.roster))
            if tick:
                header |= self._measure(now_ms)
            header["digest"] = self._digest
            self._push.publish(frames.pack(header, [] if self._partial else moved.columns(moved.near)))
            if tick:
                self._whisper(self._closeups.tick(now_ms))
            self._report(now_ms)
            self._news_at, self._pending = self._frame_at if self._pending else self._news_at, False
            self._tick_at = self._frame_at if tick else self._tick_at

    @property
    def _partial(self) -> bool:
        """Whether common frames leave the workers out, because they are too many."""
        return len(self._picture.fleet) > self._people

    @property
    def _digest(self) -> int:
        return self._wire.events_digest if self._partial else self._wire.digest

    def _whisper(self, sent: list[tuple[View, bytes]]) -> None:
        for view, blob in sent:
            self.whisper(view, blob)

    def _current(self) -> bytes:
        """A snapshot as of the newest frame; what has been folded since goes out as a frame first."""
        if self._pending:
            self._frame(tick=False)
        if self._snapshot is None or self._snapshot[0] != self._push.seq:
            self._snapshot = (self._push.seq, self._encode_snapshot())
        return self._snapshot[1]

    def _encode_snapshot(self) -> bytes:
        now_ms, rows = self._now(), np.arange(0 if self._partial else len(self._picture.fleet))
        header = self._header("snapshot", self._push.seq, now_ms, Changes())
        header["events"] = self._wire.events(self._picture.events[i] for i in sorted(self._picture.events.opened))
        header["roster"] = self._wire.roster(rows)
        columns = self._wire.workers(rows, now_ms, whole=True)
        header |= self.counted | {"tapes": list(self._picture.tapes.values()), "digest": self._digest}
        return frames.pack(header, columns)

    def _header(self, kind: str, seq: int, now_ms: int, changes: Changes) -> dict[str, object]:
        header: dict[str, object] = {
            "kind": kind, "epoch": self._push.epoch, "seq": seq, "as_of": now_ms,
            "t0": None if self._partial else changes.oldest_ms, "hash": self._picture.state_hash,
            "partial": self._partial,
        }  # fmt: skip
        if changes.tapes:
            header["tapes"] = list(self._picture.tapes.values())
        return header

    def _measure(self, now_ms: int) -> dict[str, object]:
        """The sections that are counted once a second; only those that differ from what was sent last."""
        self.sections.follow(self._picture, now_ms)
        fresh: dict[str, object] = {
            **self.sections.of(self._picture, "", now_ms),
            "feeds": [{"source": s, **_plain(stat)} for s, stat in sorted(self._picture.feeds.items())],
            "streams": {s: int(i.split("-")[0]) for s, i in self._picture.position.items() if i != "0-0"},
            **self._picture.wire(),
            "risk": self._insight.risk(now_ms),
            **self._desk.sections(now_ms),
        }
        changed = {key: value for key, value in fresh.items() if _said(value) != _said(self.counted.get(key))}
        self.counted = fresh
        return changed

    def _report(self, now_ms: int) -> None:
        self.health = {
            "status": "ok", "epoch": self._push.epoch, "seq": self._push.seq, "as_of": now_ms,
            "state_hash": self._picture.state_hash, "position": dict(self._picture.position),
            "applied": self._picture.applied, "workers": len(self._picture.fleet), "events": self._picture.events.total,
            "open": len(self._picture.events.opened), "lag_ms": self._replica.lag_ms,
            "feeds": {source: _plain(stat) for source, stat in self._picture.feeds.items()},
        }  # fmt: skip


def _merged(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """The rows of all parts, rising, each once; marked, not sorted: 5 ms against 96 for 300,000."""
    marks = np.zeros(max((int(part.max(initial=-1)) for part in parts), default=-1) + 1, bool)
    for part in parts:
        marks[part] = True
    return np.flatnonzero(marks)


def _said(section: object) -> object:
    """A section without its window, which moves every second though nothing it says has changed."""
    return {k: v for k, v in section.items() if k not in ("from", "to")} if isinstance(section, dict) else section


def _plain(stat: FeedStat) -> dict[str, int]:
    return {"records": stat.records, "duplicates": stat.duplicates, "rejected": stat.rejected, "last": stat.last_ms}
