"""What a machine asks."""

from __future__ import annotations

import re

from callbacks import probes
from callbacks.web import Web
from dashboard import __version__
from tests.support import T0, Stage


def test_health_of_a_wall_that_runs(wall: Web, played: Stage) -> None:
    answer = wall.server.test_client().get("/healthz")
    health = answer.get_json()
    assert answer.status_code == 200
    assert health == {"version": __version__, **played.pipeline.health}
    assert (health["status"], health["workers"], health["open"], health["applied"]) == ("ok", 2, 1, 5)
    assert health["state_hash"] == played.replica.picture.state_hash
    assert health["feeds"]["test"] == {"records": 5, "duplicates": 0, "rejected": 0, "last": T0 + 200}


def test_health_of_one_that_has_not_caught_up(wall: Web, played: Stage) -> None:
    played.pipeline.health = Stage().pipeline.health
    answer = wall.server.test_client().get("/healthz")
    assert (answer.status_code, answer.get_json()["status"]) == (503, "starting")
    assert "wall_seq 0" in wall.server.test_client().get("/metrics").text


def test_metrics(wall: Web, played: Stage) -> None:
    answer = wall.server.test_client().get("/metrics")
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert f"wall_seq {played.push.seq}" in lines
    assert 'wall_feed_records_total{source="test"} 5' in lines
    sample = re.compile(r'(# (HELP|TYPE) .+|[a-z_]+(\{source="([^"\\\n]|\\.)*"\})? -?\d+)')
    assert [line for line in lines if not sample.fullmatch(line)] == []


def test_a_hostile_source_stays_inside_its_label() -> None:
    stat = {"records": 1, "duplicates": 0, "rejected": 0}
    [line, *_] = [text for text in probes.lines({"feeds": {'a"} 1\n\\b': stat}}) if "records" in text]
    assert line == 'wall_feed_records_total{source="a\\"} 1\\n\\\\b"} 1'
