"""The fold of pins: four to a wall, the first free slot, the same digest after a restart, what browsers are told."""

from __future__ import annotations

import msgspec
import pytest

from dashboard.codec import Malformed
from dashboard.model import MOST_PINS, WallPinned, WallUnpinned
from dashboard.picture import PictureState
from dashboard.pins import WALLS, PinData, Pins
from tests.support import T0, entry, small_picture


def pinned(query: str = "panel=trend", wall: str = "main", slot: int | None = None) -> WallPinned:
    return WallPinned(wall, query, "每日上报", "研判", slot)


def told(*records: PinData) -> Pins:
    pins = Pins()
    for n, data in enumerate(records):
        pins.fold(data, T0 + n)
    return pins


def test_a_chart_hangs_in_the_first_free_slot() -> None:
    pins = told(pinned("a"), pinned("b"), WallUnpinned("main", 0, "研判"), pinned("c"), pinned("d", wall="hall"))
    assert [(pin.slot, pin.query, pin.at) for pin in pins.of("main")] == [(0, "c", T0 + 3), (1, "b", T0 + 1)]
    assert [pin.query for pin in pins.of("hall")] == ["d"]
    assert pins.of("elsewhere") == []
    assert [pin.query for pin in told(pinned("a"), pinned("b", slot=0)).of("main")] == ["b"], "a slot named is replaced"


FULL = tuple(pinned(str(n)) for n in range(MOST_PINS))


@pytest.mark.parametrize(
    ("data", "field"), [(pinned("one more"), "data.wall"), (WallUnpinned("hall", 0, "研判"), "data.slot")]
)
def test_what_is_refused_changes_nothing(data: PinData, field: str) -> None:
    pins = told(*FULL)
    before = pins.total_digest, pins.export()
    with pytest.raises(Malformed) as caught:
        pins.fold(data, T0)
    assert caught.value.field == field
    assert (pins.total_digest, pins.export()) == before


def test_not_every_name_is_a_wall() -> None:
    pins = told(*(pinned(wall=f"w{n}") for n in range(WALLS)))
    with pytest.raises(Malformed, match="walls"):
        pins.fold(pinned(wall="one more"), T0)
    pins.fold(pinned(wall="w0"), T0)


def test_the_digest_is_that_of_what_hangs() -> None:
    assert told(pinned("a"), WallUnpinned("main", 0, "研判")).total_digest == 0
    pins, copy = told(*FULL), Pins()
    copy.restore(pins.export())
    assert (copy.total_digest, copy.wire()) == (pins.total_digest, pins.wire())
    assert pins.wire() is pins.wire(), "the same until something changes"


def test_the_picture_holds_them_and_a_snapshot_brings_them_back() -> None:
    picture, fresh = small_picture(), small_picture()
    empty = picture.state_hash
    picture.apply(entry("wall.pinned", msgspec.to_builtins(pinned())))
    assert picture.state_hash != empty
    assert picture.wire()["pins"] == picture.pins.export()
    fresh.restore(msgspec.msgpack.decode(msgspec.msgpack.encode(picture.export()), type=PictureState))
    assert (fresh.state_hash, fresh.pins.export()) == (picture.state_hash, picture.pins.export())
