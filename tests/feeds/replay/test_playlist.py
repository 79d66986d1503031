"""Order: steps of many events in one time line, rows out of order, rows refused, rows before the start."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Event

import pytest

from feeds.base import DeadLetter
from feeds.replay import playlist
from feeds.replay.mapping import load_mapping
from feeds.replay.playlist import Due, Playlist
from feeds.replay.summary import Summary
from feeds.replay.tape import TapeError

FIXES = (
    "kind: fixes\nname: n\nsource: s\ncrs: wgs84\ntimezone: UTC\ncolumns: {worker_id: who, lat: y, lon: x, time: t}\n"
)
EVENTS = (
    "kind: events\nname: n\nsource: s\ncrs: wgs84\ntimezone: UTC\nhandling_within_s: 60\n"
    "columns: {event_id: who, title: who, category: who, lat: y, lon: x, opened: t, closed: c}\n"
)


class Played:
    """A playlist read to its end."""

    def __init__(self, folder: Path, mapping: str, rows: Sequence[str], start: str | None = None) -> None:
        (folder / "m.yaml").write_text(mapping, encoding="utf-8")
        (folder / "tape.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        self.summary = Summary("tape.csv")
        self.early: list[DeadLetter] = []
        listed = Playlist(folder / "tape.csv", load_mapping(folder / "m.yaml"), start)
        self.dues: list[Due] = list(listed.dues(self.summary, Event(), self.early.extend))

    @property
    def order(self) -> list[tuple[int, int]]:
        return [(due.line, due.stage) for due in self.dues]

    @property
    def letters(self) -> list[DeadLetter]:
        return [due.row for due in self.dues if isinstance(due.row, DeadLetter)]


def fix(at: str, y: str = "31") -> str:
    return f"a,{y},119,2011-07-01 {at}"


def test_steps_of_all_events_form_one_time_line(tmp_path: Path) -> None:
    rows = ["who,y,x,t,c", "a,31,119,2011-07-01 10:00,2011-07-01 12:00", "b,31,119,2011-07-01 11:00,2011-07-01 11:01"]
    order = Played(tmp_path, EVENTS, rows).order
    assert order == [(2, 0), (2, 1), (2, 2), (2, 3), (3, 0), (3, 1), (3, 2), (3, 3), (3, 4), (3, 5), (2, 4), (2, 5)]


def test_a_close_at_the_opening_keeps_the_steps_in_order(tmp_path: Path) -> None:
    rows = ["who,y,x,t,c", *(f"{who},31,119,2011-07-01 10:00,2011-07-01 10:00" for who in "ab")]
    assert Played(tmp_path, EVENTS, rows).order == [(line, stage) for line in (2, 3) for stage in range(6)]


def test_disorder_within_the_look_ahead_is_mended(tmp_path: Path) -> None:
    played = Played(tmp_path, FIXES, ["who,y,x,t", fix("10:02"), fix("10:00"), fix("10:01")])
    assert (played.order, played.summary.late) == ([(3, 0), (4, 0), (2, 0)], 0)


def test_disorder_beyond_it_is_played_at_once_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playlist, "LOOK_AHEAD", 1)
    rows = ["who,y,x,t", fix("10:02"), fix("10:03"), fix("10:04"), fix("10:00"), fix("10:05")]
    played = Played(tmp_path, FIXES, rows)
    assert ([line for line, _ in played.order], played.summary.late) == ([2, 3, 5, 4, 6], 1)


def test_a_refused_row_says_where_what_and_why(tmp_path: Path) -> None:
    played = Played(tmp_path, FIXES, ["who,y,x,t", fix("10:00"), fix("10:01", y="99"), fix("10:02")])
    (letter,) = played.letters
    assert (letter.source, letter.place, letter.field, letter.value) == ("s", "tape.csv:3", "y", "99")
    assert letter.raw == b"a,99,119,2011-07-01 10:01\n"
    assert [line for line, _ in played.order] == [2, 3, 4]


def test_a_refused_row_without_a_time_comes_with_the_row_before_it(tmp_path: Path) -> None:
    played = Played(tmp_path, FIXES, ["who,y,x,t", "a,31,119,?", fix("10:00"), "a,31,119,", "a,31", fix("10:02")])
    assert [letter.place for letter in played.early] == ["tape.csv:2"]
    assert [due.at for due in played.dues] == [played.dues[0].at] * 3 + [played.dues[0].at + 120_000]


def test_a_repeated_event_is_refused(tmp_path: Path) -> None:
    rows = ["who,y,x,t,c", *["a,31,119,2011-07-01 10:00,"] * 2]
    (letter,) = Played(tmp_path, EVENTS, rows).letters
    assert (letter.place, letter.field, letter.value) == ("tape.csv:3", "who", "a")


def test_rows_before_the_start_are_skipped_good_or_bad(tmp_path: Path) -> None:
    rows = ["who,y,x,t", "a,31", fix("10:00"), fix("10:01", y=""), "a,31", fix("10:02"), fix("10:03", y="")]
    played = Played(tmp_path, FIXES, rows, start="2011-07-01 10:02")
    assert ([line for line, _ in played.order], played.summary.skipped) == ([6, 7], 4)


def test_a_start_that_is_no_time_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="start noon is not a time in the format iso"):
        Played(tmp_path, FIXES, ["who,y,x,t"], start="noon")


def test_stop_ends_the_reading(tmp_path: Path) -> None:
    (tmp_path / "tape.csv").write_text("mover,ts_utc,sod,lat,lon\n" + "a,,1,31,119\n" * 5, encoding="utf-8")
    stop = Event()
    stop.set()
    listed = Playlist(tmp_path / "tape.csv", load_mapping("geolife"))
    assert list(listed.dues(Summary("t"), stop, lambda letters: None)) == []
