"""From what devices say of themselves to records of workers: whose it is, whether its clock can be believed, who calls.

Knows the roster and no transport. A device nobody knows is counted and listed (`Tally.strange`); a place it reports is
nobody's place.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final

from dashboard.model import AlarmCleared, AlarmRaised, Crs, WorkerFixes
from dashboard.record import Record
from feeds.protocols.device import DeviceFix, DeviceSaid, Sighting
from feeds.roster import Listed
from feeds.tally import Tally, clock_of

SOS: Final = "sos"
_REMEMBERED: Final = 200_000
"""Fixes remembered, so that one that a device sends again is not on the log twice."""


class Trackers:
    """The devices of one source, whose places come in the datum `crs`. Not safe to call from several threads."""

    def __init__(self, source: str, crs: Crs, roster: Listed[str], tally: Tally) -> None:
        self._source, self._crs, self._roster, self._tally = source, crs, roster, tally
        self._seen: OrderedDict[tuple[str, int, float, float], None] = OrderedDict()
        self._places: dict[str, tuple[float, float]] = {}
        self._calls: dict[str, str] = {}
        self._waiting: set[str] = set()

    def records(self, sightings: Iterable[Sighting], now_ms: int) -> list[Record]:
        """What `sightings`, received now, come to: one batch of fixes, and calls for help that begin or end."""
        fixes: list[tuple[str, DeviceFix]] = []
        calls: list[Record] = []
        for said in sightings:
            worker = self._roster.get(said.device)
            if worker is None:
                self._tally.strange(said.device, now_ms)
                continue
            if isinstance(said, DeviceFix):
                self._places[worker] = said.lat, said.lon  # where it last knew itself to be will do for a call for help
            if isinstance(said, DeviceFix) and self._is_new(worker, said):
                fixes.append((worker, said))
            calls += self._call(worker, said, now_ms)
        return [*self._batch(fixes, now_ms), *calls]

    def knows(self, device: str) -> bool:
        """Whether the roster has this device."""
        return self._roster.get(device) is not None

    def forget(self, sightings: Iterable[Sighting], records: Iterable[Record]) -> None:
        """The log did not take the `records` that these came to: should they come again, they are new."""
        for said in sightings:
            if isinstance(said, DeviceFix) and (worker := self._roster.get(said.device)):
                self._seen.pop(_key(worker, said), None)
        for record in records:
            if isinstance(record.data, AlarmRaised):
                self._calls.pop(record.data.device_id, None)
                self._waiting.add(record.data.device_id)
            elif isinstance(record.data, AlarmCleared):  # an end that nobody has heard of is none
                self._calls[record.data.alarm_id.removeprefix("SOS-").rpartition("-")[0]] = record.data.alarm_id

    def _is_new(self, worker: str, fix: DeviceFix) -> bool:
        key = _key(worker, fix)
        if key in self._seen:
            self._tally.took((), 0, repeated=1)
            return False
        self._seen[key] = None
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return True

    def _batch(self, fixes: Sequence[tuple[str, DeviceFix]], now_ms: int) -> list[Record]:
        if not fixes:
            return []
        wrong = [clock_of(fix.fix_ms, now_ms) for _, fix in fixes]
        for (_, fix), why in zip(fixes, wrong, strict=True):
            if why:
                self._tally.strange(fix.device, now_ms, why)
        ahead = [why == "ahead" for why in wrong]
        only = [fix for _, fix in fixes]
        data = WorkerFixes(
            [worker for worker, _ in fixes], [fix.lat for fix in only], [fix.lon for fix in only],
            [now_ms if early else fix.fix_ms for fix, early in zip(only, ahead, strict=True)], self._crs,
            [fix.battery for fix in only], [fix.accuracy_m for fix in only], [fix.speed_mps for fix in only],
            [fix.heading for fix in only],
            [fix.fix_ms if early else None for fix, early in zip(only, ahead, strict=True)] if any(ahead) else None,
            None if all(fix.located for fix in only) else [fix.located for fix in only],
        )  # fmt: skip
        said = "\n".join(f"{worker} {fix.fix_ms} {fix.lat} {fix.lon}" for worker, fix in fixes)
        name = blake2b(said.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
        return [Record(name, self._source, "worker.fixes", max(data.fix_time), data)]

    def _call(self, worker: str, said: DeviceFix | DeviceSaid, now_ms: int) -> list[Record]:
        """A call for help lasts from the first word that has it to the next place that has not.

        An alarm has a place; of a device that never had one it is raised with the first that comes.
        """
        standing = self._calls.get(worker)
        place = self._places.get(worker)
        if said.sos or worker in self._waiting:
            if standing is not None or place is None:
                self._waiting |= {worker} if standing is None else set()
                return []
            self._waiting.discard(worker)
            alarm = self._calls[worker] = f"SOS-{worker}-{now_ms}"
            raised = AlarmRaised(alarm, worker, SOS, "urgent", *place, crs=self._crs)
            return [Record(alarm, self._source, "alarm.raised", now_ms, raised)]
        if standing is None or isinstance(said, DeviceSaid):
            return []
        del self._calls[worker]
        return [Record(f"{standing}-over", self._source, "alarm.cleared", now_ms, AlarmCleared(standing))]


def _key(worker: str, fix: DeviceFix) -> tuple[str, int, float, float]:
    return worker, fix.fix_ms, fix.lat, fix.lon
