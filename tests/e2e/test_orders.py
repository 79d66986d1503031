"""Random commands, legal and not, through HTTP against the running wall; a second fold, written apart, agrees."""

from __future__ import annotations

import random
import urllib.request
from pathlib import Path
from typing import Any

import msgspec
import pytest
from reference import Reference
from test_dispatch import post
from walls import App, report, wait_for

from dashboard.cities import load_city
from dashboard.picture import Picture
from dashboard.replica import Replica
from feeds.log import Log

PROCESSES = Path(__file__).resolve().parents[2] / "dashboard" / "processes"
FOLLOWED = ("suzhou", "huaian", "tianning", "external")
COMMANDS = 400
STEPS = ("accepted", "assigned", "handling", "tracked", "supervised", "feedback", "evaluated", "paused", "reported")
OFTEN = ("accept", "assign", "advance", "advance", "urge", "extend", "pause", "resume", "return", "close", "undo")
SELDOM = ("cancel", "merge", "comment", "rate", "whistle", "checkin")


def draw(dice: random.Random, reference: Reference) -> dict[str, Any]:
    """Some command on some event; many will be refused."""
    event_id = dice.choice([i for i, e in reference.events.items() if e["open"] or dice.random() < 0.1])
    name = dice.choice(OFTEN if dice.random() < 0.85 else SELDOM)
    version = reference.events[event_id]["v"]
    said: dict[str, Any] = {
        "command": name, "event_id": event_id, "by": dice.choice(["03席", "04席"]),
        "role": dice.choice(["seat", "seat", "seat", "chief", "chief", "leader", "department", "worker"]),
    }  # fmt: skip
    if dice.random() < 0.2:
        said["seen"] = max(1, version - dice.randrange(3))
    last = reference.events[event_id]["last"]
    more: dict[str, dict[str, Any]] = {
        "assign": {"department": dice.choice(["water", "fire"])},
        "advance": {"step": dice.choice(STEPS)},
        "extend": {"span": dice.choice(["1d", "1d", "90d"]), "reason": dice.choice(["雨天", "雨天", " "])},
        "pause": {"reason": dice.choice(["等批复", ""])}, "return": {"reason": dice.choice(["非本单位", ""])},
        "cancel": {"reason": "误报"}, "merge": {"into": other(dice, reference, event_id), "reason": "同一处"},
        "comment": {"text": "已致电"}, "rate": {"score": dice.randint(1, 5)},
        "whistle": {"level": "major", "departments": dice.sample(["fire", "water", "gas"], 2), "report_within_h": 1},
        "checkin": {"department": dice.choice(["fire", "water", "gas"])},
        "undo": {"step": last["step"] if last and dice.random() < 0.8 else "accepted"},
    }  # fmt: skip
    return said | more.get(name, {})


def other(dice: random.Random, reference: Reference, event_id: str) -> str:
    return dice.choice([one for one in reference.events if one != event_id])


def ask(wall: App, what: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{wall.url}/api/{what}", timeout=10) as answer:
        return msgspec.json.decode(answer.read())  # type: ignore[no-any-return]  # an object


def case(wall: App, event_id: str) -> dict[str, Any]:
    return ask(wall, f"events/{event_id}")


def as_told(found: dict[str, Any]) -> dict[str, Any]:
    """What the wall says of an event, in the reference's words; of one that has left, what is still said."""
    row = found["event"]
    whistle = row["whistle"] or {"departments": [], "in": {}}
    return {
        "process": row["process"], "step": row["step"], "open": found["open"], "paused": row["paused"] is not None,
        "urged": row["urged"], "extended": row["extended"], "returned": row["returned"], "department": row["dept"],
        "score": found["score"], "merged": row["merged"], "called": whistle["departments"],
        "checked": sorted(whistle["in"]), "v": row["v"],
    }  # fmt: skip


def expected(event: dict[str, Any]) -> dict[str, Any]:
    kept = {k: v for k, v in event.items() if k not in ("lines", "last", "limited")}
    return kept | {"checked": sorted(event["checked"])}


@pytest.mark.parametrize("seed", [1, 2])
def test_random_commands_agree_with_a_second_fold(wall: App, seed: int) -> None:
    dice, reference, answers = random.Random(seed), Reference(PROCESSES), dict[str, int]()
    for k in range(60):
        process = FOLLOWED[k % len(FOLLOWED)]
        report(wall.client(), f"E{k}", severity="serious", process=process)
        reference.report(f"E{k}", process)
    for event_id in reference.events:  # a seat is found for each
        wait_for(lambda e=event_id: case(wall, e)["event"]["seat"])  # type: ignore[misc]  # a default binds the loop's event
        reference.say(event_id, "event.routed")
    for _ in range(COMMANDS):
        said = draw(dice, reference)
        fault = reference.command(said)
        status, answer = post(wall, said)
        key = None if status == 202 else answer["error"]["key"]
        assert key == fault, (said, answer)
        assert fault is None or fault in answer["error"]["reason"] or fault in ("changed", "closed", "open"), answer
        answers[key or "done"] = answers.get(key or "done", 0) + 1
        for event_id in {said["event_id"], said.get("into", said["event_id"])} if fault is None else ():
            wait_for(lambda e=event_id: case(wall, e)["event"]["v"] == reference.events[e]["v"], pause=0.005)  # type: ignore[misc]  # a default binds the loop's event
    for event_id, event in reference.events.items():
        assert as_told(case(wall, event_id)) == expected(event), event_id
    assert answers["done"] > COMMANDS / 5
    assert {"edge", "actor", "reason", "closed", "paused", "unknown_step", "undo"} <= answers.keys()
    same_as_a_replica(wall)


def same_as_a_replica(wall: App, dead_letters: int = 0) -> Picture:
    """A replica of our own that folds the log from its beginning has the same hash; returns its picture."""
    city = load_city("changzhou")
    picture = Picture(city.regions.locate, city.regions.node, city.procedure, city.alarms)
    replica = Replica(Log(f"unix://{wall.data_dir / 'valkey.sock'}"), picture)
    replica.catch_up()
    assert wall.caught_up()["state_hash"] == picture.state_hash
    assert wall.client().xlen("wall:deadletter") == dead_letters
    return picture
