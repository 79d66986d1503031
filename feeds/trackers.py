"""From what devices say of themselves to records of workers: whose it is, whether its clock can be believed, who calls.

Knows the roster and no transport. A device nobody knows is counted and listed (`Tally.strange`); a place it reports is
nobody's place.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final

import msgspec

from dashboard.model import AlarmCleared, AlarmRaised, Crs, WorkerFixes
from dashboard.record import Record
from feeds.base import OnceSink
from feeds.protocols.device import DeviceFix, DeviceSaid, Sighting
from feeds.roster import Listed
from feeds.tally import Tally, clock_of

SOS: Final = "sos"
_PREFIX: Final = "SOS-"
_REMEMBERED: Final = 200_000
"""Fixes remembered, so that one that a device sends again is not on the log twice."""
RECALL_S: Final = 2.0
"""How often it looks which calls stand by what was kept: there may be several replicas that take them."""
_Key = tuple[str, int, float, float]
"""What makes a fix one of its own: whose, when, where."""


class Trackers:
    """The devices of one source, whose places come in the datum `crs`. Not safe to call from several threads."""

    def __init__(self, source: str, crs: Crs, roster: Listed[str], tally: Tally) -> None:
        self._source, self._crs, self._roster, self._tally = source, crs, roster, tally
        self._seen: OrderedDict[_Key, None] = OrderedDict()
        self._places: dict[str, tuple[float, float]] = {}
        self._calls: dict[str, str] = {}
        self._begun: dict[str, Record] = {}
        """Calls that are on their way to the log: said again, they are the same records."""
        self._waiting: set[str] = set()
        self._moved: dict[str, str] = {}
        """Calls that have begun on the log and not yet been kept, by worker; "" for one that has ended."""
        self._recalled_s = float("-inf")

    def recall(self, sink: OnceSink, now_s: float) -> None:
        """Take over the calls that stand, as a run before this or another replica left them. Raises LogUnavailable."""
        if now_s - self._recalled_s >= RECALL_S:
            self._calls, self._recalled_s = self._stand(sink), now_s

    def remember(self, sink: OnceSink) -> None:
        """Keep what has begun and ended. Raises LogUnavailable, and does it the next time then."""
        if self._moved:
            calls = self._stand(sink)
            sink.remember(self._source, msgspec.json.encode(calls))
            self._calls, self._moved = calls, {}

    def _stand(self, sink: OnceSink) -> dict[str, str]:
        kept = sink.recall(self._source)
        calls = (msgspec.json.decode(kept, type=dict[str, str]) if kept else {}) | self._moved
        return {worker: alarm for worker, alarm in calls.items() if alarm}

    def records(self, sightings: Iterable[Sighting], now_ms: int) -> list[Record]:
        """What `sightings`, received now, come to: one batch of fixes, and calls for help that begin or end.

        What comes again before `taken` comes to the same again, for it may not be acknowledged yet.
        """
        fixes: dict[_Key, tuple[str, DeviceFix]] = {}
        calls: list[Record] = []
        standing = dict(self._calls)
        for said in sightings:
            worker = self._roster.get(said.device)
            if worker is None:
                self._tally.strange(said.device, now_ms)
                continue
            if isinstance(said, DeviceFix):
                self._places[worker] = said.lat, said.lon  # where it last knew itself to be will do for a call for help
                key = worker, said.fix_ms, said.lat, said.lon
                if key in self._seen or key in fixes:
                    self._tally.took((), 0, repeated=1)
                else:
                    fixes[key] = worker, said
            calls += self._call(worker, said, now_ms, standing)
        return [*self._batch([*fixes.values()], now_ms), *calls]

    def knows(self, device: str) -> bool:
        """Whether the roster has this device."""
        return self._roster.get(device) is not None

    def taken(self, records: Iterable[Record]) -> None:
        """The log has these `records`: should what they came from come again, nothing in it is new."""
        for data in (record.data for record in records):
            if isinstance(data, WorkerFixes):
                claimed = data.claimed or [None] * len(data.fix_time)
                times = [at if early is None else early for at, early in zip(data.fix_time, claimed, strict=True)]
                self._seen.update(dict.fromkeys(zip(data.worker_id, times, data.lat, data.lon, strict=True)))
            elif isinstance(data, AlarmRaised):
                self._calls[data.device_id] = self._moved[data.device_id] = data.alarm_id
                self._begun.pop(data.device_id, None)
                self._waiting.discard(data.device_id)
            elif isinstance(data, AlarmCleared):
                worker = data.alarm_id.removeprefix(_PREFIX).rpartition("-")[0]
                self._calls.pop(worker, None)
                self._moved[worker] = ""
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)

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

    def _call(self, worker: str, said: DeviceFix | DeviceSaid, now_ms: int, standing: dict[str, str]) -> list[Record]:
        """A call for help lasts from the first word that has it to the next place that has not.

        An alarm has a place; of a device that never had one it is raised with the first that comes. `standing`: the
        calls there are once what was said before this is on the log; "" for one that has ended meanwhile.
        """
        alarm = standing.get(worker)
        if not alarm and (said.sos or (alarm is None and (worker in self._waiting or worker in self._begun))):
            return self._begin(worker, now_ms, standing)
        if not alarm or said.sos or isinstance(said, DeviceSaid):
            return []
        standing[worker] = ""
        return [Record(f"{alarm}-over", self._source, "alarm.cleared", now_ms, AlarmCleared(alarm))]

    def _begin(self, worker: str, now_ms: int, standing: dict[str, str]) -> list[Record]:
        place = self._places.get(worker)
        if place is None:
            self._waiting.add(worker)
            return []
        before = self._begun.get(worker)
        if before is None or worker in standing:
            number = now_ms if before is None else int(before.id.rpartition("-")[2]) + 1
            alarm = f"{_PREFIX}{worker}-{number}"
            raised = AlarmRaised(alarm, worker, SOS, "urgent", *place, crs=self._crs)
            self._begun[worker] = Record(alarm, self._source, "alarm.raised", now_ms, raised)
        standing[worker] = self._begun[worker].id
        return [self._begun[worker]]
