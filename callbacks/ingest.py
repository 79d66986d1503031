"""The ways in over HTTP: `/ingest` for CloudEvents, `/ingest/owntracks` and `/ingest/osmand` for phones and trackers.

Takes requests apart and hands them to `feeds.intake`; decides nothing.

The token is a bearer, the password of basic authentication (what phones can send), or `token` in the address (what
trackers can send). Answers are JSON; a refusal names field and reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import flask
from werkzeug.exceptions import HTTPException

from callbacks.patience import RETRY_AFTER_S
from dashboard import clock
from dashboard.codec import Malformed
from feeds.intake import Answer, Intake, Sender, Turned
from feeds.protocols import osmand, owntracks
from feeds.protocols.cloudevents import BATCHED, STRUCTURED
from feeds.protocols.device import Sighting
from feeds.protocols.fields import KNOT_MPS

MOST_BYTES: Final = 4 * 1024 * 1024
_JSON: Final = "application/json"


def register(server: flask.Flask, intake: Intake | None) -> None:
    """Add the ways in; without an `intake` every one answers 503."""

    @server.post("/ingest")
    def ingest() -> flask.Response:
        return answered(intake, _events)

    @server.post("/ingest/owntracks")
    def from_owntracks() -> flask.Response:
        """Its apps take nothing but 200 and a list (of messages for them, of which there are none) for an answer."""
        answer = answered(intake, _owntracks)
        return flask.jsonify([]) if answer.status_code == 202 else answer

    @server.route("/ingest/osmand", methods=["GET", "POST"])
    def from_osmand() -> flask.Response:
        return answered(intake, _osmand)


def answered(intake: Intake | None, take: Callable[[Intake, Sender], Answer]) -> flask.Response:
    """What `take` answers to a sender who may send, or why not."""
    try:
        if intake is None:
            raise Turned(503, "", "this wall has no log to write to", {"Retry-After": "60"})
        if flask.request.headers.get("Content-Encoding", "identity") != "identity":
            raise Turned(415, "Content-Encoding", "send the body as it is, not compressed")
        answer = take(intake, intake.sender(_token()))
    except Turned as turned:
        answer = turned.answer
    made = flask.jsonify(answer.body)
    made.status_code = answer.status
    made.headers.update(dict(answer.headers))
    return made


def body() -> bytes:
    """The request's body. Raises Turned when it is longer than allowed, or breaks off."""
    flask.request.max_content_length = MOST_BYTES
    try:
        return flask.request.get_data(cache=False)
    except HTTPException as fault:
        status = fault.code or 400
        reason = f"must be at most {MOST_BYTES} bytes" if status == 413 else str(fault.description)
        later = {"Retry-After": str(RETRY_AFTER_S)} if status == 429 else {}
        raise Turned(status, "body", reason, later) from None


def _events(intake: Intake, sender: Sender) -> Answer:
    media = flask.request.mimetype
    lenient = "handling=lenient" in flask.request.headers.get("Prefer", "")
    if media in (STRUCTURED, BATCHED):
        return intake.structured(sender, media, body(), lenient)
    if any(name.lower().startswith("ce-") for name, _ in flask.request.headers):
        return intake.binary(sender, _lowered(), flask.request.headers.get("Content-Type", ""), body())
    if media == _JSON:  # what most senders write who never heard of media types for events
        sent = body()
        return intake.structured(sender, BATCHED if sent.lstrip()[:1] == b"[" else STRUCTURED, sent, lenient)
    raise Turned(415, "Content-Type", f"{media or 'nothing'} is none of {STRUCTURED}, {BATCHED}, {_JSON}")


def _owntracks(intake: Intake, sender: Sender) -> Answer:
    asked, sent = flask.request, body()
    user = asked.headers.get("X-Limit-U") or asked.args.get("u", "")
    device = asked.headers.get("X-Limit-D") or asked.args.get("d", "")
    return _said(intake, sender, sent, lambda: owntracks.decode(sent, "", user, device))


def _osmand(intake: Intake, sender: Sender) -> Answer:
    now_ms, sent = clock.now_ms(), body()
    if flask.request.mimetype == _JSON:
        return _said(intake, sender, sent, lambda: osmand.from_json(sent, now_ms))
    parts = [*flask.request.query_string.split(b"&"), *sent.split(b"&")]
    text = b"&".join(part for part in parts if part and not part.startswith(b"token="))  # a letter shows no secret
    unit = 1.0 if sender.entry.speed == "mps" else KNOT_MPS
    return _said(intake, sender, text, lambda: osmand.from_query(text.decode("utf-8", "replace"), now_ms, unit))


def _said(intake: Intake, sender: Sender, raw: bytes, read: Callable[[], Sequence[Sighting]]) -> Answer:
    try:
        sightings = read()
    except Malformed as fault:
        intake.admit(sender, 1)
        raise intake.refuse(sender, fault, raw) from None
    return intake.sightings(sender, sightings)


def _lowered() -> Mapping[str, str]:
    return {name.lower(): value for name, value in flask.request.headers}


def _token() -> str:
    given = flask.request.authorization
    if given is not None:
        return given.token or given.password or ""
    return flask.request.args.get("token", "")
