"""Rows: what a mapping makes of one, and the column each refusal names."""

from __future__ import annotations

import pytest

from dashboard.clock import from_rfc3339
from dashboard.codec import Malformed
from feeds.replay.mapping import EventColumns, EventMapping, Field, FixColumns, FixMapping, Workers, columns_of
from feeds.replay.rows import MAX_ID, EventRow, FixRow, reader_of

EVENTS = EventMapping(
    name="demo",
    source="replay-demo",
    crs="wgs84",
    timezone="America/New_York",
    columns=EventColumns(
        event_id="id", title=["what", "where"], category=Field("kind", {"Trees": "environment"}),
        severity=Field("grade", default="normal"), department="who", note="why", lat="y", lon="x", opened="open_dt",
        target="target_dt", closed="closed_dt", rated="stars", rated_at="stars_dt",
    ),
)  # fmt: skip
GOOD = {
    "id": "7", "what": "Fallen\n tree", "where": "Roslindale", "kind": "Trees", "grade": "", "who": "PARK",
    "why": "cut", "y": "42.28", "x": "-71.14", "open_dt": "2011-07-01 10:00:00", "target_dt": "2011-07-02 10:00:00",
    "closed_dt": "2011-07-01 10:20:00", "stars": "", "stars_dt": "",
}  # fmt: skip
FIXES = FixMapping(
    name="demo",
    source="replay-demo",
    crs="wgs84",
    workers=Workers(id_prefix="p-"),
    columns=FixColumns(worker_id="who", lat="y", lon="x", time="t"),
)
OPENED = from_rfc3339("2011-07-01T14:00:00Z")
MINUTE = 60_000


def event(**changes: str) -> EventRow:
    reader = reader_of(EVENTS)
    values = [(GOOD | changes)[column] for column in columns_of(EVENTS)]
    row = reader.read(2, values, reader.when(values))
    assert isinstance(row, EventRow)
    return row


def test_a_whole_event() -> None:
    row = event()
    assert (row.opened, row.closed, row.target) == (OPENED, OPENED + 20 * MINUTE, OPENED + 24 * 60 * MINUTE)
    assert (row.reported.title, row.reported.category) == ("Fallen tree · Roslindale", "environment")
    assert (row.reported.severity, row.reported.lat, row.reported.crs) == ("normal", 42.28, "wgs84")
    assert (row.feedback.department, row.feedback.note, row.rated) == ("PARK", "cut", None)


def test_handling_begins_half_way_but_within_half_an_hour() -> None:
    assert event().handling == OPENED + 10 * MINUTE
    assert event(closed_dt="2011-07-03 10:00:00").handling == OPENED + 30 * MINUTE
    assert event(closed_dt="").handling == OPENED + 30 * MINUTE


def test_a_row_without_target_or_close_has_none() -> None:
    row = event(target_dt="", closed_dt=" ")
    assert (row.target, row.closed) == (None, None)


def test_a_target_before_the_opening_is_kept() -> None:
    assert event(target_dt="2011-07-01 00:00:00").target == OPENED - 600 * MINUTE


def test_a_close_in_the_repeated_hour_is_after_the_opening() -> None:
    row = event(open_dt="2011-11-06 01:50:00", closed_dt="2011-11-06 01:10:00")
    assert row.closed is not None
    assert row.closed - row.opened == 20 * MINUTE


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("id", "", "is empty"),
        ("id", "x" * (MAX_ID + 1), "has more than 110 characters"),
        ("what", " ", "is empty"),
        ("what", "x" * 501, "length <= 500"),
        ("kind", "Dogs", "not among the mapping's values"),
        ("grade", "dire", "Invalid enum value"),
        ("why", "x" * 4001, "length <= 4000"),
        ("y", "91", "<= 90"),
        ("x", "", "is empty"),
        ("open_dt", "", "is empty"),
        ("open_dt", "soon", "is not a time"),
        ("target_dt", "soon", "is not a time"),
        ("closed_dt", "2011-07-01 09:59:59", "is before open_dt"),
        ("stars", "6", "<= 5"),
        ("stars", "good", "Expected `int`"),
    ],
)
def test_dirt_names_its_column(column: str, value: str, reason: str) -> None:
    with pytest.raises(Malformed) as caught:
        event(**{column: value})
    assert caught.value.field == column
    assert reason in caught.value.reason


def test_a_score_is_given_at_its_time_else_at_the_close() -> None:
    assert event(stars="4").rated_at == OPENED + 20 * MINUTE
    row = event(stars="4", stars_dt="2011-07-02 10:00:00")
    assert row.rated is not None
    assert (row.rated.score, row.rated_at) == (4, OPENED + 24 * 60 * MINUTE)


def test_a_score_without_any_time_is_refused() -> None:
    with pytest.raises(Malformed, match="neither rated_at nor a close"):
        event(stars="4", closed_dt="")


def test_a_fix() -> None:
    reader = reader_of(FIXES)
    values = ["050", "40.0", "116.5", "2011-07-01T14:00:00Z"]
    assert reader.read(9, values, reader.when(values)) == FixRow(9, OPENED, "p-050", 40.0, 116.5)


@pytest.mark.parametrize(("who", "reason"), [("", "is empty"), ("x" * 127, "length <= 128")])
def test_a_fix_of_nobody_is_refused(who: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason) as caught:
        reader_of(FIXES).read(9, [who, "40", "116", ""], OPENED)
    assert (caught.value.field, reader_of(FIXES).id_column) == ("who", "who")
