"""`POST /ingest/cap`: public warnings as CAP 1.2 documents (XML), from senders that feeds.yaml lets send `area.`.

202 with what was drawn and removed, once it is on the log; 422 names the element that is wrong. Takes requests apart
as `ingest` does; what an alert becomes is `feeds.capintake`'s business.
"""

from __future__ import annotations

from typing import Final

import flask

from callbacks.ingest import answered, body
from callbacks.live import Viewed
from dashboard.picture import Picture
from feeds.capintake import Warnings
from feeds.intake import Answer, Intake, Sender, Turned

MEDIA: Final = ("application/cap+xml", "application/xml", "text/xml")


def register(server: flask.Flask, intake: Intake | None, pipeline: Viewed) -> None:
    """Add the way in; without an `intake` it answers 503."""
    warnings = Warnings(intake, lambda: pipeline.look(_standing)) if intake else None

    @server.post("/ingest/cap")
    def from_cap() -> flask.Response:
        return answered(intake, take)

    def take(_: Intake, sender: Sender) -> Answer:
        assert warnings is not None  # or `answered` would have refused
        if flask.request.mimetype not in MEDIA:
            media = flask.request.mimetype or "nothing"
            raise Turned(415, "Content-Type", f"{media} is none of {', '.join(MEDIA)}")
        return warnings.take(sender, body())


def _standing(picture: Picture) -> list[str]:
    return [state.area.area_id for state in picture.areas if state.area.kind == "cap"]
