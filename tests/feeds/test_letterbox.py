"""Dead letters on a real log: found page by page, and settled once, with their record and their line in the audit."""

from __future__ import annotations

import json

import pytest
import redis

from dashboard.codec import decode
from dashboard.model import EventRated
from dashboard.record import Record
from feeds import letterbox
from feeds.letterbox import LETTERS, Letterbox, Outcome, Settled, Wanted
from feeds.log import AUDIT, Log
from tests.feeds.letters import folded, newest, rating, sent

NOW = 1_800_000_000_000
DONE = Outcome("discarded", "01席", NOW, reason="重复")
AUDITED = {"command": "discard_letter", "by": "01席"}


@pytest.fixture
def box(log: Log) -> Letterbox:
    return Letterbox(log)


def test_the_newest_come_first_a_page_at_a_time(box: Letterbox, log: Log) -> None:
    for n in range(5):
        sent(log, rating(id=f"r{n}"))
    first = box.page(Wanted(), most=2)
    second = box.page(Wanted(), first.after, 2)
    last = box.page(Wanted(), second.after, 2)
    found = [json.loads(letter.raw)["id"] for page in (first, second, last) for letter in page.letters]
    assert found == ["r4", "r3", "r2", "r1", "r0"] and last.after == ""
    assert box.page(Wanted(), most=5).after == ""


def test_letters_are_found_by_source_field_and_state(box: Letterbox, log: Log, broker: redis.Redis) -> None:
    sent(log, rating())
    sent(log, b"?", "trackers", "10.0.0.1:5", "lat")
    folded(log, broker)
    box.settle(newest(log), DONE, AUDITED)
    wanted = [
        Wanted("trackers"), Wanted(field="data"), Wanted(field="data.score"), Wanted(field="dat"), Wanted(state="open"),
        Wanted(state="discarded"), Wanted("stranger", "data.score", "discarded"), Wanted("stranger", state="open"),
    ]  # fmt: skip
    found = [[letter.source for letter in box.page(one).letters] for one in wanted]
    assert found == [
        ["trackers"], ["stranger", "hotline"], ["stranger", "hotline"], [], ["trackers", "hotline"],
        ["stranger"], ["stranger"], [],
    ]  # fmt: skip
    assert len(box.every(Wanted())) == 3 and box.every(Wanted(state="open"))[-1] > box.every(Wanted(state="open"))[0]


def test_a_page_looks_at_so_many_letters_and_the_next_goes_on_there(
    box: Letterbox, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letterbox, "MOST_LOOKED", 3)
    monkeypatch.setattr(letterbox, "_READ", 2)
    sent(log, rating(), "police")
    for _ in range(4):
        sent(log, rating())
    first = box.page(Wanted("police"))
    assert first.letters == [] and first.after
    assert [letter.source for letter in box.page(Wanted("police"), first.after).letters] == ["police"]


def test_a_letter_is_settled_once(box: Letterbox, log: Log, broker: redis.Redis) -> None:
    sent(log, rating())
    letter = newest(log)
    assert box.settle(letter, DONE, AUDITED) == ""
    assert newest(log).outcome == DONE
    with pytest.raises(Settled):
        box.settle(letter, DONE, AUDITED)
    record = Record("r1", "hotline", "event.rated", NOW, EventRated("e1", 5))
    entry = box.settle(letter, Outcome("retried", "02席", NOW), {"command": "retry_letter"}, record)
    with pytest.raises(Settled):
        box.settle(letter, Outcome("retried", "02席", NOW), {"command": "retry_letter"}, record)
    assert newest(log).outcome == Outcome("retried", "02席", NOW, entry)
    [on_log] = log.read({"wall:events": "0-0"}, None, 10)
    assert (on_log.entry_id, decode(on_log)) == (entry, record)
    lines = [fields for _, fields in broker.xrange(AUDIT)]
    assert lines == [
        {b"command": b"discard_letter", b"by": "01席".encode()},
        {b"command": b"retry_letter", b"entry": entry.encode()},
    ]


def test_a_letter_is_known_by_its_id_alone(box: Letterbox, log: Log) -> None:
    sent(log, rating())
    letter = newest(log)
    assert box.letter(letter.id) == letter
    assert [box.letter(name) for name in ("1-0", "x", "", "+", "9" * 30 + "-0", "1")] == [None] * 6


def test_outcomes_go_when_their_letters_are_gone(
    box: Letterbox, log: Log, broker: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letterbox, "_ORPHANS", 1)
    for n in range(4):
        sent(log, rating(id=f"r{n}"))
        box.settle(newest(log), DONE, AUDITED)
    log.trim("wall:deadletter", f"{box.every(Wanted())[-1]}")
    sent(log, rating())
    box.settle(newest(log), DONE, AUDITED)
    assert broker.hlen(LETTERS) == broker.xlen("wall:deadletter") == 2


def test_a_stranger_may_have_written_anything(box: Letterbox, log: Log, broker: redis.Redis) -> None:
    broker.xadd("wall:deadletter", {"raw": b"\xff", b"\xfe": b"", "reason": b"\xff"})
    letter = newest(log)
    assert (letter.source, letter.reason, letter.raw, letter.state) == ("", r"\xff", b"\xff", "open")
