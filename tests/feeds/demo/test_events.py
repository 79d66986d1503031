"""The desk alone: what happens to events found open, and to those an operator moves."""

from __future__ import annotations

import pytest

from dashboard.cities import City
from dashboard.clock import HOUR_MS, from_rfc3339
from dashboard.model import MAIN_STEPS, Data, EventReported, EventStep, Step
from dashboard.process import Actor
from feeds.demo.dice import Dice
from feeds.demo.events import Desk
from feeds.demo.ground import Ground
from feeds.demo.matter import Move, OpenEvent
from feeds.demo.names import draw_roster
from feeds.demo.reporter import Reporter
from feeds.demo.titles import load_book
from feeds.demo.walkers import Crew
from tests.processes import SUZHOU

TEN = from_rfc3339("2026-11-18T10:00:00+08:00")


class Office:
    """A desk and what it wrote."""

    def __init__(self, city: City, ground: Ground) -> None:
        self.written: list[tuple[int, str, Data]] = []
        self.crew = Crew(draw_roster(4000, len(ground.grids), Dice(1)), ground, Dice(2))
        self.crew.rota(TEN, 0)
        reporter = Reporter(city, load_book(city.folder / "phrases.yaml"), ground, Dice(3))
        self.desk = Desk(city, reporter, self.crew, ground, Dice(4), self._write)

    def _write(self, at_ms: int, source: str, kind: str, data: Data) -> None:
        self.written.append((at_ms, source, data))

    def steps(self, event_id: str) -> list[EventStep]:
        return [d for _, _, d in self.written if isinstance(d, EventStep) and d.event_id == event_id]


@pytest.fixture
def office(city: City, ground: Ground) -> Office:
    return Office(city, ground)


def allowed(start: Step, steps: list[EventStep]) -> Step:
    """Where the steps lead; raises when Suzhou's process forbids one."""
    for step in steps:
        SUZHOU.judge(start, step.step, Actor(step.role), reason=step.note)
        start = SUZHOU.after(start, step.step)
    return start


@pytest.mark.parametrize("step", [*MAIN_STEPS[:-1], Step.returned])
def test_an_event_found_open_is_carried_to_its_end(office: Office, step: Step) -> None:
    due = None if step is Step.reported else TEN - HOUR_MS
    office.desk.adopt([OpenEvent("E1", step, "normal", TEN - 9 * HOUR_MS, due)], TEN)
    office.desk.advance(TEN + 12 * HOUR_MS)
    start = Step.accepted if step is Step.returned else step
    assert allowed(start, office.steps("E1")) is Step.evaluated


@pytest.mark.parametrize("step", ["evaluated", "cancelled", "merged", "what"])
def test_an_event_that_is_over_is_left_alone(office: Office, step: str) -> None:
    office.desk.adopt([OpenEvent("E1", step, 4, TEN)], TEN)
    office.desk.advance(TEN + 24 * HOUR_MS)
    assert office.written == []


def test_an_operators_assignment_sends_the_worker(office: Office) -> None:
    office.desk.start(TEN)
    office.desk.advance(TEN + 60_000)
    reported = next(d for _, _, d in office.written if isinstance(d, EventReported))
    grid = next(i for i, g in enumerate(office.crew._ground.grids) if g.code == reported.region)
    worker, _ = office.crew.nearest(grid, reported.lat, reported.lon, TEN + 60_000)[0]
    name = str(office.crew.roster.worker_id[worker])
    before = len(office.steps(reported.event_id))
    office.desk.moved(Move(reported.event_id, "assigned", name, "police"), TEN + 60_000)
    office.desk.advance(TEN + 9 * HOUR_MS)
    steps = office.steps(reported.event_id)[before:]
    assert steps[0].step == "handling"
    assert (steps[0].worker_id, steps[0].department) == (name, "police")
    assert allowed(Step.assigned, steps) is Step.evaluated
    assert office.crew.where(worker, TEN + 9 * HOUR_MS) != pytest.approx((reported.lat, reported.lon))


def test_an_operators_dispatch_sends_the_worker_and_is_not_repeated(office: Office) -> None:
    """The event stands in handling already: what follows comes after handling."""
    office.desk.start(TEN)
    office.desk.advance(TEN + 60_000)
    reported = next(d for _, _, d in office.written if isinstance(d, EventReported))
    grid = next(i for i, g in enumerate(office.crew._ground.grids) if g.code == reported.region)
    worker, _ = office.crew.nearest(grid, reported.lat, reported.lon, TEN + 60_000)[0]
    before = len(office.steps(reported.event_id))
    move = Move(reported.event_id, "handling", str(office.crew.roster.worker_id[worker]))
    office.desk.moved(move, TEN + 60_000)
    assert office.crew.sent().tolist().count(worker) == 1
    office.desk.advance(TEN + 9 * HOUR_MS)
    assert allowed(Step.handling, office.steps(reported.event_id)[before:]) is Step.evaluated
    assert worker not in office.crew.sent()


def test_what_an_operator_closes_stays_closed(office: Office) -> None:
    office.desk.start(TEN)
    office.desk.advance(TEN + 60_000)
    reported = next(d for _, _, d in office.written if isinstance(d, EventReported))
    before = len(office.steps(reported.event_id))
    office.desk.moved(Move(reported.event_id, "cancelled"), TEN + 60_000)
    office.desk.moved(Move("nobody's", "assigned"), TEN + 60_000)
    office.desk.advance(TEN + 4 * HOUR_MS)
    assert len(office.steps(reported.event_id)) == before
