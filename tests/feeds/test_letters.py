"""What is made of dead letters: their content as text, corrected, and the record that goes onto the log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from dashboard.codec import Malformed, decode
from dashboard.model import EventRated
from dashboard.record import Record
from feeds import letters
from feeds.letterbox import Letter, Letterbox, Wanted
from feeds.letters import Letters, NoRecord
from feeds.log import AUDIT, Log
from tests.feeds.letters import FEEDS, folded, newest, rating, sent

NOW = 1_800_000_000_000
PLACE = {"event_id": "e1", "title": "t", "category": "c", "severity": "normal", "lat": 31.78, "lon": 119.95}


@pytest.fixture
def desk(log: Log, tmp_path: Path) -> Letters:
    path = tmp_path / "feeds.yaml"
    path.write_text(FEEDS)
    return Letters(Letterbox(log), path, lambda: NOW)


def corrected(letter: Letter, **values: str) -> bytes:
    paths = {name.replace("__", "."): value for name, value in values.items()}
    return letters.corrected(letters.text(letter) or "", paths)


def on_log(log: Log) -> list[Record]:
    return [decode(entry) for entry in log.read({"wall:events": "0-0"}, None, 100)]


def test_what_came_over_http_is_taken_as_if_it_came_again(desk: Letters, log: Log, broker: redis.Redis) -> None:
    sent(log, rating())
    letter = newest(log)
    with pytest.raises(Malformed, match=r"data\.score"):
        desk.retry(letter, "01席")
    assert newest(log).state == "open" and on_log(log) == []
    entry = desk.retry(letter, "01席", corrected(letter, data__score="5"))
    assert on_log(log) == [Record("r1", "hotline", "event.rated", letter.at_ms, EventRated("e1", 5))]
    assert newest(log).outcome is not None and newest(log).outcome.entry == entry  # type: ignore[union-attr]
    [(_, line)] = broker.xrange(AUDIT)
    said = {name.decode(): value.decode() for name, value in line.items() if name not in (b"id", b"time")}
    assert said == {
        "command": "retry_letter", "by": "01席", "letter": letter.id, "source": "hotline", "edited": "true",
        "entry": entry,
    }  # fmt: skip


def test_what_its_source_may_not_say_it_may_not_say_here_either(desk: Letters, log: Log) -> None:
    sent(log, rating(5, source="police", type="event.rated"))
    sent(log, rating(5, type="alarm.cleared", data={"alarm_id": "a"}))
    sent(log, b'{"_type": "location", "lat": 91}')
    for letter, field in zip(desk.box.page(Wanted()).letters, ("specversion", "type", "source"), strict=True):
        with pytest.raises(Malformed) as fault:
            desk.record(letter)
        assert fault.value.field == field


def test_an_entry_the_fold_refused_is_an_entry_again(desk: Letters, log: Log, broker: redis.Redis) -> None:
    folded(log, broker)
    letter = newest(log)
    assert json.loads(letters.text(letter) or "")["data"] == {"event_id": "e1", "score": 9}
    broker.delete("wall:events")
    desk.retry(letter, "x", corrected(letter, data__score="5", data__event_id="E-7"))
    [record] = on_log(log)
    assert (record.id, record.source, record.data) == ("x1", "stranger", EventRated("E-7", 5))


def test_an_entry_that_only_came_too_early_is_retried_as_it_is(desk: Letters, log: Log, broker: redis.Redis) -> None:
    folded(log, broker, data='{"event_id":"e1","score":5}')
    desk.retry(newest(log), "x")
    assert [record.id for record in on_log(log)] == ["x1", "x1"]


def test_an_entry_on_a_wrong_stream_goes_where_it_belongs(desk: Letters, log: Log, broker: redis.Redis) -> None:
    folded(log, broker, type="worker.duty", data='{"worker_id":"w","status":"available"}')
    desk.retry(newest(log), "x")
    assert len(log.read({"wall:workers": "0-0"}, None, 10)) == 1


def test_an_entry_of_another_redis_keeps_its_datum_and_its_source(desk: Letters, log: Log) -> None:
    data = json.dumps(PLACE | {"lat": "31"})
    entry = {"id": "7", "source": "cameras", "type": "event.reported", "time": "2026-01-01T00:00:00Z", "data": data}
    sent(log, entry, "police", "redis wall:events 1-0", "data.lat")
    letter = newest(log)
    desk.retry(letter, "x", corrected(letter, data__lat="31.78"))
    [record] = on_log(log)
    assert (record.id, record.source) == ("cameras#7", "police")
    assert 0.003 < 119.95 - record.data.lon < 0.007  # type: ignore[union-attr]


def test_a_devices_words_are_no_record_but_one_can_be_written(desk: Letters, log: Log) -> None:
    sent(log, b"imei:1,help me;", "trackers", "10.0.0.1:5", "lat")
    letter = newest(log)
    with pytest.raises(NoRecord) as fault:
        desk.record(letter)
    assert fault.value.key == "frame" and "trackers" in str(fault.value)
    assert desk.retry(letter, "x", json.dumps(rating(5, source="trackers")).encode())


@pytest.mark.parametrize("source", ["told", "nobody"])
def test_who_sends_no_records_has_none_to_retry(desk: Letters, log: Log, source: str) -> None:
    sent(log, rating(5), source)
    with pytest.raises(NoRecord) as fault:
        desk.record(newest(log), b"{}")
    assert fault.value.key == "source"
    desk.discard(newest(log), "x", "weg")
    assert newest(log).state == "discarded"


@pytest.mark.parametrize("raw", [b"{", b"[1]", b"\xff\x00", b'{"data": NaN}', b'{"a":' * 3000, b"x" * letters.CUT_AT])
def test_content_that_is_no_object_is_said(desk: Letters, log: Log, raw: bytes) -> None:
    sent(log, raw, "stranger", "wall:events 1-0")
    letter = newest(log)
    with pytest.raises(Malformed) as fault:
        desk.record(letter)
    assert fault.value.field == "content"
    assert ("only its first 65536 bytes" in str(fault.value)) == (len(raw) == letters.CUT_AT)


@pytest.mark.parametrize(("raw", "text"), [
    (b'{"b":1,"a":"\xe6\xb0\xb4"}', '{\n  "b": 1,\n  "a": "水"\n}'), (b"imei:1\r\n", "imei:1\r\n"), (b"\xff", None),
    (b"a\x00b", None), (b'{"data":"no json"}', '{\n  "data": "no json"\n}'),
])  # fmt: skip
def test_content_as_text(raw: bytes, text: str | None) -> None:
    assert letters.text(Letter("1-0", "", "", "", "", "", raw)) == text


def test_bytes_that_are_no_text_are_shown_in_hexadecimal() -> None:
    assert letters.hexadecimal(bytes(range(17))) == (
        "000000  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n000010  10"
    )
    shown = letters.opened(Letter("1-0", "", "", "", "", "", b"\xff"))
    assert shown == {"hex": "000000  ff", "cut": False}


def test_values_are_put_in_by_path() -> None:
    content = '{"a": {"b": [1, {"c": 2}]}}'
    found = letters.corrected(content, {"a.b.1.c": "x y", "a.b.0": "null", "d": '"5"', "a.e": "[1]"})
    assert json.loads(found) == {"a": {"b": [None, {"c": "x y"}], "e": [1]}, "d": "5"}
    for path in ("a.x.y", "a.b.7", "a.b.c", "a.b.1.c.d", "d.e"):
        with pytest.raises(Malformed, match="leads nowhere"):
            letters.corrected(content, {path: "1"})


@given(raw=st.binary(max_size=200) | st.text(max_size=100).map(str.encode), place=st.sampled_from(["wall:events 1-0"]))
def test_anything_at_all_is_a_record_or_malformed(raw: bytes, place: str) -> None:
    letter = Letter("1-0", "s", place, "", "", "", raw)
    assert letters.opened(letter)
    with pytest.raises(Malformed):
        Letters(None, Path("none")).record(letter)  # type: ignore[arg-type]  # opens no box
