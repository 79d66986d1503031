"""Whom to send: the best workers for a place, ranked in minutes, each with its reasons in the same minutes.

A candidate's score is the estimated arrival plus what speaks against this one (busy, other matters in hand, not the
role for it, an old fix) minus what speaks for it (knows the place), all in minutes, so that "eight minutes nearer" and
"has two matters in hand" can be weighed and the sum can be explained. The least score is the best.

    arrival = SET_OFF_S + haversine metres × DETOUR ÷ SPEED_MPS[role]

It is an estimate (估算) from the straight line: no road, traffic or lift is known here. All workers are looked at for
every answer: brute force over the columns takes about a millisecond at 13,080 workers, less than keeping an index of
places that change 1,500 times a second would (`tests/bench/nearest.py`). Reads the picture, changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dashboard.cities import DispatchRules
from dashboard.events import Events
from dashboard.eventstate import EventState
from dashboard.fleet import NO_FIX, Fleet
from dashboard.model import Duty, Role, Severity, Step
from dashboard.stats import Freshness

F64 = NDArray[np.float64]

EARTH_M = 6_371_008.8
DETOUR = 1.33
"""Way on roads ÷ straight line: the mean for China in Ballou, Rahardja and Sakai (2002)."""
SET_OFF_S = 60.0
"""From the call to being on the way."""
RIDE_MPS, WALK_MPS = 4.2, 1.3
"""An electric bicycle in town traffic (15 km/h, 25 allowed), and walking (the pace pedestrian lights are timed for)."""
SPEED_MPS = {
    Role.unknown: WALK_MPS, Role.full_time: RIDE_MPS, Role.part_time: WALK_MPS, Role.grid_head: RIDE_MPS,
    Role.volunteer: WALK_MPS, Role.liaison: RIDE_MPS, Role.supervisor: RIDE_MPS,
}  # fmt: skip
"""Those whose daily work it is have a bicycle; those who help beside their own work are taken to walk."""

DUTY_MIN = {Duty.dispatched: 10.0, Duty.en_route: 10.0, Duty.on_scene: 15.0}
"""Another matter would have to wait: what calling its worker away counts, more where work has begun."""
LOAD_MIN = 4.0
"""For every open matter already in a worker's hands."""
ROLE_MIN = 3.0
"""For every place further down the pack's list of roles."""
STALE_MOST_MIN = 5.0
"""An old fix counts as many minutes as it is old, for so far the worker may have gone, up to this."""
SAME_GRID_MIN, SAME_COMMUNITY_MIN = -2.0, -1.0
"""Who works there every day finds the door and knows the people."""

_IN_HAND = frozenset({Step.assigned, Step.handling, Step.tracked, Step.supervised})
_COMMUNITY = 12
_SHORTLIST = 32
_NEVER = -1


