"""The other side of a webhook, for the tests: a real HTTP server that keeps what it is sent and answers as told."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any, NamedTuple

import msgspec


class Posted(NamedTuple):
    """One POST: its headers, names in lower case, and its body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """The body as JSON."""
        return msgspec.json.decode(self.body, type=dict[str, Any])


Answers = Callable[[Posted], "int | tuple[int, dict[str, str]] | None"]
"""The status, or status and headers; None: hang up without a word."""


class Receiver:
    """A server on a port of its own; `answers` may be changed at any time."""

    def __init__(
        self, answers: Answers = lambda posted: 204, trust: ssl.SSLContext | None = None, port: int = 0
    ) -> None:
        self.posted: list[Posted] = []
        self.taken: list[Posted] = []
        self.connections = 0
        self.answers = answers
        self._changed = Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        if trust:
            self._server.socket = trust.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self.url = f"http{'s' if trust else ''}://localhost:{self.port}/hook?of=wall"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Receiver:
        return self

    def __exit__(self, *fault: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def until(self, count: int) -> list[Posted]:
        """What has been taken, once there are so many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.taken) >= count, 30), f"only {len(self.taken)} came"
            return list(self.taken)

    def until_posted(self, count: int) -> list[Posted]:
        """What has been posted, taken or not, once there is so much."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.posted) >= count, 30), f"only {len(self.posted)} came"
            return list(self.posted)

    def ids(self) -> list[str]:
        """The ids of the events taken."""
        return [posted.event["id"] for posted in self.taken]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                receiver.connections += 1

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                posted = Posted(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                with receiver._changed:
                    receiver.posted.append(posted)
                    receiver._changed.notify_all()
                answer = receiver.answers(posted)
                if answer is None:
                    self.close_connection = True
                    return
                status, headers = answer if isinstance(answer, tuple) else (answer, {})
                if 200 <= status < 300:  # noted before it is answered: what comes next must not overtake it here
                    with receiver._changed:
                        receiver.taken.append(posted)
                        receiver._changed.notify_all()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                said = b"" if status == 204 else b"as told"
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler
