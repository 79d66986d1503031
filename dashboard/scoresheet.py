"""The score sheets of an assessment (考核, 星级考评), read from `assessment.yaml` and checked.

The file's own head says what the fields mean. A sheet that cannot be scored is refused, in sentences that name sheet
and field. Scoring is the business of `assessment`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from dashboard.cities import CityError
from dashboard.kpibook import Book, Kpi
from dashboard.process import Label

FILE: Final = "assessment.yaml"
FULL: Final = 100
Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*\Z")]
Weight = Annotated[float, Meta(gt=0, le=FULL)]


class SheetError(CityError):
    """Score sheets that cannot be used; the message says at which sheet and field, and why."""


class Item(Struct, frozen=True, forbid_unknown_fields=True):
    """An indicator and its points: all from `full` on, none from `none` on, in between in proportion."""

    kpi: Code
    weight: Weight
    full: float
    none: float
    min_sample: Annotated[int, Meta(ge=1)] | None = None


class Extra(Struct, frozen=True, forbid_unknown_fields=True):
    """Points added or taken: `each` for every unit beyond `over`, at most `cap`."""

    kpi: Code
    each: float
    cap: Annotated[float, Meta(gt=0, le=FULL)]
    over: float = 0


class Sheet(Struct, frozen=True, forbid_unknown_fields=True):
    """Who is assessed by what; `digits` of a region's code."""

    name: Label
    by: Literal["region", "department", "worker"]
    items: Annotated[tuple[Item, ...], Meta(min_length=1)]
    extras: tuple[Extra, ...] = ()
    digits: Literal[6, 9, 12] | None = None


class Sheets(Struct, frozen=True, forbid_unknown_fields=True):
    """The file: `stars` by the least points, `judged` per cent of the weight a total needs."""

    stars: dict[Annotated[int, Meta(ge=1, le=5)], Annotated[float, Meta(ge=0, le=FULL)]]
    sheets: dict[Code, Sheet]
    judged: Annotated[float, Meta(gt=0, le=100)] = 60

    def stars_of(self, total: float) -> int:
        """How many stars so many points are."""
        return max((stars for stars, least in self.stars.items() if total >= least), default=0)


def load_sheets(folder: Path, book: Book) -> Sheets | None:
    """The sheets of a city pack; None where it has none. Raises SheetError, as `read_sheets`."""
    path = folder / FILE
    return read_sheets(path.read_bytes(), book) if path.exists() else None


def read_sheets(text: bytes, book: Book) -> Sheets:
    """The sheets out of a YAML text.

    Raises:
        SheetError: a line for each thing that is wrong, with sheet and field.
    """
    try:
        found = msgspec.yaml.decode(text, type=Sheets, strict=False)
    except msgspec.MsgspecError as error:
        raise SheetError(f"{FILE}: {error}") from error
    faults = [*_wrong_stars(found), *(f for key, sheet in found.sheets.items() for f in _wrong_sheet(key, sheet, book))]
    if faults:
        raise SheetError("\n".join(f"{FILE}: {fault}" for fault in faults))
    return found


def _wrong_stars(found: Sheets) -> Iterator[str]:
    by_stars = [least for _, least in sorted(found.stars.items())]
    if by_stars != sorted(set(by_stars)):
        yield f"stars: more stars must need more points, not {found.stars}"


def _wrong_sheet(key: str, sheet: Sheet, book: Book) -> Iterator[str]:
    at = f"sheets.{key}"
    if (sheet.by == "region") != (sheet.digits is not None):
        yield f"{at}.digits: goes with `by: region`, and only with it"
    total = sum(item.weight for item in sheet.items)
    if abs(total - FULL) > 1e-9:
        yield f"{at}.items: the weights are {total:g} together, not {FULL}"
    for kpi, n in Counter(item.kpi for item in sheet.items).items():
        if n > 1:
            yield f"{at}.items: {kpi} stands {n} times"
    for n, item in enumerate(sheet.items):
        yield from _wrong_item(f"{at}.items[{n}]", item, book.kpis.get(item.kpi))
    for n, extra in enumerate(sheet.extras):
        yield from _wrong_kpi(f"{at}.extras[{n}]", extra.kpi, book.kpis.get(extra.kpi))
        if not extra.each:
            yield f"{at}.extras[{n}].each: 0 points change nothing"


def _wrong_item(at: str, item: Item, kpi: Kpi | None) -> Iterator[str]:
    yield from _wrong_kpi(at, item.kpi, kpi)
    if item.full == item.none:
        yield f"{at}.full: is the same as none, {item.full:g}"
    elif kpi and kpi.better != "none" and (item.full > item.none) != (kpi.better == "higher"):
        yield f"{at}.full: {item.kpi} is better {kpi.better}, but full is {item.full:g} and none {item.none:g}"
    if kpi and kpi.unit == "percent" and not all(0 <= end <= 100 for end in (item.full, item.none)):
        yield f"{at}.full: {item.full:g} to {item.none:g} are no shares in percent"
    if kpi and kpi.kind == "count" and item.min_sample:
        yield f"{at}.min_sample: a count has no sample"


def _wrong_kpi(at: str, code: str, kpi: Kpi | None) -> Iterator[str]:
    if kpi is None:
        yield f"{at}.kpi: {code} is none of the indicators"
    elif kpi.origin != "events":
        yield f"{at}.kpi: {code} is not counted from events but from {kpi.origin}"
