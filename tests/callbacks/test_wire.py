"""What goes to many is framed once, and each gets it as if it had been framed for it alone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import flask
import pytest
from flask_socketio import SocketIO
from simple_websocket import Client
from werkzeug.serving import make_server
from wsproto.connection import CLIENT, Connection
from wsproto.events import BytesMessage

from callbacks.wire import framed, share_frames
from tests.support import until

SCRIPT = """
import sys
import flask
from flask_socketio import SocketIO
from callbacks.serve import Served
from callbacks.wire import share_frames

def build(stop):
    server = flask.Flask("probe")
    server.add_url_rule("/", "hello", lambda: "hello")
    share_frames(SocketIO(server, async_mode="threading", transports=["websocket"]))
    return server, []

Served("127.0.0.1", int(sys.argv[1]), build).run()
"""
LEAVE = 25


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_a_frame_is_read_as_what_it_was(size: int) -> None:
    message = os.urandom(size)
    reader = Connection(CLIENT)
    reader.receive_data(framed(message))
    found = [bytes(event.data) for event in reader.events() if isinstance(event, BytesMessage)]
    assert b"".join(found) == message
    assert framed(message) is framed(message)


@pytest.fixture
def served() -> Iterator[tuple[SocketIO, int]]:
    """Socket.IO on a real port, with shared frames."""
    server = flask.Flask(__name__)
    socketio = SocketIO(server, async_mode="threading", transports=["websocket"])
    share_frames(socketio)
    http = make_server("127.0.0.1", 0, server, threaded=True)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield socketio, http.server_port
    http.shutdown()


def come(port: int) -> Client:
    """A viewer who has asked to join. What arrives together with the answer to its handshake this client hears with the
    next bytes only, so it must not wait to be spoken to first."""
    viewer = Client(f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket")
    viewer.send("40")
    return viewer


def test_everybody_gets_text_and_blob_in_order(served: tuple[SocketIO, int]) -> None:
    socketio, port = served
    viewers = [come(port) for _ in range(3)]
    for viewer in viewers:
        assert [viewer.receive(20)[:2] for _ in range(2)] == ["0{", "40"]
    blobs = [os.urandom(100_000), b"", os.urandom(10)]
    for blob in blobs:
        socketio.emit("frame", blob)
    for viewer in viewers:
        heard = [viewer.receive(10) for _ in range(2 * len(blobs))]
        assert heard[1::2] == blobs
        assert {text[:13] for text in heard[::2]} == {'451-["frame",'}
        viewer.close()
    socketio.emit("frame", b"nobody is there any more")


@pytest.fixture
def place() -> Iterator[tuple[int, int]]:
    """Port and process of the web server that the wall has, in front of nothing but viewers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(port)], cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
    )
    try:
        assert until(lambda: _hello(port), 30)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


def _hello(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer:
            return bool(answer.read() == b"hello")
    except OSError:
        return False


@pytest.mark.timeout(300)  # on however busy a machine
def test_viewers_who_leave_take_nobody_along(place: tuple[int, int]) -> None:
    """Each closing connection was a chance that a socket was closed under the server, which then ended."""
    port, pid = place
    children = Path(f"/proc/{pid}/task/{pid}/children")
    worker = children.read_text()

    def come_and_go(_: int) -> bool:
        for _ in range(LEAVE):
            viewer = come(port)
            viewer.receive(20)
            viewer.close()
            if not _hello(port):
                return False
        return True

    with ThreadPoolExecutor(8) as people:
        assert all(people.map(come_and_go, range(8)))
    assert children.read_text() == worker
