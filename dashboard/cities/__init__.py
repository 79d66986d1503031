"""City packs: everything that makes the wall *this* city's, read from one folder.

A pack is a folder with ``city.yaml`` (names, view, categories, departments, channels, sources, targets),
``regions.csv`` (the region tree), ``grids.json`` (grid polygons) and ``basemap.geojson`` (what the map
draws beneath the data). This module reads and checks a pack; it downloads nothing, builds nothing (each
pack has its own ``build.py``) and does not open the base map.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import msgspec

from dashboard.alarmrules import Rules
from dashboard.masthead import Masthead
from dashboard.model import RoleName, Severity
from dashboard.procedure import Procedure
from dashboard.process import Process
from dashboard.processbook import Choices, load_processes
from dashboard.regions import GridIndex, Level, Region, Regions
from dashboard.routing import Routing
from dashboard.taxonomy import branch
from dashboard.workdays import OfficeHours, WorkClock

FILES: Final = ("city.yaml", "regions.csv", "grids.json", "basemap.geojson")
_HERE: Final = Path(__file__).parent


class CityError(ValueError):
    """A city pack that cannot be used; the message says what is missing or wrong and where."""


@dataclass(frozen=True, slots=True)
class Text:
    """One label in the wall's two languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of event and the key of the department that usually handles it."""

    key: str
    name: Text
    department: str


@dataclass(frozen=True, slots=True)
class Department:
    """Who handles events; ``level`` is ``city``, ``district`` or ``utility`` (a company: water, gas)."""

    key: str
    name: Text
    level: str


@dataclass(frozen=True, slots=True)
class Source:
    """A feed of the freshness strip: late, then stale, after so many seconds without a record."""

    key: str
    name: Text
    stream: str
    late_s: float
    stale_s: float


_ROLES: Final[tuple[RoleName, ...]] = ("full_time", "grid_head", "part_time", "liaison", "volunteer")
"""In order of preference where a pack does not say."""


class DispatchRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is sent to what.

    ``roles``: category key (or ``default``) → roles in order of preference; who is not listed is not proposed.
    ``not_when_severe``: roles never proposed for 重大 and 紧急.
    """

    roles: dict[str, tuple[RoleName, ...]] = {}
    not_when_severe: tuple[RoleName, ...] = ("volunteer",)

    def roles_for(self, category: str, severity: Severity) -> tuple[RoleName, ...]:
        """The roles that may handle a matter, the preferred one first."""
        listed = self.roles.get(category) or self.roles.get(branch(category)) or self.roles.get("default", _ROLES)
        severe = severity >= Severity.major
        return tuple(role for role in listed if not (severe and role in self.not_when_severe))


@dataclass(frozen=True, slots=True)
class City:
    """One city's pack. Positions are (lat, lon) in WGS-84 degrees; ``bounds`` is (south-west, north-east)."""

    key: str
    name: Text
    title: Text
    timezone: str
    centre: tuple[float, float]
    zoom: float
    bounds: tuple[tuple[float, float], tuple[float, float]]
    categories: tuple[Category, ...]
    departments: tuple[Department, ...]
    items: dict[str, Text]
    channels: dict[str, Text]
    sources: dict[str, Source]
    targets: dict[str, float]
    regions: Regions = field(repr=False)
    folder: Path
    attribution: tuple[str, ...]
    dispatch: DispatchRules = field(default_factory=DispatchRules)
    procedure: Procedure = field(default_factory=Procedure, repr=False)
    alarms: Rules = field(default_factory=Rules, repr=False)
    routing: Routing = field(default_factory=Routing, repr=False)
    brief: Masthead = field(default_factory=Masthead, repr=False)

    @property
    def category_names(self) -> dict[str, Text]:
        """What categories and their items are called, by key: each category before its items."""
        return {one.key: one.name for one in self.categories} | self.items

    @property
    def processes(self) -> dict[str, Process]:
        """Every process an event may follow, by key."""
        return self.procedure.processes

    @property
    def process(self) -> str:
        """The key of the process an event follows that no rule describes."""
        return self.procedure.choices.default

    @property
    def basemap(self) -> Path:
        """The GeoJSON file drawn beneath the data."""
        return self.folder / "basemap.geojson"


class _Labelled(msgspec.Struct, forbid_unknown_fields=True):
    zh: str
    en: str


_Item = Annotated[str, msgspec.Meta(pattern="^[^.]{1,64}$")]
"""An item's own part of its key."""


class _Category(_Labelled, forbid_unknown_fields=True):
    department: str
    items: dict[_Item, _Labelled] = {}


class _Department(_Labelled, forbid_unknown_fields=True):
    level: str


class _Source(_Labelled, forbid_unknown_fields=True):
    stream: str
    late_s: float
    stale_s: float


class _View(msgspec.Struct, forbid_unknown_fields=True):
    centre: tuple[float, float]
    zoom: float
    bounds: tuple[tuple[float, float], tuple[float, float]]


