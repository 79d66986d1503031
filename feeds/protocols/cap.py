"""Public warnings in the Common Alerting Protocol 1.2 (OASIS): XML in, a typed alert out.

Holds an alert to what the standard's schema demands of the elements that are read. What becomes of an alert on the map
is in `capareas`; whether its sender may be believed, this module does not know.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboard.codec import Malformed, instant
from feeds.protocols.xmltext import children, parse, text

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
STATUSES: Final = ("Actual", "Exercise", "System", "Test", "Draft")
MESSAGES: Final = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES: Final = ("Public", "Restricted", "Private")
CATEGORIES: Final = (
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other",
)  # fmt: skip
RESPONSES: Final = (
    "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None",
)  # fmt: skip
URGENCIES: Final = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES: Final = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES: Final = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
MAX_PLACES: Final = 10_000
"""Places in one outline; more is no outline anybody drew."""
MAX_SHAPES: Final = 200
Place = tuple[float, float]
"""Latitude and longitude, WGS-84 degrees: CAP knows no other datum."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier alert that this one is about."""

    sender: str
    identifier: str
    sent_ms: int


@dataclass(frozen=True, slots=True)
class Area:
    """Where: outlines, circles (middle, km) and codes (whose, which); or none of them, but always in words."""

    description: str
    polygons: tuple[tuple[Place, ...], ...] = ()
    circles: tuple[tuple[Place, float], ...] = ()
    geocodes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Info:
    """What is said, in one language."""

    language: str
    categories: tuple[str, ...]
    event: str
    urgency: str
    severity: str
    certainty: str
    responses: tuple[str, ...] = ()
    effective_ms: int | None = None
    onset_ms: int | None = None
    expires_ms: int | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """One message. `references` name what an update replaces and a cancellation ends."""

    identifier: str
    sender: str
    sent_ms: int
    status: str
    message: str
    scope: str
    references: tuple[Reference, ...] = ()
    note: str = ""
    infos: tuple[Info, ...] = ()

    def said(self, languages: Sequence[str] = ("zh", "en")) -> tuple[Info, ...]:
        """What is said in the first of `languages` there is, else in the language that comes first."""
        spoken = [info.language.lower().partition("-")[0] for info in self.infos]
        chosen = next((language for language in languages if language in spoken), spoken[0] if spoken else "")
        return tuple(info for info, language in zip(self.infos, spoken, strict=True) if language == chosen)


def decode(raw: bytes) -> Alert:
    """The alert in an XML document.

    Raises:
        Malformed: not XML or not safe to read, not CAP 1.2, or the first element that is missing or wrong.
    """
    root = parse(raw)
    if root.tag != f"{{{NAMESPACE}}}alert":
        raise Malformed("alert", str(root.tag), f"is not an alert of {NAMESPACE}")
    if sum(1 for _ in root.iter(f"{{{NAMESPACE}}}polygon", f"{{{NAMESPACE}}}circle")) > MAX_SHAPES:
        raise Malformed("area", "", f"has more than {MAX_SHAPES} outlines")
    return Alert(
        identifier=_name(root, "identifier"),
        sender=_name(root, "sender"),
        sent_ms=_required_time(root, "sent"),
        status=_one_of(root, "status", STATUSES),
        message=_one_of(root, "msgType", MESSAGES),
        scope=_one_of(root, "scope", SCOPES),
        references=_references(text(root, "references")),
        note=text(root, "note"),
        infos=tuple(_info(element) for element in children(root, "info")),
    )


def _info(element: Any) -> Info:
    return Info(
        language=text(element, "language") or "en-US",
        categories=_some_of(element, "category", CATEGORIES, least=1),
        event=_required(element, "event"),
        urgency=_one_of(element, "urgency", URGENCIES),
        severity=_one_of(element, "severity", SEVERITIES),
        certainty=_one_of(element, "certainty", CERTAINTIES),
        responses=_some_of(element, "responseType", RESPONSES),
        effective_ms=_time(element, "effective"),
        onset_ms=_time(element, "onset"),
        expires_ms=_time(element, "expires"),
        sender_name=text(element, "senderName"),
        headline=text(element, "headline"),
        description=text(element, "description"),
        instruction=text(element, "instruction"),
        web=text(element, "web"),
        areas=tuple(_area(area) for area in children(element, "area")),
    )


