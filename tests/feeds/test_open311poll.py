"""Another city polled over real HTTP: pages, deaths, restarts; nothing lost and nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import msgspec
import pytest

from dashboard import clock
from dashboard.codec import decode
from dashboard.eventstate import EventState
from dashboard.record import Record
from feeds import feedsfile, getting, open311poll
from feeds.base import Backoff, supervise
from feeds.feedsfile import FeedsFile, Open311
from feeds.log import DEAD_LETTERS, Log
from feeds.open311memory import Position
from feeds.open311poll import Open311Feed
from feeds.tally import Report, Tally
from tests.following import Following
from tests.othercity import OtherCity

HOUR_MS = 3_600_000
NOW = clock.now_ms()


@pytest.fixture
def city() -> Iterator[OtherCity]:
    found = OtherCity()
    yield found
    found.stop()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open311poll, "PAUSE_S", 0)


def entry(url: str, **more: object) -> Open311:
    """An entry of feeds.yaml that asks without rest."""
    said = {
        "kind": "open311",
        "name": "next",
        "crs": "wgs84",
        "url": url,
        "every_s": 0.01,
        "services": {"001": "labour"},
    }
    return msgspec.convert(said | more, Open311)


class Running:
    """A supervised feed of another city into the log, in a thread."""

    def __init__(self, found: Open311, log: Log, folder: Path = Path("none")) -> None:
        self.log, self.tally, self.stop = log, Tally("open311", NOW), Event()
        feed = Open311Feed(found, feedsfile.read(folder / "feeds.yaml")._replace(city="changzhou"), self.tally)
        self.thread = Thread(target=supervise, args=(feed, log, self.stop, Backoff(0.01, 0.02), self.tell))
        self.thread.start()

    def tell(self, state: object, why: str) -> None:
        self.tally.turn(state, NOW, why)  # type: ignore[arg-type]  # one of the states

    def report(self) -> Report:
        return msgspec.json.decode(self.tally.said(NOW)[0], type=Report)

    def until(self, polls: int = 3) -> None:
        """Wait until everything up to now has been asked for, so many times."""
        for _ in range(polls):
            now_ms = clock.now_ms()
            for _ in range(2000):
                kept = self.log.recall("next")
                if kept and msgspec.json.decode(kept, type=Position).at_ms > now_ms:
                    break
                self.stop.wait(0.01)
            else:
                raise AssertionError(self.report())

    def sees(self, state: str) -> None:
        """Wait until it says that it is so."""
        for _ in range(2000):
            if self.report().state == state:
                return
            self.stop.wait(0.01)
        raise AssertionError(self.report())

    def end(self) -> None:
        self.stop.set()
        self.thread.join(30)
        assert not self.thread.is_alive()


def records(log: Log) -> list[Record]:
    return [decode(one) for one in log.between("wall:events", "-", "+", 10_000)]


def event(log: Log, event_id: str) -> EventState:
    return Following(log).look(lambda picture: picture.events[event_id])


def settled(city: OtherCity, log: Log, **more: object) -> list[Record]:
    """What is on the log after the city has been polled for a while."""
    feed = Running(entry(city.url, **more), log)
    feed.until()
    feed.end()
    return records(log)


def forget(log: Log) -> None:
    """Make it that ten minutes have gone: the log's own marks stand no longer."""
    log.ask(lambda server: [server.delete(key) for key in server.scan_iter("wall:once:*")])


def test_requests_are_events_and_told_once_however_often_asked(city: OtherCity, log: Log) -> None:
    city.put("7", NOW - HOUR_MS, status_notes="scheduled", address="8TH AVE")
    found = settled(city, log)
    assert [record.id for record in found] == [
        f"next-7/{part}" for part in ("reported", "accepted", "assigned", "handling")
    ] + [found[-1].id]
    assert found[-1].type == "event.comment" and {record.source for record in found} == {"next"}
    told = event(log, "next-7")
    assert (told.title, told.category, told.channel, str(told.step)) == ("request 7", "labour", "open311", "handling")
    forget(log)
    assert settled(city, log) == found


