"""A department's system is told: in order, signed, again and again until it takes it, across restarts."""

from __future__ import annotations

import base64
from email.utils import formatdate
from pathlib import Path
from threading import Event, Thread
from typing import Any

import msgspec
import pytest
import redis

from dashboard import clock
from dashboard.logfiles import DEAD_LETTERS
from feeds import feedsfile, outbound, webhook
from feeds.base import Backoff, supervise
from feeds.feedsfile import FeedsFile
from feeds.log import Log
from feeds.posting import Answer
from feeds.tally import Report, Tally
from feeds.webhook import WebhookFeed
from tests.receiver import Posted, Receiver
from tests.support import T0, entry, reported, step

KEY = b"a key of twenty-four bytes or more"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}\n"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody folds the log here, so nobody has to be waited for; and what fails is tried again at once."""
    monkeypatch.setattr(outbound, "SETTLE_MS", 0)
    monkeypatch.setattr(webhook, "BACKOFF", Backoff(0.001, 0.01))


class Hall:
    """A log, and the feeds to a receiver that run one after another."""

    def __init__(self, log: Log, broker: redis.Redis, folder: Path) -> None:
        self.log, self.broker, self.folder, self.said = log, broker, folder, 0
        (folder / "secret").write_text(SECRET)

    def tell(self, kind: str, data: object) -> str:
        """One more record; returns its id."""
        self.said += 1
        said = entry(kind, data, id=f"r{self.said}")
        self.broker.xadd(said.stream, dict(said.fields))
        return f"r{self.said}"

    def feed(self, url: str, **more: Any) -> Running:
        return Running(self, feedsfile.Webhook(name="urban", url=url, secret_file="secret", **more))

    def letters(self) -> list[dict[bytes, bytes]]:
        return [letter.fields for letter in self.log.between(DEAD_LETTERS, "-", "+", 10)]


class Running:
    """A feed that runs, once what is said counts."""

    def __init__(self, hall: Hall, said: feedsfile.Webhook) -> None:
        self.tally, self.stop = Tally("webhook", T0), Event()
        feed = WebhookFeed(said, FeedsFile(hall.folder, [], [], hall.folder / "archive"), self.tally)
        self.thread = Thread(target=supervise, args=(feed, hall.log, self.stop, Backoff(0.01, 0.05)))
        self.thread.start()
        self.until(state="running")

    def report(self) -> Report:
        return msgspec.json.decode(self.tally.said(T0)[0], type=Report)

    def until(self, **wanted: object) -> Report:
        for _ in range(1500):
            report = self.report()
            if all(getattr(report, name) == value for name, value in wanted.items()):
                return report
            self.stop.wait(0.02)
        raise AssertionError(f"{report} is not {wanted}")

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *fault: object) -> None:
        self.stop.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.fixture
def hall(log: Log, broker: redis.Redis, tmp_path: Path) -> Hall:
    return Hall(log, broker, tmp_path)


def by_event(taken: list[Posted]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for posted in taken:
        found.setdefault(posted.event["subject"], []).append(posted.event["id"])
    return found


def test_every_change_is_posted_in_order_and_signed(hall: Hall) -> None:
    with Receiver() as there, hall.feed(there.url) as feed:
        ids: dict[str, list[str]] = {}
        for k in range(5):
            for event_id in ("e1", "e2", "e3"):
                kind, data = ("event.step", step(event_id, "accepted")) if k else ("event.reported", reported(event_id))
                ids.setdefault(event_id, []).append(hall.tell(kind, data))
        taken = there.until(15)
        assert by_event(taken) == ids
        feed.until(records=15, state="running")
    for posted in taken:
        assert posted.headers["content-type"] == "application/cloudevents+json"
        identity, timestamp = posted.headers["webhook-id"], posted.headers["webhook-timestamp"]
        assert webhook.sign(KEY, identity, timestamp, posted.body) == posted.headers["webhook-signature"]
        assert abs(int(timestamp) - clock.now_ms() / 1000) < 300
    assert len({posted.headers["webhook-id"] for posted in taken}) == 15


def test_the_signature_is_that_of_standard_webhooks() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = webhook.sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "their own example"


def test_a_failing_events_later_changes_wait_and_others_go_on(hall: Hall) -> None:
    def answers(posted: Posted) -> int:
        return 503 if posted.event["subject"] == "bad" else 200

    with Receiver(answers) as there, hall.feed(there.url) as feed:
        bad = [hall.tell("event.reported", reported("bad")), hall.tell("event.step", step("bad", "accepted"))]
        good = [hall.tell("event.reported", reported("good")), hall.tell("event.step", step("good", "accepted"))]
        assert [posted.event["id"] for posted in there.until(2)] == good
        assert "503" in feed.until(state="waiting").why
        there.until_posted(6)
        assert {posted.event["id"] for posted in there.posted} == {*good, bad[0]}
        there.answers = lambda posted: 200
        assert by_event(there.until(4)) == {"bad": bad, "good": good}
        tried = {posted.headers["webhook-id"] for posted in there.posted if posted.event["id"] == bad[0]}
        assert len(tried) == 1, "however often it is tried, it is the same message"
        feed.until(state="running", records=4)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 301, None])
