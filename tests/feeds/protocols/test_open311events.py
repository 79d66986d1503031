"""Open311 requests as records of ours: the fold takes them, once, however often they are told."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from dashboard.codec import Malformed, decode_data
from dashboard.picture import Picture
from feeds.protocols.open311 import ServiceRequest, status_of
from feeds.protocols.open311events import Kind, Said, reported, told
from feeds.protocols.open311read import Submission
from tests.support import T0, entry, small_picture

KIND = Kind("city_appearance", "市容环境", "serious")
OPEN = ServiceRequest(
    "638344", "open", "006", T0 - 9000, "Sidewalk", "Scheduled", "人行道破损\n两处", "Public Works", "", T0, T0 + 9000,
    "8TH AVE", lat=30.05, lon=110.05, media_url="https://a.gov/1.jpg",
)  # fmt: skip
CLOSED = replace(OPEN, status="closed", status_notes="Fixed", updated_ms=T0 + 5000)


def fold(picture: Picture, said: list[Said], start: int = 0) -> None:
    """Apply records as the log would hand them over."""
    for n, record in enumerate(said, start):
        data = msgspec.json.encode(record.data).decode()
        picture.apply(entry(record.type, data, n=n, time_ms=record.time_ms, id=record.id, source="next-city"))


def test_a_new_request_is_an_event() -> None:
    form = Submission("006", 31.7, 119.9, "垃圾满溢\n两天了", "https://a.cn/1.jpg", "怀德路")
    event = reported(form, "o-1", KIND, "open311")
    assert (event.title, event.category, event.severity, event.lat, event.crs) == (
        "垃圾满溢", "city_appearance", "serious", 31.7, "wgs84",
    )  # fmt: skip
    assert (event.address, event.media, event.channel) == ("怀德路", ["https://a.cn/1.jpg"], "open311")
    assert decode_data("event.reported", msgspec.json.encode(event))


def test_an_address_alone_must_have_been_found() -> None:
    form = Submission("006", address_string="怀德路")
    assert reported(form, "o-1", KIND, place=(31.7, 119.9)).lon == 119.9
    with pytest.raises(Malformed, match="an address alone"):
        reported(form, "o-1", KIND)


def test_a_title_is_never_empty_or_endless() -> None:
    assert reported(Submission("006", 1, 2), "o", KIND).title == "市容环境"
    assert reported(Submission("006", 1, 2, "x" * 4000), "o", KIND).title == "x" * 79 + "…"
    assert reported(Submission("006", 1, 2), "o", Kind("road")).title == "road"


def test_another_citys_request_is_folded() -> None:
    picture = small_picture()
    fold(picture, told(OPEN, KIND, "wgs84", "sf-"))
    event = picture.events["sf-638344"]
    assert (event.title, str(event.step), event.reported_ms) == ("人行道破损", "handling", T0 - 9000)
    assert status_of(event.step) == "open"
    fold(picture, told(CLOSED, KIND, "wgs84", "sf-"), 10)
    assert str(picture.events["sf-638344"].step) == "evaluated"


def test_what_is_told_again_says_nothing_new() -> None:
    first, again = small_picture(), small_picture()
    fold(first, told(CLOSED, KIND, "wgs84", "sf-"))
    fold(again, told(CLOSED, KIND, "wgs84", "sf-"))
    fold(again, told(CLOSED, KIND, "wgs84", "sf-"), 50)
    assert first.state_hash == again.state_hash


def test_a_new_note_is_a_comment() -> None:
    ids = {said.id for said in told(OPEN, KIND, "gcj02", "sf-")}
    more = [said for said in told(replace(OPEN, status_notes="Locked"), KIND, "gcj02", "sf-") if said.id not in ids]
    assert [said.type for said in more] == ["event.comment"]


def test_a_request_that_is_nowhere_or_has_an_endless_id() -> None:
    with pytest.raises(Malformed, match="nowhere"):
        told(replace(OPEN, lat=None), KIND, "wgs84", "sf-")
    with pytest.raises(Malformed, match="more than 125"):
        told(replace(OPEN, request_id="x" * 126), KIND, "wgs84", "sf-")