def test_it_is_asked_politely_and_by_the_time_of_updates(city: OtherCity, log: Log, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("secret\n")
    feed = Running(entry(f"{city.url}?jurisdiction_id=x", key_file="key"), log, tmp_path)
    feed.until()
    feed.end()
    first = city.asked[0]
    assert (first["api_key"], first["jurisdiction_id"], first["page"], first["page_size"]) == ("secret", "x", "1", "50")
    assert abs(clock.from_rfc3339(first["updated_after"]) - (clock.now_ms() - 7 * 24 * HOUR_MS - HOUR_MS)) < 60_000
    assert clock.from_rfc3339(first["updated_before"]) - clock.from_rfc3339(first["updated_after"]) == 25 * HOUR_MS
    assert city.headers[0]["user-agent"].startswith("FourScreens/")
    newest = clock.from_rfc3339(city.asked[-1]["updated_after"])
    assert abs(newest - (clock.now_ms() - HOUR_MS)) < 60_000


def test_many_pages_of_a_few_each(city: OtherCity, log: Log) -> None:
    city.cap = 7
    for n in range(100):
        city.put(str(n), NOW - HOUR_MS - n)
    assert len({record.id for record in settled(city, log)}) == len(records(log)) == 400


def test_a_row_that_slips_to_another_page_meanwhile_is_not_lost(city: OtherCity, log: Log) -> None:
    city.cap = 10
    for n in range(30):
        city.put(str(n), NOW - 3 * HOUR_MS + n * 1000)

    def move(number: int) -> None:
        """Once its first page has been told, its rows leave the window that is asked for: the others move up."""
        if city.asked[-1]["page"] == "1" and city._found(city.asked[-1]) and not moved:
            moved.append(number)
            for n in range(5):
                city.put(str(n), NOW - 3 * HOUR_MS, updated_ms=NOW + HOUR_MS)

    moved: list[int] = []
    city.after = move
    told = {record.id for record in settled(city, log) if record.type == "event.reported"}
    assert moved and told == {f"next-{n}/reported" for n in range(30)}


@pytest.mark.parametrize("knows", [("start_date", "end_date"), ()])
def test_a_server_that_does_not_know_the_time_of_updates(log: Log, knows: tuple[str, ...]) -> None:
    city = OtherCity(knows=knows)
    try:
        city.put("old", NOW - 80 * 24 * HOUR_MS)
        city.put("new", NOW - 2 * HOUR_MS)
        feed = Running(entry(city.url), log)
        feed.until()
        assert "start_date" in city.asked[-2] or "service_request_id" in city.asked[-2]
        city.put("new", NOW - 2 * HOUR_MS, status="closed", updated_ms=NOW, status_notes="done")
        feed.until()
        feed.end()
        assert str(event(log, "next-new").step) == "evaluated"
        kept = msgspec.json.decode(log.recall("next") or b"", type=Position)
        assert not kept.by_update
        before = records(log)
        forget(log)
        assert settled(city, log) == before
    finally:
        city.stop()


def test_a_server_that_refuses_the_question_is_asked_another(city: OtherCity, log: Log) -> None:
    city.knows = ("start_date", "end_date")
    city.trouble = lambda n: (400, {}, b"unknown parameter") if "updated_after" in city.asked[-1] else None
    city.put("1", NOW - 2 * HOUR_MS)
    assert len(settled(city, log)) == 4


def test_what_is_closed_over_there_is_closed_here_once(city: OtherCity, log: Log) -> None:
    city.put("1", NOW - 20 * HOUR_MS)
    settled(city, log)
    forget(log)
    city.put("1", NOW - 20 * HOUR_MS, updated_ms=clock.now_ms(), status="closed", status_notes="Fixed")
    found = settled(city, log)
    assert [record.id for record in found[4:]] == ["next-1/feedback", "next-1/evaluated"]
    told = event(log, "next-1")
    assert str(told.step) == "evaluated" and told.trail[-2].note == "Fixed"
    city.put("1", NOW - 20 * HOUR_MS, updated_ms=clock.now_ms(), status="open")
    forget(log)
    assert settled(city, log) == found


def test_services_that_nobody_has_mapped_and_rows_that_cannot_be_read_are_dead_letters_once(
    city: OtherCity, log: Log
) -> None:
    city.put("1", NOW - HOUR_MS, service_code="999")
    city.put("2", NOW - HOUR_MS, lat=None)
    city.put("3", NOW - HOUR_MS, status="new")
    city.put("4", NOW - HOUR_MS)
    assert {record.id for record in settled(city, log)} >= {"next-4/reported"}
    letters = [one.fields for one in log.between(DEAD_LETTERS, "-", "+", 100)]
    assert sorted((letter[b"field"]) for letter in letters) == [b"[2].status", b"lat", b"service_code"]
    assert {
        json.loads(letter[b"raw"]).get("service_request_id", "3") for letter in letters if b"status" in letter[b"field"]
    } == {"3"}
    settled(city, log)
    assert len(log.between(DEAD_LETTERS, "-", "+", 100)) == 3 and len(records(log)) == 4


def test_a_category_there_is_not_or_a_zone_is_said(tmp_path: Path) -> None:
    file = FeedsFile(tmp_path, [], [], city="changzhou")
    for wrong, why in (
        ({"services": {"1": "none"}}, "'none' is no category"),
        ({"zone": "Mars/Base"}, "no time zone"),
        ({"url": "x"}, "url="),
    ):
        with pytest.raises(ValueError, match=why):
            Open311Feed(entry(**({"url": "http://a"} | wrong)), file, Tally("open311", NOW))  # type: ignore[arg-type]


def test_a_server_that_dies_and_comes_back_loses_and_doubles_nothing(city: OtherCity, log: Log) -> None:
    city.cap = 10
    city.trouble = lambda n: (
        (500, {}, b"oops") if n % 5 == 3 else (200, {}, b'[{"service_request_id": "9') if n % 7 == 5 else None
    )
    feed = Running(entry(city.url), log)
    for n in range(120):
        city.put(str(n), clock.now_ms() - HOUR_MS)
        if n % 30 == 10:
            city.stop()
            feed.sees("waiting")
            city.start()
        if n % 30 == 20:
            feed.end()
            forget(log)
            feed = Running(entry(city.url), log)
    city.trouble = lambda n: None
    feed.until()
    feed.end()
    found = [record.id for record in records(log)]
    assert len(found) == len(set(found)) == 480


def test_who_asks_us_to_wait_is_left_alone(city: OtherCity, log: Log) -> None:
    city.trouble = lambda n: (429, {"Retry-After": "3000"}, b"slow down")
    feed = Running(entry(city.url), log)
    feed.sees("waiting")
    assert "slow down" in feed.report().why and "3000" in feed.report().why
    asked = len(city.asked)
    feed.stop.wait(0.2)
    assert len(city.asked) == asked == 1
    feed.end()


def test_who_was_asked_to_wait_goes_on_with_the_same_page(
    city: OtherCity, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open311poll, "LEAST_WAIT_S", 0.001)
    city.cap = 5
    city.trouble = lambda n: (429, {"Retry-After": "0"}, b"") if n % 3 == 0 else None
    for n in range(60):
        city.put(str(n), NOW - HOUR_MS)
    assert len(settled(city, log)) == 240


def test_an_answer_in_xml_with_local_times(city: OtherCity, log: Log) -> None:
    at = clock.to_rfc3339(clock.now_ms() - 2 * HOUR_MS + 8 * HOUR_MS)[:19]
    row = f"<status>open</status><service_code>001</service_code><requested_datetime>{at}</requested_datetime>"
    row += "<lat>31.8</lat><long>119.9</long>"
    body = f"<service_requests><request><service_request_id>5</service_request_id>{row}</request></service_requests>"
    city.trouble = lambda n: (200, {}, body.encode())
    assert [record.type for record in settled(city, log, zone="Asia/Shanghai")][:1] == ["event.reported"]
    assert abs(records(log)[0].time_ms - (clock.now_ms() - 2 * HOUR_MS)) < 60_000


def test_a_dripping_server_does_not_hold_a_feed_that_is_to_end(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getting, "TIMEOUT_S", 0.1)
    feed = Running(entry("http://127.0.0.1:9/"), log)
    feed.sees("waiting")
    feed.end()


def test_a_poll_that_never_comes_to_its_end_says_nothing_twice(city: OtherCity, log: Log) -> None:
    city.cap = 2
    city.trouble = lambda n: (500, {}, b"") if city.asked[-1]["page"] == "2" else None
    for n in range(4):
        city.put(str(n), NOW - HOUR_MS, lat=None)
    feed = Running(entry(city.url), log)
    for _ in range(1500):
        if len(city.asked) > 15:
            break
        feed.stop.wait(0.02)
    feed.end()
    assert len(city.asked) > 15 and len(log.between(DEAD_LETTERS, "-", "+", 100)) == 2
