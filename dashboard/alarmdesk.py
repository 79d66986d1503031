"""The alarms as seats see them, once a second: those that are not normal, their counts, sounds, flood and load.

Kept along with the picture: it is told what every record has done to alarms, and asks the annunciator what time alone
has done since. Flood and load are counted by this replica, from the saved picture it began with, and say since when.
The load is also that of each seat the city has rules for; all else is of all seats. Nothing here changes an alarm.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from msgspec import Struct

from dashboard.alarmload import ALL, Load, Transition, transitions
from dashboard.alarmstates import Alarm, State, Step
from dashboard.annunciator import Annunciator
from dashboard.clock import DAY_MS
from dashboard.floods import WINDOW_MS, Flood, Group, groups
from dashboard.regions import Regions

MOST, MOST_GROUPS = 500, 200
"""So many alarms and groups are told to browsers, the most pressing; the counts are of all."""
LATE_MS: Final = WINDOW_MS
"""What is told later than that after it happened is history: it stands, but burdens nobody as a call of now."""
LOAD_EVERY_MS: Final = 5000
TOWN: Final = 9
"""Digits of a town's code: the area by which a flood is grouped."""
WINDOWS: Final = 18
"""Three hours, by ten minutes."""
_GROUPED: Final = (State.unacknowledged, State.acknowledged, State.returned_unacknowledged)
Listed = list[tuple[Alarm, State]]


class Shelved(Struct):
    """Until when (UTC ms), by whom and why."""

    until: int
    by: str
    reason: str


class Out(Struct):
    """A device out of service: by whom, why, since when (UTC ms, None: not known).

    `kind` of its alarms and `place`; empty when it has none that is remembered.
    """

    device: str
    by: str
    reason: str
    since: int | None
    kind: str
    place: str


class Row(Struct):
    """One alarm on the wire: as `alarmstates.Alarm`, instants in UTC ms, `region` a code and `place` its name."""

    id: str
    device: str
    kind: str
    sev: int
    lat: float
    lon: float
    since: int
    area: str
    region: str
    place: str
    ack: str
    state: State
    priority: int
    calls: int
    called: int
    repeats: int
    chattering: bool
    shelf: Shelved | None
    event: str


