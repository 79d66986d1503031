"""A city's rules on alarms: delays, chatter, priorities, what suppresses what, which become events, at which seats.

What the `alarms` section of a pack's ``city.yaml`` says, checked as it is read. What the rules make of an alarm is in
`alarmstates`; who makes events of alarms is a feed.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

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


class When(Struct, frozen=True, forbid_unknown_fields=True):
    """Which alarms are a seat's: each list names what will do (none = anything); `regions` are beginnings of codes."""

    kinds: tuple[Id, ...] = ()
    regions: tuple[Id, ...] = ()

    def fits(self, kind: str, place: str) -> bool:
        """Whether this describes an alarm of a kind at a place (its code)."""
        return (not self.kinds or kind in self.kinds) and (not self.regions or place.startswith(self.regions))


ANY: Final = When()


class SeatRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Alarms that `when` describes are `seat`'s, unless a rule before this one has them."""

    seat: Id
    when: When = ANY


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """A city's rules: by kind, for the rest, what suppresses what, by kind which become events, and which are whose."""

    kinds: dict[str, Rule] = {}
    default: Rule = Rule()
    suppress: list[Suppression] = []
    events: dict[str, EventRule] = {}
    seats: tuple[SeatRule, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError for a kind on both sides of `suppress`, and for seats that do not share out all alarms.

        Alarms could silence one another in a ring; and where seats have theirs, what is at none is nobody's.
        """
        if both := {rule.kind for rule in self.suppress} & {rule.while_ for rule in self.suppress}:
            raise ValueError(f"suppress: {', '.join(sorted(both))} both suppresses and is suppressed")
        last = len(self.seats) - 1
        if any((rule.when == ANY) != (at == last) for at, rule in enumerate(self.seats)):
            raise ValueError("seats: the last rule, and no other, is without `when`: every alarm is at a seat")

    def of(self, kind: str) -> Rule:
        """The rule for a kind."""
        return self.kinds.get(kind, self.default)

    def event(self, kind: str, severity: int) -> EventRule | None:
        """The rule by which such an alarm (a Severity's number) becomes an event, if any does."""
        rule = self.events.get(kind)
        return rule if rule and severity >= Severity[rule.from_] else None

    def seat(self, kind: str, place: str) -> str:
        """At which seat alarms of a kind at a place (its code) are; empty where the city has no rules on it."""
        return next((rule.seat for rule in self.seats if rule.when.fits(kind, place)), "")
