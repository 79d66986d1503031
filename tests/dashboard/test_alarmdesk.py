"""What seats are told of alarms: rows, counts, sounds, a flood in groups, and the load; from a picture's records."""

from __future__ import annotations

from typing import Any

import msgspec

from dashboard.alarmdesk import LATE_MS, LOAD_EVERY_MS, MOST, AlarmDesk
from dashboard.alarmrules import Rule, Rules, SeatRule, When
from dashboard.clock import DAY_MS, HOUR_MS
from dashboard.picture import Picture
from tests.support import GRIDS, T0, entry, small_regions

MINUTE_MS = 60_000


class Scene:
    """A picture with a desk beside it, as the pipeline has them; a record's instant is when the log took it."""

    def __init__(self, rules: Rules | None = None) -> None:
        regions = small_regions()
        self.picture = Picture(regions.locate, regions.node, rules=rules)
        self.desk = AlarmDesk(self.picture.alarms, regions)
        self.picture.on_alarms = self.desk.note
        self.n = 0

    def tell(self, kind: str, at: int, time_ms: int | None = None, /, **data: object) -> None:
        self.n += 1
        self.picture.apply(entry(kind, data, at=at, n=self.n, time_ms=time_ms))

    def raised(self, name: str, at: int = T0, time_ms: int | None = None, **more: object) -> None:
        data = {"alarm_id": name, "device_id": f"d-{name}", "kind": "smoke", "severity": "serious"} | more
        self.tell("alarm.raised", at, time_ms, **{"lat": 30.05, "lon": 110.05} | data)

    def at(self, now_ms: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """(alarms, desk) as browsers read them."""
        found = msgspec.json.decode(msgspec.json.encode(self.desk.sections(now_ms)))
        return found["alarms"], found["desk"]


def test_a_row_says_everything_about_its_alarm() -> None:
    scene = Scene()
    scene.raised("a", event_id="e1")
    scene.tell("alarm.shelved", T0 + 1, alarm_id="a", by="值班长", until=T0 + HOUR_MS, reason="施工")
    [row], desk = scene.at(T0 + 2)
    assert row == {
        "id": "a", "device": "d-a", "kind": "smoke", "sev": 2, "lat": 30.05, "lon": 110.05, "since": T0, "area": "",
        "region": GRIDS[0], "place": "东区 河街道 桥头社区", "ack": "", "state": "shelved", "priority": 2, "calls": 1,
        "called": T0, "repeats": 0, "chattering": False, "event": "e1",
        "shelf": {"until": T0 + HOUR_MS, "by": "值班长", "reason": "施工"},
    }  # fmt: skip
    assert (desk["counts"]["shelved"], sum(desk["counts"].values()), desk["sounds"]) == (1, 1, [])
    [row], desk = scene.at(T0 + HOUR_MS)
    assert (row["state"], row["shelf"], row["called"], desk["sounds"]) == ("unacknowledged", None, T0 + HOUR_MS, [2])


def test_states_are_counted_and_one_sound_a_priority() -> None:
    scene = Scene(Rules(default=Rule(re_alarm_s=60)))
    for name, severity in zip("abcd", ("urgent", "major", "normal", "serious"), strict=True):
        scene.raised(name, severity=severity)
    scene.tell("alarm.acked", T0 + 1, alarm_id="d", by="值班长")
    scene.tell("alarm.cleared", T0 + 1, alarm_id="b")
    rows, desk = scene.at(T0 + MINUTE_MS)
    assert [(row["id"], row["ack"], row["called"]) for row in rows] == [
        ("a", "", T0 + MINUTE_MS), ("b", "", T0), ("d", "值班长", T0), ("c", "", T0),
    ]  # fmt: skip
    assert [n for n in desk["counts"].items() if n[1]] == [
        ("unacknowledged", 2), ("acknowledged", 1), ("returned_unacknowledged", 1),
    ]  # fmt: skip
    assert desk["sounds"] == [1, 3]


def test_500_alarms_in_a_minute_are_counted_groups_and_none_is_lost() -> None:
    scene = Scene()
    scene.raised("zero", at=T0 - 1, lon=110.35, kind="gas")
    for n in range(600):
        scene.raised(f"a{n}", at=T0 + 120 * n, lon=110.05 + 0.1 * (n % 4), kind=("smoke", "power")[n % 2])
    now_ms = T0 + 72_000
    rows, desk = scene.at(now_ms)
    assert desk["flood"] == {"going": True, "began": T0 + 9 * 120, "first": "zero", "count": 601}
    assert (sum(group["n"] for group in desk["groups"]), desk["counts"]["unacknowledged"]) == (601, 601)
    groups = {(g["area"], g["place"], g["kind"]): (g["n"], g["unacked"], g["first"]) for g in desk["groups"]}
    east, west = ("990101001", "东区 河街道"), ("990102001", "西区 河街道")
    assert groups == {
        (*west, "gas"): (1, 1, "zero"), (*east, "smoke"): (150, 150, "a0"), (*east, "power"): (150, 150, "a1"),
        (*west, "smoke"): (150, 150, "a2"), (*west, "power"): (150, 150, "a3"),
    }  # fmt: skip
    told = [row["id"] for row in rows]
    assert len(told) == MOST
    assert {"zero", "a0", "a1", "a2", "a3"} <= set(told)
    scene.tell("alarm.acked", now_ms, alarm_id="a0", by="值班长")
    assert {g["first"]: g["unacked"] for g in scene.at(now_ms)[1]["groups"]}["a0"] == 149
    calm = scene.at(now_ms + 11 * MINUTE_MS)[1]
    assert (calm["flood"], calm["groups"]) == ({"going": False, "began": None, "first": "", "count": 0}, [])


def test_a_flood_goes_on_over_a_restart() -> None:
    scene = Scene()
    for n in range(12):
        scene.raised(f"a{n}", at=T0 + n)
    began = scene.at(T0 + 60)[1]["flood"]
    scene.desk = AlarmDesk(scene.picture.alarms, small_regions(), T0 + 11)
    assert scene.at(T0 + 60)[1]["flood"] == began


def test_the_first_out_is_told_however_many_press_more() -> None:
    scene = Scene()
    scene.raised("first", severity="normal", kind="bin_level")
    for n in range(MOST + 50):
        scene.raised(f"u{n}", at=T0 + 1 + n, severity="urgent")
    rows, desk = scene.at(T0 + 1000)
    assert (desk["flood"]["first"], rows[-1]["id"], len(rows)) == ("first", "first", MOST)


def test_the_load() -> None:
    scene = Scene()
    for n in range(4):
        scene.raised(f"a{n}", at=T0 + n, severity=("major", "serious", "normal", "normal")[n], device_id=f"d{n // 2}")
    _, desk = scene.at(T0 + 20 * MINUTE_MS)
    load = desk["load"]
    assert (load["since"], load["n"], load["peak"], load["flood_share"], load["standing"]) == (T0, 4, 4, 0.0, 0)
    assert (len(load["rate"]), sum(load["rate"]), load["rate"][-1]) == (18, 4, 0)
    assert load["shares"] == {"high": 0.25, "medium": 0.25, "low": 0.5}
    assert load["top"][0] == {"device": "d0", "kind": "smoke", "n": 2, "share": 0.5}
    assert scene.at(T0 + DAY_MS + 2)[1]["load"]["standing"] == 2
    assert scene.at(T0 + DAY_MS + HOUR_MS)[1]["load"]["standing"] == 4


def test_each_seat_has_the_load_of_its_own_alarms() -> None:
    seats = (SeatRule("西席", When(regions=("990102",))), SeatRule("烟席", When(kinds=("smoke",))), SeatRule("总席"))
    scene = Scene(Rules(seats=seats))
    for n in range(4):
        scene.raised(f"a{n}", at=T0 + n, lon=110.05 + 0.1 * n, severity="major")
    load = scene.at(T0 + MINUTE_MS)[1]["load"]
    shown = ("n", "peak", "standing", "flood_share")
    assert {seat: [found[key] for key in shown] for seat, found in load["seats"].items()} == {
        "西席": [2, 2, 0, 0.0], "烟席": [2, 2, 0, 0.0], "总席": [0, 0, 0, 0.0],
    }  # fmt: skip
    assert load["seats"]["总席"].keys() == load.keys() - {"since", "seats"}
    assert [row["device"] for row in load["seats"]["西席"]["top"]] == ["d-a2", "d-a3"]
    later = scene.at(T0 + DAY_MS + 3)[1]["load"]
    standing = {seat: found["standing"] for seat, found in later["seats"].items()}
    assert (later["standing"], standing) == (3, {"西席": 1, "烟席": 2, "总席": 0})


def test_without_rules_everything_is_at_no_seat() -> None:
    scene = Scene()
    scene.raised("a")
    load = scene.at(T0 + 1)[1]["load"]
    assert (load["n"], load["seats"]) == (1, {})


def test_devices_out_of_service_are_told_with_whom_when_and_why() -> None:
    scene = Scene()
    scene.raised("a", device_id="d1")
    for n, device in enumerate(("d1", "new")):
        scene.tell("alarm.serviced", T0 + n, device_id=device, by="02席", state="out", reason="检修")
    rows, desk = scene.at(T0 + 2)
    said = {"by": "02席", "reason": "检修"}
    assert desk["out"] == [
        {"device": "new", **said, "since": T0 + 1, "kind": "", "place": ""},
        {"device": "d1", **said, "since": T0, "kind": "smoke", "place": "东区 河街道 桥头社区"},
    ]  # fmt: skip
    assert [row["state"] for row in rows] == ["out_of_service"]
    scene.tell("alarm.serviced", T0 + 3, device_id="d1", by="02席", state="in")
    assert [out["device"] for out in scene.at(T0 + 4)[1]["out"]] == ["new"]


def test_the_alarms_of_an_event_are_known_even_when_they_are_over() -> None:
    scene = Scene()
    for n, name in enumerate(("a", "b", "c")):
        scene.raised(name, at=T0 + n, event_id="e1" if name != "c" else "e2")
    scene.tell("alarm.cleared", T0 + 4, alarm_id="a")
    scene.tell("alarm.acked", T0 + 5, alarm_id="a", by="02席")
    found = scene.desk.of_event("e1", T0 + 6)
    assert [(row.id, str(row.state), row.place) for row in found] == [
        ("a", "normal", "东区 河街道 桥头社区"), ("b", "unacknowledged", "东区 河街道 桥头社区"),
    ]  # fmt: skip
    assert scene.desk.of_event("e3", T0 + 6) == []


def test_what_stood_before_the_counting_stands_for_over_a_day_all_the_same() -> None:
    scene, regions = Scene(), small_regions()
    scene.raised("old")
    desk = AlarmDesk(scene.picture.alarms, regions, T0)
    load: Any = desk.sections(T0 + DAY_MS + 1)["desk"]["load"]  # type: ignore[index]
    assert (load["n"], load["standing"], load["since"]) == (0, 1, T0)


def test_a_call_that_time_alone_brought_is_counted_once() -> None:
    scene = Scene(Rules(default=Rule(on_delay_s=10)))
    scene.raised("a")
    assert scene.at(T0 + 9000)[1]["load"]["n"] == 0
    for later in (0, LOAD_EVERY_MS):
        rows, desk = scene.at(T0 + 15_000 + later)
        assert (rows[0]["calls"], desk["load"]["n"]) == (1, 1)
    scene.tell("alarm.acked", T0 + 30_000, alarm_id="a", by="值班长")
    assert scene.at(T0 + 40_000)[1]["load"]["n"] == 1


def test_history_that_is_told_late_burdens_nobody() -> None:
    scene = Scene()
    for n in range(30):
        scene.raised(f"a{n}", time_ms=T0 - LATE_MS - 1)
    rows, desk = scene.at(T0 + 1)
    assert (len(rows), desk["flood"]["going"], desk["load"]["n"]) == (30, False, 0)


def many() -> Scene:
    """Ten thousand alarms, of twenty kinds."""
    scene = Scene()
    for n in range(10_000):
        scene.raised(f"a{n}", at=T0 + n, kind=f"k{n % 20}", lon=110.05 + 0.1 * (n % 4), device_id=f"d{n % 3000}")
    return scene


def test_ten_thousand_alarms_are_all_counted() -> None:
    found: Any = many().desk.sections(T0 + 10_001)
    assert found["desk"]["counts"]["unacknowledged"] == 10_000
