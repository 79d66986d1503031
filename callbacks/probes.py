"""What a machine asks: `/healthz` as JSON and `/metrics` for Prometheus. Read-only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import flask

from callbacks.feedlist import told
from callbacks.kpi import gauges
from callbacks.live import Viewed
from dashboard import __version__, clock
from dashboard.cases import Filling
from dashboard.indicators import Indicators
from dashboard.scan import Busy, TookTooLong, Unreadable
from feeds.intake import Intake
from feeds.tally import states

PATHS = ("/healthz", "/metrics")
_GAUGES = {
    "seq": "Number of the newest frame", "lag_ms": "Age of the oldest entry of the last read",
    "applied": "Records applied", "workers": "Workers known", "events": "Events known", "open": "Events open",
}  # fmt: skip


def register(
    server: flask.Flask, pipeline: Viewed, indicators: Indicators | None = None, intake: Intake | None = None
) -> None:
    """Add the two routes."""

    @server.get("/healthz")
    def healthz() -> tuple[flask.Response, int]:
        health = {"version": __version__, **pipeline.health}
        health["feeds"] = told(health.get("feeds"), intake)
        return flask.jsonify(health), 200 if health["status"] == "ok" else 503

    @server.get("/metrics")
    def metrics() -> flask.Response:
        said = [*lines(pipeline.health), *_counted(indicators, pipeline.counted), *_supervised(intake)]
        return flask.Response("\n".join(said) + "\n", mimetype="text/plain; version=0.0.4")


def _counted(indicators: Indicators | None, sections: Mapping[str, Any]) -> list[str]:
    """The indicators; none while they cannot be counted, for a probe must be answered."""
    try:
        return [*gauges(indicators, clock.now_ms(), sections)] if indicators else []
    except (Filling, Busy, TookTooLong, Unreadable):
        return []


def _supervised(intake: Intake | None) -> Iterator[str]:
    """The Prometheus text of what feeds say of themselves."""
    for name, report in states(intake.reports, clock.now_ms()).items() if intake else ():
        yield f'wall_feed_state{{source="{_label(name)}",kind="{_label(report.kind)}",state="{report.state}"}} 1'
        for part, value in (("lag", report.lag_ms), ("skew", report.skew_ms)):
            if value is not None:
                yield f'wall_feed_{part}_seconds{{source="{_label(name)}"}} {value / 1000:.3f}'
        for part in ("records", "repeated", "rejected", "unknown"):
            yield f'wall_feed_said_{part}_total{{source="{_label(name)}"}} {getattr(report, part)}'


def _label(text: object) -> str:
    return str(text).translate({ord("\\"): r"\\", ord('"'): r"\"", ord("\n"): r"\n"})


def lines(health: Mapping[str, object]) -> Iterator[str]:
    """The Prometheus text of a health report."""
    for name, sentence in _GAUGES.items():
        if name in health:
            yield f"# HELP wall_{name} {sentence}."
            yield f"# TYPE wall_{name} gauge"
            yield f"wall_{name} {health[name]}"
    feeds = health.get("feeds")
    for source, stat in feeds.items() if isinstance(feeds, dict) else ():
        for name in ("records", "duplicates", "rejected"):
            yield f'wall_feed_{name}_total{{source="{_label(source)}"}} {stat[name]}'
