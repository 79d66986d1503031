"""OwnTracks: the JSON that its apps publish over MQTT or POST over HTTP. Builds no answers and knows no broker.

https://owntracks.org/booklet/tech/json/. What only configures an app is tolerated and never repeated: it has secrets.
"""

from __future__ import annotations

from feeds.protocols.device import DeviceFix, DeviceSaid, Sighting
from feeds.protocols.fields import (
    KMH_MPS,
    heading,
    instant,
    is_place,
    name,
    number,
    objects,
    percent,
    required,
    speed,
    told,
    within,
)

_TOLD = ("event", "desc", "name", "steps", "distance", "floorsup", "floorsdown", "action", "t", "conn", "rad", "prox")


def decode(payload: bytes, topic: str = "", user: str = "", device: str = "") -> tuple[Sighting, ...]:
    """What a payload says: nothing for an empty one, which in MQTT only clears what was retained.

    The device is `user/device` of the MQTT `topic` or of the topic in the payload, else of what HTTP says beside it
    (X-Limit-U and X-Limit-D, or `u` and `d` of the query), else the tracker id of two letters.

    Raises:
        Malformed: no JSON object, or one whose fields cannot be read; nothing of the payload counts then.
    """
    if not payload.strip():
        return ()
    return tuple(_message(item, topic, user, device) for item in objects(payload))


def _message(item: dict[str, object], topic: str, user: str, device: str) -> Sighting:
    kind = name("_type", item.get("_type"))
    who = _who(item, topic, user, device)
    placed = kind == "location" or (kind == "transition" and item.get("lat") is not None)  # a beacon's has none
    return _placed(kind, who, item) if placed else _said(kind, who, item)


def _who(item: dict[str, object], topic: str, user: str, device: str) -> str:
    own = item.get("topic")
    levels = (topic or (own if isinstance(own, str) else "")).split("/")
    start = levels.index("owntracks") if "owntracks" in levels else 0
    parts = [part for part in levels[start + 1 : start + 3] if part]
    if len(parts) < 2:
        parts = [part for part in (user, device) if part]
    return name("device", "/".join(parts) or item.get("tid"))


def _placed(kind: str, who: str, item: dict[str, object]) -> Sighting:
    lat, lon = required("lat", item.get("lat")), required("lon", item.get("lon"))
    fix_ms = instant("tst", item.get("tst"))
    battery = percent(number("batt", item.get("batt")))
    if not is_place(lat, lon):
        return DeviceSaid(who, kind, at_ms=fix_ms, battery=battery, values=told(item, _TOLD))
    return DeviceFix(
        device=who,
        fix_ms=fix_ms,
        lat=lat,
        lon=lon,
        accuracy_m=within(number("acc", item.get("acc")), 0, 1e7),
        speed_mps=speed(number("vel", item.get("vel")), KMH_MPS),
        heading=heading(number("cog", item.get("cog"))),
        battery=battery,
        located=kind != "location" or item.get("t") not in ("l", "L"),  # Greenwich: last known before it lost the fix
        values=told(item, _TOLD),
    )


def _said(kind: str, who: str, item: dict[str, object]) -> DeviceSaid:
    # the time of a will is when the app connected, that of a waypoint when it was drawn: neither is now
    timed = item.get("tst") is not None and kind not in ("lwt", "waypoint")
    at_ms = instant("tst", item["tst"]) if timed else None
    return DeviceSaid(
        who, kind, at_ms=at_ms, battery=percent(number("batt", item.get("batt"))), values=told(item, _TOLD)
    )
