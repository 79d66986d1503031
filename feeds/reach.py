"""Whether a connection can be had: each tried once and let go at once, so that nobody else who uses it notices.

Says what it found, or raises OSError or ValueError saying why not; whether that is bad, `doctorfeeds` says.
"""

from __future__ import annotations

import secrets
import socket
import ssl
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Final
from urllib.parse import urlsplit

from paho.mqtt.client import Client

from feeds.feedsfile import Broker, FeedsFile
from feeds.mqtt import client_of

WAIT_S: Final = 5.0
"""How long an answer is waited for."""


def port_free(host: str, port: int) -> None:
    """Nobody listens there, and we may."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def web(url: str, ca_file: Path | None = None) -> int:
    """The status a server answers `HEAD` with: it is there, whatever it says to that."""
    at = urlsplit(url)
    if at.scheme not in ("http", "https") or not at.hostname:
        raise ValueError(f"{url!r} is no address: write http://… or https://…")
    if at.scheme == "https":
        context = ssl.create_default_context(cafile=ca_file)
        connection: HTTPConnection = HTTPSConnection(at.hostname, at.port, timeout=WAIT_S, context=context)
    else:
        connection = HTTPConnection(at.hostname, at.port, timeout=WAIT_S)
    try:
        connection.request("HEAD", at.path or "/", headers={"User-Agent": "fourscreens-doctor"})
        return connection.getresponse().status
    except HTTPException as fault:
        raise ConnectionError(f"answers something else than HTTP ({type(fault).__name__})") from None
    finally:
        connection.close()


def broker(entry: Broker, file: FeedsFile) -> None:
    """The broker lets us in and have the topics, as a client of our own name without a session that would stay."""
    name = f"fourscreens-doctor-{secrets.token_hex(4)}"  # the feed's own name would throw the feed out
    client, host, port = client_of(entry, file, name, lasting=False)
    told: Queue[str] = Queue()

    def connected(client: Client, data: object, flags: object, code: Any, properties: object) -> None:
        if code.is_failure:
            told.put(f"the broker says: {code}")
        else:
            client.subscribe([(topic, 1) for topic in entry.topics])

    def subscribed(client: Client, data: object, mid: int, codes: Sequence[Any], properties: object) -> None:
        refused = [topic for topic, code in zip(entry.topics, codes, strict=False) if code.is_failure]
        told.put(f"the broker does not let us have {', '.join(refused)}" if refused else "")

    client.on_connect, client.on_subscribe = connected, subscribed
    client.connect_timeout = WAIT_S
    client.connect(host, port)
    _hear(client, told)


def _hear(client: Client, told: Queue[str]) -> None:
    client.loop_start()
    try:
        fault = told.get(timeout=WAIT_S)
    except Empty:
        fault = "the broker does not answer"
    finally:
        client.disconnect()
        client.loop_stop()
    if fault:
        raise ConnectionError(fault)
