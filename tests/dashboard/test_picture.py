"""The fold of the whole log: the same entries give the same picture, bit for bit, in every order the log allows."""

from __future__ import annotations

from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.codec import Malformed
from dashboard.fixbatch import FUTURE_MS
from dashboard.picture import MAX_FEEDS, OTHER_FEEDS, SEEN_PER_STREAM, Picture, PictureState
from dashboard.record import Entry
from tests.support import GRIDS, MAIN_ROAD, T0, entry, fix, profile, reported, small_picture, step

EVENT = st.sampled_from(["e0", "e1", "e2"])
WORKER = st.sampled_from(["w0", "w1", "w2"])
STEPS = st.sampled_from(
    [
        "accepted",
        "assigned",
        "handling",
        "feedback",
        "evaluated",
        "returned",
        "cancelled",
        "extended",
    ]
)
Draft = tuple[str, dict[str, Any]]


def draft(kind: str, /, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Draft]:
    """A record type with drawn data."""
    return st.fixed_dictionaries(dict(parts)).map(lambda data: (kind, data))


AT = st.integers(T0 - 9, T0 + 9)
TENTHS = st.integers(-8, 8).map(lambda n: n / 10)
PROFILES = draft(
    "worker.profile",
    worker_id=WORKER,
    name=st.sampled_from("甲乙"),
    role=st.just("volunteer"),
    region=st.sampled_from(GRIDS),
)
DUTIES = draft("worker.duty", worker_id=WORKER, status=st.sampled_from(["available", "on_scene", "off_duty"]))
STREAMS = {
    "wall:events": st.one_of(
        EVENT.map(lambda e: ("event.reported", reported(e))),
        draft("event.step", event_id=EVENT, step=STEPS),
        draft("event.step", event_id=EVENT, step=STEPS),
        draft("event.rated", event_id=EVENT, score=st.integers(0, 6)),
    ),
    "wall:positions": draft("worker.fix", worker_id=WORKER, lat=TENTHS, lon=TENTHS, fix_time=AT),
    "wall:workers": PROFILES | DUTIES,
    "wall:alarms": st.one_of(
        draft(
            "alarm.raised",
            alarm_id=EVENT,
            device_id=st.just("d"),
            kind=st.just("smoke"),
            severity=st.just("major"),
            lat=TENTHS,
            lon=TENTHS,
        ),
        draft("alarm.cleared", alarm_id=EVENT),
        draft("alarm.acked", alarm_id=EVENT, by=st.just("值班长")),
        draft("alarm.shelved", alarm_id=EVENT, by=st.just("值班长"), until=AT, reason=st.just("检修")),
        draft("alarm.serviced", device_id=st.just("d"), by=st.just("值班长"), state=st.sampled_from(["out", "in"])),
    ),
    "wall:readings": draft("reading", kpi=st.just("safety"), region=EVENT, value=TENTHS, as_of=AT),
    "wall:control": st.one_of(
        draft("wall.tape", tape=EVENT, state=st.sampled_from(["playing", "ended"]), tape_start=AT, wall_start=AT),
        draft("shift.handed", handover_id=EVENT, shift=st.just("白班"), start=AT, end=AT, by=st.sampled_from("甲乙")),
        draft("shift.taken", handover_id=EVENT, by=st.sampled_from("甲乙")),
    ),
}


@st.composite
def logs(draw: st.DrawFn) -> list[list[Entry]]:
    """Streams of drawn records; some entries are sent twice, under the same id."""
    streams = []
    for name, drafts in STREAMS.items():
        found = draw(st.lists(st.tuples(drafts, st.integers(0, 3)), max_size=10))
        streams.append(
            [
                entry(kind, data, at=T0 + k, stream=name, id=f"{name}{k - 1 if again == 0 else k}")
                for k, ((kind, data), again) in enumerate(found)
            ]
        )
    return streams


def fold(picture: Picture, entries: list[Entry]) -> list[str]:
    """Apply all; the fields that were refused."""
    refused = []
    for found in entries:
        try:
            picture.apply(found)
        except Malformed as fault:
            refused.append(f"{found.entry_id} {fault.field}")
    return refused


