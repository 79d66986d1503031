"""The gunicorn worker that serves the wall: who sends slowly, or nothing at all, holds none of its threads.

The head of a request is read by the one thread that waits for all connections, as far as it has come; a request gets a
thread once its head is whole. A body is read by that thread, within a time and only so many at once from one address.
Judges nothing of what is sent, and does not touch a WebSocket once a thread has it.
"""

from __future__ import annotations

import errno
import selectors
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import Lock
from typing import Any, Final, NamedTuple

from gunicorn.http.parser import RequestParser
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker
from werkzeug.exceptions import RequestTimeout, TooManyRequests

from dashboard import clock

_END: Final = b"\r\n\r\n"
_READ: Final = 8192
_REST_S: Final = 0.25
_PARTING_S: Final = 2.0
_PARTING_BYTES: Final = 65_536
_BUSY: Final = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED)
_NO_MORE_FILES: Final = (errno.EMFILE, errno.ENFILE)
RETRY_AFTER_S: Final = 5


class Limits(NamedTuple):
    """How long the head of a request may take, and its body; how long a head may be; how many requests may be on
    their way in from one `each` address, and as heads from `all` of them.
    """

    head_s: float = 10.0
    body_s: float = 30.0
    head_bytes: int = 65_536
    each: int = 64
    all: int = 256


PATIENCE: Final = Limits()


class _Bodies:
    """How many threads wait for the rest of a body, by address."""

    def __init__(self, most: int) -> None:
        self._most, self._waiting, self._lock = most, Counter[str](), Lock()

    @contextmanager
    def one(self, address: str) -> Iterator[None]:
        """One more waits. Raises TooManyRequests."""
        with self._lock:
            if self._waiting[address] >= self._most:
                raise TooManyRequests(f"more than {self._most} bodies at once from {address}", None, RETRY_AFTER_S)
            self._waiting[address] += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting[address] -= 1
                self._waiting += Counter()  # addresses without any are forgotten


class _Reader(SocketUnreader):  # type: ignore[misc]  # gunicorn ships no types
    """What comes over a connection; `until`: when a thread has waited long enough for it."""

    def __init__(self, sock: socket.socket, address: str, bodies: _Bodies) -> None:
        super().__init__(sock)
        self._address, self._bodies, self.until = address, bodies, 0.0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next piece. Raises RequestTimeout, TooManyRequests."""
        if self.sock.gettimeout() is not None:  # gunicorn throws away what nobody has read, and for how long is its own
            return bytes(super().chunk(size_hint))
        left = self.until - clock.monotonic()
        if left <= 0:
            raise RequestTimeout("the body took too long")
        with self._bodies.one(self._address):
            self.sock.settimeout(left)
            try:
                return bytes(super().chunk(size_hint))
            except TimeoutError:
                raise RequestTimeout("the body took too long") from None
            finally:
                self.sock.settimeout(None)


class _Connection(TConn):  # type: ignore[misc]  # gunicorn ships no types
    """A connection whose parser can be filled before there is a thread for it."""

    def __init__(self, worker: PatientWorker, sock: socket.socket, client: Any, server: Any) -> None:
        super().__init__(worker.cfg, sock, client, server)
        self.address = client[0] if isinstance(client, tuple) else ""
        self.parser = RequestParser(self.cfg, sock, client)
        self.parser.unreader = self.reader = _Reader(sock, self.address, worker.bodies)
        self.initialized = True
        self.until, self.drained, self._worker = 0.0, 0, worker

    def take(self, data: bytes) -> bool:
        """Put down what has come; whether a head is whole."""
        held = self.reader.buf
        place = held.seek(0, 2)
        held.write(data)
        return _END in held.getbuffer()[max(0, place - len(_END) + 1) :].tobytes()

    def close(self, graceful: bool = False) -> None:
        """Close it; `graceful`: so that who sends still gets the answer, and without waiting here."""
        if graceful:
            self._worker.part(self)
        else:
            super().close()


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """As gunicorn's, but heads are read, and connections ended, without a thread."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limits: Limits = self.app.limits
        self.bodies = _Bodies(self.limits.each)
        self.waiting: dict[_Connection, None] = {}
        self.parting: dict[_Connection, None] = {}

    def accept(self, listener: socket.socket) -> None:
        """Take a connection; when there is no room for it in this process, the one that says least makes room."""
        try:
            sock, client = listener.accept()
        except OSError as fault:
            if fault.errno in _NO_MORE_FILES:
                self._let_go(next(iter(self.waiting), None))
            elif fault.errno not in _BUSY:
                raise
            return
        self.nr_conns += 1
        self.enqueue_req(_Connection(self, sock, client, listener.getsockname()))

    def enqueue_req(self, conn: _Connection) -> None:
        """A connection may have a request: what is there of it is read here, until its head is whole."""
        if conn.take(conn.reader.take_buffered()):
            self._give(conn)
            return
        mine = [one for one in self.waiting if one.address == conn.address]
        if len(mine) >= self.limits.each:  # the oldest, for a head comes within moments from whoever means well
            self._let_go(mine[0])
        elif len(self.waiting) >= self.limits.all:
            self._let_go(next(iter(self.waiting)))
        conn.until = clock.monotonic() + self.limits.head_s
        self.waiting[conn] = None
        self._listen(conn, self._hear)

    def _keepalive_after(self, conn: _Connection, keepalive: bool) -> bool:
        """Whether another request may follow: not after one whose body nobody has read and that is not here yet."""
        return keepalive and bool(conn.parser.finish_body(deadline=clock.monotonic() + _REST_S))

    def murder_pending(self) -> None:
        """Those whose time is over are told so, and let go."""
        now = clock.monotonic()
        for conn in [one for one in self.waiting if one.until <= now]:
            self._let_go(conn, "408 Request Timeout")
        for conn in [one for one in self.parting if one.until <= now]:
            self._gone(conn)

    def part(self, conn: _Connection) -> None:
        """No more is said; what the other side still sends is thrown away for a moment, or it might lose the answer."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.until = clock.monotonic() + _PARTING_S
            self._listen(conn, self._drain)
        except (OSError, ValueError, RuntimeError):  # it is closed, or the worker has ended
            conn.close()
            return
        if len(self.parting) >= self.limits.all:
            self._gone(next(iter(self.parting)))
        self.parting[conn] = None

    def _listen(self, conn: _Connection, heard: Any) -> None:
        conn.sock.setblocking(False)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(heard, conn))

    def _hear(self, conn: _Connection, _: object) -> None:
        data = _received(conn) if conn in self.waiting else None  # it may have been let go in this same round
        if data is None:
            return
        if not data:
            self._let_go(conn)
        elif conn.take(data):
            self.poller.unregister(conn.sock)
            del self.waiting[conn]
            self._give(conn)
        elif conn.reader.buf.tell() > self.limits.head_bytes:
            self._let_go(conn, "431 Request Header Fields Too Large")

    def _give(self, conn: _Connection) -> None:
        """To a thread."""
        conn.reader.until = clock.monotonic() + self.limits.body_s
        super().enqueue_req(conn)

    def _let_go(self, conn: _Connection | None, status: str = "") -> None:
        """End a connection that waits, with an answer if it has begun to ask."""
        if conn is None:
            return
        self.poller.unregister(conn.sock)
        del self.waiting[conn]
        self.nr_conns -= 1
        if not status or not conn.reader.buf.tell():
            conn.close()
            return
        with suppress(OSError):
            conn.sock.send(f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())
        self.part(conn)

    def _drain(self, conn: _Connection, _: object) -> None:
        data = _received(conn) if conn in self.parting else None
        conn.drained += len(data or b"")
        if data == b"" or conn.drained > _PARTING_BYTES:
            self._gone(conn)

    def _gone(self, conn: _Connection) -> None:
        del self.parting[conn]
        self.poller.unregister(conn.sock)
        conn.close()


def _received(conn: _Connection) -> bytes | None:
    """What has come: None for nothing yet, b"" when nothing will."""
    try:
        return bytes(conn.sock.recv(_READ))
    except (BlockingIOError, InterruptedError):
        return None
    except OSError:
        return b""
