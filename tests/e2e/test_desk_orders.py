"""Commands on alarms and at shift change, legal and not, through HTTP; a second fold, written apart, agrees.

Devices speak in between. Before all that lie hours of a past whose instants are made up, so that every delay, every
hold of chatter and every short shelf has run out in it; what is asked of the wall afterwards waits for no clock.
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from reference_alarms import GRAVITY, Alarms
from reference_shifts import Shifts
from test_dispatch import post
from test_orders import ask, case, same_as_a_replica
from walls import App, now_ms, report, wait_for, xadd

from dashboard import clock
from dashboard.alarmstates import Priority
from dashboard.picture import Picture

pytestmark = pytest.mark.replica
COMMANDS = 320
CITY = Path(__file__).resolve().parents[2] / "dashboard" / "cities" / "changzhou" / "city.yaml"
KINDS = ("power", "pump", "smoke", "street_light", "dust", "camera", "sos")
SITES = ((31.78, 119.95), (31.70, 119.95), (31.81, 119.97))
DEALT_WITH = ("E0", "E1", "E2")
"""Events the alarms are linked to, so that the wall opens none of its own for them."""
WORKER = "W1"
PEOPLE = ("张三", "李四", " 张三", "Zhao", "zhao")
STATUS = {
    "malformed": 400, "reason": 400, "past": 400, "too_long": 400, "unsigned": 400, "early": 400,
    "unknown_alarm": 404, "unknown_event": 404, "unknown_handover": 404,
}  # fmt: skip
"""What HTTP says of a refusal; of every other: 409."""
CONFLICTS = {
    "acknowledged", "set_aside", "not_shelved", "already_out", "not_out", "linked", "taken", "same", "handed",
    "person",
}  # fmt: skip
STREAMS = {"alarm": "wall:alarms", "shift": "wall:control"}
SECOND, HOUR = 1000, 3_600_000
ORDERS = ("alarm.ack", "alarm.shelve", "alarm.unshelve", "alarm.service", "alarm.link", "handover", "takeover")
Said = dict[str, Any]


class Desk:
    """A wall's log as devices and colleagues write it, and the two references, which hear all of it."""

    def __init__(self, wall: App, seed: int) -> None:
        self.wall, self.log, self.dice = wall, wall.client(), random.Random(seed)
        self.alarms, self.shifts = Alarms(CITY, list(DEALT_WITH), [WORKER]), Shifts()
        self.ends: dict[str, str] = {}
        self.read: dict[str, str] = {}
        """By stream, the last entry, and how far the wall has read."""
        self.written = self.dead = self.last = 0
        self.audit: list[Said] = []
        self.done: dict[str, Said] = {}
        """By command id, what was answered."""

    def write(self, kind: str, data: Said, at_ms: int | None = None) -> None:
        """A record by somebody else, as of `at_ms`, by default now."""
        self.written += 1
        stream, entry = STREAMS[kind.split(".")[0]], f"{at_ms}-0" if at_ms else "*"
        at = clock.to_rfc3339(at_ms or now_ms())
        said = {"id": f"desk-{self.written}", "source": "desk", "type": kind, "time": at}
        taken = self.log.xadd(stream, said | {"data": msgspec.json.encode(data)}, id=entry)
        self.hear(stream, entry if at_ms else taken.decode(), kind, data)

    def hear(self, stream: str, entry: str, kind: str, data: Said) -> None:
        self.ends[stream] = entry
        if stream == "wall:alarms":
            self.alarms.hear(kind, data, int(entry.split("-")[0]))
        else:
            self.dead += self.shifts.hear(kind, data) is not None

    def told(self) -> bool:
        """Whether the wall has read all of it."""
        if self.ends != self.read:
            position = (self.wall.health() or {"position": {}})["position"]
            self.read = {stream: position.get(stream, "") for stream in self.ends}
        return self.ends == self.read

    def some_alarm(self, of: int) -> str:
        self.last = self.last if self.dice.random() < 0.5 else self.dice.randrange(of)
        return f"A{self.last}"

    def device_says(self, of: int, at_ms: int | None = None) -> None:
        name = self.some_alarm(of)
        if self.dice.random() < 0.4:
            self.write("alarm.cleared", {"alarm_id": name}, at_ms)
            return
        lat, lon = SITES[self.last % 3]
        event = DEALT_WITH[self.last % 3] if name not in self.alarms.known else self.dice.choice(["", *DEALT_WITH])
        data = {
            "alarm_id": name, "device_id": f"D{self.last // 2}", "kind": KINDS[self.last % 7], "lat": lat, "lon": lon,
            "severity": self.dice.choice(GRAVITY), "event_id": event,
        }  # fmt: skip
        self.write("alarm.raised", data, at_ms)

    def past(self) -> None:
        """Hours of devices and colleagues, told by instants that lie well before now; some of it makes no sense."""
        at_ms, log, self.log = now_ms() - 3 * HOUR, self.log, self.log.pipeline(transaction=False)
        for _ in range(500):
            at_ms += self.dice.choice([1, 2, 5, 15, 40]) * SECOND
            if self.dice.random() < 0.6:
                self.device_says(20, at_ms)
                continue
            data = {"alarm_id": self.some_alarm(20), "by": self.dice.choice(PEOPLE)}
            shelf = {"until": at_ms + self.dice.choice([-5, 5, 30, 90, 20_000, 70_000]) * SECOND, "reason": "施工"}
            device = {"device_id": f"D{self.last // 2}", "state": self.dice.choice(["out", "in"]), "reason": "检修"}
            more = {"acked": {}, "shelved": shelf, "unshelved": {}, "serviced": device, "linked": {"event_id": "E1"}}
            what = self.dice.choice(list(more))
            self.write(f"alarm.{what}", data | more[what], at_ms)
        for n in range(58):
            sheet = {"shift": "白班", "start": at_ms - 8 * HOUR, "end": at_ms, "notes": "", "items": [], "counts": {}}
            self.write("shift.handed", sheet | {"handover_id": f"H{n}", "by": self.dice.choice(PEOPLE)}, at_ms + 2 * n)
            who = {"handover_id": f"H{self.dice.randrange(n + 1)}", "by": self.dice.choice(PEOPLE), "notes": ""}
            self.write("shift.taken", who, at_ms + 2 * n + 1)
        self.log.execute()
        self.log = log

    def command(self, said: Said) -> str:
        """Have a command carried out or refused, as the references say; in a word, what became of it."""
        book = self.shifts if said["command"] in ("handover", "takeover") else self.alarms
        fault, records = book.command(said, now_ms())
        status, answer = post(self.wall, said)
        if said["by"] and said.get("id") in self.done:  # whatever it says: that has been carried out
            assert (status, answer) == (202, self.done[said["id"]]), said
            return "again"
        key = None if status == 202 else answer["error"]["key"]
        assert (status, key) == (STATUS.get(fault, 409) if fault else 202, fault), (said, answer)
        if fault is None:
            self.done[answer["id"]] = answer
            self.audit.append(audited(said, answer["id"]))
            for entry, (kind, data) in zip(answer["entries"], records, strict=True):
                self.hear(STREAMS[kind.split(".")[0]], entry, kind, data)
        return fault or "done"