def interleaved(streams: list[list[Entry]], random: Random) -> list[Entry]:
    """One order of all entries that keeps each stream's own."""
    left = [list(s) for s in streams if s]
    merged = []
    while left:
        one = random.choice(left)
        merged.append(one.pop(0))
        left = [s for s in left if s]
    return merged


def alarms_of(picture: Picture) -> Any:
    """The annunciator without its numbers and its digest, which the hash vouches for."""
    found = msgspec.to_builtins(picture.alarms.export())
    return {key: found[key] for key in ("alarms", "services", "ignored")}


def everything(picture: Picture) -> Any:
    """What must agree between replicas, the digests aside: workers by id, because rows are each replica's own."""
    fleet = picture.fleet
    workers = {
        i: (
            fleet.names[r],
            fleet.regions[r],
            int(fleet.lon[r]),
            int(fleet.lat[r]),
            int(fleet.fix_ms[r]),
            int(fleet.duty[r]),
        )
        for i, r in fleet.row_of.items()
    }
    events = {e.id: msgspec.to_builtins(e) for e in picture.events}
    feeds = msgspec.to_builtins(picture.feeds)
    return (
        picture.position,
        events,
        workers,
        picture.readings,
        alarms_of(picture),
        picture.tapes,
        picture.handovers.export(),
        feeds,
        picture.applied,
    )


@given(logs(), st.randoms(use_true_random=False))
def test_any_interleaving_of_the_streams_gives_the_same_picture(streams: list[list[Entry]], random: Random) -> None:
    straight, mixed = small_picture(), small_picture()
    refused = fold(straight, [e for stream in streams for e in stream])
    assert sorted(fold(mixed, interleaved(streams, random))) == sorted(refused)
    assert mixed.state_hash == straight.state_hash
    assert everything(mixed) == everything(straight)


@given(logs(), st.integers(0, 60))
def test_a_restored_picture_continues_identically(streams: list[list[Entry]], cut: int) -> None:
    entries = [e for stream in streams for e in stream]
    whole, half, again = small_picture(), small_picture(), small_picture()
    fold(whole, entries)
    fold(half, entries[:cut])
    again.restore(msgspec.msgpack.decode(msgspec.msgpack.encode(half.export()), type=PictureState))
    assert again.state_hash == half.state_hash
    assert everything(again) == everything(half)
    fold(again, entries[cut:])
    assert again.state_hash == whole.state_hash
    assert everything(again) == everything(whole)
    assert again.events.columns["entered"].tolist() == whole.events.columns["entered"].tolist()
    assert again.events.opened == whole.events.opened


@given(logs())
def test_a_refused_entry_leaves_the_hash_as_it_was(streams: list[list[Entry]]) -> None:
    picture = small_picture()
    for found in (e for stream in streams for e in stream):
        before = picture.state_hash
        try:
            picture.apply(found)
        except Malformed:
            assert picture.state_hash == before
        assert picture.position[found.stream] == found.entry_id


REFUSED = [
    ("event.step", step("e9", "accepted"), "data.event_id", "e9"),
    ("event.step", step("e1", "evaluated"), "data.step", "evaluated"),
    ("event.step", step("e1", "accepted", due="soon"), "data.due", "soon"),
    ("event.reported", reported("e1"), "data.event_id", "e1"),
    ("event.reported", reported("e2", lat=99), "data.lat", "99"),
    ("event.rated", {"event_id": "e9", "score": 1}, "data.event_id", "e9"),
    ("worker.fix", fix("w1", "soon"), "data.fix_time", "soon"),
    ("worker.fix", fix("w1", -1), "data.fix_time", "-1"),
    ("worker.fix", fix("w1", T0 + FUTURE_MS + 1), "data.fix_time", str(T0 + FUTURE_MS + 1)),
    (
        "worker.fixes",
        {"worker_id": ["w1"], "lat": [1], "lon": [1], "fix_time": [10**25]},
        "data.fix_time[0]",
        str(10**25),
    ),
    ("worker.fixes", {"worker_id": ["w1"], "lat": [1], "lon": [1], "fix_time": [-5]}, "data.fix_time", "-5"),
    ("worker.duties", {"worker_id": ["w1", "w2"], "status": ["available"]}, "data", None),
    ("reading", {"kpi": "k", "region": "r", "value": 1, "as_of": "March"}, "data.as_of", "March"),
    ("alarm.shelved", {"alarm_id": "a", "by": "u", "until": "later", "reason": ""}, "data.until", "later"),
    ("wall.tape", {"tape": "t", "state": "ended", "tape_start": "x", "wall_start": 0}, "data.tape_start", "x"),
]