class AlarmDesk:
    """What seats are told of `alarms`; `since_ms` (UTC): the newest record on them before it, None without any."""

    def __init__(self, alarms: Annunciator, regions: Regions, since_ms: int | None = None) -> None:
        self._alarms, self._regions = alarms, regions
        self._flood = Flood()
        for alarm in sorted((a for a in alarms if a.calls), key=lambda a: (a.called_ms, a.seq)):
            self._flood.add(alarm, alarm.called_ms)  # a flood goes on over a restart
        self._since_ms = since_ms
        self._load = self._counting(since_ms or 0)
        self._heard: dict[str, int] = {}
        """Of alarms whose call time alone has brought: the number of the call, until a record tells of it, too."""
        self._places: dict[str, str] = {}
        self._burden: tuple[int, dict[str, object]] = (0, {})

    def note(self, steps: list[Step], time_ms: int) -> None:
        """What a record of when `time_ms` (UTC) has done; for `Picture.on_alarms`."""
        late = bool(steps) and steps[-1][2] - time_ms > LATE_MS
        for moved, at_ms in [] if late else transitions(self._alarms, steps):
            if moved.what != "called" or self._heard.pop(moved.alarm.id, 0) != moved.alarm.calls:
                self._count(moved, at_ms)

    def sections(self, now_ms: int) -> dict[str, object]:
        """`alarms` (`Row`, by priority, then first-out) and `desk` as of `now_ms`, for the frames."""
        listed = self._alarms.listed(now_ms)
        self._listen(listed)
        flood, going = self._flood, bool(self._flood.newest) and self._flood.active(now_ms)
        found = self._groups(listed) if going else []
        first = flood.first_out.id if going and flood.first_out else ""
        calls = State.unacknowledged
        desk = {
            "counts": _counted(listed),
            "sounds": sorted({alarm.priority for alarm, state in listed if state is calls}),
            "flood": {
                "going": going, "began": flood.began_ms if going else None, "first": first,
                "count": flood.count if going else 0,
            },
            "groups": [self._group(group) for group in found],
            "load": self._weighed(listed, now_ms), "out": self._out(),
        }  # fmt: skip
        told = _chosen(listed, {first, *(group.first for group in found)})
        return {"alarms": [self._row(alarm, state, now_ms) for alarm, state in told], "desk": desk}

    def of_event(self, event_id: str, now_ms: int) -> list[Row]:
        """The alarms this event deals with, normal ones, too, as long as they are remembered: the oldest first."""
        alarms = (self._alarms.at(alarm, now_ms) for alarm in self._alarms if alarm.event == event_id)
        rows = (self._row(alarm, self._alarms.state(alarm, now_ms), now_ms) for alarm in alarms)
        return sorted(rows, key=lambda row: (row.since, row.id))

    def _listen(self, listed: Listed) -> None:
        """Count the calls that time alone has brought: a delay has run out, and no record says so yet."""
        waiting = (State.unacknowledged, State.returned_unacknowledged)
        for alarm, state in listed:
            known = self._alarms[alarm.id]
            if known is alarm or state not in waiting:
                continue
            if known.calls < alarm.calls and self._heard.get(alarm.id) != alarm.calls:
                self._heard[alarm.id] = alarm.calls
                self._count(Transition("called", alarm), alarm.called_ms)

    def _count(self, moved: Transition, at_ms: int) -> None:
        if self._since_ms is None:
            self._since_ms, self._load = at_ms, self._counting(at_ms)
        if at_ms >= self._since_ms:
            self._load.add(moved, at_ms)
        if moved.what == "called":
            self._flood.add(moved.alarm, at_ms)

    def _weighed(self, listed: Listed, now_ms: int) -> dict[str, object]:
        """The load, counted anew every few seconds."""
        at_ms, load = self._burden
        if not load or not 0 <= now_ms - at_ms < LOAD_EVERY_MS:
            self._burden = at_ms, load = now_ms, self._summary(listed, now_ms)
        return load

    def _summary(self, listed: Listed, now_ms: int) -> dict[str, object]:
        """The load of all, and of each seat there are rules for."""
        if self._since_ms is None:
            self._since_ms, self._load = now_ms, self._counting(now_ms)
        load, old = self._load.summary(now_ms), Counter[str]()
        for alarm, _ in listed:
            if alarm.active and alarm.shelf is None and now_ms - alarm.since_ms > DAY_MS:
                old.update((ALL, *self._seats_of(alarm)))
        seats = {seat: _figures(found, old[seat]) for seat, found in load["seats"].items()}
        return {"since": self._since_ms, **_figures(load["all"], old[ALL]), "seats": seats}

    def _counting(self, since_ms: int) -> Load:
        return Load(since_ms, self._seats_of, (rule.seat for rule in self._alarms.rules.seats))

    def _seats_of(self, alarm: Alarm) -> tuple[str, ...]:
        seat = self._alarms.rules.seat(alarm.kind, self._alarms.place_of(alarm))
        return (seat,) if seat else ()

    def _out(self) -> list[Out]:
        """The devices out of service, the newest first."""
        services, since = self._alarms.services, self._alarms.out_since
        known = {alarm.device: alarm for alarm in self._alarms if alarm.device in services} if services else {}
        found = []
        for device, said in sorted(services.items(), key=lambda item: (-since.get(item[0], 0), item[0])):
            alarm = known.get(device)
            kind, place = (alarm.kind, self._place(self._alarms.place_of(alarm))) if alarm else ("", "")
            found.append(Out(device, said.by, said.reason, since.get(device), kind, place))
        return found

    def _groups(self, listed: Listed) -> list[Group]:
        place_of = self._alarms.place_of
        alarms = [alarm for alarm, state in listed if state in _GROUPED]
        return groups(alarms, lambda alarm: place_of(alarm)[:TOWN])[:MOST_GROUPS]

    def _group(self, group: Group) -> dict[str, object]:
        return {
            "area": group.area, "place": self._place(group.area), "kind": group.kind, "n": group.count,
            "unacked": group.waiting, "sev": group.sev, "first": group.first, "since": group.first_ms,
        }  # fmt: skip

    def _row(self, alarm: Alarm, state: State, now_ms: int) -> Row:
        alarm = self._alarms.again(alarm, now_ms) if state is State.unacknowledged else alarm
        region, shelf = self._alarms.place_of(alarm), alarm.shelf
        aside = Shelved(shelf.until_ms, shelf.by, shelf.reason) if shelf else None
        return Row(
            alarm.id, alarm.device, alarm.kind, alarm.sev, alarm.lat, alarm.lon, alarm.since_ms or alarm.on_ms,
            alarm.area, region, self._place(region), alarm.ack, state, alarm.priority, alarm.calls, alarm.called_ms,
            alarm.repeats, alarm.chattering, aside, alarm.event,
        )  # fmt: skip

    def _place(self, region: str) -> str:
        if region not in self._places:
            self._places[region] = self._regions.place(region)
        return self._places[region]


def _figures(load: dict[str, Any], standing: int) -> dict[str, object]:
    """A load in the form the console draws; `standing` counts what was known from before the counting, too."""
    top = [{"n": row.pop("count"), **row} for row in load["sources"]["top"]]
    return {
        "rate": load["rate"]["series"][-WINDOWS:], "average": load["rate"]["mean"]["value"],
        "peak": load["rate"]["peak"]["value"], "flood_share": load["flood"]["share"]["value"],
        "standing": standing, "top": top, "n": load["calls"],
        "shares": {name: share["value"] for name, share in load["priority"].items()},
    }  # fmt: skip


def _counted(listed: Listed) -> dict[str, int]:
    found = Counter(state for _, state in listed)
    return {state.value: found[state] for state in State if state is not State.normal}


def _chosen(listed: Listed, firsts: set[str]) -> Listed:
    """As many as are told, in their order; the first-out of the flood and of its groups are always among them."""
    if len(listed) <= MOST:
        return listed
    told, late = listed[:MOST], [pair for pair in listed[MOST:] if pair[0].id in firsts]
    spare = [alarm.id for alarm, _ in told if alarm.id not in firsts]
    dropped = set(spare[len(spare) - len(late) :])
    return [pair for pair in told if pair[0].id not in dropped] + late
