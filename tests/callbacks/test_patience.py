"""Clients who mean ill, or are broken, over real sockets to a real worker: each is refused, and nobody else waits."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support import until

SCRIPT = """
import sys
import flask
from callbacks import ingest
from callbacks.patience import Limits
from callbacks.serve import Served

def build(stop):
    server = flask.Flask("probe")
    server.add_url_rule("/", "hello", lambda: "hello")

    @server.post("/body")
    def body():
        try:
            return str(len(ingest.body()))
        except ingest.Turned as turned:
            return turned.answer.body, turned.answer.status, dict(turned.answer.headers)

    return server, []

Served("127.0.0.1", int(sys.argv[1]), build, Limits(head_s=0.5, body_s=0.6, head_bytes=20_000, each=8, all=20)).run()
"""
THREADS_KEPT = 4  # far fewer than clients below


class Place:
    """A server, and what may be done to it."""

    def __init__(self, port: int, pid: int) -> None:
        self.port, self.pid = port, pid

    def call(self, said: bytes) -> socket.socket:
        """A connection over which this has been said."""
        caller = socket.create_connection(("127.0.0.1", self.port), 20)
        caller.sendall(said)
        return caller

    def answer(self, said: bytes) -> bytes:
        """All that is answered until the other side ends it."""
        with self.call(said) as caller:
            return heard(caller)

    def hello(self) -> bool:
        """Whether somebody who means well is answered."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=20) as answer:
            return bool(answer.read() == b"hello")

    def worker(self) -> Path:
        """Where the system tells of the process that serves."""
        [child] = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return Path(f"/proc/{child}")

    def threads(self) -> int:
        return len(list((self.worker() / "task").iterdir()))

    def memory(self) -> int:
        """Bytes held by the worker."""
        return int((self.worker() / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def heard(caller: socket.socket) -> bytes:
    said = b""
    try:
        while more := caller.recv(65_536):
            said += more
    except ConnectionResetError:
        pass
    return said


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    root = Path(__file__).parents[2]
    env = {**os.environ, "PYTHONPATH": str(root)}
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(port)], cwd=root, env=env)
    found = Place(port, process.pid)
    try:
        assert until(lambda: _listens(port), 20)
        yield found
    finally:
        process.terminate()
        process.wait(20)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


GET = b"GET / HTTP/1.1\r\nHost: wall\r\n"
POST = b"POST /body HTTP/1.1\r\nHost: wall\r\n"


def test_heads_that_come_slowly_hold_no_thread_and_are_let_go(place: Place) -> None:
    assert place.hello()
    before = place.threads()
    with ExitStack() as calls:
        slow = [calls.enter_context(place.call(GET)) for _ in range(30)]
        silent = [calls.enter_context(place.call(b"")) for _ in range(30)]
        assert place.hello() and place.threads() <= before + THREADS_KEPT
        assert heard(slow[0]) == heard(silent[0]) == b""  # made room for the newest of their address
        slow.append(calls.enter_context(place.call(GET)))
        assert heard(slow[-1]).startswith(b"HTTP/1.1 408 ")


def test_a_head_may_come_in_parts_and_more_than_one_at_once(place: Place) -> None:
    with place.call(GET[:10]) as caller:
        for part in (GET[10:], b"\r", b"\n" + GET, b"Connection: close\r\n\r\n"):
            caller.sendall(part)
        assert heard(caller).count(b"hello") == 2


def test_a_body_that_comes_slowly_is_waited_for_only_so_long(place: Place) -> None:
    said = place.answer(POST + b"Content-Length: 100\r\n\r\nabc")
    assert said.startswith(b"HTTP/1.1 408 ") and b'"field":"body"' in said
    said = place.answer(POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc")
    assert said.startswith(b"HTTP/1.1 408 ")


def test_of_many_slow_bodies_only_some_hold_a_thread(place: Place) -> None:
    with ExitStack() as calls:
        slow = [calls.enter_context(place.call(POST + b"Content-Length: 100\r\n\r\nabc")) for _ in range(12)]
        assert place.hello()
        answers = sorted(heard(caller).split(b" ")[1] for caller in slow)
        assert answers == [b"408"] * 8 + [b"429"] * 4


def test_a_body_that_is_too_long_is_refused_before_it_comes(place: Place) -> None:
    before = place.memory()
    assert place.answer(POST + b"Content-Length: 104857600\r\n\r\n").startswith(b"HTTP/1.1 413 ")
    chunk = b"100000\r\n" + bytes(0x100000) + b"\r\n"
    with place.call(POST + b"Transfer-Encoding: chunked\r\n\r\n") as caller:
        try:
            for _ in range(100):
                caller.sendall(chunk)
        except OSError:  # it did not wait for all of it
            pass
        else:
            raise AssertionError("100 MB were taken")
    assert place.memory() < before + 40_000_000
    assert place.hello()


def test_a_body_as_it_should_be_is_taken(place: Place) -> None:
    assert place.answer(POST + b"Connection: close\r\nContent-Length: 3\r\n\r\nabc").endswith(b"\r\n\r\n3")
    parts = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    assert place.answer(POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + parts).endswith(b"\r\n5")


@pytest.mark.parametrize("said", [
    b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
    b"get \xff HTTP/1.1\r\n\r\n", GET + b"A: \x00\r\n\r\n", GET + b"Content-Length: -1\r\n\r\n",
    GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
    GET + b"X" * 9000 + b": 1\r\n\r\n", b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n",
    GET + b"".join(b"X-%d: 1\r\n" % n for n in range(200)) + b"\r\n", GET + b"X: 1\r\n" * 4000,
    POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", POST + b"Transfer-Encoding: gzip\r\n\r\n",
])  # fmt: skip
def test_what_is_no_request_is_told_so(place: Place, said: bytes) -> None:
    answer = place.answer(said)
    assert answer.split(b" ")[1][:1] == b"4" or answer.startswith(b"HTTP/1.1 501 ")
    assert place.hello()


def test_who_does_not_hang_up_keeps_nobody_waiting(place: Place) -> None:
    """gunicorn's own worker waits two seconds for each of them, and for nobody else meanwhile."""
    with ExitStack() as calls:
        stay = [calls.enter_context(place.call(GET + b"Connection: close\r\n\r\n")) for _ in range(15)]
        assert all(heard(caller).endswith(b"hello") for caller in stay)
        with socket.create_connection(("127.0.0.1", place.port), 5) as caller:
            caller.sendall(GET + b"Connection: close\r\n\r\n")
            assert heard(caller).endswith(b"hello")
