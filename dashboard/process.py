"""Process profiles: the life of an event as a city runs it, as one YAML a process says it.

A profile says which steps there are and by what names, which may follow which, who may take them, how long each may
last by severity, and what goes for extending, pausing, returning and taking back. It judges one step at a time, from
what it is told: it reads no clock and no log, and spans stay texts (whoever keeps working days makes instants of them).
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from dashboard.terms import Severity, SeverityName, Step

Span = Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)?(m|h|d|wh|wd)\Z")]
"""`30m 2h 3d` of the clock, `4wh 7wd` of working time; ASCII digits, for ３ is a slip of the input method."""
Spans = dict[SeverityName, Span]
Word = Annotated[str, Meta(min_length=1)]
Ground = Literal["closed", "unknown_step", "paused", "edge", "actor", "reason", "times", "span"]
"""Why a step is refused, in the order of judging. The keys are stable: words in any language hang on them."""
STAYING: Final = frozenset({Step.extended, Step.paused, Step.resumed})
"""Moves after which the event stands where it stood."""
LEAVING: Final = frozenset({Step.merged, Step.cancelled})
"""Moves that take an event off the queue without closing it; they are open to a paused event, too."""
LEVELS: Final[dict[int, SeverityName]] = {1: "normal", 2: "serious", 3: "major", 4: "urgent"}


class Actor(StrEnum):
    """Who takes a step: 席位, 值班长, 领导, 部门, 网格员, and 系统 for feeds and rules."""

    seat = "seat"
    chief = "chief"
    leader = "leader"
    department = "department"
    worker = "worker"
    system = "system"


class Label(Struct, frozen=True, forbid_unknown_fields=True):
    """A name in the wall's two languages."""

    zh: Word
    en: Word


MOVES: Final = {
    Step.extended: Label("延期", "Extended"),
    Step.returned: Label("退回", "Returned"),
    Step.merged: Label("并案", "Merged"),
    Step.cancelled: Label("作废", "Cancelled"),
    Step.paused: Label("挂账", "Paused"),
    Step.resumed: Label("恢复", "Resumed"),
}
"""What is not progress, by the names it has where a profile gives none."""


class ProcessStep(Struct, frozen=True, forbid_unknown_fields=True):
    """One step: `next` may follow, `by` may take it (none = anybody), `within` is how long an event may stay at it."""

    step: Step
    name: Label
    next: tuple[Step, ...] = ()
    by: tuple[Actor, ...] = ()
    optional: bool = False
    within: Spans = {}


class Move(Struct, frozen=True, forbid_unknown_fields=True):
    """One move: where it may be made and by whom; `to` is the step to which `returned` goes back.

    `from`: none = at every open step, for `returned` at every one after `to`. `most`: how many times; `at_most`: how
    much in all, for `extended` and `paused`.
    """

    from_: tuple[Step, ...] = msgspec.field(default=(), name="from")
    to: Step | None = None
    by: tuple[Actor, ...] = ()
    needs_reason: bool = False
    most: Annotated[int, Meta(ge=1)] | None = None
    at_most: Span | None = None
    name: Label | None = None


class Undo(Struct, frozen=True, forbid_unknown_fields=True):
    """What the actor who took it, and nobody else, may take back within `window`."""

    window: Span
    steps: tuple[Step, ...]


class Parts(Struct, frozen=True):
    """What a refusal is made of, for its sentence in another language.

    `current` is where the event stands and `step` what was asked for; `options` may be done instead; `actors` may take
    the step (none = anybody); `bound` is what was overstepped (`2` times, `7wd`).
    """

    process: Label
    current: Label
    step: Label
    options: tuple[Label, ...]
    actors: tuple[Actor, ...] = ()
    bound: str = ""


