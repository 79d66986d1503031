"""`GET /api/events/<id>`: one event with its whole record, for the detail view. Changes nothing."""

from __future__ import annotations

import flask

from callbacks.commands import refusal
from callbacks.live import Viewed


def register(server: flask.Flask, pipeline: Viewed) -> None:
    """Add the route."""

    @server.get("/api/events/<path:event_id>")
    def event(event_id: str) -> tuple[flask.Response, int]:
        try:
            return flask.jsonify(pipeline.case(event_id)), 200
        except KeyError:
            return refusal("event_id", "unknown_event", f"nobody has reported {event_id}"), 404
