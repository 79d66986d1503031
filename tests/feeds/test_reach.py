"""Connections tried against real ports, a real web server and a real broker."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from feeds import feedsfile, reach
from feeds.feedsfile import OwnTracks
from tests.brokers import Mosquitto


class Unwilling(BaseHTTPRequestHandler):
    """A server that does not know `HEAD`."""

    def log_message(self, *said: object) -> None:
        """Quietly."""


@pytest.fixture
def web() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Unwilling)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def closed() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def test_a_port(closed: int) -> None:
    reach.port_free("127.0.0.1", closed)
    with socket.create_server(("127.0.0.1", closed)), pytest.raises(OSError, match="in use"):
        reach.port_free("127.0.0.1", closed)
    reach.port_free("127.0.0.1", closed)


def test_a_web_server_is_there_whatever_it_answers(web: str, closed: int) -> None:
    assert reach.web(web) == 501
    with pytest.raises(OSError, match="refused"):
        reach.web(f"http://127.0.0.1:{closed}")
    with pytest.raises(OSError, match="SSL"):
        reach.web(web.replace("http:", "https:"))
    with pytest.raises(ValueError, match="no address"):
        reach.web("ftp://127.0.0.1")


def test_what_is_there_but_no_web_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            line, _ = server.accept()
            line.recv(1000)
            line.sendall(b"+OK\r\n")
            line.close()

        thread = Thread(target=talk)
        thread.start()
        with pytest.raises(ConnectionError, match="something else than HTTP"):
            reach.web(f"http://127.0.0.1:{server.getsockname()[1]}")
        thread.join()


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    server = Mosquitto(tmp_path)
    yield server
    server.kill()


def test_a_broker(mosquitto: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = feedsfile.read(tmp_path / "none")
    entry = OwnTracks(name="phones", crs="wgs84", broker=mosquitto.url, roster="r")
    reach.broker(entry, file)
    mosquitto.save()
    assert b"fourscreens-doctor" not in (tmp_path / "mosquitto.db").read_bytes(), "it left a session behind"
    mosquitto.kill()
    with pytest.raises(OSError, match="refused"):
        reach.broker(entry, file)
    monkeypatch.setattr(reach, "WAIT_S", 0.2)
    with socket.create_server(("127.0.0.1", mosquitto.port)), pytest.raises(OSError, match="does not answer"):
        reach.broker(entry, file)
