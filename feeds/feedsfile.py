"""`feeds.yaml`: what a city connects, one entry a source, and what is wrong with it.

Each entry is read by itself, so that a bad one stops its own feed alone. Opens no connection and no file but this one;
paths in it are meant from the folder it lies in. `feeds/feeds.example.yaml` has an example of every kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple, Union

import msgspec
from msgspec import Meta, Struct

from dashboard.terms import Crs

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Listen = Annotated[str, Meta(pattern=r"^.+:\d{1,5}$")]
Url = Annotated[str, Meta(min_length=1, max_length=2000)]
Token = Annotated[str, Meta(pattern=r"^sha256:[0-9a-f]{64}$")]
Seconds = Annotated[float, Meta(gt=0, le=86_400)]
NAMELESS: Final = "?"


class Source(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """What every entry says: its `name` is the source of its records on the log, and in the strip of feeds."""

    name: Name
    enabled: bool = True


class Placed(Source, frozen=True, kw_only=True):
    """A source of places: `crs` is the datum they come in; it is never guessed."""

    crs: Crs


class Tracked(Placed, frozen=True, kw_only=True):
    """A source of workers' places: `roster` is a CSV file with the columns device and worker."""

    roster: str


class Http(Placed, frozen=True, kw_only=True, tag="http"):
    """A system or phones that send over HTTP with a token; `rate` records a second, `burst` at once.

    `accepts`: beginnings of record types it may send; `also`: other names it may give as the source of its records;
    `roster` is needed where it sends places of devices; `speed`: the unit of theirs over `/ingest/osmand`.
    """

    token: Token
    rate: Annotated[float, Meta(gt=0, le=100_000)] = 200.0
    burst: Annotated[int, Meta(ge=1, le=1_000_000)] = 2000
    accepts: tuple[str, ...] = ("event.", "worker.", "alarm.", "reading", "area.")
    also: tuple[str, ...] = ()
    roster: str | None = None
    speed: Literal["knots", "mps"] = "knots"


class Jt808(Tracked, frozen=True, kw_only=True, tag="jt808"):
    """Terminals that speak JT/T 808 over TCP. With the key of a `secret_file` they must show the code
    they registered for before they are heard; `checked: false` forgives check codes of devices that count them wrongly.
    """

    listen: Listen
    connections: Annotated[int, Meta(ge=1, le=100_000)] = 10_000
    idle_s: Seconds = 600.0
    secret_file: str | None = None
    checked: bool = True


class Gps103(Tracked, frozen=True, kw_only=True, tag="gps103"):
    """Trackers that speak GPS103 over TCP."""

    listen: Listen
    connections: Annotated[int, Meta(ge=1, le=100_000)] = 10_000
    idle_s: Seconds = 600.0


class Gb26875(Placed, frozen=True, kw_only=True, tag="gb26875"):
    """Fire panels that speak GB/T 26875.3 over TCP; `devices`: a CSV file with device, lat, lon and name."""

    listen: Listen
    devices: str
    connections: Annotated[int, Meta(ge=1, le=100_000)] = 1000
    idle_s: Seconds = 600.0


class Broker(Placed, frozen=True, kw_only=True):
    """An MQTT broker: `mqtt://host:1883` or `mqtts://host:8883`; a password is read from a file of its own."""

    broker: Url
    topics: tuple[str, ...]
    user: str | None = None
    password_file: str | None = None
    ca_file: str | None = None
    client_id: str | None = None


class OwnTracks(Broker, frozen=True, kw_only=True, tag="owntracks"):
    """Phones with OwnTracks, over MQTT."""

    topics: tuple[str, ...] = ("owntracks/+/+",)
    roster: str


class Sensors(Broker, frozen=True, kw_only=True, tag="sensors"):
    """Sensors over MQTT: `map` says which message raises which alarm: a YAML file, or the name of one we bring."""

    map: str
    devices: str | None = None


class Open311(Placed, frozen=True, kw_only=True, tag="open311"):
    """Another city's Open311 endpoint, asked again every `every_s` for what has changed since."""

    url: Url
    every_s: Seconds = 60.0
    services: dict[str, str] = {}
    zone: str | None = None
    key_file: str | None = None


class RedisStream(Placed, frozen=True, kw_only=True, tag="redis"):
    """A stream of another Redis or Valkey, read as one of a consumer group; acknowledged once it is on our log."""

    url: Url
    stream: str
    group: Name = "fourscreens"
    password_file: str | None = None


class Replay(Source, frozen=True, kw_only=True, tag="replay"):
    """A recorded CSV or NDJSON file, played once; `mapping` names its columns, and their datum."""

    file: str
    mapping: str
    speed: Annotated[float, Meta(gt=0)] = 1.0


class Outbound(Source, frozen=True, kw_only=True):
    """Somebody told of changes: those of `types`, beginnings of record types; with `departments`, of their events only,
    from the report on, once the log says that an event is theirs.
    """

    types: tuple[str, ...] = ("event.",)
    departments: tuple[str, ...] = ()


