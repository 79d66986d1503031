"""`GET /api/events/<id>`: one event with its whole record; `GET /api/events?q=…`: events by words, however long ago.

How a question is refused is told in `asked`. Changes nothing.
"""

from __future__ import annotations

import flask

from callbacks.asked import as_json, at, explained, number
from callbacks.commands import refusal
from callbacks.live import Viewed
from dashboard.codec import Malformed
from dashboard.lookup import MOST, Wanted, find
from dashboard.regions import Regions

SHORTEST, LONGEST = 2, 80
"""Characters of the words; of shorter ones half the city's events have some."""
_EVER = 2**53


def register(server: flask.Flask, pipeline: Viewed, regions: Regions) -> None:
    """Add the routes."""
    server.add_url_rule("/api/events", "events", explained(lambda: _events(pipeline, regions)))

    @server.get("/api/events/<path:event_id>")
    def event(event_id: str) -> flask.Response:
        return explained(lambda: _event(pipeline, event_id))()


def _event(pipeline: Viewed, event_id: str) -> flask.Response:
    try:
        return flask.jsonify(pipeline.case(event_id))
    except KeyError:
        unknown = refusal("event_id", "unknown_event", f"nobody has reported {event_id}")
        unknown.status_code = 404
        return unknown


def _events(pipeline: Viewed, regions: Regions) -> flask.Response:
    words = flask.request.args.get("q", "").strip()
    if not SHORTEST <= len(words) <= LONGEST:
        raise Malformed("q", words[:LONGEST], f"must be {SHORTEST} to {LONGEST} characters")
    region, most = flask.request.args.get("region", ""), round(number("limit", 1, MOST, MOST))
    found, more = find(pipeline, Wanted(words, at("from", 0), at("to", _EVER), region, most), regions)
    return as_json({"events": found, "truncated": more})
