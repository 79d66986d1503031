"""What a machine asks: `/healthz` as JSON and `/metrics` for Prometheus. Read-only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import flask

from callbacks.live import Viewed
from dashboard import __version__

PATHS = ("/healthz", "/metrics")
_GAUGES = {
    "seq": "Number of the newest frame", "lag_ms": "Age of the oldest entry of the last read",
    "applied": "Records applied", "workers": "Workers known", "events": "Events known", "open": "Events open",
}  # fmt: skip


def register(server: flask.Flask, pipeline: Viewed) -> None:
    """Add the two routes."""

    @server.get("/healthz")
    def healthz() -> tuple[flask.Response, int]:
        health = {"version": __version__, **pipeline.health}
        return flask.jsonify(health), 200 if health["status"] == "ok" else 503

    @server.get("/metrics")
    def metrics() -> flask.Response:
        return flask.Response("\n".join(lines(pipeline.health)) + "\n", mimetype="text/plain; version=0.0.4")


def lines(health: Mapping[str, object]) -> Iterator[str]:
    """The Prometheus text of a health report."""
    for name, sentence in _GAUGES.items():
        if name in health:
            yield f"# HELP wall_{name} {sentence}."
            yield f"# TYPE wall_{name} gauge"
            yield f"wall_{name} {health[name]}"
    feeds = health.get("feeds")
    for source, stat in feeds.items() if isinstance(feeds, dict) else ():
        label = str(source).translate({ord("\\"): r"\\", ord('"'): r"\"", ord("\n"): r"\n"})
        for name in ("records", "duplicates", "rejected"):
            yield f'wall_feed_{name}_total{{source="{label}"}} {stat[name]}'