class Webhook(Outbound, frozen=True, kw_only=True, tag="webhook"):
    """CloudEvents by POST, in order per event, signed with the keys of `secret_file`: one a line, `whsec_` and base64.

    `ca_file`: who has signed the other side's certificate, where that is nobody this machine trusts.
    """

    url: Url
    secret_file: str
    ca_file: str | None = None


class RedisOut(Outbound, frozen=True, kw_only=True, tag="redis_out"):
    """A stream of another Redis or Valkey that is handed every change as a CloudEvent; it keeps about `keep`."""

    url: Url
    stream: str
    keep: Annotated[int, Meta(ge=1)] = 1_000_000
    password_file: str | None = None


Any_ = Union[  # noqa: UP007 - msgspec reads the tags of a union's members
    Http, Jt808, Gps103, Gb26875, OwnTracks, Sensors, Open311, RedisStream, Replay, Webhook, RedisOut
]
KINDS: Final[dict[str, type[Source]]] = {
    str(kind.__struct_config__.tag): kind for kind in Any_.__args__  # type: ignore[attr-defined]  # typing's own attribute
}  # fmt: skip
_AT = re.compile(r" - at `\$\.?([^`]*)`$")


class Fault(NamedTuple):
    """What is wrong with an entry: its name (or its place in the file), the key, and a sentence."""

    name: str
    field: str
    reason: str


class FeedsFile(NamedTuple):
    """What the file declares: sources in its order, and the faults of those it cannot use.

    `version`: what changes when the file does, as it was before it was read. No part of the file: `archive`, where the
    log's past is, for feeds that hand it on; `city`, whose pack it is.
    """

    folder: Path
    sources: list[Source]
    faults: list[Fault]
    archive: Path = Path("archive")
    city: str = ""
    version: tuple[int, int] = (0, 0)

    def of(self, *kinds: type[Source]) -> list[Any]:
        """The enabled sources of some kinds."""
        return [source for source in self.sources if isinstance(source, kinds) and source.enabled]

    def path(self, name: str) -> Path:
        """A path that an entry names."""
        return self.folder / name


def version_of(path: Path) -> tuple[int, int]:
    """What changes when the file does."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def read(path: Path) -> FeedsFile:
    """The file at `path`; one that is not there declares nothing, one that is no YAML has one fault."""
    version = version_of(path)  # before it is read: what comes later is another
    return _read(path)._replace(version=version)


def reread(path: Path, before: FeedsFile) -> FeedsFile:
    """As `read`; but while the file cannot be read as a whole (somebody is editing it, say), what was declared
    `before`, with the fault beside it: a slip ends nobody's feed."""
    file = read(path)
    if not any(fault.name == NAMELESS for fault in file.faults):
        return file
    return before._replace(
        faults=[*(fault for fault in before.faults if fault.name != NAMELESS), *file.faults], version=file.version
    )


def _read(path: Path) -> FeedsFile:
    try:
        raw: object = msgspec.yaml.decode(path.read_bytes())
    except FileNotFoundError:
        return FeedsFile(path.parent, [], [])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return FeedsFile(path.parent, [], [Fault(NAMELESS, "", f"{path} cannot be read: {error}")])
    entries = raw.get("feeds") if isinstance(raw, dict) else None
    if not isinstance(entries, list):
        return FeedsFile(path.parent, [], [Fault(NAMELESS, "feeds", f"{path} must have a list called feeds")])
    return FeedsFile(path.parent, *_entries(entries))


def _entries(entries: Sequence[object]) -> tuple[list[Source], list[Fault]]:
    sources: list[Source] = []
    faults: list[Fault] = []
    for at, raw in enumerate(entries):
        found = _entry(raw, at)
        if isinstance(found, Source) and any(found.name == other.name for other in sources):
            found = Fault(found.name, "name", "is the name of an entry before it; each needs one of its own")
        (faults if isinstance(found, Fault) else sources).append(found)  # type: ignore[arg-type]  # each to its own list
    return sources, faults


def _entry(raw: object, at: int) -> Source | Fault:
    if not isinstance(raw, dict):
        return Fault(f"{NAMELESS}{at}", "", "must have keys and values")
    name = str(raw.get("name") or f"{NAMELESS}{at}")
    kind = KINDS.get(str(raw.get("kind")))
    if kind is None:
        return Fault(name, "kind", f"{raw.get('kind')!r} is none of {', '.join(KINDS)}")
    if issubclass(kind, Placed) and "crs" not in raw:
        return Fault(
            name, "crs", "is missing: say whether its places are wgs84, cgcs2000, gcj02 or bd09; it is not guessed"
        )
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        message = str(error)
        found = _AT.search(message)
        return Fault(name, found[1] if found else "", message[: found.start()] if found else message)
