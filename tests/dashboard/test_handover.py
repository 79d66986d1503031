"""The fold of handovers: signed once by each of two, the newest kept, the same digest after a restart."""

from __future__ import annotations

import msgspec
import pytest

from dashboard.codec import Malformed
from dashboard.handover import KEPT, Handovers, same_person
from dashboard.model import HandoverItem, ShiftHanded, ShiftTaken
from dashboard.picture import PictureState
from tests.support import T0, entry, small_picture


def handed(handover_id: str = "h1", by: str = "王敏", **more: str | int) -> ShiftHanded:
    sheet = ShiftHanded(
        handover_id, "2026-03-12 白班", T0, T0 + 1, by, items=[HandoverItem("urgent", "e1", "井盖缺失")]
    )
    return msgspec.structs.replace(sheet, **more)


def told(*records: ShiftHanded | ShiftTaken) -> Handovers:
    book = Handovers()
    for n, data in enumerate(records):
        book.fold(data, T0 + n)
    return book


def test_one_hands_over_and_another_takes_over() -> None:
    book = told(handed(start="2026-03-12T08:00:00+08:00"), ShiftTaken("h1", "李刚", "已核对"))
    found = book["h1"]
    assert (found.handed.start, found.handed_ms, found.taken_ms) == (T0 - (6 * 60 + 32) * 60_000 - 8000, T0, T0 + 1)
    assert found.taken == ShiftTaken("h1", "李刚", "已核对")
    assert "h2" not in book


REFUSED = [
    (handed(), "data.handover_id"),
    (handed("h2", start="noon"), "data.start"),
    (handed("h2", end=T0), "data.end"),
    (ShiftTaken("h9", "李刚"), "data.handover_id"),
    (ShiftTaken("h1", " 王敏 "), "data.by"),
]


@pytest.mark.parametrize(("data", "field"), REFUSED)
def test_what_is_refused_changes_nothing(data: ShiftHanded | ShiftTaken, field: str) -> None:
    book = told(handed())
    before = book.total_digest, book.export()
    with pytest.raises(Malformed) as caught:
        book.fold(data, T0 + 9)
    assert caught.value.field == field
    assert (book.total_digest, book.export()) == before


def test_it_is_taken_over_once() -> None:
    book = told(handed(), ShiftTaken("h1", "李刚"))
    with pytest.raises(Malformed, match="李刚 has taken it over"):
        book.fold(ShiftTaken("h1", "赵云"), T0 + 9)


def test_only_the_newest_are_kept_and_the_digest_is_theirs() -> None:
    book = told(*(handed(f"h{n}") for n in range(KEPT + 2)))
    assert [one.handed.handover_id for one in book] == [f"h{n}" for n in range(2, KEPT + 2)]
    again = Handovers()
    again.restore(book.export())
    assert (again.total_digest, again.export(), len(again)) == (book.total_digest, book.export(), KEPT)
    assert told(handed()).total_digest != told(handed(), ShiftTaken("h1", "李刚")).total_digest != 0


def test_the_picture_folds_vouches_for_and_restores_them() -> None:
    picture, again = small_picture(), small_picture()
    empty = picture.state_hash
    picture.apply(entry("shift.handed", msgspec.to_builtins(handed())))
    once = picture.state_hash
    picture.apply(entry("shift.taken", {"handover_id": "h1", "by": "李刚"}, n=1))
    assert len({empty, once, picture.state_hash}) == 3
    again.restore(msgspec.msgpack.decode(msgspec.msgpack.encode(picture.export()), type=PictureState))
    assert again.state_hash == picture.state_hash
    assert again.handovers.export() == picture.handovers.export()


def test_a_snapshot_from_before_there_were_any_restores_to_none() -> None:
    old = msgspec.to_builtins(small_picture().export())
    del old["handovers"]
    picture = small_picture()
    picture.restore(msgspec.convert(old, PictureState))
    assert (len(picture.handovers), picture.state_hash) == (0, small_picture().state_hash)


@pytest.mark.parametrize(
    ("one", "other", "same"), [("A01", " a01", True), ("王敏", "王 敏", False), ("甲", "乙", False)]
)
def test_two_signatures_of_one_name(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same
