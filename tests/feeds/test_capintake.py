"""Alerts on their way to the map: what is put on the log, what replaces what, and what a sender is told of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from dashboard.areas import AreaState
from feeds import feedsfile
from feeds.capintake import Warnings
from feeds.feedsfile import FeedsFile
from feeds.intake import Answer, Intake, Turned
from feeds.log import DEAD_LETTERS, Log
from tests.following import Following

AREA = "<area><areaDesc>武进区</areaDesc><polygon>31.7,119.9 31.8,119.9 31.8,120.0 31.7,119.9</polygon></area>"


def alert(
    identifier: str = "A1", message: str = "Alert", *, status: str = "Actual", area: str = AREA, of: str = ""
) -> bytes:
    """A CAP document."""
    about = f"<references>cma,{of},2026-06-01T08:00:00+08:00</references>" if of else ""
    return (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{identifier}</identifier><sender>cma</sender><sent>2026-06-01T08:00:00+08:00</sent>"
        f"<status>{status}</status><msgType>{message}</msgType><scope>Public</scope>{about}"
        "<info><language>zh-CN</language><category>Met</category><event>暴雨</event><urgency>Expected</urgency>"
        f"<severity>Severe</severity><certainty>Likely</certainty><headline>暴雨橙色预警</headline>{area}</info></alert>"
    ).encode()


def file(folder: Path, **more: str) -> FeedsFile:
    """A file with one sender, whose token is "t"."""
    entry = {"crs": "wgs84", "accepts": "[area.]"} | more
    keys = ", ".join(f"{name}: {value}" for name, value in entry.items())
    path = folder / "feeds.yaml"
    token = hashlib.sha256(b"t").hexdigest()
    path.write_text(f'feeds:\n  - {{name: weather, kind: http, token: "sha256:{token}", {keys}}}\n')
    return feedsfile.read(path)


class Way:
    """A way in for alerts, and the areas that stand."""

    def __init__(self, folder: Path, log: Log, **more: str) -> None:
        self.log, self.seen = log, Following(log)
        self.intake = Intake(file(folder, **more), log)
        self.restart()

    def restart(self, *, blind: bool = False) -> None:
        """Begin anew; `blind`: with a picture that does not follow any more."""
        self.warnings = Warnings(self.intake, list if blind else lambda: self.standing())

    def take(self, raw: bytes) -> Answer:
        return self.warnings.take(self.intake.sender("t"), raw)

    def areas(self) -> list[AreaState]:
        return self.seen.look(lambda picture: list(picture.areas))

    def standing(self) -> list[str]:
        return [state.area.area_id for state in self.areas()]


@pytest.fixture
def way(tmp_path: Path, log: Log) -> Way:
    return Way(tmp_path, log)


def test_an_alert_is_drawn_and_its_sender_told(way: Way) -> None:
    answer = way.take(alert())
    assert answer.status == 202 and (answer.body["drawn"], answer.body["removed"]) == (1, 0)
    assert answer.body["alert"]["identifier"] == "A1" and len(answer.body["records"]) == 1
    [state] = way.areas()
    assert (state.area.name, state.area.kind, state.area.exercise) == ("暴雨橙色预警", "cap", False)
    assert state.at_ms == 1_780_272_000_000


def test_an_exercise_is_marked(way: Way) -> None:
    way.take(alert(status="Exercise"))
    assert way.areas()[0].area.exercise


def test_an_update_replaces_and_a_cancellation_ends_what_stands_also_after_a_restart(way: Way) -> None:
    way.take(alert())
    way.restart()
    answer = way.take(alert("A2", "Update", of="A1"))
    assert (answer.body["drawn"], answer.body["removed"]) == (1, 1)
    assert len(way.areas()) == 1
    way.restart()
    answer = way.take(alert("A3", "Cancel", of="A2"))
    assert (answer.body["drawn"], answer.body["removed"]) == (0, 1)
    assert way.areas() == []


def test_what_the_picture_has_not_folded_yet_is_cancelled_all_the_same(way: Way) -> None:
    way.restart(blind=True)
    way.take(alert())
    assert way.take(alert("A2", "Cancel", of="A1")).body["removed"] == 1
    assert way.areas() == []


def test_the_same_alert_twice_is_on_the_log_once_and_a_corrected_one_again(way: Way) -> None:
    assert way.take(alert()).body["records"] == way.take(alert()).body["records"]
    assert way.log.lengths()["wall:control"] == 1
    way.take(alert(area=AREA.replace("31.8,120.0", "31.8,120.1")))
    assert way.log.lengths()["wall:control"] == 2 and len(way.areas()) == 1


@pytest.mark.parametrize(("raw", "note"), [
    (alert(area="<area><areaDesc>全市</areaDesc></area>"), "no polygon or circle"),
    (alert(status="Test"), "status Test"), (alert(message="Ack"), "type Ack"),
    (alert(message="Cancel", of="A0"), "no area"),
])  # fmt: skip
def test_what_draws_nothing_is_accepted_and_said(way: Way, raw: bytes, note: str) -> None:
    answer = way.take(raw)
    assert answer.status == 202 and (answer.body["drawn"], answer.body["removed"]) == (0, 0)
    assert note in answer.body["note"]
    assert way.areas() == []


def test_a_datum_that_is_declared_is_converted(tmp_path: Path, log: Log) -> None:
    way = Way(tmp_path, log, crs="gcj02")
    way.take(alert())
    place = way.areas()[0].area.geometry.coordinates[0][0]  # type: ignore[index, union-attr]  # a polygon's
    assert 0.003 < 119.9 - place[0] < 0.007


@pytest.mark.parametrize(("raw", "field"), [
    (b"<alert", "xml"), (alert().replace(b"Severe", b"Awful"), "severity"),
    (alert().replace(b"31.7,119.9", b"131.7,119.9"), "polygon"),
])  # fmt: skip
def test_a_refusal_names_the_element_and_is_a_dead_letter(way: Way, raw: bytes, field: str) -> None:
    with pytest.raises(Turned) as turned:
        way.take(raw)
    assert turned.value.answer.status == 422 and turned.value.answer.body["error"]["field"] == field
    [letter] = way.log.between(DEAD_LETTERS, "-", "+", 10)
    assert (letter.fields[b"field"], letter.fields[b"raw"]) == (field.encode(), raw)


def test_who_may_send_no_areas_sends_none(tmp_path: Path, log: Log) -> None:
    with pytest.raises(Turned, match="not accepted from this source") as turned:
        Way(tmp_path, log, accepts="[event.]").take(alert())
    assert turned.value.answer.status == 403


def test_too_many_too_fast(tmp_path: Path, log: Log) -> None:
    way = Way(tmp_path, log, rate="0.001", burst="1")
    way.take(alert())
    with pytest.raises(Turned) as turned:
        way.take(alert("A2"))
    assert turned.value.answer.status == 429 and "Retry-After" in turned.value.answer.headers
