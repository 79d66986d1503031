"""Alarms written a second time, plainly, from ISA-18.2: what the product is compared with.

Shares no code with it, only the `alarms` section of a pack's city.yaml. An alarm is a dictionary and a handful of
timers that go off one by one, each at its own instant; the product asks what a span of time comes to. The rules:

* A condition begins once the device has said so for its delay, and ends once it has said the opposite for its delay;
  too many raises in a window hold it (chatter) until as long has passed without any.
* A condition that begins, or grows graver, calls. Acknowledging answers a call; one that has ended still waits for it.
* Shelved or out of service (ISA-18.2: removed from the operator), an alarm calls nobody and needs no answer. Back
  again, one that stands calls anew and any other is normal. A shelf ends by itself, and within a day.
* Suppressed by design: while another kind stands at the same place, it calls nobody and waits for nobody.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml

GRAVITY: Final = ["normal", "serious", "major", "urgent"]
PRIORITY: Final = {"normal": "low", "serious": "medium", "major": "high", "urgent": "high"}
DAY_MS: Final = 86_400_000
Said = dict[str, Any]
Outcome = tuple[str | None, list[tuple[str, Said]]]
"""The key of the refusal, or the records the command comes to."""


def _pick(said: Said, *names: str) -> Said:
    return {name: said.get(name, "") for name in names}


class Alarms:
    """Alarms by id, and the devices out of service; `events`: those an alarm may be linked to.

    `people` raise alarms themselves, and must always be heard.
    """

    def __init__(self, city: Path, events: list[str], people: list[str]) -> None:
        rules = yaml.safe_load(city.read_text(encoding="utf-8"))["alarms"]
        self.kinds, self.suppress, self.events = rules["kinds"], rules["suppress"], events
        self.people = people
        self.known: dict[str, Said] = {}
        self.out: dict[str, Said] = {}

    def hear(self, kind: str, data: Said, t: int) -> None:
        """A record the log took at `t`."""
        if kind == "alarm.serviced":
            self._serviced(data, t)
        elif kind == "alarm.raised" or data["alarm_id"] in self.known:
            new = {
                "on": False, "since": 0, "stands": False, "noted": True, "ack": "", "shelf": None, "raises": [],
                "chatter": False, "calls": 0, "event": "", "severity": "normal",
            }  # fmt: skip
            alarm = self.known.setdefault(data["alarm_id"], new)
            self._pass(alarm, t)
            getattr(self, f"_{kind.removeprefix('alarm.')}")(alarm, data, t)
            self._pass(alarm, t)

    def at(self, alarm_id: str, t: int) -> Said:
        """An alarm at `t`, with its state."""
        alarm = dict(self.known[alarm_id])
        self._pass(alarm, t)
        return alarm | {"state": self._state(alarm, t), "priority": self._priority(alarm)}

    def command(self, said: Said, t: int) -> Outcome:
        """What becomes of a seat's command at `t`."""
        return getattr(self, said["command"].replace("alarm.", "_order_"))(said, t)  # type: ignore[no-any-return]  # one of the methods below

    # The device's word.

    def _raised(self, alarm: Said, data: Said, t: int) -> None:
        alarm.update(device=data["device_id"], kind=data["kind"], place=(data["lat"], data["lon"]))
        rule = self._rule(alarm)
        alarm["raises"] = [one for one in alarm["raises"] if t - one < 1000 * rule.get("chatter_s", 60)] + [t]
        alarm["chatter"] |= len(alarm["raises"]) >= rule.get("chatter_raises", 3)
        graver = GRAVITY.index(data["severity"]) > GRAVITY.index(alarm["severity"])
        if graver or not (alarm["stands"] and alarm["chatter"]):
            alarm["severity"] = data["severity"]
        alarm["event"] = data["event_id"] or alarm["event"]
        if not alarm["on"]:
            alarm.update(on=True, since=t)
        if graver and alarm["stands"] and not self._aside(alarm):
            self._call(alarm)

    def _cleared(self, alarm: Said, data: Said, t: int) -> None:
        if alarm["on"]:
            alarm.update(on=False, since=t)

    # What people do.

    def _acked(self, alarm: Said, data: Said, t: int) -> None:
        if not alarm["noted"] and not self._aside(alarm):
            alarm.update(noted=True, ack=data["by"])

    def _shelved(self, alarm: Said, data: Said, t: int) -> None:
        if data["until"] > t:
            alarm["shelf"] = _pick(data, "until", "by", "reason")

    def _unshelved(self, alarm: Said, data: Said, t: int) -> None:
        if alarm["shelf"]:
            self._off_shelf(alarm)

    def _linked(self, alarm: Said, data: Said, t: int) -> None:
        alarm["event"] = data["event_id"]

    def _serviced(self, data: Said, t: int) -> None:
        device = data["device_id"]
        if (data["state"] == "out") == (device in self.out):
            return
        theirs = [alarm for alarm in self.known.values() if alarm["device"] == device]
        for alarm in theirs:
            self._pass(alarm, t)
        if data["state"] == "out":
            self.out[device] = data
            return
        del self.out[device]
        for alarm in theirs:
            self._back(alarm)

    # Time.

    def _pass(self, alarm: Said, t: int) -> None:
        while due := min((one for one in self._timers(alarm) if one[0] <= t), default=None):
            getattr(self, due[2])(alarm)

    def _timers(self, alarm: Said) -> list[tuple[int, int, str]]:
        """When, in which order at the same instant, and what."""
        rule, timers = self._rule(alarm) if "kind" in alarm else {}, []
        calm = alarm["raises"][-1] + 1000 * rule.get("chatter_s", 60) if alarm["raises"] else 0
        if alarm["on"] and not alarm["stands"]:
            timers.append((alarm["since"] + 1000 * rule.get("on_delay_s", 0), 0, "_begin"))
        if alarm["stands"] and not alarm["on"]:
            over = alarm["since"] + 1000 * rule.get("off_delay_s", 0)
            timers.append((max(over, calm) if alarm["chatter"] else over, 0, "_end"))
        if alarm["chatter"]:
            timers.append((calm, 1, "_calm"))
        if alarm["shelf"]:
            timers.append((alarm["shelf"]["until"], 2, "_off_shelf"))
        return timers

    def _begin(self, alarm: Said) -> None:
        alarm.update(stands=True, noted=False, ack="")
        if not self._aside(alarm):
            self._call(alarm)

    def _end(self, alarm: Said) -> None:
        alarm.update(stands=False, noted=alarm["noted"] or self._aside(alarm))

    def _calm(self, alarm: Said) -> None:
        alarm["chatter"] = False

    def _off_shelf(self, alarm: Said) -> None:
        alarm["shelf"] = None
        self._back(alarm)

    def _back(self, alarm: Said) -> None:
        if self._aside(alarm):
            return
        if alarm["stands"]:
            self._call(alarm)
        else:
            alarm["noted"] = True

    def _call(self, alarm: Said) -> None:
        alarm.update(noted=False, ack="", calls=alarm["calls"] + 1)

    # Where it stands.

    def _rule(self, alarm: Said) -> Said:
        return self.kinds.get(alarm["kind"], {})  # type: ignore[no-any-return]  # a mapping

    def _priority(self, alarm: Said) -> str:
        return str(self._rule(alarm).get("priority", PRIORITY[alarm["severity"]]))

    def _aside(self, alarm: Said) -> bool:
        return alarm["shelf"] is not None or alarm["device"] in self.out

    def _state(self, alarm: Said, t: int) -> str:
        if alarm["device"] in self.out:
            return "out_of_service"
        if alarm["shelf"]:
            return "shelved"
        if alarm["noted"] and not alarm["stands"]:
            return "normal"
        if self._suppressed(alarm, t):
            return "suppressed"
        if not alarm["stands"]:
            return "returned_unacknowledged"
        return "acknowledged" if alarm["noted"] else "unacknowledged"

    def _suppressed(self, alarm: Said, t: int) -> bool:
        """A device out of service is not believed."""
        causes = [rule["while"] for rule in self.suppress if rule["kind"] == alarm["kind"]]
        others = [dict(one) for one in self.known.values() if one["kind"] in causes and one["device"] not in self.out]
        for one in others:
            self._pass(one, t)
        return any(one["stands"] and one["place"] == alarm["place"] for one in others)

    # A seat's commands.

    def _order_ack(self, said: Said, t: int) -> Outcome:
        names = list(dict.fromkeys(said["alarm_ids"]))
        if any(name not in self.known for name in names):
            return "unknown_alarm", []
        waiting = [name for name in names if not self.at(name, t)["noted"]]
        calling = [name for name in waiting if self.at(name, t)["state"] not in ("shelved", "out_of_service")]
        if not calling:
            return "set_aside" if waiting else "acknowledged", []
        return None, [("alarm.acked", {"alarm_id": name, "by": said["by"]}) for name in calling]

    def _order_shelve(self, said: Said, t: int) -> Outcome:
        if said["alarm_id"] not in self.known:
            return "unknown_alarm", []
        if not said.get("reason", "").strip():
            return "reason", []
        if not 0 < said["until"] - t <= DAY_MS:
            return "past" if said["until"] <= t else "too_long", []
        return None, [("alarm.shelved", _pick(said, "alarm_id", "by", "until", "reason"))]

    def _order_unshelve(self, said: Said, t: int) -> Outcome:
        if said["alarm_id"] not in self.known:
            return "unknown_alarm", []
        if not self.at(said["alarm_id"], t)["shelf"]:
            return "not_shelved", []
        return None, [("alarm.unshelved", _pick(said, "alarm_id", "by"))]

    def _order_service(self, said: Said, t: int) -> Outcome:
        if said["state"] == "out" and not said.get("reason", "").strip():
            return "reason", []
        if said["state"] == "out" and said["device_id"] in self.people:
            return "person", []
        if (said["state"] == "out") == (said["device_id"] in self.out):
            return "already_out" if said["state"] == "out" else "not_out", []
        return None, [("alarm.serviced", _pick(said, "device_id", "by", "state", "reason"))]

    def _order_link(self, said: Said, t: int) -> Outcome:
        if said["alarm_id"] not in self.known:
            return "unknown_alarm", []
        if said["event_id"] not in self.events:
            return "unknown_event", []
        if self.known[said["alarm_id"]]["event"] == said["event_id"]:
            return "linked", []
        return None, [("alarm.linked", _pick(said, "alarm_id", "event_id", "by"))]
