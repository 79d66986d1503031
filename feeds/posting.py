"""POST to one address: connections that are kept, one a thread, and none that takes for ever. Follows no redirection.

A certificate is checked against what the machine trusts, or against a file. What an answer means is for who asks.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from threading import Lock, get_ident, local
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from dashboard import clock

TIMEOUT_S: Final = 10.0
"""How long the other side may be silent."""
MOST_S: Final = 30.0
"""How long one POST may take, however it drips."""
_MOST_READ: Final = 65_536
_SHOWN: Final = 300


class Answer(NamedTuple):
    """What the other side answered; names of headers in lower case."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes

    def said(self) -> str:
        """It in one line, for people."""
        moved = f" to {self.headers['location']}" if "location" in self.headers else ""
        body = " ".join(self.body[:_SHOWN].decode("utf-8", "replace").split())
        return f"answered {self.status} {self.reason}{moved}" + (f": {body}" if body else "")


class Poster:
    """POST to `url`, from any thread."""

    def __init__(self, url: str, ca_file: Path | None = None) -> None:
        """Raises ValueError for what is no such address, OSError for a certificate that cannot be read."""
        at = urlsplit(url)
        if at.scheme not in ("http", "https") or not at.hostname or "@" in at.netloc or re.search(r"[^!-~]", url):
            shown = url.partition("?")[0].rpartition("@")[2]  # neither a password nor a key
            raise ValueError(f"url={shown!r}: write https://host/path, without spaces, names and passwords")
        self._host, self._port, self._secure = at.hostname, at.port, at.scheme == "https"
        self._path = (at.path or "/") + (f"?{at.query}" if at.query else "")
        self._trust = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
        self._own = local()
        self._busy: dict[int, tuple[HTTPConnection, float]] = {}
        self._lock = Lock()
        self._closed = False

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """What the other side answers. Raises OSError and HTTPException when it does not."""
        connection = self._connection()
        kept = connection.sock is not None
        try:
            return self._post(connection, body, headers)
        except ConnectionError:  # what was kept may have been closed over there meanwhile
            if not kept or self._closed:
                raise
        return self._post(connection, body, headers)

    def hurry(self) -> None:
        """End what has taken too long; to be called every now and then."""
        self._end(clock.monotonic() - MOST_S)

    def close(self) -> None:
        """End whatever is under way, and begin nothing more."""
        self._closed = True
        self._end(clock.monotonic())

    def _connection(self) -> HTTPConnection:
        if not hasattr(self._own, "connection"):
            self._own.connection = (
                HTTPSConnection(self._host, self._port, timeout=TIMEOUT_S, context=self._trust)
                if self._secure else HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
            )  # fmt: skip
        return self._own.connection  # type: ignore[no-any-return]  # what a thread keeps has no types

    def _post(self, connection: HTTPConnection, body: bytes, headers: Mapping[str, str]) -> Answer:
        if self._closed:
            raise ConnectionAbortedError("is not begun any more")
        with self._lock:
            self._busy[get_ident()] = connection, clock.monotonic()
        try:
            connection.request("POST", self._path, body, {"User-Agent": "FourScreens", **headers})
            response = connection.getresponse()
            said = response.read(_MOST_READ)
            named = {name.lower(): value for name, value in response.getheaders()}
            if not response.isclosed():  # there is more of it, which nobody wants
                connection.close()
            return Answer(response.status, response.reason, named, said)
        except (OSError, HTTPException):
            connection.close()
            raise
        finally:
            with self._lock:
                del self._busy[get_ident()]

    def _end(self, begun_before_s: float) -> None:
        with self._lock:
            for connection, begun_s in self._busy.values():
                if begun_s <= begun_before_s and connection.sock is not None:
                    with suppress(OSError):
                        connection.sock.shutdown(socket.SHUT_RDWR)
