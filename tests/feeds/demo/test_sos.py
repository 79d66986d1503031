from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

from dashboard.clock import HOUR_MS, from_rfc3339
from dashboard.model import Duty
from feeds.demo.dice import Dice
from feeds.demo.ground import Ground
from feeds.demo.names import draw_roster
from feeds.demo.sos import Distress
from feeds.demo.walkers import Crew

TEN = from_rfc3339("2026-11-18T10:00:00+08:00")


class Clockwork:
    """A schedule played to its end hour, and what was emitted."""

    def __init__(self) -> None:
        self.plan: list[tuple[int, int, Callable[[int], object]]] = []
        self.said: list[tuple[int, str, Any]] = []

    def later(self, at_ms: int, act: Callable[[int], object]) -> None:
        heapq.heappush(self.plan, (at_ms, len(self.said) + id(act), act))

    def emit(self, at_ms: int, source: str, kind: str, data: Any) -> None:
        self.said.append((at_ms, kind, data))

    def play(self, until_ms: int) -> None:
        while self.plan and self.plan[0][0] <= until_ms:
            at_ms, _, act = heapq.heappop(self.plan)
            act(at_ms)


def test_calls_come_now_and_then_from_people_on_duty_and_end(ground: Ground) -> None:
    crew, clock = Crew(draw_roster(500, len(ground.grids), Dice(1)), ground, Dice(2)), Clockwork()
    crew.rota(TEN, 0)
    Distress(crew, Dice(3), clock.later, clock.emit).start(TEN)
    clock.play(TEN + 8 * HOUR_MS)
    raised = [(at, data) for at, kind, data in clock.said if kind == "alarm.raised"]
    cleared = {data.alarm_id: at for at, kind, data in clock.said if kind == "alarm.cleared"}
    assert 8 <= len(raised) <= 24
    on = set(crew.roster.worker_id[crew.duty == Duty.available])
    for at, call in raised[:-1]:
        assert (call.kind, call.severity, call.device_id in on) == ("sos", "urgent", True)
        assert 4 * 60_000 <= cleared[call.alarm_id] - at <= 14 * 60_000


def test_with_nobody_on_duty_nobody_calls_and_what_stood_before_is_over(ground: Ground) -> None:
    crew, clock = Crew(draw_roster(50, len(ground.grids), Dice(1)), ground, Dice(2)), Clockwork()
    Distress(crew, Dice(3), clock.later, clock.emit).start(TEN, ["SOS1"])
    clock.play(TEN + HOUR_MS)
    assert [(kind, data.alarm_id) for _, kind, data in clock.said] == [
        ("alarm.acked", "SOS1"),
        ("alarm.cleared", "SOS1"),
    ]
