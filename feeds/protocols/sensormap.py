"""What somebody's MQTT messages mean: the format of the YAML map from topics and payloads to alarms.

The structs below *are* the format; `maps/zigbee2mqtt.yaml` and `maps/frigate.yaml` beside this file are commented
examples. This module judges one message by itself; what was said before is remembered by `sensors`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from dashboard.codec import Malformed
from dashboard.model import Crs, Id, Lat, Lon, SeverityName

SHIPPED: Final = Path(__file__).parent / "maps"
MISSING: Final = object()
Scalar = bool | int | float | str | None
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}\Z")]
_AT = re.compile(r" - at `\$\.?([^`]*)`$")
_PART = re.compile(r"\{([^{}]+)\}")
_NUMBER = re.compile(r"[+-]?[0-9.]{1,40}(?:[eE][+-]?[0-9]{1,3})?")


class Test(Struct, frozen=True, forbid_unknown_fields=True, rename={"not_": "not"}):
    """What a value must be, where naming it is not enough; all that is said must hold. Numbers may come as text.

    `not`: there, and something else. `has`, `lacks`: a list that holds one of these, or none of them (or is not there).
    """

    not_: tuple[Scalar, ...] | Scalar | UnsetType = UNSET
    above: float | UnsetType = UNSET
    below: float | UnsetType = UNSET
    has: tuple[Scalar, ...] | Scalar | UnsetType = UNSET
    lacks: tuple[Scalar, ...] | Scalar | UnsetType = UNSET
    present: bool | UnsetType = UNSET

    def holds(self, value: object) -> bool:
        """Whether `value` (MISSING where the payload has none) is as said."""
        listed = value if isinstance(value, list) else []
        checks = (
            self.present is UNSET or self.present == (value is not MISSING),
            self.not_ is UNSET or (value is not MISSING and not _among(value, self.not_)),
            self.above is UNSET or number(value) > self.above,
            self.below is UNSET or number(value) < self.below,
            self.has is UNSET or any(_among(one, self.has) for one in listed),
            self.lacks is UNSET or not any(_among(one, self.lacks) for one in listed),
        )
        return all(checks)


Case = dict[str, Test | tuple[Scalar, ...] | Scalar]
"""Path in the payload (`after.current_zones`; `$`: all of it) → the value, one of several, or a test; all must hold."""
Cases = tuple[Case, ...] | Case
"""One case, or several of which one must hold."""


class Site(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a device stands, in degrees of a datum; without one, of the map's."""

    lat: Lat
    lon: Lon
    name: Annotated[str, Meta(max_length=200)] = ""
    crs: Crs | None = None


