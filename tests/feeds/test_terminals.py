"""Terminals and trackers over real TCP onto a real log: the reference's cases, one by one; registration and codes."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import msgspec
import pytest

from dashboard.codec import decode
from dashboard.model import STREAMS, AlarmRaised, WorkerFixes
from feeds import feedsfile, tcp
from feeds.feedsfile import FeedsFile, Gps103, Jt808
from feeds.log import DEAD_LETTERS, Log
from feeds.protocols import gps103, jt808
from feeds.protocols.jt808 import AUTHENTICATE, HEARTBEAT, REGISTER
from feeds.tally import Report, Tally
from feeds.tcp import TcpFeed
from feeds.terminals import Terminal, gps103_feed, jt808_feed
from tests.feeds.protocols.jt808frames import FIX, FIX_MS, cases, terminal, wire

NOW = 1_800_000_000_000
START = dict.fromkeys(STREAMS, "0-0")
FENCE = b"\x7e" + terminal(HEARTBEAT, b"", serial=7) + b"\x7e"
"""What is answered last, when all before it is on the log."""


class Line:
    """A feed into the log, and one connection to it."""

    def __init__(self, make: Callable[[FeedsFile, Tally], TcpFeed], log: Log, folder: Path, devices: set[str]) -> None:
        rows = "".join(f"{device},W{device}\n" for device in sorted(devices))
        (folder / "roster.csv").write_text("device,worker\n" + rows)
        self.log, self.tally, self.stop, self.at = log, Tally("x", NOW), Event(), dict(START)
        feed = make(FeedsFile(folder, [], []), self.tally)
        self.thread = Thread(target=feed.run, args=(log, self.stop))
        self.thread.start()
        while not feed.port:
            self.stop.wait(0.02)
        self.socket = socket.create_connection(("127.0.0.1", feed.port), 20)

    def ask(self, said: bytes, until: bytes) -> bytes:
        """What is answered to `said`, up to something in it."""
        self.socket.sendall(said)
        heard = b""
        while until not in heard:
            more = self.socket.recv(65_536)
            assert more, heard
            heard += more
        return heard

    def new(self) -> list[object]:
        """The data of what has come onto the log since this was asked last."""
        entries = self.log.read(self.at, None, 1000)
        self.at |= {entry.stream: entry.entry_id for entry in entries}
        return [decode(entry).data for entry in entries]

    def report(self) -> Report:
        return msgspec.json.decode(self.tally.said(NOW)[0], type=Report)

    def close(self) -> None:
        self.socket.close()
        self.stop.set()
        self.thread.join(20)


Opened = Callable[..., Line]


@pytest.fixture
def line(log: Log, tmp_path: Path) -> Iterator[Opened]:
    lines: list[Line] = []

    def opened(make: Callable[[FeedsFile, Tally], TcpFeed], devices: set[str]) -> Line:
        lines.append(Line(make, log, tmp_path, devices))
        return lines[-1]

    yield opened
    for one in lines:
        one.close()


def terminals(**more: object) -> Callable[[FeedsFile, Tally], TcpFeed]:
    entry = Jt808(name="terminals", crs="wgs84", listen="127.0.0.1:0", roster="roster.csv", **more)  # type: ignore[arg-type]
    return lambda file, tally: jt808_feed(entry, file, tally)


def trackers(file: FeedsFile, tally: Tally) -> TcpFeed:
    return gps103_feed(Gps103(name="trackers", crs="wgs84", listen="127.0.0.1:0", roster="roster.csv"), file, tally)


def framed(piece: bytes) -> bytes:
    return b"\x7e" + piece + b"\x7e"


def test_every_reference_frame_of_jt808(line: Opened, log: Log, real_data: Path) -> None:
    listed = [(expect, wire(raw)) for expect, raw in cases(real_data)]
    devices = {jt808.decode(piece, checked=False).device for _, piece in listed} | {"13800138000"}
    feed = line(terminals(checked=False), devices)
    wrong = []
    for at, (expect, piece) in enumerate(listed):
        feed.ask(framed(piece) + FENCE, b"\x00\x07\x00\x02\x00")
        placed = any(isinstance(data, WorkerFixes) for data in feed.new())
        if (expect.startswith("verifyPosition") and not placed) or (expect == "verifyNull" and placed):
            wrong.append((at, expect, placed))
    assert len(listed) == 71 and wrong == []
    assert log.between(DEAD_LETTERS, "-", "+", 10) == []


def test_every_reference_sentence_of_gps103(line: Opened, log: Log, real_data: Path) -> None:
    lines = (real_data / "protocols" / "gps103_sentences.jsonl").read_text(encoding="utf-8").splitlines()
    listed = [json.loads(text) for text in lines]
    devices = {
        text.split("imei:")[1][:15].split(",")[0] for text in (case["text"] for case in listed) if "imei:" in text
    }
    feed = line(trackers, devices)
    verdicts = []
    for case in listed:
        before = feed.report().repeated
        feed.ask(case["text"].encode() + b"\n123456789012345;", b"ON")
        again = feed.report().repeated > before  # eight cases are of the same second and place as one before them
        placed = again or any(isinstance(data, WorkerFixes) for data in feed.new())
        verdicts.append((case["expect"], placed))
    assert all(placed for expect, placed in verdicts if expect == "verifyPosition")
    assert not any(placed for expect, placed in verdicts if expect == "verifyNull")
    [letter] = log.between(DEAD_LETTERS, "-", "+", 10)
    assert letter.fields[b"field"] == b"volts"


def test_a_frame_with_a_wrong_check_code_is_a_dead_letter(line: Opened, log: Log) -> None:
    feed = line(terminals(), {"13800138000"})
    piece = terminal(0x0200, FIX)
    feed.ask(framed(piece[:-1] + bytes([piece[-1] ^ 1])) + FENCE, b"\x00\x07\x00\x02\x00")
    [letter] = log.between(DEAD_LETTERS, "-", "+", 10)
    assert letter.fields[b"field"] == b"check" and feed.new() == []
    assert feed.report().rejected == 1


def test_what_a_frame_says_wrongly_is_kept_with_the_header_that_says_whose_it_is(line: Opened, log: Log) -> None:
    feed, piece = line(terminals(), {"13800138000"}), terminal(0x0200, FIX[:10], serial=9)
    feed.ask(framed(piece), b"\x00\x09\x02\x00\x01")
    [letter] = log.between(DEAD_LETTERS, "-", "+", 10)
    assert letter.fields[b"raw"] == piece and jt808.decode(piece).device == "13800138000"


def test_a_place_is_on_the_log_before_it_is_answered(line: Opened) -> None:
    feed = line(terminals(), {"13800138000"})
    feed.ask(framed(terminal(0x0200, FIX, serial=9)), b"\x00\x09\x02\x00\x00")
    [data] = feed.new()
    assert isinstance(data, WorkerFixes)
    assert (data.worker_id, data.fix_time, data.lat) == (["W13800138000"], [FIX_MS], [31.78])


def test_a_call_for_help_is_an_alarm(line: Opened) -> None:
    feed = line(terminals(), {"13800138000"})
    feed.ask(framed(terminal(0x0200, b"\x00\x00\x00\x01" + FIX[4:], serial=9)), b"\x00\x09\x02\x00\x00")
    assert [data.kind for data in feed.new() if isinstance(data, AlarmRaised)] == ["sos"]


def test_a_terminal_nobody_knows_is_told_so_and_listed(line: Opened) -> None:
    feed = line(terminals(), {"1"})
    assert b"\x00\x09\x04" in feed.ask(framed(terminal(REGISTER, b"\x00" * 37, serial=9)), b"\x00\x09\x04")
    feed.ask(framed(terminal(0x0200, FIX, serial=10)), b"\x00\x0a\x02\x00\x01")
    assert feed.new() == [] and feed.report().unknown == 1


def test_with_a_secret_a_terminal_must_show_its_code(line: Opened, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("secret\n")
    feed = line(terminals(secret_file="key"), {"13800138000"})
    feed.ask(framed(terminal(0x0200, FIX, serial=1)), b"\x00\x01\x02\x00\x01")
    assert feed.new() == []
    answer = feed.ask(framed(terminal(REGISTER, b"\x00" * 37, serial=2)), b"\x7e")
    code = answer.rsplit(b"\x00\x02\x00", 1)[1][:16]
    feed.ask(framed(terminal(AUTHENTICATE, b"wrong", serial=3)), b"\x00\x03\x01\x02\x01")
    feed.ask(framed(terminal(AUTHENTICATE, code, serial=4)), b"\x00\x04\x01\x02\x00")
    feed.ask(framed(terminal(0x0200, FIX, serial=5)), b"\x00\x05\x02\x00\x00")
    assert len(feed.new()) == 1


def test_who_has_shown_its_code_does_not_speak_for_another(line: Opened, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("secret\n")
    feed = line(terminals(secret_file="key"), {"13800138000", "13900139000"})
    answer = feed.ask(framed(terminal(REGISTER, b"\x00" * 37, serial=2)), b"\x7e")
    code = answer.rsplit(b"\x00\x02\x00", 1)[1][:16]
    feed.ask(framed(terminal(AUTHENTICATE, code, serial=4)), b"\x00\x04\x01\x02\x00")
    other = jt808.Frame(0, "", bytes.fromhex("013900139000"), 0, b"")
    feed.ask(jt808.build(0x0200, other, FIX, 5), b"\x00\x05\x02\x00\x01")
    assert feed.new() == []


def test_a_tracker_that_ends_no_sentence_is_heard_when_it_falls_silent(
    line: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "QUIET_S", 0.05)
    feed = line(trackers, {"863070010423167"})
    said = b"imei:863070010423167,tracker,1211051125,,F,052512.000,A,2220.6914,N,11407.5506,E,15.85,347.84"
    feed.socket.sendall(said)
    for _ in range(500):
        if found := feed.new():
            break
        feed.stop.wait(0.02)
    assert isinstance(found[0], WorkerFixes)
    assert gps103.decode(said).device == "863070010423167"


def test_what_cannot_be_read_is_kept_as_it_came(line: Opened, log: Log) -> None:
    feed = line(trackers, set())
    said = "imei:863070010423167,温度,A".encode("gb18030") + b"\xff\x00"
    feed.ask(said + b";123456789012345;", b"ON")
    [letter] = log.between(DEAD_LETTERS, "-", "+", 10)
    assert (letter.fields[b"field"], letter.fields[b"raw"]) == (b"sentence", said)


def test_codes_stay_the_same_for_years() -> None:
    frame = jt808.decode(terminal(REGISTER, b"\x00" * 37))
    first, second = (Terminal(lambda device: True, b"key")._code(frame) for _ in range(2))
    assert first == second and len(first) == 16
    assert feedsfile.KINDS["jt808"] is Jt808