@dataclass(frozen=True, slots=True)
class Task:
    """What somebody is sent to: degrees WGS-84, a region code, a category's key; `worker_id` is on it already."""

    lat: float
    lon: float
    region: str = ""
    category: str = ""
    severity: Severity = Severity.normal
    worker_id: str = ""

    @classmethod
    def of(cls, event: EventState) -> Task:
        """The task an event sets."""
        severity = Severity(event.severity)
        return cls(event.lat, event.lon, event.region, event.category, severity, event.worker_id)


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a score: `way` (metres), `duty` (a duty's name), `load` (matters in hand), `role` (a role's name),
    `stale` (the fix's age in seconds), `here` (`grid` or `community`), and the minutes it adds."""

    key: str
    value: str | int
    minutes: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A worker who could go: the row in the fleet, metres in a straight line, seconds to arrival, and why."""

    row: int
    distance_m: float
    eta_s: float
    load: int
    reasons: tuple[Reason, ...]

    @property
    def score_min(self) -> float:
        """The sum of the reasons; least is best."""
        return sum(reason.minutes for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Advice:
    """The best, best first; how many could go (`considered`), how many are on duty, metres to the nearest who could."""

    candidates: Sequence[Candidate] = field(default_factory=list)
    considered: int = 0
    on_duty: int = 0
    nearest_m: float | None = None


def best(
    task: Task,
    fleet: Fleet,
    load: Mapping[str, int],
    now_ms: int,
    limits: Freshness,
    rules: DispatchRules,
    wanted: int = 5,
) -> Advice:
    """The `wanted` best of those who are on duty, not lost, and of a role that may handle the task.

    Args:
        load: worker id → open matters in hand, this one not counted (`loads`).
        now_ms: UTC milliseconds, for the age of fixes.

    Equal scores go by distance, then by worker id, so that the same picture always gives the same advice.
    """
    on_duty, pool = _pool(task, fleet, now_ms, limits, rules)
    if not len(pool.rows):
        return Advice(on_duty=on_duty)
    chosen = _least(
        pool.base,
        lambda k: _candidate(pool, k, task, fleet, load, now_ms),
        lambda one: (one.score_min, one.distance_m, fleet.ids[one.row]),
        wanted,
    )
    return Advice(chosen, len(pool.rows), on_duty, float(pool.metres.min()))


def loads(events: Events, besides: str = "") -> Counter[str]:
    """Matters in each worker's hands, assigned and not yet fed back, by worker id; `besides` is not counted."""
    opened = (events[i] for i in events.opened if i != besides)
    return Counter(event.worker_id for event in opened if event.worker_id and event.step in _IN_HAND)


def distance_m(lat: float, lon: float, lats: F64, lons: F64) -> F64:
    """Metres from a place to each of m places on the sphere (haversine; degrees)."""
    phi, phis = np.radians(lat), np.radians(lats)
    half = np.sin((phis - phi) / 2) ** 2 + np.cos(phi) * np.cos(phis) * np.sin(np.radians(lons - lon) / 2) ** 2
    metres: F64 = 2 * EARTH_M * np.arcsin(np.sqrt(half))
    return metres


@dataclass(frozen=True, slots=True)
class _Pool:
    """Those who could go, as columns: fleet row, metres, seconds to arrival, role's place, minutes of duty and fix."""

    rows: NDArray[np.int64]
    metres: F64
    eta_s: F64
    place: NDArray[np.int64]
    duty: F64
    stale: F64

    @property
    def base(self) -> F64:
        """The score without what only the shortlist is asked for: matters in hand, and being at home there."""
        return self.eta_s / 60 + self.duty + ROLE_MIN * self.place + self.stale


def _pool(task: Task, fleet: Fleet, now_ms: int, limits: Freshness, rules: DispatchRules) -> tuple[int, _Pool]:
    """How many are on duty, and those of them who could go."""
    n = len(fleet)
    on = (fleet.duty[:n] >= Duty.available) & (fleet.duty[:n] <= Duty.on_scene)
    place = _places(task, rules)[fleet.role[:n]]
    located = (fleet.lon[:n] != NO_FIX) & (now_ms - fleet.fix_ms[:n] <= limits.lost_ms)
    rows = np.flatnonzero(on & located & (place != _NEVER))
    metres = distance_m(task.lat, task.lon, fleet.lat[rows] / 1e6, fleet.lon[rows] / 1e6)
    eta_s = SET_OFF_S + metres * DETOUR / _SPEED[fleet.role[rows]]
    duty = np.where(rows == fleet.row_of.get(task.worker_id, -1), 0.0, _DUTY[fleet.duty[rows]])
    return int(on.sum()), _Pool(rows, metres, eta_s, place[rows], duty, _stale(now_ms - fleet.fix_ms[rows], limits))


def _candidate(pool: _Pool, k: int, task: Task, fleet: Fleet, load: Mapping[str, int], now_ms: int) -> Candidate:
    """The k-th of the pool with all reasons."""
    row, eta_s = int(pool.rows[k]), float(pool.eta_s[k])
    held = load.get(fleet.ids[row], 0)
    reasons = (
        Reason("way", round(float(pool.metres[k])), eta_s / 60),
        Reason("duty", Duty(int(fleet.duty[row])).name, float(pool.duty[k])),
        Reason("load", held, LOAD_MIN * held),
        Reason("role", Role(int(fleet.role[row])).name, ROLE_MIN * int(pool.place[k])),
        Reason("stale", (now_ms - int(fleet.fix_ms[row])) // 1000, float(pool.stale[k])),
        _here(fleet.regions[row], task.region),
    )
    return Candidate(row, float(pool.metres[k]), eta_s, held, tuple(r for r in reasons if _tells(r)))


def _places(task: Task, rules: DispatchRules) -> NDArray[np.int64]:
    """By role: its place in the list of those who may handle the task, 0 first; _NEVER for the others.

    Somebody of no known role comes last, so that a city without a roster is helped too.
    """
    roles = [Role[name] for name in rules.roles_for(task.category, task.severity)]
    places = np.full(len(Role), _NEVER, np.int64)
    places[roles] = range(len(roles))
    places[Role.unknown] = len(roles)
    return places


def _stale(age_ms: NDArray[np.int64], limits: Freshness) -> F64:
    """Nothing while a fix is fresh, then its age, up to a limit."""
    minutes: F64 = np.where(age_ms > limits.stale_ms, np.minimum(age_ms / 60_000, STALE_MOST_MIN), 0.0)
    return minutes


def _here(home: str, region: str) -> Reason:
    """What it is worth that a worker belongs to the task's grid or community."""
    if region and home == region and len(home) > _COMMUNITY:
        return Reason("here", "grid", SAME_GRID_MIN)
    near = len(region) >= _COMMUNITY and home[:_COMMUNITY] == region[:_COMMUNITY]
    return Reason("here", "community", SAME_COMMUNITY_MIN if near else 0.0)


def _tells(reason: Reason) -> bool:
    """Way, duty and load are always said; the rest only where it weighs."""
    return reason.key in ("way", "duty", "load") or reason.minutes != 0


def _least(
    base: F64, finish: Callable[[int], Candidate], rank: Callable[[Candidate], tuple[float, float, str]], wanted: int
) -> list[Candidate]:
    """The `wanted` least by `rank`, finishing as few as can be.

    A finished score lies at most SAME_GRID_MIN below its base. So once the last one chosen is better by more than that
    than the best base left out, nobody left out could be chosen.
    """
    size = _SHORTLIST
    while True:
        few = np.argpartition(base, size)[:size] if size < len(base) else np.arange(len(base))
        chosen = sorted((finish(k) for k in few.tolist()), key=rank)[:wanted]
        if size >= len(base) or (len(chosen) == wanted and chosen[-1].score_min < base[few].max() + SAME_GRID_MIN):
            return chosen
        size *= 4


_DUTY = np.array([DUTY_MIN.get(duty, 0.0) for duty in Duty])
_SPEED = np.array([SPEED_MPS[role] for role in Role])
