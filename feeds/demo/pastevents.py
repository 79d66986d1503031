"""The demo city's past as closed events, each exactly as the fold would have left it, a day at a time.

A year has a million, so they are not folded one record after the other: the states are put together from the columns of
`pastreports` and `paststeps`, and a test folds their records to the same. The same seed, the same day and the same
last day give the same events.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.cities import City
from dashboard.clock import HOUR_MS
from dashboard.eventstate import NEVER, Before, Call, EventState, Trace
from dashboard.facts import DIMENSIONS, Table
from dashboard.model import Severity, Step
from dashboard.routing import Route
from feeds.demo import events as live
from feeds.demo import matter as times
from feeds.demo.dice import Dice
from feeds.demo.ground import Ground
from feeds.demo.matter import MINUTE_MS
from feeds.demo.names import draw_roster
from feeds.demo.pastdays import Days
from feeds.demo.pastreports import PastReporter, Reports, midnight
from feeds.demo.paststeps import Steps, draw
from feeds.demo.posting import post
from feeds.demo.reporter import DEVICES_WATCH, SOURCE_OF
from feeds.demo.titles import COMMENTED, SEVERITIES, Channel, load_book
from feeds.demo.walkers import GOES_OUT

I64 = NDArray[np.int64]
_SAID: Final = {
    "accepted": "accepted", "misled": "assigned", "returned": "returned", "assigned": "assigned",
    "handling": "handling", "extended": "extended", "tracked": "tracked", "supervised": "supervised",
    "feedback": "feedback", "too_soon": "evaluated", "undone": "undone", "evaluated": "evaluated",
}  # fmt: skip
"""What is on the record of each of the times of `Steps`, in the order in which they come."""
_CHIEF: Final = "值班长"
_ROUTING: Final = "routing"
"""As what `feeds.routewatch` speaks."""
_MOST_CALLED: Final = 8


class _Matter(NamedTuple):
    """One report, and what was drawn for it besides its steps; `category` is an index, `key` the whole key of what it
    is about; `routed` and `check_ins` are ms since the report."""

    id: str
    at_ms: int
    routed: int
    category: int
    severity: int
    channel: Channel
    region: str
    lat: float
    lon: float
    title: str
    key: str
    address: str
    department: str
    worker: str
    seat: str
    comment: str
    check_ins: list[int]


class _Process(NamedTuple):
    """Of a process: its key, how long a matter may stay at two of its steps, and whether closing may be taken back."""

    key: str
    feedback: str | None
    evaluated: str | None
    undo: bool


class Past:
    """The past of a city up to the date `last`, with the people it has now: those of `seed`, as many as `workers`."""

    def __init__(self, city: City, *, seed: int, workers: int, last: date) -> None:
        self._seed, self._routing, self._procedure = seed, city.routing, city.procedure
        ground = Ground(city.regions, Dice(seed, 1))
        self._codes = [grid.code for grid in ground.grids]
        self._reporter = PastReporter(city, load_book(city.folder / "phrases.yaml"), ground, seed)
        self._days = Days(seed, last, city.procedure.clock.is_working_day)
        late = times.lateness([region.code for region in city.regions.districts])
        self._lateness = np.array([late.get(code[:6], 1.0) for code in self._codes])
        self._workers = _Posted(ground, workers, seed)
        self._process = cache(self._chosen)
        self._routes: dict[tuple[str, int, str, str, int], Route | None] = {}

    def day(self, at: date, before_ms: int, until_ms: int) -> tuple[list[EventState], Table]:
        """What was reported on a day before one instant and is over at another (UTC ms); and the facts of it."""
        day, dice = self._days.day(at), Dice(self._seed, 14, at.toordinal())
        reports = self._reporter.draw(day, self._days.spots(at), dice)
        steps = draw(reports, self._reporter, day, self._lateness[reports.grid], dice)
        steps["rated"] = np.where(steps["rated"] < until_ms, steps["rated"], NEVER)
        n = len(reports.at_ms)
        keep = (reports.at_ms < before_ms) & (steps["evaluated"] < until_ms)
        ids = _ids(at, reports.at_ms)
        matters = map(
            _Matter, ids, reports.at_ms.tolist(), (dice.rng.integers(200, 999, n)).tolist(),
            reports.category.tolist(), (reports.severity + 1).tolist(), reports.channel,
            [self._codes[grid] for grid in reports.grid.tolist()], reports.lat, reports.lon, reports.title,
            reports.key, reports.address, reports.department, self._workers.draw(reports.grid, steps["sent"], dice),
            map(live.seat_of, ids), self._comments(steps["score"], dice), self._check_ins(reports, dice),
        )  # fmt: skip
        told = zip(*(steps[name].tolist() for name in (*_SAID, "rated", "first_due", "due", "score")), strict=True)
        notes = zip(*(self._notes(what, n, dice) for what in _SAID.values()), strict=True)
        rows = zip(keep.tolist(), matters, told, notes, strict=True)
        states = [self._event(m, times, note) for kept, m, times, note in rows if kept]
        return states, _facts(states, {name: column[keep] for name, column in steps.items()})

    def _event(self, m: _Matter, told: tuple[int, ...], notes: tuple[str, ...]) -> EventState:
        """One event as the fold has it after its last record."""
        *at, rated_ms, first_due, due, score = told
        accepted, _, returned, assigned, handling, extended, tracked, supervised, feedback, too_soon, _, closed = at
        called = self._reporter.themes[m.category].whistle if SEVERITIES[m.severity - 1] in DEVICES_WATCH else []
        process = self._process(m.key, m.severity, m.channel, bool(called))
        state = EventState(
            m.id, m.title, m.key, m.severity, m.lat, m.lon, m.region, m.channel, m.address, m.at_ms,
            Step.evaluated, closed, due, closed, m.department, m.worker, process=process.key, first_due_ms=first_due,
            urged=int(supervised >= 0), extended=int(extended >= 0), returned=int(returned >= 0),
            entered=[m.at_ms, max(accepted, returned), assigned, handling, tracked, supervised, feedback, closed],
            step_due_ms=self._procedure.add(closed, process.evaluated),
        )  # fmt: skip
        state.trail = self._trail(m, at, notes, first_due, due)
        if route := self._route(state):
            state.seat = route.seat
            line = Trace(m.at_ms + m.routed, "routed", "", "", _ROUTING, route.department, "", route.name)
            line.to = route.seat
            state.trail.insert(1, line)
        if called:
            _whistle(state, called, m, too_soon if too_soon >= 0 else closed)
        if rated_ms >= 0:
            state.score, state.rated_ms = score, rated_ms
            state.trail.append(Trace(rated_ms, "rated", source="survey", note=m.comment, score=score))
        state.version = len(state.trail)
        if process.undo:
            state.before = _before(state, m.seat, self._procedure.add(feedback, process.feedback))
        return state

    def _trail(self, m: _Matter, at: Sequence[int], notes: Sequence[str], first_due: int, due: int) -> list[Trace]:
        """What was done about it, in order; one entry of `at`, `notes` and `who` for each of `_SAID`."""
        source, seat, usual = SOURCE_OF[m.channel], m.seat, self._reporter.usual[m.category]
        by_seat, by_chief = (seat, "seat", m.department, m.worker), (_CHIEF, "chief", m.department, m.worker)
        who = (
            (seat, "seat", "", ""), (seat, "seat", usual, ""), (usual, "department", usual, ""), by_seat,
            (m.worker or m.department, "worker" if m.worker else "department", m.department, m.worker), by_chief,
            by_seat, by_chief, (m.department, "department", m.department, m.worker), by_seat, (seat, "seat", "", ""),
            by_seat,
        )  # fmt: skip
        trail = [Trace(m.at_ms, "reported", source=source)]
        for what, at_ms, note, (by, role, department, worker) in zip(_SAID.values(), at, notes, who, strict=True):
            if at_ms >= 0:
                trail.append(Trace(at_ms, what, by, role, source, department, worker, note))
                if what == "undone":
                    trail[-1].step = "evaluated"
                elif what == "extended":
                    trail[-1].due_ms = due
        trail[1].due_ms = first_due
        return trail

    def _route(self, state: EventState) -> Route | None:
        """Whose it is; the demo's routes go by district and hour, no finer."""
        hour = state.reported_ms // HOUR_MS % 24
        key = (state.category, state.severity, state.channel, state.region[:6], hour)
        if key not in self._routes:
            self._routes[key] = self._routing.route(state)
        return self._routes[key]

    def _chosen(self, category: str, severity: int, channel: str, whistle: bool) -> _Process:
        level = Severity(severity)
        found = self._procedure.choose(category, level, channel, whistle, "")
        feedback, evaluated = (found.within(step, level) for step in (Step.feedback, Step.evaluated))
        return _Process(found.key, feedback, evaluated, bool(found.undo_window(Step.evaluated)))

    def _notes(self, what: str, n: int, dice: Dice) -> list[str]:
        """What officers typed at a step."""
        known = self._reporter.book.notes.get(what, [""])
        return [known[k] for k in dice.rng.integers(0, len(known), n).tolist()]

    def _comments(self, score: I64, dice: Dice) -> list[str]:
        """As `Writer.comment`."""
        good, bad = self._reporter.book.comments.good, self._reporter.book.comments.bad
        drawn, silent = dice.rng.random(len(score)).tolist(), (dice.rng.random(len(score)) >= COMMENTED).tolist()
        known = [good if one >= 4 else bad for one in score.tolist()]
        return ["" if none else one[int(k * len(one))] for one, k, none in zip(known, drawn, silent, strict=True)]

    def _check_ins(self, reports: Reports, dice: Dice) -> list[list[int]]:
        """After how many ms each department reports in, were it called."""
        median = np.where(reports.severity == SEVERITIES.index("urgent"), *times.CHECK_IN_MIN[::-1])
        drawn = median[:, None] * np.exp(0.6 * dice.rng.standard_normal((len(median), _MOST_CALLED)))
        found: list[list[int]] = (1000 + drawn * MINUTE_MS).astype(np.int64).tolist()
        return found


