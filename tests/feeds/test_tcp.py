"""Connections: answered when it is on the log, waiting while it cannot be, let go when they talk rubbish."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator, Sequence
from threading import Event, Thread
from typing import Any

import pytest

from dashboard.codec import Malformed
from dashboard.record import Record
from dashboard.replica import LogUnavailable
from feeds import tcp
from feeds.base import DeadLetter, OnceSink
from feeds.tally import Tally
from feeds.tcp import Listening, Said, TcpFeed

NOW = 1_800_000_000_000


class Words:
    """A dialogue of lines: `?` is a fault, any other word is meant and echoed."""

    def __init__(self) -> None:
        self.left = b""

    def hear(self, data: bytes) -> Iterable[Said]:
        """The lines that are whole."""
        *lines, self.left = (self.left + data).split(b"\n")
        for line in lines:
            if line.startswith(b"?"):
                yield Said(None, b"", Malformed("line", line.decode(), "asks"), line)
            else:
                yield Said(line.decode(), line.upper() + b"\n")

    def rest(self) -> Iterable[Said]:
        """What no newline ended."""
        word, self.left = self.left, b""
        return [Said(word.decode(), word.upper())] if word else []


class Box:
    """A sink that can be closed for a while."""

    def __init__(self) -> None:
        self.open, self.took, self.letters = True, [], []  # type: ignore[var-annotated]  # lists of what comes
        self.tried = Event()

    def append(self, records: Sequence[Record]) -> list[str]:
        """Not asked here."""
        raise AssertionError

    def append_once(self, records: Sequence[Record]) -> tuple[list[str], int]:
        """Not asked here."""
        raise AssertionError

    def reject(self, letters: Sequence[DeadLetter]) -> None:
        """Keep them."""
        self.letters += letters

    def recall(self, feed: str) -> bytes | None:
        """Nothing."""
        return None

    def remember(self, feed: str, state: bytes) -> None:
        """Forget it."""

    def take(self, words: Sequence[Any]) -> None:
        """Keep them, or be closed."""
        self.tried.set()
        if not self.open:
            raise LogUnavailable("closed")
        self.took += words


class Ear:
    """A running TcpFeed of words."""

    def __init__(self, connections: int = 10, idle_s: float = 20) -> None:
        self.box, self.stop, self.tally = Box(), Event(), Tally("words", NOW)
        self.feed = TcpFeed("words", Listening("127.0.0.1:0", connections, idle_s), Words, self.flush, self.tally)
        self.thread = Thread(target=self.feed.run, args=(self.box, self.stop))
        self.thread.start()

    def flush(self, sink: OnceSink, words: Sequence[Any]) -> None:
        assert sink is self.box
        self.box.take(words)

    def call(self) -> socket.socket:
        for _ in range(500):
            if self.feed.port:
                break
            self.stop.wait(0.02)
        return socket.create_connection(("127.0.0.1", self.feed.port), 20)


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ear]:
    monkeypatch.setattr(tcp, "_AGAIN_S", 0.05)
    running = Ear()
    yield running
    running.stop.set()
    running.thread.join(20)
    assert not running.thread.is_alive()


def test_what_is_said_is_appended_and_then_answered(ear: Ear) -> None:
    with ear.call() as one, ear.call() as other:
        one.sendall(b"a\nb\nhal")
        assert one.makefile().readline() == "A\n"
        other.sendall(b"c\n")
        assert other.recv(10) == b"C\n"
        one.sendall(b"f\n")
        assert one.recv(10)[-5:] == b"HALF\n"
    assert sorted(ear.box.took) == ["a", "b", "c", "half"]


def test_what_nothing_ends_is_whole_when_the_line_falls_silent_or_is_closed(
    ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "QUIET_S", 0.05)
    with ear.call() as one:
        one.sendall(b"silent")
        assert one.recv(10) == b"SILENT"
        one.sendall(b"closed")
        one.shutdown(socket.SHUT_WR)
        assert one.recv(10) == b"CLOSED"


def test_who_stays_silent_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "QUIET_S", 0.05)
    running = Ear(idle_s=0.1)
    try:
        with running.call() as one, pytest.raises(OSError):
            if not one.recv(10):
                raise ConnectionResetError
    finally:
        running.stop.set()
        running.thread.join(20)


def test_a_log_that_is_away_keeps_the_device_waiting_and_loses_nothing(ear: Ear) -> None:
    ear.box.open = False
    with ear.call() as one:
        one.sendall(b"a\nb\n")
        assert ear.box.tried.wait(20)
        one.settimeout(0.2)
        with pytest.raises(TimeoutError):
            one.recv(10)
        ear.box.open = True
        one.settimeout(20)
        assert one.recv(10) == b"A\nB\n"
    assert sorted(ear.box.took) == ["a", "b"]


def test_rubbish_goes_to_the_dead_letters_and_the_rest_is_taken(ear: Ear) -> None:
    with ear.call() as one:
        one.sendall(b"?what\nfine\n")
        assert one.recv(10) == b"FINE\n"
        [letter] = ear.box.letters
        assert (letter.source, letter.field, letter.raw) == ("words", "line", b"?what")
        assert letter.place.startswith("127.0.0.1:")


def test_who_talks_nothing_but_rubbish_is_let_go(ear: Ear) -> None:
    with ear.call() as one:
        one.sendall(b"?\n" * 200)
        with pytest.raises(ConnectionResetError):
            while one.recv(10):
                pass
            raise ConnectionResetError
    with ear.call() as other:
        other.sendall(b"a\n")
        assert other.recv(10) == b"A\n"


def test_no_more_than_may_come_at_once() -> None:
    running = Ear(connections=1)
    try:
        with running.call() as one:
            one.sendall(b"a\n")
            assert one.recv(10) == b"A\n"
            with running.call() as other, pytest.raises(OSError):
                other.sendall(b"b\n")
                if not other.recv(10):
                    raise OSError
    finally:
        running.stop.set()
        running.thread.join(20)


def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        at = Listening(f"127.0.0.1:{taken.getsockname()[1]}", 1, 1)
        feed = TcpFeed("words", at, Words, lambda sink, words: None, Tally("words", NOW))
        with pytest.raises(OSError, match="address already in use"):
            feed.run(Box(), Event())
