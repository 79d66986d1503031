"""New requests on their way to the log; how they are refused is tested through Flask, in `tests/callbacks`."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from dashboard.cities import load_city
from dashboard.codec import Malformed, decode
from feeds.intake import Intake, Turned
from feeds.log import Log
from feeds.open311desk import Desk, Unknown
from tests.feeds.test_capintake import file
from tests.following import Following

NOW = 1_790_000_400_000
FORM = {"service_code": "environment", "lat": "31.8", "long": "119.97", "description": "河水发黑"}


class Way:
    """A desk on a clock that is set by hand."""

    def __init__(self, folder: Path, log: Log, accepts: str = "[event.]") -> None:
        self.log, self.seen, self.now_ms = log, Following(log), NOW
        self.desk = Desk(
            Intake(file(folder, accepts=accepts), log), load_city("changzhou"), self.known, lambda: self.now_ms
        )

    def known(self, ids: Collection[str]) -> Collection[str]:
        return self.seen.look(lambda picture: [event_id for event_id in ids if event_id in picture.events])

    def report(self, **more: str) -> str:
        return self.desk.report("t", list((FORM | more).items()))


@pytest.fixture
def way(tmp_path: Path, log: Log) -> Way:
    return Way(tmp_path, log)


def test_a_report_is_an_event_of_its_source(way: Way) -> None:
    event_id = way.report(address_string="怀德桥", media_url="https://a.cn/1.jpg")
    [entry] = way.log.between("wall:events", "-", "+", 10)
    record = decode(entry)
    assert (record.source, record.time_ms, record.id) == ("weather", NOW, f"{event_id}/reported")
    event = way.seen.look(lambda picture: picture.events[event_id])
    assert (event.title, event.category, event.channel, event.address) == (
        "河水发黑",
        "environment",
        "open311",
        "怀德桥",
    )
    assert event.media == ["https://a.cn/1.jpg"]


def test_what_does_not_go_into_the_title_is_a_comment(way: Way) -> None:
    event_id = way.report(description="河水发黑\n自周一起")
    event = way.seen.look(lambda picture: picture.events[event_id])
    assert event.title == "河水发黑" and [line.note for line in event.trail if line.what == "comment"] == [
        "河水发黑\n自周一起"
    ]


def test_who_had_no_answer_and_asks_again_has_reported_once(way: Way) -> None:
    first = way.report()
    way.now_ms += 590_000
    assert way.report() == first and way.log.lengths()["wall:events"] == 1
    way.now_ms += 1_200_000
    assert way.report() != first and way.log.lengths()["wall:events"] == 2


def test_who_may_not(tmp_path: Path, log: Log, way: Way) -> None:
    with pytest.raises(Turned):
        way.desk.report("u", list(FORM.items()))
    with pytest.raises(Turned, match="not accepted"):
        Way(tmp_path, log, "[area.]").report()
    with pytest.raises(Unknown):
        way.report(service_code="none")
    with pytest.raises(Malformed, match="cannot be put on the map"):
        way.report(lat="", long="", address_string="怀德桥")
    assert log.lengths()["wall:events"] == 0
