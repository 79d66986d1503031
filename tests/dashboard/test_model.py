"""The vocabulary: types, streams and numbers that the wire and the browsers rely on."""

from __future__ import annotations

from typing import Any

import msgspec

from dashboard.model import MAIN_STEPS, STREAMS, TYPES, Duty, Role, Severity, Step
from dashboard.record import Entry


def test_every_type_of_the_contract_has_its_stream() -> None:
    contract = {
        "wall:events": {
            "event.reported", "event.step", "event.rated",
            "event.undone", "event.whistle", "event.checkin", "event.comment",
            "event.routed", "event.escalated", "events.imported",
        },
        "wall:workers": {"worker.profile", "worker.profiles", "worker.duty", "worker.duties"},
        "wall:positions": {"worker.fix", "worker.fixes"},
        "wall:alarms": {
            "alarm.raised", "alarm.cleared", "alarm.acked", "alarm.shelved",
            "alarm.unshelved", "alarm.serviced", "alarm.linked",
        },
        "wall:readings": {"reading"},
        "wall:control": {
            "wall.scene", "wall.focus", "wall.tape", "area.put", "area.removed",
            "shift.handed", "shift.taken", "wall.pinned", "wall.unpinned",
        },
    }  # fmt: skip
    assert {stream: {t for t in TYPES if TYPES[t][1] == stream} for stream in STREAMS} == contract


def test_wire_numbers_do_not_move() -> None:
    assert [int(s) for s in (Severity.normal, Severity.serious, Severity.major, Severity.urgent)] == [1, 2, 3, 4]
    assert [duty.name for duty in Duty] == [
        "unknown", "available", "dispatched", "en_route", "on_scene", "off_duty", "out_of_service",
    ]  # fmt: skip
    assert [role.name for role in Role] == [
        "unknown", "full_time", "part_time", "grid_head", "volunteer", "liaison", "supervisor",
    ]  # fmt: skip
    assert (max(Duty), max(Role)) == (6, 6)  # three bits each in a frame's flag


def test_the_eight_steps_in_order() -> None:
    assert " ".join(MAIN_STEPS) == "reported accepted assigned handling tracked supervised feedback evaluated"
    moves = ["extended", "returned", "merged", "cancelled", "paused", "resumed"]
    assert [str(s) for s in Step if s not in MAIN_STEPS] == moves


def test_an_entry_id_tells_when_the_log_took_it() -> None:
    assert Entry("wall:events", "1773297128123-7", {}).appended_ms == 1_773_297_128_123


def unbounded(schema: Any, path: str = "") -> list[str]:
    """Where a schema takes an integer of any size."""
    if isinstance(schema, list):
        return [found for part in schema for found in unbounded(part, path)]
    if not isinstance(schema, dict):
        return []
    here = [path] * (schema.get("type") == "integer" and not {"maximum", "exclusiveMaximum"} & schema.keys())
    return here + [found for key, part in schema.items() for found in unbounded(part, f"{path}.{key}")]


def test_no_number_is_too_large_to_be_packed_again() -> None:
    """One that is would be accepted, and then stop everybody who folds it."""
    _, schemas = msgspec.json.schema_components([data for data, _ in TYPES.values()])
    assert unbounded(schemas) == []