class _Posted:
    """Who is posted where, and goes out: somebody of the community of a grid, or of its town where nobody is."""

    def __init__(self, ground: Ground, workers: int, seed: int) -> None:
        roster = post(draw_roster(workers, len(ground.grids), Dice(seed, 2)), ground.grids, Dice(seed, 6))
        out = np.flatnonzero(np.isin(roster.role, [int(role) for role in GOES_OUT]))
        self._names: list[str] = roster.worker_id.tolist()
        community = [grid.code[:12] for grid in ground.grids]
        town = [grid.code[:9] for grid in ground.grids]
        there: dict[str, list[int]] = {}
        for one in out.tolist():
            for code in (community[roster.grid[one]], town[roster.grid[one]]):
                there.setdefault(code, []).append(one)
        self._near = [there.get(c) or there.get(t, []) for c, t in zip(community, town, strict=True)]

    def draw(self, grid: I64, sent: I64, dice: Dice) -> list[str]:
        """Who went to each of these grids where somebody did; "" where nobody did or could."""
        drawn = dice.rng.random(len(grid)).tolist()
        near = [self._near[one] for one in grid.tolist()]
        rows = zip(near, sent.tolist(), drawn, strict=True)
        return [self._names[who[int(k * len(who))]] if goes and who else "" for who, goes, k in rows]


