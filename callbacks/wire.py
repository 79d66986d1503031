"""How messages get onto viewers' WebSockets: what goes to many is framed once, and who leaves is let go of cleanly. It
knows neither rooms nor records.

Engine.IO frames every message for every connection anew, in Python, which at a hundred viewers was the greater part of
what a viewer costs. Nothing is compressed and a server masks nothing, so the bytes are the same for everybody.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from typing import Any

from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from flask_socketio import SocketIO
from wsproto.connection import SERVER, Connection
from wsproto.events import Message

SHARED_BYTES = 1_000_000
"""What is longer is not remembered: it is a whole picture for somebody who has just come."""
_ANNOUNCES = "45"
"""How a Socket.IO event with blobs begins as an Engine.IO message; the blobs are the messages after it."""
_SOCKETS = {"gunicorn.socket", "werkzeug.socket"}


@lru_cache(maxsize=8)
def framed(*messages: str | bytes) -> bytes:
    """WebSocket messages as they go over the wire; a few are remembered, by their hashes, which they keep."""
    wire = Connection(SERVER)
    return b"".join(wire.send(Message(data=message)) for message in messages)  # type: ignore[type-var]  # text or bytes


class SharedFrames(SimpleWebSocketWSGI):  # type: ignore[misc]  # Engine.IO ships no types
    """A connection as Engine.IO wants it."""

    _held: tuple[str | bytes, ...] = ()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one connection, over a socket of its own: simple_websocket closes it on a thread of its own, at its own
        time, and the web server's is then still in use, or its number already somebody else's."""
        mine = {name: environ[name].dup() for name in _SOCKETS & environ.keys()}
        served: Iterable[bytes] = super().__call__(environ | mine, start_response)
        return served

    def send(self, message: str | bytes) -> None:
        """Send one message; one that announces a blob goes with it. Raises OSError when the connection is closed."""
        if not self.ws.connected:
            raise OSError("closed")
        messages, self._held = (*self._held, message), ()
        if isinstance(message, str) and message.startswith(_ANNOUNCES):
            self._held = messages
        else:
            frame = framed if len(message) <= SHARED_BYTES else framed.__wrapped__
            self.ws.sock.sendall(frame(*messages))

    def close(self) -> None:
        """Say goodbye and wait for no answer: who does not hear it would keep the threads that listen."""
        super().close()
        with suppress(OSError):
            self.ws.sock.shutdown(socket.SHUT_RDWR)


def share_frames(socketio: SocketIO) -> None:
    """Have all its connections send so. Engine.IO has no public way to choose this part of its threading driver."""
    engine = socketio.server.eio
    engine._async = engine._async | {"websocket": SharedFrames}
