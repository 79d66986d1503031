"""What terminals and trackers say over TCP, understood: JT/T 808 and GPS103, each a `tcp.Dialogue`.

A device is answered that all is well only when its words are on the log; one that no roster has is told so.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from dashboard import clock
from dashboard.codec import Malformed
from feeds.base import OnceSink
from feeds.delivery import append
from feeds.feedsfile import FeedsFile, Gps103, Jt808
from feeds.protocols import gps103, jt808, jt808said
from feeds.protocols.device import Sighting
from feeds.protocols.jt808 import AUTHENTICATE, REGISTER, Frame
from feeds.roster import Listed, workers
from feeds.tally import Tally
from feeds.tcp import Listening, Said, TcpFeed
from feeds.trackers import Trackers

_DONE, _FAILED, _NO_SUCH_TERMINAL = 0, 1, 4
Knows = Callable[[str], bool]


def jt808_feed(entry: Jt808, file: FeedsFile, tally: Tally) -> TcpFeed:
    """Terminals that speak JT/T 808. Raises OSError, RosterError for files that cannot be used."""
    secret = file.path(entry.secret_file).read_bytes().strip() if entry.secret_file else b""
    trackers = _trackers(entry, file, tally)
    at = Listening(entry.listen, entry.connections, entry.idle_s)
    return TcpFeed(
        entry.name, at, lambda: Terminal(trackers.knows, secret, entry.checked), _flush(trackers, tally), tally
    )


def gps103_feed(entry: Gps103, file: FeedsFile, tally: Tally) -> TcpFeed:
    """Trackers that speak GPS103. Raises OSError, RosterError for files that cannot be used."""
    trackers = _trackers(entry, file, tally)
    at = Listening(entry.listen, entry.connections, entry.idle_s)
    return TcpFeed(entry.name, at, Tracker, _flush(trackers, tally), tally)


def _trackers(entry: Jt808 | Gps103, file: FeedsFile, tally: Tally) -> Trackers:
    roster = Listed(file.path(entry.roster), workers, clock.monotonic, tally.remark)
    return Trackers(entry.name, entry.crs, roster, tally)


def _flush(trackers: Trackers, tally: Tally) -> Callable[[OnceSink, Sequence[Any]], object]:
    def flush(sink: OnceSink, meanings: Sequence[tuple[Sighting, ...]]) -> None:
        said = [sighting for meaning in meanings for sighting in meaning]
        trackers.recall(sink, clock.monotonic())
        records = trackers.records(said, clock.now_ms())
        append(sink, records, (), tally)
        trackers.taken(records)
        trackers.remember(sink)

    return flush


class Terminal:
    """One terminal's side. With a `secret`, it must register and show the code it was given before it is heard."""

    def __init__(self, knows: Knows, secret: bytes = b"", checked: bool = True) -> None:
        self._knows, self._secret, self._checked = knows, secret, checked
        self._splitter, self._joiner = jt808.Splitter(), jt808.Joiner()
        self._shown, self._serial = "", 0

    def hear(self, data: bytes) -> Iterator[Said]:
        """What its frames say."""
        for piece in self._splitter.feed(data):
            try:
                yield from self._frame(jt808.decode(piece, self._checked), piece)
            except Malformed as fault:
                yield Said(None, b"", fault, piece)

    def rest(self) -> Iterable[Said]:
        """Nothing: a frame says where it ends."""
        return ()

    def _frame(self, frame: Frame, piece: bytes) -> Iterator[Said]:
        whole = self._joiner.add(frame)
        if whole is None:  # a package is acknowledged by itself
            yield Said(None, self._answer(frame, _DONE))
            return
        raw = piece if whole is frame else whole.body  # with the header, which says whose it is, where there is one
        try:
            heard = jt808said.read(whole)
        except Malformed as fault:
            yield Said(None, self._answer(frame, _FAILED), fault, raw)
            return
        yield from (Said(None, b"", refused, raw) for refused in heard.refused)
        result = self._result(whole, heard.details)
        heeded = heard.sightings if self._trusts(frame) else None
        yield Said(heeded or None, self._answer(frame, result))

    def _result(self, frame: Frame, details: dict[str, str]) -> int:
        if frame.type == REGISTER:
            return _DONE if self._knows(frame.device) else _NO_SUCH_TERMINAL
        if frame.type == AUTHENTICATE and self._secret:
            right = hmac.compare_digest(details.get("token", "").encode(), self._code(frame).encode())
            self._shown = frame.device if right else ""
        return _DONE if self._trusts(frame) and self._knows(frame.device) else _FAILED

    def _trusts(self, frame: Frame) -> bool:
        """Whether it is heard: whoever has shown its own code does not speak for another."""
        return not self._secret or self._shown == frame.device

    def _answer(self, frame: Frame, result: int) -> bytes:
        self._serial += 1
        return jt808.answer(frame, clock.now_ms(), self._code(frame), result, self._serial)

    def _code(self, frame: Frame) -> str:
        """The same after a restart: terminals keep theirs for years."""
        return hmac.new(self._secret or b"fourscreens", frame.device.encode(), hashlib.sha256).hexdigest()[:16]


class Tracker:
    """One GPS103 tracker's side."""

    def __init__(self) -> None:
        self._splitter = gps103.Splitter()

    def hear(self, data: bytes) -> Iterable[Said]:
        """What its sentences say."""
        yield from self._read(self._splitter.feed(data))

    def rest(self) -> Iterable[Said]:
        """What nothing has ended, and will be: some end no sentence."""
        yield from self._read(self._splitter.rest())

    def _read(self, sentences: Iterable[bytes]) -> Iterable[Said]:
        for raw in sentences:
            try:
                sentence = gps103.decode(raw)
            except Malformed as fault:
                yield Said(None, b"", fault, raw)
            else:
                yield Said(sentence.sightings or None, sentence.reply)