def _whistle(state: EventState, called: Sequence[str], m: _Matter, closed_ms: int) -> None:
    """Departments are called at once; each reports in while the matter is open."""
    departments = list(dict.fromkeys([m.department, *called]))
    due_ms = m.at_ms + round(live.CALL_WITHIN_H.get(SEVERITIES[m.severity - 1], 2.0) * HOUR_MS)
    came = sorted((m.at_ms + after, name) for after, name in zip(m.check_ins, departments, strict=False))
    came = [(at_ms, name) for at_ms, name in came if at_ms < closed_ms]
    state.call = Call(m.severity, m.at_ms, due_ms, departments, {name: at_ms for at_ms, name in came})
    source = SOURCE_OF[m.channel]
    state.trail += [Trace(at_ms, "checkin", name, "department", source, name) for at_ms, name in came]
    state.trail.sort(key=lambda line: line.at_ms)


def _before(state: EventState, seat: str, step_due_ms: int | None) -> Before:
    """Where it stood before it was closed, for a while in which that may be taken back."""
    feedback, closed = state.entered[6:]
    return Before(
        Step.feedback, feedback, state.due_ms, state.first_due_ms, step_due_ms, None, None, 0, state.department,
        state.worker_id, state.urged, state.extended, state.returned, "", None, "", [*state.entered[:7], NEVER],
        Step.evaluated, closed, seat, "seat",
    )  # fmt: skip


def _facts(states: Sequence[EventState], steps: Steps) -> Table:
    """As `facts.table` has them, which would look at every line of every record."""
    first = np.where(steps["misled"] >= 0, steps["misled"], steps["assigned"])
    times = steps | {"assigned": first, "closed": steps["evaluated"], "left": steps["evaluated"]}
    known = ("accepted", "assigned", "handling", "feedback", "closed", "left", "due", "first_due", "rated")
    found: Table = {name: _or_nan(times[name]) for name in known}
    found["score"] = np.where(steps["rated"] >= 0, steps["score"], np.nan)
    counts = {"returned": "returned", "extended": "extended", "urged": "supervised", "reopened": "undone"}
    found |= {name: (steps[step] >= 0).astype(float) for name, step in counts.items()}
    found |= {name: np.array([getattr(one, name) for one in states], object) for name in DIMENSIONS}
    found |= {name: np.zeros(len(states), bool) for name in ("open", "paused", "merged", "cancelled")}
    calls = [one.call for one in states]
    came = [call and len(call.checked) == len(call.departments) and max(call.checked.values()) for call in calls]
    return found | {
        "held_ms": np.zeros(len(states)),
        "reported": np.array([one.reported_ms for one in states], float),
        "severity": np.array([one.severity for one in states], float),
        "whistle_due": np.array([call.due_ms if call else np.nan for call in calls]),
        "whistle_in": np.array([at_ms or np.nan for at_ms in came]),
    }


def _or_nan(at_ms: I64) -> NDArray[np.float64]:
    return np.where(at_ms >= 0, at_ms, np.nan)


def _ids(day: date, at_ms: I64) -> list[str]:
    """As `Reporter` numbers them: by the second of the day, or the next number still free."""
    second = (at_ms - midnight(day)) // 1000
    row = np.arange(len(second))
    number = np.maximum.accumulate(second - row) + row
    return [f"E{day:%Y%m%d}-{one:05d}" for one in number.tolist()]
