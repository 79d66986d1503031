"""GET from one server, politely: a name of our own, a time limit however it drips, no more bytes than a reader can use.

Follows no redirection. What an answer means is for who asks.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from threading import Event, Timer
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from dashboard import __version__, clock

TIMEOUT_S: Final = 10.0
"""How long the other side may be silent."""
MOST_S: Final = 60.0
"""How long one answer may take."""
_MOST_WAIT_S: Final = 3600.0
_SHOWN: Final = 200
_LATER: Final = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class Later(Exception):  # noqa: N818 - it is said of the next question
    """The other side asks us to wait `wait_s` seconds."""

    def __init__(self, said: str, wait_s: float) -> None:
        super().__init__(f"{said}; asked to wait {wait_s:.0f} s")
        self.wait_s = wait_s


class Refused(OSError):  # noqa: N818 - it is said of the question
    """An answer other than 200; `status` is HTTP's."""

    def __init__(self, said: str, status: int) -> None:
        super().__init__(said)
        self.status = status


class Getter:
    """Asks `url`, whose own query goes with every question."""

    def __init__(self, url: str, accept: str, most_bytes: int) -> None:
        """Raises ValueError for what is no such address."""
        at = urlsplit(url)
        if (
            at.scheme not in ("http", "https")
            or not at.hostname
            or "@" in at.netloc
            or not (url.isascii() and " " not in url)
        ):
            shown = url.partition("?")[0].rpartition("@")[2]  # neither a password nor a key
            raise ValueError(f"url={shown!r}: write https://host/path, without spaces, names and passwords")
        self._host, self._port, self._secure = at.hostname, at.port, at.scheme == "https"
        self._path, self._query = at.path.rstrip("/"), parse_qsl(at.query)
        self._headers = {"User-Agent": f"FourScreens/{__version__}", "Accept": accept}
        self._most = most_bytes

    def get(self, path: str, query: dict[str, str]) -> bytes:
        """The body of the answer.

        Raises:
            Later: the other side wants to be asked later.
            Refused, OSError, HTTPException: there is none, it is another than 200, or longer than `most_bytes`.
        """
        connection = (HTTPSConnection if self._secure else HTTPConnection)(self._host, self._port, timeout=TIMEOUT_S)
        try:
            connection.connect()
            late = Event()
            over = Timer(MOST_S, _shut, [connection.sock, late])
            over.daemon = True
            over.start()
            try:
                asked = urlencode([*self._query, *query.items()])
                connection.request("GET", f"{self._path}{path}?{asked}", headers=self._headers)
                body = self._read(connection.getresponse())
                if late.is_set():  # a library that is cut off may take what it has for all there is
                    raise TimeoutError(f"no whole answer within {MOST_S:.0f} s")
                return body
            finally:
                over.cancel()
        finally:
            connection.close()

    def _read(self, response: HTTPResponse) -> bytes:
        body = response.read(self._most + 1)
        if response.status == HTTPStatus.OK:
            if len(body) > self._most:
                raise HTTPException(f"an answer of more than {self._most} bytes")
            if response.length:  # of what was announced, something is missing
                raise IncompleteRead(body, response.length)
            return body
        shown = " ".join(body[:_SHOWN].decode("utf-8", "replace").split())
        said = f"answered {response.status} {response.reason}: {shown}"
        if response.status in _LATER and (wait := response.headers.get("Retry-After")):
            raise Later(said, max(0.0, min(_MOST_WAIT_S, _seconds(wait.strip()))))
        raise Refused(said, response.status)


def _seconds(text: str) -> float:
    """What `Retry-After` says: seconds, or an instant."""
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return parsedate_to_datetime(text).timestamp() - clock.now_ms() / 1000
    except (ValueError, OverflowError):
        return 0.0


def _shut(sock: socket.socket | ssl.SSLSocket, late: Event) -> None:
    late.set()
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
