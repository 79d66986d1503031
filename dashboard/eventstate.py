"""What is known of one event: where it stands, by when, in whose hands, and everything that was done about it.

Values only; what a record makes of them is in `lifecycle`.
"""

from __future__ import annotations

import msgspec

from dashboard.model import MAIN_STEPS, Severity, Step

NEVER = -1
LEFT = frozenset({Step.evaluated, Step.merged, Step.cancelled})
"""Steps at which an event is off the queue; entering `evaluated` is closure (核查结案) in every process."""


class Trace(msgspec.Struct, omit_defaults=True):
    """One line of an event's record (办理记录): `what` was done at `at_ms` (UTC), by whom, and what came with it.

    `what` is a step, a move, or whistle, checkin, comment, rated, undone (`step`: what was taken back), absorbed
    (`into`: the event that was merged into this one), routed (`to` a seat, by the rule in `note`) and escalated (`to` a
    chief or leader, for the reason in `note`).
    """

    at_ms: int
    what: str
    by: str = ""
    role: str = ""
    source: str = ""
    department: str = ""
    worker_id: str = ""
    note: str = ""
    due_ms: int | None = None
    into: str = ""
    step: str = ""
    score: int | None = None
    departments: list[str] = []
    to: str = ""


class Call(msgspec.Struct):
    """A whistle (吹哨): a Severity's number, when it was blown, by when to report in (UTC ms), who is called and who
    has reported in when."""

    level: int
    at_ms: int
    due_ms: int
    departments: list[str]
    checked: dict[str, int] = {}


class Before(msgspec.Struct):
    """Where an event stood before a step that may be taken back; which step was `taken`, when (UTC ms) and by whom."""

    step: Step
    step_ms: int
    due_ms: int | None
    first_due_ms: int | None
    step_due_ms: int | None
    paused_ms: int | None
    until_ms: int | None
    held_ms: int
    department: str
    worker_id: str
    urged: int
    extended: int
    returned: int
    into: str
    closed_ms: int | None
    told: str
    entered: list[int]
    taken: Step
    taken_ms: int
    by: str
    role: str


class EventState(msgspec.Struct):
    """One event: what was reported, and where it stands. Instants are UTC ms; None or NEVER = not (yet).

    `due_ms` is the limit of the whole case, `first_due_ms` what it was before anybody extended it, `step_due_ms` when
    the present step should be over. While `paused_ms` is set (挂账), since then, no limit runs if the process says so;
    `until_ms` is when the pause is to end, `held_ms` how long it has been paused before. `into`: the event it was
    merged into; `merged`: those merged into it.
    """

    id: str
    title: str
    category: str
    severity: int
    lat: float
    lon: float
    region: str
    channel: str
    address: str
    reported_ms: int
    step: Step = Step.reported
    step_ms: int = NEVER
    due_ms: int | None = None
    closed_ms: int | None = None
    department: str = ""
    worker_id: str = ""
    score: int | None = None
    rated_ms: int | None = None
    entered: list[int] = msgspec.field(default_factory=lambda: [NEVER] * len(MAIN_STEPS))
    version: int = 1
    """Counts the records folded into it."""
    process: str = ""
    first_due_ms: int | None = None
    step_due_ms: int | None = None
    paused_ms: int | None = None
    until_ms: int | None = None
    held_ms: int = 0
    urged: int = 0
    extended: int = 0
    returned: int = 0
    into: str = ""
    merged: list[str] = []
    media: list[str] = []
    call: Call | None = None
    seat: str = ""
    told: str = ""
    """The highest who has been told that it is late at its present step: seat, chief or leader."""
    trail: list[Trace] = []
    before: Before | None = None

    @property
    def open(self) -> bool:
        """Still on the queue."""
        return self.step not in LEFT

    @property
    def told_ms(self) -> int:
        """When the last was said of it, UTC ms."""
        return max([self.reported_ms, self.step_ms, *(line.at_ms for line in self.trail)])

    @property
    def level(self) -> Severity:
        """The severity."""
        return Severity(self.severity)

    def times(self, step: Step) -> int:
        """How often a counted move has been made already."""
        counted = {Step.extended: self.extended, Step.returned: self.returned, Step.supervised: self.urged}
        return counted.get(step, 0)