class Rule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"raise_": "raise"}):
    """One kind of alarm. A message raises it, clears it, or does neither; what clears does not raise.

    `topic`: an MQTT filter, in which `{name}` is a level with a name. `device`, `event`: texts in which `{name}` stands
    for such a level or a path in the payload; `event` tells apart what one device reports at once (a camera's objects).
    `clear_after_s`: so long after the last message that raised it. `lat`, `lon`: paths, where the payload says where.
    """

    name: Name
    topic: Annotated[str, Meta(min_length=1, max_length=500)]
    device: Annotated[str, Meta(min_length=1)]
    kind: Id
    severity: SeverityName
    raise_: Cases
    clear: Cases = ()
    clear_after_s: Annotated[int, Meta(ge=1)] | None = None
    event: str = ""
    payload: Literal["json", "text"] = "json"
    lat: str = ""
    lon: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError for an alarm that would stand for ever, an empty case, or a topic that is none."""
        if not self.clear and self.clear_after_s is None:
            raise ValueError(f"rule {self.name} needs clear or clear_after_s: its alarms would stand for ever")
        if not all(_cases(self.raise_)) or not self.raise_ or not all(_cases(self.clear)):
            raise ValueError(f"rule {self.name}: a case without any condition would hold for every message")
        pattern(self.topic)


class SensorMap(Struct, frozen=True, forbid_unknown_fields=True):
    """A map: rules, and the places of the devices as far as they are not listed elsewhere."""

    name: Name
    rules: Annotated[tuple[Rule, ...], Meta(min_length=1)]
    crs: Crs | None = None
    devices: dict[str, Site] = {}

    def __post_init__(self) -> None:
        """Raises ValueError for a name used twice, and for a place in a datum that nobody has declared."""
        names = [rule.name for rule in self.rules]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"rules: {', '.join(sorted(twice))} is there twice")
        if unsaid := [name for name, site in self.devices.items() if not (site.crs or self.crs)]:
            raise ValueError(f"devices.{unsaid[0]}.crs: say in which datum it is (wgs84, gcj02, bd09 or cgcs2000)")

    @property
    def filters(self) -> tuple[str, ...]:
        """What to subscribe to."""
        return tuple(dict.fromkeys(_PART.sub("+", rule.topic) for rule in self.rules))


def load(where: str | Path) -> SensorMap:
    """A map from a YAML file, or a shipped one by its bare name (`zigbee2mqtt`, `frigate`).

    Raises:
        Malformed: naming the key that is wrong or missing. OSError: a file that cannot be read.
    """
    shipped = SHIPPED / f"{where}.yaml"
    return loads((shipped if shipped.is_file() else Path(where)).read_bytes())


def loads(raw: bytes) -> SensorMap:
    """A map from YAML. Raises Malformed, naming the key that is wrong or missing."""
    try:
        return msgspec.yaml.decode(raw, type=SensorMap)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        at = _AT.search(str(error))
        raise Malformed(at[1] if at else "map", "", str(error)[: at.start() if at else None]) from None


def pattern(topic: str) -> re.Pattern[str]:
    """What matches the topics of a filter, with a group for every named level. Raises ValueError for no filter."""
    *levels, last = topic.split("/")
    made = [_level(level, topic) for level in levels]
    deep = last == "#"
    return re.compile(
        "/".join(made if deep else [*made, _level(last, topic)]) + ("(?:/.*)?" if deep and made else ".*" * deep)
    )


def _level(level: str, topic: str) -> str:
    named = _PART.fullmatch(level)
    if named and named[1].isidentifier():
        return f"(?P<{named[1]}>[^/]+)"
    if level == "+":
        return "[^/]*"
    if any(c in level for c in "+#{}"):
        raise ValueError(f"topic {topic}: {level} is no level; a wildcard or {{name}} stands alone, # at the end")
    return re.escape(level)


def holds(cases: Cases, payload: object) -> bool:
    """Whether one of the cases holds for a payload."""
    return any(all(_fits(at(payload, path), wanted) for path, wanted in case.items()) for case in _cases(cases))


def at(payload: object, path: str) -> object:
    """The value at a path of a decoded payload; MISSING if there is none."""
    for key in [] if path == "$" else path.split("."):
        if isinstance(payload, list) and key.isdecimal() and len(key) < 6 and int(key) < len(payload):
            payload = payload[int(key)]
        else:
            payload = payload.get(key, MISSING) if isinstance(payload, dict) else MISSING
    return payload


def filled(template: str, levels: Mapping[str, str], payload: object) -> str:
    """A text with its parts filled in from topic and payload; empty where one of them is not there."""
    parts = {name: levels[name] if name in levels else at(payload, name) for name in _PART.findall(template)}
    if any(isinstance(value, bool) or not isinstance(value, str | int | float) for value in parts.values()):
        return ""
    return _PART.sub(lambda found: str(parts[found[1]]), template)


def number(value: object) -> float:
    """A number, which may come as text; NaN, which no comparison holds for, where it is none."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()) is None:
        return math.nan
    try:
        return math.nan if isinstance(value, bool) or not isinstance(value, str | int | float) else float(value)
    except (ValueError, OverflowError):
        return math.nan


def _cases(cases: Cases) -> tuple[Case, ...]:
    return (cases,) if isinstance(cases, dict) else cases


def _fits(value: object, wanted: Any) -> bool:
    return wanted.holds(value) if isinstance(wanted, Test) else _among(value, wanted)


def _among(value: object, wanted: Any) -> bool:
    """Whether a value is one of those wanted; true is not 1."""
    known = wanted if isinstance(wanted, tuple) else (wanted,)
    return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in known)