@pytest.mark.parametrize(("kind", "data", "field", "value"), REFUSED)
def test_what_is_refused_names_field_and_value(kind: str, data: object, field: str, value: str | None) -> None:
    picture = small_picture()
    fold(picture, [entry("event.reported", reported("e1")), entry("worker.fix", fix("w1"))])
    before = picture.state_hash
    with pytest.raises(Malformed) as caught:
        picture.apply(entry(kind, data, n=1))
    assert caught.value.field == field
    assert value is None or caught.value.value == value
    assert picture.state_hash == before
    assert (picture.feeds["test"].records, picture.feeds["test"].rejected) == (2, 1)


def test_a_fix_is_believed_up_to_five_minutes_ahead_of_the_log() -> None:
    picture = small_picture()
    picture.apply(entry("worker.fix", fix("w1", T0 + 5 * 60_000)))
    assert picture.fleet.fix_ms[0] == T0 + 300_000


def test_the_newest_fix_wins_whatever_the_order() -> None:
    fixes = [entry("worker.fix", fix("w1", T0 + k * 1000, lat=30 + k / 10), n=k) for k in range(5)]
    hashes = set()
    for order in (fixes, fixes[::-1], fixes[2:] + fixes[:2]):
        picture = small_picture()
        fold(picture, order)
        assert picture.fleet.lat[0] == 30_400_000
        hashes.add(picture.state_hash)
    assert len(hashes) == 1


def test_the_same_source_and_id_are_applied_once() -> None:
    picture = small_picture()
    fold(picture, [entry("event.reported", reported("e1"), id="7")])
    before = picture.state_hash
    picture.apply(entry("event.step", step("e1", "accepted"), id="7", n=1))
    assert picture.state_hash == before
    assert (picture.feeds["test"].records, picture.feeds["test"].duplicates) == (1, 1)
    picture.apply(entry("event.step", step("e1", "accepted"), id="7", source="other", n=2))
    assert picture.events["e1"].step == "accepted"


def test_a_refused_record_may_be_sent_again_under_its_id() -> None:
    picture = small_picture()
    assert fold(picture, [entry("event.step", step("e1", "accepted"), id="s")]) != []
    fold(
        picture,
        [entry("event.reported", reported("e1"), n=1), entry("event.step", step("e1", "accepted"), id="s", n=2)],
    )
    assert picture.events["e1"].step == "accepted"


def test_the_memory_of_ids_is_bounded_and_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    assert SEEN_PER_STREAM >= 100_000
    monkeypatch.setattr("dashboard.picture.SEEN_PER_STREAM", 3)
    picture = small_picture()
    fold(picture, [entry("worker.fix", fix("w1", T0 + k), n=k, id=str(k)) for k in range(4)])
    picture.apply(entry("worker.fix", fix("w1"), n=4, id="1"))
    assert picture.feeds["test"].duplicates == 1
    picture.apply(entry("worker.fix", fix("w1"), n=5, id="0"))
    assert picture.feeds["test"].duplicates == 1


def test_changes_are_told_once() -> None:
    picture = small_picture()
    fold(
        picture,
        [
            entry("event.reported", reported("e1"), at=T0 + 5),
            entry("worker.fix", fix("w1"), at=T0 + 2),
            entry("worker.profile", profile("w2"), at=T0 + 9),
        ],
    )
    changes = picture.take_changes()
    assert changes.events == {"e1"}
    assert sorted(row for rows in changes.rows for row in rows.tolist()) == [0, 1]
    assert {row for rows in changes.roster for row in rows.tolist()} == {0, 1}
    assert changes.oldest_ms == T0 + 5  # of the first applied
    fold(picture, [entry("worker.fix", fix("w1", T0 + 1), at=T0 + 3)])
    assert picture.take_changes().roster == []
    assert picture.take_changes() == type(changes)()


