"""`POST /api/commands`: what a seat does. One JSON object in; 202 with the log's entry ids once it is on the log.

Another site's page cannot send one: the body must be declared as JSON, which browsers ask leave for across sites and
never get here, and the `Origin` they always add must be this server's own. Who sits at the seat is not checked: there
are no accounts yet.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import flask
import msgspec

from dashboard.process import Parts
from dashboard.replica import LogUnavailable
from dashboard.scan import Unreadable
from feeds.operator import Operator
from feeds.orders import Refused

MOST_BYTES = 262_144
"""Room for the sheet of a shift handover with all the lines it may have."""
RETRY_AFTER_S = "2"
Answer = tuple[flask.Response, int]


def register(server: flask.Flask, operator: Operator | None) -> None:
    """Add the route; without an operator every command is answered 503."""

    @server.post("/api/commands")
    def command() -> tuple[flask.Response, int]:
        return answered(lambda: _act(operator))


def _act(operator: Operator | None) -> Answer:
    check_sender(flask.request)
    if operator is None:
        raise LogUnavailable("this wall has no log to write to")
    receipt = operator.act(flask.request.get_data(cache=False))
    return flask.jsonify({"id": receipt.id, "entries": receipt.entries}), 202


def answered(act: Callable[[], Answer]) -> Answer:
    """What `act` answers, or why it was refused, or that log or archive cannot be asked now."""
    try:
        return act()
    except Refused as fault:
        return refusal(fault.field, fault.key, fault.reason, fault.parts), fault.status
    except (LogUnavailable, Unreadable) as fault:
        answer = refusal("", "log", str(fault))
        answer.headers["Retry-After"] = RETRY_AFTER_S
        return answer, 503


def check_sender(request: flask.Request, most_bytes: int = MOST_BYTES) -> None:
    """Raises Refused for what another site's page could have sent, and for what is too long to be a command."""
    if request.mimetype != "application/json":
        raise Refused(415, "Content-Type", "malformed", "must be application/json")
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Refused(403, "Origin", "origin", f"{origin} is another site")
    if request.content_length is None or request.content_length > most_bytes:
        raise Refused(413, "Content-Length", "malformed", f"must be at most {most_bytes} bytes")


def refusal(field: str, key: str, reason: str, parts: Parts | None = None) -> flask.Response:
    """What a refused sender is told: which field, a key for the seat's words, a sentence, and what it is made of."""
    error = {"field": field, "key": key, "reason": reason}
    return flask.jsonify({"error": error if parts is None else error | {"parts": msgspec.to_builtins(parts)}})
