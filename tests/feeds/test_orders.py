"""The way along a process, and who can be sent."""

from __future__ import annotations

import pytest

from dashboard.model import Duty, Step
from dashboard.stats import Freshness
from feeds.orders import Order, Refused, sendable, way
from tests.processes import HUAIAN, SUZHOU, TIANNING
from tests.support import T0, entry, fix, small_picture


@pytest.mark.parametrize(
    ("here", "there", "steps"),
    [
        ("reported", "handling", "accepted assigned handling"), ("accepted", "handling", "assigned handling"),
        ("assigned", "handling", "handling"), ("handling", "handling", "assigned handling"),
        ("tracked", "handling", "handling"), ("supervised", "handling", "handling"),
        ("feedback", "handling", "handling"), ("accepted", "evaluated", "assigned handling feedback evaluated"),
        ("handling", "tracked", "tracked"),
    ],
)  # fmt: skip
def test_the_way_leaves_out_what_may_be_left_out(here: str, there: str, steps: str) -> None:
    assert way(SUZHOU, Step(here), Step(there)) == steps.split()


def test_every_process_has_its_own_way() -> None:
    assert way(TIANNING, Step.reported, Step.handling) == ["assigned", "handling"]
    assert way(HUAIAN, Step.accepted, Step.evaluated) == ["assigned", "handling", "evaluated"]


@pytest.mark.parametrize("here", ["evaluated", "merged", "cancelled"])
def test_there_is_no_way_from_the_end(here: str) -> None:
    with pytest.raises(Refused) as caught:
        way(SUZHOU, Step(here), Step.handling)
    assert (caught.value.key, caught.value.parts and caught.value.parts.options) == ("edge", ())


def test_a_worker_nobody_has_located_is_lost() -> None:
    picture = small_picture()
    picture.apply(entry("worker.duty", {"worker_id": "w1", "status": "available"}))
    with pytest.raises(Refused, match="not been located"):
        sendable(picture, "w1", T0, Freshness())
    picture.apply(entry("worker.fix", fix("w1"), n=1))
    assert sendable(picture, "w1", T0, Freshness()) is Duty.available


def test_a_command_says_what_it_is_about() -> None:
    with pytest.raises(NotImplementedError):
        _ = Order(command="x").subject