def test_what_may_pass_is_tried_again(hall: Hall, status: int | None) -> None:
    with Receiver(lambda posted: status) as there, hall.feed(there.url) as feed:
        mine = hall.tell("event.reported", reported("e1"))
        there.until_posted(3)
        there.answers = lambda posted: 204
        assert [posted.event["id"] for posted in there.until(1)] == [mine]
        feed.until(records=1, rejected=0)
    assert hall.letters() == []


@pytest.mark.parametrize("status", [400, 401, 410, 422])
def test_what_is_not_wanted_is_a_dead_letter(hall: Hall, status: int) -> None:
    with Receiver(lambda posted: status if posted.event["type"] == "event.reported" else 204) as there:
        with hall.feed(there.url) as feed:
            hall.tell("event.reported", reported("e1"))
            after = hall.tell("event.step", step("e1", "accepted"))
            assert [posted.event["id"] for posted in there.until(1)] == [after]
            feed.until(records=1, rejected=1, state="running")
        [letter] = hall.letters()
        assert (letter[b"source"], letter[b"field"], letter[b"value"]) == (b"urban", b"status", str(status).encode())
        assert there.url.partition("?")[0].encode() in letter[b"place"] and letter[b"reason"].endswith(b"as told")
        assert letter[b"raw"] == there.posted[0].body


def test_a_dead_letter_does_not_show_the_key_in_an_address(hall: Hall) -> None:
    with Receiver(lambda posted: 400) as there, hall.feed(f"{there.url}&key=word") as feed:
        hall.tell("event.reported", reported("e1"))
        feed.until(rejected=1)
    [letter] = hall.letters()
    assert b"word" not in letter[b"place"] and letter[b"place"].startswith(b"POST http://")


def test_nothing_is_lost_across_restarts_and_a_receiver_that_is_away(hall: Hall) -> None:
    def told(count: int) -> list[str]:
        return [hall.tell("event.comment", {"event_id": f"e{k % 3}", "text": "x"}) for k in range(count)]

    with Receiver() as there:
        port = there.port
        with hall.feed(there.url):
            ids = told(5)
            there.until(5)
        ids += told(5)
        with hall.feed(there.url):
            before = there.until(10)
    with hall.feed(there.url) as feed:
        ids += told(5)
        feed.until(state="waiting")
    ids += told(5)
    with Receiver(port=port) as there, hall.feed(there.url):
        there.until(10)
    taken = by_event([*before, *there.taken])
    assert taken == {f"e{k}": [r for n, r in enumerate(ids) if n % 5 % 3 == k] for k in range(3)}


def test_a_department_is_told_of_its_own_alone(hall: Hall) -> None:
    with Receiver() as there, hall.feed(there.url, departments=("urban",)):
        mine, _ = hall.tell("event.reported", reported("mine")), hall.tell("event.reported", reported("other"))
        routed = {"seat": "s", "rule": "r"}
        hall.tell("event.routed", {"event_id": "other", "department": "water", **routed})
        given = hall.tell("event.routed", {"event_id": "mine", "department": "urban", **routed})
        then = hall.tell("event.rated", {"event_id": "mine", "score": 5})
        assert [posted.event["id"] for posted in there.until(3)] == [mine, given, then]


def test_a_receiver_that_never_answers_does_not_hold_up_the_end(hall: Hall) -> None:
    free = Event()

    def answers(posted: Posted) -> int:
        free.wait(60)
        return 204

    with Receiver(answers) as there:
        with hall.feed(there.url):
            mine = hall.tell("event.reported", reported("e1"))
            there.until_posted(1)
        free.set()
        with hall.feed(there.url):
            assert mine in [posted.event["id"] for posted in there.until(1)]


def test_with_too_much_in_hand_nothing_more_is_read(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "MOST_LEFT", 3)
    monkeypatch.setattr(outbound, "AT_ONCE", 1)
    with Receiver(lambda posted: 500) as there, hall.feed(there.url):
        ids = [hall.tell("event.reported", reported(f"e{k}")) for k in range(20)]
        there.until_posted(30)
        assert {posted.event["id"] for posted in there.posted} <= set(ids[:4])
        there.answers = lambda posted: 200
        there.until(20)
    assert sorted(there.ids()) == sorted(ids)


def test_a_new_key_beside_the_old(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(f"whsec_{base64.b64encode(b'n' * 32).decode()}\n\n{SECRET}")
    assert webhook.keys(path) == [b"n" * 32, KEY]


@pytest.mark.parametrize("text", ["", "\n", "secret", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!!", "MfKQ9r8GKYqrTwjUPD8I"])
def test_a_key_that_is_none_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret").write_text(text)
    with pytest.raises(ValueError, match="openssl rand -base64 32") as fault:
        webhook.keys(tmp_path / "secret")
    assert "MfKQ" not in str(fault.value)


@pytest.mark.parametrize(("said", "seconds"), [
    ("120", 120), ("0", 0), ("999999999999", 3600), ("-5", 0), ("soon", 0), ("", 0), ("٣", 0),
    (formatdate(T0 / 1000 + 60, usegmt=True), 60), (formatdate(T0 / 1000 - 60, usegmt=True), 0),
])  # fmt: skip
def test_how_long_is_asked_to_wait(said: str, seconds: float) -> None:
    assert webhook._asked_to_wait_s(Answer(429, "", {"retry-after": said}, b""), T0) == pytest.approx(seconds, abs=1)