def aim(desk: Desk, name: str) -> str:
    """What a command is about: often something it can be done with, else anything, even what nobody knows."""
    alarms, devices = [*desk.alarms.known, "A98", "A99"], [f"D{k}" for k in range(24)]
    waiting = [one for one, alarm in desk.alarms.known.items() if not alarm["noted"]]
    shelved = [one for one, alarm in desk.alarms.known.items() if alarm["shelf"]]
    untaken = [one for one, handover in desk.shifts.known.items() if not handover["taken"]]
    likely = {"alarm.ack": waiting, "alarm.unshelve": shelved, "in": [*desk.alarms.out], "takeover": untaken}
    every = {
        "in": devices, "out": [*devices, *[*desk.alarms.out] * 2, *[WORKER] * 6],
        "takeover": [*[*desk.shifts.known][:3], "H0", "nobody"],
    }  # fmt: skip
    good = likely.get(name, [])
    return desk.dice.choice(good if good and desk.dice.random() < 0.6 else every.get(name, alarms))


def draw(desk: Desk, n: int) -> Said:
    """Some command; about half are refused."""
    dice = desk.dice
    name, state = dice.choice(ORDERS), dice.choice(["out", "in"])
    chosen = aim(desk, state if name == "alarm.service" else name)
    said: Said = {"command": name, "by": dice.choice(["03席", "04席"])}
    if name in ("handover", "takeover"):
        said["by"] = dice.choice([*PEOPLE, *PEOPLE, " ", "", "seat"])
    if name == "handover" or dice.random() < 0.5:
        used = [*desk.done] or ["first"]
        said["id"] = dice.choice([*[f"C{n}"] * 6, *[f"H{dice.randrange(60)}"] * 3, dice.choice(used)])
    now, several = now_ms(), [chosen, *(aim(desk, name) for _ in range(dice.choice([0, 0, 0, 1, 2])))]
    begun = now - dice.choice([8, 8, 8, -1]) * HOUR
    more: dict[str, Said] = {
        "alarm.ack": {"alarm_ids": several},
        "alarm.shelve": {
            "alarm_id": chosen, "until": now + dice.choice([1, 6, 23, 25, -1]) * HOUR,
            "reason": dice.choice(["施工", "误报频繁", "探头检修", " "]),
        },
        "alarm.unshelve": {"alarm_id": chosen},
        "alarm.service": {
            "device_id": chosen, "state": state, "reason": dice.choice(["检修", "检修", "检修", ""]),
        },
        "alarm.link": {"alarm_id": chosen, "event_id": dice.choice([*DEALT_WITH, "E9"])},
        "handover": {
            "shift": "夜班", "start": begun, "end": begun + dice.choice([8, 8, 8, 0]) * HOUR,
            "items": [{"kind": "shelved", "id": chosen, "title": "烟感", "place": "", "say": "已通知"}],
        },
        "takeover": {"handover_id": chosen, "notes": dice.choice(["", "已核对"])},
    }  # fmt: skip
    return said | more[name]


