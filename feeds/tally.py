"""What a feed counts of itself, and how it says so: records, refusals, devices nobody knows, lag, skew, state.

Any thread may count. It is put down beside the log (`Log.report`) for the wall, /healthz and /metrics; it is no part of
the truth. Judges nothing but clocks.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Final, Literal

import msgspec

State = Literal["starting", "running", "waiting", "stopped", "refused", "silent"]
MOST_DEVICES: Final = 10_000
"""Devices spoken of at most; beyond, they are counted only."""
_SPAN_MS: Final = 60_000
_SPANS: Final = 10
SILENT_MS: Final = 15_000
AHEAD_MS: Final = 300_000
"""A clock so far ahead is wrong: what it says of when is not believed (as `Picture` would refuse it)."""
LATE_MS: Final = 86_400_000
"""A fix so old tells of another day."""


class Device(msgspec.Struct):
    """A device worth a look: how often it spoke, when last, and why it is listed."""

    count: int = 0
    last_ms: int = 0
    why: Literal["unknown", "ahead", "late"] = "unknown"


class Report(msgspec.Struct):
    """How a feed is. `lag_ms`: from a record's own time to when it was received, of the newest; `skew_ms`: the least of
    it in ten minutes, below zero when the source's clock is ahead, for nothing arrives before it was sent.
    """

    kind: str
    state: State = "starting"
    why: str = ""
    since_ms: int = 0
    at_ms: int = 0
    records: int = 0
    repeated: int = 0
    rejected: int = 0
    unknown: int = 0
    last_ms: int = 0
    lag_ms: int | None = None
    skew_ms: int | None = None
    rate: float = 0.0


class Tally:
    """The counts of one feed."""

    def __init__(self, kind: str, now_ms: int) -> None:
        self._report = Report(kind, since_ms=now_ms)
        self._lock = Lock()
        self._lags: OrderedDict[int, int] = OrderedDict()
        self._devices: dict[str, Device] = {}
        self._changed: set[str] = set()
        self._before = (now_ms, 0)
        self._remark = ""

    def turn(self, state: State, now_ms: int, why: str = "") -> None:
        """The feed is in another state from now on."""
        with self._lock:
            if (state, why) != (self._report.state, self._report.why):
                self._report.state, self._report.why, self._report.since_ms = state, why, now_ms

    def remark(self, why: str) -> None:
        """What is not as it should be though the feed goes on; "": nothing is."""
        with self._lock:
            self._remark = why

    def took(self, times_ms: Iterable[int], now_ms: int, repeated: int = 0) -> None:
        """Records of these times of their own are on the log; `repeated` of them were already."""
        with self._lock:
            for time_ms in times_ms:
                self._report.records += 1
                self._report.last_ms, self._report.lag_ms = now_ms, now_ms - time_ms
                span = now_ms // _SPAN_MS
                self._lags[span] = min(self._lags.get(span, now_ms - time_ms), now_ms - time_ms)
            while len(self._lags) > _SPANS:
                self._lags.popitem(last=False)
            self._report.repeated += repeated

    def refused(self, count: int = 1) -> None:
        """So many could not be accepted and are among the dead letters."""
        with self._lock:
            self._report.rejected += count

    def strange(self, device: str, now_ms: int, why: Literal["unknown", "ahead", "late"] = "unknown") -> None:
        """A device nobody knows, or whose clock is wrong, has spoken."""
        with self._lock:
            self._report.unknown += why == "unknown"
            if device in self._devices or len(self._devices) < MOST_DEVICES:
                seen = self._devices.setdefault(device, Device())
                seen.count, seen.last_ms, seen.why = seen.count + 1, now_ms, why
                self._changed.add(device)

    def said(self, now_ms: int) -> tuple[bytes, dict[str, bytes]]:
        """The report as JSON, and the devices that spoke since it was asked for last."""
        with self._lock:
            report, (before_ms, before) = self._report, self._before
            if now_ms > before_ms:
                report.rate = round((report.records - before) * 1000 / (now_ms - before_ms), 2)
            self._before = now_ms, report.records
            report.at_ms, report.skew_ms = now_ms, min(self._lags.values(), default=None)
            changed = {name: msgspec.json.encode(self._devices[name]) for name in self._changed}
            self._changed.clear()
            told = msgspec.structs.replace(report, why=report.why or self._remark)
            return msgspec.json.encode(told), changed

    def unsaid(self, devices: Iterable[str]) -> None:
        """Nobody could be told of these; they are said again."""
        with self._lock:
            self._changed.update(devices)


def states(reports: Mapping[str, bytes], now_ms: int) -> dict[str, Report]:
    """How feeds are by what they said last; one that said nothing for `SILENT_MS` is silent, for it ended somehow."""
    found = {}
    for name, text in reports.items():
        try:
            report = msgspec.json.decode(text, type=Report)
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            report = Report("?", "silent", f"its report cannot be read: {fault}")
        if now_ms - report.at_ms > SILENT_MS and report.state != "stopped":
            report.state, report.since_ms = "silent", report.at_ms
        found[name] = report
    return found


def clock_of(fix_ms: int, now_ms: int) -> Literal["", "ahead", "late"]:
    """What is wrong with the instant of a fix that was received now."""
    return "ahead" if fix_ms > now_ms + AHEAD_MS else "late" if fix_ms < now_ms - LATE_MS else ""