class Forbidden(ValueError):  # noqa: N818 - it is said of the step, not of the program
    """A step the process forbids: `rule` is the ground's key, `str()` an English sentence, `parts` what it says."""

    def __init__(self, rule: Ground, why: str, parts: Parts) -> None:
        listed = ", ".join(option.en for option in parts.options) or "nothing"
        head = f"{parts.process.en}: {parts.step.en} may not follow {parts.current.en}"
        super().__init__(f"{head}: {why}; allowed: {listed}")
        self.rule, self.parts = rule, parts


class Process(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """A process as its YAML says it; only `processbook` gives checked ones.

    `limits` (`limit` in the file) are for the whole case and run from `limit_from`; a severity without one has none.
    `counts_as`: severities this process does not tell apart; `hold`: whether a pause stops the clock; `source`: where
    the process comes from, in a sentence.
    """

    key: Word
    name: Label
    source: Word
    steps: Annotated[tuple[ProcessStep, ...], Meta(min_length=2)]
    closed_at: Step
    limits: Spans = msgspec.field(default_factory=dict, name="limit")
    limit_from: Step | None = None
    counts_as: dict[SeverityName, SeverityName] = {}
    moves: dict[Step, Move] = {}
    undo: Undo | None = None
    hold: bool = True

    @property
    def n(self) -> int:
        """How many steps there are: the length of the row of dots."""
        return len(self.steps)

    @property
    def limit_start(self) -> Step:
        """The step from which the limit runs: as the file says, else accepted, else the first after reported."""
        return self.limit_from or (Step.accepted if Step.accepted in self.places else self.steps[1].step)

    @cached_property
    def places(self) -> dict[Step, int]:
        """1 to `n` for each of its own steps."""
        return {entry.step: k for k, entry in enumerate(self.steps, 1)}

    @cached_property
    def open(self) -> frozenset[Step]:
        """The steps at which an event is still on the queue."""
        return frozenset(self.places) - {self.closed_at}

    @cached_property
    def _ways(self) -> dict[Step, frozenset[Step]]:
        ways = {step: frozenset(self.steps[self.places[step] - 1].next) for step in self.open}
        return {step: way | (self._moves_at(step) - {Step.resumed}) for step, way in ways.items()}

    @cached_property
    def _ways_paused(self) -> dict[Step, frozenset[Step]]:
        return {step: self._moves_at(step) & (LEAVING | {Step.resumed}) for step in self.open}

    def _moves_at(self, step: Step) -> frozenset[Step]:
        def starts(rule: Move) -> bool:
            # Without `from` a move may be made anywhere, but nothing goes back to where it stands, or forwards.
            return step in rule.from_ if rule.from_ else rule.to is None or self.places[step] > self.places[rule.to]

        return frozenset(move for move, rule in self.moves.items() if starts(rule))

    def place(self, step: Step) -> int:
        """1 to `n` on the row of dots; `n` for an event that left another way; KeyError for a step it does not have."""
        return self.n if step in LEAVING else self.places[step]

    def allowed(self, current: Step, *, paused: bool = False) -> frozenset[Step]:
        """The steps and moves that anybody may take from here; none once the event has left the queue."""
        return (self._ways_paused if paused else self._ways).get(current, frozenset())

    def rule(self, step: Step) -> ProcessStep | Move | None:
        """What the file says about a step or move; None if the process does not have it."""
        return self.steps[self.places[step] - 1] if step in self.places else self.moves.get(step)

    def label(self, step: Step) -> Label:
        """What the process calls a step or move; if it does not have it, the log's name."""
        rule = self.rule(step)
        return (rule and rule.name) or MOVES.get(step) or Label(step, step)

    def after(self, current: Step, step: Step, *, paused: bool = False) -> Step:
        """Where the event stands once `step` is taken from `current`.

        Raises:
            Forbidden: `closed`, `unknown_step`, `paused` (or not paused, and to be resumed) or `edge`.
        """
        if step not in self.allowed(current, paused=paused):
            raise self._off_the_graph(current, step, paused)
        move = self.moves.get(step)
        if step in STAYING:
            return current
        return move.to if move and move.to else step

    def judge(
        self,
        current: Step,
        step: Step,
        actor: Actor,
        *,
        reason: str = "",
        times: int = 0,
        paused: bool = False,
        exceeds: bool = False,
    ) -> None:
        """Say nothing if `actor` may take `step` from `current` now.

        Args: `reason` is what they give as the reason; `times`, how often the event has made this move already;
            `paused`, whether it is paused; `exceeds`, whether this would come to more than `at_most(step)` in all,
            which takes a working-day clock to tell.

        Raises:
            Forbidden: its options are what this actor may do instead.
        """
        self.after(current, step, paused=paused)
        fault = self._overstepped(step, actor, reason, times, exceeds)
        if fault:
            ground, why, bound = fault
            others = self.allowed(current, paused=paused) - {step}
            mine = frozenset(other for other in others if self._may(other, actor))
            raise self._refusal(ground, why, current, step, mine, bound)

    def level(self, severity: Severity) -> SeverityName:
        """The severity as this process counts it."""
        name = LEVELS[severity]
        return self.counts_as.get(name, name)

    def limit(self, severity: Severity) -> Span | None:
        """How long the whole case may take, counted from `limit_start`."""
        return self.limits.get(self.level(severity))

    def within(self, step: Step, severity: Severity) -> Span | None:
        """How long an event may stay at one of its steps; None: as the limit lets it. KeyError as in `place`."""
        return self.steps[self.places[step] - 1].within.get(self.level(severity))

    def at_most(self, step: Step) -> Span | None:
        """How much an event may be extended or paused in all."""
        return self.moves[step].at_most if step in self.moves else None

    def undo_window(self, step: Step) -> Span | None:
        """How long whoever took a step may take it back; None: not at all."""
        return self.undo.window if self.undo and step in self.undo.steps else None

    def _may(self, step: Step, actor: Actor) -> bool:
        rule = self.rule(step)
        return rule is not None and (not rule.by or actor in rule.by)

    def _overstepped(
        self, step: Step, actor: Actor, reason: str, times: int, exceeds: bool
    ) -> tuple[Ground, str, str] | None:
        """Ground, reason in words, and bound."""
        if not self._may(step, actor):
            return "actor", f"it is not for the {actor} but for {self._by(step)}", ""
        move = self.moves.get(step, Move())
        if move.needs_reason and not reason.strip():
            return "reason", "it needs a reason", ""
        if move.most is not None and times >= move.most:
            return "times", f"it may be done {move.most} time{'s' * (move.most > 1)} at most", str(move.most)
        if move.at_most and exceeds:
            return "span", f"it may come to {move.at_most} in all at most", move.at_most
        return None

    def _by(self, step: Step) -> str:
        rule = self.rule(step)
        return " or ".join(rule.by) if rule else ""

    def _off_the_graph(self, current: Step, step: Step, paused: bool) -> Forbidden:
        ground: Ground = "edge"
        why = "there is no such way"
        if current == self.closed_at or current in LEAVING:
            ground, why = "closed", "it has left the queue"
        elif strange := [self.label(s).en for s in (current, step) if self.rule(s) is None]:
            ground, why = "unknown_step", f"this process has no {' and no '.join(strange)}"
        elif paused or step is Step.resumed:
            ground, why = "paused", "it is paused" if paused else "it is not paused"
        return self._refusal(ground, why, current, step, self.allowed(current, paused=paused))

    def _refusal(
        self, ground: Ground, why: str, current: Step, step: Step, options: frozenset[Step], bound: str = ""
    ) -> Forbidden:
        # In the order of the steps, then of the moves: a set's own order would differ from process to process.
        listed = tuple(self.label(option) for option in (*self.places, *self.moves) if option in options)
        rule = self.rule(step)
        parts = Parts(self.name, self.label(current), self.label(step), listed, rule.by if rule else (), bound)
        return Forbidden(ground, why, parts)