def audited(said: Said, command_id: str) -> Said:
    """The line a command leaves in the audit: what was said, by whom and as what."""
    return {"role": "seat"} | {k: v for k, v in said.items() if v not in ("", [])} | {"id": command_id}


def as_written(line: dict[bytes, bytes]) -> Said:
    texts = {k.decode(): v.decode() for k, v in line.items() if k != b"time"}
    plain = ("until", "start", "end", "alarm_ids", "items", "counts")
    return {k: msgspec.json.decode(v) if k in plain else v for k, v in texts.items()}


@pytest.mark.parametrize("seed", [1, 2])
def test_random_alarm_and_shift_commands_agree_with_a_second_fold(wall: App, seed: int) -> None:
    desk, answers = Desk(wall, seed), Counter[str]()
    for event_id in DEALT_WITH:
        report(wall.client(), event_id)
    worker = {"worker_id": WORKER, "name": "钱国强", "role": "full_time", "region": "320402"}
    xadd(wall.client(), "worker.profile", worker, id="p")
    wall.caught_up()
    desk.past()
    for n in range(COMMANDS):
        for _ in range(2 if n % 4 == 0 else 0):
            desk.device_says(45)
        wait_for(desk.told, pause=0.005)
        answers[desk.command(draw(desk, n))] += 1
    wait_for(desk.told)
    assert 0.35 < (answers["done"] + answers["again"]) / COMMANDS < 0.65
    assert answers.keys() >= {*STATUS, *CONFLICTS, "again"}
    assert [as_written(line) for _, line in wall.client().xrange("wall:audit")] == desk.audit
    same_alarms(desk, same_as_a_replica(wall, desk.dead))
    same_handovers(desk)


def same_alarms(desk: Desk, picture: Picture) -> None:
    """What the wall says of each alarm now, and what its picture says of it then and later, by time alone."""
    now = now_ms()
    told = {row["id"]: row for event_id in DEALT_WITH for row in case(desk.wall, event_id)["alarms"]}
    expected = {name: desk.alarms.at(name, now) for name in desk.alarms.known}
    assert {name: row["state"] for name, row in told.items()} == {name: a["state"] for name, a in expected.items()}
    assert set(picture.alarms.services) == set(desk.alarms.out)
    for name in desk.alarms.known:
        for later in (0, 20 * SECOND, 45 * SECOND, 90 * SECOND, 5 * HOUR, 25 * HOUR):
            t = now + later
            alarm = picture.alarms.at(picture.alarms[name], t)
            shelf = alarm.shelf and {"until": alarm.shelf.until_ms, "by": alarm.shelf.by, "reason": alarm.shelf.reason}
            found = {
                "state": picture.alarms.state(alarm, t), "ack": alarm.ack, "shelf": shelf, "calls": alarm.calls,
                "severity": GRAVITY[alarm.sev - 1], "priority": Priority(alarm.priority).name, "event": alarm.event,
                "chatter": alarm.chattering, "stands": alarm.active,
            }  # fmt: skip
            wanted = desk.alarms.at(name, t)
            assert found == {key: wanted[key] for key in found}, (name, later)


def same_handovers(desk: Desk) -> None:
    """Every handover that is remembered, newest first, as the wall lists and shows it."""
    listed = [row["id"] for row in ask(desk.wall, "handovers")["handovers"]]
    assert listed == list(desk.shifts.known)[::-1]
    for name, wanted in desk.shifts.known.items():
        found = ask(desk.wall, f"handovers/{name}")
        shown = {key: wanted[key] for key in ("shift", "start", "end", "taken", "notes", "items", "counts")}
        assert {key: found[key] for key in shown} == shown
        assert (found["handed"], found["taken_notes"]) == (wanted["by"], wanted.get("taken_notes", ""))
