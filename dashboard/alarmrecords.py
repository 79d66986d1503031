"""The records of alarms: what devices say, and what people do about it.

Part of the vocabulary, kept beside `model` for its size. What a record makes of an alarm is in `alarmstates`.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from dashboard.terms import Crs, Id, Lat, Lon, SeverityName, Text, When


class AlarmRaised(Struct):
    """`alarm.raised`: a device asks for attention."""

    alarm_id: Id
    device_id: Id
    kind: Id
    severity: SeverityName
    lat: Lat
    lon: Lon
    event_id: str = ""
    crs: Crs = "wgs84"
    area_id: str = ""


class AlarmCleared(Struct):
    """`alarm.cleared`: the device says it is over."""

    alarm_id: Id


class AlarmAcked(Struct):
    """`alarm.acked`: somebody took note."""

    alarm_id: Id
    by: Id


class AlarmShelved(Struct):
    """`alarm.shelved`: set aside until an instant, for a reason."""

    alarm_id: Id
    by: Id
    until: When
    reason: Text


class AlarmUnshelved(Struct):
    """`alarm.unshelved`: taken off the shelf before its time."""

    alarm_id: Id
    by: Id


class AlarmServiced(Struct):
    """`alarm.serviced`: a device is taken out of service or put back; meanwhile nothing it says calls anybody."""

    device_id: Id
    by: Id
    state: Literal["out", "in"]
    reason: Text = ""


class AlarmLinked(Struct):
    """`alarm.linked`: an event deals with the alarm; a later one replaces it."""

    alarm_id: Id
    event_id: Id
    by: Id
