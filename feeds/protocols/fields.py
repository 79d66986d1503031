"""Single values as devices write them: numbers, percentages, instants, places, names. Knows no protocol."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from dashboard import codec
from dashboard.codec import Malformed

KNOT_MPS = 1852 / 3600
KMH_MPS = 1 / 3.6
CITY_OFFSET_MIN = 480
"""A local time without a zone is Beijing's unless the caller knows better: China has one zone, its trackers keep it."""
_MAX_NAME, _MAX_TOLD, _MAX_OBJECTS, _MAX_SPEED_MPS = 128, 200, 1000, 350.0
_LAST_SECOND = 2**31 - 1
_EPOCH, _MILLISECOND = datetime(1970, 1, 1), timedelta(milliseconds=1)
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def objects(body: bytes) -> list[dict[str, object]]:
    """The JSON object in a body, or the objects of its list.

    Raises:
        Malformed: no JSON, anything else than objects, or more of them than one message can mean.
    """
    try:
        root: object = msgspec.json.decode(body)
    except _NOT_JSON as error:
        raise Malformed("payload", body[:200].decode("utf-8", "replace"), f"is not JSON: {error}") from None
    items = root if isinstance(root, list) else [root]
    if len(items) > _MAX_OBJECTS:
        raise Malformed("payload", str(len(items)), f"are more than {_MAX_OBJECTS} messages in one body")
    return [mapping("payload", item) for item in items]


def mapping(field: str, value: object) -> dict[str, object]:
    """A JSON object.

    Raises:
        Malformed: something else.
    """
    if not isinstance(value, dict):
        raise Malformed(field, str(value)[:200], "must be a JSON object")
    return value


def told(values: Mapping[str, object], keys: Iterable[str]) -> dict[str, str]:
    """Of `values` what a person may want to read, as text: scalars only, and not at any length."""
    found = {key: values[key] for key in keys if key in values}
    return {key: str(value)[:_MAX_TOLD] for key, value in found.items() if isinstance(value, str | int | float)}


def name(field: str, value: object) -> str:
    """A device's id: whole numbers count as text.

    Raises:
        Malformed: missing, too long, or with characters that cannot be printed.
    """
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not text or len(text) > _MAX_NAME or not text.isprintable():
        raise Malformed(field, text, f"must have 1 to {_MAX_NAME} printable characters")
    return text


def number(field: str, value: object) -> float | None:
    """A number, also as text; None for what is absent, empty or not finite.

    Raises:
        Malformed: something else than a number.
    """
    if value is None or value == "":
        return None
    try:
        if not isinstance(value, int | float | str) or isinstance(value, bool) or "_" in str(value):
            raise ValueError
        found = float(value)
    except OverflowError:
        return None
    except ValueError:
        raise Malformed(field, str(value)[:200], "is not a number") from None
    return found if math.isfinite(found) else None


def required(field: str, value: object) -> float:
    """A number that must be there.

    Raises:
        Malformed: it is not, or it is no number.
    """
    found = number(field, value)
    if found is None:
        raise Malformed(field, "" if value is None else str(value)[:200], "is missing")
    return found


def within(value: float | None, low: float, high: float) -> float | None:
    """`value` where it lies in the range; else None: devices write −1 or 65535 for what they do not know."""
    return value if value is not None and low <= value <= high else None


def speed(value: float | None, unit_mps: float) -> float | None:
    """Metres per second of a speed in some unit; None for what nothing on the ground does."""
    return within(None if value is None else value * unit_mps, 0, _MAX_SPEED_MPS)


def heading(value: float | None) -> float | None:
    """Degrees from north, 0 to less than 360; None where there is none."""
    known = within(value, 0, 360)
    return None if known is None else known % 360


def percent(value: float | None) -> int | None:
    """A battery's charge of 0 to 100 %; None for what cannot be one."""
    known = within(value, 0, 100)
    return None if known is None else round(known)


def instant(field: str, value: object, offset_min: int = CITY_OFFSET_MIN) -> int:
    """UTC milliseconds of Unix seconds, Unix milliseconds or a written date and time (without a zone: of `offset_min`).

    Raises:
        Malformed: none of these, or not in the years 1970 to 2200.
    """
    if isinstance(value, str) and "-" in value.strip()[1:]:
        return codec.instant(field, _written(field, value, offset_min))
    units = required(field, value)
    return codec.instant(field, round(units * 1000 if abs(units) < _LAST_SECOND else units))


def _written(field: str, value: str, offset_min: int) -> int:
    text = value.strip()
    date, space, zone = text.rpartition(" ")  # "+08:00" in a query that nobody encoded has become " 08:00"
    text = f"{date}+{zone}" if space and "T" in date and ":" in zone else text
    try:
        moment = datetime.fromisoformat(text)
        return local_ms(moment, offset_min) if moment.tzinfo is None else round(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Malformed(field, value, "is not a date and time") from None


def local_ms(moment: datetime, offset_min: int) -> int:
    """UTC milliseconds of a local time in the zone of `offset_min` minutes east of Greenwich."""
    return utc_ms(moment) - offset_min * 60_000


def utc_ms(moment: datetime) -> int:
    """UTC milliseconds of a time that is in UTC already."""
    return (moment - _EPOCH) // _MILLISECOND


def is_place(lat: float, lon: float) -> bool:
    """Whether these degrees are a place; 0, 0 is what devices write when they know none.

    Raises:
        Malformed: no such place on Earth.
    """
    if not -90 <= lat <= 90:
        raise Malformed("lat", str(lat), "must be -90 to 90")
    if not -180 <= lon <= 180:
        raise Malformed("lon", str(lon), "must be -180 to 180")
    return lat != 0 or lon != 0
