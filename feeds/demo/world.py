"""The demo city put together: people, ground and matters on one clock, yielding records.

`World` is a pure function of its seeds and the instants it is shown. It neither waits nor writes (`feeds.simulator`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Final, cast

import numpy as np

from dashboard.cities import City
from dashboard.clock import HOUR_MS
from dashboard.model import Data, Duty, DutyName, Role, RoleName, WorkerDuties, WorkerFixes, WorkerProfiles
from dashboard.record import Record
from feeds.demo import surveys, tracks
from feeds.demo.dice import Dice
from feeds.demo.events import Desk
from feeds.demo.ground import Ground
from feeds.demo.matter import Move, OpenEvent
from feeds.demo.names import draw_roster
from feeds.demo.posting import post, post_of
from feeds.demo.reporter import Reporter
from feeds.demo.sos import Distress
from feeds.demo.titles import load_book
from feeds.demo.walkers import Crew, Fixes

BACKFILL_MS: Final = 24 * HOUR_MS
_SLICE_MS: Final = 60_000
_ROTA_MS: Final = 10_000
_PAST_ROTA_MS: Final = 300_000
_BATCH: Final = 500
_DUTY_NAMES: Final = [cast("DutyName", duty.name) for duty in Duty]
_ROLE_NAMES: Final = [cast("RoleName", role.name) for role in Role]


class World:
    """One run of the demo city.

    Args:
        city: the pack; its folder holds ``phrases.yaml``.
        seed: names the city's people; with `start_ms` it names the run.
        workers: how many.
        fixes_per_s: position reports a second, all workers in turn.
        start_ms: the instant the run begins (UTC milliseconds); record ids carry it.

    Raises:
        ValueError: the pack lacks grid polygons or phrases.
    """

    def __init__(self, city: City, *, seed: int, workers: int, fixes_per_s: float, start_ms: int) -> None:
        self._ground = Ground(city.regions, Dice(seed, 1))
        grids = self._ground.grids
        roster = post(draw_roster(workers, len(grids), Dice(seed, 2)), grids, Dice(seed, 6))
        self._crew = Crew(roster, self._ground, Dice(seed, 3))
        dice = Dice(seed, 4, start_ms)
        reporter = Reporter(city, load_book(city.folder / "phrases.yaml"), self._ground, dice)
        self._desk = Desk(city, reporter, self._crew, self._ground, dice, self._add)
        self._distress = Distress(self._crew, Dice(seed, 7, start_ms), self._desk.later, self._add)
        self._track_dice = Dice(seed, 5, start_ms)
        self._survey_dice = Dice(seed, 8)
        self._surveyed = [city.regions.city.code, *(district.code for district in city.regions.districts)]
        self._fixes_per_ms = fixes_per_s / 1000
        self._run, self._number = np.base_repr(start_ms, 36).lower(), count(1)
        self._records: list[Record] = []
        self._now = self._rota_at = start_ms
        self._owed = 0.0

    def roster(self, at_ms: int) -> list[Record]:
        """Everybody's profile."""
        people, grids = self._crew.roster, self._ground.grids
        for part in _parts(len(self._crew)):
            data = WorkerProfiles(
                worker_id=people.worker_id[part].tolist(),
                name=people.name[part],
                role=[_ROLE_NAMES[r] for r in people.role[part].tolist()],
                region=[post_of(r, grids[g]) for r, g in zip(people.role[part], people.grid[part], strict=True)],
            )
            self._add(at_ms, "duty", "worker.profiles", data)
        return self._take()

    def resume(self, now_ms: int, left_open: Iterable[OpenEvent], calls: Iterable[str] = ()) -> list[Record]:
        """Begin without history: everybody's duty now, and the events and calls for help an earlier run left open."""
        self._desk.start(now_ms)
        self._desk.adopt(left_open, now_ms)
        self._distress.start(now_ms, calls)
        self._crew.rota(now_ms, 0)
        self._add_duties(now_ms, range(len(self._crew)))
        return self._take()

    def past(self, now_ms: int) -> Iterator[tuple[float, list[Record]]]:
        """The 24 hours before `now_ms`, in time order: (share done, records), then the last positions."""
        begin = now_ms - BACKFILL_MS
        yield 0.0, self.roster(begin)
        for reading in surveys.surveys(self._surveyed, self._survey_dice, begin):
            self._add(begin, "survey", "reading", reading)
        self._desk.start(begin)
        self._rota_at = begin
        self._crew.rota(begin, 0)
        self._add_duties(begin, range(len(self._crew)))
        for at in range(begin + _SLICE_MS, now_ms + _SLICE_MS, _SLICE_MS):
            at = min(at, now_ms)
            self._desk.advance(at)
            self._duties(at, _PAST_ROTA_MS)
            yield (at - begin) / BACKFILL_MS, self._take()
        self._now = now_ms
        self._distress.start(now_ms)
        yield 1.0, self._last_positions(now_ms)

    def moved(self, moves: Iterable[Move], now_ms: int) -> None:
        """Take note of steps that others have taken."""
        for move in moves:
            self._desk.moved(move, now_ms)

    def advance(self, now_ms: int) -> list[Record]:
        """Everything since the last call; a clock that went back yields nothing until it has caught up."""
        if now_ms <= self._now:
            return []
        self._desk.advance(now_ms)
        self._duties(now_ms, _ROTA_MS)
        self._owed = min(self._owed + (now_ms - self._now) * self._fixes_per_ms, len(self._crew))
        self._now = now_ms
        self._add_fixes(now_ms, self._crew.fixes(int(self._owed), now_ms))
        self._owed %= 1.0
        return self._take()

    def _duties(self, now_ms: int, every_ms: int) -> None:
        """Bring the rota up to date when it is `every_ms` old; write down every change of duty."""
        passed = now_ms - self._rota_at
        if passed >= every_ms:
            self._crew.rota(now_ms, passed)
            self._rota_at = now_ms
        self._add_duties(now_ms, self._crew.take_changes())

    def _last_positions(self, now_ms: int) -> list[Record]:
        for batch in tracks.last_hour(self._crew, self._ground, self._track_dice, now_ms):
            self._add_fixes(int(batch.at_ms[0]), batch)
        self._add_fixes(now_ms, self._crew.last_fixes(now_ms, len(self._crew) / self._fixes_per_ms))
        return self._take()

    def _add(self, at_ms: int, source: str, kind: str, data: Data) -> None:
        self._records.append(Record(f"{self._run}-{next(self._number)}", source, kind, at_ms, data))

    def _take(self) -> list[Record]:
        taken, self._records = self._records, []
        return taken

    def _add_duties(self, at_ms: int, who: Sequence[int]) -> None:
        duty, ids = self._crew.duty, self._crew.roster.worker_id
        for part in _parts(len(who)):
            status = [_DUTY_NAMES[duty[i]] for i in who[part]]
            self._add(at_ms, "duty", "worker.duties", WorkerDuties([ids[i] for i in who[part]], status))

    def _add_fixes(self, at_ms: int, fixes: Fixes) -> None:
        ids = self._crew.roster.worker_id
        for part in _parts(len(fixes.who)):
            data = WorkerFixes(
                worker_id=ids[fixes.who[part]].tolist(),
                lat=fixes.lat[part].round(6).tolist(),
                lon=fixes.lon[part].round(6).tolist(),
                fix_time=fixes.at_ms[part].tolist(),
                battery=self._crew.charge(fixes.who[part], fixes.at_ms[part]).tolist(),
            )
            self._add(at_ms, "positioning", "worker.fixes", data)


def _parts(length: int) -> Iterator[slice]:
    return (slice(start, start + _BATCH) for start in range(0, length, _BATCH))
