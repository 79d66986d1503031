"""The handover over HTTP, from the draft to the second signature, on a real log."""

from __future__ import annotations

import flask
import pytest
import redis
from flask.testing import FlaskClient

from callbacks import commands, handover
from dashboard import clock
from dashboard.cities import DispatchRules, load_city
from dashboard.stats import Freshness
from feeds.log import Log
from feeds.operator import Operator
from feeds.orders import Judge
from tests.support import T0, Stage, reported


class Hall:
    """A seat over a staged pipeline and a log."""

    def __init__(self, stage: Stage, log: Log) -> None:
        self.stage, self.log = stage, log
        server = flask.Flask("test")
        operator = Operator(log, stage.pipeline, Judge(Freshness(), DispatchRules()), lambda: T0 + 1000)
        commands.register(server, operator)
        handover.register(server, stage.pipeline, load_city("changzhou"), lambda: T0 + 1000)
        self.client: FlaskClient = server.test_client()

    def command(self, **said: object) -> int:
        """The status; what came of it is in the picture."""
        status = self.client.post("/api/commands", json=said).status_code
        position = {"wall:control": self.stage.replica.picture.position.get("wall:control", "0-0")}
        for found in self.log.read(position, None, 100):
            self.stage.replica.picture.apply(found)
        return status


@pytest.fixture
def hall(stage: Stage, log: Log, broker: redis.Redis) -> Hall:
    stage.before(("event.reported", reported("e1", severity="urgent")))
    stage.play(0.5)
    return Hall(stage, log)


def test_the_draft_is_of_the_shift_going_on_or_of_the_one_before(hall: Hall) -> None:
    said = hall.client.get("/api/handover").get_json()
    assert (said["shift"]["name"], said["shift"]["day"], said["at"]) == ("day", "2026-03-12", T0 + 1000)
    assert (said["counts"]["reported"], [line["id"] for line in said["items"]]) == (1, ["e1"])
    before = hall.client.get("/api/handover?shift=before").get_json()
    assert (before["shift"]["name"], before["shift"]["end_ms"]) == ("night", said["shift"]["start_ms"])
    assert before["counts"]["reported"] == 0


def test_two_sign_and_the_sheet_can_be_read_ever_after(hall: Hall) -> None:
    drawn = hall.client.get("/api/handover").get_json()
    lines = [
        {key: line[key] for key in ("kind", "id", "title", "place")} | {"say": "已到场"} for line in drawn["items"]
    ]
    span = {"start": drawn["shift"]["start_ms"], "end": drawn["shift"]["end_ms"]}
    sheet = {"command": "handover", "shift": "2026-03-12 白班", "counts": drawn["counts"], "items": lines, **span}
    assert hall.command(**sheet, by="王敏", id="h1", notes="无") == 202
    assert hall.command(**sheet, by="赵云", id="h2") == 202
    assert hall.command(command="takeover", handover_id="h1", by="王敏") == 409
    assert hall.command(command="takeover", handover_id="h1", by="李刚", notes="已核对") == 202
    short = hall.client.get("/api/handovers").get_json()["handovers"]
    assert [(one["id"], one["handed"], one["taken"], one["lines"]) for one in short] == [
        ("h2", "赵云", "", 1), ("h1", "王敏", "李刚", 1),
    ]  # fmt: skip
    whole = hall.client.get("/api/handovers/h1").get_json()
    assert short[1].items() <= whole.items()
    assert (whole["items"], whole["notes"], whole["taken_notes"]) == (lines, "无", "已核对")
    assert whole["start"] + 12 * clock.HOUR_MS == whole["end"]


def test_an_unknown_handover_is_said_to_be(hall: Hall) -> None:
    answer = hall.client.get("/api/handovers/h9")
    assert (answer.status_code, answer.get_json()["error"]["key"]) == (404, "unknown_handover")
    assert hall.client.get("/api/handovers").get_json() == {"handovers": []}
