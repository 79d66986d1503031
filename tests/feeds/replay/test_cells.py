"""Cells: times, places and translated texts."""

from __future__ import annotations

import math

import pytest

from dashboard.clock import from_rfc3339
from dashboard.codec import Malformed
from feeds.replay.cells import Place, SecondCell, TimeCell, number, pick
from feeds.replay.mapping import Field, Shift

BOSTON = "America/New_York"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2011-07-01 01:32:33", "2011-07-01T05:32:33Z"),  # summer time
        ("2011-12-01 01:32:33", "2011-12-01T06:32:33Z"),  # winter time
        ("2012-03-11 02:30:00", "2012-03-11T07:30:00Z"),  # an hour that was skipped: by the offset before it
        ("2011-11-06 01:30:00", "2011-11-06T05:30:00Z"),  # an hour that came twice: the first
        ("2011-07-01T01:32:33+08:00", "2011-06-30T17:32:33Z"),  # its own offset wins
    ],
)
def test_local_time(text: str, expected: str) -> None:
    assert TimeCell("t", 0, ["iso"], BOSTON)([text]) == from_rfc3339(expected)


def test_fold_takes_the_second_of_a_repeated_hour() -> None:
    cell = TimeCell("t", 0, ["iso"], BOSTON)
    assert cell(["2011-11-06 01:30:00"], fold=1) == from_rfc3339("2011-11-06T06:30:00Z")


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("epoch_s", "1309498353"),
        ("epoch_ms", "1309498353000"),
        ("%d/%m/%Y %H.%M.%S", "01/07/2011 05.32.33"),
    ],
)
def test_formats(form: str, text: str) -> None:
    assert TimeCell("t", 0, ["iso", form], "UTC")([text]) == 1_309_498_353_000


@pytest.mark.parametrize(
    ("text", "zone", "reason"),
    [
        ("yesterday", BOSTON, "is not a time in the format iso"),
        ("2011-07-01 01:32", None, "has no UTC offset"),
        ("1912-07-01 01:32", BOSTON, "is not between 1970 and 2200"),
        ("2011-02-30", BOSTON, "is not a time"),
    ],
)
def test_an_unreadable_time_names_its_column(text: str, zone: str | None, reason: str) -> None:
    with pytest.raises(Malformed, match=reason) as caught:
        TimeCell("open_dt", 0, ["iso"], zone)([text])
    assert (caught.value.field, caught.value.value) == ("open_dt", text)


def test_an_empty_time_is_none() -> None:
    assert TimeCell("t", 0, ["iso"], BOSTON)(["  "]) is None


def test_second_of_the_day_counts_from_local_midnight() -> None:
    cell = SecondCell("sod", 0, "Asia/Shanghai")
    assert cell(["3600"]) == from_rfc3339("2009-01-01T01:00:00+08:00") == cell.read("01:00")


@pytest.mark.parametrize("text", ["-1", "86401", "nan", "noon"])
def test_a_second_off_the_day_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match=r"sod="):
        SecondCell("sod", 0, None)([text])


@pytest.mark.parametrize(
    ("lat", "lon", "column", "reason"),
    [
        ("", "1", "y", "is empty"),
        ("north", "1", "y", "is not a number"),
        ("nan", "1", "y", "is not a number"),
        ("99", "1", "y", "<= 90"),
        ("1", "-180.5", "x", ">= -180"),
        ("0", "0.0", "y", "unknown position"),
    ],
)
def test_what_is_not_a_place_names_its_column(lat: str, lon: str, column: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason) as caught:
        Place("y", "x", ["y", "x"], None)([lat, lon])
    assert caught.value.field == column


def test_the_shift_keeps_distances() -> None:
    place = Place("y", "x", ["y", "x"], Shift(to=(31.78, 119.95), from_=(39.95, 116.40)))
    assert place(["39.95", "116.40"]) == (31.78, 119.95)
    lat, lon = place(["40.05", "116.50"])
    assert lat == pytest.approx(31.88)
    before, after = math.cos(math.radians(39.95)), math.cos(math.radians(31.78))
    assert (lon - 119.95) * after == pytest.approx(0.1 * before, rel=1e-4)


def test_a_number_scales_longitude_by_itself() -> None:
    place = Place("y", "x", ["y", "x"], Shift(to=(0, 10), from_=(0, 0), scale_lon=2.0))
    assert place(["1", "3"]) == (1, 16)


def test_a_place_shifted_off_the_globe_is_refused() -> None:
    with pytest.raises(Malformed, match="off the globe"):
        Place("y", "x", ["y", "x"], Shift(to=(80, 0), from_=(0, 0), scale_lon=1.0))(["11", "5"])


def test_texts_lose_line_breaks_and_join_what_is_there() -> None:
    values = ["\n\t占道  经营\n", " ", "兰陵街道"]
    columns = ["a", "b", "c"]
    assert pick("a", columns)(values) == "占道 经营"
    assert pick(["a", "b", "c"], columns)(values) == "占道 经营 · 兰陵街道"
    assert pick(["b", "c"], columns)(values) == ""


def test_translation() -> None:
    columns, known = ["a"], {"PWDx": "roads"}
    assert pick(Field("a", known), columns)(["PWDx "]) == "roads"
    assert pick(Field("a", known, "other"), columns)(["?"]) == "other"
    assert pick(Field("a", default="x"), columns)([""]) == "x"
    assert pick(Field(default="x"), columns)(["?"]) == "x"
    with pytest.raises(Malformed, match="not among the mapping's values"):
        pick(Field("a", known), columns)(["?"])


def test_number_reads_spaces_and_refuses_infinity() -> None:
    assert number("x", " 1.5 ") == 1.5
    with pytest.raises(Malformed):
        number("x", "inf")