def _area(element: Any) -> Area:
    return Area(
        description=_required(element, "areaDesc"),
        polygons=tuple(_polygon("".join(child.itertext())) for child in children(element, "polygon")),
        circles=tuple(_circle("".join(child.itertext())) for child in children(element, "circle")),
        geocodes=tuple((_required(c, "valueName"), text(c, "value")) for c in children(element, "geocode")),
    )


def _required(element: Any, name: str) -> str:
    if next(children(element, name), None) is None:
        raise Malformed(name, "", "is missing")
    return text(element, name)


def _name(element: Any, name: str) -> str:
    """An identifier: the standard forbids what would break `references` apart."""
    value = _required(element, name)
    if not value or any(c.isspace() or c in ",<&" for c in value):
        raise Malformed(name, value, "must not be empty or contain spaces, commas, < or &")
    return value


def _known(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise Malformed(name, value, f"is none of {', '.join(known)}")
    return value


def _one_of(element: Any, name: str, known: tuple[str, ...]) -> str:
    return _known(name, _required(element, name), known)


def _some_of(element: Any, name: str, known: tuple[str, ...], least: int = 0) -> tuple[str, ...]:
    values = tuple(_known(name, "".join(child.itertext()).strip(), known) for child in children(element, name))
    if len(values) < least:
        raise Malformed(name, "", "is missing")
    return values


def _required_time(element: Any, name: str) -> int:
    return instant(name, _required(element, name))


def _time(element: Any, name: str) -> int | None:
    value = text(element, name)
    return instant(name, value) if value else None


def _references(value: str) -> tuple[Reference, ...]:
    found = []
    for reference in value.split():
        parts = reference.split(",")
        if len(parts) != 3 or not all(parts):
            raise Malformed("references", reference, "is not sender,identifier,sent")
        found.append(Reference(parts[0], parts[1], instant("references", parts[2])))
    return tuple(found)


def _numbers(field: str, value: str, pair: str) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in pair.split(","))
    except ValueError:
        numbers = ()
    if not numbers or not all(map(math.isfinite, numbers)):
        raise Malformed(field, value, f"{pair[:40]!r} is not a number or pair of numbers")
    return numbers


def _place(field: str, value: str, pair: str) -> Place:
    numbers = _numbers(field, value, pair)
    if len(numbers) != 2 or not (-90 <= numbers[0] <= 90 and -180 <= numbers[1] <= 180):
        raise Malformed(field, value, f"{pair[:40]!r} is not a latitude and a longitude in degrees")
    return numbers[0], numbers[1]


def _polygon(value: str) -> tuple[Place, ...]:
    """An outline, closed where its sender left it open."""
    pairs = value.split(maxsplit=MAX_PLACES)
    if len(pairs) > MAX_PLACES:
        raise Malformed("polygon", value, f"has more than {MAX_PLACES} places")
    places = [_place("polygon", value, pair) for pair in pairs]
    if places and places[0] != places[-1]:
        places.append(places[0])
    if len(places) < 4:
        raise Malformed("polygon", value, "needs three places at least")
    return tuple(places)


def _circle(value: str) -> tuple[Place, float]:
    parts = value.split()
    if len(parts) != 2:
        raise Malformed("circle", value, "is not a place and a radius in km")
    [radius, *more] = _numbers("circle", value, parts[1])
    if more or not 0 <= radius <= 20_040:
        raise Malformed("circle", value, "the radius is not a number of km from 0 to half the earth's girth")
    return _place("circle", value, parts[0]), radius
