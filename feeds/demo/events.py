"""The matters of the demo city on their way through the eight steps.

`Desk.advance` plays everything due until an instant, in order: reports come in by the hour's rate, every matter is
accepted, assigned, handled, fed back and evaluated after times drawn for its kind, and workers are sent and released.
It emits the contents of records; their ids and the log are the simulator's.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from functools import partial
from itertools import count
from typing import Final

from dashboard.cities import City
from dashboard.clock import HOUR_MS, to_rfc3339
from dashboard.eventrecords import ActorName
from dashboard.model import Data, Duty, EventCheckin, EventRated, EventReported, EventStep, Step, Whistle
from feeds.demo import matter as times
from feeds.demo import rhythm
from feeds.demo.alarms import Devices
from feeds.demo.dice import Dice
from feeds.demo.ground import Ground
from feeds.demo.matter import MINUTE_MS, Matter, Move, OpenEvent
from feeds.demo.reporter import Reporter
from feeds.demo.titles import SEVERITIES
from feeds.demo.walkers import Crew

Emit = Callable[[int, str, str, Data], None]
"""(UTC milliseconds, source, record type, data)."""

WORKER_SHARE: Final = 0.8
_TOO_FAR_M: Final = 6000.0
RETURN_SHARE: Final = 0.03
EXTEND_SHARE: Final = 0.008
TRACK_SHARE: Final = 0.25
SUPERVISE_SHARE: Final = 0.7
RATE_SHARE: Final = 0.30
SCORES: Final = {5: 0.635, 4: 0.293, 3: 0.043, 2: 0.017, 1: 0.012}
LATE_SCORES: Final = {5: 0.3, 4: 0.35, 3: 0.2, 2: 0.1, 1: 0.05}
TAKEN_BY: Final[dict[Step, ActorName]] = {
    Step.accepted: "seat", Step.assigned: "seat", Step.handling: "worker", Step.tracked: "seat",
    Step.supervised: "chief", Step.feedback: "department", Step.evaluated: "seat", Step.extended: "chief",
    Step.returned: "department",
}  # fmt: skip
_SEATS: Final = 6
CALL_WITHIN_H: Final = {"urgent": 0.5, "major": 1.0}


class Desk:
    """Everything that happens to matters, on one schedule.

    Args:
        city: the pack.
        reporter: draws new matters.
        crew: the workers to send.
        ground: says which ways are dry.
        dice: draws durations.
        emit: takes each record's contents, in time order.
    """

    def __init__(self, city: City, reporter: Reporter, crew: Crew, ground: Ground, dice: Dice, emit: Emit) -> None:
        self._reporter, self._crew, self._ground, self._dice, self._emit = reporter, crew, ground, dice, emit
        self._writer = reporter.writer
        self._lateness = times.lateness([region.code for region in city.regions.districts])
        self._schedule: list[tuple[int, int, Callable[[int], object]]] = []
        self._turn = count()
        self._open: dict[str, Matter] = {}
        self._after: dict[str, Callable[[Matter, int], object]] = {
            Step.reported: self._accept,
            Step.accepted: self._assign,
            Step.returned: self._assign,
            Step.assigned: self._handle,
            Step.handling: self._finish,
            Step.tracked: self._wind_up,
            Step.supervised: self._wind_up,
            Step.extended: self._finish,
            Step.feedback: self._evaluate,
        }
        self._devices = Devices(reporter.writer.devices(), ground, dice, self.later, emit)

    def start(self, at_ms: int) -> None:
        """Let reports and alarms come in from now on."""
        self._devices.start(at_ms)
        self.later(rhythm.next_report(at_ms, self._dice), self._report)

    def advance(self, until_ms: int) -> None:
        """Play what is due up to and including an instant."""
        while self._schedule and self._schedule[0][0] <= until_ms:
            at_ms, _, action = heapq.heappop(self._schedule)
            action(at_ms)

    def adopt(self, events: Iterable[OpenEvent], now_ms: int) -> None:
        """Carry on events an earlier run left open; those already closed are left alone."""
        for event in events:
            severity = SEVERITIES[event.severity - 1] if isinstance(event.severity, int) else event.severity
            matter = Matter(
                event.event_id, severity, event.source, event.department, due_ms=event.due or 0,
                region=event.region, district=event.region[:6],
                due_h=times.due_hours(severity, 48.0), minutes=times.usual_minutes(severity, 60.0),
            )  # fmt: skip
            matter.end_ms = now_ms + int(self._dice.around(45, 0.8) * MINUTE_MS)
            self._go_on(matter, event.step, now_ms + int(self._dice.between(0.2, 14) * MINUTE_MS))

    def moved(self, move: Move, now_ms: int) -> None:
        """Somebody else has moved an event: drop the plan made for it and go on from their step, minutes later.

        A free worker they assigned sets out.
        """
        m = self._open.get(move.event_id)
        if m is None or move.step == Step.extended:
            return
        m.plan += 1
        m.department = move.department or m.department
        m.due_ms = m.due_ms or now_ms + int(m.due_h * HOUR_MS)
        self._release(m, now_ms)
        there = {Step.assigned: self._handle, Step.handling: self._stay}.get(Step(move.step))
        worker = self._crew.free(move.worker_id) if there else -1
        if there and worker >= 0 and m.grid >= 0:
            self._then(self._send(m, worker, now_ms), m, there)
        else:
            self._go_on(m, move.step, now_ms + int(self._dice.between(2, 12) * MINUTE_MS))

    def _go_on(self, m: Matter, step: str, at_ms: int) -> None:
        """Carry on a matter standing at `step`; one that has left the queue is let go."""
        action = self._after.get(step)
        if action is None:
            self._let_go(m, at_ms)
            return
        self._open[m.event_id] = m
        self._then(at_ms, m, action)

    def _then(self, at_ms: int, m: Matter, action: Callable[[Matter, int], object]) -> None:
        """Schedule a matter's next move; it does not happen once the plan has changed."""
        plan = m.plan
        self.later(at_ms, lambda now_ms: action(m, now_ms) if m.plan == plan else None)

    def later(self, at_ms: int, action: Callable[[int], object]) -> None:
        """Call `action` at an instant (UTC milliseconds), in order with everything else."""
        heapq.heappush(self._schedule, (at_ms, next(self._turn), action))

    def _report(self, at_ms: int) -> None:
        m = self._reporter.draw(at_ms)
        whistle = None
        if m.whistle:
            called = list(dict.fromkeys([m.department, *m.whistle]))
            whistle = Whistle(m.severity, called, CALL_WITHIN_H.get(m.severity, 2.0))
        data = EventReported(
            event_id=m.event_id, title=m.title, category=m.category, severity=m.severity, lat=m.lat, lon=m.lon,
            region=m.region, channel=m.channel, address=m.address, whistle=whistle,
        )  # fmt: skip
        if m.channel == "iot":
            self._devices.report(m, at_ms)
        self._open[m.event_id] = m
        self._emit(at_ms, m.source, "event.reported", data)
        for department in whistle.departments if whistle else ():
            arrives = at_ms + times.to_check_in_ms(m, self._dice)
            self._then(arrives, m, partial(self._check_in, department=department))
        self._then(at_ms + times.to_accept_ms(m, self._dice), m, self._accept)
        self.later(rhythm.next_report(at_ms, self._dice), self._report)

    def _accept(self, m: Matter, at_ms: int) -> None:
        m.due_ms = m.due_ms or at_ms + int(m.due_h * HOUR_MS)
        m.end_ms = m.end_ms or at_ms + times.to_close_ms(m, self._lateness.get(m.district, 1.0), self._dice)
        self._step(m, at_ms, Step.accepted, due=m.due_ms)
        self._then(at_ms + times.to_assign_ms(m, self._dice), m, self._assign)

    def _assign(self, m: Matter, at_ms: int) -> None:
        if m.first_department and m.severity != "urgent" and self._dice.chance(RETURN_SHARE):
            right, m.department, m.first_department = m.department, m.first_department, ""
            self._step(m, at_ms, Step.assigned)
            self._then(at_ms + times.to_handle_ms(m, self._dice), m, partial(self._return, right=right))
            return
        handled = self._dispatch(m, at_ms) or at_ms + times.to_handle_ms(m, self._dice)
        self._step(m, at_ms, Step.assigned)
        self._then(handled, m, self._handle)

    def _return(self, m: Matter, at_ms: int, right: str) -> None:
        self._step(m, at_ms, Step.returned)
        m.department = right
        self._then(at_ms + times.to_assign_ms(m, self._dice), m, self._assign)

    def _dispatch(self, m: Matter, at_ms: int) -> int:
        """Send the nearest free worker with a dry way there; the instant of arrival, 0 when nobody goes."""
        if m.grid < 0 or not self._dice.chance(WORKER_SHARE):
            return 0
        for worker, metres in self._crew.nearest(m.grid, m.lat, m.lon, at_ms):
            lat, lon = self._crew.where(worker, at_ms)
            if metres <= _TOO_FAR_M and self._ground.dry(lat, lon, m.lat, m.lon):
                return self._send(m, worker, at_ms)
        return 0

    def _send(self, m: Matter, worker: int, at_ms: int) -> int:
        leave = at_ms + int(self._dice.between(30, 240) * 1000)
        arrive = self._crew.send(worker, m.lat, m.lon, at_ms, leave)
        m.worker, m.at_scene = worker, True
        self._then(leave, m, partial(self._says, duty=Duty.en_route))
        self._then(arrive, m, partial(self._says, duty=Duty.on_scene))
        return arrive

    def _says(self, m: Matter, _at_ms: int, duty: Duty) -> None:
        self._crew.set_duty(m.worker, duty)

    def _handle(self, m: Matter, at_ms: int) -> None:
        self._step(m, at_ms, Step.handling)
        self._stay(m, at_ms)

    def _stay(self, m: Matter, at_ms: int) -> None:
        """The work itself, once somebody is there."""
        if m.at_scene:
            stays = at_ms + int(self._dice.around(35, 0.5) * MINUTE_MS)
            self._then(min(stays, max(at_ms + 4 * MINUTE_MS, m.end_ms)), m, self._release)
        if m.due_h >= 12 and self._dice.chance(EXTEND_SHARE):
            self._then(at_ms + int(self._dice.between(5, 40) * MINUTE_MS), m, self._extend)
        else:
            self._finish(m, at_ms)

    def _release(self, m: Matter, at_ms: int) -> None:
        if m.at_scene:
            m.at_scene = False
            self._crew.release(m.worker, at_ms)

    def _extend(self, m: Matter, at_ms: int) -> None:
        m.end_ms = m.due_ms + int(self._dice.between(1, 20) * HOUR_MS)
        m.due_ms += 24 * HOUR_MS
        self._step(m, at_ms, Step.extended, due=m.due_ms)
        self._finish(m, at_ms)

    def _finish(self, m: Matter, at_ms: int) -> None:
        """The rest of a matter being handled: perhaps tracked or supervised, then fed back and closed."""
        feedback = self._wind_up(m, at_ms)
        tracked = at_ms
        if self._dice.chance(TRACK_SHARE):
            tracked = at_ms + int((feedback - at_ms) * self._dice.between(0.2, 0.5))
            self._then(tracked, m, partial(self._step, step=Step.tracked))
        late = m.end_ms > m.due_ms - 0.1 * m.due_h * HOUR_MS
        if late and m.due_ms and self._dice.chance(SUPERVISE_SHARE):
            near = int(m.due_ms - self._dice.between(0.02, 0.15) * m.due_h * HOUR_MS)
            urged = min(max(near, tracked + 1000), feedback - 1000)
            self._then(urged, m, partial(self._step, step=Step.supervised))

    def _wind_up(self, m: Matter, at_ms: int) -> int:
        """Feedback and close at the planned end, which is some minutes off at least; the instant of feedback."""
        m.end_ms = max(m.end_ms, at_ms + int(self._dice.between(4, 12) * MINUTE_MS))
        feedback = at_ms + int((m.end_ms - at_ms) * self._dice.between(0.8, 0.94))
        self._then(feedback, m, partial(self._step, step=Step.feedback))
        self._then(m.end_ms, m, self._evaluate)
        return feedback

    def _evaluate(self, m: Matter, at_ms: int) -> None:
        self._step(m, at_ms, Step.evaluated)
        self._let_go(m, at_ms)
        if self._dice.chance(RATE_SHARE):
            self.later(at_ms + int(self._dice.between(2, 60) * MINUTE_MS), partial(self._rate, m))

    def _let_go(self, m: Matter, at_ms: int) -> None:
        """It has left the queue: nobody is there any more, its alarm is over."""
        self._open.pop(m.event_id, None)
        self._release(m, at_ms)
        if m.channel == "iot":
            self.later(at_ms, partial(self._devices.over, m))

    def _rate(self, m: Matter, at_ms: int) -> None:
        score = self._dice.weighted(LATE_SCORES if m.end_ms > m.due_ms > 0 else SCORES)
        self._emit(at_ms, "survey", "event.rated", EventRated(m.event_id, score, self._writer.comment(score)))

    def _check_in(self, m: Matter, at_ms: int, department: str) -> None:
        if m.event_id in self._open:
            self._emit(at_ms, m.source, "event.checkin", EventCheckin(m.event_id, department, by=department))

    def _step(self, m: Matter, at_ms: int, step: Step, due: int | None = None) -> None:
        worker = self._crew.roster.worker_id[m.worker] if m.worker >= 0 else ""
        role = TAKEN_BY[step] if worker or step is not Step.handling else "department"
        names = {"worker": worker, "department": m.department, "chief": "值班长"}
        data = EventStep(
            event_id=m.event_id, step=step, department=m.department if step is not Step.accepted else "",
            worker_id=worker if step is not Step.accepted else "", note=self._writer.note(step),
            due=None if due is None else to_rfc3339(due), role=role, by=names.get(role) or seat_of(m.event_id),
        )  # fmt: skip
        self._emit(at_ms, m.source, "event.step", data)


def seat_of(event_id: str) -> str:
    """The seat an event lands on."""
    return f"{sum(event_id.encode()) % _SEATS + 1:02d}席"
