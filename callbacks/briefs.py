"""The daily brief over HTTP: `/brief` lists the issues, and makes one now for any days.

`GET /api/briefs` lists them, `/api/briefs/<id>.<html|pdf|docx|json>` has one as it was issued, `/api/briefs/preview`
(`from`, `to`: days; `format`) draws one up without a number. `POST /api/briefs` {first, last, [by, correct]} issues
one: 409 where the days have been issued and this is no `correct`ion, 503 where it may be tried again soon.
"""

from __future__ import annotations

from typing import Any, Final

import flask
import msgspec

from callbacks.asked import RETRY_AFTER_S, as_json, explained, one_of
from callbacks.briefdesk import Desk, NoCases
from callbacks.commands import Answer, answered, check_sender
from dashboard.brief import yesterday
from dashboard.briefshelf import FORMATS, Issued, Taken
from dashboard.cases import Filling
from dashboard.clock import city_day
from dashboard.codec import Malformed
from dashboard.scan import Busy, TookTooLong
from feeds.orders import Refused
from layouts.brief.listing import listing
from layouts.brief.order import Unmade
from layouts.words import choose

_TYPES: Final = {
    "html": "text/html; charset=utf-8", "pdf": "application/pdf", "json": "application/json",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
_LANGUAGE: Final = "wall_lang"
_BUSY: Final = "others are asking, or it took too long; try again in some seconds"


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """What a seat sends to have a brief issued."""

    first: str
    last: str
    by: str = ""
    correct: bool = False


def register(server: flask.Flask, desk: Desk | None, at: str) -> None:
    """Add the routes; without a desk there is nothing to look back at, and none of them."""
    if desk is None:
        return

    @server.get("/brief")
    def page() -> str:
        now_ms = desk.now()
        return listing(desk.shelf.issues(), _locale(desk), yesterday(now_ms), city_day(now_ms), at)

    @server.get("/api/briefs")
    def issues() -> flask.Response:
        return as_json({"briefs": [_short(one) for one in desk.shelf.issues()]})

    server.add_url_rule("/api/briefs/preview", "brief_preview", explained(lambda: _preview(desk)))

    @server.get("/api/briefs/<issue_id>.<form>")
    def issued(issue_id: str, form: str) -> flask.Response:
        try:
            content = desk.shelf.document(issue_id, form)
        except (KeyError, FileNotFoundError):
            flask.abort(404)
        return _file(content, form, f"brief-{issue_id}")

    @server.post("/api/briefs")
    def issue() -> tuple[flask.Response, int]:
        answer, status = answered(lambda: _issue(desk))
        if status == 503:
            answer.headers["Retry-After"] = RETRY_AFTER_S
        return answer, status


def _locale(desk: Desk) -> Any:
    return choose(flask.request.args.get("lang") or flask.request.cookies.get(_LANGUAGE), desk.locale)


def _preview(desk: Desk) -> flask.Response:
    form = one_of("format", FORMATS)
    first = flask.request.args.get("from", "")
    last = flask.request.args.get("to", first)
    if not first:
        raise Malformed("from", "", "is missing")
    try:
        brief = desk.draw(first, last)
    except ValueError as fault:
        raise Malformed("from", first, str(fault)) from fault
    try:
        content = desk.document(brief, form, _locale(desk))
    except Unmade as fault:
        return flask.Response(str(fault), 503, mimetype="text/plain")
    return _file(content, form, f"brief-{first}-{last}")


def _file(content: bytes, form: str, name: str) -> flask.Response:
    answer = flask.Response(content, content_type=_TYPES[form])
    where = "attachment" if form == "docx" else "inline"
    answer.headers.set("Content-Disposition", where, filename=f"{name}.{form}")
    return answer


def _issue(desk: Desk) -> Answer:
    check_sender(flask.request)
    try:
        asked = msgspec.json.decode(flask.request.get_data(cache=False), type=Asked)
        one = desk.issue(asked.first, asked.last, by=asked.by, correct=asked.correct)
    except (msgspec.MsgspecError, ValueError) as fault:
        raise Refused(400, "first", "malformed", str(fault)) from fault
    except Taken as fault:
        raise Refused(409, "first", "taken", str(fault)) from fault
    except NoCases as fault:
        raise Refused(409, "first", "nothing", str(fault)) from fault
    except (Filling, Busy, TookTooLong, Unmade, OSError) as fault:
        raise Refused(503, "", "busy", str(fault) or _BUSY) from fault
    return flask.jsonify(_short(one)), 201


def _short(one: Issued) -> dict[str, Any]:
    """What a list says of an issue; instants in UTC ms."""
    names = ("id", "year", "number", "first", "last", "issued", "by", "daily", "corrects", "missed")
    return {name: getattr(one, name) for name in names} | {"partial": one.brief.partial}
