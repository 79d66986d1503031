"""OsmAnd: what OsmAnd, Traccar Client and others put into a query, a form or a JSON body. Builds no answers.

https://www.traccar.org/osmand/ for the parameters; the JSON is what Transistor's background geolocation sends.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from dashboard.codec import Malformed
from feeds.protocols.device import DeviceFix, DeviceSaid, Sighting
from feeds.protocols.fields import (
    CITY_OFFSET_MIN,
    KNOT_MPS,
    heading,
    instant,
    is_place,
    mapping,
    name,
    number,
    objects,
    percent,
    required,
    speed,
    told,
    within,
)

_MAX_PARAMETERS = 200
_TOLD = ("alarm", "event", "activity", "ignition", "motion", "charge", "driverUniqueId", "cell", "wifi", "hdop", "mock")


def from_query(
    text: str, now_ms: int, unit_mps: float = KNOT_MPS, offset_min: int = CITY_OFFSET_MIN
) -> tuple[Sighting, ...]:
    """What an urlencoded query or form says; one without a time says it of now.

    `unit_mps` is the unit of speed: knots by convention; OsmAnd itself can be told to send m/s. `offset_min` is the
    zone of a time that names none.

    Raises:
        Malformed: no device, or a place or time that cannot be read.
    """
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=_MAX_PARAMETERS)
    except ValueError as error:
        raise Malformed("query", text[:200], f"cannot be read: {error}") from None
    values = dict(reversed(pairs))  # the first of several counts
    device = name("id", values.get("id") or values.get("deviceid"))
    when = values.get("timestamp") or values.get("time")
    at_ms = instant("timestamp", when, offset_min) if when else now_ms
    battery = percent(number("batt", values.get("batt")))
    sos, rest = _is_sos(values.get("alarm")), told(values, _TOLD)
    lat, lon = _place(values)
    if lat is None or lon is None or not is_place(lat, lon):
        return (DeviceSaid(device, "attributes", at_ms, battery, sos, rest),)
    fix = DeviceFix(
        device=device,
        fix_ms=at_ms,
        lat=lat,
        lon=lon,
        accuracy_m=within(number("accuracy", values.get("accuracy") or values.get("hacc")), 0, 1e7),
        speed_mps=speed(number("speed", values.get("speed")), unit_mps),
        heading=heading(number("bearing", values.get("bearing") or values.get("heading"))),
        battery=battery,
        sos=sos,
        located=values.get("valid", "true").lower() in ("true", "1", ""),
        values=rest,
    )
    return (fix,)


def _place(values: dict[str, str]) -> tuple[float | None, float | None]:
    lat, lon = values.get("lat"), values.get("lon")
    if "location" in values and lat is None:
        lat, _, lon = values["location"].partition(",")
    if not lat and not lon:
        return None, None
    return required("lat", lat), required("lon", lon)


def from_json(body: bytes, now_ms: int, offset_min: int = CITY_OFFSET_MIN) -> tuple[Sighting, ...]:
    """What a JSON body says: one message or a list of them, each with one location or a list of them.

    Raises:
        Malformed: no JSON object, no device, or a place or time that cannot be read; nothing of the body counts then.
    """
    found: list[Sighting] = []
    for root in objects(body):
        device = name("device_id", root.get("device_id") or root.get("deviceId") or root.get("id"))
        places = root.get("location")
        for item in places if isinstance(places, list) else [places]:
            found.append(_location(device, mapping("location", item), now_ms, offset_min))
    return tuple(found)


def _location(device: str, item: dict[str, object], now_ms: int, offset_min: int) -> Sighting:
    when = item.get("timestamp")
    at_ms = now_ms if when is None or when == "" else instant("location.timestamp", when, offset_min)
    level = within(number("battery.level", mapping("battery", item.get("battery") or {}).get("level")), 0, 1)
    battery = None if level is None else percent(level * 100)
    extras = item.get("extras")
    rest = told({**(extras if isinstance(extras, dict) else {}), **item}, _TOLD)
    sos = _is_sos(rest.get("alarm"))
    if item.get("coords") is None:
        return DeviceSaid(device, rest.get("event", "attributes"), at_ms, battery, sos, rest)
    coords = mapping("coords", item["coords"])
    lat, lon = required("latitude", coords.get("latitude")), required("longitude", coords.get("longitude"))
    if not is_place(lat, lon):
        return DeviceSaid(device, rest.get("event", "attributes"), at_ms, battery, sos, rest)
    return DeviceFix(
        device=device,
        fix_ms=at_ms,
        lat=lat,
        lon=lon,
        accuracy_m=within(number("accuracy", coords.get("accuracy")), 0, 1e7),
        speed_mps=speed(number("speed", coords.get("speed")), 1),
        heading=heading(number("heading", coords.get("heading"))),
        battery=battery,
        sos=sos,
        values=rest,
    )


def _is_sos(alarm: str | None) -> bool:
    return alarm is not None and alarm.strip().lower() == "sos"
