"""The catalogue of indicators (KPI): each declared once, in `kpis.yaml`; read, checked, and its formulas made ready.

The file's own head says what the fields mean. A catalogue that cannot be counted is refused, in sentences that name
file, indicator and field. Counting is the business of `kpicount`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

from dashboard.clock import DAY_MS, HOUR_MS
from dashboard.facts import TYPES
from dashboard.formula import SPANS, Formula, FormulaError, Type, parse
from dashboard.process import Label, Word

SHIPPED: Final = Path(__file__).parent / "kpis.yaml"
Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*\Z")]
Span = Annotated[str, Meta(pattern=r"^[1-9][0-9]*[mhd]\Z")]
Kind = Literal["count", "rate", "mean", "duration", "value"]
_FIELDS: Final[dict[Kind, tuple[str, ...]]] = {
    "count": ("num",), "rate": ("num", "den"), "mean": ("value", "den"), "duration": ("value", "den"), "value": (),
}  # fmt: skip
_SPAN_MS: Final = {"m": SPANS["minute"], "h": HOUR_MS, "d": DAY_MS}


class BookError(ValueError):
    """A catalogue that cannot be used; the message says in which file, at which indicator and field, and why."""


class Cases(Struct, frozen=True, forbid_unknown_fields=True):
    """Cases in the wall's two languages and as a formula: those for which `when` holds."""

    zh: Word
    en: Word
    when: Word


class Value(Struct, frozen=True, forbid_unknown_fields=True):
    """A number of a case, in the wall's two languages and as a formula."""

    zh: Word
    en: Word
    is_: Word = msgspec.field(name="is")


class Exclusion(Struct, frozen=True, forbid_unknown_fields=True):
    """Cases that indicators may leave out."""

    key: Code
    name: Label
    when: Word


class Kpi(Struct, frozen=True, forbid_unknown_fields=True):
    """One indicator as the file declares it; `origin` is `from` in the file."""

    code: Code
    name: Label
    formula: Label
    kind: Kind
    unit: Word
    num: Cases | None = None
    den: Cases | None = None
    value: Value | None = None
    exclude: tuple[Code, ...] = ()
    better: Literal["higher", "lower", "none"] = "none"
    target: float | Span | None = None
    window: Span = "24h"
    min_sample: Annotated[int, Meta(ge=1)] = 30
    standard: str = ""
    origin: Literal["events", "readings", "workers", "alarms"] = msgspec.field(default="events", name="from")

    @property
    def window_ms(self) -> int:
        """How long the window is where nobody asks for another."""
        return span_ms(self.window)

    @property
    def goal(self) -> float | None:
        """The target; of a duration in milliseconds."""
        return span_ms(self.target) if isinstance(self.target, str) else self.target


class Measure(NamedTuple):
    """An indicator of events, ready to be counted.

    `whole`: the cases it is about; `part`: those of them that are counted (all of them numerator); `value`: its number;
    `more`: what makes a part of the whole.
    """

    kpi: Kpi
    whole: Formula | None
    part: Formula | None
    value: Formula | None
    more: Formula | None


class _Catalogue(Struct, frozen=True, forbid_unknown_fields=True):
    """The file."""

    units: dict[str, Label]
    exclusions: tuple[Exclusion, ...]
    kpis: tuple[Kpi, ...]


class Book(NamedTuple):
    """A checked catalogue: indicators by code, in the file's order; those of events also as measures."""

    units: dict[str, Label]
    exclusions: dict[str, Exclusion]
    kpis: dict[str, Kpi]
    measures: dict[str, Measure]


def span_ms(text: str) -> int:
    """How long a span of the catalogue is."""
    return int(text[:-1]) * _SPAN_MS[text[-1]]


def load_book(path: Path = SHIPPED) -> Book:
    """The catalogue of a file. Raises BookError, as `read_book`."""
    return read_book(path.read_bytes(), path.name)


def read_book(text: bytes, file: str = "kpis.yaml") -> Book:
    """The catalogue out of a YAML text; `file` is what the sentences call it.

    Raises:
        BookError: a line for each thing that is wrong, with indicator and field.
    """
    raw: object = None
    try:
        raw = msgspec.yaml.decode(text)
        found = msgspec.convert(raw, _Catalogue)
    except msgspec.MsgspecError as error:
        raise BookError(f"{file}: {_with_codes(str(error), raw)}") from error
    if faults := [*_wrong_keys(found), *_wrong_exclusions(found), *_wrong_kpis(found)]:
        raise BookError("\n".join(f"{file}: {fault}" for fault in faults))
    exclusions = {one.key: one for one in found.exclusions}
    measures = {kpi.code: _measure(kpi, exclusions) for kpi in found.kpis if kpi.origin == "events"}
    return Book(found.units, exclusions, {kpi.code: kpi for kpi in found.kpis}, measures)


