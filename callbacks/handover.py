"""`GET /api/handover` drafts the sheet of a shift; `/api/handovers` lists signed ones, `/api/handovers/<id>` has one.

`?shift=before` drafts the shift before the present one, for those who hand over late. Signing is a command of a seat
(`commands`); this changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import flask
import msgspec

from callbacks.commands import refusal
from callbacks.live import Viewed
from dashboard import clock, shiftsheet
from dashboard.cities import City
from dashboard.handover import Handover

_FRESH: Final = {"Cache-Control": "no-cache"}


def register(server: flask.Flask, pipeline: Viewed, city: City, now: Callable[[], int] = clock.now_ms) -> None:
    """Add the routes."""

    @server.get("/api/handover")
    def draft() -> flask.Response:
        now_ms = now()
        shift = shiftsheet.shift_at(now_ms)
        if flask.request.args.get("shift") == "before":
            shift = shiftsheet.shift_at(shift.start_ms - 1)
        return _json(pipeline.look(lambda picture: shiftsheet.draft(picture, shift, now_ms, city.regions.place)))

    @server.get("/api/handovers")
    def handovers() -> flask.Response:
        return _json({"handovers": pipeline.look(lambda picture: [_short(one) for one in picture.handovers])[::-1]})

    @server.get("/api/handovers/<path:handover_id>")
    def handover(handover_id: str) -> tuple[flask.Response, int]:
        try:
            found = pipeline.look(lambda picture: picture.handovers[handover_id])
        except KeyError:
            return refusal("handover_id", "unknown_handover", f"{handover_id} was never handed over"), 404
        sheet = {"notes": found.handed.notes, "items": found.handed.items, "counts": found.handed.counts}
        return _json(_short(found) | sheet | {"taken_notes": found.taken.notes if found.taken else ""}), 200


def _short(handover: Handover) -> dict[str, Any]:
    """Whose it is; instants in UTC ms, `taken` empty until somebody has signed."""
    handed, taken = handover.handed, handover.taken
    return {
        "id": handed.handover_id, "shift": handed.shift, "start": handed.start, "end": handed.end,
        "handed": handed.by, "handed_at": handover.handed_ms, "lines": len(handed.items),
        "taken": taken.by if taken else "", "taken_at": handover.taken_ms,
    }  # fmt: skip


def _json(content: object) -> flask.Response:
    return flask.Response(msgspec.json.encode(content), mimetype="application/json", headers=_FRESH)
