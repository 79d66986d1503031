"""What the columns of somebody's export mean: the format of the YAML mapping.

The structs below *are* the format; `mappings/boston311.yaml` and `mappings/geolife.yaml` beside this file are
commented examples. This module reads no row (`rows` does) and no tape (`tape`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from dashboard.model import Crs, RoleName
from feeds.replay.tape import TapeError

SHIPPED = Path(__file__).parent / "mappings"
_CRS_HINT = (
    ": say in which datum the coordinates are (crs: wgs84, gcj02, bd09 or cgcs2000); a wrong guess moves "
    "every point by hundreds of metres"
)


class Field(Struct, frozen=True, forbid_unknown_fields=True):
    """A column whose values are translated; without `column`, the constant `default`.

    A value not in `values` becomes `default`; where there is none the row is refused. Without `values` a
    value stands as it is, and `default` fills an empty one.
    """

    column: str = ""
    values: dict[str, str] = {}
    default: str | None = None


Cell = str | list[str] | Field
"""A column; several, joined with " · " where not empty (the first is required); or a translated one."""


class SecondsOfDay(Struct, frozen=True, forbid_unknown_fields=True):
    """A time that is a second of the day, 0–86,400, without a date: rows of many days played as one."""

    seconds_of_day: str


class Shift(Struct, frozen=True, forbid_unknown_fields=True):
    """Carry the data to another city: `from_` (lat, lon; `from` in YAML) lands on `to`.

    `scale_lon: auto` keeps distances (a degree of longitude has another length there); a number scales by
    just that.
    """

    to: tuple[float, float]
    from_: tuple[float, float] = msgspec.field(name="from")
    scale_lon: Literal["auto"] | float = "auto"


class EventColumns(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Event fields ← columns. `opened`, `target`, `closed`, `rated_at` are times; steps follow from them."""

    event_id: Cell
    title: Cell
    category: Cell
    lat: str
    lon: str
    opened: str
    severity: Cell = Field(default="normal")
    channel: Cell = Field(default="")
    department: Cell = Field(default="")
    address: Cell = Field(default="")
    region: Cell = Field(default="")
    note: Cell = Field(default="")
    rated: Cell = Field(default="")
    target: str | None = None
    closed: str | None = None
    rated_at: str | None = None


class FixColumns(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Position fields ← columns."""

    worker_id: Cell
    lat: str
    lon: str
    time: str | SecondsOfDay


class Workers(Struct, frozen=True, forbid_unknown_fields=True):
    """How somebody seen for the first time goes on the roster: `name` + number, `id_prefix` + their id."""

    name: str = "回放人员"
    role: RoleName = "full_time"
    id_prefix: str = ""


class _Common(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    name: Annotated[str, Meta(min_length=1, max_length=60)]
    source: Annotated[str, Meta(min_length=1, max_length=60)]
    crs: Crs
    format: Literal["csv", "ndjson"] | None = None
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8-sig"
    timezone: str | None = None
    time_formats: tuple[str, ...] = ("iso",)
    shift: Shift | None = None


class EventMapping(_Common, tag="events", frozen=True):
    """A table of events, one row a matter with the times of its life."""

    columns: EventColumns
    handling_within_s: Annotated[float, Meta(ge=0)] = 1800.0
    """`handling` begins this long after the report, or half-way to the close if that is sooner."""


class FixMapping(_Common, tag="fixes", frozen=True):
    """A table of positions, one row a fix."""

    columns: FixColumns
    workers: Workers = Workers()


Mapping = EventMapping | FixMapping


def load_mapping(where: str | Path) -> Mapping:
    """A mapping from a YAML file, or a shipped one by its bare name (`boston311`, `geolife`).

    Raises:
        TapeError: no such file, or the field that is wrong or missing.
    """
    file = Path(where)
    shipped = SHIPPED / f"{where}.yaml"
    if not file.is_file() and shipped.is_file():
        file = shipped
    try:
        mapping: Mapping = msgspec.yaml.decode(file.read_bytes(), type=Mapping)
    except OSError as error:
        names = ", ".join(sorted(known.stem for known in SHIPPED.glob("*.yaml")))
        raise TapeError(f"mapping {where} cannot be read ({error.strerror}); shipped ones: {names}") from None
    except msgspec.MsgspecError as error:
        hint = _CRS_HINT if "crs" in str(error) else ""
        raise TapeError(f"mapping {file.name}: {error}{hint}") from None
    _check(file.name, mapping)
    return mapping


def columns_of(mapping: Mapping) -> tuple[str, ...]:
    """Every column the mapping reads, each once, in the order of its fields."""
    cells = (getattr(mapping.columns, name) for name in mapping.columns.__struct_fields__)
    return tuple(dict.fromkeys(column for cell in cells for column in names_in(cell) if column))


def names_in(cell: Cell | SecondsOfDay | None) -> Iterator[str]:
    """The columns a cell reads; none for a constant or an absent one."""
    if isinstance(cell, str):
        yield cell
    elif isinstance(cell, list):
        yield from cell
    elif isinstance(cell, Field):
        yield from filter(None, [cell.column])
    elif isinstance(cell, SecondsOfDay):
        yield cell.seconds_of_day


def _check(name: str, mapping: Mapping) -> None:
    """Raise TapeError for what the declarations cannot say: unknown zones and encodings."""
    try:
        if mapping.timezone is not None:
            ZoneInfo(mapping.timezone)
    except (KeyError, ValueError, OSError):
        raise TapeError(f"mapping {name}: timezone {mapping.timezone} is not an IANA zone") from None
    try:
        ending = "\n".encode(mapping.encoding)
    except LookupError:
        raise TapeError(f"mapping {name}: encoding {mapping.encoding} is not known") from None
    if not ending.endswith(b"\n") or len(ending.removeprefix(b"\xef\xbb\xbf")) != 1:
        raise TapeError(f"mapping {name}: encoding {mapping.encoding} does not end lines with one byte")