def test_fixes_are_announced_when_they_were_news() -> None:
    picture, heard = small_picture(), []
    picture.on_fixes = lambda rows: heard.append(rows.tolist())
    fold(picture, [entry("worker.fix", fix("w1", T0)), entry("worker.fix", fix("w1", T0 - 1), n=1)])
    assert heard == [[0], []]


def test_alarms_are_folded_by_the_log_s_clock_and_announced() -> None:
    picture, heard = small_picture(), []
    picture.on_alarms = lambda steps, time_ms: heard.append((len(steps), time_ms))
    raised = {"alarm_id": "a", "device_id": "d", "kind": "smoke", "severity": "urgent", "lat": 30.05, "lon": 110.05}
    fold(picture, [entry("alarm.raised", raised, at=T0, time_ms=T0 - 3_600_000)])
    alarm = picture.alarms["a"]
    assert (alarm.since_ms, heard, picture.alarms.place_of(alarm)) == (T0, [(1, T0 - 3_600_000)], GRIDS[0])
    before = picture.state_hash
    fold(picture, [entry("alarm.acked", {"alarm_id": "a", "by": "值班长"}, n=1)])
    assert (picture.alarms["a"].ack, picture.state_hash != before) == ("值班长", True)


def test_a_snapshot_of_before_the_annunciator_restores_to_an_empty_one() -> None:
    picture, again = small_picture(), small_picture()
    fold(picture, [entry("event.reported", reported("e1"))])
    old = msgspec.msgpack.decode(msgspec.msgpack.encode(picture.export()))
    old |= {"alarms": {"a": "urgent"}, "standing": [{"id": "a"}]}
    del old["annunciator"]
    again.restore(msgspec.msgpack.decode(msgspec.msgpack.encode(old), type=PictureState))
    assert (len(again.alarms), again.state_hash) == (0, picture.state_hash)


def test_a_tape_is_kept_in_milliseconds_however_it_was_written() -> None:
    picture = small_picture()
    data = {
        "tape": "t",
        "state": "playing",
        "tape_start": "2011-07-06T11:14:00-04:00",
        "wall_start": "2026-03-12T06:32:08Z",
    }
    picture.apply(entry("wall.tape", data))
    assert (picture.tapes["t"].tape_start, picture.tapes["t"].wall_start) == (1_309_965_240_000, T0)


def test_every_type_is_counted_for_its_source() -> None:
    picture = small_picture()
    for k, name in enumerate(("reported", *MAIN_ROAD)):
        kind, data = ("event.reported", reported("e1")) if k == 0 else ("event.step", step("e1", name))
        picture.apply(entry(kind, data, at=T0 + k, source="grid-app"))
    stat = picture.feeds["grid-app"]
    assert (stat.records, stat.duplicates, stat.rejected, stat.last_ms) == (6, 0, 0, T0 + 5)
    assert picture.position == {"wall:events": f"{T0 + 5}-0"}


def test_a_source_that_is_no_text_is_counted_too() -> None:
    picture = small_picture()
    with pytest.raises(Malformed, match="source"):
        picture.apply(Entry("wall:events", f"{T0}-0", {b"id": b"1", b"source": b"\xff\xfe"}))
    with pytest.raises(Malformed, match="id"):
        picture.apply(Entry("wall:events", f"{T0}-1", {}))
    assert {source: stat.rejected for source, stat in picture.feeds.items()} == {"\ufffd\ufffd": 1, "?": 1}


def test_sources_without_end_are_counted_together() -> None:
    picture = small_picture()
    for n in range(MAX_FEEDS + 3):
        picture.apply(entry("worker.fix", fix("w0"), n=n, id=str(n), source=f"s{n}"))
    assert len(picture.feeds) == MAX_FEEDS + 1
    assert picture.feeds[OTHER_FEEDS].records == 3
