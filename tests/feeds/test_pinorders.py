"""Commands about pins: what each comes to, that the fold takes it, and every refusal."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from dashboard.model import MOST_PINS
from dashboard.picture import Picture
from dashboard.pins import WALLS
from feeds.operator import parse
from feeds.orders import Planned, Refused
from feeds.pinorders import PIN_COMMANDS
from tests.support import T0, entry, small_picture


def planned(picture: Picture, command: str, **said: Any) -> Planned:
    order = parse(msgspec.json.encode({"command": command, "by": "研判", **said}))
    return PIN_COMMANDS[command][1](order, picture, T0, None)  # type: ignore[arg-type]  # the judge is not asked


def done(picture: Picture, command: str, **said: Any) -> None:
    """Carry a command out."""
    for kind, data in planned(picture, command, **said):
        picture.apply(entry(kind, msgspec.to_builtins(data), n=picture.applied))


def full() -> Picture:
    """A wall with all the pins it may have."""
    picture = small_picture()
    for n in range(MOST_PINS):
        done(picture, "pin", query=f"panel=trend&n={n}", title="每日上报")
    return picture


def test_a_chart_is_pinned_and_taken_down() -> None:
    picture = full()
    assert [(pin.wall, pin.slot, pin.by) for pin in picture.pins] == [("main", n, "研判") for n in range(MOST_PINS)]
    done(picture, "unpin", slot=2, query="panel=trend&n=2")
    assert [pin.slot for pin in picture.pins.of("main")] == [0, 1, 3]


def test_one_wall_too_many_is_refused_before_it_is_on_the_log() -> None:
    picture = small_picture()
    for n in range(WALLS):
        done(picture, "pin", query="panel=trend", title="每日上报", wall=f"w{n}")
    with pytest.raises(Refused) as caught:
        planned(picture, "pin", query="panel=trend", title="每日上报", wall="one more")
    assert (caught.value.status, caught.value.key) == (409, "full")
    done(picture, "pin", query="panel=flow", title="流程", wall="w0")


REFUSED = [
    ("pin", {"query": "panel=trend", "title": "x"}, 409, "full"),
    ("pin", {"query": "panel=trend&n=1", "title": "x"}, 409, "hangs"),
    ("unpin", {"slot": 1, "query": "panel=trend&n=2"}, 404, "unknown_pin"),
    ("unpin", {"slot": 1, "wall": "hall"}, 404, "unknown_pin"),
]


@pytest.mark.parametrize(("command", "said", "status", "key"), REFUSED)
def test_what_cannot_be_done_is_said(command: str, said: dict[str, Any], status: int, key: str) -> None:
    with pytest.raises(Refused) as caught:
        planned(full(), command, **said)
    assert (caught.value.status, caught.value.key) == (status, key)


@pytest.mark.parametrize(("field", "said"), [("slot", {"command": "unpin", "slot": MOST_PINS, "query": ""}),
                                             ("title", {"command": "pin", "query": "", "title": ""})])  # fmt: skip
def test_what_makes_no_sense_is_no_command(field: str, said: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        parse(msgspec.json.encode(said))
    assert (caught.value.status, caught.value.field) == (400, field)
