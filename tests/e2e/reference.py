"""The event's life written a second time, plainly, from the processes' YAML: what the product is compared with.

Shares no code with it beyond the files a city edits. One dictionary an event; a command either changes it or is
answered by the key of the rule that forbids it.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

STILL = {"event.comment", "event.rated", "event.checkin", "event.whistle", "event.routed", "absorbed"}
"""After these an event stands where it stood."""
SIMPLE = {
    "accept": "accepted", "urge": "supervised", "resume": "resumed", "return": "returned", "cancel": "cancelled",
    "pause": "paused", "extend": "extended", "merge": "merged",
}  # fmt: skip


class Reference:
    """Events under their processes."""

    def __init__(self, folder: Path) -> None:
        files = folder.glob("*.yaml")
        self.processes = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in files}
        self.events: dict[str, dict[str, Any]] = {}

    def report(self, event_id: str, process: str) -> None:
        """A new event, 较大."""
        self.events[event_id] = {
            "process": process, "step": "reported", "open": True, "paused": False, "urged": 0, "extended": 0,
            "returned": 0, "department": "", "score": None, "limited": False, "merged": [], "called": [], "checked": [],
            "v": 1, "lines": ["reported"], "last": None,
        }  # fmt: skip

    def say(self, event_id: str, line: str) -> None:
        """Something has been said of an event."""
        self._say(self.events[event_id], line)

    def command(self, said: dict[str, Any]) -> str | None:
        """Carry a command out; else the key of the refusal, and nothing has changed."""
        event = self.events[said["event_id"]]
        since = event["v"] - said.get("seen", event["v"])
        if since and any(line not in STILL for line in event["lines"][-since:]):
            return "changed"
        trial = copy.deepcopy(event)
        fault = self._carry_out(trial, said)
        if fault is None:
            self.events[said["event_id"]] = trial
            if said["command"] == "merge":
                into = self.events[said["into"]]
                into["merged"].append(said["event_id"])
                self._say(into, "absorbed")
        return fault

    def _carry_out(self, event: dict[str, Any], said: dict[str, Any]) -> str | None:
        name = said["command"]
        if name in ("assign", "close"):
            return self._go(event, said, "assigned" if name == "assign" else "evaluated")
        if name == "extend" and event["open"] and not event["limited"]:
            return "no_limit"
        if name == "merge" and not self.events[said["into"]]["open"]:
            return "closed"
        if name in SIMPLE or name == "advance":
            return self._step(event, said, SIMPLE.get(name) or said["step"])
        return getattr(self, f"_{name}")(event, said)  # type: ignore[no-any-return]  # one of the methods below

    def _comment(self, event: dict[str, Any], said: dict[str, Any]) -> str | None:
        self._say(event, "event.comment")
        return None

    def _rate(self, event: dict[str, Any], said: dict[str, Any]) -> str | None:
        if event["open"]:
            return "open"
        event["score"] = said["score"]
        self._say(event, "event.rated")
        return None

    def _whistle(self, event: dict[str, Any], said: dict[str, Any]) -> str | None:
        if not event["open"]:
            return "closed"
        event["called"] += [one for one in said["departments"] if one not in event["called"]]
        self._say(event, "event.whistle")
        return None

    def _checkin(self, event: dict[str, Any], said: dict[str, Any]) -> str | None:
        if not event["open"]:
            return "closed"
        if said["department"] not in event["called"]:
            return "uncalled"
        if said["department"] not in event["checked"]:
            event["checked"].append(said["department"])
        self._say(event, "event.checkin")
        return None

    def _undo(self, event: dict[str, Any], said: dict[str, Any]) -> str | None:
        last = event["last"]
        if last is None or last["step"] != said["step"]:
            return "undo"
        if last["by"] != said["by"]:
            return "actor"
        kept = {key: event[key] for key in ("score", "merged", "called", "checked", "v", "lines")}
        event.update(last["before"])
        event.update(kept)
        event["last"] = None
        self._say(event, "undone")
        return None

    def _go(self, event: dict[str, Any], said: dict[str, Any], target: str) -> str | None:
        steps = [target]
        if event["open"] and not event["paused"]:
            found = self._way(event["process"], event["step"], target)
            if found is None:
                return "edge"
            steps = found
        for step in steps:
            if fault := self._step(event, said | ({"department": ""} if step != target else {}), step):
                return fault
        return None

    def _way(self, process: str, here: str, there: str) -> list[str] | None:
        """The shortest way by steps that may not be left out."""
        rules = {entry["step"]: entry for entry in self.processes[process]["steps"]}
        ways: list[list[str]] = [[]]
        while ways:
            longer = []
            for way in ways:
                for step in rules[way[-1] if way else here].get("next", ()):
                    if step == there:
                        return [*way, step]
                    if not rules[step].get("optional") and step not in way:
                        longer.append([*way, step])
            ways = longer
        return None

    def _step(self, event: dict[str, Any], said: dict[str, Any], step: str) -> str | None:
        if fault := self._forbidden(event, said, step):
            return fault
        process = self.processes[event["process"]]
        before = {k: copy.deepcopy(v) for k, v in event.items() if k != "last"}
        can_undo = step in (process.get("undo") or {}).get("steps", ())
        event["last"] = {"step": step, "by": said["by"], "before": before} if can_undo else None
        self._apply(event, said, step, process)
        self._say(event, step)
        return None

    def _apply(self, event: dict[str, Any], said: dict[str, Any], step: str, process: dict[str, Any]) -> None:
        event["department"] = said.get("department") or event["department"]
        event["extended"] += step == "extended"
        event["returned"] += step == "returned"
        event["urged"] += step == "supervised"
        if step in ("paused", "resumed"):
            event["paused"] = step == "paused"
        elif step != "extended":
            event["paused"] = False
            event["step"] = process["moves"]["returned"]["to"] if step == "returned" else step
            event["open"] = step not in ("evaluated", "merged", "cancelled")
            event["limited"] |= event["step"] == process.get("limit_from") and bool(process.get("limit"))

    def _forbidden(self, event: dict[str, Any], said: dict[str, Any], step: str) -> str | None:
        process = self.processes[event["process"]]
        rules = {entry["step"]: entry for entry in process["steps"]}
        move = process["moves"].get(step)
        if not event["open"]:
            return "closed"
        if step not in rules and move is None:
            return "unknown_step"
        if step == "resumed" and not event["paused"]:
            return "paused"
        if event["paused"] and step not in ("resumed", "merged", "cancelled"):
            return "paused"
        if not self._edge(process, event["step"], step):
            return "edge"
        rule = rules.get(step) or move or {}
        if rule.get("by") and said["role"] not in rule["by"]:
            return "actor"
        if move and move.get("needs_reason") and not (said.get("reason") or said.get("note") or "").strip():
            return "reason"
        if move and step in ("extended", "returned") and event[step] >= move.get("most", 99):
            return "times"
        return "span" if said.get("span") == "90d" and move and move.get("at_most") else None

    @staticmethod
    def _edge(process: dict[str, Any], here: str, step: str) -> bool:
        order = [entry["step"] for entry in process["steps"]]
        move = process["moves"].get(step)
        if move is None:
            return step in next(entry.get("next", ()) for entry in process["steps"] if entry["step"] == here)
        if "from" in move:
            return here in move["from"]
        return "to" not in move or order.index(here) > order.index(move["to"])

    @staticmethod
    def _say(event: dict[str, Any], line: str) -> None:
        event["v"] += 1
        event["lines"].append(line)
