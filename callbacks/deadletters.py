"""Dead letters over HTTP: `/deadletters` is the page; what could not be accepted is looked at, corrected and retried.

`GET /api/deadletters` (`source`, `field`, `state`, `before`, `limit`) lists them, the newest first;
`GET /api/deadletters/<id>` has one with all that was sent. `POST /api/deadletters/<id>` {action, [data, by, reason]}
checks, retries or discards it: 200, or 202 with the entry id of what is on the log now; 422 names what is still wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

import flask
import msgspec

from callbacks.asked import as_json, explained, number, one_of
from callbacks.commands import Answer, answered, check_sender
from dashboard.codec import Malformed
from feeds import letters
from feeds.letterbox import STATES, Letter, Page, Settled, Wanted, is_id
from feeds.letters import Letters, NoRecord
from feeds.orders import Refused, Word
from layouts.deadletters import Asked, page
from layouts.words import Locale

MOST: Final = 200
PAGE: Final = 50
_ANY: Final = "all"


class Order(msgspec.Struct, forbid_unknown_fields=True):
    """What a seat does with a letter; `data` in place of its content."""

    action: Literal["check", "retry", "discard"]
    data: str | None = None
    by: Word = "seat"
    reason: str = ""


def register(server: flask.Flask, desk: Letters | None, locale: Callable[[], Locale]) -> None:
    """Add the routes; without a log there are no letters, and none of them."""
    if desk is None:
        return

    @explained
    def shown() -> flask.Response:
        return _unless_silent(lambda: _html(desk, _asked(), locale()))

    @explained
    def listed() -> flask.Response:
        return _unless_silent(lambda: _json(desk, _asked(), round(number("limit", 1, MOST, PAGE))))

    server.add_url_rule("/deadletters", "deadletters", shown)
    server.add_url_rule("/api/deadletters", "deadletters_listed", listed)

    @server.get("/api/deadletters/<letter_id>")
    def dead_letter(letter_id: str) -> Answer:
        return answered(lambda: (as_json(_whole(desk, _known(desk, letter_id))), 200))

    @server.post("/api/deadletters/<letter_id>")
    def deal(letter_id: str) -> Answer:
        return answered(lambda: _act(desk, letter_id))


def _html(desk: Letters, asked: Asked, locale: Locale) -> flask.Response:
    found = _page(desk, asked, PAGE)
    rows = [letters.told(one) for one in found.letters]
    return flask.Response(page(rows, found.after, asked, locale), mimetype="text/html")


def _json(desk: Letters, asked: Asked, most: int) -> flask.Response:
    found = _page(desk, asked, most)
    return as_json({"letters": [letters.told(one) for one in found.letters], "after": found.after})


def _page(desk: Letters, asked: Asked, most: int) -> Page:
    if asked.before and not is_id(asked.before):
        raise Malformed("before", asked.before, "is no letter's id")
    wanted = Wanted(asked.source, asked.field, "" if asked.state == _ANY else asked.state)
    return desk.box.page(wanted, asked.before, most)


def _asked() -> Asked:
    said = flask.request.args
    return Asked(
        said.get("source", ""), said.get("field", ""), one_of("state", (*STATES, _ANY)), said.get("before", "")
    )


def _unless_silent(find: Callable[[], flask.Response]) -> flask.Response:
    """What `find` answers; 503 while the log does not."""
    return flask.make_response(*answered(lambda: (find(), 200)))


def _known(desk: Letters, letter_id: str) -> Letter:
    letter = desk.box.letter(letter_id)
    if letter is None:
        raise Refused(404, "id", "unknown", f"the log has no letter {letter_id}; older ones are in the archive")
    return letter


def _whole(desk: Letters, letter: Letter) -> dict[str, object]:
    """A letter with its content; `no`: why no record can be made of that, "" where one can."""
    try:
        desk.record(letter)
        no = ""
    except Malformed as fault:
        no = fault.key if isinstance(fault, NoRecord) else ""
    return {**letters.told(letter), **letters.opened(letter), "no": no}


def _act(desk: Letters, letter_id: str) -> Answer:
    check_sender(flask.request)
    letter = _known(desk, letter_id)
    try:
        order = msgspec.json.decode(flask.request.get_data(cache=False), type=Order)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise Refused(400, "action", "malformed", str(fault)) from None
    sent = None if order.data is None else order.data.encode()
    try:
        return _done(desk, letter, order, sent)
    except Malformed as fault:
        key = fault.key if isinstance(fault, NoRecord) else "malformed"
        raise Refused(422, fault.field, key, str(fault)) from None
    except Settled as fault:
        raise Refused(409, "id", "settled", str(fault)) from None


def _done(desk: Letters, letter: Letter, order: Order, sent: bytes | None) -> Answer:
    if order.action == "retry":
        return flask.jsonify({"entry": desk.retry(letter, order.by, sent)}), 202
    if order.action == "discard":
        desk.discard(letter, order.by, order.reason[:500])
        return flask.jsonify({"state": "discarded"}), 202
    record = desk.record(letter, sent)
    return flask.jsonify({"type": record.type, "source": record.source, "id": record.id}), 200
