"""Commands at shift change: what each comes to, that the fold takes it, and every refusal."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from dashboard.picture import Picture
from feeds.operator import parse
from feeds.orders import Order, Planned, Refused
from feeds.shiftorders import SHIFT_COMMANDS
from tests.support import T0, entry, small_picture

NOW = T0 + 60_000
SHEET: dict[str, Any] = {
    "shift": "2026-03-12 白班", "start": T0 - 1000, "end": T0 + 1000, "notes": "注意东区积水", "counts": {"open": 3},
    "items": [{"kind": "overdue", "id": "e1", "title": "井盖缺失", "place": "东区", "say": "超期 2 时"}],
}  # fmt: skip


def planned(picture: Picture, command: str, **said: Any) -> Planned:
    kind, plan = SHIFT_COMMANDS[command]
    order: Order = msgspec.convert({"command": command, **said}, kind)
    return plan(order, picture, NOW, None)  # type: ignore[arg-type]  # neither command asks the judge


def done(picture: Picture, command: str, **said: Any) -> None:
    """Carry a command out."""
    for kind, data in planned(picture, command, **said):
        picture.apply(entry(kind, msgspec.to_builtins(data), at=NOW, n=picture.applied))


def scene() -> Picture:
    """One sheet handed over by 王敏, another taken over by 李刚."""
    picture = small_picture()
    done(picture, "handover", by="王敏", id="h1", **SHEET)
    done(picture, "handover", by="王敏", id="h2", **SHEET)
    done(picture, "takeover", by="李刚", handover_id="h2", notes="已核对")
    return picture


def test_a_shift_is_handed_over_as_the_sheet_says_and_taken_over() -> None:
    picture = scene()
    first, second = picture.handovers
    said = msgspec.to_builtins(first.handed)
    assert {key: said[key] for key in SHEET} == SHEET
    assert (first.handed.by, first.handed_ms, first.taken) == ("王敏", NOW, None)
    assert second.taken is not None
    assert (second.taken.by, second.taken.notes) == ("李刚", "已核对")


def test_a_sheet_without_an_id_of_its_own_is_given_one() -> None:
    picture = small_picture()
    done(picture, "handover", by="王敏", **SHEET)
    assert [one.handed.handover_id for one in picture.handovers] == [f"{T0 - 1000}-{NOW}"]


REFUSED = [
    ("handover", SHEET, 400, "by", "unsigned"),
    ("handover", SHEET | {"by": "  "}, 400, "by", "unsigned"),
    ("handover", SHEET | {"by": "王敏", "start": NOW + 1, "end": NOW + 2}, 400, "start", "early"),
    ("handover", SHEET | {"by": "王敏", "end": T0 - 1000}, 400, "end", "malformed"),
    ("handover", SHEET | {"by": "王敏", "id": "h1"}, 409, "id", "handed"),
    ("takeover", {"handover_id": "h1"}, 400, "by", "unsigned"),
    ("takeover", {"by": "李刚", "handover_id": "h9"}, 404, "handover_id", "unknown_handover"),
    ("takeover", {"by": "赵云", "handover_id": "h2"}, 409, "handover_id", "taken"),
    ("takeover", {"by": "王敏 ", "handover_id": "h1"}, 409, "by", "same"),
]


@pytest.mark.parametrize(("command", "said", "status", "field", "key"), REFUSED)
def test_refusals(command: str, said: dict[str, Any], status: int, field: str, key: str) -> None:
    with pytest.raises(Refused) as caught:
        planned(scene(), command, **said)
    assert (caught.value.status, caught.value.field, caught.value.key) == (status, field, key)
    assert caught.value.reason


def test_the_operator_knows_both_and_whom_they_may_get_in_the_way_of() -> None:
    over = parse(msgspec.json.encode(SHEET | {"command": "handover", "by": "王敏", "id": "h1"}))
    take = parse(msgspec.json.encode({"command": "takeover", "by": "李刚", "handover_id": "h1"}))
    assert (over.STREAM, over.subject) == ("wall:control", f"handover:h1:{T0 - 1000}")
    assert (take.STREAM, take.subject, take.FIELD) == ("wall:control", "h1", "handover_id")
