"""How feeds are, over HTTP: `/feeds` is the page, `GET /api/feeds` lists them, `/api/feeds/<name>/devices` has devices.

What a feed says of itself (`feeds.tally`) beside what the picture has counted of its records; devices are those worth a
look, because no roster knows them or their clock is wrong. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol

import flask
import msgspec

from callbacks.asked import as_json
from callbacks.commands import Answer, answered
from callbacks.live import Viewed
from dashboard import clock
from feeds.intake import Intake
from feeds.orders import Refused
from feeds.tally import Device, states
from layouts.feedlist import page
from layouts.words import Locale

MOST: Final = 500
_UNSAID: Final[dict[str, Any]] = {"kind": "", "state": ""}
"""Of a source that is no supervised feed."""


class Known(Protocol):
    """What remembers the devices of a feed."""

    def devices(self, feed: str) -> dict[str, bytes]:
        """What a feed has said of devices, by device."""


def register(
    server: flask.Flask, pipeline: Viewed, intake: Intake | None, log: Known | None, locale: Callable[[], Locale]
) -> None:
    """Add the routes; without a `log` no device is known."""
    server.add_url_rule("/feeds", "feeds", lambda: page(locale()))

    @server.get("/api/feeds")
    def feeds_listed() -> flask.Response:
        feeds = told(pipeline.health.get("feeds"), intake)
        return as_json(
            {"as_of": clock.now_ms(), "feeds": [{"name": name} | _UNSAID | said for name, said in feeds.items()]}
        )

    @server.get("/api/feeds/<name>/devices")
    def feed_devices(name: str) -> Answer:
        return answered(lambda: (_devices(name, pipeline, intake, log), 200))


def told(counted: object, intake: Intake | None) -> dict[str, dict[str, Any]]:
    """What each feed says of itself, and what the picture has counted of each source."""
    sources = dict(counted) if isinstance(counted, dict) else {}
    said = states(intake.reports, clock.now_ms()) if intake else {}
    found = {name: msgspec.to_builtins(report) | sources.pop(name, {}) for name, report in sorted(said.items())}
    return found | dict(sorted(sources.items()))


def _devices(name: str, pipeline: Viewed, intake: Intake | None, log: Known | None) -> flask.Response:
    if name not in told(pipeline.health.get("feeds"), intake):
        raise Refused(404, "name", "unknown", f"no feed is named {name}")
    found = sorted(_read(log.devices(name) if log else {}), key=lambda one: -one["last_ms"])
    return as_json({"devices": found[:MOST], "truncated": len(found) > MOST})


def _read(said: dict[str, bytes]) -> Iterator[dict[str, Any]]:
    for device, text in said.items():
        yield {"device": device} | msgspec.to_builtins(msgspec.json.decode(text, type=Device))
