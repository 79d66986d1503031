"""A city's rules on alarms: delays, chatter and priorities by kind, what suppresses what, and which become events.

What the `alarms` section of a pack's ``city.yaml`` says, checked as it is read. What the rules make of an alarm is in
`alarmstates`; who makes events of alarms is a feed.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from dashboard.terms import Id, Severity, SeverityName

Count = Annotated[int, Meta(ge=0)]
Words = Annotated[str, Meta(min_length=1, max_length=100)]


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """How alarms of one kind are treated; 0: at once, or never.

    An alarm begins once raised for `on_delay_s`, and ends once cleared for `off_delay_s`. `chatter_raises` within
    `chatter_s` (ISA-18.2: three in a minute) hold it until as long has passed without any. An urgent one that nobody
    acknowledges calls again every `re_alarm_s`. `priority` replaces what follows from severity.
    """

    on_delay_s: Count = 0
    off_delay_s: Count = 0
    chatter_raises: Count = 3
    chatter_s: Count = 60
    re_alarm_s: Count = 0
    priority: Literal["high", "medium", "low"] | None = None


class Suppression(Struct, frozen=True, forbid_unknown_fields=True, rename={"while_": "while"}):
    """Alarms of `kind` are suppressed while one of kind `while` stands: both in `area`, or if empty at the same place.

    An area is the beginning of a place's code (see `Annunciator`), so that a district holds its towns.
    """

    kind: Id
    while_: Id
    area: str = ""


class EventRule(Struct, frozen=True, forbid_unknown_fields=True):
    """An alarm of severity `from` or graver becomes an event of a category, called `title` after its place."""

    category: Id
    title: Words
    from_: SeverityName = field(default="normal", name="from")


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """A city's rules: by kind, for the other kinds, what suppresses what, and by kind which become events."""

    kinds: dict[str, Rule] = {}
    default: Rule = Rule()
    suppress: list[Suppression] = []
    events: dict[str, EventRule] = {}

    def __post_init__(self) -> None:
        """Raises ValueError for a kind on both sides: alarms could silence one another in a ring."""
        if both := {rule.kind for rule in self.suppress} & {rule.while_ for rule in self.suppress}:
            raise ValueError(f"suppress: {', '.join(sorted(both))} both suppresses and is suppressed")

    def of(self, kind: str) -> Rule:
        """The rule for a kind."""
        return self.kinds.get(kind, self.default)

    def event(self, kind: str, severity: int) -> EventRule | None:
        """The rule by which such an alarm (a Severity's number) becomes an event, if any does."""
        rule = self.events.get(kind)
        return rule if rule and severity >= Severity[rule.from_] else None
