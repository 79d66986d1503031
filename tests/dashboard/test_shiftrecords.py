"""What a handover may say."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from dashboard.model import ShiftHanded, ShiftTaken
from dashboard.shiftrecords import MOST_ITEMS

ITEM = {"kind": "overdue", "id": "e1", "title": "井盖缺失"}
HANDED: dict[str, Any] = {"handover_id": "h1", "shift": "2026-03-12 白班", "start": 0, "end": 1, "by": "王敏"}


def test_a_sheet_may_be_empty_and_its_lines_bare() -> None:
    sheet = msgspec.convert(HANDED | {"items": [ITEM]}, ShiftHanded)
    assert (sheet.notes, sheet.counts, sheet.items[0].say, sheet.items[0].place) == ("", {}, "", "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": ""}, {"shift": ""}, {"items": [ITEM | {"kind": "else"}]}, {"items": [ITEM | {"id": ""}]},
        {"items": [ITEM] * (MOST_ITEMS + 1)}, {"counts": {"open": "many"}}, {"notes": "长" * 4001},
    ],
)  # fmt: skip
def test_what_is_no_sheet(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(HANDED | wrong, ShiftHanded)


def test_a_takeover_is_signed() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"handover_id": "h1", "by": ""}, ShiftTaken)
