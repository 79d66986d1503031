"""What the rules of the fences make of who comes and goes: alarms to raise, and alarms that are over, as records.

An alarm's id follows from area, rule, worker and the time of the fix that began it, so that a watcher that starts
again, or a second one beside it, says the same thing with the same name. Absence is judged only while fixes arrive at
all: a silent feed is a fault of the feed, not an empty street.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from dashboard import clock
from dashboard.alarmstates import Alarm
from dashboard.areas import AreaState, outline
from dashboard.fences import I64, SLOTS, Crossing, Fixes
from dashboard.fleet import NO_FIX, Fleet
from dashboard.model import AlarmCleared, AlarmRaised, Role
from dashboard.record import Record

SOURCE: Final = "fences"
MINUTE_MS: Final = 60_000
SILENT_MS: Final = 2 * MINUTE_MS
"""With no fix at all for so long, nobody can be said to be absent."""
_KIND: Final = "fence."
Key = tuple[str, str, str]
"""Rule, area and worker; an area that stands empty takes the worker's place itself."""


@dataclass(frozen=True, slots=True)
class Fence:
    """One fence that is watched: the area with its rules, and the slot its memberships are kept under."""

    slot: int
    state: AreaState

    @property
    def id(self) -> str:
        """The area's id."""
        return self.state.area.area_id


def in_force(state: AreaState, now_ms: int) -> bool:
    """Whether an area is a fence with a rule, and its time has begun and not ended."""
    area = state.area
    begun = area.from_ is None or int(area.from_) <= now_ms
    return area.rules is not None and bool(area.rules.on) and begun and (area.until is None or now_ms < int(area.until))


def shift_began(hours: Iterable[str], at_ms: int) -> int | None:
    """When the span of hours that holds `at_ms` began, UTC ms: 0 where there are no hours, None outside all of them."""
    spans = list(hours)
    if not spans:
        return 0
    midnight = clock.city_midnight(at_ms)
    for span in spans:
        start, end = (_minutes(part) * MINUTE_MS for part in span.split("-"))
        for day in (midnight, midnight - clock.DAY_MS):
            if day + start <= at_ms < day + end + (clock.DAY_MS if end <= start else 0):
                return day + start
    return None