def _with_codes(sentence: str, raw: object) -> str:
    """`kpis[2]` says little to a person: add the indicator's own code."""

    def named(found: re.Match[str]) -> str:
        try:
            return f"{found[0]} ({raw['kpis'][int(found[1])]['code']})"  # type: ignore[index]
        except (KeyError, TypeError):
            return found[0]

    return re.sub(r"kpis\[(\d+)\]", named, sentence)


def _measure(kpi: Kpi, exclusions: Mapping[str, Exclusion]) -> Measure:
    value = f"({kpi.value.is_})" if kpi.value else ""
    whole = [f"({kpi.den.when})"] if kpi.den else []
    whole += [f"{value} is not None"] if value else []
    within = f"{value} <= {kpi.goal}" if kpi.kind == "duration" and kpi.goal else ""
    counted = f"({kpi.num.when})" if kpi.num else within
    left_out = [f"not ({exclusions[key].when})" for key in kpi.exclude]

    def cases(*those: str) -> Formula:
        return parse(" and ".join([*those, *left_out]), TYPES)

    return Measure(
        kpi, cases(*whole) if whole else None, cases(*whole, counted) if counted else None,
        parse(value, TYPES) if value else None, parse(counted, TYPES) if counted and whole else None,
    )  # fmt: skip


def _wrong_keys(found: _Catalogue) -> Iterator[str]:
    """What stands twice."""
    for what, keys in (("exclusions", [e.key for e in found.exclusions]), ("kpis", [k.code for k in found.kpis])):
        yield from (f"{what}: {key} stands twice" for key, n in Counter(keys).items() if n > 1)


def _wrong_exclusions(found: _Catalogue) -> Iterator[str]:
    for one in found.exclusions:
        yield from _wrong_formula(f"exclusions ({one.key}).when", one.when, "flag")


def _wrong_kpis(found: _Catalogue) -> Iterator[str]:
    known = {one.key for one in found.exclusions}
    for k, kpi in enumerate(found.kpis):
        at = f"kpis[{k}] ({kpi.code})"
        yield from (f"{at}.{fault}" for fault in (*_wrong_shape(kpi), *_wrong_target(kpi)))
        yield from (f"{at}.exclude: {key} is none of the exclusions" for key in kpi.exclude if key not in known)
        if kpi.unit not in found.units:
            yield f"{at}.unit: {kpi.unit} is none of the units"
        for name, cases in (("num", kpi.num), ("den", kpi.den)):
            yield from _wrong_formula(f"{at}.{name}.when", cases.when, "flag") if cases else ()
        yield from _wrong_formula(f"{at}.value.is", kpi.value.is_, "number") if kpi.value else ()


def _wrong_shape(kpi: Kpi) -> Iterator[str]:
    """Fields that do not go with the kind."""
    for name in ("num", "den", "value"):
        needed = name in _FIELDS[kpi.kind]
        if (getattr(kpi, name) is not None) != needed:
            yield f"{name}: {'is missing: a' if needed else 'does not belong to a'} {kpi.kind}{' needs it' * needed}"
    if (kpi.kind == "value") != (kpi.origin != "events"):
        yield f"from: {kpi.origin} does not go with {kpi.kind}: what is counted elsewhere is a value, and nothing else"
    if kpi.kind == "value" and kpi.exclude:
        yield "exclude: a value has no cases to leave out"
    if kpi.kind == "rate" and kpi.unit != "percent":
        yield f"unit: a rate is in percent, not in {kpi.unit}"
    if kpi.kind == "duration" and kpi.unit not in SPANS:
        yield f"unit: a duration is in {', '.join(SPANS)}, not in {kpi.unit}"


def _wrong_target(kpi: Kpi) -> Iterator[str]:
    if kpi.target is None:
        return
    if isinstance(kpi.target, str) != (kpi.kind == "duration"):
        yield f"target: {kpi.target} should be a {'span such as 30m' if kpi.kind == 'duration' else 'number'}"
    elif kpi.unit == "percent" and not 0 <= (kpi.goal or 0) <= 100:
        yield f"target: {kpi.target} is no share in percent"
    if kpi.better == "none":
        yield "target: is set, but `better` does not say on which side of it to be"


def _wrong_formula(at: str, text: str, wanted: Type) -> Iterator[str]:
    try:
        found = parse(text, TYPES)
    except FormulaError as fault:
        yield f"{at}: {fault}"
    else:
        if found.type != wanted:
            yield f"{at}: {text!r} is a {found.type}, and a {wanted} is needed"
