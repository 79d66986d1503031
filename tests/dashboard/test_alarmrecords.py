"""The records of alarms say what they may hold; what they do to an alarm is tested with `alarmstates`."""

from __future__ import annotations

import msgspec
import pytest

from dashboard.alarmrecords import AlarmServiced


def test_a_device_is_out_of_service_or_in() -> None:
    serviced = {"device_id": "d", "by": "u", "state": "out"}
    assert msgspec.convert(serviced, AlarmServiced).reason == ""
    with pytest.raises(msgspec.ValidationError, match="state"):
        msgspec.convert(serviced | {"state": "away"}, AlarmServiced)
