"""The workers on the move: where each one is at any instant, and what each one is doing.

Everybody is on a leg, a straight way from one point to another between two instants; positions are computed only when
somebody asks. Arrays have one element per worker, instants are UTC milliseconds, positions WGS-84 degrees. It decides
no event's fate (`events`) and writes no record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dashboard.model import Duty, Role
from feeds.demo import phones, rhythm
from feeds.demo.dice import Dice
from feeds.demo.ground import F64, Ground, distance_m
from feeds.demo.names import Roster

Idx = NDArray[np.int64]

_WALK_MPS: Final = (0.6, 1.6)
_RIDE_MPS: Final = (3.0, 6.0)
_PAUSE_SHARE: Final = 0.4
_PAUSE_MS: Final = (20_000, 150_000)
_SILENT_SHARE: Final = 0.003
_SILENT_MS: Final = (300_000, 1_200_000)
_MAX_DELAY_MS: Final = 400
GOES_OUT: Final = (Role.full_time, Role.part_time, Role.grid_head, Role.liaison)

_FREE, _SENT, _RETURNING = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Fixes:
    """k position reports: whose (indices), where and when."""

    who: Idx
    lat: F64
    lon: F64
    at_ms: NDArray[np.int64]


class Crew:
    """Everybody in a roster, at home in their grid and off duty until `rota` says otherwise."""

    def __init__(self, roster: Roster, ground: Ground, dice: Dice) -> None:
        n = len(roster.worker_id)
        self.roster, self._ground, self._dice = roster, ground, dice
        self.duty = np.full(n, Duty.off_duty, np.int8)
        self._task = np.zeros(n, np.int8)
        self._phase = dice.rng.random(n)
        lat, lon = ground.points(roster.grid, dice)
        self._from, self._to = np.stack([lat, lon]), np.stack([lat, lon])
        self._back = self._to.copy()
        self._t0, self._t1 = np.zeros(n), np.zeros(n)
        self._silent_until = np.zeros(n)
        self._order: Idx = dice.rng.permutation(n)
        self._cursor = 0
        self._goes_out = np.isin(roster.role, [int(role) for role in GOES_OUT])
        self._of_town = _members(ground.town_of[roster.grid])
        self._changed: list[int] = []
        self._index: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self.duty)

    def position(self, who: Idx, at_ms: F64 | NDArray[np.int64] | float) -> tuple[F64, F64]:
        """Latitudes and longitudes of k workers at one instant, or at k."""
        t0 = self._t0[who]
        share = np.clip((at_ms - t0) / np.maximum(self._t1[who] - t0, 1.0), 0.0, 1.0)
        lat, lon = self._from[:, who] + (self._to[:, who] - self._from[:, who]) * share
        return lat, lon

    def charge(self, who: Idx, at_ms: NDArray[np.int64]) -> NDArray[np.int64]:
        """Batteries of k workers' phones at k instants, in percent."""
        return phones.charge(at_ms, self._phase[who])

    def where(self, worker: int, at_ms: int) -> tuple[float, float]:
        """One worker's latitude and longitude."""
        lat, lon = self.position(np.array([worker]), float(at_ms))
        return float(lat[0]), float(lon[0])

    def rota(self, now_ms: int, passed_ms: float) -> None:
        """Bring duty up to the hour, and let a few lose their signal; `passed_ms` since the last call."""
        self._task[(self._task == _RETURNING) & (self._t1 <= now_ms)] = _FREE
        due = np.where(rhythm.on_duty(now_ms, self.roster.role, self._phase), Duty.available, Duty.off_duty)
        rest = (due == Duty.available) & rhythm.resting(now_ms, self._phase)
        due[rest] = Duty.out_of_service
        changed = np.flatnonzero((due != self.duty) & (self._task == _FREE))
        self._stand(changed, now_ms)
        self.duty[changed] = due[changed]
        self._changed.extend(changed.tolist())
        self._lose_signals(now_ms, passed_ms)

    def take_changes(self) -> list[int]:
        """Whose duty changed since the last call, each once."""
        changed, self._changed = list(dict.fromkeys(self._changed)), []
        return changed

    def fixes(self, count: int, now_ms: int) -> Fixes:
        """The next `count` workers in turn report: instants are 0–400 ms old; the silent ones are left out."""
        turn = np.arange(self._cursor, self._cursor + min(count, len(self)))
        self._cursor = (self._cursor + len(turn)) % len(self)
        who = self._order[turn % len(self)]
        who = who[self._silent_until[who] <= now_ms]
        at = now_ms - self._dice.rng.integers(0, _MAX_DELAY_MS + 1, len(who))
        lat, lon = self.position(who, at)
        self._next_legs(who, lat, lon, at)
        return Fixes(who, lat, lon, at)

    def last_fixes(self, now_ms: int, interval_ms: float) -> Fixes:
        """Everybody's last report before `now_ms`, oldest first: at most `interval_ms` old unless silent."""
        who = np.arange(len(self))
        age = self._dice.rng.random(len(self)) * interval_ms
        silent = self._silent_until > now_ms
        age[silent] = _SILENT_MS[1] - (self._silent_until[silent] - now_ms)
        at = (now_ms - age).astype(np.int64)
        lat, lon = self.position(who, at)
        order = np.argsort(at, kind="stable")
        return Fixes(who[order], lat[order], lon[order], at[order])

    def nearest(self, grid: int, lat: float, lon: float, now_ms: int, count: int = 5) -> list[tuple[int, float]]:
        """Free workers of the same town who may be sent, nearest first: (index, metres)."""
        who = self._of_town.get(int(self._ground.town_of[grid]), np.empty(0, np.int64))
        free = (self.duty[who] == Duty.available) & (self._task[who] == _FREE) & self._goes_out[who]
        who = who[free & (self._silent_until[who] <= now_ms)]
        far = distance_m(lat, lon, *self.position(who, now_ms))
        best = np.argsort(far, kind="stable")[:count]
        return [(int(who[i]), float(far[i])) for i in best]

    def free(self, worker_id: str) -> int:
        """The index of a worker who is on duty and has no task; -1 when there is none."""
        if self._index is None:
            self._index = {name: i for i, name in enumerate(self.roster.worker_id.tolist())}
        worker = self._index.get(worker_id, -1)
        return worker if worker >= 0 and self.duty[worker] == Duty.available and self._task[worker] == _FREE else -1

    def send(self, worker: int, lat: float, lon: float, now_ms: int, leave_ms: int) -> int:
        """Dispatch a free worker: they stop now, leave at `leave_ms` and ride straight there; when they arrive."""
        who = np.array([worker])
        self._stand(who, now_ms)
        self._back[:, worker] = self._to[:, worker]
        arrive = leave_ms + self._ride_ms(worker, lat, lon)
        self._leg(worker, lat, lon, leave_ms, arrive)
        self._task[worker] = _SENT
        self.set_duty(worker, Duty.dispatched)
        return arrive

    def release(self, worker: int, now_ms: int) -> None:
        """Done at the event: available again, and riding back to where they were called away."""
        self._stand(np.array([worker]), now_ms)
        lat, lon = self._back[:, worker].tolist()
        self._leg(worker, lat, lon, now_ms, now_ms + self._ride_ms(worker, lat, lon))
        self._task[worker] = _RETURNING
        self.set_duty(worker, Duty.available)

    def set_duty(self, worker: int, duty: Duty) -> None:
        """Note what a worker says they are doing."""
        self.duty[worker] = duty
        self._changed.append(worker)

    def sent(self) -> Idx:
        """Who is on the way to an event or at one."""
        return np.flatnonzero(self._task == _SENT)

    def called_from(self, who: Idx) -> tuple[F64, F64, F64]:
        """Where k sent workers were called away (latitudes, longitudes) and when they left."""
        return self._back[0, who], self._back[1, who], self._t0[who]

    def _ride_ms(self, worker: int, lat: float, lon: float) -> int:
        here_lat, here_lon = self._to[:, worker]
        metres = float(distance_m(here_lat, here_lon, lat, lon))
        return 1000 + int(metres / self._dice.between(*_RIDE_MPS) * 1000)

    def _leg(self, worker: int, lat: float, lon: float, leave_ms: int, arrive_ms: int) -> None:
        self._to[:, worker] = lat, lon
        self._t0[worker], self._t1[worker] = leave_ms, arrive_ms

    def _stand(self, who: Idx, now_ms: int) -> None:
        """Stop where they are."""
        here = np.stack(self.position(who, now_ms))
        self._from[:, who], self._to[:, who] = here, here
        self._t0[who] = self._t1[who] = now_ms

    def _next_legs(self, who: Idx, lat: F64, lon: F64, at_ms: NDArray[np.int64]) -> None:
        """New legs inside their grids for those on duty who have reached the end of theirs; some pause first."""
        done = at_ms >= self._t1[who]
        done &= (self.duty[who] == Duty.available) & (self._task[who] == _FREE)
        who, lat, lon, rng = who[done], lat[done], lon[done], self._dice.rng
        if not len(who):
            return
        to_lat, to_lon = self._ground.points(self.roster.grid[who], self._dice)
        pause = rng.uniform(*_PAUSE_MS, len(who)) * (rng.random(len(who)) < _PAUSE_SHARE)
        self._from[:, who], self._to[:, who] = (lat, lon), (to_lat, to_lon)
        self._t0[who] = at_ms[done] + pause
        walk_s = distance_m(lat, lon, to_lat, to_lon) / rng.uniform(*_WALK_MPS, len(who))
        self._t1[who] = self._t0[who] + walk_s * 1000

    def _lose_signals(self, now_ms: int, passed_ms: float) -> None:
        mean_ms = sum(_SILENT_MS) / 2
        count = int(self._dice.rng.poisson(len(self) * _SILENT_SHARE * max(0.0, passed_ms) / mean_ms))
        who = self._dice.rng.integers(0, len(self), count)
        self._silent_until[who] = now_ms + self._dice.rng.uniform(*_SILENT_MS, count)


def _members(town: NDArray[np.int32]) -> dict[int, Idx]:
    order = np.argsort(town, kind="stable")
    codes, starts = np.unique(town[order], return_index=True)
    return dict(zip(codes.tolist(), np.split(order, starts[1:]), strict=True))