class _Office(msgspec.Struct, forbid_unknown_fields=True):
    """Opening hours as people write them, and the city's own closed and worked dates; see `OfficeHours`."""

    periods: tuple[str, ...] = ("08:30-12:00", "13:30-17:30")
    closed: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    def hours(self) -> OfficeHours:
        """Raises ValueError for what are no hours."""
        periods = tuple(OfficeHours.period(text) for text in self.periods)
        return OfficeHours(periods, self.closed, self.worked, self.years)


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """What ``city.yaml`` holds; msgspec names the field that is missing or wrong."""

    name: Text
    title: Text
    timezone: str
    view: _View
    categories: dict[str, _Category]
    departments: dict[str, _Department]
    channels: dict[str, Text]
    sources: dict[str, _Source]
    targets: dict[str, float]
    attribution: tuple[str, ...]
    dispatch: DispatchRules = DispatchRules()
    alarms: Rules = Rules()
    routing: Routing = Routing()
    brief: Masthead = Masthead()
    process: Choices = Choices("suzhou")
    office: _Office = msgspec.field(default_factory=lambda: _Office())


class _Grids(msgspec.Struct):
    """What ``grids.json`` holds; see `GridIndex.from_rings`."""

    scale: float
    codes: list[str]
    rings: list[list[int]]


def cities() -> tuple[str, ...]:
    """The keys of the packs that come with the wall."""
    return tuple(sorted(path.parent.name for path in _HERE.glob("*/city.yaml")))


@cache
def load_city(key: str) -> City:
    """Read a pack; the result is shared, so treat it as read-only.

    Args:
        key: the name of a pack beside this file, or the path of a folder holding one.

    Raises:
        CityError: no such pack (the message lists those there are), a file missing, or a field wrong.
    """
    folder = _folder(key)
    try:
        settings = msgspec.yaml.decode((folder / "city.yaml").read_bytes(), type=_File)
        return _city(folder, settings, _regions(folder))
    except (msgspec.MsgspecError, ValueError, KeyError) as error:
        raise CityError(f"city pack {folder.name}: {error}") from error


def _folder(key: str) -> Path:
    folder = Path(key) if "/" in key or "\\" in key else _HERE / key
    if not key or not (folder / "city.yaml").is_file():
        raise CityError(f"no city pack {key!r}; there are: {', '.join(cities())}")
    if missing := [name for name in FILES if not (folder / name).is_file()]:
        raise CityError(f"city pack {folder.name} lacks {', '.join(missing)}")
    return folder


def _city(folder: Path, read: _File, regions: Regions) -> City:
    sources = {k: Source(k, Text(s.zh, s.en), s.stream, s.late_s, s.stale_s) for k, s in read.sources.items()}
    items = {f"{k}.{item}": Text(t.zh, t.en) for k, c in read.categories.items() for item, t in c.items.items()}
    categories = read.categories.keys() | items.keys()
    if strange := {c.department for c in read.categories.values()} - read.departments.keys():
        raise CityError(f"city pack {folder.name}: categories name unknown departments {sorted(strange)}")
    if strange := read.dispatch.roles.keys() - categories - {"default"}:
        raise CityError(f"city pack {folder.name}: dispatch.roles names unknown categories {sorted(strange)}")
    if strange := {route.department for route in read.routing.routes} - read.departments.keys() - {""}:
        raise CityError(f"city pack {folder.name}: routing names unknown departments {sorted(strange)}")
    if strange := {rule.category for rule in read.alarms.events.values()} - categories:
        raise CityError(f"city pack {folder.name}: alarms.events names unknown categories {sorted(strange)}")
    places = {place for rule in read.alarms.seats for place in rule.when.regions}
    if strange := {place for place in places if not any(region.code.startswith(place) for region in regions)}:
        raise CityError(f"city pack {folder.name}: alarms.seats names unknown regions {sorted(strange)}")
    return City(
        key=folder.name, name=read.name, title=read.title, timezone=read.timezone, centre=read.view.centre,
        zoom=read.view.zoom, bounds=read.view.bounds, channels=read.channels, sources=sources, targets=read.targets,
        categories=tuple(Category(k, Text(c.zh, c.en), c.department) for k, c in read.categories.items()), items=items,
        departments=tuple(Department(k, Text(d.zh, d.en), d.level) for k, d in read.departments.items()),
        regions=regions, folder=folder, attribution=read.attribution, dispatch=read.dispatch, alarms=read.alarms,
        routing=read.routing, brief=read.brief,
        procedure=Procedure(_processes(folder, read.process), read.process, _clock(read)),
    )  # fmt: skip


def _clock(read: _File) -> WorkClock:
    return WorkClock(read.office.hours(), ZoneInfo(read.timezone))


def _processes(folder: Path, choices: Choices) -> dict[str, Process]:
    """The shipped processes and the pack's own (``processes/*.yaml``), which win; every one a rule names is there."""
    own = folder / "processes"
    found = load_processes() | (load_processes(own) if own.is_dir() else {})
    if strange := {choices.default, *(rule.process for rule in choices.rules)} - found.keys():
        raise CityError(f"city pack {folder.name}: process names {sorted(strange)}; there are: {', '.join(found)}")
    return found


def _regions(folder: Path) -> Regions:
    levels = {level.value: level for level in Level}
    with (folder / "regions.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        nodes = [Region(c, n, levels[v], p or None, float(y), float(x)) for c, n, v, p, y, x in rows]
    grids = msgspec.json.decode((folder / "grids.json").read_bytes(), type=_Grids)
    return Regions(nodes, GridIndex.from_rings(grids.codes, grids.rings, grids.scale))