class Rules:
    """The rules of the fences over one fleet; every call returns the records it gives rise to, oldest first."""

    def __init__(self, fleet: Fleet, known: Callable[[str], bool]) -> None:
        """`known` says whether an alarm of this id has been raised before, whatever became of it."""
        self._fleet, self._known = fleet, known
        self._fences: dict[int, Fence] = {}
        self._standing: dict[Key, tuple[str, int]] = {}
        self._seen: dict[int, int] = {}
        self._newest_ms = 0
        self._since_ms = 0
        self._who: dict[int, NDArray[np.bool_]] = {}
        self._regions = np.zeros(0, np.str_)

    def adopt(self, standing: Iterable[Alarm], now_ms: int) -> list[Record]:
        """Take over the alarms that stand already; those of fences gone or drawn anew since are over."""
        drawn = {fence.id: fence.state.at_ms for fence in self._fences.values()}
        over = []
        for alarm in standing:
            if alarm.kind.startswith(_KIND):
                key = (alarm.kind.removeprefix(_KIND), alarm.area, alarm.device)
                self._standing[key] = (alarm.id, alarm.on_ms)
                over += [self._over(key, now_ms)] if alarm.on_ms < drawn.get(alarm.area, now_ms + 1) else []
        return over

    def begin(self, since_ms: int) -> None:
        """Fixes have been taken since then; before, anybody may have been anywhere."""
        self._since_ms = since_ms

    def fence(self, fences: dict[int, Fence], now_ms: int) -> list[Record]:
        """Watch these from now on; alarms of those gone or changed are over."""
        kept = {fence.id for slot, fence in fences.items() if self._fences.get(slot) == fence}
        over = [key for key in self._standing if key[1] not in kept]
        self._seen = {slot: at for slot, at in self._seen.items() if slot in fences and fences[slot].id in kept}
        self._fences, self._who = fences, {}
        return [self._over(key, now_ms) for key in over]

    def roster(self) -> None:
        """Somebody's role or region has changed, or somebody is new."""
        self._who, self._regions = {}, np.zeros(0, np.str_)

    def crossed(self, crossings: Iterable[Crossing]) -> list[Record]:
        """Workers have entered or left."""
        return [record for crossing in crossings for record in self._crossing(crossing)]

    def seen(self, memberships: I64, fixes: Fixes) -> list[Record]:
        """Somebody was inside at these fixes."""
        self._newest_ms = max(self._newest_ms, int(fixes.fix_ms.max(initial=0)))
        rows, slots = np.divmod(memberships, SLOTS)
        order = np.argsort(fixes.row)
        at = fixes.fix_ms[order][np.searchsorted(fixes.row, rows, sorter=order)]
        out: list[Record] = []
        for slot, fence in self._waiting():
            here = (slots == slot) & self._watched(slot)[rows]
            if here.any():
                self._seen[slot] = max(self._seen.get(slot, 0), int(at[here].max()))
                out += self._ended(("absence", fence.id, fence.id), self._seen[slot])
        return out

    def absent(self, now_ms: int) -> list[Record]:
        """Who should be somewhere, and is not, as of `now_ms`."""
        return [record for slot, fence in self._waiting() for record in self._missing(slot, fence, now_ms)]

    def _missing(self, slot: int, fence: Fence, now_ms: int) -> Iterator[Record]:
        area, key = fence.state.area, ("absence", fence.id, fence.id)
        rules = area.rules
        began = shift_began(rules.hours, now_ms) if rules else None
        if began is None or rules is None:
            if key in self._standing:
                yield self._over(key, now_ms)
            return
        last = max(self._seen.get(slot, 0), self._since_ms, began, fence.state.at_ms, int(area.from_ or 0))
        silent = now_ms - self._newest_ms > SILENT_MS
        if not silent and now_ms - last > rules.absence_min * MINUTE_MS and key not in self._standing:
            spot = shapely.point_on_surface(outline(area.geometry))
            yield from self._raise(key, fence, last, now_ms, float(spot.y), float(spot.x))

    def _crossing(self, crossing: Crossing) -> Iterator[Record]:
        fence = self._fences.get(crossing.slot)
        if fence is None or fence.state.area.rules is None:
            return
        now, before = ("enter", "leave") if crossing.entered else ("leave", "enter")
        worker = self._fleet.ids[crossing.row]
        yield from self._ended((before, fence.id, worker), crossing.sure_ms)
        rules, key = fence.state.area.rules, (now, fence.id, worker)
        wanted = now in rules.on and crossing.at_ms >= fence.state.at_ms and self._is_watched(fence, crossing.row)
        told, _ = self._standing.get(key, ("", 0))
        if told == name_of(fence.id, now, worker, crossing.at_ms):  # adopted as of when the log took it, a little late
            self._standing[key] = (told, crossing.at_ms)
        if wanted and not told and shift_began(rules.hours, crossing.at_ms) is not None:
            lat, lon = self._fleet.lat[crossing.row], self._fleet.lon[crossing.row]
            yield from self._raise(key, fence, crossing.at_ms, crossing.at_ms, float(lat) / 1e6, float(lon) / 1e6)

    def _raise(self, key: Key, fence: Fence, since_ms: int, at_ms: int, lat: float, lon: float) -> Iterator[Record]:
        rule, area_id, device = key
        alarm_id = name_of(area_id, rule, device, since_ms)
        if self._known(alarm_id):
            return
        self._standing[key] = (alarm_id, at_ms)
        data = AlarmRaised(
            alarm_id=alarm_id, device_id=device, kind=_KIND + rule, severity=fence.state.area.severity,
            lat=round(lat, 6), lon=round(lon, 6), area_id=area_id,
        )  # fmt: skip
        yield Record(alarm_id, SOURCE, "alarm.raised", at_ms, data)

    def _ended(self, key: Key, at_ms: int) -> list[Record]:
        """What ends an alarm; the past, when it is read again, ends none that began later."""
        _, since_ms = self._standing.get(key, ("", at_ms))
        return [self._over(key, at_ms)] if since_ms < at_ms else []

    def _over(self, key: Key, at_ms: int) -> Record:
        alarm_id, _ = self._standing.pop(key)
        return Record(f"{alarm_id}-over", SOURCE, "alarm.cleared", at_ms, AlarmCleared(alarm_id))

    def _waiting(self) -> list[tuple[int, Fence]]:
        """The fences that must not stand empty."""
        rules = ((slot, fence, fence.state.area.rules) for slot, fence in self._fences.items())
        return [(slot, fence) for slot, fence, rule in rules if rule is not None and "absence" in rule.on]

    def _is_watched(self, fence: Fence, row: int) -> bool:
        rules = fence.state.area.rules
        who = rules.who if rules else None
        return who is None or (
            (not who.roles or int(self._fleet.role[row]) in [Role[name] for name in who.roles])
            and self._fleet.regions[row].startswith(who.region)
            and (not who.workers or self._fleet.ids[row] in who.workers)
        )

    def _watched(self, slot: int) -> NDArray[np.bool_]:
        """By row, whether a fence's rules are about this worker; kept until the roster changes."""
        known = self._who.get(slot)
        if known is None or len(known) < len(self._fleet):
            known = self._who[slot] = self._judge(self._fences[slot])
        return known

    def _judge(self, fence: Fence) -> NDArray[np.bool_]:
        """`_is_watched` of every row at once."""
        fleet, n = self._fleet, len(self._fleet)
        rules, mask = fence.state.area.rules, np.ones(n, bool)
        if rules is None:
            return mask
        if rules.who.roles:
            mask &= np.isin(fleet.role[:n], [Role[name] for name in rules.who.roles])
        if rules.who.region:
            self._regions = self._regions if len(self._regions) == n else np.array(fleet.regions, np.str_)
            mask &= np.strings.startswith(self._regions, rules.who.region)
        if rules.who.workers:
            mask &= np.isin(np.arange(n), [fleet.row_of.get(worker, -1) for worker in rules.who.workers])
        return mask


def name_of(area_id: str, rule: str, device: str, since_ms: int) -> str:
    """The id of an alarm: the same facts give the same one, wherever it is made."""
    told = "\0".join((area_id, rule, device, str(since_ms))).encode()
    return f"fence-{blake2b(told, digest_size=10).hexdigest()}"


def located(fleet: Fleet) -> Fixes:
    """The newest fix of everybody who ever sent one."""
    rows = np.flatnonzero(fleet.lon[: len(fleet)] != NO_FIX)
    return Fixes(rows, fleet.lon[rows], fleet.lat[rows], fleet.fix_ms[rows])


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)
