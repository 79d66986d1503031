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
from dashboard.model import Data, Duty, EventRated, EventReported, EventStep, Step, Whistle
from feeds.demo import matter as times
from feeds.demo import rhythm
from feeds.demo.alarms import Devices
from feeds.demo.dice import Dice
from feeds.demo.ground import Ground
from feeds.demo.matter import MINUTE_MS, Matter, OpenEvent
from feeds.demo.reporter import Reporter
from feeds.demo.walkers import Crew

Emit = Callable[[int, str, str, Data], None]
"""(UTC milliseconds, source, record type, data)."""

_WORKER_SHARE: Final = 0.8
_TOO_FAR_M: Final = 6000.0
_RETURN_SHARE: Final = 0.03
_EXTEND_SHARE: Final = 0.008
_TRACK_SHARE: Final = 0.25
_SUPERVISE_SHARE: Final = 0.7
_RATE_SHARE: Final = 0.30
_SCORES: Final = {5: 0.63, 4: 0.29, 3: 0.05, 2: 0.02, 1: 0.017}
_LATE_SCORES: Final = {5: 0.3, 4: 0.35, 3: 0.2, 2: 0.1, 1: 0.05}
_LATENESS: Final = (0.7, 0.8, 0.9, 1.0, 1.1, 1.5)
_CALL_WITHIN_H: Final = {"urgent": 0.5, "major": 1.0}


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

    def __init__(
        self, city: City, reporter: Reporter, crew: Crew, ground: Ground, dice: Dice, emit: Emit
    ) -> None:
        self._reporter, self._crew, self._ground, self._dice, self._emit = reporter, crew, ground, dice, emit
        self._writer = reporter.writer
        order = dice.rng.permutation(len(_LATENESS))
        districts = [region.code for region in city.regions.districts]
        self._lateness = {code: _LATENESS[order[i % len(order)]] for i, code in enumerate(districts)}
        self._schedule: list[tuple[int, int, Callable[[int], None]]] = []
        self._turn = count()
        self._devices = Devices(reporter.writer.devices(), ground, dice, self._at, emit)

    def start(self, at_ms: int) -> None:
        """Let reports and alarms come in from now on."""
        self._devices.start(at_ms)
        self._at(rhythm.next_report(at_ms, self._dice), self._report)

    def advance(self, until_ms: int) -> None:
        """Play what is due up to and including an instant."""
        while self._schedule and self._schedule[0][0] <= until_ms:
            at_ms, _, action = heapq.heappop(self._schedule)
            action(at_ms)

    def adopt(self, events: Iterable[OpenEvent], now_ms: int) -> None:
        """Carry on events an earlier run left open; those already closed are left alone."""
        for event in events:
            matter = Matter(
                event.event_id, event.severity, event.source, event.department, due_ms=event.due or 0,
                region=event.region, district=event.region[:6],
                due_h=times.due_hours(event.severity, 48.0), minutes=times.usual_minutes(event.severity, 60.0),
            )  # fmt: skip
            matter.end_ms = now_ms + int(self._dice.around(45, 0.8) * MINUTE_MS)
            action = self._adopted(matter, event.step)
            if action is not None:
                self._at(now_ms + int(self._dice.between(0.2, 14) * MINUTE_MS), action)

    def _adopted(self, matter: Matter, step: str) -> Callable[[int], None] | None:
        """What comes next for a matter found at `step`; None when nothing does."""
        if step == Step.reported:
            return partial(self._accept, matter)
        if step in (Step.accepted, Step.returned):
            return partial(self._assign, matter)
        if step == Step.assigned:
            return partial(self._handle, matter)
        if step in (Step.handling, Step.tracked, Step.supervised, Step.extended):
            return partial(self._finish, matter)
        return partial(self._evaluate, matter) if step == Step.feedback else None

    def _at(self, at_ms: int, action: Callable[[int], None]) -> None:
        heapq.heappush(self._schedule, (at_ms, next(self._turn), action))

    def _report(self, at_ms: int) -> None:
        m = self._reporter.draw(at_ms)
        whistle = None
        if m.whistle:
            called = list(dict.fromkeys([m.department, *m.whistle]))
            whistle = Whistle(m.severity, called, _CALL_WITHIN_H.get(m.severity, 2.0))
        data = EventReported(
            event_id=m.event_id, title=m.title, category=m.category, severity=m.severity, lat=m.lat, lon=m.lon,
            region=m.region, channel=m.channel, address=m.address, whistle=whistle,
        )  # fmt: skip
        if m.channel == "iot":
            self._devices.report(m, at_ms)
        self._emit(at_ms, m.source, "event.reported", data)
        self._at(at_ms + times.to_accept_ms(m, self._dice), partial(self._accept, m))
        self._at(rhythm.next_report(at_ms, self._dice), self._report)

    def _accept(self, m: Matter, at_ms: int) -> None:
        m.due_ms = m.due_ms or at_ms + int(m.due_h * HOUR_MS)
        m.end_ms = m.end_ms or at_ms + times.to_close_ms(m, self._lateness.get(m.district, 1.0), self._dice)
        self._step(m, at_ms, Step.accepted, due=m.due_ms)
        self._at(at_ms + times.to_assign_ms(m, self._dice), partial(self._assign, m))

    def _assign(self, m: Matter, at_ms: int) -> None:
        if m.first_department and m.severity != "urgent" and self._dice.chance(_RETURN_SHARE):
            right, m.department, m.first_department = m.department, m.first_department, ""
            self._step(m, at_ms, Step.assigned)
            self._at(at_ms + times.to_handle_ms(m, self._dice), partial(self._return, m, right))
            return
        handled = self._dispatch(m, at_ms) or at_ms + times.to_handle_ms(m, self._dice)
        self._step(m, at_ms, Step.assigned)
        self._at(handled, partial(self._handle, m))

    def _return(self, m: Matter, right: str, at_ms: int) -> None:
        self._step(m, at_ms, Step.returned)
        m.department = right
        self._at(at_ms + times.to_assign_ms(m, self._dice), partial(self._assign, m))

    def _dispatch(self, m: Matter, at_ms: int) -> int:
        """Send the nearest free worker with a dry way there; the instant of arrival, 0 when nobody goes."""
        if m.grid < 0 or not self._dice.chance(_WORKER_SHARE):
            return 0
        for worker, metres in self._crew.nearest(m.grid, m.lat, m.lon, at_ms):
            lat, lon = self._crew.where(worker, at_ms)
            if metres <= _TOO_FAR_M and self._ground.dry(lat, lon, m.lat, m.lon):
                leave = at_ms + int(self._dice.between(30, 240) * 1000)
                arrive = self._crew.send(worker, m.lat, m.lon, at_ms, leave)
                m.worker = worker
                self._at(leave, partial(self._says, worker, Duty.en_route))
                self._at(arrive, partial(self._says, worker, Duty.on_scene))
                return arrive
        return 0

    def _says(self, worker: int, duty: Duty, _at_ms: int) -> None:
        self._crew.set_duty(worker, duty)

    def _handle(self, m: Matter, at_ms: int) -> None:
        self._step(m, at_ms, Step.handling)
        if m.worker >= 0:
            stays = at_ms + int(self._dice.around(35, 0.5) * MINUTE_MS)
            self._at(min(stays, max(at_ms + 4 * MINUTE_MS, m.end_ms)), partial(self._release, m))
        if m.due_h >= 12 and self._dice.chance(_EXTEND_SHARE):
            self._at(at_ms + int(self._dice.between(5, 40) * MINUTE_MS), partial(self._extend, m))
        else:
            self._finish(m, at_ms)

    def _release(self, m: Matter, at_ms: int) -> None:
        self._crew.release(m.worker, at_ms)

    def _extend(self, m: Matter, at_ms: int) -> None:
        m.end_ms = m.due_ms + int(self._dice.between(1, 20) * HOUR_MS)
        m.due_ms += 24 * HOUR_MS
        self._step(m, at_ms, Step.extended, due=m.due_ms)
        self._finish(m, at_ms)

    def _finish(self, m: Matter, at_ms: int) -> None:
        """Lay out the rest of the way of a matter being handled: perhaps tracked, perhaps supervised, fed back, closed."""
        m.end_ms = max(m.end_ms, at_ms + int(self._dice.between(4, 12) * MINUTE_MS))
        feedback = at_ms + int((m.end_ms - at_ms) * self._dice.between(0.8, 0.94))
        tracked = at_ms
        if self._dice.chance(_TRACK_SHARE):
            tracked = at_ms + int((feedback - at_ms) * self._dice.between(0.2, 0.5))
            self._at(tracked, partial(self._step, m, step=Step.tracked))
        late = m.end_ms > m.due_ms - 0.1 * m.due_h * HOUR_MS
        if late and m.due_ms and self._dice.chance(_SUPERVISE_SHARE):
            near = int(m.due_ms - self._dice.between(0.02, 0.15) * m.due_h * HOUR_MS)
            urged = min(max(near, tracked + 1000), feedback - 1000)
            self._at(urged, partial(self._step, m, step=Step.supervised))
        self._at(feedback, partial(self._step, m, step=Step.feedback))
        self._at(m.end_ms, partial(self._evaluate, m))

    def _evaluate(self, m: Matter, at_ms: int) -> None:
        self._step(m, at_ms, Step.evaluated)
        if m.channel == "iot":
            self._devices.over(m, at_ms)
        if self._dice.chance(_RATE_SHARE):
            self._at(at_ms + int(self._dice.between(2, 60) * MINUTE_MS), partial(self._rate, m))

    def _rate(self, m: Matter, at_ms: int) -> None:
        score = self._dice.weighted(_LATE_SCORES if m.end_ms > m.due_ms > 0 else _SCORES)
        self._emit(at_ms, "survey", "event.rated", EventRated(m.event_id, score, self._writer.comment(score)))

    def _step(self, m: Matter, at_ms: int, step: Step, due: int | None = None) -> None:
        worker = self._crew.roster.worker_id[m.worker] if m.worker >= 0 else ""
        data = EventStep(
            event_id=m.event_id, step=step, department=m.department if step is not Step.accepted else "",
            worker_id=worker if step is not Step.accepted else "", note=self._writer.note(step),
            due=None if due is None else to_rfc3339(due),
        )  # fmt: skip
        self._emit(at_ms, m.source, "event.step", data)
